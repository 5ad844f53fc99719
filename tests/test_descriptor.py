"""What the readers are handed: dialects, formats and compressions, what a resource inherits, and where a fault is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from judging import judge
from newspkg.report import Findings
from newspkg.validate.descriptor import Dialect, Package, Resource, open_package
from newspkg.validate.metadata import is_moment, link_fault
from newspkg.validate.properties import lines_of, pointed
from packages import make

SCHEMA = {"fields": [{"name": "a"}]}


def opened(tmp_path: Path, *resources: dict[str, Any], **package: Any) -> Package:
    """The package of some resources, whose descriptor has no fault."""
    given = [{"name": f"r{n}", **one} for n, one in enumerate(resources)]
    descriptor = {"resources": given, **package}
    make.write({"datapackage.json": json.dumps(descriptor).encode()}, tmp_path)
    findings = Findings()
    found = open_package(tmp_path, findings)
    assert findings.report().problems == []
    return found


def resource(tmp_path: Path, **given: Any) -> Resource:
    return opened(tmp_path, given).resources[0]


def test_a_dialect_carries_all_that_the_standard_has(tmp_path: Path) -> None:
    dialect = {
        "header": True, "headerRows": [2, 1], "headerJoin": "-", "commentRows": [3], "commentChar": "//", "delimiter": "||",
        "lineTerminator": ";", "escapeChar": "\\", "doubleQuote": False, "nullSequence": "", "skipInitialSpace": True,
        "property": "rows", "itemType": "object", "itemKeys": ["b", "a"], "sheetNumber": 2, "sheetName": "S", "table": "t",
    }  # fmt: skip
    assert resource(tmp_path, path="a.csv", dialect=dialect).dialect == Dialect(
        delimiter="||",
        quote='"',
        double_quote=False,
        escape="\\",
        skip_space=True,
        header_rows=(1, 2),
        header_join="-",
        comment_char="//",
        comment_rows=frozenset({3}),
        null="",
        line_terminator=";",
        property="rows",
        item_type="object",
        item_keys=("b", "a"),
        sheet_number=2,
        sheet_name="S",
        table="t",
    )


@pytest.mark.parametrize(
    ("path", "dialect", "expected"),
    [
        ("a.csv", {}, Dialect()),
        ("a.tsv", {}, Dialect(delimiter="\t")),
        ("a.tsv", {"delimiter": ";"}, Dialect(delimiter=";")),
        ("a.csv", {"lineTerminator": "\r\n"}, Dialect()),
        ("a.csv", {"header": False, "headerRows": [2]}, Dialect(header_rows=())),
        ("a.csv", {"headerRows": []}, Dialect(header_rows=())),
        ("a.csv", {"csvddfVersion": 1.2, "caseSensitiveHeader": True, "quoteChar": "'"}, Dialect(quote="'")),
    ],
)
def test_a_dialect_beyond_the_usual(tmp_path: Path, path: str, dialect: dict[str, Any], expected: Dialect) -> None:
    assert resource(tmp_path, path=path, dialect=dialect).dialect == expected


@pytest.mark.parametrize(
    ("given", "format", "compression", "tabular"),
    [
        ({"path": "a.csv"}, "csv", "", True),
        ({"path": "A.CSV"}, "csv", "", True),
        ({"path": "a.csv.gz"}, "csv", "gz", True),
        ({"path": "a.tsv.bz2"}, "tsv", "bz2", True),
        ({"path": "a.jsonl.xz"}, "jsonl", "xz", True),
        ({"path": "a.csv.zip"}, "csv", "zip", True),
        ({"path": "a.zip", "format": "csv"}, "csv", "zip", True),
        ({"path": "a.zip", "innerpath": "x/b.tsv"}, "tsv", "zip", True),
        ({"path": "a.zip", "mediatype": "text/csv"}, "csv", "zip", True),
        ({"path": "a.zip"}, "", "zip", False),
        ({"path": "a.csv", "compression": "gz"}, "csv", "gz", True),
        ({"path": "a.csv.gz", "format": "csv.gz"}, "csv", "gz", True),
        ({"path": "a.csv.gz", "compression": "gzip", "format": "csv"}, "csv", "gz", True),
        ({"path": "a", "mediatype": "text/tab-separated-values; x=y"}, "tsv", "", True),
        ({"path": "a", "format": ".CSV"}, "csv", "", True),
        ({"path": "a.ndjson"}, "ndjson", "", True),
        ({"path": "a.parquet"}, "parquet", "", True),
        ({"path": "a.xlsx"}, "xlsx", "", True),
        ({"path": "a.ods"}, "ods", "", True),
        ({"path": "a.json"}, "json", "", False),
        ({"path": "a.json", "type": "table"}, "json", "", True),
        ({"path": "a.json", "schema": SCHEMA}, "json", "", True),
        ({"path": "a.json", "profile": "tabular-data-resource"}, "json", "", True),
        ({"path": "a.md"}, "md", "", False),
        ({"data": [["a"]]}, "inline", "", False),
        ({"data": [["a"]], "schema": SCHEMA}, "inline", "", True),
        ({"data": "a\n", "format": "csv"}, "csv", "", True),
        ({"data": "a\n", "mediatype": "text/csv"}, "csv", "", True),
    ],
)  # fmt: skip
def test_formats_and_compressions(
    tmp_path: Path, given: dict[str, Any], format: str, compression: str, tabular: bool
) -> None:
    found = resource(tmp_path, **given)
    assert (found.format, found.compression, found.tabular) == (format, compression, tabular)


def test_a_table_in_a_format_that_is_not_read_is_named(tmp_path: Path) -> None:
    make.write({"datapackage.json": b'{"resources": [{"name": "r", "path": "a.sav", "type": "table"}]}'}, tmp_path)
    findings = Findings()
    assert not open_package(tmp_path, findings).resources[0].tabular
    assert [(u.what, u.resource) for u in findings.unchecked] == [("the table", "r")]


def test_a_resource_inherits_sources_and_licences(tmp_path: Path) -> None:
    own = {"path": "a.md", "sources": [{"title": "own"}], "licenses": [{"name": "MIT"}]}
    package = opened(tmp_path, {"path": "b.md"}, own, sources=[{"title": "all"}], licenses=[{"name": "CC0-1.0"}])
    assert [r.sources for r in package.resources] == [({"title": "all"},), ({"title": "own"},)]
    assert [r.licenses for r in package.resources] == [({"name": "CC0-1.0"},), ({"name": "MIT"},)]


@pytest.mark.parametrize(
    ("package", "version"),
    [
        ({}, 2),
        ({"profile": "data-package"}, 1),
        ({"profile": "data-package", "$schema": "https://datapackage.org/profiles/2.0/datapackage.json"}, 2),
        ({"$schema": "https://datapackage.org/profiles/1.0/datapackage.json"}, 1),
        ({"$schema": "https://specs.frictionlessdata.io/schemas/data-package.json"}, 1),
    ],
)
def test_the_version_that_a_package_follows(tmp_path: Path, package: dict[str, Any], version: int) -> None:
    assert opened(tmp_path, {"path": "a.md"}, **package).version == version


def test_properties_that_are_not_of_the_standard_are_read_where_they_fit_and_never_a_fault(tmp_path: Path) -> None:
    found = opened(
        tmp_path, {"path": "a.csv", "rows": 3}, {"path": "a.csv", "rows": "many", "innerpath": 5, "compression": []}
    )
    assert [r.rows for r in found.resources] == [3, None]
    checks = {"newspkg:checks": [], "newspkg": {"checks": []}}
    assert opened(tmp_path, {"path": "a.md", "newspkg:checks": []}, **checks).block == {"checks": []}


def test_two_resources_of_one_name_are_both_judged(tmp_path: Path) -> None:
    files = {
        "datapackage.json": b'{"resources": [{"name": "r", "path": "a.md"}, {"name": "r", "path": "b.md", "bytes": 9}]}',
        "a.md": b"",
        "b.md": b"",
    }
    assert judge(files, tmp_path).counts == {"package-error": 1, "byte-count": 1}


# --- where a fault is ------------------------------------------------------------------------------------------------

DESCRIPTOR = """{
 "keywords": [
  "a",
  5
 ],
 "resources": [
  {
   "name": "r",
   "path": "a.csv",
   "dialect": {
    "quoteChar": "''"
   },
   "schema": {
    "fields": [
     {"name": "a", "type": "integer",
      "constraints": {
       "enum": [1,
        "x"]}}
    ],
    "foreignKeys": [
     {"fields": "a", "reference":
      {"resource": "s", "fields": "a"}}
    ]
   }
  },
  {"name": "t", "path": "a.csv", "dialect": "d.json", "schema": "s.json"}
 ]
}"""


def test_a_fault_has_its_pointer_and_its_line_in_the_file_it_stands_in(tmp_path: Path) -> None:
    files = {
        "datapackage.json": DESCRIPTOR,
        "d.json": '{\n "header":\n  "yes"\n}',
        "s.json": '{\n "fields": [\n  {"name": "a",\n   "format": "x",\n   "type": "string"}\n ],\n "foreignKeys": [\n'
        '  {"fields": "a",\n   "reference": {"resource": "s", "fields": "a"}}]\n}',
        "a.csv": "a\n",
    }
    report = judge({name: text.encode() for name, text in files.items()}, tmp_path)
    fields = "/resources/0/schema"
    found = {(p.code, p.path, p.field, p.line) for p in report.problems}
    assert found == {
        ("package-error", "datapackage.json", "/keywords/1", 4),
        ("dialect-error", "datapackage.json", "/resources/0/dialect/quoteChar", 11),
        ("schema-constraint", "datapackage.json", f"{fields}/fields/0/constraints/enum/1", 18),
        ("schema-key", "datapackage.json", f"{fields}/foreignKeys/0/reference", 22),
        ("dialect-error", "d.json", "/header", 3),
        ("field-error", "s.json", "/fields/0/format", 4),
        ("schema-key", "s.json", "/foreignKeys/0/reference", 9),
    }


def test_a_profile_s_fault_has_its_pointer_and_its_line(tmp_path: Path) -> None:
    profile = {"properties": {"theme": {"enum": ["sea"]}, "resources": {"items": {"required": ["geopoint"]}}}}
    files = {
        "datapackage.json": b'{\n "$schema": "p.json",\n "theme": "land",\n "resources": [\n  {"name": "r", "path": "a.md"}\n ]\n}',
        "p.json": json.dumps(profile).encode(),
        "a.md": b"",
    }
    found = judge(files, tmp_path).problems
    assert [(p.code, p.rule, p.resource, p.field, p.line) for p in found] == [
        ("package-error", "profile", None, "/theme", 3),
        ("resource-error", "profile", "r", "/resources/0", 5),
    ]
    assert "'land'" not in found[0].message
    assert '["sea"]' in found[0].message
    assert "geopoint" in found[1].message


def test_keys_of_any_kind_have_their_line() -> None:
    text = '{\n "a/b": 1,\n "c~d":\n  {"\\u0065\\n": [\n   2]}\n}'
    assert lines_of(text) == {"": 1, "/a~1b": 2, "/c~0d": 4, "/c~0d/e\n": 4, "/c~0d/e\n/0": 5}
    assert pointed(["c~d", "a/b", 0]) == "/c~0d/a~1b/0"


# --- single properties -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0000-02-29T00:00:00Z", "1985-04-12T23:20:50.52Z", "1990-12-31T23:59:60-08:00"])
def test_moments(value: str) -> None:
    assert is_moment(value)


@pytest.mark.parametrize("value", [None, "", "1985-02-29T00:00:00Z", "1985-04-12T24:00:00Z", "1985-04-12T23:20Z"])
def test_what_is_no_moment(value: Any) -> None:
    assert not is_moment(value)


@pytest.mark.parametrize(
    ("value", "good"),
    [("a", True), ("./a", True), ("a//b", True), ("a/.", True), ("HTTPS://x.org/a", True), ("a..b", True),
     (".", True), ("a/..b", False), ("..", False), ("a\0", False), ("FILE:a", False), ("gopher://x.org", False), ("http://?", False)],
)  # fmt: skip
def test_links(value: str, good: bool) -> None:
    assert (link_fault(value) is None) == good


def test_a_field_whose_type_is_none_is_said_to_be_unchecked(tmp_path: Path) -> None:
    report = judge(make.one_table("a\nx\n", {"fields": [{"name": "a", "type": "datee"}]}), tmp_path)
    assert report.counts == {"field-error": 1}
    assert [note.what for note in report.unchecked] == ["the type and constraints of a"]
