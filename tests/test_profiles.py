"""The bundled profiles: they are what the checks say, in JSON Schema; they are at hand offline; nothing breaks on them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from effort import examples
from newspkg.problems import PkgError
from newspkg.report import Findings
from newspkg.validate import validate
from newspkg.validate.descriptor import open_package
from newspkg.validate.jsonschemas import json_schema, validator_of
from newspkg.validate.profiles import _bundled, _inside, published
from packages import make
from test_conformance import CLAUSES, files_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "src" / "newspkg" / "profiles"
FILES = sorted(FOLDER.rglob("*.json"))
KINDS = ("datapackage", "dataresource", "tabledialect", "tableschema")


def judge_of(version: str, kind: str = "datapackage") -> Any:
    return validator_of(_bundled(version, kind), _inside(Path()), "")


# --- the files -------------------------------------------------------------------------------------------------------


def test_all_are_there() -> None:
    assert [p.relative_to(FOLDER).as_posix() for p in FILES] == [f"{v}/{k}.json" for v in ("1.0", "2.0") for k in KINDS]
    assert (FOLDER / "PATCHES.md").is_file()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(FOLDER).as_posix())
def test_each_is_a_schema_of_draft_7_under_its_published_address(path: Path) -> None:
    given = json.loads(path.read_text(encoding="utf-8"))
    Draft7Validator.check_schema(given)
    version, kind = path.parent.name, path.stem
    assert given["$id"] == f"https://datapackage.org/profiles/{version}/{kind}.json"
    assert published(given["$id"]) == (version, kind)
    assert not judge_of(version, kind).is_valid([])


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://datapackage.org/profiles/2.0/datapackage.json", ("2.0", "datapackage")),
        ("http://www.datapackage.org/profiles/1.0/tableschema.json", ("1.0", "tableschema")),
        ("https://specs.frictionlessdata.io/schemas/tabular-data-resource.json", ("1.0", "dataresource")),
        ("https://frictionlessdata.io/schemas/csv-dialect.json", ("1.0", "tabledialect")),
        ("tabular-data-package", ("1.0", "datapackage")),
        ("https://datapackage.org/profiles/2.0/other.json", None),
        ("https://datapackage.org/profiles/3.0/datapackage.json", None),
        ("https://specs.frictionlessdata.io/schemas/fiscal-data-package.json", None),
        ("https://example.org/datapackage.org/profiles/2.0/datapackage.json", None),
    ],
)
def test_what_is_published(address: str, found: tuple[str, str] | None) -> None:
    assert published(address) == found


# --- profiles and checks agree ---------------------------------------------------------------------------------------

# What no JSON Schema can say, or what is no matter of one: a place where the checks find something, and the clause.
BEYOND = (
    (r"package-error /resources/\d+/name", "resource-name-unique"),
    (r"package-error /(\$schema|profile)", "profile-usable"),
    (r"package-error /newspkg.*", "the block of this toolkit"),
    (r"resource-error /resources/\d+/profile", "profile-resource"),
    (r"resource-error /resources/\d+", "resource-profile-schema"),
    (r"resource-error /resources/\d+/data", "resource-data-text: a table is no text"),
    (r"encoding-error .*", "resource-encoding"),
    (r"(dialect|schema)-error /resources/\d+/(dialect|schema)", "resource-schema: the file is not there"),
    (r"dialect-error .*/delimiter", "dialect-delimiter: also the quoteChar"),
    (r"schema-error .*/missingValues", "schema-missingValues-unique: by value and by label"),
    (r"schema-key .*", "schema-primaryKey, schema-uniqueKeys, schema-foreignKeys-names: the fields are there"),
    (r"field-error .*/format", "field-format: directives of strptime"),
    (r"field-error .*/categories", "field-categories-unique: by label"),
    (r"schema-constraint .*/constraints/enum(/\d+)?", "constraint-enum, field-categories-enum: values of the field"),
    (r"schema-constraint .*/constraints/(minimum|maximum|exclusiveM\w+)", "constraint-values: values of the field"),
    (r"schema-constraint .*/constraints/jsonSchema", "constraint-jsonSchema: a JSON Schema"),
    (r"schema-pattern .*", "constraint-pattern: a pattern of XML Schema"),
)


def disagreement(descriptor: dict[str, Any], folder: Path) -> str | None:
    """Where the profile and the checks judge a descriptor differently, and no clause says why."""
    make.write({"schema.json": b'{"fields": [{"name": "a"}]}', "dialect.json": b"{}"}, folder)
    make.write({"datapackage.json": json.dumps(descriptor).encode()}, folder)
    findings = Findings()
    package = open_package(folder / "datapackage.json", findings)
    problems = findings.report().problems
    told = [f"{p.code} {p.field}" for p in problems if p.severity == "error" and p.rule != "profile"]
    rejected = [e.json_path for e in judge_of(f"{package.version}.0").iter_errors(descriptor)]
    if rejected and not told:
        return f"the profile alone rejects {rejected}"
    alone = [one for one in told if not any(re.fullmatch(where, one) for where, _ in BEYOND)]
    return f"the checks alone reject {alone}" if alone and not rejected else None


def _descriptors() -> list[Any]:
    found = []
    for clause in CLAUSES:
        for n, case in enumerate([*clause.valid, *clause.invalid]):
            try:
                given_ = json.loads(files_of(case)["datapackage.json"])
            except ValueError:
                continue
            if isinstance(given_, dict):
                found.append(pytest.param(given_, id=f"{clause.id}-{n}"))
    return found


@pytest.mark.parametrize("descriptor", _descriptors())
def test_both_judge_a_case_alike(tmp_path: Path, descriptor: dict[str, Any]) -> None:
    assert disagreement(descriptor, tmp_path) is None


RICH: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "rich",
    "id": "x",
    "title": "T",
    "homepage": "https://example.org",
    "image": "a.png",
    "version": "1",
    "created": "2031-03-11T10:00:00Z",
    "keywords": ["k"],
    "licenses": [{"name": "MIT", "path": "LICENSE", "title": "T"}],
    "sources": [{"title": "T", "path": "a.csv", "email": "a@b.org", "version": "1"}],
    "contributors": [{"title": "T", "path": "https://example.org", "email": "a@b.org", "roles": ["creator"], "role": "r"}],
    "resources": [
        {
            "name": "one",
            "path": "one.csv",
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": 1,
            "hash": "md5:0f",
            "licenses": [{"name": "MIT"}],
            "sources": [{"title": "T"}],
            "dialect": {
                "header": True,
                "headerRows": [1],
                "headerJoin": "-",
                "commentRows": [2],
                "commentChar": "#",
                "delimiter": ";",
                "lineTerminator": "\n",
                "quoteChar": "'",
                "doubleQuote": True,
                "nullSequence": "N",
                "skipInitialSpace": False,
                "property": "p",
                "itemType": "array",
                "itemKeys": ["k"],
                "sheetNumber": 1,
                "sheetName": "s",
                "table": "t",
            },
            "schema": {
                "fields": [
                    {
                        "name": "s",
                        "type": "string",
                        "format": "email",
                        "title": "T",
                        "description": "d",
                        "example": "e",
                        "categories": [{"value": "a@b.org", "label": "A"}],
                        "categoriesOrdered": True,
                        "missingValues": ["-"],
                        "rdfType": "http://schema.org/Thing",
                        "constraints": {"required": True, "unique": False, "minLength": 1, "maxLength": 9, "pattern": ".*"},
                    },
                    {"name": "i", "type": "integer", "groupChar": ",", "bareNumber": True, "categories": [1, 2],
                     "constraints": {"minimum": 1, "maximum": "5", "enum": [1]}},
                    {"name": "n", "type": "number", "decimalChar": ",", "constraints": {"exclusiveMinimum": 0.5}},
                    {"name": "b", "type": "boolean", "trueValues": ["y"], "falseValues": ["n"], "constraints": {"enum": [True]}},
                    {"name": "d", "type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "01.01.2020"}},
                    {"name": "l", "type": "list", "delimiter": ";", "itemType": "date"},
                    {"name": "o", "type": "object", "constraints": {"jsonSchema": {"type": "object"}}},
                    {"name": "g", "type": "geopoint", "format": "array"},
                    {"name": "x"},
                ],
                "fieldsMatch": "equal",
                "missingValues": [{"value": "", "label": "L"}],
                "primaryKey": ["i"],
                "uniqueKeys": [["s", "i"]],
                "foreignKeys": [{"fields": ["s"], "reference": {"resource": "two", "fields": ["s"]}}],
            },
        },
        {"name": "two", "data": [{"s": "a"}], "schema": {"fields": [{"name": "s"}]}},
        {"name": "three", "data": "a\n", "format": "csv"},
        {"name": "four", "path": ["a.csv", "x/b.csv"], "schema": "schema.json", "dialect": "dialect.json"},
    ],
}  # fmt: skip
FIRST: dict[str, Any] = {**{k: v for k, v in RICH.items() if k != "$schema"}, "profile": "data-package"}


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(p for key, one in inner for p in _places(one, (*at, key)))]


PLACES = [p for p in _places(RICH) if p]
GONE = object()
# No whole floats: JSON Schema counts 1.0 as a whole number.
VALUES = st.one_of(
    st.just(GONE),
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 1, 2, 1.5]),
    st.sampled_from(
        ["", "a", "table", "array", "equal", "string", "integer", "date", "any", "default", "email", "%Y", "a.csv", "./a", "x/.h/a",
         "../a", "/a", "~a", "a\\b", "C:/a", "http://", "https://x.org/y", "s3://b/c", "file:a", "Any Name", "a@b.org", "urn:x:y",
         "2031-03-11T10:00:00Z", "sha1:0f", "text/csv", ";;", "data-package"]
    ),
    st.sampled_from([[], [1], ["a"], ["a", "a"], ["equal"], [{}], [[]], [["s"]], [None], [{"value": "a"}], ["https://x.org/y", "a"]]),
    st.sampled_from([{}, {"a": 1}, {"value": 1}, {"name": "a"}, {"fields": [{"name": "a"}]}, {"x:y": 1}, {"title": "T"}]),
)  # fmt: skip


def changed(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    """The value with another one at a place, or without what was there."""
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    inner = changed(value[at[0]], at[1:], new)
    if inner is GONE:
        del copy[at[0]]
    else:
        copy[at[0]] = inner
    return copy


def mutated(base: dict[str, Any], changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    for at, new in changes:
        try:
            base = changed(base, at, new)
        except (KeyError, IndexError, TypeError, ValueError):  # an earlier change took the place away
            continue
    return base


CHANGES = st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=2)
SETTINGS = settings(
    max_examples=examples(100, 1000),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SETTINGS
@given(st.sampled_from([RICH, FIRST]), CHANGES)
def test_both_judge_a_changed_descriptor_alike(
    tmp_path: Path, base: dict[str, Any], changes: list[tuple[tuple[Any, ...], Any]]
) -> None:
    assert disagreement(mutated(base, changes), tmp_path) is None


@pytest.mark.parametrize("base", [RICH, FIRST], ids=["2", "1"])
def test_both_accept_what_the_changes_start_from(tmp_path: Path, base: dict[str, Any]) -> None:
    assert disagreement(base, tmp_path) is None
    assert judge_of("2.0" if base is RICH else "1.0").is_valid(base)


# --- nothing breaks on them ------------------------------------------------------------------------------------------

JUNK = st.recursive(
    VALUES.filter(lambda v: v is not GONE) | st.text(max_size=3) | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
SCHEMAS = st.recursive(
    st.sampled_from([{}, True, 5, "x", {"type": "string"}, {"$ref": "#"}, {"$ref": "#/definitions/a"}, {"$ref": "other.json"},
                     {"$ref": "http://["}, {"$id": "http://["}, {"$schema": "x"}, {"pattern": "("}, {"required": ["a"]}, {"enum": []},
                     {"multipleOf": 0}, {"multipleOf": 1e-300}, {"uniqueItems": True}, {"format": "uri"}]),
    lambda inner: st.dictionaries(
        st.sampled_from(["properties", "items", "allOf", "anyOf", "not", "if", "then", "definitions", "$ref", "$id", "$schema", "enum"]),
        inner | st.dictionaries(st.sampled_from(["a", "resources"]), inner, max_size=2) | st.lists(inner, max_size=2),
        max_size=3,
    ),
    max_leaves=6,
)  # fmt: skip


@SETTINGS
@given(st.sampled_from(PLACES), JUNK, SCHEMAS)
def test_junk_in_a_descriptor_and_its_profile_ends_in_a_report(
    tmp_path: Path, at: tuple[Any, ...], junk: Any, profile: Any
) -> None:
    descriptor = mutated({**RICH, "$schema": "profile.json"}, [(at, junk)])
    files = {
        "datapackage.json": json.dumps(descriptor).encode(),
        "profile.json": json.dumps(profile).encode(),
        "schema.json": json.dumps({"$schema": "profile.json", "fields": [junk]}).encode(),
        "dialect.json": json.dumps(junk).encode(),
        "one.csv": b"s;i;n;b;d;l;o;g;x\n",
        "a.csv": b"a\n1\n",
    }
    try:
        report = validate(make.write(files, tmp_path))
    except PkgError:
        return
    assert report.valid == (not any(p.severity == "error" for p in report.problems))
    json.dumps(report.as_json())


@SETTINGS
@given(SCHEMAS, JUNK)
def test_a_json_schema_is_refused_or_judges(schema: Any, value: Any) -> None:
    try:
        conforms = json_schema(schema)
    except ValueError:
        return
    assert conforms(value) in (True, False)
