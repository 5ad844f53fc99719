"""JSON Lines by document: an article a line, with its quotes, mentions, events and times inside it.

A line has the fields of the document, then `quotes`, `mentions`, `event_mentions`, `times` and `omissions` as lists of
rows. An event mention has its `event` with the `participants`, which therefore stands in every document that tells it.
`actors` are the rows of all actors that the line names. Values are written as in `pkg export jsonl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from newspkg.export.articles import BY_DOCUMENT, asked_of, child_rows, left_out
from newspkg.export.model import Source, exporter
from newspkg.export.tables import batches
from newspkg.export.to_jsonl import json_lines

if TYPE_CHECKING:
    import polars as pl

__all__ = ["export_documents"]

_NEEDED = {
    "documents": ("document_id",),
    "quotes": ("quote_id", "document_id", "speaker_id"),
    "mentions": ("mention_id", "document_id", "actor_id"),
    "event_mentions": ("event_mention_id", "document_id", "event_id"),
    "events": ("event_id",),
    "event_participants": ("event_id", "actor_id", "role"),
    "times": ("time_id", "document_id"),
    "actors": ("actor_id",),
}
_NAMING = {"quotes": ("speaker_id", "addressee_id"), "mentions": ("actor_id",)}  # fields that name an actor


@exporter("jsonl-documents", title="JSON Lines, an article a line with all that was found in it", suffix=".jsonl")
def export_documents(package: Source, out: Path) -> list[Path]:
    """Writes the file. Raises CannotRun for a package that is none of articles."""
    asked_of(package, "jsonl-documents", _NEEDED)
    tables = [name for name in BY_DOCUMENT if name in package]
    left_out(package, "jsonl-documents", [*_NEEDED, *tables])
    events = _Events(package)
    with out.open("w", encoding="utf-8", newline="\n") as into:
        for documents, children in child_rows(package, tables):
            into.writelines(_lines(package, documents, children, events))
    if events.untold:
        package.note(f"{len(events.untold):,} events are told in no document, and are left out.")
    return [out]


class _Events:
    """The events and actors of a package as lines of JSON, by id."""

    def __init__(self, package: Source) -> None:
        self.actors = _by_id(package, "actors", "actor_id")
        self.of: dict[str, list[str]] = {}
        participants: dict[str, list[str]] = {}
        for batch in batches(package["event_participants"]):
            lines = json_lines(batch, package.schema("event_participants"))
            for line, event, actor in zip(lines, _ids(batch, "event_id"), _ids(batch, "actor_id"), strict=True):
                participants.setdefault(event, []).append(line.rstrip("\n"))
                self.of.setdefault(event, []).append(actor)
        self.lines = {
            event: _with(line, {"participants": participants.get(event, [])})
            for event, line in _by_id(package, "events", "event_id").items()
        }
        self.untold = set(self.lines)


def _lines(
    package: Source, documents: pl.DataFrame, children: dict[str, pl.DataFrame], events: _Events
) -> Iterator[str]:
    found: dict[str, dict[str, list[str]]] = {name: {} for name in children}
    named: dict[str, dict[str, None]] = {}
    for name, frame in children.items():
        ids = _ids(frame, "document_id")
        for field in _NAMING.get(name, ()):
            if field in frame.columns:
                for document, actor in zip(ids, _ids(frame, field), strict=True):
                    named.setdefault(document, {})[actor] = None
        lines: Iterable[str] = json_lines(frame, package.schema(name))
        if name == "event_mentions":
            lines = _told(lines, frame, ids, events, named)
        for document, line in zip(ids, lines, strict=True):
            found[name].setdefault(document, []).append(line.rstrip("\n"))
    own = json_lines(documents, package.schema("documents"))
    for document, line in zip(_ids(documents, "document_id"), own, strict=True):
        actors = [events.actors[one] for one in sorted(named.get(document, {})) if one in events.actors]
        more = {name: lines.get(document, []) for name, lines in found.items()}
        yield _with(line, {"actors": actors, **more}) + "\n"


def _told(
    lines: Iterable[str], frame: pl.DataFrame, ids: list[str], events: _Events, named: dict[str, dict[str, None]]
) -> Iterator[str]:
    """The lines of event mentions, each with its event."""
    for line, document, event in zip(lines, ids, _ids(frame, "event_id"), strict=True):
        events.untold.discard(event)
        named.setdefault(document, {}).update(dict.fromkeys(events.of.get(event, ())))
        inner = events.lines.get(event, "null")
        yield f'{line.rstrip()[:-1]}, "event": {inner}}}'


def _with(line: str, more: dict[str, list[str]]) -> str:
    """An object with lists of objects added."""
    inner = ", ".join(f'"{name}": [{", ".join(lines)}]' for name, lines in more.items())
    return f"{line.rstrip()[:-1]}, {inner}}}"


def _ids(frame: pl.DataFrame, name: str) -> list[str]:
    """A column of ids as texts; an empty text where there is none."""
    import polars as pl

    return frame[name].cast(pl.String).fill_null("").to_list()


def _by_id(package: Source, table: str, key: str) -> dict[str, str]:
    """The rows of a table as lines, by id."""
    found: dict[str, str] = {}
    for batch in batches(package[table]):
        for one, line in zip(_ids(batch, key), json_lines(batch, package.schema(table)), strict=True):
            found[one] = line.rstrip("\n")
    return found
