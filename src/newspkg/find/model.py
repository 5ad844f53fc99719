"""What a finder may say of a text: spans, the rule that fired, and nothing that needs a decision.

All spans are 0-based, end-exclusive Unicode code points into `Article.text`. Links between findings of one document
are indices into the lists of `Findings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["EventFinding", "Findings", "MentionFinding", "OmissionFinding", "QuoteFinding", "Span", "TimeFinding"]


class Span(NamedTuple):
    """A stretch of text; `text[start:end]` is its surface."""

    start: int
    end: int


@dataclass(slots=True)
class MentionFinding:
    """A named mention. `candidates` are the actor ids its name can mean (several where it is ambiguous, none where
    the name is unknown); `head` is the name without its title; `office` the title as written ("Foreign Minister")."""

    start: int
    end: int
    form: str  # name, title_name, surname, acronym, metonym, nominal, demonym
    reading: str  # actor, place
    candidates: tuple[str, ...]
    rule: str
    confidence: float
    head: Span
    office: str | None = None
    country: str | None = None  # alpha-3, from a demonym or country in the title


@dataclass(slots=True)
class TimeFinding:
    """A time expression. `value` is its EDTF value where the words alone give it; otherwise `relative` says how to
    reach it from an anchor, in the terms of `link.times`."""

    start: int
    end: int
    rule: str
    confidence: float
    value: str | None = None
    relative: tuple[object, ...] | None = None


@dataclass(slots=True)
class QuoteFinding:
    """One piece of an utterance. Pieces of one utterance share `group` (a number local to the document)."""

    start: int
    end: int
    kind: str  # direct, indirect, mixed
    group: int
    piece: int
    rule: str
    confidence: float
    speaker: Span | None = None  # the source span, apposition and title included
    cue: Span | None = None
    cue_class: str | None = None  # neutral, claim, deny, accuse, demand, promise, think, show
    addressee: Span | None = None
    nested_in: int | None = None  # index of the quote it stands in


@dataclass(slots=True)
class EventFinding:
    """An event told in a clause. Participants are spans; who they are is linked later."""

    start: int  # the clause
    end: int
    trigger: Span
    type: str  # PLOVER 2.0
    mode: str | None
    status: str  # actual, planned, hypothetical, denied, disputed
    tense: str | None  # past, present, future
    rule: str
    confidence: float
    participants: list[tuple[str, Span]] = field(default_factory=list)  # (role, span of a mention or noun phrase)
    place: Span | None = None
    time: int | None = None  # index into Findings.times
    quote: int | None = None  # index into Findings.quotes


@dataclass(slots=True)
class OmissionFinding:
    """Something seen and left out, with its reason."""

    start: int
    end: int
    kind: str  # boilerplate, scare_quote, unresolved_mention, unbalanced_mark, ambiguous_speaker, undated_event
    reason: str


@dataclass(slots=True)
class Findings:
    """All findings of one document, each list sorted by (start, end)."""

    quotes: list[QuoteFinding] = field(default_factory=list)
    mentions: list[MentionFinding] = field(default_factory=list)
    times: list[TimeFinding] = field(default_factory=list)
    events: list[EventFinding] = field(default_factory=list)
    omissions: list[OmissionFinding] = field(default_factory=list)
