"""What the schemas and the catalogue become: docs and loaders; test_load_r.py has load.R."""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from newspkg.derive import derive, targets
from newspkg.problems import CATALOGUE, CannotRun, SchemaError, UsageError
from newspkg.schema import house_schemas, polars_schema, read_schema

ROOT = Path(__file__).resolve().parent.parent

# A table with every type that a loader must know, a vocabulary that needs more than one line, and a key.
LONG = [
    "brig",
    "ketch",
    "schooner",
    "barquentine",
    "full-rigged ship",
    "lugger",
    "sloop",
    "yawl",
    "cutter",
    "dhow",
    "junk",
]
TOY: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("ship", "string", "heron", {"required": True}),
    ("rig", "string", "brig", {"enum": LONG}),
    ("fate", "string", "sunk", {"enum": ["sunk", "sold"]}),
    ("crew", "integer", 12, {"minimum": 0, "exclusiveMaximum": 2000}),
    ("draught", "number", 2.5, {"exclusiveMinimum": 0}),
    ("armed", "boolean", True, {}),
    ("launched", "date", "1804-05-17", {"minimum": "1700-01-01"}),
    ("sighted", "datetime", "2031-03-11T06:30:00Z", {}),
    ("refit", "year", 1810, {}),
    ("masters", "array", ["A. Berg"], {"minLength": 1}),
]
NAMES = [name for name, *_ in TOY]
HARD = ['says "no", then\nyes', "back\\slash", "tab\there", "é 日本 👍🏽", "/", "[a, b]", "\\n"]


def toy_schema() -> dict[str, Any]:
    fields = []
    for name, kind, example, constraints in TOY:
        one: dict[str, Any] = {"name": name, "title": name.title(), "description": f"The {name} | of it.", "type": kind}
        if "enum" in constraints:
            one["categories"] = [{"value": v, "label": f"a {v}"} for v in constraints["enum"]]
        fields.append({**one, "constraints": constraints, "example": example})
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": "ships",
        "title": "Ships",
        "description": "Ships that lay in the harbour when the survey of the coast was made, as far as the port's "
        "books tell of them. Not the boats.",
        "fields": fields,
        "missingValues": [""],
        "primaryKey": ["ship"],
    }


GOOD = [
    [
        "heron",
        "full-rigged ship",
        "sold",
        "12",
        "2.5",
        "true",
        "1804-05-17",
        "2031-03-11T06:30:00Z",
        "1810",
        '["A. Berg"]',
    ],
    ["NA", "", "", "9007199254740991", "-1e-3", "false", "", "2031-03-11T06:30:00.25Z", "", json.dumps(HARD)],
    ['two\nlines, "quoted"', "", "", "", "", "", "", "", "", "[]"],
    ["é日", "", "", "", "", "", "", "", "", json.dumps(HARD, ensure_ascii=False)],
]
VALUES: list[list[Any]] = [
    [
        *("heron", "full-rigged ship", "sold", 12, 2.5, True, date(1804, 5, 17)),
        *(datetime(2031, 3, 11, 6, 30, tzinfo=UTC), 1810, ["A. Berg"]),
    ],
    [
        "NA",
        None,
        None,
        2**53 - 1,
        -0.001,
        False,
        None,
        datetime(2031, 3, 11, 6, 30, 0, 250_000, tzinfo=UTC),
        None,
        HARD,
    ],
    ['two\nlines, "quoted"', *[None] * 8, []],
    ["é日", *[None] * 8, HARD],
]


def csv_text(rows: list[list[str]], header: list[str] = NAMES) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text

    return "".join(",".join(map(cell, row)) + "\n" for row in [header, *rows])


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A dataset repository with one table and no toolkit, its files derived."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "ships.json").write_text(json.dumps(toy_schema()), encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ships.csv").write_text(csv_text(GOOD), encoding="utf-8")
    derive(tmp_path)
    return tmp_path


def loader(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("load", root / "scripts" / "load.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the verb --------------------------------------------------------------------------------------------------------


def test_the_committed_files_are_current() -> None:
    assert derive(ROOT, check=True) == [], "run: pkg derive"


def test_check_writes_nothing_and_a_second_run_has_nothing_to_do(harbour: Path) -> None:
    files = sorted(targets(harbour))
    assert files == ["docs/codebook.md", "docs/problems.md", "docs/tables.md", "scripts/load.R", "scripts/load.py"]
    assert derive(harbour) == []
    (harbour / "scripts" / "load.R").write_text("edited", encoding="utf-8")
    (harbour / "docs" / "tables.md").unlink()
    assert derive(harbour, check=True) == ["docs/tables.md", "scripts/load.R"]
    assert (harbour / "scripts" / "load.R").read_text(encoding="utf-8") == "edited"
    assert not (harbour / "docs" / "tables.md").exists()
    assert derive(harbour) == ["docs/tables.md", "scripts/load.R"]
    assert derive(harbour, check=True) == []


def test_line_ends_count_as_a_difference(harbour: Path) -> None:
    path = harbour / "docs" / "tables.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert derive(harbour, check=True) == ["docs/tables.md"]


def test_files_from_rooms_above_come_along(harbour: Path) -> None:
    assert derive(harbour, extra={"docs/cli.md": "# é\n"}) == ["docs/cli.md"]
    assert (harbour / "docs" / "cli.md").read_bytes() == "# é\n".encode()
    assert derive(harbour, check=True, extra={"docs/cli.md": "# e\n"}) == ["docs/cli.md"]


def test_where_it_cannot_work(harbour: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no schemas here"):
        derive(tmp_path / "nowhere")
    shutil.rmtree(harbour / "docs")
    (harbour / "docs").write_text("a file where a folder must be", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"tables\.md: cannot be written"):
        derive(harbour)
    bad = toy_schema() | {"primary_key": ["ship"]}
    (harbour / "schemas" / "ships.json").write_text(json.dumps(bad), encoding="utf-8")
    with pytest.raises(SchemaError, match="did you mean primaryKey"):
        derive(harbour)


def test_the_order_is_that_of_the_descriptor(harbour: Path) -> None:
    for name in ("boats", "quays"):
        (harbour / "schemas" / f"{name}.json").write_text(json.dumps(toy_schema() | {"name": name}), encoding="utf-8")

    def order() -> list[str]:
        text = targets(harbour)["docs/tables.md"]
        return [line[3:] for line in text.splitlines() if line.startswith("## ") and line != "## Types"]

    assert order() == ["boats", "quays", "ships"]
    resources = [{"name": "ships"}, {"name": "rocks"}, {"name": "boats"}]
    (harbour / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    assert order() == ["ships", "boats", "quays"]
    (harbour / "datapackage.json").write_text("[", encoding="utf-8")
    assert order() == ["boats", "quays", "ships"]


# --- prose -----------------------------------------------------------------------------------------------------------


def test_every_field_and_every_word_of_a_vocabulary_is_explained() -> None:
    text = targets(ROOT)["docs/tables.md"]
    parts = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    for table, schema in house_schemas().items():
        for field in schema.fields:
            (row,) = [
                line
                for line in parts[table].split("|---|---|---|---|")[1].splitlines()
                if line.startswith((f"| {field.name} |", f"| [{field.name}]("))
            ]
            assert field.description.split("`")[0] in row
            for word, label in field.categories:
                assert f"`{word}` {label}" in parts[table]
        for key in schema.foreign_keys:
            other = key.resource or table
            assert f"{key.fields[0]} refers to [{other}](#{other}) ({key.reference_fields[0]})" in parts[table]


def test_limits_are_told_and_bars_do_not_break_the_table(harbour: Path) -> None:
    rows = (harbour / "docs" / "tables.md").read_text(encoding="utf-8").splitlines()
    told = {row.split(" | ")[0].removeprefix("| "): row for row in rows if row.count(" | ") == 3}
    assert "whole number, at least 0, below 2000" in told["crew"]
    assert "number, above 0" in told["draught"]
    assert "text, required, unique" in told["ship"]
    assert "length at least 1" in told["masters"]
    assert "one of the values below" in told["rig"]
    assert "The ship \\| of it." in told["ship"]
    assert {"| year | year, YYYY | Int32 | numeric |", "| string with values | one of them | Enum | factor |"} <= {
        *rows
    }


def test_the_codebook_has_the_decisions_and_a_row_of_every_table(harbour: Path) -> None:
    text = targets(ROOT)["docs/codebook.md"]
    assert (ROOT / "docs" / "decisions-for-coders.md").read_text(encoding="utf-8").strip() in text
    parts = dict(part.split("\n", 1) for part in text.split("\n### ")[1:])
    for table, schema in house_schemas().items():
        rows = [line for line in parts[table].splitlines() if line.startswith("| ")][1:]
        assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(schema.names)
    assert "| crew | `12` | Crew |" in (harbour / "docs" / "codebook.md").read_text(encoding="utf-8")


def test_a_decision_that_changes_makes_the_codebook_stale(harbour: Path) -> None:
    (harbour / "docs" / "decisions-for-coders.md").write_text("## What is a ship\n\nNot a boat.\n", encoding="utf-8")
    assert derive(harbour) == ["docs/codebook.md"]
    assert "## What is a ship\n\nNot a boat.\n\n## One row" in (harbour / "docs" / "codebook.md").read_text("utf-8")


def test_every_code_of_the_catalogue_is_explained() -> None:
    text = targets(ROOT)["docs/problems.md"]
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == sorted(CATALOGUE)
    for entry in CATALOGUE.values():
        assert entry.description in text
        assert f"What to do: {entry.hint}" in text


# --- load.py ---------------------------------------------------------------------------------------------------------


def test_load_py_gives_the_dtypes_of_the_schema(harbour: Path) -> None:
    frame = loader(harbour).ships()
    assert frame.schema == polars_schema(read_schema(harbour / "schemas" / "ships.json"))
    assert [list(row) for row in frame.rows()] == VALUES
    assert loader(harbour).load_all()["ships"].equals(frame)


def test_load_py_of_this_repository_knows_every_table() -> None:
    module = loader(ROOT)
    for table, schema in house_schemas().items():
        assert pl.Schema(module.COLUMNS[table]) == polars_schema(schema)
        assert callable(getattr(module, table))


def test_load_py_reads_a_table_without_rows(harbour: Path) -> None:
    (harbour / "data" / "ships.csv").write_text(csv_text([]), encoding="utf-8")
    frame = loader(harbour).ships()
    assert frame.height == 0
    assert frame.schema == polars_schema(read_schema(harbour / "schemas" / "ships.json"))


def test_load_py_needs_polars_alone() -> None:
    tree = ast.parse(targets(ROOT)["scripts/load.py"])
    wanted = {
        n.module if isinstance(n, ast.ImportFrom) else n.names[0].name for n in ast.walk(tree) if hasattr(n, "names")
    }
    assert {name.split(".")[0] for name in wanted} - sys.stdlib_module_names == {"polars"}


def test_load_py_pleases_the_linter_as_it_is(harbour: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        arguments = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml")]
        done = subprocess.run(
            [*arguments, harbour / "scripts" / "load.py"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


# --- cells that no loader may let pass -------------------------------------------------------------------------------


def spoilt(name: str, text: str) -> str:
    """The good rows with another text in one cell of the first."""
    row = list(GOOD[0])
    row[NAMES.index(name)] = text
    return csv_text([row, *GOOD[1:]])


# name -> (file, does load.py refuse it too). load.R says first cells of a type; polars is laxer with numbers and days.
BAD: dict[str, tuple[str, bool]] = {
    "columns swapped": (csv_text(GOOD, [NAMES[1], NAMES[0], *NAMES[2:]]), True),
    "column missing": (csv_text([row[:-1] for row in GOOD], NAMES[:-1]), True),
    "column too many": (csv_text([[*row, "x"] for row in GOOD], [*NAMES, "more"]), True),
    "rows wider than the header": (csv_text([[*row, "x"] for row in GOOD]), True),
    "last row wider": (csv_text([*GOOD, [*GOOD[0], "x"]]), True),
    "a row shorter": (csv_text([*GOOD, GOOD[0][:-1]]), False),
    "word outside the vocabulary": (spoilt("rig", "raft"), True),
    "no whole number": (spoilt("crew", "12.5"), True),
    "beyond exact numbers": (spoilt("crew", "9007199254740992"), False),
    "hexadecimal": (spoilt("crew", "0x1A"), True),
    "no number": (spoilt("draught", "2,5"), True),
    "truth in other words": (spoilt("armed", "yes"), True),
    "no day": (spoilt("launched", "1804-02-30"), True),
    "a day with a tail": (spoilt("launched", "1804-05-17T00"), True),
    "a moment without seconds": (spoilt("sighted", "2031-03-11T06:30Z"), True),
    "no year": (spoilt("refit", "MDCCCX"), True),
    "half an array": (spoilt("masters", '["A. Berg"'), True),
    "an object": (spoilt("masters", '{"a": "b"}'), True),
}


@pytest.mark.parametrize("name", [name for name, (_, both) in BAD.items() if both])
def test_load_py_stops_at_what_it_was_not_made_for(harbour: Path, name: str) -> None:
    (harbour / "data" / "ships.csv").write_text(BAD[name][0], encoding="utf-8")
    with pytest.raises((ValueError, pl.exceptions.ComputeError)):
        loader(harbour).ships()
