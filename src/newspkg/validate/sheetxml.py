"""What is to be known of a spreadsheet before it is read whole: how large its grid gets, and which cells hold an error.

The library that reads spreadsheets keeps a sheet as a full grid, and gives an error such as #N/A as an empty cell. Both
are seen here in the XML of the file, row by row: a stray cell at the far end is told instead of filling the memory, and
errors are judged as what they say.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree as ET

__all__ = ["Survey", "survey", "unpacked"]

_BLOCK = 1 << 20
_FAULTS = (OSError, EOFError, RuntimeError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, ET.ParseError)
_NUMBER = rb"[0-9]{1,9}"
_ADDRESS = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
# Writers may put a prefix before the names.
_ERROR = re.compile(rb"<(?:\w+:)?c\b([^>]*?\bt=[\"']e[\"'][^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*?)(/?)>")
_TEXT = re.compile(rb"<text:p[^>]*>([^<]*)")
_TABLE = re.compile(rb"<table:table\s[^>]*?\btable:name=\"([^\"]*)\"")
_ROW = re.compile(rb"<table:table-row\b([^>]*?)/?>")
_ROWS = re.compile(rb"number-rows-repeated=\"(%s)\"" % _NUMBER)
_COLUMNS = re.compile(rb"number-columns-repeated=\"(%s)\"" % _NUMBER)


@dataclass(slots=True)
class Survey:
    """Of a sheet: rows and columns of its grid, and the cells with an error, by 0-based row and column."""

    rows: int = 0
    columns: int = 0
    errors: dict[int, dict[int, str]] = field(default_factory=dict)

    def note(self, row: int, column: int, text: str) -> None:
        """Takes a cell with an error."""
        self.errors.setdefault(row, {})[column] = text

    def reach(self, rows: int, columns: int) -> None:
        """Takes a row's number and width."""
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)


def survey(path: Path, format: str, sheet: str) -> Survey:
    """Looks through a sheet, by name; of what cannot be read so, or is of another format, nothing is known."""
    found = Survey()
    try:
        if format == "xlsx":
            _excel(path, sheet, found)
        elif format == "ods":
            _opendocument(path, sheet, found)
    except _FAULTS:  # the reader will say what is wrong with the file
        return found
    return found


def unpacked(path: Path) -> int:
    """How many bytes the parts of a file have together, as it says; 0 where it is no archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(one.file_size for one in archive.infolist())
    except _FAULTS:
        return 0


def _excel(path: Path, sheet: str, found: Survey) -> None:
    with zipfile.ZipFile(path) as archive, archive.open(_part(archive, sheet)) as stream:
        for row in _segments(stream, b"row>"):
            _excel_row(row, found)


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name of the part that holds a sheet. Raises KeyError where there is none."""
    book = "xl/workbook.xml"
    for one in _elements(archive, "_rels/.rels", "Relationship"):
        if one.get("Type", "").endswith("/officeDocument"):
            book = one.get("Target", "").lstrip("/")
    at = PurePosixPath(book)
    ids = [
        value
        for one in _elements(archive, book, "sheet")
        if one.get("name") == sheet
        for key, value in one.attrib.items()
        if key.endswith("}id")
    ]
    for one in _elements(archive, f"{at.parent}/_rels/{at.name}.rels", "Relationship"):
        if one.get("Id") in ids:
            target = one.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else str(at.parent / target)
    raise KeyError(sheet)


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> Iterator[ET.Element]:
    for one in ET.fromstring(archive.read(part)).iter():
        if one.tag.rpartition("}")[2] == name:
            yield one


def _segments(stream: IO[bytes], end: bytes) -> Iterator[bytes]:
    """The bytes of a stream cut behind each `end`."""
    rest = b""
    while block := stream.read(_BLOCK):
        *whole, rest = (rest + block).split(end)
        yield from whole
    yield rest


def _excel_row(row: bytes, found: Survey) -> None:
    last = row.rfind(b' r="')
    address = _ADDRESS.match(row, last + 4) if last >= 0 else None
    if address is not None:
        found.reach(int(address[2]), _column(address[1]) + 1)
    elif b"<c" in row:
        found.reach(found.rows + 1, row.count(b"<c"))
    if b't="e"' in row or b"t='e'" in row:
        for attributes, inside in _ERROR.findall(row):
            place, value = _REFERENCE.search(attributes), _VALUE.search(inside)
            if place is not None and value is not None:
                found.note(int(place[2]) - 1, _column(place[1]), value[1].decode("utf-8", "replace"))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _opendocument(path: Path, sheet: str, found: Survey) -> None:
    row = 0
    inside = False
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
        for segment in _segments(stream, b"</table:table-row>"):
            for table in list(_TABLE.finditer(segment))[-1:]:
                row, inside = 0, _plain(table[1]) == sheet
                segment = segment[table.end() :]
            begins = list(_ROW.finditer(segment))
            for one in begins[:-1]:  # rows without cells
                row += _repeated(_ROWS, one[1])
            if begins and inside:
                times = _repeated(_ROWS, begins[-1][1])
                _opendocument_row(segment[begins[-1].end() :], row, times, found)
                row += times


def _opendocument_row(text: bytes, row: int, times: int, found: Survey) -> None:
    column = 0
    for cell in _CELL.finditer(text):
        attributes = cell[1]
        wide = _repeated(_COLUMNS, attributes)
        if b"value-type=" in attributes:
            found.reach(row + times, column + wide)
        if b'calcext:value-type="error"' in attributes:
            said = None if cell[2] else _TEXT.search(text, cell.end())
            if said is not None:
                for n in range(min(times * wide, 1000)):
                    found.note(row + n // wide, column + n % wide, _plain(said[1]))
        column += wide


def _repeated(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    said = pattern.search(attributes)
    return int(said[1]) if said is not None else 1


def _plain(text: bytes) -> str:
    """XML text without its entities."""
    plain = text.decode("utf-8", "replace")
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        plain = plain.replace(entity, sign)
    return plain
