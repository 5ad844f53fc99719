"""The strict reader, the lenient one, the pattern lint, and where schemas are found."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from newspkg import schemas
from newspkg.problems import CATALOGUE, CannotRun, SchemaError, UsageError
from newspkg.schema import (
    TableSchema,
    anchored,
    house_folder,
    house_schemas,
    portable_pattern,
    read_folder,
    read_schema,
)

TABLES = sorted(house_schemas())

# A schema without fault, from which each case below departs in one place.
GOOD: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
    "name": "ships",
    "title": "Ships",
    "description": "One row per ship.",
    "fields": [
        {
            "name": "ship_id",
            "title": "Ship",
            "description": "The ship.",
            "type": "string",
            "constraints": {"required": True, "pattern": "[a-z]+(-[a-z]+)*"},
            "example": "blue-heron",
        },
        {
            "name": "rig",
            "title": "Rig",
            "description": "How she is rigged.",
            "type": "string",
            "categories": [{"value": "sloop", "label": "one mast"}, {"value": "brig", "label": "two masts"}],
            "constraints": {"enum": ["sloop", "brig"]},
            "example": "brig",
        },
        {
            "name": "crew",
            "title": "Crew",
            "description": "People aboard.",
            "type": "integer",
            "constraints": {"minimum": 1, "maximum": 900},
            "example": 12,
        },
        {
            "name": "launched",
            "title": "Launched",
            "description": "Day of the launch.",
            "type": "date",
            "constraints": {"minimum": "1700-01-01"},
            "example": "1804-05-17",
        },
        {
            "name": "convoy_of",
            "title": "Convoy of",
            "description": "The ship she sails behind.",
            "type": "string",
            "example": "red-heron",
        },
    ],
    "missingValues": [""],
    "primaryKey": ["ship_id"],
    "foreignKeys": [{"fields": ["convoy_of"], "reference": {"resource": "", "fields": ["ship_id"]}}],
}
GONE = object()


def changed(pointer: str, value: Any) -> dict[str, Any]:
    """A copy of GOOD with another value at a JSON pointer, or without it."""
    made = copy.deepcopy(GOOD)
    here: Any = made
    *path, last = pointer.removeprefix("/").split("/")
    for step in path:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    if value is GONE:
        del here[last]
    elif isinstance(here, list):
        here[int(last)] = value
    else:
        here[last] = value
    return made


def judged(descriptor: Any) -> list[tuple[str, str | None]]:
    """Code and pointer of all that the strict reader has against a descriptor."""
    _, problems = TableSchema.from_descriptor(descriptor, strict=True, where="ships.json")
    assert all(p.message.startswith(f"ships.json, {p.field or '/'}: ") for p in problems)
    return [(p.code, p.field) for p in problems]


def test_the_good_schema_is_without_fault() -> None:
    assert judged(GOOD) == []


CREW, RIG, LAUNCHED = "/fields/2/constraints", "/fields/1/constraints", "/fields/3/constraints"
# What is changed, to what, the code, and the pointer where it differs from the place of the change.
STRICT: list[tuple[str, Any, str, str | None]] = [
    # a key that nobody reads
    ("/primary_key", ["ship_id"], "schema-unknown-key", None),
    ("/field", [], "schema-unknown-key", None),
    ("/fields/0/constriants", {"required": True}, "schema-unknown-key", None),
    ("/fields/0/desciption", "The ship.", "schema-unknown-key", None),
    ("/fields/1/categories/0/lable", "one mast", "schema-unknown-key", None),
    ("/foreignKeys/0/references", {}, "schema-unknown-key", None),
    ("/foreignKeys/0/reference/resources", "", "schema-unknown-key", None),
    # what is missing or of the wrong kind
    ("/$schema", "https://example.org/tableschema.json", "schema-error", None),
    ("/$schema", GONE, "schema-error", None),
    ("/name", GONE, "schema-error", None),
    ("/name", "Ships of the line", "schema-error", None),
    ("/name", "class", "schema-error", None),
    ("/title", 7, "schema-error", None),
    ("/description", "", "schema-error", None),
    ("/missingValues", ["", "NA"], "schema-error", None),
    ("/missingValues", "NA", "schema-error", None),
    ("/fieldsMatch", "subset", "schema-error", None),
    ("/fieldsMatch", "loosely", "schema-error", None),
    ("/foreignKeys", {}, "schema-error", None),
    ("/fields/2", "crew", "field-error", None),
    ("/fields/2/name", "", "field-error", None),
    ("/fields/2/name", "Crew size", "field-error", None),
    ("/fields/2/title", GONE, "field-error", None),
    ("/fields/2/description", GONE, "field-error", None),
    ("/fields/2/type", "intger", "field-error", None),
    ("/fields/2/type", ["integer"], "field-error", None),
    ("/fields/2/rdfType", "crew", "field-error", None),
    ("/fields/1/categories/0", None, "field-error", None),
    # types and properties that a loader does not read
    ("/fields/4/type", "geopoint", "schema-constraint", None),
    ("/fields/4/format", "uri", "schema-constraint", None),
    ("/fields/4/missingValues", ["-"], "schema-constraint", None),
    ("/fields/2/bareNumber", False, "schema-constraint", None),
    ("/fields/4/delimiter", ";", "schema-constraint", None),
    # constraints that do not fit
    (f"{CREW}/minLength", 1, "schema-constraint", None),
    (f"{CREW}/pattern", "[0-9]+", "schema-pattern", None),
    (f"{CREW}/minimun", 1, "schema-constraint", None),
    (f"{CREW}/minimum", "1", "schema-constraint", None),
    (f"{CREW}/minimum", True, "schema-constraint", None),
    (f"{CREW}/minimum", 901, "schema-constraint", None),
    (f"{CREW}/exclusiveMinimum", 900, "schema-constraint", None),
    (f"{CREW}/required", "yes", "schema-constraint", None),
    (f"{CREW}/unique", 1, "schema-constraint", None),
    (f"{CREW}/enum", [], "schema-constraint", None),
    (f"{CREW}/enum", ["12"], "schema-constraint", None),
    (f"{CREW}/enum", [12, 12], "schema-constraint", None),
    (f"{CREW}/enum", [12, 901], "schema-constraint", None),
    (f"{CREW}/enum", [12, ""], "schema-constraint", None),
    ("/fields/1/constraints/enum", ["sloop", ""], "schema-constraint", None),
    (f"{LAUNCHED}/pattern", "[0-9-]+", "schema-pattern", None),
    (f"{LAUNCHED}/minimum", "1700-02-30", "schema-constraint", None),
    (f"{LAUNCHED}/minimum", "1700", "schema-constraint", None),
    (f"{LAUNCHED}/maximum", "1699-12-31", "schema-constraint", f"{LAUNCHED}/minimum"),
    ("/fields/4/constraints/minLength", -1, "schema-constraint", None),
    ("/fields/4/constraints/maxLength", 2.5, "schema-constraint", None),
    ("/fields/4/constraints", [], "field-error", None),
    ("/fields/1/categories", ["brig", "sloop"], "schema-constraint", None),
    ("/fields/1/categories", GONE, "schema-constraint", None),
    ("/fields/1/categories", "sloop", "field-error", None),
    # examples
    ("/fields/2/example", GONE, "schema-example", None),
    ("/fields/2/example", "12", "schema-example", None),
    ("/fields/2/example", 0, "schema-example", None),
    ("/fields/2/example", 2**53, "schema-example", None),
    ("/fields/1/example", "barque", "schema-example", None),
    ("/fields/0/example", "Blue Heron", "schema-example", None),
    ("/fields/3/example", "1804-05-32", "schema-example", None),
    ("/fields/3/example", "1699-12-31", "schema-example", None),
    ("/fields/4/example", "", "schema-example", None),
    # keys
    ("/primaryKey", GONE, "schema-key", None),
    ("/primaryKey", ["ship"], "schema-key", None),
    ("/primaryKey", ["ship_id", "ship_id"], "schema-key", None),
    ("/primaryKey", 7, "schema-key", None),
    ("/primaryKey", ["ship_id", "rig"], "schema-key", "/fields/1"),
    ("/uniqueKeys", [["rig", "crews"]], "schema-key", "/uniqueKeys/0"),
    ("/fields/4/name", "crew", "schema-key", None),
    ("/foreignKeys/0/fields", ["convoy"], "schema-key", None),
    ("/foreignKeys/0/fields", ["convoy_of", "rig"], "schema-key", "/foreignKeys/0"),
    ("/foreignKeys/0/reference/fields", ["ship"], "schema-key", None),
    ("/foreignKeys/0/reference/resource", None, "schema-key", "/foreignKeys/0/reference"),
    ("/foreignKeys/0/reference", GONE, "schema-key", "/foreignKeys/0"),
    # a pattern that engines read differently
    ("/fields/0/constraints/pattern", "[a-z-]+?", "schema-pattern", None),
]


@pytest.mark.parametrize(
    ("place", "value", "code", "pointer"), STRICT, ids=[f"{c[0]}={str(c[1])[:20]}" for c in STRICT]
)
def test_a_schema_of_the_house_is_read_strictly(place: str, value: Any, code: str, pointer: str | None) -> None:
    found = judged(changed(place, value))
    assert (code, pointer or place) in found
    if place != "/fields/4/name":  # its foreign key falls with the field
        assert {c for c, _ in found} == {code}


@pytest.mark.parametrize("descriptor", [None, [], "ships", 3, {}, {"fields": []}, {"fields": {"name": "a"}}])
def test_what_is_no_schema_at_all(descriptor: Any) -> None:
    assert judged(descriptor)[0][0] == "schema-error"


def test_an_array_has_no_vocabulary_and_no_json_schema() -> None:
    field = GOOD["fields"][4] | {"type": "array", "example": ["red-heron"]}
    for name, value in (("enum", [["red-heron"]]), ("jsonSchema", {"minItems": 1})):
        found = judged(changed("/fields/4", {**field, "name": "convoy", "constraints": {name: value}}))
        assert ("schema-constraint", f"/fields/4/constraints/{name}") in found
    assert judged(changed("/fields/4", field | {"name": "convoy"})) == judged(
        changed("/foreignKeys/0/fields", ["convoy"])
    )


def test_the_nearest_word_is_suggested() -> None:
    for place, value, word in (
        ("/fields/0/constriants", {}, "constraints"),
        ("/fields/2/type", "intger", "integer"),
        (f"{CREW}/minimun", 1, "minimum"),
        ("/primaryKey", ["ship_ids"], "ship_id"),
    ):
        _, problems = TableSchema.from_descriptor(changed(place, value), strict=True, where="x")
        assert f"did you mean {word}?" in problems[0].message


def test_all_problems_are_gathered_and_raised_together(tmp_path: Path) -> None:
    bad = changed("/fields/2/example", 0)
    bad["fields"][1]["example"] = "barque"
    bad["name"] = "boats"
    (tmp_path / "ships.json").write_text(json.dumps(bad), encoding="utf-8")
    with pytest.raises(SchemaError) as raised:
        read_schema(tmp_path / "ships.json")
    found = [(p.code, p.field, p.path) for p in raised.value.problems]
    assert found == [
        ("schema-example", "/fields/1/example", "ships.json"),
        ("schema-example", "/fields/2/example", "ships.json"),
        ("schema-error", "/name", "ships.json"),
    ]
    assert "ships.json, /fields/2/example: 0 breaks the field's own constraint minimum." in str(raised.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "JSON object"),
        (b'{"name": "\xff"}', "no JSON"),
        (b'{"name": "ships", "name": "boats"}', "stands twice"),
        (b'{"fields": [{"name": "a", "example": NaN}]}', "NaN"),
        (b"[" * 100_000, "no JSON"),
    ],
    ids=["half", "list", "not utf-8", "twins", "NaN", "deep"],
)
def test_a_file_that_holds_no_schema(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "ships.json").write_bytes(raw)
    with pytest.raises(SchemaError, match=re.escape(said)) as raised:
        read_schema(tmp_path / "ships.json")
    assert raised.value.problems[0].code == "schema-error"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"ships\.json"):
        read_schema(tmp_path / "ships.json")


# --- other people's schemas ------------------------------------------------------------------------------------------


def test_the_lenient_reader_leaves_the_house_rules_out() -> None:
    theirs = {
        "fields": [
            {"name": "Größe", "type": "number", "decimalChar": ",", "missingValues": ["-"], "x-unit": "cm"},
            {"name": "when", "type": "date", "format": "%d.%m.%Y", "constraints": {"pattern": r"\d+"}},
            {"name": "code", "type": "string", "constraints": {"pattern": r"(?i)en|de", "enum": ["EN", "de"]}},
            {"name": "code", "type": "strng"},
            {"name": "untyped"},
        ],
        "primaryKey": "code",
        "missingValues": [{"value": "NA", "label": "unknown"}, {"value": ""}],
        "fieldsMatch": ["subset"],
    }
    made, problems = TableSchema.from_descriptor(theirs, strict=False, where="x", name="people")
    assert [(p.code, p.field) for p in problems] == [
        ("schema-pattern", "/fields/1/constraints/pattern"),
        ("field-error", "/fields/3/type"),
    ]
    assert (made.name, made.primary_key, made.missing_values) == ("people", ("code",), ("NA", ""))
    assert made.fields_match == "subset"
    assert [f.type for f in made.fields] == ["number", "date", "string", "any", "any"]
    assert made.fields[0].missing_values == ("-",)
    assert made.fields[0].options == {"decimalChar": ",", "x-unit": "cm"}
    assert (made.fields[1].format, made.fields[1].constraints) == ("%d.%m.%Y", {})
    assert made.field("code").vocabulary == ("EN", "de")
    with pytest.raises(KeyError):
        made.field("codes")


KEYWORDS = [
    *("name", "title", "fields", "type", "format", "example", "constraints", "enum", "pattern", "minimum", "maxLength"),
    *("categories", "value", "label", "rdfType", "missingValues", "fieldsMatch", "primaryKey", "uniqueKeys"),
    *("foreignKeys", "reference", "resource"),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["", "a", "string", "date", "array"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYWORDS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=examples(150, 3000), deadline=None)
@given(
    descriptor=JSON | st.fixed_dictionaries({"fields": st.lists(st.fixed_dictionaries({"name": st.just("a")}) | JSON)}),
    change=JSON,
    place=st.sampled_from([c[0] for c in STRICT]),
    strict=st.booleans(),
)
def test_no_descriptor_breaks_the_reader(descriptor: Any, change: Any, place: str, strict: bool) -> None:
    for one in (descriptor, changed(place, change)):
        _, problems = TableSchema.from_descriptor(one, strict=strict, where="x")
        assert {p.code for p in problems} <= CATALOGUE.keys()


# --- patterns --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        "doc-[0-9a-f]{16}",
        "(en|de)",
        "https?://[^ ]+",
        "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*",
        "[^ ]+( [^ ]+){0,14}",
        "a\\.b\\(c\\)\\\\",
        "[-a]",
        "[a-]",
        "[$^]x",
        "[.*+?]{1,}",
        "((a)|(b)|)",
        "",
        "é+",
    ],
)
def test_a_pattern_in_the_common_tongue(pattern: str) -> None:
    assert portable_pattern(pattern) is None
    re.compile(anchored(pattern))
    assert pl.Series(["x"]).str.contains(anchored(pattern)).dtype == pl.Boolean


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("en|de", "alternative outside a group"),  # frictionless reads (^en)|(de$)
        ("(?:a)", "question mark"),
        ("(?i)a", "question mark"),
        ("a(?=b)", "question mark"),
        ("(?<!a)b", "question mark"),
        ("(?P<x>a)", "question mark"),
        (r"(a)\1", "back reference"),
        (r"\d+", r"\d"),
        (r"\w+", r"\w"),
        (r"\bword", r"\b"),
        (r"\u0041", r"\u"),
        (r"\p{L}", r"\p"),
        (r"a\-b", r"\-"),
        ("a\\", "\\"),
        ("a+?", "lazy"),
        ("a*+", "lazy"),
        ("a{2}{3}", "lazy"),
        ("^a", "anchor"),
        ("a$", "anchor"),
        ("a.b", "dot"),
        ("*a", "nothing before it"),
        ("(|+)", "nothing before it"),
        ("{2}", "nothing before it"),
        ("a{,3}", "repetition"),
        ("a{3,2}", "least is above"),
        ("a{256}", "more than 255"),
        ("a{99999999}", "repetition"),
        ("a{2", "repetition"),
        ("a}", "bare }"),
        ("a]", "bare ]"),
        ("(a", "without its partner"),
        ("a)", "without its partner"),
        ("[a", "without an end"),
        ("[]a]", "empty"),
        ("[^]", "empty"),
        (r"[\d]", "inside a class"),
        ("[[:alpha:]]", "inside a class"),
        ("[a&&b]", "set operation"),
        ("[a--b]", "range"),
        ("[a~~b]", "set operation"),
        ("[z-a]", "range"),
        ("[a-c-e]", "hyphen"),
        ("(" * 30 + "a" + ")" * 30, "deep"),
    ],
)
def test_a_pattern_that_engines_read_differently(pattern: str, said: str) -> None:
    reason = portable_pattern(pattern)
    assert reason is not None
    assert said in reason


@settings(max_examples=examples(150, 3000), deadline=None)
@given(
    pattern=st.text("ab|()[]-^&~{},1?*+\\.$é", max_size=9),
    cells=st.lists(st.text("ab-^&~|1é\\.", max_size=5), max_size=4),
)
def test_engines_agree_on_whatever_the_pattern_lint_lets_pass(pattern: str, cells: list[str]) -> None:
    if portable_pattern(pattern) is not None:
        return
    by_python = [bool(re.fullmatch(pattern, cell)) for cell in cells]
    by_polars = pl.Series(cells, dtype=pl.String).str.contains(anchored(pattern)).to_list()
    field = frictionless.Field.from_descriptor({"name": "a", "type": "string", "constraints": {"pattern": pattern}})
    by_frictionless = [not field.read_cell(cell)[1] for cell in cells]
    empty = [cell == "" for cell in cells]  # a missing value to frictionless, never judged
    assert by_python == by_polars
    assert [p or e for p, e in zip(by_python, empty, strict=True)] == by_frictionless


def test_the_pattern_lint_takes_linear_time() -> None:
    assert portable_pattern("(a|b)[c-e]{2}" * 20_000) is None


# --- folders of schemas ----------------------------------------------------------------------------------------------


def other(edit: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """A second table that refers to ships, edited."""
    made = copy.deepcopy(GOOD)
    made.update(name="voyages", primaryKey=["ship_id", "crew"])
    made["fields"][2]["constraints"]["required"] = True
    made["foreignKeys"] = [{"fields": ["ship_id"], "reference": {"resource": "ships", "fields": ["ship_id"]}}]
    edit(made)
    return made


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ({"resource": "ship", "fields": ["ship_id"]}, "there is no table 'ship'; did you mean ships?"),
        ({"resource": "ships", "fields": ["shp_id"]}, "ships has no field 'shp_id'; did you mean ship_id?"),
        ({"resource": "ships", "fields": ["rig"]}, "rig is no key of ships"),
    ],
    ids=["no table", "no field", "no key"],
)
def test_a_reference_between_tables_leads_to_a_key(tmp_path: Path, reference: dict[str, Any], said: str) -> None:
    (tmp_path / "ships.json").write_text(json.dumps(GOOD), encoding="utf-8")
    bad = other(lambda made: made["foreignKeys"][0].update(reference=reference))
    (tmp_path / "voyages.json").write_text(json.dumps(bad), encoding="utf-8")
    with pytest.raises(SchemaError, match=re.escape(said)) as raised:
        read_folder(tmp_path)
    (one,) = raised.value.problems
    assert (one.code, one.path, one.field) == ("schema-key", "voyages.json", "/foreignKeys/0")


def test_a_reference_compares_like_with_like(tmp_path: Path) -> None:
    (tmp_path / "ships.json").write_text(json.dumps(GOOD), encoding="utf-8")
    bad = other(lambda made: made["foreignKeys"][0].update(fields=["crew"]))
    (tmp_path / "voyages.json").write_text(json.dumps(bad), encoding="utf-8")
    with pytest.raises(SchemaError, match="different types"):
        read_folder(tmp_path)


def test_the_problems_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "ships.json").write_text(json.dumps(changed("/title", GONE)), encoding="utf-8")
    (tmp_path / "voyages.json").write_text("{", encoding="utf-8")
    with pytest.raises(SchemaError) as raised:
        read_folder(tmp_path)
    assert {p.path for p in raised.value.problems} == {"ships.json", "voyages.json"}


def test_a_folder_without_schemas_is_no_silent_success(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no schema lies here"):
        read_folder(tmp_path)


def test_an_installed_package_brings_its_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house_folder() == Path(__file__).resolve().parent.parent / "schemas"
    (tmp_path / "_schemas").mkdir()
    monkeypatch.setattr("newspkg.schema.read.resources.files", lambda _: tmp_path)
    assert house_folder() == tmp_path / "_schemas"


# --- newspkg.schemas -------------------------------------------------------------------------------------------------


def test_a_table_is_an_attribute() -> None:
    assert schemas.quotes is schemas.table("quotes")
    assert list(schemas.quotes.columns) == list(house_schemas()["quotes"].names)
    assert set(dir(schemas)) == {*TABLES, "table"}
    assert not hasattr(schemas, "quote")
    assert not hasattr(schemas, "_quotes")
    with pytest.raises(AttributeError, match="there are actor_names, actor_roles"):
        _ = schemas.quote
    with pytest.raises(UsageError, match="There is no table 'quote'"):
        schemas.table("quote")
