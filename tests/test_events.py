"""Events in a text: triggers, status, who is who, when and where; then their rows."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from growth import steps
from helpers import body_of
from newspkg import ids
from newspkg.find.events import find_events
from newspkg.find.model import EventFinding, MentionFinding, QuoteFinding, Span, TimeFinding
from newspkg.find.triggers import ING, PAST, lexicon
from newspkg.link.events import _candidates, link_event_mentions

CASES = Path(__file__).parent / "cases" / "events"
STATES = {"Velmara": "VLM", "Ostria": "OST", "Marenia": "MAR"}
PERSONS = ("Maro", "Oruen", "Estvik")
PLACES = ("Tavra", "Kolm")
SEATS = ("Kesten",)
_NAME = re.compile(rf"\b(?:{'|'.join([*STATES, *PERSONS, *PLACES, *SEATS])})\b(?!n)")
_DATE = re.compile(r"(?:since )?(?:\d{1,2} May \d{4}|May \d{4}|20\d\d)|December(?= talks)|Tuesday")


class Registry:
    """As much of a registry as linking events asks for."""

    actors: ClassVar = {
        **{n.lower(): {"actor_id": n.lower(), "name": n, "type": "state", "country": c} for n, c in STATES.items()},
        **{n.lower(): {"actor_id": n.lower(), "name": n, "type": "person", "country": None} for n in PERSONS},
    }
    names: ClassVar = [
        {"actor_id": "velmara", "name": "Velmaran", "kind": "demonym"},
        {"actor_id": "ostria", "name": "Ostrian", "kind": "demonym"},
        {"actor_id": "velmara", "name": "Kesten", "kind": "metonym"},
    ]


def mentions_of(text: str) -> list[MentionFinding]:
    """The invented names; a place after a preposition of place."""
    found = []
    for match in _NAME.finditer(text):
        name = match[0]
        form = "surname" if name in PERSONS else "metonym" if name in SEATS else "name"
        there = (
            name in PLACES
            or re.search(r"\b(?:in|at|near|from|to) $", text[max(0, match.start() - 8) : match.start()]) is not None
        )
        reading = "place" if there and name not in PERSONS else "actor"
        span = Span(match.start(), match.end())
        found.append(MentionFinding(*span, form, reading, (name.lower(),), "test", 0.9, span))
    return found


def times_of(text: str) -> list[TimeFinding]:
    return [TimeFinding(m.start(), m.end(), "test", 0.9, value=m[0]) for m in _DATE.finditer(text)]


def events_of(text: str, quotes: list[QuoteFinding] | None = None) -> list[EventFinding]:
    return find_events(body_of(text), times_of(text), mentions_of(text), quotes or [])


def shown(text: str, event: EventFinding) -> dict[str, Any]:
    times = times_of(text)
    return {
        "trigger": text[event.trigger.start : event.trigger.end],
        "type": event.type,
        "mode": event.mode,
        "status": event.status,
        "tense": event.tense,
        "participants": [f"{role}:{text[span.start : span.end]}" for role, span in event.participants],
        "place": event.place and text[event.place.start : event.place.end],
        "time": None if event.time is None else text[times[event.time].start : times[event.time].end],
        "rule": event.rule,
    }


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['why']}")
        for path in sorted(CASES.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    events = sorted(events_of(case["text"]), key=lambda event: event.trigger)
    found = [shown(case["text"], event) for event in events]
    if case.get("loose"):
        assert not {row["trigger"] for row in found} & set(case.get("absent", ()))
        found = [row for row in found if row["trigger"] in {want["trigger"] for want in case["events"]}]
    assert [row["trigger"] for row in found] == [want["trigger"] for want in case["events"]]
    for row, want in zip(found, case["events"], strict=True):
        got = {key: row[key] for key in want}
        for side in (got, want):
            if "participants" in side:
                side["participants"] = sorted(side["participants"])
        assert got == want


# --- spans and quotes


def test_two_events_of_one_clause_have_different_spans_inside_their_sentence() -> None:
    text = "Maro visited Ostria in May 2031 and signed a treaty with Oruen."
    found = events_of(text)
    assert len(found) == 2
    assert len({(e.start, e.end) for e in found}) == 2
    for event in found:
        assert 0 <= event.start <= event.trigger.start < event.trigger.end <= event.end <= len(text)


def quote(text: str, words: str, kind: str, cue_class: str | None) -> QuoteFinding:
    start = text.index(words)
    return QuoteFinding(start, start + len(words), kind, 0, 0, "test", 0.9, speaker=Span(0, 7), cue_class=cue_class)


@pytest.mark.parametrize(
    ("cue_class", "status"), [("neutral", "actual"), ("claim", "disputed"), ("accuse", "disputed"), ("deny", "denied")]
)
def test_what_is_said_takes_its_certainty_from_the_cue(cue_class: str, status: str) -> None:
    text = "Velmara spoke up: Ostria attacked Marenia in May 2031."
    inside = quote(text, "Ostria attacked Marenia in May 2031", "indirect", cue_class)
    (event,) = events_of(text, [inside])
    assert (event.quote, event.status) == (0, status)


def test_the_innermost_quote_is_taken_and_the_author_speaks_outside_of_them() -> None:
    text = "Velmara says that Maro said Ostria attacked Marenia. Maro met Oruen."
    outer = quote(text, "that Maro said Ostria attacked Marenia", "indirect", "neutral")
    inner = quote(text, "Ostria attacked Marenia", "indirect", "neutral")
    attacked, met = events_of(text, [outer, inner])
    assert (attacked.quote, met.quote) == (1, None)


def test_would_in_reported_speech_is_a_plan() -> None:
    text = "Velmara said that Maro would visit Ostria in May 2031."
    reported = quote(text, "that Maro would visit Ostria in May 2031", "indirect", "neutral")
    assert [e.status for e in events_of(text, [reported])] == ["planned"]
    assert [e.status for e in events_of(text)] == ["hypothetical"]


def test_an_event_holds_its_trigger_where_its_phrase_begins_with_a_mark() -> None:
    text = "” agreement 2031 visit"
    agreed = next(e for e in events_of(text) if e.rule == "noun.agreement")
    assert text[agreed.start : agreed.end] == "agreement 2031"


# --- never raises, never slow


@settings(max_examples=examples(100, 2000), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Velmara",
                "Ostria",
                "Maro",
                "Tavra",
                "attacked",
                "visit",
                "talks",
                "war",
                "ceasefire",
                "the",
                "a",
                "of",
                "and",
                ",",
                ".",
                ";",
                "(",
                ")",
                '"',
                "“",
                "”",
                "'",
                "to",
                "not",
                "will",
                "would",
                "was",
                "been",
                "by",
                "with",
                "between",
                "which",
                "that",
                "if",
                "when",
                "after",
                "2031",
                "said",
                "meeting",
                "'s",
                "signed",
                "agreement",
                "has",
                "repeatedly",
                "in",
            ]
        ),
        max_size=60,
    )
)
def test_any_heap_of_words_gives_valid_findings(words: list[str]) -> None:
    text = " ".join(words)
    found = events_of(text)
    assert len({(e.start, e.end) for e in found}) == len(found)
    for event in found:
        assert 0 <= event.start <= event.trigger.start < event.trigger.end <= event.end <= len(text)
        assert 0 < event.confidence <= 1
        assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", event.rule)
        if event.type in ("AID", "SANCTION", "COOPERATE"):
            assert "target" in {role for role, _ in event.participants}


@settings(max_examples=examples(40, 600), deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    assert isinstance(events_of(text), list)


@pytest.mark.parametrize(
    "unit", ["talks ", "said ", ", ", "the war in ", "attacked ", "Ostria attacked Maro and ", '"', "(", "a-"]
)
def test_work_grows_with_the_text_only(unit: str) -> None:
    def work(size: int) -> int:
        text = (unit * (size // len(unit))).strip() + "."
        body, mentions = body_of(text), mentions_of(text)
        return steps(lambda: find_events(body, [], mentions, []))

    work(1000)  # what is loaded once
    assert work(40_000) < 5 * work(10_000) + 1000  # 4 times the text; a square would be 16 times


# --- the lexicon


def test_the_lexicon_knows_inflections_and_only_types_and_modes_of_the_schema() -> None:
    lex = lexicon()
    assert any(form & PAST for _, form in lex.words["met"].verbs)
    assert any(form & ING for _, form in lex.words["blocking"].verbs)
    assert lex.words["clashes"].nouns[0][1] is True
    assert lex.words["talks"].nouns[0][0].lemma == "talks"
    roles = {"", "initiator", "target", "host", "mediator", "participant"}
    for word in lex.words.values():
        for entry in (*(verb for verb, _ in word.verbs), *(noun for noun, _ in word.nouns)):
            assert set(entry.preps.values()) <= roles
        for verb, _ in word.verbs:
            assert {verb.subject, verb.object} <= roles
            assert not ("heads" in verb.needs and not verb.heads)
            assert not ("prep" in verb.needs and not verb.preps)


def test_types_and_modes_are_those_of_the_schemas() -> None:
    fields = {
        f["name"]: f for f in json.loads((CASES.parents[2] / "schemas" / "events.json").read_text("utf-8"))["fields"]
    }
    types, modes = (set(fields[name]["constraints"]["enum"]) for name in ("type", "mode"))
    used_types, used_modes = set(), set()
    for word in lexicon().words.values():
        for entry in (*(verb for verb, _ in word.verbs), *(noun for noun, _ in word.nouns)):
            used_types.add(entry.type)
            used_modes.add(entry.mode)
    assert used_types == types
    assert used_modes - {None} <= modes


# --- rows


def linked(text: str, published: str | None = "2031-06-01") -> tuple[list[dict[str, Any]], list[Any]]:
    body = body_of(text)
    body.published = published
    document = ids.document_id(body.article.sha256)
    mentions = [
        {
            "mention_id": ids.span_id(document, "mentions", m.start, m.end),
            "actor_id": m.candidates[0] if m.candidates[0] in Registry.actors else None,
            "start": m.start,
            "end": m.end,
            "surface": text[m.start : m.end],
            "form": m.form,
            "reading": m.reading,
        }
        for m in mentions_of(text)
    ]
    times = []
    for found in times_of(text):
        surface = text[found.start : found.end]
        day = re.fullmatch(r"(\d{1,2}) May (\d{4})", surface)
        value = f"{day[2]}-05-{int(day[1]):02}" if day else None
        date = datetime.date.fromisoformat(value) if value else None
        time_id = ids.span_id(document, "times", found.start, found.end)
        times.append(
            {"time_id": time_id, "value": value, "earliest": date, "latest": date, "precision": "day" if day else None}
        )
    rows, omissions = link_event_mentions(body, events_of(text), mentions, times, [], Registry())
    return rows, omissions


def test_a_row_has_the_columns_of_the_schema_in_their_order_and_its_actors() -> None:
    (row,), omissions = linked("Velmara attacked Ostria in Tavra on 3 May 2031.")
    schema = json.loads((CASES.parents[2] / "schemas" / "event_mentions.json").read_text("utf-8"))
    assert [key for key in row if not key.startswith("_")] == [f["name"] for f in schema["fields"]]
    assert row["_participants"] == [("initiator", "velmara"), ("target", "ostria")]
    assert row["_countries"] == ["OST", "VLM"]
    assert (row["_place"], row["_time"][0], row["voice"]) == ("Tavra", "2031-05-03", "author")
    assert omissions == []


def test_an_adjective_stands_for_its_state() -> None:
    (row,), _ = linked("The Velmaran-Ostrian talks of 3 May 2031 led nowhere.")
    assert row["_participants"] == [("participant", "velmara"), ("participant", "ostria")]


def test_what_lies_after_publication_is_planned() -> None:
    text = "Talks between Velmara and Ostria in Tavra on 3 May 2031 are on everybody's mind."
    assert [row["status"] for row in linked(text, "2031-05-02")[0]] == ["planned"]
    assert [row["status"] for row in linked(text, "2031-05-03")[0]] == ["actual"]
    assert [row["status"] for row in linked(text, None)[0]] == ["actual"]


def test_an_undated_event_is_named_in_the_omissions() -> None:
    rows, omissions = linked("Maro has telephoned Oruen.")
    assert len(rows) == 1
    assert [(o.kind, o.start, o.end) for o in omissions] == [("undated_event", rows[0]["start"], rows[0]["end"])]


def test_a_definite_noun_points_to_the_one_event_before_it() -> None:
    text = "Velmara and Ostria agreed to a ceasefire on 3 May 2031. Both sides kept the ceasefire."
    rows, omissions = linked(text)
    assert rows[1]["_same_as"] == rows[0]["event_mention_id"]
    assert omissions == []


def test_a_definite_noun_looks_at_its_own_stretch_of_the_text_only() -> None:
    def plain(start: int) -> dict[str, Any]:
        return {
            "start": start, "type": "CONSULT", "status": "actual", "_label": "talks", "_lemma": "talks", "_countries": [],
            "_participants": [("participant", "maro")], "_place_id": None, "_bare": False,
        }  # fmt: skip

    class Counted(list[dict[str, Any]]):
        """A list that counts the rows that leave it."""

        looked = 0

        def __getitem__(self, at: Any) -> Any:
            found = super().__getitem__(at)
            self.looked += len(found) if isinstance(at, slice) else 1
            return found

    others = Counted(plain(start) for start in range(0, 1_000_000, 100))
    found = _candidates(plain(500_000), others, 3000)
    assert [row["start"] for row in found] == list(range(497_000, 500_100, 100))
    assert others.looked < 100


def test_a_definite_noun_with_two_events_to_point_to_is_left_out() -> None:
    text = (
        "Velmara and Ostria agreed to a ceasefire on 3 May 2031. Velmara and Marenia agreed to a ceasefire on 9 May 2031."
        " Nobody kept the ceasefire."
    )
    rows, omissions = linked(text)
    assert [row["_time"][0] for row in rows] == ["2031-05-03", "2031-05-09"]
    assert [o.kind for o in omissions] == ["undated_event"]


def test_a_definite_noun_with_nothing_before_it_is_left_out() -> None:
    rows, omissions = linked("Both sides kept the ceasefire. Velmara and Ostria agreed to a ceasefire on 3 May 2031.")
    assert len(rows) == 1
    assert len(omissions) == 1


def test_a_targeted_type_whose_target_nobody_knows_is_left_out() -> None:
    rows, omissions = linked("Marenia supplied Tavra with weapons on 3 May 2031.")
    assert rows == []
    assert [o.kind for o in omissions] == ["unresolved_mention"]


def test_after_tells_an_order() -> None:
    rows, _ = linked("Velmara closed the border on 9 May 2031 after Ostria attacked Marenia on 3 May 2031.")
    closed, attacked = rows
    assert closed["_follows"] == [("follows", attacked["event_mention_id"], "after")]
    assert "_follows" not in attacked
