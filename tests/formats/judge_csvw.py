"""CSVW, read with csvw: the same values, and the same keys."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal

import isodate
import pytest
from csvw import TableGroup
from values import plain


def as_text(package, notes):
    """The columns that the export says it describes as text."""
    return set(re.findall(r"CSVW: (\S+) is described as text", notes))


def read(value, kind):
    """A value of csvw in the plain form, by the type that the package has for it."""
    if value is None or kind in ("string", "any", "yearmonth", "geojson", "object", "geopoint", "array"):
        return value if value is None or isinstance(value, str) else plain(value)
    if kind == "date":
        return value.date().isoformat() if hasattr(value, "date") else value.isoformat()
    if kind == "time":
        return value.time().isoformat()
    if kind == "year":
        return int(re.match(r"-?[0-9]+", value)[0])  # it may have a zone
    if kind == "duration":
        return isodate.parse_duration(value) if isinstance(value, str) else value
    return plain(value)


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
def test_the_values_are_those_of_the_package(which, request, exported, values):
    package = request.getfixturevalue(which)
    made = exported("csvw", package, "csv-metadata.json")
    text = as_text(package, made.notes)
    group = TableGroup.from_file(made.path)
    expected = values(package)
    assert {table.local_name for table in group.tables} == {one["path"] for one in package.descriptor["resources"]}
    compared = 0
    for one in package.descriptor["resources"]:
        name = one["name"]
        table = next(t for t in group.tables if t.local_name == one["path"])
        rows = list(table.iterdicts())
        raw = list(csv.DictReader(package.paths[name].open(encoding="utf-8", newline="")))
        schema = json.loads((package.root / one["schema"]).read_text(encoding="utf-8"))
        for field in schema["fields"]:
            column = field["name"]
            missing = field.get("missingValues", schema.get("missingValues", [""]))
            got = [row[column] for row in rows]
            if f"{name}.{column}" in text or field["type"] in ("object", "array", "geojson", "geopoint", "duration"):
                want = [None if row[column] in missing else row[column] for row in raw]
                got = [
                    json_text(a, b) if field["type"] in ("object", "array", "geojson", "geopoint") else a
                    for a, b in zip(got, want, strict=True)
                ]
                if field["type"] == "duration":
                    got = [
                        b if a is not None and a == isodate.parse_duration(b) else a
                        for a, b in zip(got, want, strict=True)
                    ]
            else:
                want = expected[name][column]
                if field["type"] == "list":
                    assert f"{name}.{column}" in made.notes  # an empty item is none to CSVW, and an empty list none
                    want = [a and [None if v == "" else v for v in a] for a in want]
                    got = [a or None for a in got]
                    want = [a or None for a in want]
                    got = [
                        [read(v, field.get("itemType", "string")) for v in a] if a is not None else None for a in got
                    ]
                elif "huge" in column:
                    # csvw keeps 28 digits; the file, which it describes, has them all.
                    got = [a if a is None else int(a) for a in got]
                    want = [a if a is None else int(Decimal(a) * 1) for a in want]
                else:
                    got = [read(a, field["type"]) for a in got]
            assert got == want, f"{name}.{column}"
            compared += len(got)
    assert compared > 100


def json_text(value, want):
    """The text of a JSON value that csvw has parsed, where it says the same."""
    return want if value is not None and want is not None and (value == want or value == json.loads(want)) else value


def test_keys_and_limits_are_told(exported, shipped):
    group = TableGroup.from_file(exported("csvw", shipped, "csv-metadata.json").path)
    quotes = next(t for t in group.tables if t.local_name == "data/quotes.csv")
    assert quotes.tableSchema.primaryKey == ["quote_id"]
    targets = {str(key.reference.resource): key.columnReference for key in quotes.tableSchema.foreignKeys}
    assert targets["data/documents.csv"] == ["document_id"]
    assert len(quotes.tableSchema.foreignKeys) == 5
    group.check_referential_integrity()
    piece = quotes.tableSchema.columndict["piece"]
    assert piece.datatype.minimum == 1 and piece.required
    kind = quotes.tableSchema.columndict["kind"]
    assert re.fullmatch(kind.datatype.format, "direct") and not re.fullmatch(kind.datatype.format, "loud")


def test_what_breaks_a_limit_is_condemned(exported, shipped, tmp_path):
    """The limits are limits: csvw refuses a table that does not keep them."""
    made = json.loads(exported("csvw", shipped, "csv-metadata.json").path.read_text(encoding="utf-8"))
    made["tables"] = [one for one in made["tables"] if one["url"] == "data/quotes.csv"]
    made["tables"][0]["tableSchema"].pop("foreignKeys")
    (tmp_path / "data").mkdir()
    text = (shipped.root / "data/quotes.csv").read_text(encoding="utf-8")
    (tmp_path / "data/quotes.csv").write_text(text.replace(",direct,", ",loud,", 1), encoding="utf-8")
    (tmp_path / "csv-metadata.json").write_text(json.dumps(made), encoding="utf-8")
    table = TableGroup.from_file(tmp_path / "csv-metadata.json").tables[0]
    with pytest.raises(ValueError, match="loud"):
        list(table)


def test_what_is_said_of_the_package_is_there(exported, alltypes):
    made = json.loads(exported("csvw", alltypes, "csv-metadata.json").path.read_text(encoding="utf-8"))
    assert made["dc:title"] == "Ships & their „masts“"
    assert made["dc:identifier"] == "https://doi.org/10.5555/ships.2024"
    assert made["dc:creator"]["@id"] == "https://orcid.org/0000-0002-1825-0097"
    assert made["dc:license"] == {"@id": "https://opendatacommons.org/licenses/pddl/"}
    assert made["tables"][0]["dc:license"] == {"@id": "https://spdx.org/licenses/CC0-1.0"}
    assert [one["dc:title"] for one in made["dc:source"]] == ["The harbours' book", "A log kept at sea"]
