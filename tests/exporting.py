"""What the tests of exports share: packages, and how two tables are compared."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import newspkg

__all__ = ["ALLTYPES", "KEYS", "ROOT", "TEXTS", "Frames", "cells", "hostile", "lines", "loaded", "one_table", "same"]

ROOT = Path(__file__).resolve().parent.parent
ALLTYPES = ROOT / "tests" / "packages" / "alltypes"
Frames = dict[str, pl.DataFrame]


@cache
def loaded(path: Path) -> Frames:
    """The tables of a package, read once."""
    return newspkg.load(path).collect()


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def cells(column: pl.Series) -> list[str]:
    """The values of a column, with all digits of a number, so that NaN equals itself and 0.0 is not -0.0."""
    return [repr(value) for value in column.to_list()]


def same(found: pl.DataFrame, wanted: pl.DataFrame, table: str) -> None:
    """That two tables have the same columns, types, rows and cells."""
    assert found.schema == wanted.schema, table
    for name in wanted.columns:
        assert cells(found[name]) == cells(wanted[name]), f"{table}.{name}"


def one_table(folder: Path, table: str, schema: dict[str, Any], name: str = "t") -> Path:
    """A package of one table, from its text."""
    folder.mkdir()
    (folder / "t.csv").write_text(table, encoding="utf-8", newline="")
    one = {"name": name, "path": "t.csv", "type": "table", "schema": schema}
    given = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "name": "small", "resources": [one]}
    (folder / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    return folder


# --- a package whose names and texts are as bad as they may be --------------------------------------------------------

TEXTS = ["=1+1", "+49 30 1", "-", "@x", "'; DROP TABLE \"select\"; --", "_x0041_", "tab\tand\nline", "cr\r\nlf", " padded ", "NULL",
         "Ξένος 東京 👩‍🚀 e\u0301", '"', "\\N", "x" * 30_000, "\u0001\u001f", "#N/A"]  # fmt: skip
KEYS = ["ä", "B b", 'c"d', "e'f", "東"]


def hostile(folder: Path, *, twins: bool = True) -> Path:
    """Names with spaces, quotes, reserved words and other scripts, empty tables, keys in loops; with `twins`, tables
    that differ in case alone."""

    def field(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
        return {"name": name, "type": kind, **more}

    def to(fields: list[str], resource: str | None, there: list[str]) -> dict[str, Any]:
        return {"fields": fields, "reference": {**({"resource": resource} if resource else {}), "fields": there}}

    tables: dict[str, tuple[dict[str, Any], list[list[Any]]]] = {
        "select": (
            {
                "fields": [
                    field("from", constraints={"required": True}),
                    field("a b", "integer", unit="km", constraints={"enum": [1, 2, 3, 4, 5]}),
                    field('q"uote', constraints={"enum": ["it's", 'a "b"', "ç"]}),
                    field("東 京", "array", title="Tokyo"),
                    field("order"),
                    field("group", "boolean"),
                ],
                "primaryKey": ["from"],
                "uniqueKeys": [["a b", "from"]],
                "foreignKeys": [to(["order"], None, ["from"])],
            },
            [[k, n + 1, ["it's", 'a "b"', "ç", None, "ç"][n], json.dumps([k, '"']), KEYS[n - 1] if n else None, n % 2 == 0]
             for n, k in enumerate(KEYS)],
        ),
        "child of select": (
            {
                "fields": [field("key"), field("number", "integer"), field("select_key"), field("table")],
                "foreignKeys": [to(["key", "number"], "select", ["from", "a b"]), to(["select_key"], "select", ["from"]),
                                to(["table"], "select", ['q"uote'])],
            },
            [["ä", 1, "B b", "ç"], [None, 2, None, None], ["東", 5, "東", "it's"]],
        ),
        "text's": ({"fields": [field("n", "integer"), field("text")], "primaryKey": ["n"]}, [[n, t] for n, t in enumerate(TEXTS)]),
        "nothing": (
            {"fields": [field("id", "integer"), field("when", "datetime"), field("list", "array"), field("rate", "number")],
             "primaryKey": ["id"]},
            [],
        ),
        "loop-a": ({"fields": [field("id"), field("b")], "primaryKey": ["id"], "foreignKeys": [to(["b"], "loop-b", ["id"])]},
                   [["1", "x"], ["2", None]]),
        "loop-b": ({"fields": [field("id"), field("a")], "primaryKey": ["id"], "foreignKeys": [to(["a"], "loop-a", ["id"])]},
                   [["x", "1"], ["y", "2"]]),
        "sqlite_x": ({"fields": [field("list", "list"), field("x", "any")], "uniqueKeys": [["list"]]}, [["a,b", "1"], ["c", None]]),
    }  # fmt: skip
    if twins:
        tables["Twin"] = ({"fields": [field("a")]}, [["1"]])
        tables["twin"] = ({"fields": [field("a"), field("A"), field("a_2")]}, [["1", "2", "3"], ["4", None, "6"]])
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for n, (name, (schema, rows)) in enumerate(tables.items()):
        names = [one["name"] for one in schema["fields"]]
        data = [dict(zip(names, row, strict=True)) for row in rows]
        (folder / f"{n}.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        resources.append({"name": name, "path": f"{n}.json", "type": "table", "schema": schema})
        for row in data:
            for key, value in row.items():
                if next(f for f in schema["fields"] if f["name"] == key)["type"] == "array":
                    row[key] = json.loads(value)
        if data:
            (folder / f"{n}.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        else:
            (folder / f"{n}.json").write_text(json.dumps([names]), encoding="utf-8")
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "hostile",
        "title": 'A "hostile" package',
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    return folder
