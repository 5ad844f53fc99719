"""Tables whose cells have a type already: JSON files, one JSON value a line, and data that stands in the descriptor.

Of lists the first is the header, unless the dialect says that there is none. Of objects the keys are the header, as
they come; those that are fields stand in the order of the fields, for the order of keys means nothing. A key that an
object does not have is a null there. Of the rest of a dialect only `property`, `itemType` and `itemKeys` apply to JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from newspkg.problems import problem
from newspkg.report import Findings, cut
from newspkg.schema import Field, TableSchema
from newspkg.validate import delimited  # noqa: F401 - registers what becomes of bytes that are no text
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.jsontext import Broken, Decoder, Lines, Scan, descend
from newspkg.validate.native import Form, fields_at, form_of, lightened, plain
from newspkg.validate.properties import open_plain, why_not
from newspkg.validate.records import Chunk, Opened, Place, Record, chunked

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Objects", "objects_reader"]

_HALF = re.compile("[\ud800-\udfff]")  # half of a surrogate pair: an escaped one, or a byte that is no text
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_BROKEN = object()  # what stands in the place of a value that is no JSON
_LINED = ("jsonl", "ndjson")
_WHAT: dict[type, str] = {list: "a list", dict: "an object"}
Files = Sequence[tuple[str, Path]]


@dataclass(slots=True)
class Item:
    """One value that should be a record. `at` is its offset in the text of `lines`, which there is for files alone;
    `dirty` says that it may hold characters that no text has, `raw` that bytes are among them."""

    value: Any
    path: str
    number: int = 0
    lines: Lines | None = None
    at: int = 0
    dirty: bool = False
    raw: bool = False
    first: bool = False  # of its file
    column: int | None = None  # where it stops to be JSON
    faults: list[str] = field(default_factory=list)  # sentences about it

    @property
    def line(self) -> int | None:
        """The line it begins on."""
        return self.lines.place(self.at)[0] if self.lines is not None else None


class Say(Protocol):
    """Takes a fault; `lost`: of a record that cannot be read."""

    def __call__(self, message: str, *, lost: bool = True, code: str = "source-error", **place: Any) -> None: ...


Source = Callable[[Say], Iterator[Item]]


# --- where values come from ------------------------------------------------------------------------------------------


def _of_text(text: str, name: str, dotted: str, say: Say) -> Iterator[Item]:
    """The members of the list in a JSON text."""
    decoder = Decoder()
    scan, lines = Scan(text, decoder, dotted=dotted), Lines(text)
    raw = not text.isascii() and _HALF.search(text) is not None
    dirty = raw or _ESCAPED_HALF.search(text) is not None
    try:
        for n, (at, value) in enumerate(scan.items()):
            item = Item(value, name, 0, lines, at, dirty, raw, first=n == 0)
            if decoder.notes:
                item.faults = _noted(decoder, item)
            yield item
    except Broken as error:
        line, column = lines.place(error.at)
        said = f"{name}: cannot be read as JSON beyond line {line}, column {column} ({error})."
        say(said, path=name, line=line, column=column)
        return
    if scan.state == "list":
        return
    if dotted:
        what = "there is no property" if scan.state == "absent" else "no list stands at the property"
        said = f"{name}: {what} {cut(dotted)!r} that the dialect names."
    else:
        lists = ", ".join(sorted(set(scan.lists())))
        more = f" A list stands at {cut(lists)}: name it as property in the dialect." if lists else ""
        said = f"{name}: must hold a list of records.{more}"
    say(said, path=name)


def _files(files: Files, encoding: str, dotted: str) -> Source:
    def source(say: Say) -> Iterator[Item]:
        for name, path in files:
            try:
                with open_plain(path) as file:
                    text = file.read().decode(encoding, "newspkg.escape")
            except (OSError, UnicodeError) as error:
                say(f"{name}: cannot be read as JSON ({why_not(error)}).", path=name)
                continue
            yield from _of_text(text, name, dotted, say)

    return source


def _of_lines(stream: Iterator[str], name: str, say: Say) -> Iterator[Item]:
    """The values of a stream, one a line. A broken line is a value of no kind."""
    decoder = Decoder()
    first = True
    for number, text in enumerate(stream, 1):
        text = text.rstrip("\r\n")
        start = len(text) - len(text.lstrip())
        if start == len(text):
            continue
        raw = not text.isascii() and _HALF.search(text) is not None
        item = Item(_BROKEN, name, 0, Lines(text, number), start, raw or _ESCAPED_HALF.search(text) is not None, raw)
        try:
            value = decoder.only(text, start)
        except Broken as error:
            if first and text.strip() in ("[", "{"):
                say(f"{name}: is one JSON value, not one a line; say format: json.", path=name, line=number)
                return
            item.column, item.faults = error.at + 1, [f"{name}: line {number} is no JSON ({error})."]
            decoder.notes.clear()
        else:
            item.value, item.first = value, first
            if decoder.notes:
                item.faults = _noted(decoder, item)
        first = False
        yield item


def _lined(files: Files, encoding: str) -> Source:
    def source(say: Say) -> Iterator[Item]:
        for name, path in files:
            try:
                with open_plain(path) as raw, TextIOWrapper(raw, encoding, "newspkg.escape", "\n") as stream:
                    yield from _of_lines(stream, name, say)
            except (OSError, UnicodeError) as error:
                say(f"{name}: cannot be read to its end ({why_not(error)}).", path=name)

    return source


def _noted(decoder: Decoder, item: Item) -> list[str]:
    """What the decoder noted of a value; its notes are taken."""
    found = [f"{item.path}: the record on line {item.line} {note}." for note in dict.fromkeys(decoder.notes)]
    decoder.notes.clear()
    return found


# --- the reader ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Shape:
    """How values become records: which kind they have, and their columns. `keys` are those of objects."""

    kind: type
    keys: list[str] = field(default_factory=list)
    labels: list[str] | None = None
    header: int = 0  # the number of the header; 0 where no record is the header
    fields: list[Field | None] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)


class Objects:
    """The records of JSON values. Each pass reads the values anew; what is wrong with them is told once."""

    def __init__(self, source: Source, resource: Resource, findings: Findings) -> None:
        self.source, self.resource, self.findings = source, resource, findings
        self.broken, self.empty_is_null = "", False
        self.shape = _Shape(list)
        self.locate: Callable[[], Iterator[Item]] | None = None  # where values have no lines of their own
        self._told = 0

    def _teller(self) -> Say:
        """Takes the faults of one pass; those that an earlier pass has told are passed over."""
        seen = 0

        def say(message: str, *, lost: bool = True, code: str = "source-error", **place: Any) -> None:
            nonlocal seen
            seen += 1
            if lost:
                self.broken = f"not every record of {self.resource.name} can be read"
            if seen > self._told:
                self._told = seen
                self.findings.add(problem(code, message, resource=self.resource.name, **place))

        return say

    def peek(self) -> Iterator[Item]:
        """All values as they come; nothing is told."""
        return self.source(lambda *_, **__: None)

    def items(self) -> Iterator[Item]:
        """The values that are records, the header too, numbered. A later file that begins with the first one's header
        has that header skipped."""
        kind, say = self.shape.kind, self._teller()
        number = int(kind is dict)  # keys are a header that has no record
        header: Any = None
        for item in self.source(say):
            if item.first and header is not None and item.value == header:
                continue
            number += 1
            item.number = number
            place: dict[str, Any] = {"row": number, "path": item.path}
            for fault in item.faults:
                say(fault, lost=item.value is _BROKEN, line=item.line, column=item.column, **place)
            if item.dirty and (half := self._half(item)):
                what = f"has {half} in it, half of a surrogate pair, which is no character; U+FFFD is read for it"
                said = f"{item.path}: the record on line {item.line} {what}."
                say(said, lost=False, code="encoding-error", line=item.line, **place)
            if isinstance(item.value, kind):
                if number == self.shape.header:
                    header = item.value
                yield item
            elif item.value is not _BROKEN:
                what = _WHAT.get(type(item.value), "a single value")
                where = f" on line {item.line}" if item.lines is not None else ""
                said = f"record {number}{where} is {what}, where {_WHAT[kind]} is expected; it is not judged."
                say(said, line=item.line, **place)

    def record(self, item: Item) -> Record:
        """A value as a record."""
        row = [item.value.get(key) for key in self.shape.keys] if self.shape.kind is dict else item.value
        forms = self.shape.forms
        cells: list[Any] = [
            value if type(value) is str else form(value) for value, form in zip(row, forms, strict=False)
        ]
        cells += [plain(value) or "" for value in row[len(forms) :]]
        native = [float(value) if type(value) is Decimal else value for value in row]
        return Record(cells, item.number, item.path, native, self._clean(item, cells, native) if item.dirty else ())

    def _clean(self, item: Item, cells: list[Any], native: list[Any]) -> list[tuple[int, str]]:
        """Takes out of the cells what no text has; returns the cells with bytes that are none."""
        bad = []
        for n, cell in enumerate(cells):
            if not cell or cell.isascii() or not _HALF.search(cell):
                continue
            byte = next((m for m in _HALF.findall(cell) if _is_byte(m, item)), None)
            if byte is not None:
                bad.append((n, f"0x{ord(byte) - 0xDC00:02X}"))
            cells[n] = _HALF.sub("\ufffd", cell)
            native[n] = cells[n] if isinstance(native[n], str) else native[n]
        return bad

    def _half(self, item: Item) -> str | None:
        """A half of a surrogate pair that is written as an escape, if there is one; bytes are told with their cells."""
        text = "" if item.value is _BROKEN else json.dumps(item.value, ensure_ascii=False, default=float)
        return next((f"\\u{ord(m):04x}" for m in _HALF.findall(text) if not _is_byte(m, item)), None)

    # --- what the engine asks for

    def chunks(self, width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
        """All records below the header."""
        header = self.shape.header
        records = (self.record(item) for item in self.items() if item.number != header)
        for chunk in chunked(records, width, wanted):
            yield lightened(chunk, self.shape.fields)

    def widen(self) -> bool:
        """Not needed: there is room for any record."""
        return False

    def _some(self, numbers: Iterable[int]) -> Iterator[Item]:
        wanted, last = set(numbers), max(numbers, default=0)
        for item in self.items():
            if item.number in wanted:
                yield item
            if item.number >= last:
                return

    def records(self, numbers: Sequence[int]) -> Mapping[int, list[str]]:
        """The cells of some records, by number."""
        return {item.number: [cell or "" for cell in self.record(item).cells] for item in self._some(numbers)}

    def places(self, numbers: Mapping[int, int]) -> Mapping[int, Place]:
        """Where some records and their cells stand, by number."""
        found = {}
        for item in self._some(numbers) if self.locate is None else self._located(numbers):
            if item.lines is not None:
                found[item.number] = self._place(item, item.lines)
        return found

    def _place(self, item: Item, lines: Lines) -> Place:
        begin = lines.place(item.at)
        if not isinstance(item.value, (list, dict)):
            return Place(begin[0], column=begin[1])
        scan = Scan(lines.text, Decoder())
        at = {key: lines.place(start) for key, start in scan.cells(item.at)}
        keys: Sequence[str | int] = self.shape.keys if self.shape.kind is dict else range(len(item.value))
        return Place(begin[0], [at.get(key, begin) for key in keys])

    def _located(self, numbers: Iterable[int]) -> Iterator[Item]:
        """Values of the descriptor, where the same ones are found in its text."""
        assert self.locate is not None
        texts = self.locate()
        wanted = set(numbers)
        last = max(numbers, default=0)
        try:
            for number, item, text in zip(_count(self.shape.kind), self.peek(), texts, strict=False):
                if number in wanted and item.value == text.value:
                    text.number = number
                    yield text
                if number >= last:
                    return
        except Broken:  # the descriptor has another name, and this is another file
            return


def _is_byte(half: str, item: Item) -> bool:
    return item.raw and "\udc80" <= half <= "\udcff"


def _count(kind: type) -> Iterator[int]:
    number = int(kind is dict)
    while True:
        number += 1
        yield number


# --- opening ---------------------------------------------------------------------------------------------------------


def objects_reader(root: Path, files: Files, resource: Resource, dialect: Dialect, findings: Findings) -> Opened | None:
    """The header and the reader of JSON data; None, with a finding, where there is nothing to read. `files` are the
    resource's, as (name, where it is at hand); `root` has the descriptor, for data that stands in it."""
    source = _source(files, resource, dialect, findings)
    if source is None:
        return None
    reader = Objects(source, resource, findings)
    if resource.data is not None and not isinstance(resource.data, str):
        reader.locate = lambda: _descriptor_items(root / resource.place, resource, dialect)
    return _opened(reader, resource, dialect, findings)


def _source(files: Files, resource: Resource, dialect: Dialect, findings: Findings) -> Source | None:
    dotted, data, name = dialect.property or "", resource.data, resource.place
    if data is None:
        lined = resource.format in _LINED
        return _lined(files, resource.encoding) if lined else _files(files, resource.encoding, dotted)
    if isinstance(data, str) and resource.format in _LINED:
        return lambda say: _of_lines(iter(data.split("\n")), name, say)
    if isinstance(data, str) and resource.format == "json":
        return lambda say: _of_text(data, name, dotted, say)
    there, values = descend(data, dotted)
    if isinstance(values, list) and there:
        return lambda _: (Item(value, name, first=n == 0) for n, value in enumerate(values))
    if isinstance(data, str):
        message = "text as data needs a format or mediatype that says how to read it."
    elif dotted:
        what = "no list stands at the property" if there else "there is no property"
        message = f"{what} {cut(dotted)!r} that the dialect names."
    else:
        message = "a table is a list of lists, the first being the header, or a list of objects."
    findings.add(problem("source-error", message, resource=resource.name, path=name))
    return None


def _descriptor_items(path: Path, resource: Resource, dialect: Dialect) -> Iterator[Item]:
    """The values of inline data as they stand in the text of the descriptor. Raises Broken."""
    try:
        with open_plain(path) as file:
            text = file.read().decode("utf-8-sig")
    except (OSError, UnicodeError):
        return
    lines = Lines(text)
    steps = [int(step) if step.isdigit() else step for step in resource.pointer.strip("/").split("/")]
    for at, value in Scan(text, Decoder(exact=False), [*steps, "data"], dialect.property or "").items():
        yield Item(value, resource.place, 0, lines, at)


def _opened(reader: Objects, resource: Resource, dialect: Dialect, findings: Findings) -> Opened | None:
    kinds: dict[str, type] = {"array": list, "object": dict}
    stated = kinds.get(dialect.item_type or "")
    seen = False
    first: Item | None = None
    for item in reader.peek():
        seen = True
        if isinstance(item.value, stated or (list, dict)):
            first = item
            break
    if first is None and (seen or stated is not dict or not (dialect.item_keys or resource.schema)):
        _nothing(reader, findings, seen=seen, stated=stated)
        return None
    kind = stated or type(first.value)  # type: ignore[union-attr]
    shape = reader.shape = _Shape(kind)
    schema, path = resource.schema, first.path if first is not None else resource.place
    header_row = 0
    if kind is dict:
        shape.keys = list(dialect.item_keys) if dialect.item_keys else _keys(reader, schema)
        labels, header_row = shape.keys, 1
    elif dialect.header_rows:
        top = next(reader.items())
        shape.header = header_row = top.number
        labels = [plain(value) or "" for value in top.value]
    else:
        labels = None
    for n, label in enumerate(labels or []):
        if _HALF.search(label):
            said = f"the label of column {n + 1} has something in it that is no character."
            findings.add(problem("encoding-error", said, resource=resource.name, row=header_row, path=path))
    shape.labels = labels and [_HALF.sub("\ufffd", label) for label in labels]
    if labels is not None:
        width = len(labels)
    else:
        width = len(schema.fields) if schema is not None else len(next(reader.items()).value)
    shape.fields = fields_at(shape.labels, width, schema)
    shape.forms = [form_of(one) for one in shape.fields]
    return Opened(shape.labels, header_row, path, width, reader)


def _keys(reader: Objects, schema: TableSchema | None) -> list[str]:
    """The keys of all objects as they come; those that are fields change places with each other, into their order."""
    found: dict[str, None] = {}
    for item in reader.items():
        if not found.keys() >= item.value.keys():
            found.update(dict.fromkeys(item.value))
    if schema is None:
        return list(found)
    if not found and not reader.broken:
        return list(schema.names)
    known = iter(name for name in dict.fromkeys(schema.names) if name in found)
    return [next(known) if key in schema.names else key for key in found]


def _nothing(reader: Objects, findings: Findings, *, seen: bool, stated: type | None) -> None:
    """Says why there is no record at all."""
    before = findings.errors
    for _ in reader.source(reader._teller()):
        pass
    if findings.errors > before:
        return
    if not seen:
        message = "the table is empty: not even a header."
    elif stated is not None:
        message = f"no record is {_WHAT[stated]}, as the itemType of the dialect says."
    else:
        message = "a table is a list of lists, the first being the header, or a list of objects."
    findings.add(problem("source-error", message, resource=reader.resource.name, path=reader.resource.place))
