"""Croissant, read with mlcroissant: it finds no fault, and its records are the rows of the tables."""

from __future__ import annotations

import json
import math
import re

import mlcroissant as mlc
import pytest
from values import plain


def read(value, kind):
    """A value of mlcroissant in the plain form."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, list):
        return [read(one, kind) for one in value]
    if kind == "date":
        return str(value)[:10]
    if hasattr(value, "isoformat") and hasattr(value, "value"):  # a Timestamp of pandas
        return plain(value.to_pydatetime())
    return plain(value)


def records(path, name):
    dataset = mlc.Dataset(jsonld=str(path))
    assert not dataset.metadata.issues.errors
    return list(dataset.records(name))


def compare(path, notes, expected):
    """How many values were compared, all of them equal."""
    assert "otherwise than it stands" not in notes
    rounded = re.findall(r"empty cells: (.*)\.", notes)
    without_nan = re.findall(r"NaN for a missing value: (.*)\.", notes)
    given = json.loads(path.read_text(encoding="utf-8"))
    kinds = {field["@id"]: field["dataType"] for s in given["recordSet"] for field in s["field"]}
    compared = 0
    for name, columns in expected.items():
        rows = records(path, name)
        assert len(rows) == len(next(iter(columns.values()))), name
        for column, want in columns.items():
            kind = {"sc:Date": "date"}.get(kinds[f"{name}/{column}"], "")
            got = [read(row[f"{name}/{column}"], kind) for row in rows]
            if any(isinstance(one, list) for one in want) and not any(isinstance(one, list) for one in got):
                assert f"{name}.{column}" in notes  # a list that stands in CSV as JSON is given as its text
                got = [one and json.loads(one) for one in got]
            if f"{name}.{column}" in rounded:  # as the export says
                want = [one if one is None else int(float(one)) for one in want]
            if column == "year" and any(isinstance(one, str) for one in got):
                got = [one and int(one.rstrip("Z")) for one in got]  # years of four digits only are a number to Parquet
            if f"{name}.{column}" in without_nan:
                want = [None if one == "nan" else one for one in want]
            assert got == want, f"{name}.{column}"
            compared += len(rows)
    return compared


def test_the_shipped_tables_come_back_row_by_row(exported, shipped, values):
    made = exported("croissant", shipped, "croissant.json")
    assert compare(made.path, made.notes, values(shipped)) > 10_000


def test_every_type_comes_back_from_parquet(exported, alltypes, values, pkg, tmp_path):
    """CSV is read by guess; where that goes wrong the export says so, and points to Parquet."""
    csv = exported("croissant", alltypes, "croissant.json")
    assert "every.text" in csv.notes and "pkg export parquet" in csv.notes
    assert len(records(csv.path, "every")) == 6  # it can be read all the same
    folder = tmp_path / "parquet"
    assert pkg("export", "parquet", "--package", alltypes.root, "-o", folder).returncode == 0
    done = pkg("export", "croissant", "--package", folder, "-o", folder / "croissant.json")
    assert done.returncode == 0, done.stderr
    expected = values(folder)
    assert compare(folder / "croissant.json", done.stderr, expected) > 100


def test_vocabularies_are_enumerations(exported, shipped):
    path = exported("croissant", shipped, "croissant.json").path
    words = [row["quotes/kind/categories/value"] for row in records(path, "quotes/kind/categories")]
    assert [plain(one) for one in words] == ["direct", "indirect", "mixed"]


def test_keys_are_told(exported, shipped):
    made = json.loads(exported("croissant", shipped, "croissant.json").path.read_text(encoding="utf-8"))
    quotes = next(one for one in made["recordSet"] if one["@id"] == "quotes")
    assert quotes["key"] == {"@id": "quotes/quote_id"}
    fields = {one["name"]: one for one in quotes["field"]}
    assert fields["document_id"]["references"] == {"field": {"@id": "documents/document_id"}}
    assert "references" not in fields["speaker_id"]  # it has empty cells, whose rows a reader would leave out


def test_a_changed_file_is_condemned(exported, alltypes, tmp_path):
    """The hash is a hash: mlcroissant refuses a file that is not the one described."""
    import shutil

    exported("croissant", alltypes, "croissant.json")
    shutil.copytree(alltypes.root, tmp_path / "p")
    with (tmp_path / "p/data/notes.csv").open("a", encoding="utf-8") as file:
        file.write("n4,,,fourth\n")
    with pytest.raises(mlc.GenerationError) as caught:
        records(tmp_path / "p/croissant.json", "notes")
    assert "sha256" in str(caught.value.__cause__).lower() or "hash" in str(caught.value.__cause__).lower()


def test_all_that_is_said_of_the_package_is_there(exported, alltypes):
    metadata = mlc.Dataset(jsonld=str(exported("croissant", alltypes, "croissant.json").path)).metadata
    assert not metadata.issues.errors and not metadata.issues.warnings
    assert metadata.name == "Ships & their „masts“"
    assert metadata.version == "1.2.0"
    assert metadata.cite_as.startswith("Maro, Ilse (2024). Ships")
