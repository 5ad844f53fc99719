"""Tables in spreadsheets: xlsx, xls and ods.

Row and column of a record are those of the sheet. A sheet has no end of its own, so it is cut: rows below the last cell
with a value are no records, and cells to the right of the last label are surplus where they have a value. A sheet that
begins with empty rows has its header in the first row that is not empty; that is told.

A cell's type is that of the sheet, as the standard asks: a number in a field of text is no text. Dates have no type in
a sheet but a look, so a date may stand in a field of dates or moments, in the form that the field asks for.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from newspkg.problems import problem
from newspkg.report import Findings, cut
from newspkg.schema import Field
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.native import Form, fields_at, form_of, lightened, plain
from newspkg.validate.packed import RATIO, RATIO_FROM
from newspkg.validate.properties import open_plain
from newspkg.validate.records import Chunk, Opened, Place, Record, chunked, header_columns
from newspkg.validate.sheetxml import survey, unpacked

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["LARGEST", "SPREADSHEETS", "Sheets", "moment", "sheets_reader"]

SPREADSHEETS = ("xlsx", "xls", "ods")
LARGEST = 1 << 28  # cells of a sheet's grid; each takes some 24 bytes
_NAMES = 10  # sheets that a message lists
_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets have no zones
Row = tuple[int, list[Any], str]  # number, values, file
Files = Sequence[tuple[str, Path]]


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """Why a sheet cannot be read."""


# --- cells -----------------------------------------------------------------------------------------------------------


def moment(value: Any, field: Field | None) -> tuple[str, Any]:
    """A date, moment, time or span of time as the text that its field asks for, and as the value that is judged.

    A field of text is given the number that stands in the sheet, which is no text.
    """
    kind = field.type if field is not None else "any"
    if isinstance(value, datetime):
        value = value.date() if kind == "date" and value.time() == time() else value
    elif isinstance(value, date):
        value = datetime(value.year, value.month, value.day) if kind == "datetime" else value  # noqa: DTZ001
    elif isinstance(value, timedelta) and kind == "time" and timedelta() <= value < timedelta(days=1):
        value = (_ZERO + value).time()
    text = _span(value) if isinstance(value, timedelta) else value.isoformat()
    if field is not None and kind in ("date", "time", "datetime") and "%" in field.format:
        text = _styled(value, field.format) or text
    return text, _serial(value) if kind == "string" else text


def _styled(value: Any, format: str) -> str | None:
    try:
        return str(value.strftime(format))
    except (ValueError, AttributeError):
        return None


def _span(value: timedelta) -> str:
    """A span of time as ISO 8601 writes it."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    seconds = (
        f"{value.seconds}.{value.microseconds:06}".rstrip("0").rstrip(".") if value.microseconds else value.seconds
    )
    clock = f"T{seconds}S" if value.seconds or value.microseconds else ""
    return f"{sign}P{value.days}D{clock}" if value.days or not clock else f"{sign}P{clock}"


def _serial(value: Any) -> float:
    """The number that a sheet keeps for a moment."""
    if isinstance(value, time):
        value = datetime.combine(_ZERO, value)
    elif not isinstance(value, (datetime, timedelta)):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return (value if isinstance(value, timedelta) else value - _ZERO) / timedelta(days=1)


# --- the reader ------------------------------------------------------------------------------------------------------


class Sheets:
    """The records of a sheet of each file of a resource, as one table."""

    def __init__(self, files: Files, resource: Resource, dialect: Dialect, findings: Findings) -> None:
        self.files, self.resource, self.dialect, self.findings = files, resource, dialect, findings
        self.broken, self.empty_is_null = "", False
        self.width = 0
        self.skip = 0  # rows of the header
        self.lead = 0  # empty rows before it
        self.fields: list[Field | None] = []
        self.forms: list[Form] = []
        self._bases: dict[int, tuple[int, int]] = {}  # of each file: its first record, how much more it is than its row
        self._kept: tuple[Path, CalamineSheet, Mapping[int, Mapping[int, str]]] | None = None
        self._told: set[str] = set()
        self._widest = 0  # cells of the longest record

    # --- rows

    def all(self) -> Iterator[Row]:
        """All rows with their values, those of the header too, but for comments and the empty rows before the header.
        A later file that begins with the first one's header has that header skipped."""
        base, number = 0, 0
        header: list[Any] | None = None
        chars = self.dialect.comment_char
        for part, (name, path) in enumerate(self.files):
            self._bases[part] = (number + 1, base)
            for row, values in self._rows(name, path):
                if not part and row <= self.lead:
                    continue
                if part and row == 1 and self.skip and values == header:
                    base -= 1
                    self._bases[part] = (number + 1, base)
                    continue
                number = base + row
                if number in self.dialect.comment_rows:
                    continue
                first = values[0] if values else None
                if chars and isinstance(first, str) and first.startswith(chars):
                    continue
                if header is None:
                    header = values
                yield number, values, name
            base = number

    def _rows(self, name: str, path: Path) -> Iterator[tuple[int, list[Any]]]:
        """The rows of a file's sheet, from 1, down to the last one with a value, and each to its last value; an empty
        cell is None."""
        try:
            sheet, errors = self._sheet(path)
        except _Unfit as error:
            self.broken = f"{name} cannot be read"
            if name not in self._told:
                self._told.add(name)
                self.findings.add(problem("source-error", f"{name}: {error}.", resource=self.resource.name, path=name))
            return
        before = [None] * (sheet.start[1] if sheet.start else 0)
        waiting = 0
        for row, cells in enumerate(sheet.iter_rows()):
            values: list[Any] = [*before, *(None if cell == "" else cell for cell in cells)]
            for column, text in errors.get(row, {}).items():
                values += [None] * (column + 1 - len(values))
                values[column] = text
            while values and values[-1] is None:
                values.pop()
            if not values:
                waiting += 1
                continue
            for n in range(row - waiting, row):
                yield n + 1, []
            waiting = 0
            yield row + 1, values

    def _sheet(self, path: Path) -> tuple[CalamineSheet, Mapping[int, Mapping[int, str]]]:
        """A file's sheet, and the errors in its cells. Raises _Unfit."""
        if self._kept is not None and self._kept[0] == path:
            return self._kept[1], self._kept[2]
        book = _book(path, self.resource.format)
        name = self._name(book)
        known = survey(path, self.resource.format, name)
        if known.rows * known.columns > LARGEST:
            raise _Unfit(
                f"the cells of the sheet {cut(name)!r} reach down to row {known.rows:,} and over {known.columns:,} "
                "columns, which is more than is read; most often one cell far from the table has something in it"
            )
        sheet = _guarded(lambda: book.get_sheet_by_name(name), path, self.resource.format)
        self._kept = (path, sheet, known.errors)
        return sheet, known.errors

    def _name(self, book: CalamineWorkbook) -> str:
        """The name of the sheet that the dialect means. Raises _Unfit."""
        from python_calamine import SheetTypeEnum

        names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        wanted, number = self.dialect.sheet_name, self.dialect.sheet_number or 1
        if wanted is not None and wanted in names:
            return str(wanted)
        if wanted is None and number <= len(names):
            return names[number - 1]
        listed = ", ".join(repr(cut(one)) for one in names[:_NAMES]) + (", ..." if len(names) > _NAMES else "")
        what = f"there is no sheet {cut(wanted)!r}" if wanted is not None else f"there is no sheet number {number}"
        raise _Unfit(f"{what}; there {'are' if len(names) > 1 else 'is'} {listed or 'none at all'}")

    # --- records

    def record(self, number: int, values: list[Any], path: str) -> Record:
        """A row as a record."""
        cells: list[Any] = []
        native: list[Any] = []
        for n in range(self.width):
            value = values[n] if n < len(values) else None
            if isinstance(value, float):
                value = int(value) if value.is_integer() else value
            if value is None or isinstance(value, str):
                text = value
            elif isinstance(value, (bool, int, float)):
                text = self.forms[n](value)
            else:
                text, value = moment(value, self.fields[n])
            cells.append(text)
            native.append(value)
        cells += [label_of(value) for value in values[self.width :]]
        self._widest = max(self._widest, len(cells))
        return Record(cells, number, path, native)

    def _records(self) -> Iterator[Record]:
        rows = self.all()
        for _ in range(self.skip):
            next(rows, None)
        for row in rows:
            yield self.record(*row)

    # --- what the engine asks for

    def chunks(self, width: int, wanted: Sequence[pl.Expr] | None) -> Iterator[Chunk]:
        """All records below the header."""
        for chunk in chunked(self._records(), width, wanted):
            yield lightened(chunk, self.fields)
        self._kept = None  # a whole sheet is too much to be held until all tables are judged

    def widen(self) -> bool:
        """Not needed: there is room for any record."""
        return False

    def records(self, numbers: Sequence[int]) -> Mapping[int, list[str]]:
        """The cells of some records, by number."""
        wanted, last = set(numbers), max(numbers, default=0)
        found = {}
        for number, values, path in self.all():
            if number in wanted:
                found[number] = [cell or "" for cell in self.record(number, values, path).cells]
            if number >= last:
                break
        self._kept = None
        return found

    def places(self, numbers: Mapping[int, int]) -> Mapping[int, Place]:
        """Where some records and their cells stand: row and column of the sheet."""
        found = {}
        for number in numbers:
            base = next((base for first, base in reversed(self._bases.values()) if number >= first), 0)
            row = number - base
            found[number] = Place(row, [(row, n + 1) for n in range(max(self.width, self._widest))])
        return found


# With a damaged xls the library may break off the whole program, asking for memory that nobody has.
_PROBE = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
except (ImportError, OSError, ValueError):
    pass
from python_calamine import CalamineWorkbook
try:
    CalamineWorkbook.from_path(sys.argv[1])
except Exception:
    pass
"""
_MOST = 8 << 30  # bytes that a sound xls, of no more than 65,536 rows and 256 columns a sheet, stays far below
_PATIENCE = 600  # seconds


def _sound(path: Path) -> bool:
    """Whether the library can be trusted with an xls: another process tries first."""
    command = [sys.executable, "-I", "-c", _PROBE, str(path), str(_MOST)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _book(path: Path, format: str) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    try:
        with open_plain(path):
            pass
    except OSError as error:
        raise _Unfit(f"cannot be read ({error.strerror or error})") from error
    if unpacked(path) > max(RATIO_FROM, RATIO * path.stat().st_size):
        raise _Unfit(f"it unpacks to more than {RATIO:,} times its size, as only a trap does")
    if format == "xls" and not _sound(path):
        raise _Unfit("cannot be read as xls: it is damaged")
    book: CalamineWorkbook = _guarded(lambda: CalamineWorkbook.from_path(path), path, format)
    return book


def _guarded(read: Any, path: Path, format: str) -> Any:
    """What the library gives. Raises _Unfit where the file is damaged, whatever the library makes of it."""
    from python_calamine import CalamineError, PasswordError

    try:
        return read()
    except PasswordError as error:
        raise _Unfit("it is encrypted; save it without a password") from error
    except (CalamineError, OSError, ValueError) as error:
        with path.open("rb") as file:
            begins = file.read(4)
        if format != "xls" and begins == b"\xd0\xcf\x11\xe0":
            raise _Unfit(f"is no {format}: it is encrypted, or an xls under another name") from error
        raise _Unfit(f"cannot be read as {format} ({cut(error, 120)})") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the library does with some damaged files
            raise
        raise _Unfit(f"cannot be read as {format}: it is damaged") from error


def label_of(value: Any) -> str:
    """A cell's value as a label; nothing where it is empty."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return moment(value, None)[0] if isinstance(value, (date, time, timedelta)) else plain(value) or ""


# --- opening ---------------------------------------------------------------------------------------------------------


def sheets_reader(files: Files, resource: Resource, dialect: Dialect, findings: Findings) -> Opened | None:
    """The header and the reader of a spreadsheet; None, with a finding, where there is nothing to read. `files` are the
    resource's, as (name, where it is at hand)."""
    reader = Sheets(files, resource, dialect, findings)
    if resource.format == "xls":
        why = "an xls file gives cells with an error, such as #N/A, as empty ones; save it as xlsx to have them judged"
        findings.leave("errors in cells", why, resource.name)
    wanted = sorted(dialect.header_rows)  # numbers of rows of the sheet, where comments count
    where: dict[str, Any] = {"resource": resource.name, "path": resource.place}
    blank = 0
    first: Row | None = None
    for row in reader.all():
        if row[1]:
            first = row
            break
        blank += 1
    if first is None:
        if not reader.broken:
            findings.add(problem("source-error", "the table is empty: not even a header.", **where))
        return None
    if wanted and blank >= max(wanted):
        reader.lead = first[0] - 1
        rows = f"rows 1 to {reader.lead} are" if reader.lead > 1 else "row 1 is"
        said = f"{rows} empty; the header is read from row {first[0]}. Remove them, or name headerRows in the dialect."
        findings.add(problem("blank-header", said, row=1, line=1, **where))
    labels: list[str] | None = None
    top = first
    if wanted:
        header: list[Row] = []
        for seen, row in enumerate(reader.all(), 1):
            reader.skip = seen
            if wanted[len(header)] <= row[0] - reader.lead:  # below it if there is a comment instead
                header.append(row)
                if len(header) == len(wanted):
                    break
        top = header[0]
        labels = _labels([values for _, values, _ in header], dialect)
    if labels is not None:
        reader.width = len(labels)
    else:
        reader.width = len(resource.schema.fields) if resource.schema is not None else len(first[1])
    reader.fields = fields_at(labels, reader.width, resource.schema)
    reader.forms = [form_of(one) for one in reader.fields]
    return Opened(labels, top[0] if wanted else 0, top[2], reader.width, reader)


def _labels(rows: list[list[Any]], dialect: Dialect) -> list[str]:
    """The labels of the columns, down to the last one."""
    texts = [[label_of(value) for value in row] for row in rows]
    width = max(map(len, texts))
    parts = header_columns(texts) if width else []
    labels = [dialect.header_join.join(part for part in some if part) for some in parts]
    while any(labels) and not labels[-1]:
        labels.pop()
    return labels
