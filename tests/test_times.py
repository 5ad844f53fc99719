"""Finding and linking expressions of time: cases as tables, what holds of every text, texts made to hurt."""

from __future__ import annotations

import datetime
import json
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples, sizes
from helpers import paragraphs as body
from newspkg import edtf, ids
from newspkg.body import Block, Body, Sentence
from newspkg.find.times import find_times, rules
from newspkg.link.times import link_times
from newspkg.source import Article

ROOT = Path(__file__).resolve().parent
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted((ROOT / "cases" / "times").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def rows_of(text: str, published: str | None = None) -> list[dict[str, Any]]:
    made = body(text, published)
    return link_times(made, find_times(made))


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}-{case['why'][:50]}" for file, case in CASES])
def test_a_case(file: str, case: dict[str, Any]) -> None:
    rows = rows_of(case["text"], case.get("published"))
    surfaces = {row["time_id"]: row["surface"] for row in rows}
    found = [
        (r["surface"], r["value"] or "", r["rule"], r["anchor"], surfaces.get(r["anchor_time_id"], "")) for r in rows
    ]
    usual = {"dates": "explicit", "text": "", "published": "publication", "nothing": "publication"}[file]
    wanted = [(*t[:3], t[3] if len(t) > 3 else usual, t[4] if len(t) > 4 else "") for t in case["times"]]
    assert found == wanted, case["why"]


def test_every_rule_has_a_case() -> None:
    """A rule that finds something does so in a case."""
    fired = {t[2] for _, case in CASES for t in case["times"]}
    inside = {"before-after", "duration"}  # used up by "from-a-time"; finds nothing, which nothing.toml shows
    assert set(rules()) - fired == inside
    assert fired <= set(rules())


def test_rows_have_the_columns_of_the_schema_in_order() -> None:
    schema = json.loads((ROOT.parent / "schemas" / "times.json").read_text(encoding="utf-8"))
    (row,) = rows_of("They met on 9 November 2020.")
    assert list(row) == [f["name"] for f in schema["fields"]]
    fields = {f["name"]: f for f in schema["fields"]}
    for name in ("precision", "anchor", "method", "review"):
        assert row[name] in fields[name]["constraints"]["enum"]
    assert row["earliest"] == row["latest"] == datetime.date(2020, 11, 9)
    assert row["time_id"].startswith(row["document_id"] + ":t")


def sound(text: str, published: str | None) -> None:
    """What holds of the rows of any text."""
    rows = rows_of(text, published)
    earlier: set[str] = set()
    last = 0
    for row in rows:
        assert text[row["start"] : row["end"]] == row["surface"] != ""
        assert row["start"] >= last, "spans overlap or stand out of order"
        last = row["end"]
        assert (row["value"] is None) == (row["anchor"] == "none") == (row["precision"] is None)
        assert (row["anchor"] == "text") == (row["anchor_time_id"] is not None)
        assert row["anchor_time_id"] is None or row["anchor_time_id"] in earlier
        if row["value"]:
            assert (row["earliest"], row["latest"]) == edtf.bounds(row["value"])
            assert row["precision"] == edtf.precision(row["value"])
        assert row["anchor"] != "publication" or published is not None
        assert 0 < row["confidence"] <= 1
        earlier.add(row["time_id"])


# The words of the grammar and of the texts around it, thrown together.
WORDS = """
the a of in on by to and or from between since until before after last past next this that same early late mid end
May March April June December Nov. Sept 1 2 9th 31 30 2020 1999 1000 1,200 90s 1990s 19.07.23 2023-07-19 99/99/2020
14:00 25:99 p.m. week weeks year years day days decade century Monday Tue spring fall winter ago earlier later half few
couple dozen two twenty - – , . ' 's ( ) % $ war men today yesterday weekend quarter first second New Year's Eve
Christmas 9999 0001 99999999 İstanbul 𝟚𝟘𝟚𝟘 ２０２０ ٢٠٢٠ ² 12/2020 2020/21 1/2/3 1:2:3 9999-12-31 2021-02-30T10:00
will said
"""
PUBLISHED = [None, "2031-03-12", "2031-03-11/2031-03-17", "0001-01-01", "9999-12-31", "2020/..", "nonsense"]


@settings(max_examples=examples(150, 3000), deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=14), st.sampled_from(PUBLISHED))
def test_no_text_of_its_own_words_breaks_it(pieces: list[str], published: str | None) -> None:
    sound(" ".join(pieces), published)


@settings(max_examples=examples(100, 2000), deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_at_all_breaks_it(text: str) -> None:
    sound(text, "2031-03-12")


@pytest.mark.parametrize("word", ["1", "2020 ", "May ", "on ", " ", "-", "May 5, ", "half a "])
@pytest.mark.parametrize("size", sizes(100_000, 1_000_000))
def test_nothing_but_one_word(word: str, size: int) -> None:
    """No outcome but an end: a rule that looked back over its own matches would not come to one."""
    text = (word * (size // len(word) + 1))[:size]
    article = Article("case.txt", text, ids.text_sha256(text), "text", {})
    made = Body(article, 0, len(text), [Block(0, len(text), "paragraph", "case")], [Sentence(0, len(text), 0)])
    found = find_times(made)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert (len(found) > size // 10) == (word in ("2020 ", "May 5, "))


@pytest.mark.parametrize(("between", "anchor"), [(20, "text"), (40, "none")])
def test_nothing_is_counted_from_far_back(between: int, anchor: str) -> None:
    """The look back has an end, so that many times which nothing can be counted from cost no more than their number."""
    rows = rows_of("On 3 May 2019 he fell. " + "In 1990 he rose. " * between + "Two days later it rained.")
    assert len(rows) == between + 2
    assert rows[-1]["anchor"] == anchor
