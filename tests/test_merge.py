"""Mentions become events: what is one, what is not, whatever the order."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest

from effort import sizes
from growth import steps
from newspkg import edtf, ids
from newspkg.link.eventlabels import MAX_WORDS, date_in_words, event_label
from newspkg.link.events import merge_events

SCHEMAS = Path(__file__).parent.parent / "schemas"
A, B, C = (f"doc-{letter * 16}" for letter in "abc")
_next = iter(range(0, 10_000_000, 10))


def document(document_id: str, day: str | None) -> dict[str, Any]:
    date = datetime.date.fromisoformat(day) if day else None
    return {"document_id": document_id, "published_earliest": date, "published_latest": date}


DOCUMENTS = {d["document_id"]: d for d in (document(A, "2031-06-01"), document(B, "2031-06-02"), document(C, None))}


def mention(
    doc: str = A,
    kind: str = "RETREAT",
    who: str = "participant:velmara participant:ostria",
    date: str | None = "2031-05-03",
    label: str = "ceasefire",
    **more: Any,
) -> dict[str, Any]:
    """A row of `event_mentions` with its private keys; `who` is "role:actor role:actor"."""
    start = next(_next)
    bounds = edtf.bounds(date) if date else (None, None)
    row = {
        "event_mention_id": ids.span_id(doc, "event_mentions", start, start + 5),
        "event_id": None,
        "document_id": doc,
        "start": start,
        "end": start + 5,
        "trigger": label,
        "type": kind,
        "status": "actual",
        "voice": "author",
        "method": "rule",
        "rule": f"noun.{label}",
        "confidence": 0.8,
        "review": "unreviewed",
        "_participants": [tuple(pair.split(":")) for pair in who.split()],
        "_place": None,
        "_place_country": None,
        "_mode": "ceasefire" if kind == "RETREAT" else None,
        "_time": (date, *bounds, edtf.precision(date)) if date else (None, None, None, None),
        "_label": label,
        "_countries": [],
    }
    return {**row, **more}


def merged(*rows: dict[str, Any]) -> list[set[int]]:
    """Which of the rows are one event, as sets of their numbers."""
    merge_events(list(rows), DOCUMENTS)
    groups: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row["event_id"], set()).add(number)
    return sorted(groups.values(), key=min)


ONE, TWO = [{0, 1}], [{0}, {1}]


@pytest.mark.parametrize(
    ("why", "other", "result"),
    [
        ("the same day, sides and word", {}, ONE),
        ("another day", {"date": "2031-05-04"}, TWO),
        ("a month that has the day", {"date": "2031-05"}, ONE),
        ("a month that has it not", {"date": "2031-04"}, TWO),
        ("a year is wide, but sides and word agree", {"date": "2031"}, ONE),
        ("no date, in another text", {"date": None}, TWO),
        ("other sides", {"who": "participant:marenia participant:tavra"}, TWO),
        ("half of the sides and the word", {"who": "participant:velmara participant:ostria participant:marenia"}, ONE),
        ("one shared side of three is not half", {"who": "participant:velmara participant:marenia"}, TWO),
        (
            "a mediator does not change the sides",
            {"who": "participant:velmara participant:ostria mediator:marenia"},
            ONE,
        ),
        ("no sides known, but a ceasefire of that day", {"who": ""}, ONE),
        ("another word, no place", {"label": "truce"}, TWO),
        ("another type", {"kind": "AGREE"}, TWO),
        ("a plan that came true", {"status": "planned"}, ONE),
        ("denied", {"status": "denied"}, TWO),
        ("only possible", {"status": "hypothetical"}, TWO),
    ],
)
def test_two_texts(why: str, other: dict[str, Any], result: list[set[int]]) -> None:
    assert merged(mention(A), mention(B, **other)) == result, why


@pytest.mark.parametrize(
    ("why", "first", "other", "result"),
    [
        ("meetings within a month need a place, too", {"date": "2031-05"}, {"date": "2031-05-03"}, TWO),
        (
            "with the place they are one",
            {"date": "2031-05", "_place": "Tavra"},
            {"date": "2031-05-03", "_place": "Tavra"},
            ONE,
        ),
        ("another place, the same day, the same people and word", {"_place": "Tavra"}, {"_place": "Kolm"}, ONE),
        ("place and people, another word", {"_place": "Tavra"}, {"_place": "Tavra", "label": "talks"}, ONE),
        ("a visit is no meeting", {}, {"_mode": "visit"}, TWO),
        ("a year is too wide", {"date": "2031"}, {"date": "2031"}, TWO),
    ],
)
def test_meetings_of_two_texts(why: str, first: dict[str, Any], other: dict[str, Any], result: list[set[int]]) -> None:
    talk = {"kind": "CONSULT", "label": "meeting"}
    assert merged(mention(A, **{**talk, **first}), mention(B, **{**talk, **other})) == result, why


@pytest.mark.parametrize(
    ("why", "other", "result"),
    [
        ("again without a date, the same sides", {"date": None}, ONE),
        ("again without a date or sides: not said to be the same", {"date": None, "who": ""}, TWO),
        ("pointing back", {"date": None, "who": "", "_same_as": True}, ONE),
        ("two days are two events", {"date": "2031-05-05"}, TWO),
    ],
)
def test_one_text(why: str, other: dict[str, Any], result: list[set[int]]) -> None:
    first = mention(A)
    if other.get("_same_as"):
        other = {**other, "_same_as": first["event_mention_id"]}
    assert merged(first, mention(A, **other)) == result, why


def test_an_undated_mention_that_fits_two_events_joins_neither() -> None:
    assert merged(mention(A), mention(A, date="2031-05-20"), mention(A, date=None)) == [{0}, {1}, {2}]


def test_a_war_with_a_name_is_one_in_all_texts() -> None:
    war = {"kind": "ASSAULT", "label": "nine-day war", "rule": "named.nine-day-war", "who": ""}
    assert merged(mention(A, **war, date="2029-04"), mention(B, **war, date=None), mention(C, **war, date="2029")) == [
        {0, 1, 2}
    ]


def test_a_given_id_is_kept_and_draws_nothing_to_it() -> None:
    rows = [mention(A, event_id="ceasefire-2031"), mention(B, event_id="ceasefire-2031", date="2030-01-01"), mention(C)]
    assert merged(*rows) == [{0, 1}, {2}]
    assert rows[0]["event_id"] == "ceasefire-2031"
    events, _, _ = merge_events([mention(A, event_id="ceasefire-2031")], DOCUMENTS)
    assert (events[0]["event_id"], events[0]["method"]) == ("ceasefire-2031", "human")


def test_a_row_that_a_person_added_needs_no_private_keys() -> None:
    row = {k: v for k, v in mention(A).items() if not k.startswith("_")}
    events, participants, links = merge_events([row], DOCUMENTS)
    assert (events[0]["date"], events[0]["label"], participants, links) == (None, "Ceasefire", [], [])


# --- rows


def test_rows_have_the_columns_of_the_schemas_in_their_order() -> None:
    inside = mention(A, kind="ASSAULT", label="attack")
    war = mention(A, kind="ASSAULT", label="war", date="2031-05")
    events, participants, links = merge_events([inside, war], DOCUMENTS)
    for rows, table in ((events, "events"), (participants, "event_participants"), (links, "event_links")):
        schema = json.loads((SCHEMAS / f"{table}.json").read_text(encoding="utf-8"))
        assert rows
        assert all(list(row) == [field["name"] for field in schema["fields"]] for row in rows)


def test_an_event_takes_the_most_exact_date_the_surest_status_and_counts_its_mentions() -> None:
    rows = [mention(A, date="2031-05", status="planned"), mention(B), mention(A, date=None, who="", _same_as="")]
    rows[2]["_same_as"] = rows[0]["event_mention_id"]
    (event,), _, _ = merge_events(rows, DOCUMENTS)
    assert (event["date"], event["earliest"], event["date_precision"]) == (
        "2031-05-03",
        datetime.date(2031, 5, 3),
        "day",
    )
    assert (event["status"], event["n_documents"], event["n_mentions"]) == ("actual", 2, 3)
    assert event["rule"] == "merge.across-texts"


def test_the_id_is_that_of_the_first_mention_published() -> None:
    later, first, undated = mention(B), mention(A), mention(C)
    (event,), _, _ = merge_events([undated, later, first], DOCUMENTS)
    assert event["event_id"] == ids.event_id(first["event_mention_id"])


def test_claimed_by_one_and_denied_by_another_is_disputed() -> None:
    rows = [mention(A, status="disputed", voice="attributed"), mention(B, status="denied", voice="attributed")]
    (event,), _, _ = merge_events(rows, DOCUMENTS)
    assert event["status"] == "disputed"


def test_an_actual_event_does_not_lie_after_its_texts() -> None:
    rows = [mention(A, date="2031-07-01", status="planned"), mention(A, date=None, who="", status="actual")]
    rows[1]["_same_as"] = rows[0]["event_mention_id"]
    (event,), _, _ = merge_events(rows, DOCUMENTS)
    assert event["status"] == "planned"


def test_an_actor_has_the_role_it_is_told_in_most_often() -> None:
    rows = [mention(A), mention(B), mention(C, who="initiator:velmara participant:ostria")]
    _, participants, _ = merge_events(rows, DOCUMENTS)
    assert [(p["actor_id"], p["role"]) for p in participants] == [("ostria", "participant"), ("velmara", "participant")]


# --- links


def links_of(*rows: dict[str, Any]) -> list[tuple[int, str, int]]:
    _, _, links = merge_events(list(rows), DOCUMENTS)
    number = {row["event_id"]: n for n, row in enumerate(rows)}
    return [(number[link["event_a"]], link["relation"], number[link["event_b"]]) for link in links]


def test_an_attack_within_a_war_of_the_same_sides_is_part_of_it() -> None:
    war = mention(A, kind="ASSAULT", label="war", date="2031-05")
    attack = mention(B, kind="ASSAULT", label="attack")
    others = mention(B, kind="ASSAULT", label="attack", who="initiator:marenia target:tavra")
    later = mention(B, kind="ASSAULT", label="attack", date="2031-06-01")
    assert links_of(war, attack, others, later) == [(1, "part_of", 0)]


def test_one_deed_on_two_neighbouring_days_contradicts_itself() -> None:
    assert [r for _, r, _ in links_of(mention(A), mention(B, date="2031-05-04"))] == ["contradicts"]
    assert links_of(mention(A), mention(A, date="2031-05-04")) == []
    assert links_of(mention(A), mention(B, date="2031-05-20")) == []
    talk = {"kind": "CONSULT", "label": "meeting"}
    assert links_of(mention(A, **talk), mention(B, **talk, date="2031-05-04")) == []


def test_told_and_denied_contradict_each_other() -> None:
    assert [r for _, r, _ in links_of(mention(A), mention(B, status="denied"))] == ["contradicts"]
    assert links_of(mention(A), mention(B, status="denied", date="2031-05-09")) == []


def test_an_order_told_by_a_sentence_is_a_link() -> None:
    first = mention(A, kind="ASSAULT", label="attack")
    second = mention(A, kind="COERCE", label="blockade", date="2031-05-09")
    second["_follows"] = [("responds_to", first["event_mention_id"], "in response to")]
    assert links_of(first, second) == [(1, "responds_to", 0)]


# --- many, in any order


def many(count: int) -> list[dict[str, Any]]:
    """Mentions of invented events: a hundred texts, forty actors, days of three years; some vague, some without a date."""
    dice = random.Random(7)
    kinds = [("CONSULT", "meeting"), ("ASSAULT", "attack"), ("RETREAT", "ceasefire"), ("ACCUSE", "accusation")]
    rows = []
    for _ in range(count):
        kind, label = dice.choice(kinds)
        day = datetime.date(2029, 1, 1) + datetime.timedelta(days=dice.randrange(1000))
        date = dice.choice([day.isoformat()] * 6 + [f"{day:%Y-%m}", f"{day:%Y}", None])
        one, two = dice.sample(range(40), 2)
        place = dice.choice([None, "Tavra", "Kolm", "Kesten"])
        doc = f"doc-{dice.randrange(100):016x}"
        who = f"participant:actor-{one} participant:actor-{two}"
        rows.append(mention(doc, kind, who, date, label, _place=place, _mode=None))
    return rows


def test_the_order_of_the_mentions_does_not_matter() -> None:
    rows = many(600)
    first = merge_events([dict(row) for row in rows], {})
    for seed in range(3):
        shuffled = [dict(row) for row in rows]
        random.Random(seed).shuffle(shuffled)
        assert merge_events(shuffled, {}) == first


@pytest.mark.parametrize("size", sizes(1600, 5000))
def test_mentions_are_merged_in_less_than_a_square_and_never_share_an_event_on_two_days(size: int) -> None:
    small, rows = many(size // 4), many(size)
    few = steps(lambda: merge_events([dict(row) for row in small], {}))
    many_steps = steps(lambda: merge_events([dict(row) for row in rows], {}))
    assert many_steps < 10 * few  # four times the rows; a square would be sixteen times
    events, _, _ = merge_events(rows, {})
    assert sum(event["n_mentions"] for event in events) == size
    days: dict[str, set[str]] = {}
    for row in rows:
        if row["_time"][3] == "day":
            days.setdefault(row["event_id"], set()).add(row["_time"][0])
    assert all(len(told) == 1 for told in days.values())


def test_five_thousand_mentions_of_one_event_are_one() -> None:
    rows = [mention(f"doc-{n:016x}") for n in range(5000)]
    (event,), _, _ = merge_events(rows, {})
    assert event["n_documents"] == 5000


# --- labels


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2031-03-11", "11 March 2031"),
        ("2031-03", "March 2031"),
        ("2031", "2031"),
        ("203X", "2030s"),
        ("2031-21", "spring 2031"),
        ("2031-05/..", "from May 2031"),
        ("../2031", "until 2031"),
        ("2029-09-27/2029-11-10", "27 September 2029 to 10 November 2029"),
        ("2031-11~", "about November 2031"),
        ("2031-03-11T10:00:00Z", "11 March 2031"),
    ],
)
def test_a_date_in_words(value: str, words: str) -> None:
    assert edtf.valid(value)
    assert date_in_words(value) == words


def test_a_label_says_who_what_where_and_when() -> None:
    names = {"velmara": "Velmara", "ostria": "Ostria", "marenia": "Marenia"}
    sides = [("participant", "velmara"), ("participant", "ostria")]
    label = event_label("RETREAT", "ceasefire", "actual", "ceasefire", sides, names, "Tavra", "2031-03-11")
    assert label == "Velmara and Ostria: ceasefire in Tavra, 11 March 2031"
    attack = [("initiator", "velmara"), ("target", "ostria")]
    assert (
        event_label("ASSAULT", None, "disputed", None, attack, names, None, None)
        == "Velmara: disputed attack on Ostria"
    )
    assert event_label("ASSAULT", None, "actual", "attack", [], {}, None, "2031") == "Attack, 2031"


def test_a_label_has_fifteen_words_at_most() -> None:
    names = {f"a{n}": f"Ministry of Foreign Affairs of the Republic of State {n}" for n in range(9)}
    sides = [("participant" if n % 2 else "target", f"a{n}") for n in range(9)]
    for count in range(10):
        label = event_label("ASSAULT", None, "actual", "attack", sides[:count], names, "Tavra", "2029-09-27/2029-11-10")
        assert 0 < len(label.split()) <= MAX_WORDS
