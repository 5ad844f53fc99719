"""PLOVER, as JSON Lines: an event a line, with the field names of the PLOVER manual (draft 2.0, table "PLOVER JSON").

    id            the event's id                     date, enddate   first and last day; finer or coarser is not said
    link          the event that it is part of
    event, mode   lists of one                       quad_code       1 to 4, follows from the type
    context       the auxiliary mode, if any: future, hypothetical, negation
    actor         initiators, mediators, participants (no side is said of them), as entity blocks
    recipient     targets and hosts
    event_loc     extracted_place, country_code      event_text      the words that carry the event, where it is told
    text_info     one for each place that tells it: start and end in code points, and whose claim it is
    cite_info     one for each document that tells it, in the order of its first place
    comment       the event's label, in the package's own words

`text` is never filled: the manual keeps it for those who hold the rights. An event that is disputed says so in
`comment`. The manual asks for a date and an actor: events without one are left out, and named in a note.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newspkg.export.articles import asked_of, by_id, left_out
from newspkg.export.model import Source, exporter
from newspkg.export.tables import batches

__all__ = ["QUADS", "export_plover"]

_NEEDED = {
    "events": ("event_id", "type", "mode", "status", "label", "earliest", "latest", "place", "place_country"),
    "event_participants": ("event_id", "actor_id", "role"),
    "event_mentions": ("event_mention_id", "event_id", "document_id", "start", "end", "trigger", "voice"),
    "actors": ("actor_id", "name", "type", "country", "sector", "wikidata", "recognition"),
    "documents": ("document_id", "title", "outlet", "url", "language", "licence", "rights"),
    "mentions": ("document_id", "actor_id", "start", "end", "surface"),
}
QUADS = {  # type -> quad category: verbal and material cooperation, verbal and material conflict
    **dict.fromkeys(("AGREE", "CONSULT", "SUPPORT", "CONCEDE"), 1),
    **dict.fromkeys(("COOPERATE", "AID", "RETREAT"), 2),
    **dict.fromkeys(("REQUEST", "ACCUSE", "REJECT", "THREATEN"), 3),
    **dict.fromkeys(("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"), 4),
}
_ASKS_RECIPIENT = ("COOPERATE", "AID", "SANCTION")
_AUXILIARY = {"planned": "future", "hypothetical": "hypothetical", "denied": "negation"}
_ACTING = ("initiator", "mediator", "participant")
_INTERNATIONAL = {"Q1065": "UNO", "Q458": "EUR"}  # organisations that have a code of their own
_CODEBOOK = "PLOVER 2.0 draft"
_LISTED = 10  # ids that a note names


@exporter("plover", title="PLOVER event records, as JSON Lines", suffix=".plover.jsonl")
def export_plover(package: Source, out: Path) -> list[Path]:
    """Writes the records, in the order of the events. Raises CannotRun for a package that is none of articles."""
    asked_of(package, "plover", _NEEDED)
    left_out(package, "plover", [*_NEEDED, "event_links"])
    made = _Records(package)
    with out.open("w", encoding="utf-8", newline="\n") as into:
        for one in made:
            into.write(json.dumps(one, ensure_ascii=False) + "\n")
    for said, ids in made.told.items():
        if ids:
            more = ", ..." if len(ids) > _LISTED else ""
            package.note(f"{said.format(n=f'{len(ids):,}')}: {', '.join(ids[:_LISTED])}{more}.")
    return [out]


class _Records:
    """The events of a package as records."""

    def __init__(self, package: Source) -> None:
        self.package = package
        self.actors = by_id(package["actors"], "actor_id")
        self.documents = by_id(package["documents"], "document_id")
        self.parts = _grouped(package, "event_participants", "event_id")
        self.places = _grouped(package, "event_mentions", "event_id")
        self.names = _names(package)
        self.wholes = _wholes(package)
        block = package.descriptor.get("newspkg")
        provenance = block.get("provenance") if isinstance(block, dict) else None
        toolkit = provenance.get("toolkit") if isinstance(provenance, dict) else None
        self.coder = toolkit if isinstance(toolkit, str) else None
        self.told: dict[str, list[str]] = {
            "PLOVER asks for a date: {n} events without one are left out": [],
            "PLOVER asks for an actor: {n} events without one are left out": [],
            "PLOVER asks for a recipient of these types: {n} events have none": [],
            "PLOVER gives contested territories the state that claims them, which is not known here: {n} actors": [],
        }

    def __iter__(self) -> Iterator[dict[str, Any]]:
        no_date, no_actor, no_recipient, _ = self.told.values()
        for batch in batches(self.package["events"]):
            for event in batch.iter_rows(named=True):
                name = str(event["event_id"])
                if event["earliest"] is None:
                    no_date.append(name)
                    continue
                one = self.record(event)
                if not one["actor"]:
                    no_actor.append(name)
                    continue
                if not one["recipient"] and event["type"] in _ASKS_RECIPIENT:
                    no_recipient.append(name)
                yield one

    def record(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """An event as a record. A field that says nothing is empty or null, so that all lines have the same."""
        places = self.places.get(event["event_id"], [])
        parts = self.parts.get(event["event_id"], [])
        label = event["label"]
        told = dict.fromkeys(place["document_id"] for place in places)
        return {
            "id": event["event_id"],
            "has_event": True,
            "date": event["earliest"].isoformat(),
            "enddate": None if event["latest"] is None else event["latest"].isoformat(),
            "actor": [self.entity(p) for p in parts if p["role"] in _ACTING],
            "recipient": [self.entity(p) for p in parts if p["role"] not in _ACTING],
            "event": [event["type"]],
            "mode": [event["mode"]] if event["mode"] else [],
            "context": [_AUXILIARY[event["status"]]] if event["status"] in _AUXILIARY else [],
            "quad_code": QUADS.get(event["type"]),
            "event_loc": _location(event),
            "event_text": list(dict.fromkeys(place["trigger"] for place in places)),
            "link": self.wholes.get(event["event_id"]),
            "text_info": [_place(place) for place in places],
            "cite_info": [self.cited(document) for document in told],
            "coder": self.coder,
            "comment": f"{label} (disputed)" if event["status"] == "disputed" else label,
        }

    def entity(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """An entity block: what the text calls an actor where it tells the event, and who that is."""
        actor = self.actors.get(part["actor_id"], {})
        name = actor.get("name") or part["actor_id"]
        contested = actor.get("recognition") == "contested"
        sector = actor.get("sector")
        if contested and not actor.get("country"):
            known = self.told[next(reversed(self.told))]
            if part["actor_id"] not in known:
                known.append(part["actor_id"])
        return {
            "raw_text": self.names.get((part["event_id"], part["actor_id"]), name),
            "entity_name": name,
            "wikidata_id": actor.get("wikidata"),
            "country_name": actor.get("country") or _nation(actor),
            "sector_code": sector,
            "other_sector_codes": "PRE" if contested and sector != "PRE" else "",
            "role": part["role"],
        }

    def cited(self, one: Any) -> dict[str, Any]:
        """Where a document is from."""
        document = self.documents.get(one, {})
        version = self.package.descriptor.get("version")
        return {
            "corpus": self.package.name,
            "citation": one,
            "url": document.get("url"),
            "title": document.get("title"),
            "language": document.get("language"),
            "publication": document.get("outlet"),
            "license": document.get("licence"),
            "copyright": document.get("rights"),
            "coder": self.coder,
            "codebook": _CODEBOOK,
            "version": version if isinstance(version, str) else None,
        }


def _names(package: Source) -> dict[tuple[Any, Any], str]:
    """What the text calls an actor where it tells an event, by event and actor: its first mention there."""
    import polars as pl

    places = package["event_mentions"].select("event_id", "document_id", at="start", to="end")
    named = package["mentions"].select("document_id", "actor_id", "start", "end", "surface")
    inside = (
        package["event_participants"]
        .select("event_id", "actor_id")
        .unique()
        .join(places, on="event_id")
        .join(named, on=["document_id", "actor_id"])
        .filter((pl.col("start") >= pl.col("at")) & (pl.col("end") <= pl.col("to")))
        .sort("event_id", "actor_id", "document_id", "start", "end")
        .unique(["event_id", "actor_id"], keep="first", maintain_order=True)
    )
    return {
        (event, actor): text for event, actor, text in inside.select("event_id", "actor_id", "surface").collect().rows()
    }


def _wholes(package: Source) -> dict[Any, Any]:
    """The event that an event is part of, where the package says so; the first of several."""
    asked = ("event_a", "event_b", "relation")
    if "event_links" not in package or not set(asked) <= set(package.schema("event_links").names):
        return {}
    rows = package["event_links"].select(asked).collect().rows()
    return {one: whole for one, whole, relation in reversed(rows) if relation == "part_of"}


def _grouped(package: Source, table: str, key: str) -> dict[Any, list[dict[str, Any]]]:
    """The rows of a table by the value of a field, as far as this format needs them."""
    wanted = [name for name in (*_NEEDED[table], "tense") if name in package.schema(table).names]
    found: dict[Any, list[dict[str, Any]]] = {}
    for batch in batches(package[table].select(wanted)):
        for row in batch.iter_rows(named=True):
            found.setdefault(row[key], []).append(row)
    return found


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "citation": place["document_id"],
        "start": place["start"],
        "end": place["end"],
        "mention": place["event_mention_id"],
        "voice": place["voice"],
        "tense": place.get("tense"),
    }


def _location(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """A location block. No gazetteer was asked, so that it has no coordinates; of a country alone it says so."""
    place, country = event["place"], event["place_country"]
    if not place and not country:
        return None
    return {"extracted_place": place, "country_code": country, "resolution": None if place else 1}


def _nation(actor: Mapping[str, Any]) -> str | None:
    """The manual's codes of international bodies, which stand in the place of a country."""
    if actor.get("type") != "international_organisation":
        return None
    return _INTERNATIONAL.get(actor.get("wikidata") or "", "IGO")
