"""Two packages, one taken as right: every figure by its own criterion, each row once, and no way to gain by guessing wide."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspkg import ids
from newspkg.cli import main
from newspkg.evaluate import COLUMNS, CRITERIA, Evaluation, compare, evaluate, most_pairs
from newspkg.problems import CannotRun, UsageError
from newspkg.schema import house_schemas

ROOT = Path(__file__).resolve().parent.parent
GOOD = ROOT / "tests" / "packages" / "good"

Row = dict[str, Any]
SHA = ids.text_sha256("a text")
DOC = ids.document_id(SHA)


def quote(start: int, end: int, speaker: str | None = "ilse-maro", kind: str = "direct") -> Row:
    return {"document_id": DOC, "start": start, "end": end, "kind": kind, "speaker_id": speaker}


def mention(start: int, end: int, actor: str | None = "velmara", reading: str = "actor", form: str = "name") -> Row:
    return {"document_id": DOC, "start": start, "end": end, "actor_id": actor, "reading": reading, "form": form}


def event(start: int, end: int, **more: Any) -> Row:
    return {"document_id": DOC, "start": start, "end": end, "type": "RETREAT", "status": "actual", **more}


def figures(gold: dict[str, list[Row]], predicted: dict[str, list[Row]]) -> dict[tuple[str, str, str], Row]:
    return {(row["table"], row["what"], row["criterion"]): row for row in compare(gold, predicted)}


def counts(row: Row) -> tuple[int, int, int]:
    return row["n_gold"], row["n_predicted"], row["n_right"]


# --- the two ends of the scale --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", [GOOD, ROOT], ids=["good", "shipped"])
def test_gold_against_itself_is_1_everywhere(package: Path) -> None:
    found = evaluate(package, package)
    assert {row["table"] for row in found.figures} == {"documents", "quotes", "mentions", "times", "event_mentions"}
    assert {(row["precision"], row["recall"], row["f1"]) for row in found.figures} == {(1.0, 1.0, 1.0)}
    assert (found.missing, found.left_out) == ((), 0)


def test_nothing_against_gold_is_0_everywhere(tmp_path: Path) -> None:
    for table in ("documents", "quotes", "mentions", "times", "event_mentions", "events"):
        header = (GOOD / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0]
        (tmp_path / f"{table}.csv").write_text(header + "\n", encoding="utf-8")
    for found in (evaluate(GOOD, tmp_path), evaluate(tmp_path, GOOD)):
        assert len(found.figures) > 30
        assert {(row["precision"], row["recall"], row["f1"]) for row in found.figures} == {(0.0, 0.0, 0.0)}
    assert len(evaluate(GOOD, tmp_path).missing) == evaluate(GOOD, tmp_path).documents == 2


# --- spans ------------------------------------------------------------------------------------------------------------------


def test_a_span_as_long_as_the_paragraph_does_not_score() -> None:
    gold = {"quotes": [quote(100, 140), quote(200, 260)]}
    found = figures(gold, {"quotes": [quote(0, 400)]})
    for criterion in ("exact", "jaccard_0.8"):
        assert counts(found["quotes", "rows", criterion]) == (2, 1, 0)
    assert not any(criterion.startswith("overlap") for table, _, criterion in found if table == "quotes")


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        (100, 200, {"exact", "jaccard_0.8", "overlap"}),
        (100, 180, {"jaccard_0.8", "overlap"}),  # 80 of 100: the limit is in
        (100, 179, {"overlap"}),
        (90, 210, {"jaccard_0.8", "overlap"}),  # 100 of 120
        (90, 216, {"overlap"}),
        (199, 300, {"overlap"}),
        (200, 300, set()),  # the end is no part of a span
        (0, 100, set()),
    ],
)
def test_where_each_criterion_ends(start: int, end: int, right: set[str]) -> None:
    found = figures({"mentions": [mention(100, 200)]}, {"mentions": [mention(start, end)]})
    assert {name for name in CRITERIA if found["mentions", "rows", name]["n_right"]} == right


def test_spans_of_two_documents_do_not_meet() -> None:
    other = mention(10, 20) | {"document_id": "doc-0000000000000000"}
    assert (
        counts(figures({"mentions": [mention(10, 20)]}, {"mentions": [other]})["mentions", "rows", "overlap"])[2] == 0
    )


def test_two_predictions_on_one_gold_row_score_once() -> None:
    gold, twice = {"mentions": [mention(0, 10)]}, {"mentions": [mention(0, 5), mention(5, 10)]}
    row = figures(gold, twice)["mentions", "rows", "overlap"]
    assert (counts(row), row["precision"], row["recall"], row["f1"]) == ((1, 2, 1), 0.5, 1.0, 0.6667)
    assert counts(figures(twice, gold)["mentions", "rows", "overlap"]) == (2, 1, 1)


def test_a_pair_made_early_is_undone_for_a_better_whole() -> None:
    """The first gold row could take either prediction, the second only one of them."""
    gold = {"mentions": [mention(0, 20), mention(20, 22)]}
    predicted = {"mentions": [mention(18, 24), mention(0, 4)]}
    assert counts(figures(gold, predicted)["mentions", "rows", "overlap"]) == (2, 2, 2)


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    n = 3000
    edges = [pair for i in range(n) for pair in ((i, i), (i, i + 1))]
    assert most_pairs(edges) == n
    assert most_pairs([*reversed(edges), (n, 0)]) == n + 1


# --- kinds and fields -------------------------------------------------------------------------------------------------------


def test_a_kind_counts_rows_of_that_kind_on_both_sides() -> None:
    gold = {"quotes": [quote(0, 10), quote(20, 30, kind="indirect")]}
    found = figures(gold, {"quotes": [quote(0, 10, kind="indirect"), quote(20, 30, kind="indirect")]})
    assert counts(found["quotes", "rows", "exact"]) == (2, 2, 2)
    assert counts(found["quotes", "rows kind=direct", "exact"]) == (1, 0, 0)
    assert counts(found["quotes", "rows kind=indirect", "exact"]) == (1, 2, 1)
    assert counts(found["quotes", "kind", "exact+equal"]) == (2, 2, 1)
    assert ("quotes", "rows kind=mixed", "exact") not in found  # nothing to say of what nobody has


def test_the_speaker_is_counted_over_all_of_gold() -> None:
    gold = {"quotes": [quote(0, 10), quote(20, 30), quote(40, 50, None), quote(60, 70), quote(80, 90)]}
    predicted = {"quotes": [quote(0, 10), quote(20, 30, "rudo-val"), quote(40, 50, None), quote(60, 70, None)]}
    row = figures(gold, predicted)["quotes", "speaker_id", "exact+equal"]
    assert (counts(row), row["recall"], row["precision"]) == ((5, 4, 2), 0.4, 0.5)


def test_forms_are_those_of_actors() -> None:
    gold = {"mentions": [mention(0, 5), mention(10, 15, None, "place"), mention(20, 25, form="metonym")]}
    predicted = {"mentions": [mention(0, 5), mention(10, 15), mention(20, 25, "ostria", form="metonym")]}
    found = figures(gold, predicted)
    assert counts(found["mentions", "rows reading=actor", "exact"]) == (2, 3, 2)
    assert counts(found["mentions", "rows reading=place", "exact"]) == (1, 0, 0)
    assert counts(found["mentions", "rows form=name", "exact"]) == (1, 2, 1)
    assert counts(found["mentions", "actor_id", "exact+equal"]) == (3, 3, 1)
    assert counts(found["mentions", "actor_id reading=actor", "overlap+equal"]) == (2, 3, 1)


def test_events_by_type_status_and_date() -> None:
    gold: dict[str, list[Row]] = {
        "events": [{"event_id": "truce", "date": "2031-03-11"}, {"event_id": "talks", "date": None}],
        "times": [{"document_id": DOC, "time_id": "t", "start": 1, "end": 2, "value": "2031-04"}],
        "event_mentions": [
            event(0, 10, event_id="truce", time_id="t"),  # its event's date comes first
            event(20, 30, event_id="talks", time_id="t", type="CONSULT", status="planned"),
            event(40, 50, event_id="talks", type="CONSULT"),  # undated
        ],
    }
    predicted: dict[str, list[Row]] = {
        "events": [{"event_id": "x", "date": "2031-03"}, {"event_id": "y", "date": "2031-05/.."}],
        "event_mentions": [
            event(0, 10, event_id="x"),
            event(20, 30, event_id="y", type="CONSULT"),
            event(40, 50, type="ACCUSE"),
        ],
    }
    found = figures(gold, predicted)
    assert counts(found["event_mentions", "rows", "overlap"]) == (3, 3, 3)
    assert counts(found["event_mentions", "rows type=CONSULT", "overlap"]) == (2, 1, 1)
    assert counts(found["event_mentions", "type", "overlap+equal"]) == (3, 3, 2)
    assert counts(found["event_mentions", "status", "overlap+equal"]) == (3, 3, 2)
    assert counts(found["event_mentions", "date", "overlap+equal"]) == (3, 3, 1)  # the two without a date
    assert counts(found["event_mentions", "date", "overlap+dates_meet"]) == (3, 3, 2)
    assert counts(found["event_mentions", "date stated", "overlap+equal"]) == (2, 2, 0)
    assert counts(found["event_mentions", "date stated", "overlap+dates_meet"]) == (2, 2, 1)


def test_documents_field_by_field() -> None:
    gold = [{"document_id": DOC, "text_sha256": SHA, "title": "Calm", "outlet": None, "authors": ["A", "B"]}]
    found = figures({"documents": gold}, {"documents": [gold[0] | {"title": "Storm", "authors": ["B", "A"]}]})
    assert counts(found["documents", "rows", "same_text"]) == (1, 1, 1)
    assert {what for (_, what, _), row in found.items() if row["n_right"] == 0} == {"title", "authors"}


# --- documents --------------------------------------------------------------------------------------------------------------


def test_documents_are_matched_by_their_text_whatever_they_are_called() -> None:
    gold = {"documents": [{"document_id": DOC, "text_sha256": SHA}], "quotes": [quote(0, 10)]}
    own = {
        "documents": [{"document_id": "article-1", "text_sha256": SHA}],
        "quotes": [quote(0, 10) | {"document_id": "article-1"}],
    }
    assert counts(figures(gold, own)["quotes", "rows", "exact"]) == (1, 1, 1)
    assert counts(figures(gold, {"quotes": [quote(0, 10)]})["quotes", "rows", "exact"]) == (1, 1, 1)


def test_what_gold_does_not_speak_of_is_left_out_and_said(tmp_path: Path) -> None:
    part = tmp_path / "part"
    shutil.copytree(GOOD / "data", part / "data")
    with (part / "data" / "documents.csv").open(encoding="utf-8", newline="") as file:
        header, first, second = csv.reader(file)
    with (part / "data" / "documents.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, first])
    for table in ("quotes", "mentions", "times", "event_mentions"):
        lines = (part / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if second[0] not in line)
        (part / "data" / f"{table}.csv").write_text(kept, encoding="utf-8")
    found = evaluate(part, GOOD)
    assert (found.documents, found.missing, found.left_out) == (1, (), 1)
    assert {row["precision"] for row in found.figures} == {1.0}
    assert "1 documents of predicted are not in gold" in found.as_text()
    back = evaluate(GOOD, part)
    assert back.missing == (second[0],)
    assert f"missing: {second[0]}" in back.as_text()
    assert any(row["recall"] < 1 for row in back.figures)


# --- whatever the spans -----------------------------------------------------------------------------------------------------

spans = st.lists(
    st.builds(
        lambda start, length, reading, actor: mention(start, start + length, actor, reading),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from(["actor", "place"]),
        st.sampled_from([None, "velmara", "ostria"]),
    ),
    max_size=8,
)


def best(gold: Sequence[Row], predicted: Sequence[Row], criterion: str) -> int:
    """The most pairs, by trying every way: slow and plain."""

    def fits(a: Row, b: Row) -> bool:
        shared = set(range(a["start"], a["end"])) & set(range(b["start"], b["end"]))
        either = set(range(a["start"], a["end"])) | set(range(b["start"], b["end"]))
        return {"exact": shared == either, "overlap": bool(shared)}.get(criterion, 5 * len(shared) >= 4 * len(either))

    few, many = sorted((gold, predicted), key=len)
    ways = itertools.permutations(many, len(few))
    return max(sum(fits(a, b) for a, b in zip(few, way, strict=True)) for way in ways)


@given(spans, spans)
def test_figures_are_shares_and_changing_places_swaps_precision_and_recall(gold: list[Row], other: list[Row]) -> None:
    there, back = figures({"mentions": gold}, {"mentions": other}), figures({"mentions": other}, {"mentions": gold})
    assert there.keys() == back.keys()
    for name, row in there.items():
        assert 0 <= row["n_right"] <= min(row["n_gold"], row["n_predicted"])
        assert all(0 <= row[share] <= 1 for share in ("precision", "recall", "f1"))
        assert (row["precision"], row["recall"], row["f1"]) == tuple(
            back[name][k] for k in ("recall", "precision", "f1")
        )
    for what in {what for _, what, criterion in there if what.startswith("rows")}:
        exact, jaccard, overlap = (there["mentions", what, name]["n_right"] for name in CRITERIA)
        assert exact <= jaccard <= overlap


@given(spans.map(lambda rows: rows[:4]), spans.map(lambda rows: rows[:4]))
def test_no_other_way_to_pair_them_gives_more(gold: list[Row], predicted: list[Row]) -> None:
    found = figures({"mentions": gold}, {"mentions": predicted})
    for criterion in CRITERIA:
        right = found["mentions", "rows", criterion]["n_right"] if gold or predicted else 0
        assert right == best(gold, predicted, criterion)


@given(spans, spans, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(gold: list[Row], predicted: list[Row], chance: Any) -> None:
    mixed = chance.sample(gold, len(gold)), chance.sample(predicted, len(predicted))
    assert compare({"mentions": gold}, {"mentions": predicted}) == compare(
        {"mentions": mixed[0]}, {"mentions": mixed[1]}
    )


# --- files and the command --------------------------------------------------------------------------------------------------


def test_bare_tables_are_as_good_as_a_package(tmp_path: Path) -> None:
    shutil.copytree(GOOD / "data", tmp_path / "data")
    whole = evaluate(GOOD, GOOD)
    for place in (tmp_path, tmp_path / "data", GOOD / "datapackage.json"):
        assert evaluate(place, GOOD) == whole
    with (tmp_path / "data" / "quotes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "data" / "quotes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["mood", "start", "end", "document_id"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, "mood": "calm"} for row in rows)
    found = {
        (row["what"], row["criterion"]): row for row in evaluate(GOOD, tmp_path).figures if row["table"] == "quotes"
    }
    assert found["rows", "exact"]["f1"] == 1.0
    assert found["kind", "exact+equal"]["n_right"] == 0


def test_what_cannot_be_compared_says_where(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        evaluate(tmp_path / "nowhere", GOOD)
    with pytest.raises(UsageError, match="none of the tables"):
        evaluate(GOOD, tmp_path)
    file = tmp_path / "quotes.csv"
    file.write_text("document_id,start,end\nd,one,2\n", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"quotes\.csv, line 2: start is 'one', not a value of type integer"):
        evaluate(GOOD, tmp_path)
    file.write_text("document_id,start\nd,1\n", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"quotes\.csv, line 2: no end"):
        evaluate(GOOD, tmp_path)
    (tmp_path / "datapackage.json").write_text('{"resources": [{"name": "quotes"}]}', encoding="utf-8")
    with pytest.raises(CannotRun, match=r"datapackage\.json: cannot be read"):
        evaluate(GOOD, tmp_path)
    outside = {"resources": [{"name": "quotes", "path": "../quotes.csv"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(outside), encoding="utf-8")
    with pytest.raises(CannotRun, match="outside the package"):
        evaluate(GOOD, tmp_path)


def test_the_criterion_stands_in_the_line_of_the_figure(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("text", "json"):
        with pytest.raises(SystemExit) as done:
            main(["evaluate", str(GOOD), str(GOOD), "--format", form])
        assert done.value.code == 0
    out = capsys.readouterr().out
    text, _, plain = out.partition("{")
    found = json.loads("{" + plain)
    assert set(found) == {"documents", "missing", "left_out", "figures"}
    lines = text.splitlines()
    assert lines[1].split() == list(COLUMNS)
    assert len(lines) == 2 + len(found["figures"])
    for line, row in zip(lines[2:], found["figures"], strict=True):
        assert line.startswith(row["table"])
        assert f" {row['what']} " in line and f" {row['criterion']} " in line


def test_the_figures_are_rows_of_the_table_quality() -> None:
    schema = house_schemas()["quality"]
    assert schema.names == COLUMNS
    asked = evaluate(ROOT, ROOT)
    assert isinstance(asked, Evaluation)
    assert {row["criterion"] for row in asked.figures} <= set(schema.field("criterion").vocabulary)
    assert set(schema.field("criterion").vocabulary) == {
        *(name + more for name in (*CRITERIA, "same_text") for more in ("", "+equal")),
        *(f"{name}+dates_meet" for name in CRITERIA),
    }
    keys = [tuple(row[name] for name in schema.primary_key) for row in asked.figures]
    assert len(set(keys)) == len(keys)
