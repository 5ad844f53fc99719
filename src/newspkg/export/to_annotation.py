"""Web Annotation (W3C, JSON-LD): each quote, mention, event mention and time as an annotation of its document.

    {"id": ..., "type": "Annotation", "motivation": "identifying",
     "body": [{"type": "TextualBody", "purpose": "tagging", "value": ...}, ...],
     "target": {"source": {"id": URL or urn:sha256:HASH, "type": "Text", "sha256": HASH},
                "selector": [{"type": "TextPositionSelector", "start": 12, "end": 34},
                             {"type": "TextQuoteSelector", "exact": ...}]}}

Positions are those of the package: code points of the text as decoded, 0-based, end-exclusive, which is how the model
counts. Words stand there only where the package publishes them. The file is a collection with one page; it is written
while tables are read. The same package gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newspkg.export.articles import asked_of, by_id, child_rows, left_out
from newspkg.export.model import Source, exporter

__all__ = ["export_annotation"]

_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {"sha256": "http://id.loc.gov/vocabulary/preservation/cryptographicHashFunctions/sha256"},
]
_SPAN = ("document_id", "start", "end")
_NEEDED = {
    "documents": ("document_id", "text_sha256"),
    "quotes": ("quote_id", *_SPAN, "kind", "text", "gist", "speaker_id"),
    "mentions": ("mention_id", *_SPAN, "surface", "actor_id"),
    "event_mentions": ("event_mention_id", *_SPAN, "event_id", "type"),
    "events": ("event_id", "label"),
    "times": ("time_id", *_SPAN, "surface", "value"),
    "actors": ("actor_id", "name"),
}
_TABLES = ("quotes", "mentions", "event_mentions", "times")
_KEYS = {"quotes": "quote_id", "mentions": "mention_id", "event_mentions": "event_mention_id", "times": "time_id"}
_WORDS = {"quotes": "text", "mentions": "surface", "times": "surface"}  # fields with the words of the span
_WHY = {"quotes": "describing", "mentions": "identifying", "event_mentions": "classifying", "times": "describing"}
_SAID = {  # what of a row an annotation holds, besides its span
    "quotes": {"quote_id", "document_id", "start", "end", "kind", "text", "gist", "speaker_id"},
    "mentions": {"mention_id", "document_id", "start", "end", "surface", "actor_id"},
    "event_mentions": {"event_mention_id", "document_id", "start", "end", "event_id", "type"},
    "times": {"time_id", "document_id", "start", "end", "surface", "value"},
}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})")


@exporter(
    "annotation", title="W3C Web Annotation (JSON-LD), one for each quote, mention, event and time", suffix=".jsonld"
)
def export_annotation(package: Source, out: Path) -> list[Path]:
    """Writes the collection. Raises CannotRun for a package that is none of articles."""
    asked_of(package, "annotation", _NEEDED)
    left_out(package, "annotation", _NEEDED)
    for table in _TABLES:
        rest = [name for name in package.schema(table).names if name not in _SAID[table]]
        if rest:
            package.note(f"annotation leaves out of {table}: {', '.join(rest)}.")
    made = _Annotations(package)
    total = 0
    with out.open("w", encoding="utf-8", newline="\n") as into:
        head = json.dumps(made.head(), ensure_ascii=False, indent=1)
        into.write(f'{head[:-2]},\n "first": {{\n  "id": {json.dumps(made.page)},\n  "type": "AnnotationPage",\n')
        into.write(f'  "partOf": {json.dumps(made.base)},\n  "startIndex": 0,\n  "items": [')
        for one in made:
            into.write(("," if total else "") + "\n   " + json.dumps(one, ensure_ascii=False))
            total += 1
        into.write(f'\n  ]\n }},\n "total": {total}\n}}\n')
    return [out]


class _Annotations:
    """The annotations of a package, in the order of its documents; in one, table by table."""

    def __init__(self, package: Source) -> None:
        self.package = package
        self.base = _base(package)
        self.page = f"{self.base}#page"
        self.actors = by_id(package["actors"], "actor_id")
        self.events = by_id(package["events"], "event_id")
        given = package.descriptor
        licences = [one for one in given.get("licenses") or () if isinstance(one, dict)]
        self.rights = next((one["path"] for one in licences if _is_iri(one.get("path"))), None)
        created = given.get("created")
        self.created = created if isinstance(created, str) and _MOMENT.fullmatch(created) else None

    def head(self) -> dict[str, Any]:
        """What stands above the annotations."""
        title = self.package.descriptor.get("title")
        more = {"label": title if isinstance(title, str) else self.package.name, "created": self.created}
        return {
            "@context": _CONTEXT,
            "id": self.base,
            "type": "AnnotationCollection",
            **{key: value for key, value in {**more, "rights": self.rights}.items() if value},
        }

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for documents, children in child_rows(self.package, _TABLES):
            sources = {row["document_id"]: _source(row) for row in documents.iter_rows(named=True)}
            found: dict[str, list[dict[str, Any]]] = {one: [] for one in sources}
            for table in _TABLES:
                for row in children[table].iter_rows(named=True):
                    found[row["document_id"]].append(self._one(table, row, sources[row["document_id"]]))
            for made in found.values():
                yield from made

    def _one(self, table: str, row: Mapping[str, Any], source: dict[str, Any]) -> dict[str, Any]:
        selectors: list[dict[str, Any]] = [{"type": "TextPositionSelector", "start": row["start"], "end": row["end"]}]
        words = row.get(_WORDS.get(table, ""))
        if words:
            selectors.append({"type": "TextQuoteSelector", "exact": words})
        made: dict[str, Any] = {
            "id": f"{self.base}#{quote(str(row[_KEYS[table]]), safe='-._~:')}",
            "type": "Annotation",
            "motivation": _WHY[table],
        }
        if self.created:
            made["created"] = self.created
        if self.rights:
            made["rights"] = self.rights
        body = list(getattr(self, f"_{table}")(row))
        if body:
            made["body"] = body
        made["target"] = {"source": source, "selector": selectors}
        return made

    # --- what is said of a span

    def _quotes(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield _text("tagging", f"quote:{row['kind']}")
        if row["gist"]:
            yield _text("describing", row["gist"])
        yield from self._actor(row["speaker_id"])

    def _mentions(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield _text("tagging", "mention")
        yield from self._actor(row["actor_id"])

    def _event_mentions(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield _text("classifying", f"event:{row['type']}")
        event = self.events.get(row["event_id"])
        if event is not None:
            yield _text("describing", event["label"])
            yield _thing("identifying", self._named("event", row["event_id"]))

    def _times(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        yield _text("tagging", "time")
        if row["value"]:
            yield _text("describing", row["value"])

    def _actor(self, actor: Any) -> Iterator[dict[str, Any]]:
        """Who is meant: the package's own name of the actor, and Wikidata's where it is known."""
        known = self.actors.get(actor)
        if known is None:
            return
        yield _text("identifying", known["name"])
        yield _thing("identifying", self._named("actor", actor))
        if known.get("wikidata"):
            yield _thing("linking", f"http://www.wikidata.org/entity/{known['wikidata']}")

    def _named(self, kind: str, one: Any) -> str:
        return f"{self.base}#{kind}/{quote(str(one), safe='-._~:')}"


def _text(purpose: str, value: str) -> dict[str, Any]:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _thing(purpose: str, source: str) -> dict[str, Any]:
    """What has a name of its own: a textual body may have none if it is to have a purpose."""
    return {"type": "SpecificResource", "purpose": purpose, "source": source}


def _source(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document: its address where one is known, else the hash of its text; the hash in either case."""
    digest, url, language = document["text_sha256"], document.get("url"), document.get("language")
    made = {"id": url if _is_iri(url) else f"urn:sha256:{digest}", "type": "Text"}
    if language:
        made["language"] = language
    return {**made, "sha256": digest}


def _is_iri(value: object) -> bool:
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def _base(package: Source) -> str:
    """What the ids of the annotations begin with: the package's own address, or a name that its own name makes."""
    given = package.descriptor
    for one in (given.get("id"), given.get("homepage")):
        if isinstance(one, str) and re.fullmatch(r"(?:doi:)?10\.[0-9]{4,9}/\S+", one):
            return f"https://doi.org/{quote(one.removeprefix('doi:'), safe='-._~:/;()')}"
        if _is_iri(one):
            return str(one).split("#")[0]
    version = given.get("version")
    parts: Iterable[str] = (package.name, version) if isinstance(version, str) and version else (package.name,)
    return "urn:datapackage:" + ":".join(quote(part, safe="-._~") for part in parts)
