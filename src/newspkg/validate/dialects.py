"""How a table stands in its file: the dialect, of Data Package v2 or of the CSV Dialect before it.

Every property is checked, whatever the file's format is: the standard says of each what it must be. Which of them a
reader needs depends on the format; those it has no use for are to be ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from newspkg.validate.properties import is_count

__all__ = ["Dialect", "read_dialect"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How rows and cells are told apart; the standard's defaults. None: not stated.

    Delimited files: `delimiter`, `line_terminator` and `comment_char` may have several characters; a terminator of
    None means the usual line ends. `quote` stays what it is where there is an escape character. `header_rows` is empty
    where there is no header, `comment_rows` are numbers from 1, `null` is a text that means no value.
    JSON: `property` holds the rows, `item_type` is "array" or "object", `item_keys` are the columns in order.
    Spreadsheets: `sheet_name`, or else `sheet_number` from 1. Databases: `table`.
    """

    delimiter: str = ","
    quote: str | None = '"'
    double_quote: bool = True
    escape: str | None = None
    skip_space: bool = False
    header_rows: tuple[int, ...] = (1,)
    header_join: str = " "
    comment_char: str | None = None
    comment_rows: frozenset[int] = frozenset()
    null: str | None = None
    line_terminator: str | None = None
    property: str | None = None
    item_type: str | None = None
    item_keys: tuple[str, ...] | None = None
    sheet_number: int | None = None
    sheet_name: str | None = None
    table: str | None = None


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_some(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_sign(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1


def _is_number(value: Any) -> bool:
    return is_count(value) and value >= 1


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "$schema": (_is_text, "must be text"),
    "header": (_is_truth, "must be true or false"),
    "headerRows": (_are_numbers, "must be a list of row numbers from 1"),
    "headerJoin": (_is_text, "must be text"),
    "commentRows": (_are_numbers, "must be a list of row numbers from 1"),
    "commentChar": (_is_some, "must be one or more characters"),
    "delimiter": (_is_some, "must be one or more characters"),
    "lineTerminator": (_is_some, "must be one or more characters"),
    "quoteChar": (_is_sign, "must be one character"),
    "doubleQuote": (_is_truth, "must be true or false"),
    "escapeChar": (_is_sign, "must be one character"),
    "nullSequence": (_is_text, "must be text"),
    "skipInitialSpace": (_is_truth, "must be true or false"),
    "property": (_is_text, "must be text"),
    "itemType": (lambda v: isinstance(v, str) and v in ("array", "object"), "must be array or object"),
    "itemKeys": (_are_texts, "must be a list of texts"),
    "sheetNumber": (_is_number, "must be a whole number from 1"),
    "sheetName": (_is_text, "must be text"),
    "table": (_is_text, "must be text"),
}
_LINE_ENDS = ("\r\n", "\n", "\r")  # read alike, whichever of them is stated


def read_dialect(stated: Mapping[str, Any], usual: Dialect, wrong: Callable[[str, str, Any], None]) -> Dialect | None:
    """The dialect that an object states, beyond what is `usual` for the format; None where something in it is wrong,
    which `wrong(property, sentence, value)` is told."""
    bad = {key: sentence for key, (good, sentence) in _CHECKS.items() if key in stated and not good(stated[key])}
    for key, sentence in bad.items():
        wrong(key, sentence, stated[key])
    escape, quote = stated.get("escapeChar"), stated.get("quoteChar", '"')
    if "escapeChar" in stated and "quoteChar" in stated:
        wrong("escapeChar", "and quoteChar exclude each other", escape)
        return None
    if bad:
        return None
    delimiter = stated.get("delimiter", usual.delimiter)
    terminator = stated.get("lineTerminator")
    if delimiter in (escape, quote) or delimiter == terminator:
        wrong("delimiter", "is also the quoteChar, the escapeChar or the lineTerminator", delimiter)
        return None
    keys = stated.get("itemKeys")
    return Dialect(
        delimiter=delimiter,
        quote=quote,
        double_quote=stated.get("doubleQuote", True),
        escape=escape,
        skip_space=stated.get("skipInitialSpace", False),
        header_rows=tuple(sorted(set(stated.get("headerRows", [1])))) if stated.get("header", True) else (),
        header_join=stated.get("headerJoin", " "),
        comment_char=stated.get("commentChar"),
        comment_rows=frozenset(stated.get("commentRows", ())),
        null=stated.get("nullSequence"),
        line_terminator=None if terminator in _LINE_ENDS else terminator,
        property=stated.get("property"),
        item_type=stated.get("itemType"),
        item_keys=None if keys is None else tuple(keys),
        sheet_number=stated.get("sheetNumber"),
        sheet_name=stated.get("sheetName"),
        table=stated.get("table"),
    )
