"""Who does it, to whom, where and when: the questions that verbs and nouns of events share.

All answers are indices into the lists of mentions and times; nothing is resolved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from newspkg.find.clauses import Clause, Line
from newspkg.find.model import MentionFinding, Span
from newspkg.find.triggers import COORD, DET, PLACE, PREP, REL, SOFT, SUB, THIRD

__all__ = [
    "Noticed",
    "acts",
    "add",
    "antecedent",
    "between_names",
    "clause_time",
    "each_other",
    "governed",
    "place_of",
    "subject",
]

_PEOPLE = frozenset(("title_name", "surname"))
_REACH = 30  # tokens right of a trigger in which its names may stand


@dataclass(slots=True)
class Noticed:
    """An event seen in a line. `first` and `last` are the tokens of the trigger, `roles` (role, mention), `maker` the
    token of the verb that brings a noun about, or -1."""

    first: int
    last: int
    clause: int
    type: str
    mode: str | None
    status: str
    tense: str | None
    rule: str
    confidence: float
    roles: list[tuple[str, int]] = field(default_factory=list)
    place: int | None = None
    time: int | None = None
    maker: int = -1
    verbal: bool = False
    definite: bool = False
    would: bool = False
    start: int = -1  # the first token of a noun phrase
    adjectives: list[tuple[str, Span]] = field(default_factory=list)  # of peoples, with the role of whom they stand for


def acts(line: Line, place: int, mentions: Sequence[MentionFinding], also: frozenset[str] = frozenset()) -> bool:
    """Whether the name number `place` of the line can take part: not a mere description of the name after it, and no
    adjective of a thing other than those in `also`."""
    index, _, b = line.names[place]
    if line.modifier(place):
        return False
    mention = mentions[index]
    after = b + 1
    things = line.lex.sets["organs"]
    if line.genitive(b):
        return after + 1 >= line.n or any(
            line.w[j] in things or line.w[j] in also for j in range(after + 1, min(line.n, after + 4))
        )
    if mention.form == "demonym" and line.e[b] == mention.end and after < line.n and line.w[after].isalpha():
        plain = not line.fin[after] and not line.k[after] & (PREP | COORD | REL)
        return not plain or any(line.w[j] in things or line.w[j] in also for j in range(after, min(line.n, after + 3)))
    # "refused the Tavra meeting": the name belongs to the meeting
    if after >= line.n or not line.words[after].nouns or line.fin[after] or line.men[after] >= 0:
        return True
    return bool(line.words[after].forms & THIRD) and between_names(line, after, after)


def subject(line: Line, clause: Clause, before: int, mentions: Sequence[MentionFinding], depth: int = 0) -> list[int]:
    """The mentions in the subject of a clause, left of token `before`; of what it hangs on where it has none itself."""
    limit = min(clause.fin, before)
    opens = clause.lo
    if line.k[opens] & (SOFT | SUB | COORD) and clause.fin < clause.hi:
        opens += 1  # here "after" is a conjunction
    found: list[int] = []
    loose: list[int] = []  # genitives and adjectives: they count where there is nothing better
    for place, (index, a, b) in enumerate(line.names):
        if a < clause.lo:
            continue
        if a >= limit:
            break
        prep, _ = line.governor(a, opens)
        adverbial = prep not in ("", "of", "between", None)
        if adverbial or (prep == "of" and _in_adverbial(line, a, opens)):
            continue
        if (
            prep is None
            and b + 1 < limit
            and line.w[b + 1] == ","
            and clause.lo < a
            and mentions[index].reading == "place"
        ):
            continue
        if acts(line, place, mentions):
            (loose if line.genitive(b) else found).append(index)
    found = found or loose
    if found or depth > 3:
        return found
    if clause.kind == "relative" and line.w[clause.lo] != "where":
        return antecedent(line, clause, mentions)
    head = clause.lo
    while head < limit and (line.adverb(head) or line.w[head] in ("that", "and", "but", "which")):
        head += 1
    pronoun = head < limit and line.w[head] in ("it", "they", "he", "she", "its", "their")
    if clause.up >= 0 and (
        clause.kind in ("participle", "resumed")
        or (pronoun and clause.kind in ("said", "that", "coordinate", "if", "when"))
    ):
        above = line.clauses[clause.up]
        if above.kind == "relative" and clause.kind == "resumed" and above.up >= 0:
            above = line.clauses[above.up]
        return subject(line, above, above.hi, mentions, depth + 1)
    number = line.of[clause.lo]
    if pronoun and clause.kind == "main" and number and line.clauses[number - 1].kind in ("if", "when"):
        # "Ostria said that if the road is opened, it will ..."
        up = line.clauses[number - 1].up
        while up >= 0 and line.clauses[up].fin >= line.clauses[up].hi:
            up = line.clauses[up].up
        return subject(line, line.clauses[up], line.clauses[up].hi, mentions, depth + 1) if up >= 0 else []
    if clause.kind == "coordinate" and clause.up >= 0 and head >= limit:
        above = line.clauses[clause.up]
        return subject(line, above, above.hi, mentions, depth + 1)
    return found


def _in_adverbial(line: Line, a: int, lo: int) -> bool:
    """Whether a name under "of" hangs, further left, on a preposition ("at a meeting of X")."""
    for j in range(a - 1, max(lo, a - 12) - 1, -1):
        if line.w[j] != "of" and line.k[j] & PREP and line.men[j] < 0:
            return True
        if line.w[j] == ",":
            return False
    return False


def antecedent(line: Line, clause: Clause, mentions: Sequence[MentionFinding]) -> list[int]:
    """The names just before a relative clause."""
    j = clause.lo - 1
    while j >= 0 and (line.w[j] == "," or (line.k[j] & PREP and line.men[j] < 0)) and clause.lo - j < 3:
        j -= 1
    if j < 0 or line.men[j] < 0 or mentions[line.men[j]].form == "demonym":
        return []
    found = []
    last = line.men[j]
    for index, _, b in reversed(line.names):
        if b > j:
            continue
        between = line.w[b + 1 : line.first[last]]
        if index != last and not (
            0 < len(between) <= 3
            and any(t in ("and", "or", ",") for t in between)
            and all(not line.k[q] & PREP for q in range(b + 1, line.first[last]))
        ):
            break
        found.append(index)
        last = index
    return found[::-1]


def governed(
    line: Line, lo: int, hi: int, mentions: Sequence[MentionFinding], also: frozenset[str] = frozenset()
) -> list[tuple[str, int, int]]:
    """The names in [lo, hi) that can take part, with what governs them: (preposition, its token, mention)."""
    found = []
    for place, (index, a, _) in enumerate(line.names):
        if a < lo:
            continue
        if a >= min(hi, lo + _REACH):
            break
        if not acts(line, place, mentions, also):
            continue
        prep, at = line.governor(a, lo)
        if prep is not None:
            found.append((prep, at, index))
    return found


def place_of(line: Line, lo: int, hi: int, trigger: int, mentions: Sequence[MentionFinding]) -> int | None:
    """The name of a place after in, at, near ... nearest to the trigger, the right side first; not a person."""
    best: tuple[int, int] | None = None
    for index, a, b in line.names:
        if a < lo:
            continue
        if a >= hi:
            break
        mention = mentions[index]
        if mention.form in _PEOPLE:
            continue
        j = a - 1
        while (
            j >= lo
            and j > a - 5
            and (
                line.k[j] & DET
                or (not line.k[j] & PREP and line.men[j] < 0 and line.w[j].isalpha() and not line.fin[j])
            )
        ):
            j -= 1
        if j < lo or not line.k[j] & PLACE or line.men[j] >= 0:
            continue
        if mention.reading != "place" and (line.w[j] == "on" or line.w[j] == "within"):
            continue
        if mention.reading != "place" and mention.form == "demonym":
            continue
        if line.w[j] == "on" and mention.form != "name":
            continue
        distance = a - trigger if a > trigger else (trigger - b) + 6
        if best is None or distance < best[0]:
            best = (distance, index)
    return best[1] if best else None


def _describes(line: Line, a: int, b: int) -> bool:
    """Whether the time in tokens [a, b] belongs to a noun ("talks of 3 May", "last week's attack", "the 2020 war")."""
    before = line.w[a - 1] if a else ""
    after = b + 1
    if before == "of" or (after < line.n and line.w[after] in ("'s", "’s", "’")):
        return True
    if after >= line.n or not line.w[after].isalpha():
        return False
    return bool(line.words[after].nouns) or bool(
        a and line.k[a - 1] & DET and not line.k[after] & (PREP | COORD | SUB | REL) and not line.fin[after]
    )


def clause_time(line: Line, lo: int, hi: int, trigger: int) -> int | None:
    """The time in [lo, hi) nearest to the trigger, but none that dates a noun; one that opens the clause is near."""
    best: tuple[int, int] | None = None
    for index, a, b in line.dates:
        if a < lo:
            continue
        if a >= hi:
            break
        if _describes(line, a, b):
            continue
        distance = a - trigger if a > trigger else trigger - b + (0 if a <= lo + 1 else 3)
        if best is None or distance < best[0]:
            best = (distance, index)
    return best[1] if best else None


def add(roles: list[tuple[str, int]], role: str, index: int) -> None:
    """Adds a participant once; the first role it was seen in stays."""
    if role and all(index != other for _, other in roles):
        roles.append((role, index))


def between_names(line: Line, first: int, last: int) -> bool:
    """Whether tokens [first, last] stand between two names, as in "Velmara attacks Ostria": then they are a verb."""
    return first > 0 and last + 1 < line.n and line.men[first - 1] >= 0 and line.men[last + 1] >= 0


def each_other(line: Line, i: int) -> bool:
    """Whether "each other" or "one another" stands at token i."""
    return line.w[i : i + 2] in (["each", "other"], ["one", "another"])
