"""Which mentions are one event: first those that a person named so, then by date, participants, place and word.

Two mentions can be one event if type, mode and status agree and no date excludes it. They are one if two of three
agree: participants (half of them or more), place, word. A date that is wide, or none, asks for more. Where two events
would do, a mention with a wide date or none joins neither: one candidate or none.

Every mention looks only at the events that share a key of type, word, name and month with it, so time grows with the
number of mentions. The result does not depend on their order.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newspkg import ids
from newspkg.link.eventlabels import event_label
from newspkg.link.eventlinks import event_links

__all__ = ["Event", "Told", "cluster", "fits", "merge_events", "told"]

Row = dict[str, Any]
Provenance = tuple[str, str, float, str]

_TIGHT, _MONTH, _YEAR = 3, 31, 366  # days a date may span to count as one
_MANY = 60  # events of one key that a mention is compared with, the first ones
_OFTEN = frozenset(
    ("CONSULT", "ACCUSE", "REQUEST", "SUPPORT", "REJECT", "THREATEN", "AID", "PROTEST")
)  # happen again within a year
_MEETS = frozenset((None, "multilateral", "third-party"))  # modes of CONSULT that one meeting can have
_HELPERS = frozenset(("mediator", "host"))  # who else was there may be left unsaid
_RARE = frozenset(("ceasefire", "release"))  # modes of which a day seldom has two
_CERTAIN = ("actual", "disputed", "planned", "denied", "hypothetical")
_COMPATIBLE = {
    frozenset(pair)
    for pair in (("actual", "planned"), ("actual", "disputed"), ("planned", "disputed"), ("denied", "disputed"))
}


@dataclass(slots=True)
class Told:
    """A mention, arranged for comparing. `actors` are those who did it or to whom it was done, `everyone` also who
    mediated or hosted, `countries` the countries of the former."""

    row: Row
    document: str
    type: str
    mode: str | None
    status: str
    label: str
    actors: frozenset[str]
    everyone: frozenset[str]
    countries: frozenset[str]
    place: str | None
    earliest: datetime.date | None
    latest: datetime.date | None
    order: tuple[str, str]
    named: bool

    @property
    def dated(self) -> bool:
        """Whether a day bounds the date on both sides."""
        return self.earliest is not None and self.latest is not None

    @property
    def width(self) -> int:
        """Days from the first to the last that the date admits; very many where an end is open or there is no date."""
        if self.earliest is None or self.latest is None:
            return 100_000 if self.earliest or self.latest else 1_000_000
        return (self.latest - self.earliest).days + 1


@dataclass(slots=True)
class Event:
    """Mentions that are one event; `earliest` and `latest` are the days that all their dates admit."""

    members: list[Told] = field(default_factory=list)
    earliest: datetime.date | None = None
    latest: datetime.date | None = None
    given: str | None = None  # the id a person gave
    event_id: str = ""
    row: Row = field(default_factory=dict)
    rule: str = ""

    def add(self, mention: Told) -> None:
        """Takes a mention in and narrows the date."""
        self.members.append(mention)
        if mention.earliest and (self.earliest is None or mention.earliest > self.earliest):
            self.earliest = mention.earliest
        if mention.latest and (self.latest is None or mention.latest < self.latest):
            self.latest = mention.latest


def told(row: Row, published: datetime.date | None) -> Told:
    """A row of `event_mentions` arranged for comparing; private keys that are missing count as unknown."""
    participants = row.get("_participants") or []
    _, earliest, latest, _ = row.get("_time") or (None, None, None, None)
    rule = row.get("rule") or ""
    return Told(
        row=row,
        document=row["document_id"],
        type=row["type"],
        mode=row.get("_mode"),
        status=row["status"],
        label=row.get("_label") or str(row.get("trigger") or "").lower(),
        actors=frozenset(actor for role, actor in participants if role not in _HELPERS),
        everyone=frozenset(actor for _, actor in participants),
        countries=frozenset(row.get("_countries") or ()),
        place=row.get("_place_id") or row.get("_place"),
        earliest=earliest,
        latest=latest,
        order=(published.isoformat() if published else "9999", row["event_mention_id"]),
        named=rule.startswith("named."),
    )


# --- do two mentions fit ------------------------------------------------------------


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _possible(a: Told, b: Told) -> bool:
    """Whether nothing excludes that two mentions are one event."""
    if a.type != b.type:
        return False
    if a.status != b.status and frozenset((a.status, b.status)) not in _COMPATIBLE:
        return False
    if (
        a.mode != b.mode
        and not (a.mode is None or b.mode is None)
        and not (a.type == "CONSULT" and {a.mode, b.mode} <= _MEETS)
    ):
        return False
    if a.type == "CONSULT" and (a.mode in ("visit", "phone")) != (b.mode in ("visit", "phone")):
        return False
    if a.earliest and b.latest and a.earliest > b.latest:
        return False
    return not (b.earliest and a.latest and b.earliest > a.latest)


def fits(a: Told, b: Told) -> int:
    """How well two mentions go together as one event: 0 not at all, 3 in participants, place and word."""
    if not _possible(a, b):
        return 0
    ours, theirs = (a.actors, b.actors) if a.actors and b.actors else (a.everyone, b.everyone)
    share = max(_share(ours, theirs), _share(a.countries, b.countries))
    common = max(len(ours & theirs), len(a.countries & b.countries))
    people, word = share == 1 or (share >= 0.5 and common > 1), a.label == b.label
    place = a.place is not None and a.place == b.place
    strangers = bool(a.actors and b.actors) and share == 0
    elsewhere = a.place is not None and b.place is not None and not place
    score = people + place + word
    if a.named and b.named:
        return score + 1 if word and not strangers else 0
    same_text = a.document == b.document
    if strangers:
        return 0
    if not (a.dated and b.dated):
        return _undated(a, b, score, share, common, word=word, place=place, elsewhere=elsewhere) if same_text else 0
    width = max(a.width, b.width)
    if same_text and word and not elsewhere and (width <= _TIGHT or (a.earliest, a.latest) == (b.earliest, b.latest)):
        return score + 1
    if score < 2 or (elsewhere and width > _TIGHT):
        rare = word and a.mode in _RARE and width <= _TIGHT and not (elsewhere or (a.actors and b.actors))
        return int(rare)
    if width <= _TIGHT:
        return score
    if a.type in _OFTEN:
        return score if word and width <= _MONTH and (score == 3 or min(a.width, b.width) > _TIGHT) else 0
    return score if word and (width <= _YEAR or score == 3) else 0


def _undated(
    a: Told, b: Told, score: int, share: float, common: int, *, word: bool, place: bool, elsewhere: bool
) -> int:
    """Two mentions of one text, one or both without a date (or with an open one)."""
    if not word or elsewhere or not (common > 1 or (common == 1 and place)):
        return 0
    if share == 1:
        return score
    return score if share >= 0.5 and (a.dated or b.dated or place) and a.type not in _OFTEN else 0


# --- keys ---------------------------------------------------------------------------


def _keys(mention: Told) -> list[tuple[str, ...]]:
    """Pairs of what two mentions can share, as keys without the date."""
    who = [*sorted(mention.everyone)[:12], *(f"country:{c}" for c in sorted(mention.countries)[:12])]
    keys: list[tuple[str, ...]] = [(mention.type, mention.label, name) for name in who]
    if mention.place is not None:
        keys.append((mention.type, mention.label, f"place:{mention.place}"))
        keys += [(mention.type, f"place:{mention.place}", name) for name in who]
    if mention.mode in _RARE and mention.width <= _TIGHT:
        keys.append((mention.type, "rare", mention.label))
    if mention.named:
        keys.append((mention.type, "named", mention.label))
    return keys


def _months(mention: Told) -> list[str] | None:
    if mention.earliest is None or mention.latest is None or mention.width > 100:
        return None
    first = mention.earliest.year * 12 + mention.earliest.month
    last = mention.latest.year * 12 + mention.latest.month
    return [f"m{n}" for n in range(first, last + 1)]


def _years(mention: Told) -> list[str] | None:
    if mention.earliest is None or mention.latest is None or mention.width > 12 * _YEAR:
        return None
    return [f"y{n}" for n in range(mention.earliest.year, mention.latest.year + 1)]


def _filed(mention: Told) -> list[str]:
    """Under which dates an event with this mention is filed: exact ones also under what coarser dates ask for."""
    months, years = _months(mention), _years(mention)
    if months is not None:
        return [*months, *(f"{y}*" for y in years or ()), "any*"]
    return [*years, "any*"] if years is not None else ["any"]


def _asked(mention: Told) -> list[str]:
    """Under which dates the events that may fit a mention are filed."""
    months, years = _months(mention), _years(mention)
    if months is not None:
        return [*months, *(years or ()), "any"]
    if years is not None:
        return [*years, *(f"{y}*" for y in years), "any"]
    return ["any", "any*"]


class _Index:
    """Events by key and date, in the order in which they came."""

    def __init__(self) -> None:
        self.files: dict[tuple[tuple[str, ...], str], list[int]] = {}
        self.texts: dict[tuple[str, str, str], list[int]] = {}

    def put(self, number: int, mention: Told) -> None:
        for key in _keys(mention):
            for date in _filed(mention):
                file = self.files.setdefault((key, date), [])
                if (not file or file[-1] != number) and len(file) < _MANY:
                    file.append(number)
        text = self.texts.setdefault((mention.document, mention.type, mention.label), [])
        if (not text or text[-1] != number) and len(text) < _MANY:
            text.append(number)

    def near(self, mention: Told) -> list[int]:
        found: dict[int, None] = {}
        for key in _keys(mention):
            for date in _asked(mention):
                found.update(dict.fromkeys(self.files.get((key, date), ())))
        found.update(dict.fromkeys(self.texts.get((mention.document, mention.type, mention.label), ())))
        return sorted(found)


# --- clustering ---------------------------------------------------------------------


def _score(event: Event, mention: Told) -> int:
    """The best fit of a mention with a member of an event, 0 where the event's date excludes it."""
    if mention.earliest and event.latest and mention.earliest > event.latest:
        return 0
    if mention.latest and event.earliest and mention.latest < event.earliest:
        return 0
    scores = [fits(member, mention) for member in event.members[:8]]
    return max(scores) if scores and all(_possible(member, mention) for member in event.members[:8]) else 0


def cluster(mentions: Iterable[Told]) -> list[Event]:
    """Mentions as events. Those with an id of their own are taken as they are and draw nothing to them."""
    events: list[Event] = []
    given: dict[str, Event] = {}
    pointing: list[Told] = []
    free: list[Told] = []
    for mention in sorted(mentions, key=lambda m: m.order):
        own = mention.row.get("event_id")
        if own:
            event = given.get(own)
            if event is None:
                event = given[own] = Event(given=own)
                events.append(event)
            event.add(mention)
        elif mention.row.get("_same_as"):
            pointing.append(mention)
        else:
            free.append(mention)
    index = _Index()
    home: dict[str, Event] = {}
    free.sort(key=lambda m: (m.width, m.order))
    for mention in free:
        scored = [(score, n) for n in index.near(mention) if (score := _score(events[n], mention))]
        best = max((score for score, _ in scored), default=0)
        sure = mention.width <= _TIGHT and best > 1
        candidates = [n for score, n in scored if score == best] if sure else [n for _, n in scored]
        if candidates and (len(candidates) == 1 or sure):
            number = candidates[0]
        else:
            number = len(events)
            events.append(Event())
        events[number].add(mention)
        index.put(number, mention)
        home[mention.row["event_mention_id"]] = events[number]
    alone: dict[str, Event] = {}
    for mention in pointing:
        target = mention.row["_same_as"]
        event = home.get(target) or alone.get(target)
        if event is None:  # what it points to was dropped or given another event by a person
            event = alone[target] = Event()
            events.append(event)
        event.add(mention)
    return events


# --- rows ---------------------------------------------------------------------------


def _first_most(values: Iterable[Any]) -> Any:
    """The most frequent value, the first of them where there are several; None where there is none."""
    counts = Counter(v for v in values if v is not None)
    return max(counts, key=lambda v: counts[v]) if counts else None  # max keeps the first seen


def _status(members: Sequence[Told]) -> str:
    """The most certain status. The author's word makes a fact; claimed by one and denied by another is disputed."""
    if any(m.status == "actual" and m.row.get("voice") != "attributed" for m in members):
        return "actual"
    told_so = {m.status for m in members}
    if "denied" in told_so and told_so & {"actual", "disputed"}:
        return "disputed"
    return next(status for status in _CERTAIN if status in told_so)


def _participants(event: Event) -> list[tuple[str, str]]:
    """(role, actor) of an event: each actor in the role it is told in most often, in the order of telling."""
    roles: dict[str, list[str]] = {}
    for member in event.members:
        for role, actor in member.row.get("_participants") or ():
            roles.setdefault(actor, []).append(role)
    return [(_first_most(told_in), actor) for actor, told_in in roles.items()]


def _date_of(event: Event) -> tuple[Any, Any, Any, Any]:
    """The most exact date told: (EDTF, earliest, latest, precision)."""
    dated = [m for m in event.members if (m.row.get("_time") or (None,))[0]]
    if not dated:
        return None, None, None, None
    best = min(dated, key=lambda m: (m.width, m.order))
    value, earliest, latest, precision = best.row["_time"]
    return value, earliest, latest, precision


def _latest_day(document: Mapping[str, Any] | None) -> datetime.date | None:
    return (document or {}).get("published_latest")


def _provenance(event: Event) -> Provenance:
    members = event.members
    if event.given:
        return "human", "correction", 1.0, "corrected"
    surest = max(float(m.row.get("confidence") or 0) for m in members)
    if len(members) == 1:
        row = members[0].row
        return row.get("method") or "rule", "merge.single", surest, "unreviewed"
    if len({m.document for m in members}) == 1:
        return "rule", "merge.one-text", round(surest * 0.95, 2), "unreviewed"
    return "rule", "merge.across-texts", round(surest * 0.9, 2), "unreviewed"


def _event_row(
    event: Event,
    documents: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
    participants: Sequence[tuple[str, str]],
) -> Row:
    members = event.members
    kind = _first_most(m.type for m in members)
    of_kind = [m for m in members if m.type == kind]
    mode = _first_most(m.mode for m in of_kind)
    status = _status(members)
    value, earliest, latest, precision = _date_of(event)
    if status in ("actual", "disputed") and earliest is not None:
        days = [d for m in members if m.status == status and (d := _latest_day(documents.get(m.document))) is not None]
        if days and earliest > max(days):
            status = "planned"
    place = _first_most(m.row.get("_place") for m in members)
    country = _first_most(m.row.get("_place_country") for m in members if m.row.get("_place") == place and place)
    word = _first_most(m.label for m in of_kind)
    method, rule, confidence, review = _provenance(event)
    return {
        "event_id": event.event_id,
        "type": kind,
        "mode": mode,
        "status": status,
        "label": event_label(kind, mode, status, word, participants, names, place, value),
        "date": value,
        "earliest": earliest,
        "latest": latest,
        "date_precision": precision,
        "place": place,
        "place_country": country,
        "n_documents": len({m.document for m in members}),
        "n_mentions": len(members),
        "method": method,
        "rule": rule,
        "confidence": confidence,
        "review": review,
    }


def merge_events(
    event_mention_rows: Sequence[Row],
    documents: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str] | None = None,
) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of `events`, `event_participants` and `event_links`, each sorted by key; sets `event_id` of every mention.

    `documents` maps a document id to its row of `documents`; `names` an actor id to the name that labels show (the id
    where there is none). A mention that already has an event_id keeps it, and its event takes in nothing else. The rows
    and the ids do not depend on the order of the mentions.
    """
    mentions = [
        told(row, (documents.get(row["document_id"]) or {}).get("published_earliest")) for row in event_mention_rows
    ]
    events = cluster(mentions)
    event_rows: list[Row] = []
    participant_rows: list[Row] = []
    for event in events:
        event.members.sort(key=lambda m: m.order)
        event.event_id = event.given or ids.event_id(event.members[0].row["event_mention_id"])
        participants = _participants(event)
        event.row = _event_row(event, documents, names or {}, participants)
        event_rows.append(event.row)
        for member in event.members:
            member.row["event_id"] = event.event_id
        for role, actor in participants:
            confidence = max(
                float(m.row.get("confidence") or 0)
                for m in event.members
                if (role, actor) in (m.row.get("_participants") or ())
            )
            participant_rows.append(
                {
                    "event_id": event.event_id,
                    "actor_id": actor,
                    "role": role,
                    "method": "rule",
                    "rule": "participants.clause",
                    "confidence": confidence,
                    "review": "unreviewed",
                }
            )
    event_rows.sort(key=lambda row: row["event_id"])
    participant_rows.sort(key=lambda row: (row["event_id"], row["actor_id"], row["role"]))
    return event_rows, participant_rows, event_links(events)
