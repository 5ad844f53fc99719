"""Delimited tables from bytes: how they fall into records, where cells stand, and what single cells are."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from fuzz.properties import FAST, SLOW, Outcome, judged, package, switched
from newspkg.report import Findings
from newspkg.validate import records
from newspkg.validate.cells import columns_of, judge
from newspkg.validate.delimited import _ESCAPED, _split_odd, split
from newspkg.validate.descriptor import Dialect, open_package
from newspkg.validate.files import open_table
from newspkg.validate.guards import dtype_of
from newspkg.validate.model import read_table
from newspkg.validate.packed import Scratch

__all__ = ["SCHEMAS", "TABLES", "cells_of", "cells_seeds", "csv_of", "csv_seeds", "split_of"]

# --- delimited tables ------------------------------------------------------------------------------------------------

DIALECTS: list[dict[str, Any]] = [
    {},
    {"delimiter": ";"},
    {"delimiter": "\t", "quoteChar": "'"},
    {"doubleQuote": False},
    {"escapeChar": "\\"},
    {"skipInitialSpace": True},
    {"header": False},
    {"headerRows": [1, 2]},
    {"headerRows": [2]},
    {"commentChar": "#"},
    {"commentRows": [2, 3]},
    {"nullSequence": "NA"},
    {"delimiter": "||"},
    {"lineTerminator": "\r"},
    {"lineTerminator": "|"},
    {"delimiter": "é", "skipInitialSpace": True},
    {"delimiter": " ", "skipInitialSpace": True},
    {"delimiter": '"', "quoteChar": "'"},
]
ENCODINGS = [None, "utf-8", "utf-8", "latin-1", "utf-16", "cp1252", "ascii", "utf-16-le", "shift_jis", "utf-7", "idna"]
_A, _B = {"name": "a", "type": "integer"}, {"name": "b", "type": "string"}
SCHEMAS: list[dict[str, Any] | None] = [
    {"fields": [_A, _B], "primaryKey": ["a"]},
    {"fields": [_A, _B], "primaryKey": ["a", "b"], "missingValues": ["NA"]},
    {"fields": [_B, {**_A, "constraints": {"required": True, "minimum": 1}}], "uniqueKeys": [["b"]]},
    {"fields": [{"name": "a", "type": "number"}, {"name": "b", "type": "date"}, {"name": "c", "type": "datetime"}]},
    {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "[a-c]+", "maxLength": 2, "unique": True}}]},
    {"fields": [_B], "foreignKeys": [{"fields": ["b"], "reference": {"resource": "p", "fields": ["k"]}}]},
    {"fields": [_A, _B], "foreignKeys": [{"fields": "b", "reference": {"resource": "", "fields": "a"}}]},
    {"fields": [{"name": "a", "type": "any"}, {"name": "b", "type": "boolean"}], "fieldsMatch": ["superset"]},
    {"fields": [{"name": "a", "type": "list"}, {"name": "b", "type": "duration"}], "fieldsMatch": ["partial"]},
    {"fields": [{"name": "a", "type": "year"}, {"name": "b", "type": "time"}], "missingValues": []},
    {"fields": [{"name": "a", "type": "geopoint"}, {"name": "b", "type": "object"}, {"name": "c", "type": "string", "format": "email"}]},
    None,
]  # fmt: skip
TABLES = [
    b"a,b\n1,x\n2,y\n",
    b'a,b\r\n1,"x\r\ny"\r\n2,"p ""q"""\r\n',
    b"a,b\n1,x,\n\n2\n,,\n,\n3,y",
    b'b;a\n"";1\nb;\n',
    b"a,b,c\n1.5,2020-02-29,2020-02-29T00:00:00Z\nNaN,2020-02-30,\n",
    b"a\n\n\"\"\n\na\n",
    b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n",
    b"#x\na,b\n#1,2\n1,2\n",
    "a||b¶1||\"x||y\"¶".encode(),
    "a,b\n1,é\n".encode("utf-16"),
]  # fmt: skip


def csv_seeds() -> list[bytes]:
    heads = [bytes([d, d % len(ENCODINGS), (d + n) % len(SCHEMAS), 0, n, 0]) for n in range(3) for d in range(18)]
    return [head + table for n, head in enumerate(heads) for table in (TABLES[n % len(TABLES)], TABLES[0])]


def csv_of(raw: bytes, folder: Path) -> Outcome:
    head, table = raw[:6].ljust(6, b"\0"), raw[6:]
    dialect = DIALECTS[head[0] % len(DIALECTS)]
    encoding, schema = ENCODINGS[head[1] % len(ENCODINGS)], SCHEMAS[head[2] % len(SCHEMAS)]
    cut = head[3] % (len(table) + 1) if head[3] else 0
    parts = {"t.csv": table} if not cut else {"t.csv": table[:cut], "u.csv": table[cut:]}
    resource: dict[str, Any] = {
        "name": "t",
        "path": list(parts) if cut else "t.csv",
        "dialect": dialect,
        "type": "table",
    }
    resource |= {} if encoding is None else {"encoding": encoding}
    resource |= {} if schema is None else {"schema": schema}
    parent = {"name": "p", "path": "p.csv", "schema": {"fields": [{"name": "k", "type": "string"}]}, "type": "table"}
    descriptor = json.dumps({"name": "x", "resources": [resource, parent]}).encode()
    outcome = package(folder, {"datapackage.json": descriptor, "p.csv": b"k\nx\ny\n", **parts}, head[4])
    for way in (FAST, SLOW):
        with switched(way):
            _placed(folder, parts)
    if not cut:
        for way in (FAST, SLOW):
            with switched(way):
                _same_records(folder, table)
    return outcome


def _same_records(folder: Path, raw: bytes) -> None:
    """The records that a table's reader gives are those of csv.reader."""
    findings = Findings()
    resource = open_package(folder, findings).resources[0]
    dialect = resource.dialect
    if dialect is None or len(dialect.delimiter) > 1 or dialect.line_terminator is not None or not resource.encoding:
        return
    with Scratch() as scratch:
        table = open_table(folder, resource, findings, scratch)
        if table is None:
            return
        try:
            found = [row for chunk in table.reader.chunks(table.width, []) for row in _rows(chunk, table.width)]
        except records.Again:  # the slow reader will have it
            return
    if table.reader.broken:
        return
    text = raw.decode(resource.encoding, "newspkg.escape")
    expected = list(_read(text, dialect))
    expected = [r for n, r in enumerate(expected, 1) if n not in dialect.comment_rows]
    if dialect.comment_char:
        expected = [r for r in expected if not (r and r[0].startswith(dialect.comment_char))]
    above = max(dialect.header_rows, default=0)
    assert found == [[_ESCAPED.sub("\ufffd", cell) for cell in r] for r in expected[above:]]


def _rows(chunk: Any, width: int) -> Iterator[list[str]]:
    columns = [str(n) for n in range(width)]
    for n, row in enumerate(chunk.cells.select(columns).rows() if columns else [()] * len(chunk.numbers)):
        cells = ["" if cell is None else cell for cell in row][: chunk.narrow.get(n, width)]
        yield [*cells, *chunk.wide.get(n, [])]


def _placed(folder: Path, texts: dict[str, bytes]) -> None:
    """A cell that is told of stands where it is said to stand."""
    found = judged(folder)
    resource = open_package(folder, Findings()).resources[0]
    if isinstance(found, str) or resource.dialect is None or not resource.encoding:
        return
    lines = {name: _LINES.split(raw.decode(resource.encoding, "newspkg.escape")) for name, raw in texts.items()}
    escape = resource.dialect.escape
    marks = [resource.dialect.quote or '"', "\n", "\r", "\ufffd"]
    for one in found.problems:
        if one.code not in ("type-error", "constraint-error", "extra-cell") or one.resource != "t" or not one.value:
            continue
        if any(mark in one.value for mark in marks) or len(one.value) > 190 or one.line is None or one.column is None:
            continue
        rest = lines[str(one.path)][one.line - 1][one.column - 1 :]
        if escape is not None and escape in rest:
            continue
        bare = rest.lstrip(" ") if resource.dialect.skip_space else rest
        assert bare.replace(marks[0], "").startswith(one.value), (one, rest[:80])


_LINES = re.compile("\r\n|\n|\r")


def _read(text: str, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=dialect.escape,
        skipinitialspace=dialect.skip_space,
    )


_PLAIN_DIALECTS = [
    Dialect(),
    Dialect(delimiter=";", quote="'"),
    Dialect(double_quote=False),
    Dialect(quote=None, escape="\\"),
    Dialect(skip_space=True),
]


def split_of(raw: bytes, folder: Path) -> Outcome:
    """Both functions that split text find the same records as csv.reader."""
    text = raw[1:].decode("utf-8", "replace")
    dialect = _PLAIN_DIALECTS[raw[0] % len(_PLAIN_DIALECTS) if raw else 0]
    expected = list(_read(text, dialect))
    usual = list(split(io.StringIO(text, newline=""), dialect))
    assert [cells for _, cells, _, _ in usual] == expected
    assert "".join(whole for _, _, whole, _ in usual) == text
    assert list(_split_odd(text, dialect)) == usual
    return frozenset({f"{min(len(expected), 3)} {min(max(map(len, expected), default=0), 3)}"})


# --- single cells ----------------------------------------------------------------------------------------------------

_LIMITS: dict[str, list[dict[str, Any]]] = {
    "string": [{"minLength": 2}, {"maxLength": 3}, {"pattern": "[a-c.]+"}, {"pattern": "\\d{1,2}.?"}, {"enum": ["a", "b", "1"]}],
    "integer": [{"minimum": 0}, {"maximum": "10"}, {"exclusiveMinimum": -1}, {"enum": [1, "2", 300]}, {"minimum": 2**63}],
    "number": [{"minimum": 0.1}, {"maximum": 1e300}, {"exclusiveMaximum": "0.3"}, {"enum": [1, 2.5]}, {"exclusiveMinimum": 0}],
    "boolean": [{"enum": [True]}],
    "date": [{"minimum": "2020-02-29"}, {"exclusiveMaximum": "1999-12-31"}, {"enum": ["2020-02-29"]}],
    "datetime": [{"minimum": "2020-02-29T00:00:00Z"}, {"exclusiveMinimum": "1999-12-31T23:59:59"}, {"maximum": "2020-01-01T00:00:00.5"}],
    "time": [{"maximum": "12:00:00"}],
    "year": [{"minimum": 2000}, {"exclusiveMaximum": "1999"}],
    "yearmonth": [{"minimum": "2000-01"}],
    "duration": [{"minimum": "P1D"}],
    "list": [{"minLength": 2}, {"enum": [["a"], ["b", "c"]]}],
    "array": [{"maxLength": 1}, {"jsonSchema": {"items": {"type": "string"}}}],
    "object": [{"minLength": 1}],
    "geopoint": [{"enum": ["1,2"]}],
}  # fmt: skip


@cache
def _fields() -> list[dict[str, Any]]:
    from fuzz.packages import KINDS

    found = []
    for kind in KINDS:
        for limits in ({}, {"required": True}, *_LIMITS.get(kind.given["type"], ())):
            both = ({}, {"missingValues": ["NA", "1", "0"]}) if limits in ({}, {"required": True}) else ({},)
            found += [{"name": "a", **kind.given, "constraints": limits, **missing} for missing in both]
    return found


_CELLS = [
    b"1\n01\n+1\n-0\n 1\n1 \n1_0\n1.\n.5\n1e5\n1E-5\n0x10\n9223372036854775808\n-9223372036854775808\n1,000\n\xd9\xa1\n\xe2\x88\x921",
    b"0.1\n0.10000000000000000001\n0.3\n0.30000000000000001\n0.29999999999999999\n1e309\n-1e309\n1e-400\nNaN\nnan\nINF\n-inf\n+inf\nInfinity\n1e300\n1.0000000000000001e300",
    b"true\nTrue\nTRUE\ntRUE\nfalse\n1\n0\n01\nja\nnein\nJa\n true",
    b"2020-02-29\n2021-02-29\n1900-02-29\n2000-02-29\n0001-01-01\n0000-01-01\n20200229\n2020-2-9\n2020-02-29Z\n1999-12-31\n12020-01-01\n-2020-01-01",
    b"2020-02-29T00:00:00\n2020-02-29T00:00:00Z\n2020-02-28T23:59:60Z\n2020-02-29T24:00:00\n2020-02-29T00:00:00.000Z\n2020-02-29T01:00:00+01:00\n2020-02-29 00:00:00\n1999-12-31T23:59:59\n2020-01-01T00:00:00.5\n2020-01-01T00:00:00.50000000001",
    b"12:00:00\n24:00:00\n12:00\n12:00:00.5\n23:59:60\n00:00:00Z\n1:00:00",
    b"2000\n1999\n02000\n999\n0999\n-0044\n12020\n2020Z\n+2000\n 2000\n2e3\n2000-01\n2000-13\n2000-1",
    b"a@b.org\nA@B.ORG\na.b@c.d.ee\na..b@c.org\n@b.org\na@b\na b@c.org\nhttp://a.org\nhttps://a-.org/\nhttp://a..b\nhttp://a.org:80\nurn:x:y\nmailto:a@b",
    b"123e4567-e89b-12d3-a456-426614174000\n123E4567-E89B-12D3-A456-426614174000\n123e4567e89b12d3a456426614174000\n00000000-0000-0000-0000-000000000000\naGk=\naGk\n!!!!",
    b"a\nab\nabc\nabcd\n\xc3\xa9\n\xe2\x80\xa8\na\xcc\x81\n\n \nNA\n1\nb\n.\n9.\n99\n999",
    b'[]\n["a"]\n["a", 1]\n{}\n{"a": 1}\nnull\n[1,\n1,2\n1, 2\n[1, 2]\n{"lon": 1, "lat": 2}\n181,0\na,b\n,\nP1D\nP1DT1H\nPT36H\nP\n-P1D',
]  # fmt: skip


def cells_seeds() -> list[bytes]:
    """Each field with some of the texts."""
    fields, some = len(_fields()), len(_CELLS)
    return [n.to_bytes(2, "big") + _CELLS[(n + 4 * k) % some] for k in range(3) for n in range(fields)]


def cells_of(raw: bytes, folder: Path) -> Outcome:
    """What the guards of a column spare is good, and the values are those that its exact function finds."""
    at = int.from_bytes(raw[:2].ljust(2, b"\0"), "big")
    field = _fields()[at % len(_fields())]
    texts = raw[2:].decode("utf-8", "replace").replace("\0", "").split("\n")
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": [field, {"name": "b"}]}, "type": "table"}
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [["a", "b"], *([text, "x"] for text in texts)]
    )
    outcome = package(
        folder,
        {
            "datapackage.json": json.dumps({"name": "x", "resources": [resource]}).encode(),
            "t.csv": table.getvalue().encode(),
        },
    )
    for way in (FAST, SLOW):
        with switched(way):
            _exact(folder, texts)
    return outcome


def _exact(folder: Path, texts: list[str]) -> None:
    findings = Findings(None)
    resource = open_package(folder, findings).resources[0]
    assert resource.schema is not None
    column = columns_of(resource.schema, "t", findings)["a"]
    judged = judge(column, texts)
    with Scratch() as scratch:
        opened = open_table(folder, resource, findings, scratch)
        assert opened is not None
        told = Findings(None)
        columns = columns_of(resource.schema, "t", findings)
        table = read_table(opened, resource, columns, {"a"}, told, lambda *_: [])
    found = {(p.row, p.rule) for p in told.report().problems}
    assert found == {(row + 2, rule) for rule, rows in judged.faults.items() for row in rows}, "the guards differ"
    values = pl.Series("a", judged.values, dtype=dtype_of(column.field), strict=False)
    assert table.frame["a"].equals(values, null_equal=True), "the values differ"
