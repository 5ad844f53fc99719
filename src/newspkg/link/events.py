"""Event findings become rows: who took part, when, in whose words; and what a definite noun points back to."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from newspkg import edtf, ids
from newspkg.body import Body
from newspkg.find.model import EventFinding, OmissionFinding, Span
from newspkg.find.triggers import lexicon
from newspkg.link.merge import Told, cluster, merge_events, told

__all__ = ["link_event_mentions", "merge_events"]

Row = dict[str, Any]

_TARGETED = frozenset(("AID", "SANCTION", "COOPERATE"))
_AFTER = re.compile(r"\b(after|following|in response to|in retaliation for)\s+(?:\w+\s+){0,2}\Z", re.IGNORECASE)
_LOOK = 40  # characters before an event in which "after" is looked for
# Words that can stand for one another when a text speaks of the same event again.
_WORDS = {"talks": "meeting", "summit": "meeting", "negotiations": "meeting", "conference": "meeting"}
_TREATIES = {
    "deal": "agreement",
    "accord": "agreement",
    "peace-deal": "agreement",
    "peace-agreement": "agreement",
    "peace-accord": "agreement",
    "sign": "agreement",
    "peace-treaty": "treaty",
    "pact": "treaty",
}
_BACK = 3000  # characters a definite noun may point back
_BACK_THIS = 700  # and one with "this" or "these"
_NOBODY: tuple[None, None, None, None] = (None, None, None, None)


class _Registry(Protocol):
    """The part of `find.registry.Registry` that is asked here."""

    @property
    def actors(self) -> Mapping[str, Row]: ...

    @property
    def names(self) -> Sequence[Row]: ...


class _Who:
    """The mention rows of a document, to ask who stands in a span."""

    def __init__(self, rows: Sequence[Row], registry: _Registry, text: str) -> None:
        self.rows = sorted(rows, key=lambda row: (row["start"], row["end"]))
        self.starts = [row["start"] for row in self.rows]
        self.longest = max((row["end"] - row["start"] for row in self.rows), default=0)
        self.registry, self.text = registry, text
        self._adjectives: dict[str, set[str]] | None = None
        self._seats: dict[str, set[str]] = {}

    def within(self, span: Span) -> list[Row]:
        """The mention rows that overlap a span."""
        first, last = bisect_left(self.starts, span.start - self.longest), bisect_left(self.starts, span.end)
        return [row for row in self.rows[first:last] if row["end"] > span.start]

    def actors(self, span: Span) -> list[str]:
        """The actors in a span: those of its mentions, else of the adjective that it is ("Ostrian")."""
        found = [row["actor_id"] for row in self.within(span) if row["actor_id"]]
        if found or self.within(span):
            return found
        self._learn()
        assert self._adjectives is not None
        meant = self._adjectives.get(self.text[span.start : span.end], set())
        return sorted(meant) if len(meant) == 1 else []

    def _learn(self) -> None:
        if self._adjectives is not None:
            return
        self._adjectives = {}
        for row in self.registry.names:
            if row["kind"] == "demonym":
                self._adjectives.setdefault(row["name"], set()).add(row["actor_id"])
            elif row["kind"] == "metonym":
                self._seats.setdefault(row["name"], set()).add(row["actor_id"])

    def place(self, span: Span) -> tuple[str | None, str | None, str | None]:
        """Name, country and key of the place in a span."""
        rows = self.within(span)
        if not rows:
            return None, None, None
        row = rows[0]
        surface = row.get("surface") or self.text[row["start"] : row["end"]]
        actor = self.registry.actors.get(row["actor_id"] or "")
        if actor is not None and row["form"] != "metonym" and actor["type"] != "person":
            return actor["name"], actor.get("country") or None, actor["actor_id"]
        self._learn()
        seats = self._seats.get(surface, set())
        home = self.registry.actors.get(next(iter(seats))) if len(seats) == 1 else actor
        country = home.get("country") if home else None
        return surface, country or None, ids.slug(surface)


def link_event_mentions(
    body: Body,
    events: Sequence[EventFinding],
    mention_rows: Sequence[Row],
    time_rows: Sequence[Row],
    quote_rows: Sequence[Row],
    registry: _Registry,
) -> tuple[list[Row], list[OmissionFinding]]:
    """Rows of `event_mentions` with their private keys, and an omission for each event without a date or a target.

    `time_rows` and `quote_rows` are in the order of the findings that `events` point at. A definite noun ("the
    ceasefire") is linked to the one event of the text that it can mean, by the private key `_same_as`; where there is
    none, or more than one, it is left out and an omission says so.
    """
    text = body.article.text
    document = ids.document_id(body.article.sha256)
    who = _Who(mention_rows, registry, text)
    published = edtf.bounds(body.published).latest if body.published and edtf.valid(body.published) else None
    rows: list[Row] = []
    omissions: list[OmissionFinding] = []
    for event in events:
        row = _row(event, document, text, who, time_rows, quote_rows, registry, published)
        roles = {role for role, _ in row["_participants"]}
        if event.type in _TARGETED and "target" not in roles:
            reason = f"an event of type {event.type} has a target, and none is known by name here"
            omissions.append(OmissionFinding(event.start, event.end, "unresolved_mention", reason))
            continue
        rows.append(row)
    rows = _point_back(body, rows, omissions)
    undated = [row for row in rows if row["_time"][0] is None and "_same_as" not in row]
    reason = "no expression of time belongs to this event"
    omissions += [OmissionFinding(row["start"], row["end"], "undated_event", reason) for row in undated]
    _follow(body, rows)
    omissions.sort(key=lambda seen: (seen.start, seen.end))
    return rows, omissions


def _row(
    event: EventFinding,
    document: str,
    text: str,
    who: _Who,
    time_rows: Sequence[Row],
    quote_rows: Sequence[Row],
    registry: _Registry,
    published: datetime.date | None,
) -> Row:
    participants: list[tuple[str, str]] = []
    seen: set[str] = set()
    for role, span in event.participants:
        new = [actor for actor in dict.fromkeys(who.actors(span)) if actor not in seen]
        seen.update(new)
        participants += [(role, actor) for actor in new]
    principals = [actor for role, actor in participants if role not in ("mediator", "host") or event.mode == "visit"]
    countries = sorted({str(c) for actor in principals if (c := (registry.actors.get(actor) or {}).get("country"))})
    place, country, place_id = who.place(event.place) if event.place else (None, None, None)
    time = time_rows[event.time] if event.time is not None else None
    when = (time["value"], time["earliest"], time["latest"], time["precision"]) if time and time["value"] else _NOBODY
    status = event.status
    if status in ("actual", "disputed") and published and when[1] and when[1] > published:
        status = "planned"
    kind, _, word = event.rule.partition(".")
    label = word.removesuffix("-war") + " war" if kind == "named" else lexicon().label(word, event.type)
    return {
        "event_mention_id": ids.span_id(document, "event_mentions", event.start, event.end),
        "event_id": None,
        "document_id": document,
        "start": event.start,
        "end": event.end,
        "trigger_start": event.trigger.start,
        "trigger_end": event.trigger.end,
        "trigger": text[event.trigger.start : event.trigger.end],
        "type": event.type,
        "status": status,
        "tense": event.tense,
        "voice": "author" if event.quote is None else "attributed",
        "quote_id": quote_rows[event.quote]["quote_id"] if event.quote is not None else None,
        "time_id": time["time_id"] if time else None,
        "method": "rule",
        "rule": event.rule,
        "confidence": event.confidence,
        "review": "unreviewed",
        "_participants": participants,
        "_place": place,
        "_place_country": country,
        "_place_id": place_id,
        "_mode": event.mode,
        "_time": when,
        "_label": label,
        "_countries": countries,
        "_lemma": word,
        "_bare": not event.participants and event.place is None,
    }


# --- definite nouns -----------------------------------------------------------------


def _same_word(row: Row, other: Row) -> bool:
    if row["type"] == "AGREE":
        a, b = row["_lemma"], other["_lemma"]
        return _TREATIES.get(a, a) == _TREATIES.get(b, b)
    a, b = row["_label"], other["_label"]
    return _WORDS.get(a, a) == _WORDS.get(b, b) or (b.endswith(" war") and a == "war")


def _point_back(body: Body, rows: Sequence[Row], omissions: list[OmissionFinding]) -> list[Row]:
    """Links each definite noun to the one event it can mean; leaves out those with none or several and no names."""
    definite = [row for row in rows if row["rule"].startswith("definite.")]
    if not definite:
        return list(rows)
    plain = [row for row in rows if not row["rule"].startswith("definite.")]
    homes: dict[str, tuple[int, Told]] = {}
    by_type: dict[str, list[Row]] = {}
    for number, event in enumerate(cluster([told(row, None) for row in plain])):
        for member in event.members:
            homes[member.row["event_mention_id"]] = number, member
    for row in sorted(plain, key=lambda row: row["start"]):
        by_type.setdefault(row["type"], []).append(row)
    starts = [sentence.start for sentence in body.sentences]
    kept = list(plain)
    for row in definite:
        this = body.article.text[row["start"] : row["start"] + 5].lower() in ("this ", "these")
        found = _candidates(row, by_type.get(row["type"], ()), _BACK_THIS if this else _BACK)
        events = {homes[other["event_mention_id"]][0] for other in found}
        if len(events) > 1:  # the one told in the same paragraph before it, if it is one
            near = [
                other
                for other in found
                if other["start"] < row["start"] and _block(body, starts, other) == _block(body, starts, row)
            ]
            near_events = {homes[other["event_mention_id"]][0] for other in near}
            found, events = (near, near_events) if len(near_events) == 1 else (found, events)
        if len(events) == 1:
            target = found[0]
            row["_same_as"] = target["event_mention_id"]
            if (
                row["_time"][0] is None
                and target["status"] in ("planned", "hypothetical")
                and row["status"] == "actual"
            ):
                row["status"] = target["status"]
            kept.append(row)
        elif row["_participants"] and not events:
            kept.append(row)
        else:
            reason = (
                "a definite noun that can mean several events of the text"
                if events
                else "a definite noun with no event in the text to point to"
            )
            omissions.append(OmissionFinding(row["start"], row["end"], "undated_event", reason))
    kept.sort(key=lambda row: (row["start"], row["end"]))
    return kept


def _block(body: Body, starts: Sequence[int], row: Row) -> int:
    at = bisect_right(starts, row["start"]) - 1
    return body.sentences[at].block if at >= 0 else -1


def _start(row: Row) -> int:
    return int(row["start"])


def _candidates(row: Row, others: Sequence[Row], back: int) -> list[Row]:
    """The events of the text that a definite noun can mean: told before it, of its word, with its names and place.

    `others` are sorted by start; only those within `back` characters are looked at.
    """
    principals = {actor for role, actor in row["_participants"] if role not in ("mediator", "host")}
    countries = set(row["_countries"])
    found = []
    first = bisect_left(others, row["start"] - back, key=_start)
    for other in others[first : bisect_right(others, row["start"], key=_start)]:
        if not _same_word(row, other) or other["status"] == "denied":
            continue
        theirs = {actor for _, actor in other["_participants"]}
        if principals:
            known = principals <= theirs or (bool(countries) and countries == set(other["_countries"]))
            if not known:
                continue
        elif (
            not row["_bare"]
            and not row["_participants"]
            and (row["_place_id"] is None or row["_place_id"] != other["_place_id"])
        ):
            continue  # it names somebody or some place that nobody knows
        if row["_place_id"] and other["_place_id"] and row["_place_id"] != other["_place_id"]:
            continue
        found.append(other)
    return found


# --- order told by a sentence -------------------------------------------------------


def _follow(body: Body, rows: Sequence[Row]) -> None:
    """Sets `_follows` of a row: (relation, event mention, cue) where its sentence tells it to come after another."""
    text = body.article.text
    starts = [sentence.start for sentence in body.sentences]
    by_sentence: dict[int, list[Row]] = {}
    for row in rows:
        by_sentence.setdefault(bisect_right(starts, row["trigger_start"]) - 1, []).append(row)
    for number, told_here in by_sentence.items():
        if len(told_here) != 2 or number < 0 or any(row["status"] != "actual" for row in told_here):
            continue  # with more than two it is not plain which follows which
        first, second = sorted(told_here, key=lambda row: row["trigger_start"])
        sentence = body.sentences[number]
        for earlier, later in ((first, second), (second, first)):
            cue = _AFTER.search(text, max(sentence.start, earlier["trigger_start"] - _LOOK), earlier["trigger_start"])
            opens = cue is not None and cue.start() == sentence.start
            if (
                cue is None
                or (earlier is first) != opens
                or later["trigger_start"] in range(cue.start(), earlier["trigger_start"])
            ):
                continue
            relation = "responds_to" if cue[1].lower().startswith("in re") else "follows"
            later["_follows"] = [(relation, earlier["event_mention_id"], cue[1].lower())]
