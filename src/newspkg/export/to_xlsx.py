"""Excel: a sheet for each table, with a frozen header, and a codebook sheet that says what each field is.

Days and moments are dates with a format, true and false are truth values, lists are JSON or joined as their field says,
and text stays text whatever it looks like. What Excel has no value for stands as text: whole numbers of more than 15
digits, NaN and INF, days before 1900-03-01, fractions of a second beyond a thousandth. A sheet cannot tell an empty
text from a missing one. Moments are in UTC, as sheets have no zones. The same package gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.export.cells import duration_text, listed, year_text
from newspkg.export.model import Source, exporter
from newspkg.export.tables import CODEBOOK, batches, codebook
from newspkg.problems import CannotRun
from newspkg.schema import Field

if TYPE_CHECKING:
    import polars as pl

__all__ = ["export_xlsx"]

_ROWS, _COLUMNS, _SIGNS, _NAME = 1_048_576, 16_384, 32_767, 31
_NO_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")
_DIGITS = 10**15  # whole numbers from here on lose digits when somebody edits them
_FIRST = dt.date(1900, 3, 1)  # Excel has a 29 February 1900, so earlier days are off by one
_WIDTHS = (8, 60)  # characters of a column at least and at most
_LOOKED_AT = 200  # rows that a column's width is found by
_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Writer = Callable[[int, int, Any], None]


class _Exact(float):
    """A number that is written with all its digits: the writer would round it to sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@exporter(
    "xlsx", title="Excel, a sheet for each table and a codebook", suffix=".xlsx", needs=("xlsxwriter",)
)  # fmt: skip
def export_xlsx(package: Source, out: Path) -> list[Path]:
    """Writes the workbook. Raises CannotRun for what is beyond the limits of Excel."""
    import xlsxwriter

    taken: set[str] = set()
    for name in package:
        _named(name, taken)
        taken.add(name.casefold())
    about, n = "codebook", 1
    while about.casefold() in taken:
        n += 1
        about = f"codebook {n}"
    scratch = tempfile.TemporaryDirectory(dir=out.parent)
    book = xlsxwriter.Workbook(
        str(out),
        {
            "tmpdir": scratch.name,
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    try:
        given = package.descriptor
        book.set_properties({"title": str(given.get("title") or package.name), "created": _created(given)})
        book.set_size(1920, 1200)
        styles = _Styles(book)
        for name in package:
            _Sheet(package, name, book, styles).fill()
        _codebook(package, book.add_worksheet(about), styles)
        book.close()
    except xlsxwriter.exceptions.XlsxWriterException as error:
        raise CannotRun(f"{out.name}: the workbook cannot be written ({error}).") from error
    finally:
        _let_go(book)
        scratch.cleanup()
    return [out]


def _let_go(book: Any) -> None:
    """Closes what a workbook that is not written to its end has open; of one that is, there is nothing to do."""
    book.fileclosed = 1  # or it would be written when it is thrown away
    for sheet in book.worksheets():
        rows = getattr(sheet, "row_data_fh", None)
        if rows is not None and not rows.closed:
            rows.close()


def _named(name: str, taken: set[str]) -> None:
    """Raises CannotRun for a table that no sheet can be named after."""
    if name.casefold() in taken:
        raise CannotRun(f"{name}: another table has that name but for the case, which sheets do not tell apart.")
    if len(name.encode("utf-16-le")) // 2 > _NAME:
        raise CannotRun(f"{name}: is too long for the name of a sheet, which has {_NAME} characters at most.")
    found = _NO_NAME.search(name)
    if found or not name or name.casefold() == "history":
        why = (
            f"has {found[0]!r} in it" if found else "is empty" if not name else "is a name that Excel keeps for itself"
        )
        raise CannotRun(f"{name or 'a table'}: cannot be the name of a sheet: it {why}.")


def _created(given: Any) -> dt.datetime:
    """When the package was made, as it says; without that a day long past, as the clock would change the bytes."""
    try:
        found = dt.datetime.fromisoformat(str(given.get("created")))
    except ValueError:
        found = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - as Excel has it
    return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo else found


class _Styles:
    """The looks of cells."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.fine = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self.time = book.add_format({"num_format": "hh:mm:ss"})
        self.fine_time = book.add_format({"num_format": "hh:mm:ss.000"})
        self.text = book.add_format({"quote_prefix": True})  # stays text when somebody edits it
        self.prose = book.add_format({"text_wrap": True, "valign": "top"})


class _Sheet:
    """One table on its way into a sheet."""

    def __init__(self, package: Source, name: str, book: Any, styles: _Styles) -> None:
        self.package, self.name, self.styles = package, name, styles
        self.dtypes = package[name].collect_schema()
        if len(self.dtypes) > _COLUMNS:
            raise CannotRun(f"{name}: has {len(self.dtypes):,} fields; a sheet has {_COLUMNS:,} columns at most.")
        told = {one.name: one for one in package.schema(name).fields}
        self.fields = [told.get(n, Field(n)) for n in self.dtypes]
        self.sheet = book.add_worksheet(name)
        self.noted: dict[str, int] = {}

    def fill(self) -> None:
        """Writes header and rows, and notes what stands as text."""
        import polars as pl

        if self.package[self.name].select(pl.len()).collect(engine="streaming").item() >= _ROWS:
            raise CannotRun(
                f"{self.name}: has more than {_ROWS - 1:,} rows, and a sheet holds no more below its header. "
                "Export parquet, duckdb or sqlite instead."
            )
        writers = [self._writer(one, dtype) for one, dtype in zip(self.fields, self.dtypes.values(), strict=True)]
        row, started = 1, False
        for batch in batches(self.package[self.name]):
            if not started:
                self._widths(batch)
                self._head()
                started = True
            for values in batch.iter_rows():
                for at, value in enumerate(values):
                    if value is not None:
                        writers[at](row, at, value)
                row += 1
        if not started:
            self._head()
        if self.dtypes:
            self.sheet.autofilter(0, 0, max(row - 1, 1), len(self.dtypes) - 1)
        for said, n in self.noted.items():
            self.package.note(f"{self.name}.{said.format(n=f'{n:,}')}")

    def _head(self) -> None:
        self.sheet.freeze_panes(1, 0)
        for at, one in enumerate(self.fields):
            self._text(0, at, one.name, self.styles.head)

    def _widths(self, batch: pl.DataFrame) -> None:
        """Columns as wide as most of what stands in them."""
        low, high = _WIDTHS
        for at, series in enumerate(batch.head(_LOOKED_AT)):
            longest = max((len(str(v)) for v in series if v is not None), default=0)
            self.sheet.set_column(at, at, min(high, max(low, len(series.name) + 3, longest + 1)))

    def _note(self, one: Field, said: str) -> None:
        key = f"{one.name.replace('{', '{{').replace('}', '}}')}: {said}"
        self.noted[key] = self.noted.get(key, 0) + 1

    # --- cells

    def _text(self, row: int, at: int, value: str, style: Any = None) -> None:
        if len(value) > _SIGNS // 2 and len(value.encode("utf-16-le", "surrogatepass")) // 2 > _SIGNS:
            where = f"{self.name}.{self.fields[at].name}, row {row + 1}"
            raise CannotRun(f"{where}: has {len(value):,} characters; a cell of Excel holds {_SIGNS:,} at most.")
        if style is None and value.startswith(_LIKE_FORMULA):
            style = self.styles.text
        self.sheet.write_string(row, at, value, style)

    def _writer(self, one: Field, dtype: pl.DataType) -> Writer:
        import polars as pl

        if dtype == pl.Boolean:
            return lambda row, at, value: self.sheet.write_boolean(row, at, value)
        if one.type == "year" and dtype.is_integer():
            return lambda row, at, value: self._year(one, row, at, value)
        if dtype.is_integer():
            return lambda row, at, value: self._whole(one, row, at, value)
        if dtype.is_float():
            return lambda row, at, value: self._number(one, row, at, value)
        if isinstance(dtype, pl.Datetime):
            return lambda row, at, value: self._moment(one, row, at, value)
        if dtype == pl.Date:
            return lambda row, at, value: self._day(one, row, at, value)
        if dtype == pl.Time:
            return lambda row, at, value: self._time(one, row, at, value)
        if isinstance(dtype, pl.Duration):
            return lambda row, at, value: self._text(row, at, duration_text(value))
        if dtype.is_nested():
            delimiter = one.options.get("delimiter", ",") if one.type == "list" else None
            return lambda row, at, value: self._list(row, at, value, delimiter)
        return lambda row, at, value: self._words(one, row, at, value)

    def _words(self, one: Field, row: int, at: int, value: str) -> None:
        if not value:
            self._note(one, "has empty texts ({n}), which a sheet cannot tell from missing values.")
        self._text(row, at, value)

    def _list(self, row: int, at: int, value: Any, delimiter: str | None) -> None:
        items = listed(value)
        if delimiter is None:
            self._text(row, at, json.dumps(items, ensure_ascii=False))
        else:
            self._text(row, at, delimiter.join(item if isinstance(item, str) else json.dumps(item) for item in items))

    def _whole(self, one: Field, row: int, at: int, value: int) -> None:
        if abs(value) < _DIGITS:
            self.sheet.write_number(row, at, value)
            return
        self._note(one, "has whole numbers of more than 15 digits ({n}), which stand as text.")
        self._text(row, at, str(value))

    def _year(self, one: Field, row: int, at: int, value: int) -> None:
        if abs(value) > 999:
            self.sheet.write_number(row, at, value)
        else:
            self._note(one, "has years of fewer than four digits ({n}), which stand as text.")
            self._text(row, at, year_text(value))

    def _number(self, one: Field, row: int, at: int, value: float) -> None:
        if value != value or value in (float("inf"), float("-inf")):
            self._note(one, "has numbers that are none, or infinite ({n}), which stand as text.")
            self._text(row, at, str(listed(value)))
        else:
            self.sheet.write_number(row, at, _Exact(value))

    def _day(self, one: Field, row: int, at: int, value: dt.date) -> None:
        if value < _FIRST:
            self._note(one, "has days before 1900-03-01 ({n}), which stand as text.")
            self._text(row, at, value.isoformat())
        else:
            self.sheet.write_datetime(row, at, value, self.styles.date)

    def _moment(self, one: Field, row: int, at: int, value: dt.datetime) -> None:
        bare = value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
        if bare.date() < _FIRST or bare.microsecond % 1000:
            self._note(one, "has moments before 1900-03-01 or finer than a thousandth of a second ({n}), as text.")
            self._text(row, at, bare.isoformat() + ("Z" if value.tzinfo else ""))
        else:
            style = self.styles.fine if bare.microsecond else self.styles.moment
            self.sheet.write_datetime(row, at, bare, style)

    def _time(self, one: Field, row: int, at: int, value: dt.time) -> None:
        if value.microsecond % 1000:
            self._note(one, "has times finer than a thousandth of a second ({n}), which stand as text.")
            self._text(row, at, value.isoformat())
        else:
            style = self.styles.fine_time if value.microsecond else self.styles.time
            self.sheet.write_datetime(row, at, value, style)


def _codebook(package: Source, sheet: Any, styles: _Styles) -> None:
    """What each field is; long texts are cut at what a cell holds, which is told."""
    sheet.freeze_panes(1, 0)
    for at, width in enumerate((20, 24, 24, 10, 10, 60, 60, 60)):
        sheet.set_column(at, at, width)
    for at, label in enumerate(CODEBOOK):
        sheet.write_string(0, at, label, styles.head)
    row = 0
    for row, cells in enumerate(codebook(package), 1):
        for at, text in enumerate(cells):
            if len(text.encode("utf-16-le", "surrogatepass")) // 2 > _SIGNS:
                text = text[: _SIGNS // 2 - 1] + "…"
                package.note(f"{cells[0]}.{cells[1]}: what the codebook says of it is cut, as a cell holds no more.")
            if text:
                sheet.write_string(row, at, text, styles.prose)
    sheet.autofilter(0, 0, max(row, 1), len(CODEBOOK) - 1)
