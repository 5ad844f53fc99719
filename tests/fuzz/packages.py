"""Whole packages at random, with faults at places that are known: what the validator and frictionless say of them.

    python -m fuzz.packages --examples 2000

A package has one to four tables with fields of all types, constraints, keys between the tables, and texts for missing
values. It is written without a fault first; then some are planted, no two in one record, so that each of them is told
once and in one way. There are three answers to compare: what was planted, what `validate` says (with line and column,
and by both ways of reading), and what frictionless says.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzz.properties import FAST, PLAIN, SLOW, switched
from newspkg.validate import validate

__all__ = ["Made", "check", "packages"]

Fault = tuple[str, str, int | None, str | None]  # resource, code, record number, field
Place = tuple[str, str, int | None, str | None, int | None, int | None]  # and line, column

# --- fields: texts that are values, texts that are none, and constraints with texts that break them ----------------------


@dataclass(frozen=True)
class Kind:
    """A type and format with what else a field needs, and cells of it on which both judges agree."""

    given: dict[str, Any]
    good: tuple[str, ...]
    bad: tuple[str, ...] = ()
    limits: tuple[tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]], ...] = ()  # constraint, good, broken


def _kind(type_: str, good: str, bad: str = "", *limits: tuple[dict[str, Any], str, str], **more: Any) -> Kind:
    """Cells are given in one text, with bars between them."""

    def cells(text: str) -> tuple[str, ...]:
        return tuple(text.split("|")) if text else ()

    return Kind({"type": type_, **more}, cells(good), cells(bad), tuple((c, cells(g), cells(b)) for c, g, b in limits))


_WHOLE = {"minimum": 0}, "0|7|12|99", "-1|-20"
_UUID = "123e4567-e89b-12d3-a456-42661417400"
KINDS = [
    _kind(
        "string",
        'Salt|Rain|café|日本|a,b;c|say "no"|x\ny|line\r\nend|007|#1',
        "",
        ({"minLength": 3}, "abc|grün|日本語", "a|ab"),
        ({"maxLength": 4}, "abcd|日本語x", "abcde|grünes"),
        ({"pattern": "[A-Z]{2}-[0-9]+"}, "AB-1|XY-20", "ab-1|AB-|AB-1x"),
        ({"enum": ["red", "green", "x,y"]}, "red|green|x,y", "blue|Red"),
    ),
    _kind("string", "a@b.org|c.d@e.net", "a|@b.org", format="email"),
    _kind("string", "http://a.org/b|https://c.net", "a|no uri", format="uri"),
    _kind("string", f"{_UUID}0|{_UUID}1|{_UUID}a", f"{_UUID}|123", format="uuid"),
    _kind("string", "aGk=|aGkh|QQ==", "", format="binary"),
    _kind("integer", "0|1|-5|42|007|9223372036854775807|99999999999999999999", "x|1.5|1e3|--1", _WHOLE, ({"maximum": 10}, "10|-3", "11")),
    _kind("integer", "5%|EUR 7|-3", "x|%", bareNumber=False),
    _kind("number", "0|1.5|-2.25|1e3|3.14159|NaN|INF", "x|1,5|1.2.3", _WHOLE, ({"maximum": 1.5}, "1.5|0.1", "1.51|2")),
    _kind("number", "1,5|-2,25|3", "x|1.2.3", decimalChar=","),
    _kind("number", "1,500.5|2", "x", groupChar=","),
    _kind("boolean", "true|false|1|0", "yes|2|tRUE"),
    _kind("boolean", "ja|nein", "true|Ja", trueValues=["ja"], falseValues=["nein"]),
    _kind("date", "2020-02-29|1999-12-31|2021-01-01", "2021-02-29|2020-13-01|20200101|x", ({"minimum": "2000-01-01"}, "2000-01-01|2020-02-29", "1999-12-31")),
    _kind("date", "29/02/2020|31/12/1999", "2020-02-29|30/02/2020", format="%d/%m/%Y"),
    _kind("time", "00:00:00|23:59:59|12:30:00", "12:60:00|x", ({"maximum": "12:00:00"}, "12:00:00|01:00:00", "12:00:01")),
    _kind("datetime", "2020-02-29T12:00:00|1999-12-31T23:59:59Z", "2020-02-30T12:00:00|2020-02-29|x"),
    _kind("year", "1999|2020|0001", "20|x", ({"minimum": 2000}, "2000|2020", "1999")),
    _kind("yearmonth", "2020-01|1999-12", "2020-13|2020|x"),
    _kind("duration", "P1Y|P1DT2H|PT30M", "1Y|x|PX"),
    _kind("array", '[]|["a"]|[1, 2]', '{"a": 1}|[1|x', ({"minLength": 1}, '["a"]|[1, 2]', "[]")),
    _kind("object", '{}|{"a": 1}', '[1]|{"a"|x', ({"maxLength": 1}, '{}|{"a": 1}', '{"a": 1, "b": 2}')),
    _kind("list", "a,b|c", ""),
    _kind("list", "1,2|3", "a,1|1,", itemType="integer"),
    _kind("geopoint", "90.5, 45.1|0,0|-180,90", "200,1|1|x,y"),
    _kind("geopoint", "[90.5, 45.1]|[0, 0]", "90.5, 45.1|[1]|x", format="array"),
    _kind("geopoint", '{"lon": 9, "lat": 4}', '{"lon": 9}|[9, 4]|x', format="object"),
    _kind("geojson", '{"type": "Point", "coordinates": [1.5, 2.5]}', '{"type": "Pt"}|[]|x'),
    _kind("any", "x|1|true", ""),
]  # fmt: skip
DIALECTS: list[tuple[dict[str, Any], str]] = [
    ({}, "\n"),
    ({}, "\r\n"),
    ({"delimiter": ";"}, "\n"),
    ({"delimiter": "\t", "quoteChar": "'"}, "\r\n"),
]
ENCODINGS = ["utf-8", "utf-8", "utf-16"]
ABSENT = [["", "NA"], [""], ["", "-"]]
CODES = ["type-error", "constraint-error", "required", "primary-key", "no key", "unique-error", "foreign-key",
         "missing-cell", "extra-cell", "blank-row", "incorrect-label", "byte-count", "hash-count"]  # fmt: skip


# --- a package in the making -----------------------------------------------------------------------------------------


@dataclass
class Column:
    """A field, and cells that it may have, that are none of its type, that break its constraint."""

    descriptor: dict[str, Any]
    good: tuple[str, ...]
    bad: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.descriptor["name"])

    @property
    def required(self) -> bool:
        return bool(self.descriptor["constraints"].get("required"))

    @property
    def unique(self) -> bool:
        return bool(self.descriptor["constraints"].get("unique"))


@dataclass
class Table:
    """A table as it will be written, and what is planted in it. `key` are the columns of its key, `up` those that refer
    to the key of `parent`."""

    name: str
    columns: list[Column]
    schema: dict[str, Any]
    resource: dict[str, Any]
    dialect: dict[str, Any]
    ending: str
    rows: list[list[str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    free: list[int] = field(default_factory=list)  # rows that have no fault yet and that no key leads to
    planted: list[tuple[str, int | None, str | None, int | None]] = field(
        default_factory=list
    )  # code, row, field, cell
    key: tuple[int, ...] = (0,)
    up: tuple[int, ...] = ()
    parent: str = ""
    first: bool = True  # whether nothing is wrong with the first row, so that a later one may repeat its key

    def one(self, columns: tuple[int, ...]) -> str | None:
        """The field of a key of one field; a key of two is none."""
        return self.columns[columns[0]].name if len(columns) == 1 else None

    def keys(self) -> set[tuple[str, ...]]:
        """The keys that stand in it."""
        return {tuple(row[n] for n in self.key) for row in self.rows if row}

    def place(self, code: str, row: int | None, column: Column | None = None, cell: int | None = None) -> None:
        at = self.columns.index(column) if column is not None and cell is None else cell
        self.planted.append((code, row, None if column is None else column.name, at))


@dataclass
class Made:
    """A package: its files, and every problem there is in it."""

    files: dict[str, bytes]
    faults: Counter[Fault]
    places: Counter[Place]


def _columns(draw: Callable[[Any], Any]) -> list[Column]:
    found = []
    for n in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS))
        one = {"name": f"f{n}", **kind.given, "constraints": {}}
        good, broken = kind.good, ()
        if kind.limits and draw(st.booleans()):
            limit, good, broken = draw(st.sampled_from(kind.limits))
            one["constraints"] |= limit
        if draw(st.integers(0, 3)) == 0:
            one["constraints"]["required"] = True
        found.append(Column(one, good, kind.bad, broken))
    return found


def _integer(name: str, alone: bool) -> Column:
    """A column of a key. Of a primary key no cell is of another type: frictionless tells that twice, and counts it as a
    value among others; see tests/conformance/differences.toml."""
    return Column({"name": name, "type": "integer", "constraints": {}}, (), ("x", "1.5") if alone else ())


def _table(draw: Callable[[Any], Any], number: int, before: list[Table]) -> Table:
    """A table without a fault: a key of one or two fields, fields of any kind, perhaps references to a table before it
    or to itself."""
    name = f"t{number}"
    count = draw(st.sampled_from([5, 8, 3, 1, 0]))
    pair = draw(st.booleans())
    absent = draw(st.sampled_from(ABSENT))
    primary = pair or draw(st.booleans())
    columns = [_integer("id", not primary), *([_integer("part", False)] if pair else [])]
    cells = [[str(n // 2 + 1) for n in range(count)], [str(n % 2 + 1) for n in range(count)]]
    cells = cells if pair else [[str(n + 1) for n in range(count)]]
    schema: dict[str, Any] = {"missingValues": absent}
    if primary:
        schema["primaryKey"] = [c.name for c in columns]
    else:
        columns[0].descriptor["constraints"]["unique"] = True
    key = tuple(range(len(columns)))
    for column in _columns(draw):
        own = absent
        if draw(st.integers(0, 5)) == 0:
            own = column.descriptor["missingValues"] = ["~", ""]
        some = st.sampled_from([*column.good, *column.good, *([] if column.required else own)])
        columns.append(column)
        cells.append([draw(some) for _ in range(count)])
    table = Table(name, columns, schema, {}, {}, "", key=key)
    parents = [t for t in before if t.rows] + ([table] if count else [])
    if parents and draw(st.booleans()):
        parent = draw(st.sampled_from(parents))
        rows = parent.rows if parent is not table else [[cells[k][n] for k in key] for n in range(count)]
        chosen = [draw(st.sampled_from(rows)) for _ in range(count)]
        for k in parent.key:
            columns.append(_integer(f"up{k}", len(parent.key) == 1))
            cells.append([row[k] for row in chosen])
        table.up, table.parent = tuple(range(len(columns) - len(parent.key), len(columns))), parent.name
        target = {
            "resource": "" if parent is table else parent.name,
            "fields": [parent.columns[k].name for k in parent.key],
        }
        schema["foreignKeys"] = [{"fields": [columns[n].name for n in table.up], "reference": target}]
    schema["fields"] = [c.descriptor for c in columns]
    table.dialect, table.ending = draw(st.sampled_from(DIALECTS))
    encoding = draw(st.sampled_from(ENCODINGS))
    table.resource = {"name": name, "path": f"{name}.csv", "type": "table", "encoding": encoding, "schema": schema}
    table.resource["dialect"] = {"header": True, "headerRows": [1], **table.dialect}  # else frictionless guesses
    table.rows = [list(row) for row in zip(*cells, strict=True)]
    table.labels = [c.name for c in columns]
    table.free = list(range(count))
    return table


def _plant(draw: Callable[[Any], Any], table: Table) -> None:
    """One fault of some kind, if the table has room for it."""
    code = draw(st.sampled_from(CODES))
    known = {p[0] for p in table.planted}
    if code in ("byte-count", "hash-count", "incorrect-label"):
        if code in known:
            return
        if code == "incorrect-label":
            column = draw(st.sampled_from(table.columns))
            table.labels[table.columns.index(column)] += "x"
            table.place(code, 1, column)
        else:
            table.place(code, None)
    elif table.free:
        row = draw(st.sampled_from(table.free))
        if _plant_in(draw, table, code, row):
            table.free.remove(row)
            table.first = table.first and row != 0


def _plant_in(draw: Callable[[Any], Any], table: Table, code: str, row: int) -> bool:
    """Changes a row; whether that could be done."""
    cells, columns, number = table.rows[row], table.columns, row + 2
    keyed = "primaryKey" in table.schema
    if code in _CELLS:
        some = [c for c in columns if getattr(c, _CELLS[code])]
        if not some:
            return False
        column = draw(st.sampled_from(some))
        absent = column.descriptor.get("missingValues", table.schema["missingValues"])
        given = absent if code == "required" else getattr(column, _CELLS[code])
        cells[columns.index(column)] = draw(st.sampled_from(given))
        table.place("constraint-error" if code == "required" else code, number, column)
    elif code in ("primary-key", "unique-error"):
        if keyed != (code == "primary-key") or row == 0 or not table.first:
            return False
        for k in table.key:
            cells[k] = table.rows[0][k]
        if 0 in table.free:
            table.free.remove(0)
        table.planted.append((code, number, table.one(table.key), 0))
    elif code == "no key":
        there = [cell for k, cell in enumerate(cells) if k not in table.key and cell not in _NOTHING]
        if not keyed or not there:  # else the record would be blank, to frictionless at least
            return False
        for k in table.key:
            cells[k] = table.schema["missingValues"][0]
        table.planted.append(("primary-key", number, table.one(table.key), 0))
    elif code == "foreign-key":
        if not table.up:
            return False
        cells[table.up[-1]] = "999"  # told when all references are looked at
    elif code == "missing-cell":
        if columns[-1].required or len(columns) - 1 in (*table.key, *table.up):
            return False
        cells.pop()
        table.planted.append((code, number, columns[-1].name, None))
    elif code == "extra-cell":
        cells.append("more")
        table.planted.append((code, number, None, len(columns)))
    else:
        cells.clear()
        table.planted.append((code, number, None, None))
        if keyed:
            table.planted.append(("primary-key", number, table.one(table.key), None))
    return True


_NOTHING = {"", "NA", "-", "~"}
_CELLS = {"type-error": "bad", "constraint-error": "broken", "required": "required"}


def _written(table: Table) -> tuple[str, dict[tuple[int, int], tuple[int, int]]]:
    """The text of a table, and the line and column of each cell by record number and cell."""
    delimiter, quote = table.dialect.get("delimiter", ","), table.dialect.get("quoteChar", '"')
    places = {}
    parts: list[str] = []
    line = column = 1
    for number, row in enumerate([table.labels, *table.rows], 1):
        for n, cell in enumerate(row):
            places[number, n] = line, column
            needs = any(sign in cell for sign in (delimiter, quote, "\n", "\r")) or (len(row) == 1 and not cell)
            shown = quote + cell.replace(quote, quote * 2) + quote if needs or (n + number) % 5 == 0 else cell
            shown += delimiter if n + 1 < len(row) else ""
            parts.append(shown)
            if "\n" in shown:
                line += shown.count("\n")
                column = len(shown) - shown.rfind("\n")
            else:
                column += len(shown)
        if not row:
            places[number, 0] = line, column
        parts.append(table.ending)
        line, column = line + 1, 1
    return "".join(parts), places


@st.composite
def packages(draw: st.DrawFn) -> Made:
    """A package with no fault, or with some."""
    tables: list[Table] = []
    for n in range(draw(st.integers(1, 4))):
        tables.append(_table(draw, n, tables))
    for _ in range(draw(st.sampled_from([6, 12, 3, 1, 0]))):
        _plant(draw, draw(st.sampled_from(tables)))
    made = Made({}, Counter(), Counter())
    for table in tables:
        _orphans(table, {t.name: t.keys() for t in tables})
    for table in tables:
        text, places = _written(table)
        raw = text.encode(table.resource["encoding"])
        codes = {p[0] for p in table.planted}
        table.resource["bytes"] = len(raw) + ("byte-count" in codes)
        table.resource["hash"] = "sha256:" + hashlib.sha256(raw + b"x" * ("hash-count" in codes)).hexdigest()
        made.files[f"{table.name}.csv"] = raw
        for code, row, name, cell in table.planted:
            keyed = code in ("primary-key", "foreign-key")
            made.faults[table.name, code, row, None if keyed else name] += 1
            at: tuple[int | None, int | None] = (None, None)
            if row is not None:
                at = places.get((row, cell if cell is not None else 0), places[row, 0])
            made.places[table.name, code, row, name, *at] += 1
    descriptor = {"name": "random", "resources": [t.resource for t in tables]}
    made.files["datapackage.json"] = json.dumps(descriptor, ensure_ascii=False).encode()
    return made


def _orphans(table: Table, keys: dict[str, set[tuple[str, ...]]]) -> None:
    """Tells of references that lead nowhere, by a fault of their own or since a fault has taken away where they led."""
    if not table.up:
        return
    for n, row in enumerate(table.rows):
        values = tuple(row[k] for k in table.up) if row else ()
        if values and not {*values} & {"", "x", "1.5"} and values not in keys[table.parent]:
            table.planted.append(
                ("foreign-key", n + 2, table.one(table.up), table.up[0] if len(table.up) == 1 else None)
            )


# --- the judges ------------------------------------------------------------------------------------------------------


def ours(folder: Path) -> Counter[Place]:
    """Every problem with its place."""
    report = validate(folder, limit=None)
    assert not report.unchecked, report.unchecked
    return Counter((str(p.resource), p.code, p.row, p.field, p.line, p.column) for p in report.problems)


def theirs(folder: Path) -> Counter[Fault]:
    """Every error of frictionless."""
    from frictionless import Package

    found: Counter[Fault] = Counter()
    report = Package(str(folder / "datapackage.json")).validate()
    assert not report.errors, report.errors
    for task in report.tasks:
        for error in task.errors:
            name = getattr(error, "field_name", None) or None
            row = 1 if error.type.endswith("label") else getattr(error, "row_number", None)
            found[task.name, error.type, row, name] += 1
    return found


def check(made: Made, folder: Path) -> None:
    """All answers are the same."""
    for old in folder.iterdir():
        old.unlink()
    for name, raw in made.files.items():
        (folder / name).write_bytes(raw)
    for way in (FAST, SLOW, PLAIN):
        with switched(way):
            assert ours(folder) == made.places
    assert theirs(folder) == made.faults


def main() -> int:
    """Judges many packages; prints what was planted in them."""
    parser = argparse.ArgumentParser(description="Judges random packages.")
    parser.add_argument("--examples", type=int, default=2000)
    count = parser.parse_args().examples
    planted: Counter[str] = Counter()
    seen = 0
    with tempfile.TemporaryDirectory() as folder:

        @settings(max_examples=count, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(packages())
        def judge(made: Made) -> None:
            nonlocal seen
            seen += 1
            planted.update(code for _, code, _, _ in made.faults.elements())
            check(made, Path(folder))

        judge()
    print(f"{seen:,} packages, of which three answers are the same; planted in them:")
    for code, n in sorted(planted.items()):
        print(f"  {code:18} {n:>7,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
