"""Every code of the validator has a package that breaks it and nothing else; and the edges of the profile's rules."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from newspkg import ids
from newspkg.problems import CATALOGUE
from newspkg.report import Report
from newspkg.validate import validate
from newspkg.validate.rules import RULES
from newspkg.validate.rules.spans import unmarked
from packages import make

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "tests" / "packages"
STRICT_ONLY = {"schema-unknown-key", "schema-example"}  # asked of the house's own schemas, not of a package


def judge(folder: Path, *, lint: bool = False) -> Report:
    texts = folder / "texts"
    return validate(folder, texts=[texts] if texts.is_dir() else None, lint=lint)


def judge_pack(pack: make.Pack, tmp_path: Path, *, texts: bool = False) -> Report:
    return judge(make.write(make.files_of(pack, texts=texts), tmp_path))


def literals(path: Path) -> set[str]:
    """Every text in a file's code that is a code of the catalogue."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)} & CATALOGUE.keys()


# --- the packages ----------------------------------------------------------------------------------------------------


def test_the_packages_are_what_make_writes() -> None:
    due = make.everything()
    there = {
        p.relative_to(PACKAGES).as_posix(): p
        for name in ("good", "broken")
        for p in (PACKAGES / name).rglob("*")
        if p.is_file()
    }
    assert there.keys() == due.keys(), "run: python tests/packages/make.py"
    stale = [name for name, path in there.items() if path.read_bytes() != due[name]]
    assert stale == [], "run: python tests/packages/make.py"


def test_every_code_that_the_validator_can_say_has_its_package() -> None:
    src = ROOT / "src" / "newspkg"
    said = (
        set().union(*map(literals, (src / "validate").rglob("*.py")), *map(literals, (src / "schema").glob("*.py")))
        - STRICT_ONLY
    )
    assert said == set(make.CODES)
    assert {p.name for p in (PACKAGES / "broken").iterdir()} == said


def test_every_code_in_the_catalogue_of_the_validator_has_its_package() -> None:
    text = (ROOT / "src" / "newspkg" / "problems.py").read_text(encoding="utf-8")
    own = text[text.index("# --- descriptor, files, cells, rows, keys") :]
    listed = {code for code in CATALOGUE if f'    "{code}": Entry(' in own}
    assert len(listed) > 40
    assert listed <= set(make.CODES)


def test_the_good_package_is_good() -> None:
    report = judge(PACKAGES / "good")
    assert (report.problems, report.unchecked, report.valid) == ([], [], True)
    assert (report.stats["tables"], report.stats["rows"]) == (13, 48)


@pytest.mark.parametrize("code", make.CODES)
def test_a_broken_package_yields_its_code_and_no_other(code: str) -> None:
    report = judge(PACKAGES / "broken" / code, lint=code.startswith("lint-"))
    assert set(report.counts) == {code}
    assert report.valid is (CATALOGUE[code].severity == "warning")
    assert all(p.code == code and p.message.rstrip().endswith((".", "?")) for p in report.problems)


@pytest.mark.parametrize("code", sorted(make.RULES))
def test_the_whole_package_broken_in_the_same_way_yields_no_other_code_either(code: str, tmp_path: Path) -> None:
    assert set(judge(make.write(make.broken_whole(code), tmp_path)).counts) == {code}


# --- what a rule needs -----------------------------------------------------------------------------------------------


def test_without_texts_the_rules_that_need_them_are_named() -> None:
    report = validate(PACKAGES / "good")
    assert report.valid
    assert {u.what for u in report.unchecked} == {f"the rule {r.code}" for r in RULES if r.texts}
    assert all("--texts" in u.reason for u in report.unchecked)


def test_a_rule_whose_table_is_lacking_is_named_and_the_others_run(tmp_path: Path) -> None:
    pack = make.good()
    pack.row("events", type="AID")["latest"] = "2031-04-28"
    report = judge(make.write(make.files_of(pack, ("events",)), tmp_path))
    assert set(report.counts) == {"date-bounds"}
    reasons = {u.what: u.reason for u in report.unchecked}
    assert reasons["the rule target-missing"] == "the table event_participants is not there or was not read"


def test_a_faulty_cell_stops_a_rule_that_counts_and_passes_one_that_does_not(tmp_path: Path) -> None:
    pack = make.good()
    pack.tables["quotes"][0]["start"] = "first"
    report = judge_pack(pack, tmp_path)
    assert set(report.counts) == {"type-error"}
    assert any(u.what == "the rule count-mismatch" and "quotes has faulty cells" in u.reason for u in report.unchecked)


def test_a_column_of_another_type_stops_its_rules(tmp_path: Path) -> None:
    files = make.files_of(make.good(), ("events",))
    descriptor = json.loads(files["datapackage.json"])
    fields = {f["name"]: f for f in descriptor["resources"][0]["schema"]["fields"]}
    fields["earliest"].update(type="string")
    files["datapackage.json"] = json.dumps(descriptor).encode()
    report = judge(make.write(files, tmp_path))
    assert report.valid
    assert ("the rule date-bounds", "events.earliest is of type string, not date") in [
        (u.what, u.reason) for u in report.unchecked
    ]


def test_another_version_of_the_profile_is_not_judged_by_these_rules(tmp_path: Path) -> None:
    pack = make.good()
    make.RULES["mode-type"][0](pack)
    pack.block["profile"] = "7.0"
    report = judge_pack(pack, tmp_path)
    assert report.valid
    assert "7.0" in report.unchecked[0].reason


def test_our_tables_are_known_without_the_block(tmp_path: Path) -> None:
    pack = make.good()
    make.RULES["mode-type"][0](pack)
    pack.row("event_mentions", type="AGREE")["type"] = "RETREAT"  # the block lists the variant
    files = make.files_of(pack)
    descriptor = json.loads(files["datapackage.json"])
    del descriptor["newspkg"]
    files["datapackage.json"] = json.dumps(descriptor).encode()
    assert set(judge(make.write(files, tmp_path)).counts) == {"mode-type"}


# --- the texts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_text_is_decoded_as_it_says_itself_and_found_under_any_name(tmp_path: Path, encoding: str) -> None:
    for n, text in enumerate(make.TEXTS.values()):
        (tmp_path / f"copy{n}.txt").write_bytes(text.encode(encoding))
    report = validate(PACKAGES / "good", texts=[tmp_path])
    assert (report.problems, report.unchecked) == ([], [])


def test_a_text_that_is_not_at_hand_is_named(tmp_path: Path) -> None:
    (tmp_path / "truce.txt").write_text(make.TRUCE, encoding="utf-8")
    report = validate(PACKAGES / "good", texts=[tmp_path / "truce.txt"])
    assert report.problems == []
    assert [(u.resource, u.reason) for u in report.unchecked] == [
        ("documents", "no file at hand is called talks.txt or has its hash")
    ]


def test_what_was_taken_out_of_a_page_cannot_be_compared(tmp_path: Path) -> None:
    pack = make.good()
    pack.row("documents", source_file="talks.txt")["source_file"] = "talks.html"
    del pack.texts["talks.txt"]
    report = judge_pack(pack, tmp_path, texts=True)
    assert report.problems == []
    assert "talks.html is no plain text" in report.unchecked[0].reason


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("He said “yes, now.”", "yes, now.", None),
        ('He said "yes, now."', "yes, now.", None),
        ("He said «yes».", "yes", None),
        ("He said ‘yes’.", "yes", None),
        ("“‘No,’ she told me,” he said.", "‘No,’ she told me,", None),
        ("“First part.\n\n“Second part.” He left.", "First part.", None),
        ("“First part.\n\nSecond part.” He left.", "First part.", "no quotation mark stands after it, but '\\n'"),
        ("He said yes, now.", "yes, now.", "no quotation mark stands before it, but ' '"),
        ("yes, now.” he said", "yes, now.", "nothing stands before it"),
        ("“yes, now.", "yes, now.", "nothing stands after it"),
        ("He said ““yes””.", "“yes”", "the quotation marks are part of it"),
    ],
)
def test_what_stands_between_marks(text: str, words: str, why: str | None) -> None:
    start = text.index(words)
    assert unmarked(text, start, start + len(words)) == why


# --- single rules ----------------------------------------------------------------------------------------------------

Change = Callable[[make.Pack], None]


def _set(table: str, where: dict[str, str], **cells: str) -> Change:
    return lambda pack: pack.row(table, **where).update(cells)


def _correct(**cells: str) -> Change:
    def change(pack: make.Pack) -> None:
        pack.tables["corrections"].append({"reason": "so it is", "source": "read", **cells})
        make.settle(pack)

    return change


MENTION = ids.span_id(ids.document_id(ids.text_sha256(make.TRUCE)), "mentions", 0, 9)
MARO = {"actor_id": "ilse-maro", "name": "Maro"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        # half a span, an empty one, one that ends first
        (_set("quotes", {"text": "Velmara keeps its word,"}, cue_end=""), {"span-outside-text": 1}),
        (_set("documents", {"source_file": "talks.txt"}, published_evidence_start=""), {"span-outside-text": 1, "span-outside-body": 1}),
        (_set("documents", {"source_file": "truce.txt"}, published_evidence_start="200"), {"span-outside-text": 1, "span-outside-body": 1}),
        # a piece that stands twice; another kind in one group
        (_set("quotes", {"piece": "2"}, piece="1"), {"group-disagrees": 1}),
        # bounds: empty where the date has some, some where there is no date, another precision
        (_set("times", {"surface": "April 2031"}, earliest=""), {"date-bounds": 1}),
        (_set("times", {"surface": "April 2031"}, value=""), {"date-bounds": 3}),
        (_set("times", {"surface": "April 2031"}, precision="day"), {"date-bounds": 1}),
        (_set("documents", {"source_file": "talks.txt"}, published="2031-03"), {"date-bounds": 2}),
        # a date that cannot be read has no bounds to follow
        (_set("events", {"type": "AID"}, date="April"), {"edtf-error": 1}),
        # a mode that the type has not at all; the type itself out of the vocabulary is told once
        (_set("events", {"type": "AID"}, mode="visit"), {"mode-type": 1}),
        # a listed variant is good the one way, not the other
        (_set("event_mentions", {"type": "AGREE"}, type="RETREAT"), {}),
        (_set("event_mentions", {"type": "AGREE"}, type="CONSULT"), {"mention-type-differs": 1}),
        # a mention with a date of its own after its text
        (_set("event_mentions", {"type": "AID"}, status="actual"), {"actual-after-publication": 1}),
        # what is told by a text without a day cannot be judged
        (_set("events", {"type": "RETREAT"}, n_mentions="3"), {"count-mismatch": 1}),
        (_set("events", {"type": "RETREAT"}, n_documents="1"), {"count-mismatch": 1}),
        (_set("documents", {"source_file": "talks.txt"}, quoted_share="0.5"), {"count-mismatch": 1, "quoted-share": 1}),
        (_set("documents", {"source_file": "talks.txt"}, quoted_chars="24"), {"count-mismatch": 2}),
        # names and roles in time
        (_set("actor_names", MARO, valid_from="2031", valid_to="2030-12"), {"role-outside-dates": 1}),
        (_set("actor_names", MARO, valid_from="2031", valid_to="2031"), {}),
        (_set("actor_roles", {"actor_id": "rudo-val"}, valid_from="2031-04"), {"role-outside-dates": 1}),
        (_set("actor_roles", {"actor_id": "rudo-val"}, valid_from="2031-03"), {}),
        (_set("actor_names", {"actor_id": "ostria", "name": "Tavra"}, valid_to="1990-06"), {}),
        (_set("actor_names", {"actor_id": "ostria", "name": "Tavra"}, kind="epithet", valid_to=""), {}),
        (_set("actors", {"actor_id": "velmara"}, part_of="velmara"), {"part-of-cycle": 1}),
        (_set("actors", {"actor_id": "velmara"}, part_of="ostria"), {}),
        # corrections: what they ask for, and what is there
        (_correct(table="mentions", row_id=MENTION[:-1] + "8", field="*", value="add"), {"correction-stale": 1}),
        (_correct(table="mentions", row_id=MENTION[:-1] + "8", field="*", value="drop"), {}),
        (_correct(table="mentions", row_id=MENTION[:-1] + "8", field="*", value="delete"), {"correction-stale": 1}),
        (_correct(table="mentions", row_id=MENTION, field="form", value="name"), {}),  # dropped by another correction
        (_correct(table="mentions", row_id=MENTION[:-1] + "8", field="form", value="name"), {"correction-stale": 1}),
        (_correct(table="events", row_id="ostrian-food-aid-2031", field="mode", value=""), {}),
        (_correct(table="events", row_id="ostrian-food-aid-2031", field="place", value=""), {"correction-stale": 1}),
        (_correct(table="events", row_id="ostrian-food-aid-2031", field="confidence", value="0.90"), {}),
        (_correct(table="events", row_id="ostrian-food-aid-2031", field="earliest", value="2031-04-01"), {}),
        (_correct(table="events", row_id="ostrian-food-aid-2031", field="earliest", value="soon"), {"correction-stale": 1}),
        (_correct(table="events", row_id="ostrian-food-aid-2031", field="colour", value="red"), {"correction-stale": 1}),
        (_correct(table="event_participants", row_id="ostrian-food-aid-2031|velmara|target", field="*", value="add"), {}),
        (_correct(table="event_participants", row_id="ostrian-food-aid-2031|velmara|host", field="*", value="add"), {"correction-stale": 1}),
    ],
)  # fmt: skip
def test_a_rule_at_its_edge(tmp_path: Path, change: Change, found: dict[str, int]) -> None:
    pack = make.good()
    change(pack)
    assert judge_pack(pack, tmp_path).counts == found


def test_an_event_has_the_id_of_its_first_mention_by_day_then_by_id(tmp_path: Path) -> None:
    pack = make.good()
    truce = pack.row("events", type="RETREAT")["event_id"]
    for day, column in (
        ("2031-02-01", "published"),
        ("2031-02-01", "published_earliest"),
        ("2031-02-01", "published_latest"),
    ):
        pack.row("documents", source_file="talks.txt")[column] = day
    pack.row("events", type="RETREAT")["status"] = "planned"
    for mention in pack.tables["event_mentions"]:
        mention["status"] = "planned"
    report = judge_pack(pack, tmp_path)
    assert report.counts == {"id-rule": 1}
    first = pack.row("event_mentions", type="AGREE")["event_mention_id"]
    assert report.problems[0].value == truce
    assert ids.event_id(first) in report.problems[0].message


def test_an_event_of_an_undated_text_is_not_called_a_fact_of_the_future(tmp_path: Path) -> None:
    pack = make.good()
    make.RULES["actual-after-publication"][0](pack)
    for column in ("published", "published_earliest", "published_latest"):
        pack.row("documents", source_file="truce.txt")[column] = ""
    assert judge_pack(pack, tmp_path).counts.keys() <= {"id-rule"}


def test_overlapping_quotes_are_counted_once(tmp_path: Path) -> None:
    pack = make.good()
    outer = pack.row("quotes", text="Velmara keeps its word,")
    start = int(outer["start"])
    inner = {
        **outer,
        "quote_id": f"{outer['document_id']}:q{start}-{start + 7}",
        "quote_group": f"{outer['document_id']}:g1",
        "end": str(start + 7),
        "text": "Velmara",
    }
    inner["nested_in"] = outer["quote_id"]
    pack.tables["quotes"].append(inner)
    pack.tables["quotes"].sort(key=lambda row: row["quote_id"])
    pack.row("documents", source_file="talks.txt")["n_quotes"] = "3"
    assert judge_pack(pack, tmp_path).counts == {}


def test_a_long_chain_of_belonging_is_no_circle(tmp_path: Path) -> None:
    pack = make.good()
    chain = [f"unit-{n:04}" for n in range(3000)]
    for actor, above in zip(chain, [*chain[1:], "velmara"], strict=True):
        pack.tables["actors"].append(
            {"actor_id": actor, "name": actor, "type": "armed_force", "country": "", "part_of": above}
        )
    pack.row("actors", actor_id="ilse-maro")["part_of"] = chain[0]
    make.settle(pack)
    assert judge_pack(pack, tmp_path).counts == {}
    pack.row("actors", actor_id="velmara")["part_of"] = chain[0]
    report = judge_pack(pack, tmp_path)
    assert report.counts == {"part-of-cycle": 3001}
    assert len(report.problems) == 1000


@pytest.mark.parametrize("name", ["table", "row_id", "field"])
def test_a_correction_that_names_no_cell_says_what_is_empty(tmp_path: Path, name: str) -> None:
    pack = make.good()
    pack.row("corrections", field="speaker_id")[name] = ""
    files = make.files_of(pack, ("quotes", "corrections"))
    assert set(judge(make.write(files, tmp_path / "strict")).counts) == {"constraint-error", "primary-key"}

    descriptor = json.loads(files["datapackage.json"])  # a schema of one's own, which lets the cell be empty
    corrections = next(r for r in descriptor["resources"] if r["name"] == "corrections")["schema"]
    corrections.pop("primaryKey")
    for one in corrections["fields"]:
        one.get("constraints", {}).pop("required", None)
    files["datapackage.json"] = json.dumps(descriptor).encode()
    report = judge(make.write(files, tmp_path / "loose"))
    assert set(report.counts) == {"correction-stale"}
    assert report.problems[0].message.startswith(f"{name} is empty, so the correction names no cell")
    assert "None" not in report.as_text()


def test_a_correction_of_a_row_without_a_value_says_so(tmp_path: Path) -> None:
    pack = make.good()
    pack.row("corrections", field="speaker_id").update(field="*", value="")
    report = judge(make.write(make.files_of(pack, ("quotes", "corrections")), tmp_path))
    assert set(report.counts) == {"correction-stale"}
    assert "not empty." in report.problems[0].message
