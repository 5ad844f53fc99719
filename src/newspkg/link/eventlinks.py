"""Relations between events: a battle is part of a war, one day contradicts another, one event follows another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newspkg.link.merge import Event

__all__ = ["event_links"]

Row = dict[str, Any]

_MANY = 40  # events of one kind and name that are compared with each other
_NEAR_DAYS = 3  # two dates of one event seldom lie further apart; events further apart are two
_ONCE = frozenset(("AGREE", "RETREAT", "CONCEDE"))  # done once: two days for the same deed contradict each other


def event_links(events: Sequence[Event]) -> list[Row]:
    """Rows of `event_links`, sorted by key, each once; `event_id` and `row` of the events must be set."""
    found: dict[tuple[str, str, str], tuple[str, str, float]] = {}
    ordered = sorted(events, key=lambda event: event.event_id)
    _wars(ordered, found)
    _contradictions(ordered, found)
    _sequences(ordered, found)
    return [
        {
            "event_a": a,
            "event_b": b,
            "relation": relation,
            "evidence": evidence,
            "method": "rule",
            "rule": rule,
            "confidence": confidence,
            "review": "unreviewed",
        }
        for (a, b, relation), (evidence, rule, confidence) in sorted(found.items())
    ]


Found = dict[tuple[str, str, str], tuple[str, str, float]]


def _who(event: Event) -> frozenset[str]:
    """The countries of an event's actors, or the actors where no country is known."""
    countries = frozenset(c for m in event.members for c in m.countries)
    return countries or frozenset(a for m in event.members for a in m.actors)


def _label(event: Event) -> str:
    return event.members[0].label


def _is_war(event: Event) -> bool:
    return event.row["type"] == "ASSAULT" and any(m.label.endswith("war") for m in event.members)


def _wars(events: Sequence[Event], found: Found) -> None:
    """A fight whose date lies within that of a war between the same sides is part of it."""
    wars: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        row = event.row
        if (
            _is_war(event)
            and row["earliest"]
            and row["latest"]
            and (row["latest"] - row["earliest"]).days >= _NEAR_DAYS
        ):
            for name in _who(event):
                if len(wars[name]) < _MANY:
                    wars[name].append(event)
    if not wars:
        return
    for event in events:
        row = event.row
        if row["type"] != "ASSAULT" or _is_war(event) or not row["earliest"] or not row["latest"]:
            continue
        sides = _who(event)
        for war in {w.event_id: w for name in sorted(sides) for w in wars.get(name, ())}.values():
            inside = war.row["earliest"] <= row["earliest"] and row["latest"] <= war.row["latest"]
            shorter = (row["latest"] - row["earliest"]) < (war.row["latest"] - war.row["earliest"])
            if inside and shorter and len(sides & _who(war)) * 2 >= len(sides | _who(war)):
                found[event.event_id, war.event_id, "part_of"] = (
                    "its date lies within that of the war between the same sides",
                    "link.part-of-war",
                    0.7,
                )


def _contradictions(events: Sequence[Event], found: Found) -> None:
    """The same deed told with two dates, or told by one and denied by another."""
    alike: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in events:
        for name in sorted(_who(event)):
            file = alike[event.row["type"], _label(event), name]
            if len(file) < _MANY:
                file.append(event)
    for file in alike.values():
        for i, a in enumerate(file):
            for b in file[i + 1 :]:
                if (a.event_id, b.event_id, "contradicts") in found:
                    continue
                told = _two_dates(a, b) or _denial(a, b)
                if told:
                    found[a.event_id, b.event_id, "contradicts"] = told


def _two_dates(a: Event, b: Event) -> tuple[str, str, float] | None:
    if a.row["type"] not in _ONCE or a.row["status"] != "actual" or b.row["status"] != "actual":
        return None
    days = [
        event.row["earliest"]
        for event in (a, b)
        if event.row["earliest"] and event.row["earliest"] == event.row["latest"]
    ]
    if len(days) != 2 or not 0 < abs((days[0] - days[1]).days) <= _NEAR_DAYS:
        return None
    if {m.document for m in a.members} & {m.document for m in b.members}:
        return None  # one text that tells two days tells two events
    one, other = _who(a), _who(b)
    places = {event.row["place"] for event in (a, b)} - {None}
    if len(one) < 2 or len(one & other) * 3 < len(one | other) * 2 or len(places) > 1:
        return None
    first, second = sorted(day.isoformat() for day in days)
    return f"the same deed of the same sides, on {first} in one text and on {second} in another", "link.two-dates", 0.6


def _denial(a: Event, b: Event) -> tuple[str, str, float] | None:
    if {a.row["status"], b.row["status"]} not in ({"actual", "denied"}, {"disputed", "denied"}):
        return None
    one, other = _who(a), _who(b)
    if len(one & other) * 2 < len(one | other):
        return None
    if any(m.mode not in (None, n.mode) and n.mode is not None for m in a.members[:1] for n in b.members[:1]):
        return None
    places = {event.row["place"] for event in (a, b)} - {None}
    start, end = a.row, b.row
    if start["earliest"] and end["latest"] and start["earliest"] > end["latest"]:
        return None
    if end["earliest"] and start["latest"] and end["earliest"] > start["latest"]:
        return None
    dated = bool(start["date"] and end["date"])
    same_text = {m.document for m in a.members} & {m.document for m in b.members}
    if len(places) > 1 or not (dated or same_text):
        return None
    return "told as having happened in one place and denied in another", "link.denied", 0.6


def _sequences(events: Sequence[Event], found: Found) -> None:
    """What a sentence tells to come after another event."""
    home = {m.row["event_mention_id"]: event.event_id for event in events for m in event.members}
    for event in events:
        for member in event.members:
            for relation, other, cue in member.row.get("_follows") or ():
                target = home.get(other)
                if target and target != event.event_id:
                    found.setdefault(
                        (event.event_id, target, relation),
                        (
                            f"one sentence tells it with the word {cue!r} before the other",
                            f"link.{relation.replace('_', '-')}",
                            0.7,
                        ),
                    )
