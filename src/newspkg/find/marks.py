"""Pairs quotation marks, paragraph by paragraph, whatever their shape.

A mark has a family (double or single) and a direction. Typed marks say their direction, straight ones get it from
what stands beside them, and a typed mark that stands the wrong way round ("it is over “.") is believed by its place,
not by its shape. Pairs are made with one stack per family, so an odd mark costs one quotation and never a paragraph:

    “They agreed,” he said.          typed pair
    "They agreed,” he said.          mixed pair of one family
    ‘by dawn it was all over “.      mixed families, where nothing else fits
    "a threat of a new "war" here"   two levels with the same marks
    “First paragraph.                opened here, opened again and closed in the next paragraph: one chain
    “Second paragraph.”

All positions are code points of the text; nothing is raised on any text; time is linear in its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Mark", "Pair", "Pairing", "pair_marks"]

DOUBLE, SINGLE = 0, 1
OPEN, CLOSE, EITHER = 1, 2, 3

_DOUBLES = '"“”„‟«»＂'
_SINGLES = "'‘’‚‛‹›`´"
_TYPED_OPEN = "“„‟«‘‚‛‹"
_TYPED_CLOSE = "”»’›"
_APOSTROPHES = "'’‘`´"

# A run of the same mark is one match: two singles are an old way to write a double, three or more are decoration.
# An apostrophe between two word characters is left out here, which spares most of the work on most texts.
_MARK = re.compile(r"([\"“”„‟«»＂])\1*|''+|``+|‘‘+|’’+|(?<!\w)['’`´]|['’`´](?!\w)|[‘‚‛‹›]")
_BEFORE_OPEN = frozenset(" \t\n\r\u00a0\u2009\u202f([{<—–-/=…|" + _DOUBLES + _SINGLES)
_AFTER_CLOSE = frozenset(" \t\n\r\u00a0\u2009\u202f)]}>.,;:!?—–-…/|" + _DOUBLES + _SINGLES)
_STOPS = frozenset(".,;:!?…")
_ELISION = re.compile(r"(?:\d\ds?|em|tis|twas|til|n|cause|round|bout)\b", re.IGNORECASE)


@dataclass(slots=True)
class Mark:
    """A quotation mark at `text[start:end]`."""

    start: int
    end: int
    family: int
    direction: int


@dataclass(slots=True)
class Pair:
    """What stands between two marks: `text[start:end]`, the marks being `text[outer_start:start]` and
    `text[end:outer_end]`. A piece of a quotation over several paragraphs that has no closing mark ends with its
    paragraph. `parent` is an index into the same list; pieces of one chain share `chain`."""

    outer_start: int
    start: int
    end: int
    outer_end: int
    block: int
    family: int
    parent: int | None = None
    chain: int | None = None
    odd: bool = False  # the outer of two pairs of the same marks: good only if it is itself no accident


@dataclass(slots=True)
class Pairing:
    """All pairs of a text in the order of their opening marks, and the marks left over."""

    pairs: list[Pair]
    odd: list[Mark]


def _direction(text: str, start: int, end: int, low: int, high: int) -> int:
    """OPEN, CLOSE or EITHER for the mark at [start, end) of a paragraph [low, high)."""
    char = text[start]
    before = text[start - 1] if start > low else " "
    after = text[end] if end < high else " "
    may_open = before in _BEFORE_OPEN and not after.isspace()
    may_close = after in _AFTER_CLOSE and not before.isspace()
    if char in _TYPED_OPEN:
        if may_open and after not in _STOPS:
            return OPEN
        # German closing “, or a mark that came out the wrong way round
        return CLOSE if (may_close or after in _STOPS) and start > low else OPEN
    if char in _TYPED_CLOSE:
        if may_close or after in _STOPS:
            return CLOSE
        return OPEN if may_open and (after.isalnum() or start == low) else CLOSE
    if may_open and after not in _STOPS and not may_close:
        return OPEN
    if may_close and not may_open:
        return CLOSE
    if before.isspace() and after in _STOPS:
        return CLOSE
    return EITHER


def _marks(text: str, low: int, high: int) -> list[Mark]:
    found = []
    for match in _MARK.finditer(text, low, high):
        start, end = match.span()
        char, width = text[start], end - start
        if width > 2:
            continue
        family = DOUBLE if char in _DOUBLES or width == 2 else SINGLE
        if char in "´" and family == SINGLE:
            continue  # an accent or a prime, hardly ever a quotation
        found.append(Mark(start, end, family, _direction(text, start, end, low, high)))
    return found


def _is_apostrophe(text: str, mark: Mark, following: Mark | None, high: int) -> bool:
    """Whether a single mark that could close a quotation is a possessive ("the countries’ border") instead."""
    if mark.start == 0 or text[mark.start - 1] not in "sxzSXZ" or mark.end >= high:
        return False
    goes_on = text[mark.end] == " " and mark.end + 1 < high and text[mark.end + 1].islower()
    return goes_on and following is not None and following.direction != OPEN


def _pair_block(text: str, block: int, low: int, high: int, pairs: list[Pair], odd: list[Mark]) -> list[Mark]:
    """Appends the pairs and odd marks of one paragraph; returns the double marks left open, in order."""
    marks = _marks(text, low, high)
    if not marks:
        return []
    stacks: tuple[list[tuple[int, Mark]], list[tuple[int, Mark]]] = ([], [])
    # for each mark, the next one of its family, and whether any mark of the other family could still close
    following: list[Mark | None] = [None] * len(marks)
    double_closers_after = [False] * len(marks)
    nexts: list[Mark | None] = [None, None]
    closers = False
    for n in range(len(marks) - 1, -1, -1):
        following[n] = nexts[marks[n].family]
        double_closers_after[n] = closers
        nexts[marks[n].family] = marks[n]
        closers = closers or (marks[n].family == DOUBLE and marks[n].direction != OPEN)

    def close(opening: Mark, mark: Mark, order: int) -> None:
        # whatever was opened inside and never closed is odd
        for stack in stacks:
            while stack and stack[-1][0] > order:
                _leave(text, stack.pop()[1], odd)
        if mark.start > opening.end:
            pairs.append(Pair(opening.start, opening.end, mark.start, mark.end, block, opening.family))

    for n, mark in enumerate(marks):
        own = stacks[mark.family]
        direction = mark.direction
        if direction == EITHER:
            direction = CLOSE if own else OPEN
        if mark.family == SINGLE and direction == CLOSE and own and _is_apostrophe(text, mark, following[n], high):
            continue
        if direction == OPEN:
            if mark.family == SINGLE and text[mark.start] in _APOSTROPHES and _ELISION.match(text, mark.end, high):
                continue
            own.append((n, mark))
            continue
        if own:
            order, opening = own.pop()
            close(opening, mark, order)
            continue
        other = stacks[1 - mark.family]
        if (other and mark.family == DOUBLE and text[other[-1][1].start] == "‘") or (
            other and mark.family == SINGLE and text[mark.start - 1] in _STOPS and not double_closers_after[n]
        ):
            order, opening = other.pop()
            close(opening, mark, order)
        elif mark.family == DOUBLE:
            odd.append(mark)
        # a closing single mark without an opening one is an apostrophe
    for _, mark in stacks[SINGLE]:
        _leave(text, mark, odd)
    return [mark for _, mark in stacks[DOUBLE]]


def _leave(text: str, mark: Mark, odd: list[Mark]) -> None:
    # a straight or turned single that was never closed is an elision ('cause) far more often than a quotation
    if mark.family == DOUBLE or text[mark.start] in "‘‚‹":
        odd.append(mark)


def pair_marks(text: str, blocks: list[tuple[int, int, int]]) -> Pairing:
    """Pairs the marks of `blocks`, a list of (index, start, end) of paragraphs in the order of the text.

    A quotation left open at the end of a paragraph goes on where the next paragraph starts with an opening mark; its
    pieces share `chain`, the number of its first pair. Left open without such a sequel it is one odd mark.
    """
    pairs: list[Pair] = []
    odd: list[Mark] = []
    chains = 0
    pending: Pair | None = None  # the last piece of a chain whose closing mark is still to come
    before_pending: Mark | None = None
    for index, low, high in blocks:
        first = len(pairs)
        left_open = _pair_block(text, index, low, high, pairs, odd)
        content = low
        while content < high and text[content].isspace():
            content += 1
        opens = next((p for p in pairs[first:] if p.outer_start == content), None)
        opens_on = bool(left_open) and left_open[0].start == content
        if pending is not None and before_pending is not None:
            if (opens is not None and opens.family == DOUBLE) or opens_on:
                if pending.chain is None:
                    chains += 1
                    pending.chain = chains
                pairs.append(pending)
                if opens is not None:
                    opens.chain = pending.chain
            else:
                odd.append(before_pending)
        chain = pending.chain if pending is not None and opens_on else None
        pending = before_pending = None
        # of several marks left open only one can go on: the last, as an earlier one was broken by it
        odd.extend(left_open[:-1])
        if left_open:
            mark = left_open[-1]
            end = high
            while end > mark.end and text[end - 1].isspace():
                end -= 1
            if end > mark.end:
                pending = Pair(
                    mark.start, mark.end, end, end, index, DOUBLE, chain=chain if len(left_open) == 1 else None
                )
                before_pending = mark
            else:
                odd.append(mark)
    if before_pending is not None:
        odd.append(before_pending)
    pairs.sort(key=lambda p: (p.outer_start, -p.outer_end))
    _nest(pairs)
    odd.sort(key=lambda m: m.start)
    return Pairing(pairs, odd)


def _nest(pairs: list[Pair]) -> None:
    """Sets `parent`: the innermost pair around each pair."""
    stack: list[int] = []
    for n, pair in enumerate(pairs):
        while stack and pairs[stack[-1]].outer_end < pair.outer_end:
            stack.pop()
        if stack:
            pair.parent = stack[-1]
            pairs[stack[-1]].odd = pairs[stack[-1]].odd or pairs[stack[-1]].family == pair.family
        stack.append(n)
