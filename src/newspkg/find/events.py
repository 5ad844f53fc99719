"""Events: what is told to have happened, to be planned, denied or possible, who took part, where and when.

A trigger is a verb or a noun of `knowledge/events.toml`. Each needs company before it is an event: names in the right
places, a date, or a verb that makes it happen. What is told of a habit, of the present in general, or is only wished
for is none. The name of the rule tells the way:

    verb.LEMMA       a verb with its names          noun.LEMMA       a noun tied to names or to a date
    made.LEMMA       a verb brings the noun about   told.LEMMA       the noun is the subject of "was held", "broke out"
    named.WORDS      a war with a name              definite.LEMMA   "the ceasefire": points back to one told elsewhere

LEMMA is followed by the type in lower case where a word has several ("verb.recognise.concede").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from newspkg.body import Body
from newspkg.find.clauses import MAX_TOKENS, Line, tokens_of
from newspkg.find.model import EventFinding, MentionFinding, QuoteFinding, Span, TimeFinding
from newspkg.find.nouns import notice
from newspkg.find.roles import Noticed
from newspkg.find.triggers import Lexicon, lexicon
from newspkg.find.verbs import act

__all__ = ["find_events"]

_WORD = re.compile(r"[^\W_]+(?:[-‑][^\W_]+)*")
_OPENING = frozenset('"“„«‘')
_LISTED = 8  # events in one clause; more is a list of words and no telling
_DOUBTED = frozenset(("claim", "accuse"))


@dataclass(slots=True)
class _Quotes:
    """The quotes of a text, to ask which encloses a place."""

    quotes: Sequence[QuoteFinding]
    starts: list[int] = field(default_factory=list)
    reach: list[int] = field(default_factory=list)  # the furthest end among the quotes up to here

    def __post_init__(self) -> None:
        self.starts = [quote.start for quote in self.quotes]
        far = 0
        for quote in self.quotes:
            far = max(far, quote.end)
            self.reach.append(far)

    def around(self, at: int) -> int | None:
        """The index of the innermost quote that encloses character `at`, or None."""
        index = bisect_right(self.starts, at) - 1
        steps = 0
        while index >= 0 and self.reach[index] > at and steps < 50:
            if self.quotes[index].end > at:
                return index
            index -= 1
            steps += 1
        return None


def find_events(
    body: Body, times: Sequence[TimeFinding], mentions: Sequence[MentionFinding], quotes: Sequence[QuoteFinding]
) -> list[EventFinding]:
    """The events of a text, sorted by place; no two with the same span.

    `time` and `quote` of an event are indices into the lists given, which must be sorted by start. Never raises.
    """
    text = body.article.text
    lex = lexicon()
    low = text.lower()
    if len(low) != len(text):  # a few capitals have a longer lower case; then offsets would move
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    triggers = lex.triggers
    told = _Quotes(quotes)
    mention_ends, time_ends = _running_ends(mentions), _running_ends(times)
    found: list[EventFinding] = []
    for sentence in body.sentences:
        if triggers.isdisjoint(_WORD.findall(low, sentence.start, sentence.end)):
            continue
        spans = tokens_of(text, sentence.start, sentence.end)
        for at in range(0, len(spans), MAX_TOKENS):
            piece = spans[at : at + MAX_TOKENS]
            line = Line(
                text,
                piece,
                lex,
                mentions,
                bisect_right(mention_ends, piece[0][0]),
                times,
                bisect_right(time_ends, piece[0][0]),
            )
            found += _read(line, lex, mentions, told)
    found.sort(key=lambda event: (event.start, event.end))
    return found


def _running_ends(found: Sequence[MentionFinding] | Sequence[TimeFinding]) -> list[int]:
    """The furthest end up to each finding: sorted even where findings are nested."""
    ends, far = [], 0
    for finding in found:
        far = max(far, finding.end)
        ends.append(far)
    return ends


def _read(line: Line, lex: Lexicon, mentions: Sequence[MentionFinding], told: _Quotes) -> list[EventFinding]:
    """The events of one line."""
    noticed: list[Noticed] = []
    taken: set[int] = set()  # tokens of verbs that only bring a noun about
    words, men, tim = line.words, line.men, line.tim
    for i in range(line.n):
        if words[i].nouns and tim[i] < 0:
            seen = notice(line, i, mentions)
            if seen is not None:
                noticed.append(seen)
                if seen.maker >= 0:
                    taken.add(seen.maker)
    for i in range(line.n):
        if words[i].verbs and men[i] < 0 and tim[i] < 0 and i not in taken:
            seen = act(line, i, mentions)
            if seen is not None:
                noticed.append(seen)
    if not noticed:
        return []
    noticed.sort(key=lambda seen: seen.first)
    per_clause: dict[int, int] = {}
    for seen in noticed:
        per_clause[seen.clause] = per_clause.get(seen.clause, 0) + 1
    _lend_times(line, noticed)
    used: set[tuple[int, int]] = set()
    found = []
    for seen in noticed:
        if per_clause[seen.clause] > _LISTED:
            continue
        event = _finding(line, lex, seen, mentions, told)
        for span in _spans(line, seen, event, per_clause[seen.clause] == 1):
            if span not in used:
                used.add(span)
                event.start, event.end = span
                found.append(event)
                break
    return found


def _lend_times(line: Line, noticed: Sequence[Noticed]) -> None:
    """An undated event takes the time of the clause it hangs on, or of one beside it that tells no event of its own."""
    if not line.dates:
        return
    by_clause: dict[int, Noticed] = {}
    for seen in noticed:
        if seen.time is not None:
            by_clause.setdefault(seen.clause, seen)
    telling = {seen.clause for seen in noticed}
    for seen in noticed:
        if seen.time is not None or seen.definite:
            continue
        clause = line.clauses[seen.clause]
        if clause.kind in ("when", "participle", "resumed") or (clause.kind == "coordinate" and seen.verbal):
            above = by_clause.get(clause.up)
            # "when" at the head of a sentence hangs on the clause after it
            if above is None and clause.kind == "when":
                above = by_clause.get(seen.clause + 1)
            if above is not None:
                seen.time, seen.confidence = above.time, seen.confidence - line.lex.confidence["far_time"]
                continue
        below = by_clause.get(seen.clause + 1)
        if below is not None and below.type == seen.type and line.clauses[below.clause].kind == "coordinate":
            # "three were killed and five wounded on Monday"
            seen.time, seen.confidence = below.time, seen.confidence - line.lex.confidence["far_time"]
            continue
        if not seen.verbal:
            continue
        setting = _setting(line, seen, noticed)
        if setting is not None:
            seen.time, seen.confidence = setting.time, seen.confidence - line.lex.confidence["far_time"]
            seen.place = setting.place if seen.place is None else seen.place
            continue
        for index, a, _ in line.dates:
            donor = line.of[a]
            near = abs(donor - seen.clause) == 1 and line.clauses[donor].kind in ("main", "adjunct", "resumed")
            if (
                donor not in telling
                and near
                and clause.kind in ("main", "resumed", "coordinate")
                and line.clauses[donor].fin >= line.clauses[donor].hi
            ):
                seen.time, seen.confidence = index, seen.confidence - line.lex.confidence["far_time"]
                break


def _setting(line: Line, seen: Noticed, noticed: Sequence[Noticed]) -> Noticed | None:
    """The dated event in which another is told to happen: "At the meeting of the two in May, both agreed"."""
    for other in noticed:
        if other is seen or other.verbal or other.time is None or other.last >= seen.first:
            continue
        clause = line.clauses[other.clause]
        opens = clause.lo == 0 and line.w[0] in ("in", "at", "during")
        if (
            opens
            and clause.fin >= clause.hi
            and seen.clause - other.clause in (1, 2)
            and line.clauses[seen.clause].kind == "main"
        ):
            return other
    return None


def _finding(
    line: Line, lex: Lexicon, seen: Noticed, mentions: Sequence[MentionFinding], told: _Quotes
) -> EventFinding:
    trigger = Span(line.s[seen.first], line.e[seen.last])
    quote = told.around(trigger.start)
    status = seen.status
    own = seen.verbal or seen.rule.startswith(("made.", "told."))  # said here, and not only referred to
    if quote is not None:
        cue = told.quotes[quote].cue_class
        if seen.would and status == "hypothetical" and told.quotes[quote].kind != "direct":
            status = "planned"  # "said that they would meet in May" reports "we will meet"
        elif (
            status == "actual" and cue is None and told.quotes[quote].speaker is None and _doubted(line, lex, seen)
        ) or (status == "actual" and cue in _DOUBTED and own):
            status = "disputed"
        elif status == "actual" and cue == "deny" and own:
            status = "denied"
    elif status == "actual" and _doubted(line, lex, seen):
        status = "disputed"
    confidence = seen.confidence
    if status == "hypothetical":
        confidence -= lex.confidence["hypothetical"]
    if not seen.roles and not seen.adjectives:
        confidence -= lex.confidence["no_actor"]
    return EventFinding(
        start=trigger.start,
        end=trigger.end,
        trigger=trigger,
        type=seen.type,
        mode=seen.mode,
        status=status,
        tense=seen.tense,
        rule=seen.rule,
        confidence=round(max(confidence, 0.3), 2),
        participants=[(role, Span(mentions[m].start, mentions[m].end)) for role, m in seen.roles] + seen.adjectives,
        place=None if seen.place is None else Span(mentions[seen.place].start, mentions[seen.place].end),
        time=seen.time,
        quote=quote,
    )


def _doubted(line: Line, lex: Lexicon, seen: Noticed) -> bool:
    """Whether the trigger stands in marks of irony, or behind "so-called", "alleged"."""
    doubt = lex.sets["doubt"]
    for j in range(max(0, seen.first - 3), seen.first):
        if line.w[j] in doubt:
            return True
    return seen.first > 0 and line.w[seen.first - 1] in _OPENING


def _spans(line: Line, seen: Noticed, event: EventFinding, alone: bool) -> list[tuple[int, int]]:
    """Spans the event may have, the best first: its clause where it is alone there, else what belongs to it."""
    clause = line.clauses[seen.clause]
    lo, hi = clause.lo, clause.hi
    while lo < hi - 1 and not line.w[lo][0].isalnum() and line.w[lo] not in ("“", '"', "«"):
        lo += 1
    while hi - 1 > lo and not line.w[hi - 1][0].isalnum() and line.w[hi - 1] not in (")", "]"):
        hi -= 1
    whole = (min(line.s[lo], event.trigger.start), max(line.e[hi - 1], event.trigger.end))
    parts = [event.trigger, *(span for _, span in event.participants)]
    if seen.start >= 0:
        parts.append(Span(line.s[seen.start], event.trigger.end))
    if event.place is not None:
        parts.append(event.place)
    if seen.time is not None:
        parts += [Span(line.s[a], line.e[b]) for index, a, b in line.dates if index == seen.time]
    inside = [part for part in parts if part.start >= whole[0] and part.end <= whole[1]]
    hull = (min(part.start for part in inside), max(part.end for part in inside))
    bare = (event.trigger.start, event.trigger.end)
    return [whole, hull, bare] if (alone and not seen.definite) or seen.verbal else [hull, whole, bare]
