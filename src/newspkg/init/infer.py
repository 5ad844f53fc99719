"""What a table's columns hold, told from all of its cells: a Table Schema that `pkg validate` agrees with.

For each column every type is a candidate until a cell refuses it, and the exact functions of the validator decide, so
that no type is a guess from the first rows. The narrowest candidate that is left is taken, with four exceptions that
keep what a person meant:

- `007` is a code and no number: one leading zero makes the column text.
- `1` and `0` are numbers; only the words true and false are truth values.
- A number of four digits is a year where its column is called one.
- A date that could be read two ways, `03/04/2024`, stays text, with a remark. So does `1,234`.

Marks such as `NA` or `-` count as missing where the other cells of the column are of a narrower type than text.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from newspkg.problems import UsageError
from newspkg.report import Findings, cut
from newspkg.schema import Field
from newspkg.validate.cells import NO_VALUE, Column, verdict_on
from newspkg.validate.descriptor import Resource
from newspkg.validate.files import open_table
from newspkg.validate.guards import doubt, fits_column
from newspkg.validate.objects import Objects
from newspkg.validate.packed import Scratch, at_hand
from newspkg.validate.records import Again, Opened, Reader
from newspkg.validate.sheets import Sheets
from newspkg.validate.values import parser

__all__ = ["Inferred", "delimiter_of", "encoding_of", "infer"]

MARKS = ("NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "NaN", "nan", "-", "--", ".", "?")
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 20  # characters of a file from which its delimiter is told
_WORDS = {"trueValues": ["true", "True", "TRUE"], "falseValues": ["false", "False", "FALSE"]}
_JSON = frozenset(("json", "jsonl", "ndjson"))
_BATCH = 10_000  # rows of a format with types of its own that are looked at together
_KEY = re.compile(r"(?:.*[_\- ])?(?:id|key|code)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A candidate: what the field would state, and what it asks of the texts besides what its type does.

    `only` must be found in every text, `some` in one at least, `never` in none; `named` in the name of the column.
    `reading` is a question that the texts may leave open, and this kind's answer to it: where another answer is left
    too, neither is taken. `probe` are stricter options for the trial alone.
    """

    given: dict[str, Any]
    only: str = ""
    some: str = ""
    never: str = ""
    named: str = ""
    reading: tuple[str, str] = ("", "")
    probe: dict[str, Any] = field(default_factory=dict)


_CODE = "^[+-]?0[0-9]"
_GROUPS = "^[+-]?[0-9]{1,3}(?:,[0-9]{3})*"
_FIRST = "whether the day or the month comes first"
_COMMA = "whether the comma is for thousands or for decimals"
_TEXT: dict[str, Any] = {"type": "string"}

# The narrowest first.
_KINDS = (
    _Kind(
        {"type": "boolean"}, probe={"trueValues": ["true", "True", "TRUE"], "falseValues": ["false", "False", "FALSE"]}
    ),
    _Kind({"type": "year"}, only="^[1-9][0-9]{3}$", named="(?i)(?:^|[_ -])year$"),
    _Kind({"type": "integer"}, never=_CODE),
    _Kind({"type": "number"}, never=_CODE),
    _Kind({"type": "integer", "groupChar": ","}, f"{_GROUPS}$", ",", _CODE, reading=(_COMMA, "thousands")),
    _Kind({"type": "number", "groupChar": ","}, rf"{_GROUPS}(?:\.[0-9]+)?$", ",", _CODE, reading=(_COMMA, "thousands")),
    _Kind({"type": "number", "decimalChar": ","}, some=",", never=_CODE, reading=(_COMMA, "decimals")),
    _Kind({"type": "date"}),
    _Kind({"type": "date", "format": "%Y/%m/%d"}),
    _Kind({"type": "date", "format": "%d.%m.%Y"}),
    _Kind({"type": "date", "format": "%d/%m/%Y"}, reading=(_FIRST, "day")),
    _Kind({"type": "date", "format": "%m/%d/%Y"}, reading=(_FIRST, "month")),
    _Kind({"type": "date", "format": "%d-%m-%Y"}, reading=(_FIRST, "day")),
    _Kind({"type": "date", "format": "%m-%d-%Y"}, reading=(_FIRST, "month")),
    _Kind({"type": "datetime"}),
    _Kind({"type": "datetime", "format": "%Y-%m-%d %H:%M:%S"}),
    _Kind({"type": "datetime", "format": "%Y-%m-%d %H:%M"}),
    _Kind({"type": "datetime", "format": "%Y-%m-%dT%H:%M"}),
    _Kind({"type": "time"}),
    _Kind({"type": "time", "format": "%H:%M"}),
    _Kind({"type": "yearmonth"}, only="^[1-9][0-9]{3}-"),
    _Kind({"type": "duration"}),
    _Kind({"type": "geojson"}, only=r"^\s*\{"),
    _Kind({"type": "object"}, only=r"^\s*\{"),
    _Kind({"type": "array"}, only=r"^\s*\["),
    _Kind({"type": "string", "format": "uuid"}),
    _Kind({"type": "string", "format": "email"}),
    _Kind({"type": "string", "format": "uri"}, only="^[A-Za-z][A-Za-z0-9+.-]*://"),
    _Kind(_TEXT),
    _Kind({"type": "any"}),
)


@dataclass(frozen=True, slots=True)
class Inferred:
    """A Table Schema as plain JSON, how many rows it was told from, and what a person should know."""

    schema: dict[str, Any]
    rows: int
    remarks: list[str]


# --- the delimiter ---------------------------------------------------------------------------------------------------


def delimiter_of(path: Path, usual: str) -> str:
    """The delimiter of a file of delimited text: the one that gives its first records most cells, the same number each;
    the usual one where none does. Raises UsageError for bytes that are no UTF-8, nor UTF-16 behind its mark."""
    encoding = encoding_of(path)
    try:
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            text = file.read(_SAMPLE)
    except UnicodeDecodeError as error:
        raise not_utf8(path.name, encoding) from error
    whole = len(text) < _SAMPLE
    widths = {sign: _widths(text, sign, whole=whole) for sign in _DELIMITERS}
    even = [sign for sign, some in widths.items() if len(set(some)) == 1 and some[0] > 1]
    if not even:
        even = [sign for sign, some in widths.items() if some and some[0] > 1]
    return max(even, key=lambda sign: (widths[sign][0], sign == usual), default=usual)


def _widths(text: str, sign: str, *, whole: bool) -> list[int]:
    """How many cells the first records have; those of nothing do not count."""
    try:
        found = [
            len(cells) for cells in islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), 200) if cells
        ]
    except csv.Error:
        return []
    return found if whole or len(found) < 2 else found[:-1]


def encoding_of(path: Path) -> str:
    """The encoding that the byte order mark of a file says: utf-16, or utf-8 where it says nothing else. Raises
    UsageError for the mark of UTF-32."""
    with path.open("rb") as file:
        first = file.read(4)
    if first in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise not_utf8(path.name, "utf-32")
    return "utf-16" if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


def not_utf8(name: str, encoding: str = "utf-8") -> UsageError:
    """What to do about a file that cannot be read in `encoding`, or is in one that tables are not read in: without a
    mark nobody can be sure which one it is but who made it."""
    if encoding != "utf-8":
        other = encoding.upper()
        return UsageError(
            f"{name}: begins with the byte order mark of {other}, but cannot be read as that here. Save it in UTF-8, "
            f"or convert it: iconv -f {other} -t UTF-8 OLD > NEW."
        )
    return UsageError(
        f"{name}: is not in UTF-8. Save it in UTF-8, or convert it, for instance: "
        "iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW."
    )


# --- one column ------------------------------------------------------------------------------------------------------


def _trial(given: dict[str, Any]) -> Column:
    options = {key: value for key, value in given.items() if key not in ("type", "format")}
    one = Field("", given["type"], given.get("format", "default"), options=options)
    return Column(one, [], parser(one))


class _Cells:
    """What is known of a column so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        wanted = [n for n, kind in enumerate(_KINDS) if re.search(kind.named, name)]
        self.left = {n: _trial({**_KINDS[n].given, **_KINDS[n].probe}) for n in wanted}
        self.met: set[int] = set()  # kinds whose `some` has been found
        self.marks: set[str] = set()
        self.missing = 0
        self.seen = False  # a cell that is neither empty nor a mark
        self.twice = False  # a value that comes again, or could
        self.hashes: list[pl.Series] = []
        self.words = False  # marks count as text, as the other cells are text too
        self.fixed: str | None = None  # the type of a column that has one already

    def text(self, cells: pl.Series) -> None:
        """Takes some cells of text; null is one that is not there."""
        there = cells.filter(cells.is_not_null() & (cells != ""))
        self.missing += len(cells) - len(there)
        self._count(there)
        self._texts(there.unique())

    def _texts(self, texts: pl.Series) -> None:
        """Takes some texts that are there."""
        marked = texts.is_in(MARKS)
        self.marks.update(texts.filter(marked))
        texts = texts.filter(~marked)
        if len(texts):
            self.seen = True
            frame = texts.to_frame("0")
            self.left = {n: column for n, column in self.left.items() if self._bears(n, column, frame)}
            if texts.str.contains(r"^\+|^-0").any():
                self.twice = True  # +7 and 7 are one number: that the texts differ says nothing

    def _bears(self, n: int, column: Column, frame: pl.DataFrame) -> bool:
        kind, texts = _KINDS[n], frame["0"]
        if kind.only and not texts.str.contains(kind.only).all():
            return False
        if kind.never and texts.str.contains(kind.never).any():
            return False
        doubtful = doubt(column, pl.col("0"), empty_is_null=True)
        in_doubt: Iterable[str] = () if doubtful is None else frame.filter(doubtful)["0"]
        if any(verdict_on(column, text)[1] == NO_VALUE for text in in_doubt):
            return False
        if kind.some and texts.str.contains(kind.some, literal=True).any():
            self.met.add(n)
        return True

    def native(self, values: Sequence[Any]) -> None:
        """Takes some cells of a format that has types of its own, as spreadsheets and JSON do."""
        there = [value for value in values if value is not None and value != ""]
        self.missing += len(values) - len(there)
        self._count(pl.Series([_shown(value) for value in there], dtype=pl.String))
        texts = list(dict.fromkeys(value for value in there if isinstance(value, str)))
        self._texts(pl.Series(texts, dtype=pl.String))
        for bearing in {_bearing(value) for value in there if not isinstance(value, str)}:
            self.seen = True
            self.left = {n: c for n, c in self.left.items() if _KINDS[n].given in ({"type": one} for one in bearing)}

    def typed(self, cells: pl.Series) -> None:
        """Takes some cells of a column that has a type already."""
        self.missing += cells.null_count()
        self.fixed = self.fixed or _type_of(cells.dtype)
        if self.fixed == "integer":
            self._count(cells.drop_nulls())
        else:
            self.twice = True

    def _count(self, cells: pl.Series) -> None:
        """Looks whether a cell is there a second time. Hashes alone are kept: where two texts share one, a key that
        might have been is not found, and no more."""
        if self.twice:
            return
        self.hashes.append(cells.hash())
        if len(self.hashes) & (len(self.hashes) - 1) == 0:  # each time there are twice as many
            self._look()

    def _look(self) -> None:
        every = pl.concat(self.hashes) if self.hashes else pl.Series([], dtype=pl.UInt64)
        if every.n_unique() < len(every):
            self.twice, self.hashes = True, []

    @property
    def unique(self) -> bool:
        """Whether every row has a value and no two have the same."""
        if not self.twice:
            self._look()
        return not (self.twice or self.missing or self.marks)

    def field(self, remarks: list[str]) -> dict[str, Any]:
        """The field as a schema states it."""
        if self.fixed is not None:
            return {"name": self.name, "type": self.fixed}
        if not self.seen:
            return {"name": self.name, "type": "string" if self.marks else "any"}
        given = self._given(remarks)
        marks = [mark for mark in MARKS if mark in self.marks]
        if given in (_TEXT, {"type": "any"}):
            self.words = bool(marks)
            return {"name": self.name, **given}
        column = _trial(given)
        marks = [mark for mark in marks if verdict_on(column, mark)[1] == NO_VALUE]  # NaN is a number
        return {"name": self.name, **given, **({"missingValues": ["", *marks]} if marks else {})}

    def _given(self, remarks: list[str]) -> dict[str, Any]:
        """What the narrowest kind that is left states, or text where two of them read the cells differently."""
        left = [_KINDS[n] for n in self.left if not _KINDS[n].some or n in self.met]
        question, answer = left[0].reading
        if question and any(kind.reading[0] == question and kind.reading[1] != answer for kind in left):
            remarks.append(f"{cut(self.name)}: stays text, as its cells do not tell {question}.")
            return _TEXT
        return left[0].given


def _shown(value: Any) -> str:
    """A text that is the same for values that are."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _bearing(value: Any) -> tuple[str, ...]:
    """The types whose fields bear a value that is no text."""
    if isinstance(value, bool):
        return "boolean", "any"
    if isinstance(value, float) and not value.is_integer():
        return "number", "any"
    if isinstance(value, (int, float)):
        return ("year", "integer", "number", "any") if 1000 <= value <= 9999 else ("integer", "number", "any")
    if isinstance(value, datetime) and value.time() != time():
        return "datetime", "any"
    if isinstance(value, date):
        return "date", "datetime", "any"
    if isinstance(value, time):
        return "time", "any"
    if isinstance(value, list):
        return "array", "any"
    return ("object", "any") if isinstance(value, dict) else ("any",)


def _type_of(dtype: pl.DataType) -> str:
    """The type of a field whose column has a type already."""
    if isinstance(dtype, pl.List | pl.Array):
        return "array"
    if isinstance(dtype, pl.Struct):
        return "object"
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    known = ("boolean", "date", "datetime", "time")
    return next((kind for kind in known if fits_column(Field("", kind), dtype)), "any")


# --- the table -------------------------------------------------------------------------------------------------------


def infer(root: Path, resource: Resource, scratch: Scratch) -> Inferred:
    """Reads the whole table of a resource without a schema, chunk by chunk.

    Raises UsageError where it cannot be read, where its encoding is another one, or where a column has no name or the
    name of another one: a schema could not tell them apart.
    """
    slow = False
    for path in resource.paths if resource.format in _JSON else ():  # which is UTF-8 and no other
        ready = at_hand(root, resource, path, scratch, Findings(1))
        if ready is not None and (marked := encoding_of(ready)) != "utf-8":
            raise not_utf8(path, marked)
    while True:
        findings = Findings(1)
        opened = open_table(root, resource, findings, scratch, slow=slow)
        if opened is None or opened.labels is None:
            raise UsageError(_why(findings) or f"{resource.place}: there is no table in it.")
        columns = [_Cells(name) for name in _names(opened, resource.place)]
        try:
            rows = _read(opened, columns, resource.place, resource.encoding.removesuffix("-sig"))
        except Again as again:
            slow = not (again.wider and opened.reader.widen())
            continue
        if opened.reader.broken:
            raise UsageError(_why(findings) or f"{resource.place}: {opened.reader.broken}.")
        break
    remarks: list[str] = []
    fields = [column.field(remarks) for column in columns]
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields,
        "missingValues": [""],
    }
    key, others = _keys(columns, fields, rows, resource.name)
    if key:
        schema["primaryKey"] = [key]
        remarks.insert(0, f"{cut(key)} is taken as the primary key: each row has one, no two the same.")
    if others:
        remarks.append(f"No two rows agree in {_some(others)} either; uniqueKeys would say so.")
    worded = [column.name for column in columns if column.words]
    if worded:
        remarks.append(
            f"Marks such as NA or - count as text in {_some(worded)}, as the other cells are text too; where they "
            "stand for nothing, say so with missingValues of the field."
        )
    return Inferred(schema, rows, remarks)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(map(cut, names[:5]))}{more}"


def _why(findings: Findings) -> str:
    problems = findings.report().problems
    return problems[0].message if problems else ""


def _names(opened: Opened, place: str) -> list[str]:
    """The labels, each of them there and different."""
    seen: dict[str, int] = {}
    for n, label in enumerate(opened.labels or [], 1):
        if not label.strip():
            raise UsageError(f"{place}: column {n} has no label in the first row. Give each column a name there.")
        if label in seen:
            raise UsageError(
                f"{place}: columns {seen[label]} and {n} are both labelled {cut(label)!r}. Give each a name of its own."
            )
        seen[label] = n
    return list(seen)


def _read(opened: Opened, columns: list[_Cells], place: str, opened_as: str) -> int:
    """Shows all cells to their columns; how many rows there are."""
    rows = 0
    native = _native(opened.reader)
    while native is not None and (some := list(islice(native, _BATCH))):
        for n, column in enumerate(columns):
            column.native([values[n] if n < len(values) else None for values in some])
        rows += len(some)
    if native is not None:
        return rows
    for chunk in opened.reader.chunks(opened.width, []):
        if chunk.bad:
            raise not_utf8(place, opened_as)
        for n, column in enumerate(columns):
            cells = chunk.cells[str(n)]
            (column.text if cells.dtype == pl.String() else column.typed)(cells)
        rows += chunk.cells.height
    return rows


def _native(reader: Reader) -> Iterator[Sequence[Any]] | None:
    """The values of each row, where the format has a type for each cell."""
    if isinstance(reader, Sheets):
        return (values for _, values, _ in islice(reader.all(), reader.skip, None))
    if isinstance(reader, Objects):
        return (reader.record(item).native or () for item in reader.items())
    return None


def _keys(
    columns: Sequence[_Cells], fields: Sequence[dict[str, Any]], rows: int, table: str
) -> tuple[str | None, list[str]]:
    """The column that names the rows, if one does, and the others whose values are all there and all different.

    A name that says so goes before a place; a first column of numbers or words may name the rows without saying so.
    """
    if rows < 2:
        return None, []
    able = [
        column.name
        for column, field_ in zip(columns, fields, strict=True)
        if field_["type"] in ("string", "integer") and column.unique
    ]
    called = [name for name in able if _KEY.fullmatch(name) or name == table]
    first = [name for name in able if name == columns[0].name]
    key = next(iter([*called, *first]), None)
    return key, [name for name in able if name != key]
