"""The comparison as Markdown: for a release note, or a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newspkg.diff.model import SORTS
from newspkg.diff.rules import KINDS
from newspkg.diff.text import asks, breaking_rows, file_of, notes, pair, percent, place, sorted_tables, summary
from newspkg.report import cut
from newspkg.report.words import count

if TYPE_CHECKING:
    from newspkg.diff.model import Change, Diff, TableDiff

__all__ = ["as_markdown"]

_MEANT = re.compile(
    r"([\\`*_{}\[\]#|~$]|(?<=:)//|(?<=www)\.|^[-+=])"
)  # what would be taken for Markdown, or an address
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_markdown(diff: Diff, limit: int | None) -> str:
    """The Markdown; see `Diff.as_markdown`."""
    old, new = (code(v) if v else "no version" for v in (diff.version.old, diff.version.new))
    lines = [f"## What changed: {old} → {new}", "", f"{_sentence(summary(diff))}"]
    if diff or diff.open:
        mark = {True: "✅", False: "❌", None: "❔"}[diff.version.enough]
        asked = asks(diff) if diff.step == "none" else f"this {asks(diff)}"
        lines += ["", f"**{_sentence(asked)}** {mark} {_sentence(diff.version.reason)}"]
    rows = [f"- {code(t.name)} {prose(said)} ({kind})" for t, kind, said in breaking_rows(diff)]
    lines += _changes("Breaking", [c for c in diff.changes if c.breaking], limit, rows)
    lines += _changes("Not breaking", [c for c in diff.changes if not c.breaking], limit)
    tables = sorted_tables(diff)
    if tables:
        lines += ["", "### Rows", "", *_overview(tables)]
        for table in tables:
            lines += ["", *_table(table, limit)]
    same = [t for t in diff.tables if "bytes-changed" in t.kinds]
    if same:
        lines += ["", "### Same values, other bytes", ""]
        lines += [f"- {code(t.name)}: {prose(', '.join(t.file.why))} ({prose(file_of(t))})" for t in same]
    other = [t for t in diff.tables if "file-changed" in t.kinds]
    if other:
        lines += ["", "### Changed, but no table", "", *(f"- {code(t.name)}: {prose(file_of(t))}" for t in other)]
    told = [(t.name, note) for t in diff.tables for note in notes(t)]
    told += [(u.resource or "", f"{u.what}: {u.reason}") for u in diff.unread]
    if told:
        lines += ["", "### To be kept in mind", ""]
        lines += [f"- {f'{code(name)}: ' if name else ''}{prose(note)}" for name, note in told]
    return "\n".join(lines)


def _sentence(text: str) -> str:
    text = prose(text).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def prose(text: str) -> str:
    """Text that Markdown leaves as it is, on one line."""
    text = " ".join(text.split())
    shown = "".join(_ENTITIES.get(c, c) for c in _MEANT.sub(_escaped, text))
    return re.sub("[@#]", r"\g<0>&#8203;", shown)  # a mark of no width keeps it from being a mention or a number


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in found[0])


def code(value: str | None) -> str:
    """A value in a code span, in a cell of a table too: on one line, cut where it is long."""
    if value is None:
        return "*none*"
    text = cut(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if not text.strip():
        return f"`'{text}'`"
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def _changes(title: str, changes: Sequence[Change], limit: int | None, rows: Sequence[str] = ()) -> Iterator[str]:
    if not changes and not rows:
        return
    yield from ("", f"### {title}", "")
    for kind in KINDS:
        some = [c for c in changes if c.kind == kind]
        room = len(some) if limit is None else min(len(some), limit)
        for one in some[:room]:
            at = place(one)
            yield f"- {f'{code(at)} ' if at else ''}{prose(one.message)} ({kind})"
        if len(some) > room:
            yield f"- and {len(some) - room:,} more ({kind})"
    yield from rows[:limit]
    if len(rows) > len(rows[:limit]):
        yield f"- and {len(rows) - len(rows[:limit]):,} more (rows-removed)"


def _overview(tables: Sequence[TableDiff]) -> Iterator[str]:
    yield "| table | rows | removed | added | changed |"
    yield "|---|--:|--:|--:|--:|"
    for t in tables:
        counts = [
            f"{n:,} ({percent(share)})" if n else ""
            for n, share in (
                (t.removed, t.share(t.removed)),
                (t.added, t.share(t.added, of_new=True)),
                (t.changed, t.share(t.changed)),
            )
        ]
        yield f"| {code(t.name)} | {t.rows_old:,} → {t.rows_new:,} | {' | '.join(counts)} |"


def _table(table: TableDiff, limit: int | None) -> Iterator[str]:
    yield f"<details><summary>{_entities(table.name)}: {count(table.total, 'row')}</summary>"
    yield ""
    if table.fields:
        yield "| field | cells changed | share | filled | emptied |"
        yield "|---|--:|--:|--:|--:|"
        for one in sorted(table.fields, key=lambda f: -f.changed):
            shown = [f"{n:,}" if n else "" for n in (one.filled, one.cleared)]
            yield f"| {code(one.name)} | {one.changed:,} | {percent(one.share)} | {' | '.join(shown)} |"
        yield ""
    samples = [(sort, row) for sort in SORTS for row in table.samples[sort][:limit]]
    if samples:
        yield f"| | {', '.join(map(code, table.key)) or 'row'} | field | old | new |"
        yield "|---|---|---|---|---|"
    for sort, row in samples:
        known = row.key.values() if table.key else [f"{k}={v}" for k, v in row.key.items() if v is not None]
        key = ", ".join(map(code, known))
        if sort != "changed":
            yield f"| {sort} | {key} | | | |"
            continue
        for n, cell in enumerate(row.cells):
            old, new = pair(cell)
            yield f"| {'' if n else sort} | {'' if n else key} | {code(cell.field)} | {code(old)} | {code(new)} |"
    more = {sort: getattr(table, sort) - len(table.samples[sort][:limit]) for sort in SORTS}
    if any(more.values()):
        said = ", ".join(f"{n:,} {sort}" for sort, n in more.items() if n)
        yield ""
        yield f"and {said} more"
    yield ""
    yield prose(file_of(table))
    yield ""
    yield "</details>"


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(c, c) for c in cut(" ".join(text.split())))
