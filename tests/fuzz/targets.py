"""The targets of the fuzzer: each makes a package of an input, and checks what must hold of it (properties.py).

An input is one byte that chooses the target, then what the target makes of the rest:

    csv         six bytes that choose dialect, encoding, schema and parts; then the bytes of the table
    split       bytes as text, split by two functions that must agree
    cells       two bytes that choose a field with its constraints; then texts, one a line
    bytes       the bytes of datapackage.json
    tree        the same, but changed as a tree
    formats     one byte that chooses the format; then the bytes of the file
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import formats
from fuzz.mutate import change_bytes, change_json, change_zip, parts_of
from fuzz.properties import Outcome, package
from fuzz.tables import SCHEMAS, TABLES, cells_of, cells_seeds, csv_of, csv_seeds, split_of
from newspkg.conformance import CASES, read_clauses
from packages.standard import STANDARD

__all__ = ["TARGETS", "Target", "run", "seeds"]

ROOT = Path(__file__).resolve().parents[2]

# --- descriptors -----------------------------------------------------------------------------------------------------


def _cases() -> list[dict[str, bytes]]:
    """The packages of all clauses of the standard, and those that break it."""
    from test_conformance import files_of

    cases = [case for clause in read_clauses(ROOT / CASES) for case in (*clause.valid, *clause.invalid)]
    return [*map(files_of, cases), *STANDARD.values()]


@cache
def _trees() -> list[bytes]:
    found = []
    for files in _cases():
        try:
            found.append(json.dumps(json.loads(files["datapackage.json"])).encode())
        except ValueError:
            continue
    return list(dict.fromkeys(found))


@cache
def _words() -> tuple[list[str], list[Any]]:
    """The keys and the values that the seeds have."""
    keys_: dict[str, None] = {}
    values: dict[str, Any] = {}
    for tree in _trees():
        for box, key in parts_of(json.loads(tree)):
            if isinstance(key, str):
                keys_[key] = None
            values[json.dumps(box[key])] = box[key]
    return list(keys_), list(values.values())


_SCHEMA = json.dumps(SCHEMAS[0]).encode()
_BESIDE = {
    "t.csv": b"a,b\n1,x\n2,\n",
    "books.csv": b"id,title,year\n1,Salt,2001\n2,Rain,2014\n",
    "loans.csv": b"loan,book,printed\n1,1,2001\n",
    "s.json": _SCHEMA,
    "d.json": b'{"delimiter": ","}',
    "t.json": b'[{"a": 1}, {"a": "x"}]',
}


def _descriptor(raw: bytes, folder: Path) -> Outcome:
    return package(folder, {**_BESIDE, "datapackage.json": raw}, sum(raw[:64]))


def _changed_tree(random: Random, raw: bytes, other: bytes) -> bytes:
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError):
        return random.choice(_trees())
    return json.dumps(change_json(random, tree, *_words())).encode()


# --- other formats ---------------------------------------------------------------------------------------------------


@cache
def _formats() -> list[tuple[str, bytes]]:
    rows = [["id", "title", "year"], [1, "Salt", 2001], [2.5, None, "x"], [True, formats.MOMENT, -1]]
    plain = b'[{"id": 1, "title": "Salt", "year": 2001}, {"year": "x", "id": 2.5, "more": [null]}]'
    lines = b'{"id": 1, "title": "a", "year": 2000}\n\n{"year": [1]}\n[1, 2\n'
    table = b"id,title,year\n1,Salt,2001\n2,Rain,x\n"
    return [
        ("b.xlsx", formats.xlsx(rows)),
        ("b.ods", formats.ods(rows)),
        ("b.xls", formats.xls(rows)),
        ("b.json", plain),
        ("b.json", b'[["id", "title", "year"], [1, "a", 2000], ["x"]]'),
        ("b.jsonl", lines),
        ("b.csv.zip", formats.zipped(**{"b.csv": table})),
        ("b.csv.gz", gzip.compress(table, mtime=0)),
        ("b.csv.xz", lzma.compress(table)),
        ("b.parquet", _parquet()),
        ("b.xlsx.zip", formats.zipped(**{"b.xlsx": formats.xlsx(rows)})),
    ]


def _parquet() -> bytes:
    import polars as pl

    raw = io.BytesIO()
    frame = pl.DataFrame({"id": [1, 2, None], "title": ["Salt", "é", None], "year": [2001, -5, 70000]})
    frame.write_parquet(raw, compression="uncompressed", row_group_size=2)
    return raw.getvalue()


def _format_seeds() -> list[bytes]:
    return [bytes([n]) + raw for n, (_, raw) in enumerate(_formats())]


def _format(raw: bytes, folder: Path) -> Outcome:
    name, _ = _formats()[raw[0] % len(_formats()) if raw else 0]
    fields = [{"name": "id", "type": "integer"}, {"name": "title", "type": "string"}, {"name": "year", "type": "year"}]
    schema = {"fields": fields, "primaryKey": ["id"]}
    resource = {"name": "b", "path": name, "schema": schema, "type": "table"}
    descriptor = json.dumps({"name": "x", "resources": [resource]}).encode()
    return frozenset(
        {name[1:] + one for one in package(folder, {"datapackage.json": descriptor, name: raw[1:]}, sum(raw[-40:]))}
    )


def _changed_format(random: Random, raw: bytes, other: bytes) -> bytes:
    change = change_zip if random.random() < 0.6 else change_bytes
    return raw[:1] + change(random, raw[1:], other[1:])


def _changed_behind(head: int) -> Callable[[Random, bytes, bytes], bytes]:
    """Changes what stands behind the bytes that choose, and now and then one of these."""

    def change(random: Random, raw: bytes, other: bytes) -> bytes:
        first = bytearray(raw[:head].ljust(head, b"\0"))
        if random.random() < 0.3:
            first[random.randrange(head)] = random.randrange(256)
        return bytes(first) + change_bytes(random, raw[head:], other[head:])

    return change


# --- all targets -----------------------------------------------------------------------------------------------------


class Target:
    """A way to make a package of bytes. `judge(input, folder)` raises where something does not hold."""

    def __init__(
        self,
        name: str,
        judge: Callable[[bytes, Path], Outcome],
        seeds: Callable[[], list[bytes]],
        change: Callable[[Random, bytes, bytes], bytes] = change_bytes,
    ) -> None:
        self.name, self.judge, self.seeds, self.change = name, judge, seeds, change


TARGETS = [
    Target("csv", csv_of, csv_seeds, _changed_behind(6)),
    Target("split", split_of, lambda: [bytes([n]) + t for n in range(5) for t in TABLES], _changed_behind(1)),
    Target("cells", cells_of, cells_seeds, _changed_behind(2)),
    Target("bytes", _descriptor, _trees),
    Target("tree", _descriptor, _trees, _changed_tree),
    Target("formats", _format, _format_seeds, _changed_format),
]


def seeds() -> list[bytes]:
    """The inputs to begin with."""
    return [bytes([n]) + seed for n, target in enumerate(TARGETS) for seed in target.seeds()]


def run(raw: bytes, folder: Path) -> tuple[str, Outcome]:
    """Feeds an input; the target's name and what the input came to. Raises whatever does not hold."""
    target = TARGETS[raw[0] % len(TARGETS) if raw else 0]
    return target.name, target.judge(raw[1:], folder)
