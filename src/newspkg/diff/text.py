"""The comparison for a person: counts first, what breaks, the tables with most changes first, last the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from newspkg.diff.rules import KINDS
from newspkg.diff.schema import windows
from newspkg.report import cut
from newspkg.report.words import count, quoted

if TYPE_CHECKING:
    from newspkg.diff.model import Cell, Change, Diff, Row, TableDiff

__all__ = [
    "NOTHING",
    "as_text",
    "asks",
    "breaking_rows",
    "file_of",
    "notes",
    "pair",
    "percent",
    "place",
    "sorted_tables",
    "summary",
    "verdict",
]

NOTHING = "(none)"
_DIGITS = 12  # of a hash
_KINDS = 4  # kinds of change that the verdict names
_CELLS = 6  # cells of a row that are shown in its line
_COLOURS = {"-": "31", "+": "32", "~": "33", "breaking": "31;1", "title": "1"}
_OF_FILES = ("file-missing", "file-found", "column-lost", "column-gained", "column-relabelled")
_MARKS = {"removed": "-", "added": "+", "changed": "~"}


# --- words, for the other forms too ----------------------------------------------------------------------------------


def percent(share: float) -> str:
    """A share as a percentage, never a nothing for what is something."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def place(change: Change) -> str:
    """What a change is of: resource, or resource.field, or nothing."""
    return ".".join(cut(part) for part in (change.resource, change.field) if part)


def pair(cell: Cell) -> tuple[str | None, str | None]:
    """The two texts of a cell, cut so that what differs is seen."""
    if cell.old is None or cell.new is None:
        return cell.old, cell.new
    return windows(cell.old, cell.new)


def sorted_tables(diff: Diff) -> list[TableDiff]:
    """The tables in which rows differ, those with most of them first."""
    return sorted((t for t in diff.tables if t.total), key=lambda t: (-t.total, t.name))


def summary(diff: Diff) -> str:
    """One line of counts."""
    if not diff:
        open_ = diff.open
        return f"no difference in what was compared; {count(open_, 'thing')} could not be" if open_ else "no difference"
    tables = sorted_tables(diff)
    said = []
    if tables:
        sums = {sort: sum(getattr(t, sort) for t in tables) for sort in _MARKS}
        rows = ", ".join(f"{n:,} {sort}" for sort, n in sums.items() if n)
        of = sum(t.tabular for t in diff.tables)
        said.append(f"rows: {rows} in {len(tables)} of {count(of, 'table')}")
    of_files = [c for c in diff.changes if c.kind in _OF_FILES]
    for changes, what in (
        ([c for c in diff.changes if c.kind not in _OF_FILES], "descriptor and schemas"),
        (of_files, "files and their columns"),
    ):
        breaking = sum(c.breaking for c in changes)
        if changes:
            said.append(f"{count(len(changes), 'change')} of {what}" + (f", {breaking} breaking" * (breaking > 0)))
    bytes_only = sum("bytes-changed" in t.kinds for t in diff.tables)
    if bytes_only:
        said.append(f"{count(bytes_only, 'table')} with the same values in other bytes")
    other = sum("file-changed" in t.kinds for t in diff.tables)
    if other:
        said.append(f"{count(other, 'file')} changed that no table was compared of")
    return "; ".join(said)


def asks(diff: Diff) -> str:
    """Which version the changes ask for."""
    version = diff.version
    if version.step == "none":
        return "nothing asks for a new version"
    as_zero = f" (while the version is 0.y, a {version.asked} one)" if version.asked != version.step else ""
    by = diff.asked_by
    more = f" and {count(len(by) - _KINDS, 'more kind')}" if len(by) > _KINDS else ""
    return f"asks for a {version.step} version{as_zero}, because of {', '.join(by[:_KINDS])}{more}"


def breaking_rows(diff: Diff) -> list[tuple[TableDiff, str, str]]:
    """The changes of rows that break something: (table, kind, what to say of it)."""
    return [
        (
            t,
            "rows-removed",
            f"{count(t.removed, 'row')} removed, known by the primary key {' + '.join(map(cut, t.key))}",
        )
        for t in sorted_tables(diff)
        if "rows-removed" in t.kinds
    ]


def verdict(diff: Diff) -> str:
    """One line."""
    version = diff.version
    known = {True: "different", False: "same", None: "not all could be compared, the rest is the same"}
    said = [f"{known[diff.different]}: {asks(diff)}"]
    if version.step != "none" or not version.enough:
        raised = {True: "raised enough", False: "not raised enough", None: "cannot be judged"}[version.enough]
        said.append(f"{raised}: {version.reason.rstrip('.')}")
    if diff.unread:
        said.append(f"{len(diff.unread)} not compared")
    return "; ".join(said)


def file_of(table: TableDiff) -> str:
    """Bytes and hash of a resource's files, in both versions."""
    one = table.file
    sizes = " -> ".join(f"{n:,}" if n is not None else "no" for n in (one.old_bytes, one.new_bytes))
    hashes = " -> ".join(h[:_DIGITS] if h else "none" for h in (one.old_sha256, one.new_sha256))
    return f"{sizes} bytes, sha256 {hashes}"


def notes(table: TableDiff) -> Iterator[str]:
    """What has to be said of a table besides its rows."""
    if any(table.duplicates):
        old, new = table.duplicates
        yield f"keys that stand more than once: {old:,} in OLD, {new:,} in NEW; their rows are compared as groups"
    for name, (old, new) in table.invalid.items():
        yield f"{cut(name)}: cells that are no value of its type, compared as text: {old:,} in OLD, {new:,} in NEW"


# --- the text --------------------------------------------------------------------------------------------------------


class _Page:
    def __init__(self, limit: int | None, colour: bool) -> None:
        self.limit, self.colour = limit, colour

    def paint(self, text: str, kind: str) -> str:
        return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if self.colour else text

    def room(self, n: int) -> int:
        return n if self.limit is None else min(n, self.limit)


def as_text(diff: Diff, limit: int | None, *, colour: bool) -> str:
    """The text; see `Diff.as_text`."""
    page = _Page(limit, colour)
    lines = [f"OLD  {diff.old}{_version(diff.version.old)}", f"NEW  {diff.new}{_version(diff.version.new)}", ""]
    lines.append(page.paint(summary(diff), "title"))
    rows = [f"  {cut(t.name)}: {said} [{kind}]" for t, kind, said in breaking_rows(diff)]
    lines += _listed(page, "Breaking", [c for c in diff.changes if c.breaking], "breaking", rows)
    lines += _listed(page, "Not breaking", [c for c in diff.changes if not c.breaking], "title")
    for table in sorted_tables(diff):
        lines += ["", *_table(table, page)]
    for kind, title in (("bytes-changed", "Same values, other bytes"), ("file-changed", "Changed, but no table")):
        some = [t for t in diff.tables if kind in t.kinds]
        if some:
            lines += ["", page.paint(title, "title")]
            lines += [f"  {cut(t.name)}{_because(t.file.why)} ({file_of(t)})" for t in some]
    noted = [t for t in diff.tables if not t.total and any(notes(t))]
    for table in noted:
        lines += ["", page.paint(cut(table.name), "title"), *(f"  {note}" for note in notes(table))]
    if diff.unread:
        lines += ["", page.paint("Not compared", "title")]
        lines += [f"  {f'{cut(u.resource)}: ' if u.resource else ''}{u.what}: {u.reason}" for u in diff.unread]
    return "\n".join([*lines, "", verdict(diff)])


def _version(version: str | None) -> str:
    return f"  (version {cut(version)})" if version else "  (no version)"


def _because(why: Sequence[str]) -> str:
    return f": {', '.join(why)}" if why else ""


def _listed(page: _Page, title: str, changes: Sequence[Change], colour: str, rows: Sequence[str] = ()) -> Iterator[str]:
    if not changes and not rows:
        return
    yield ""
    yield page.paint(title, colour)
    for kind in KINDS:
        some = [c for c in changes if c.kind == kind]
        for one in some[: page.room(len(some))]:
            at = place(one)
            yield f"  {f'{at}: ' if at else ''}{one.message} [{kind}]"
        more = len(some) - page.room(len(some))
        if more:
            yield f"  and {more:,} more [{kind}]"
    yield from rows[: page.room(len(rows))]
    if len(rows) > page.room(len(rows)):
        yield f"  and {len(rows) - page.room(len(rows)):,} more [rows-removed]"


def _table(table: TableDiff, page: _Page) -> Iterator[str]:
    by = f"by {' + '.join(map(cut, table.key))}" if table.key else "no key: whole rows"
    yield page.paint(f"{cut(table.name)}: {count(table.rows_old or 0, 'row')}, now {table.rows_new:,} ({by})", "title")
    counts = [
        page.paint(f"{n:,} {sort} ({percent(share)})", _MARKS[sort])
        for sort, n, share in (
            ("removed", table.removed, table.share(table.removed)),
            ("added", table.added, table.share(table.added, of_new=True)),
            ("changed", table.changed, table.share(table.changed)),
        )
        if n
    ]
    yield f"  {', '.join(counts)}"
    for one in sorted(table.fields, key=lambda f: -f.changed):
        more = [f"{n:,} {word}" for n, word in ((one.filled, "filled"), (one.cleared, "emptied")) if n]
        said = f", of these {' and '.join(more)}" if more else ""
        yield f"  {cut(one.name)}: {count(one.changed, 'cell')} ({percent(one.share)}){said}"
    for sort, mark in _MARKS.items():
        rows = table.samples[sort]
        shown = rows[: page.room(len(rows))]
        for row in shown:
            yield from _row(row, sort, mark, page, bool(table.key))
        more_rows = getattr(table, sort) - len(shown)
        if more_rows and page.limit != 0:
            yield f"  {mark} and {more_rows:,} more"
    yield from (f"  {note}" for note in notes(table))
    yield f"  {file_of(table)}"


def _row(row: Row, sort: str, mark: str, page: _Page, keyed: bool) -> Iterator[str]:
    at = f"row {row.old_row if sort == 'removed' else row.new_row:,}"
    if sort != "changed":
        words = [_value(v) for v in row.key.values()] if keyed else _pairs(row.key.items())
        yield page.paint(f"  {mark} {', '.join(words)}", mark) + f"  ({at})"
        return
    key = ", ".join(map(_value, row.key.values()))
    if len(row.cells) == 1:
        yield f"{page.paint(f'  {mark} {key}', mark)}  {_cell(row.cells[0])}  ({at})"
        return
    yield f"{page.paint(f'  {mark} {key}', mark)}  ({at})"
    yield from (f"      {_cell(cell)}" for cell in row.cells[:_CELLS])
    if len(row.cells) > _CELLS:
        yield f"      and {len(row.cells) - _CELLS} more fields"


def _pairs(items: Iterable[tuple[str, str | None]]) -> list[str]:
    """The cells of a row without a key: as many as fit."""
    some = [f"{cut(name)}={_value(value)}" for name, value in items if value is not None]
    return some[:_CELLS] + ([f"and {len(some) - _CELLS} more cells"] if len(some) > _CELLS else [])


def _cell(cell: Cell) -> str:
    old, new = pair(cell)
    return f"{cut(cell.field)}: {_value(old)} -> {_value(new)}"


def _value(value: str | None) -> str:
    """A text as a line can hold it: as it is, or in quotation marks where it would be misread."""
    if value is None:
        return NOTHING
    plain = value.isprintable() and value == value.strip() and value and " -> " not in value and ", " not in value
    return cut(value) if plain and value[0] not in "'\"(" else quoted(value)
