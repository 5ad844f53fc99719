"""Files: their bytes and hash, and their records as columns of text, exactly as `csv.reader` tells them apart.

`open_table` is the seam: it gives a header and an iterator of chunks, and nothing behind it knows where they come
from. A faster reader has to give the same chunks.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import polars as pl

from newspkg.problems import Problem, problem
from newspkg.report import Findings, cut, figure
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.properties import open_plain, why_not

__all__ = ["Chunk", "Opened", "check_files", "open_table"]

ROWS = 50_000  # records of a chunk: large enough for columns to pay, small enough to hold a few
_BLOCK = 1 << 20
csv.field_size_limit(sys.maxsize)  # the usual 128 KiB would make a long cell an error of ours

_HEX = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}


@dataclass(slots=True)
class Chunk:
    """Some records in a row. `cells` has one column of text for each label, named by position ("0", "1" ...); null is
    a cell that the record does not have. `numbers` are record numbers (the header is row 1), `lines` the physical lines
    on which the records start. `wide` has the surplus cells of records, `narrow` the number of cells of those that
    have too few, both by position in the chunk. `native` has, for inline data, the values as they are in JSON."""

    cells: pl.DataFrame
    numbers: array[int]
    lines: array[int] | None
    path: str
    wide: dict[int, list[str]] = field(default_factory=dict)
    narrow: dict[int, int] = field(default_factory=dict)
    native: list[list[Any]] | None = None


@dataclass(slots=True)
class Opened:
    """A table that can be read: `labels` as they stand (None: there is no header), where they stand, and the records.
    `broken` is filled while reading, by why the rest could not be read."""

    labels: list[str] | None
    header_row: int
    header_line: int | None
    chunks: Iterator[Chunk]
    path: str
    broken: str = ""


# --- bytes and hash --------------------------------------------------------------------------------------------------


def check_files(root: Path, resource: Resource, findings: Findings) -> bool:
    """Whether every file of a resource is there and can be read; says what its size and hash are if they are not as
    stated. Several files count as one, in their order."""
    algorithm, _, digest = (resource.hash or "").rpartition(":")
    algorithm = algorithm.lower().replace("-", "") or "md5"
    hasher = None
    if resource.hash:
        if algorithm not in _HEX:
            findings.leave("its hash", f"the algorithm {cut(algorithm)} is not known here", resource.name)
        elif len(digest) != _HEX[algorithm]:
            stated, digits = cut(resource.hash), _HEX[algorithm]
            message = f"the hash {stated!r} is not the {digits} hexadecimal digits of {algorithm.upper()}."
            findings.add(
                problem(
                    "resource-error",
                    message,
                    resource=resource.name,
                    field=f"{resource.pointer}/hash",
                    value=stated,
                )
            )
        else:
            hasher = hashlib.new(algorithm, usedforsecurity=False)
    size = 0
    for path in resource.paths:
        try:
            with open_plain(root / path) as file:
                if hasher is None and resource.bytes is None:
                    continue
                while block := file.read(_BLOCK):
                    size += len(block)
                    if hasher:
                        hasher.update(block)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            findings.add(
                problem(
                    "file-missing", f"{path}: cannot be read ({reason}).", resource=resource.name, value=path, path=path
                )
            )
            return False
    if not resource.paths:
        if hasher or resource.bytes is not None:
            findings.leave(
                "its hash and bytes", "data that stands in the descriptor has no bytes of its own", resource.name
            )
        return True
    if resource.bytes is not None and size != resource.bytes:
        message = f"the descriptor states {figure(resource.bytes)} bytes, the file has {size:,}."
        findings.add(problem("byte-count", message, resource=resource.name, value=str(size), path=resource.paths[0]))
    if hasher and hasher.hexdigest() != digest.lower():
        message = f"the descriptor states {algorithm}:{digest.lower()}, the file has {hasher.hexdigest()}."
        findings.add(
            problem("hash-count", message, resource=resource.name, value=hasher.hexdigest(), path=resource.paths[0])
        )
    return True


# --- opening a table -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    cells: list[str]
    number: int
    line: int | None
    path: str
    native: list[Any] | None = None


def open_table(root: Path, resource: Resource, findings: Findings) -> Opened | None:
    """The header and the records of a resource; None, with a finding, where there is nothing to read.

    Reading is lazy: faults of encoding come up while the chunks are drawn.
    """
    dialect = resource.dialect
    if dialect is None or not resource.encoding:
        return None
    opened = Opened(None, 0, None, iter(()), resource.place)
    if resource.format in ("csv", "tsv"):
        records = _delimited(root, resource, dialect, findings, opened)
    else:
        values = resource.data if resource.data is not None else _json_file(root, resource, findings)
        if values is None:
            return None
        found = _inline(values, resource, findings)
        if found is None:
            return None
        records = found
    header: list[_Record] = []
    first: _Record | None = None
    wanted = set(dialect.header_rows)
    seen = 0
    for record in records:
        seen += 1
        if seen in wanted:
            header.append(record)
            if seen < max(wanted):
                continue
            break
        if not wanted:
            first = record
            break
    if seen == 0 or (wanted and not header):
        if not opened.broken:
            where = {"resource": resource.name, "path": resource.place}
            findings.add(problem("source-error", "the table is empty: not even a header.", **where))
        return None
    if header:
        opened.labels = [
            dialect.header_join.join(part for part in parts if part) if len(header) > 1 else parts[0]
            for parts in _columns_of([h.cells for h in header])
        ]
        opened.header_row, opened.header_line, opened.path = header[0].number, header[0].line, header[0].path
    width = len(opened.labels) if opened.labels is not None else len(first.cells) if first else 0
    if opened.labels is None and resource.schema is not None:
        width = len(resource.schema.fields)
    rest = records if first is None else _with(first, records)
    opened.chunks = _chunks(rest, width)
    return opened


def _with(first: _Record, rest: Iterator[_Record]) -> Iterator[_Record]:
    yield first
    yield from rest


def _columns_of(rows: list[list[str]]) -> Iterator[list[str]]:
    for n in range(max(map(len, rows))):
        yield [row[n] if n < len(row) else "" for row in rows]


def _chunks(records: Iterator[_Record], width: int) -> Iterator[Chunk]:
    """Records gathered into columns; a chunk never spans two files."""
    rows: list[list[Any]] = []
    numbers, lines = array("q"), array("q")
    wide: dict[int, list[str]] = {}
    narrow: dict[int, int] = {}
    native: list[list[Any]] | None = None
    path = ""

    def close() -> Chunk:
        columns = zip(*rows, strict=True) if width else ()
        frame = pl.DataFrame([pl.Series(str(n), column, dtype=pl.String) for n, column in enumerate(columns)])
        return Chunk(frame, numbers, lines if len(lines) == len(rows) else None, path, wide, narrow, native)

    for record in records:
        if rows and (len(rows) >= ROWS or record.path != path):
            yield close()
            rows, numbers, lines, wide, narrow, native = [], array("q"), array("q"), {}, {}, None
        path = record.path
        cells: list[Any] = record.cells
        if len(cells) != width:
            if len(cells) > width:
                wide[len(rows)] = cells[width:]
                cells = cells[:width]
            else:
                narrow[len(rows)] = len(cells)
                cells = [*cells, *[None] * (width - len(cells))]
        if record.native is not None:
            native = native if native is not None else []
            native.append([*record.native[:width], *[None] * (width - len(record.native))])
        rows.append(cells)
        numbers.append(record.number)
        if record.line is not None:
            lines.append(record.line)
    if rows:
        yield close()


# --- delimited text --------------------------------------------------------------------------------------------------


def _stream(root: Path, resource: Resource, path: str) -> IO[str]:
    raw: IO[bytes] = (root / path).open("rb")
    return io.TextIOWrapper(raw, encoding=resource.encoding, errors="strict", newline="")


def _split(stream: IO[str], dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """(line on which it starts, cells) of each record of a stream."""
    reader = csv.reader(
        stream,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        doublequote=dialect.double_quote,
        escapechar=dialect.escape,
        skipinitialspace=dialect.skip_space,
    )
    last = 0
    for cells in reader:
        line, last = last + 1, reader.line_num
        yield line, cells


def _part(
    root: Path, resource: Resource, path: str, dialect: Dialect, findings: Findings, opened: Opened
) -> Iterator[tuple[int, list[str]]]:
    """The records of one file. Where a byte does not fit the encoding, those before it; then `opened` is broken."""
    done = 0
    try:
        with _stream(root, resource, path) as stream:
            for record in _split(stream, dialect):
                done += 1
                yield record
    except UnicodeDecodeError:
        at, found = _bad_byte(root, resource, path)
        findings.add(found)
        opened.broken = f"{path} cannot be decoded to its end"
        # The decoder works ahead of the records, so some before the bad byte have not been given yet.
        with (root / path).open("rb") as file:
            text = file.read(at).decode(resource.encoding, "ignore")
        held = None
        for n, record in enumerate(_split(io.StringIO(text + "\ufffd", newline=""), dialect)):
            if held is not None:
                yield held
            held = record if n >= done else None  # the last one has the bad byte in it
    except (csv.Error, UnicodeError, OSError) as error:
        opened.broken = f"{path} cannot be read to its end"
        message = f"{path}: cannot be read beyond record {done} ({error})."
        findings.add(problem("source-error", message, resource=resource.name, path=path))


def _delimited(
    root: Path, resource: Resource, dialect: Dialect, findings: Findings, opened: Opened
) -> Iterator[_Record]:
    """The records of all files of a resource as one table. A later file that begins with the first one's header has
    that header skipped."""
    number = 0
    first: list[str] | None = None
    sources: Iterable[str | None] = resource.paths or (None,)
    for part, path in enumerate(sources):
        if path is None:
            records = _split(io.StringIO(str(resource.data), newline=""), dialect)
        else:
            records = _part(root, resource, path, dialect, findings, opened)
        for line, cells in records:
            if part and line == 1 and cells == first and dialect.header_rows:
                continue
            number += 1
            if first is None:
                first = cells
            if number in dialect.comment_rows:
                continue
            if dialect.comment_char and cells and cells[0].startswith(dialect.comment_char):
                continue
            yield _Record(cells, number, line if path else None, path or resource.place)
        if opened.broken:
            return


def _bad_byte(root: Path, resource: Resource, path: str) -> tuple[int, Problem]:
    """The first byte of a file that does not fit its encoding, and the problem that names it and its line."""
    name = resource.encoding.removesuffix("-sig")
    decoder = codecs.getincrementaldecoder(resource.encoding)()
    done, shown, at = 0, "the end of the file", 0
    with (root / path).open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raw = held + block
                at = done - len(held) + error.start
                shown = f"0x{raw[error.start]:02X}" if error.start < len(raw) else shown
                break
            if not block:
                break
            done += len(block)
    with (root / path).open("rb") as file:
        line = 1 + file.read(at).decode(resource.encoding, "replace").count("\n")
    message = f"{path}, line {line}: byte {at} ({shown}) is not {name.upper()}. The records from there on are not read."
    return at, problem("encoding-error", message, resource=resource.name, value=shown, path=path, line=line)


# --- inline data and JSON files --------------------------------------------------------------------------------------


def _json_file(root: Path, resource: Resource, findings: Findings) -> Any:
    rows: list[Any] = []
    for path in resource.paths:
        try:
            value = json.loads((root / path).read_bytes().decode(resource.encoding))
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair cannot be kept in a column
        except (OSError, ValueError, RecursionError) as error:
            message = f"{path}: cannot be read as JSON ({why_not(error)})."
            code = "encoding-error" if isinstance(error, UnicodeError) else "source-error"
            findings.add(problem(code, message, resource=resource.name, path=path))
            return None
        if not isinstance(value, list):
            findings.add(
                problem("source-error", f"{path}: must hold a list of records.", resource=resource.name, path=path)
            )
            return None
        rows += value
    return rows


def _inline(values: Any, resource: Resource, findings: Findings) -> Iterator[_Record] | None:
    """Records from a list of lists (the first is the header) or of objects (their keys are the header)."""
    keyed = isinstance(values, list) and bool(values) and all(isinstance(v, dict) for v in values)
    listed = isinstance(values, list) and bool(values) and all(isinstance(v, list) for v in values)
    if not keyed and not listed:
        if values == []:
            message = "the table is empty: not even a header."
        elif isinstance(values, str):
            message = "text as data needs a format or mediatype that says how to read it."
        else:
            message = "a table is a list of lists, the first being the header, or a list of objects."
        findings.add(problem("source-error", message, resource=resource.name, path=resource.place))
        return None
    if keyed:
        labels = list(dict.fromkeys(key for row in values for key in row))
        rows: Iterable[list[Any]] = ([row.get(label) for label in labels] for row in values)
        return _native(_rows(labels, rows), resource.place)
    return _native(values, resource.place)


def _rows(labels: list[str], rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    yield labels
    yield from rows


def _native(rows: Iterable[list[Any]], place: str) -> Iterator[_Record]:
    for number, row in enumerate(rows, 1):
        yield _Record([_text(v) for v in row], number, None, place, row)


def _text(value: Any) -> str:
    """A JSON value as the text of a cell; null is the empty one."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
