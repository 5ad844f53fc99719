"""A sentence as tokens with word classes, cut into clauses; who governs a name; what a verb group says.

There is no tagger here: a clause ends at a mark, a subordinating word, or a conjunction with a subject of its own, as
far as closed word classes and known verbs show it. Every question looks at a bounded number of tokens, so the time is
linear in the text, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newspkg.find.model import MentionFinding, TimeFinding
from newspkg.find.triggers import (
    ADV,
    BASE,
    BE,
    COORD,
    DET,
    DO,
    FIN,
    FREQ,
    HAVE,
    ING,
    MODAL,
    PART,
    PAST,
    PERSON,
    PREP,
    PRON,
    REL,
    SAY,
    SOFT,
    SUB,
    THIRD,
    Lexicon,
    Word,
)

__all__ = ["MAX_TOKENS", "Clause", "Line", "tokens_of"]

MAX_TOKENS = 400  # a longer "sentence" is a list or rubbish, and is read in pieces of this length
_TOKEN = re.compile(r"[^\W\d_]*n['’]t\b|['’]s\b|[^\W_]+(?:[-‑][^\W_]+)*|[^\w\s]")
_EDGES = frozenset(";:—–()[]")
_MARKS = frozenset('"“”„«»‘’')
_WORD = Word()
_FINITE = BE | HAVE | DO | MODAL | FIN
_AUX = BE | HAVE | DO | MODAL
_REACH = 12  # tokens between a name and what governs it
_SUBJECT = 9  # tokens a subject may have after a conjunction

MAIN, RELATIVE, THAT, IF, WHEN, ADJUNCT, COORDINATE, PARTICIPLE, RESUMED, SAID = (
    "main",
    "relative",
    "that",
    "if",
    "when",
    "adjunct",
    "coordinate",
    "participle",
    "resumed",
    "said",
)


@dataclass(slots=True)
class Clause:
    """Tokens [lo, hi) of a line. `up`: the clause it hangs on, -1 for none; `fin`: its first finite verb, or hi."""

    lo: int
    hi: int
    kind: str
    up: int
    fin: int = 0


def tokens_of(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The tokens of a stretch as spans: words with their hyphens, `'s`, `n't` words, single marks."""
    return [match.span() for match in _TOKEN.finditer(text, start, end)]


class Line:
    """A sentence, or a piece of a very long one.

    By token: `s`, `e` its span, `w` the lower-case word, `k` its classes, `fin` whether it reads as a finite verb,
    `men` and `tim` the mention and time it belongs to (-1 for none), `of` its clause. `names` and `dates` are the
    mentions and times as (index, first token, last token); `first` and `last` give a mention's tokens by its index.
    """

    __slots__ = (
        "clauses",
        "dates",
        "e",
        "fin",
        "first",
        "k",
        "last",
        "lex",
        "men",
        "n",
        "names",
        "of",
        "s",
        "text",
        "tim",
        "w",
        "words",
    )

    def __init__(
        self,
        text: str,
        spans: Sequence[tuple[int, int]],
        lex: Lexicon,
        mentions: Sequence[MentionFinding],
        first_mention: int,
        times: Sequence[TimeFinding],
        first_time: int,
    ) -> None:
        """`first_mention`, `first_time`: the first of each that may end in or after the line; both lists are sorted."""
        self.text, self.lex = text, lex
        self.s = [s for s, _ in spans]
        self.e = [e for _, e in spans]
        self.w = [text[s:e].lower() for s, e in spans]
        self.n = len(spans)
        get = lex.words.get
        self.words = [get(word, _WORD) for word in self.w]
        self.k = [word.flags for word in self.words]
        self.men = [-1] * self.n
        self.tim = [-1] * self.n
        self.names: list[tuple[int, int, int]] = []
        self.dates: list[tuple[int, int, int]] = []
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self._place(mentions, first_mention, self.men, self.names)
        self._place(times, first_time, self.tim, self.dates)
        for index, a, b in self.names:
            self.first[index], self.last[index] = a, b
        self.fin = [self._finite(i) for i in range(self.n)]
        self.clauses: list[Clause] = []
        self.of: list[int] = []  # the clause of each token
        self._cut()

    def _place(
        self,
        found: Sequence[MentionFinding] | Sequence[TimeFinding],
        at: int,
        owner: list[int],
        out: list[tuple[int, int, int]],
    ) -> None:
        s, e, n = self.s, self.e, self.n
        if not n:
            return
        i = 0
        while at < len(found) and found[at].start < e[n - 1]:
            start, end = found[at].start, found[at].end
            while i < n and e[i] <= start:
                i += 1
            j = i
            while j < n and s[j] < end:
                owner[j] = at
                j += 1
            if j > i:
                out.append((at, i, j - 1))
            at += 1
            # the next one may start inside the same token ("Armenian-Azerbaijani")

    def _finite(self, i: int) -> bool:
        if self.men[i] >= 0 or self.tim[i] >= 0:
            return False
        flags = self.k[i]
        if (
            i
            and self.w[i - 1] == "to"
            and (flags & (FIN | DO) or self.words[i].forms & BASE or self.w[i] in ("be", "have"))
        ):
            return False
        if flags & _FINITE:
            return not (flags & FIN and i and self.k[i - 1] & DET)
        word = self.w[i]
        if i and (self.k[i - 1] & (DET | PREP) or self.w[i - 1] == "'s"):
            return False  # "the occupied town", "in besieged"
        entry = self.words[i]
        if entry.verbs or entry.light:
            if self.text[self.s[i]].isupper() and i:
                return False
            forms = entry.forms
            if entry.nouns and forms & THIRD and 0 < i < self.n - 1 and self.men[i - 1] >= 0 and self.men[i + 1] >= 0:
                return True  # "Velmara attacks Ostria"
            return bool(forms & (PAST | PART)) or (
                bool(forms & ~ING) and not entry.nouns and not flags & (PREP | DET | COORD)
            )
        return (
            len(word) > 4
            and word.endswith("ed")
            and "-" not in word
            and not self.capital(i)
            and not flags & (DET | PREP | ADV)
        )

    def capital(self, i: int) -> bool:
        """Whether token i starts with an upper-case letter."""
        return self.text[self.s[i]].isupper()

    def adverb(self, i: int) -> bool:
        """Whether token i may stand inside a verb group without changing it."""
        word = self.w[i]
        return bool(self.k[i] & (ADV | FREQ)) or (len(word) > 4 and word.endswith("ly") and not self.capital(i))

    # --- clauses ----------------------------------------------------------------------------------

    def _cut(self) -> None:
        w, k, fin, n = self.w, self.k, self.fin, self.n
        clauses = self.clauses
        lo, kind, up, seen, first = 0, MAIN, -1, False, n
        i = 0

        def close(at: int) -> None:
            nonlocal lo, seen, first
            if at > lo:
                clauses.append(Clause(lo, at, kind, up, min(first, at)))
            lo, seen, first = at, False, n

        while i < n:
            flags, word = k[i], w[i]
            if self.men[i] >= 0 or self.tim[i] >= 0:
                i += 1
                continue
            if word in _EDGES:
                skip = self._bracket(i)
                if skip:
                    i = skip
                    continue
                close(i)
                lo = i + 1
                if word in ")]" and clauses:
                    kind, up = RESUMED, max(0, len(clauses) - 2)
                else:
                    kind, up = MAIN, -1
            elif flags & REL and i > lo and not (k[i - 1] & PREP and word == "which" and i - 1 == lo):
                start = i - 1 if k[i - 1] & PREP and word in ("which", "whom") and i - 1 > lo else i
                close(start)
                kind, up = RELATIVE, len(clauses) - 1
            elif flags & SUB and not (flags & ADV) and not (word == "that" and i and k[i - 1] & PREP):
                if i > lo:
                    close(i)
                    up = len(clauses) - 1
                kind = (
                    IF
                    if word in ("if", "unless", "lest", "whether")
                    else WHEN
                    if word in ("when", "while", "whenever")
                    else THAT
                )
                if word == "that" and clauses and clauses[-1].hi == i and self._antecedent(i):
                    kind = RELATIVE
            elif (
                flags & SOFT
                and i > lo
                and seen
                and i + 1 < n
                and self.tim[i + 1] < 0
                and not (word == "as" and not self._subject_follows(i + 1))
            ):
                close(i)
                kind, up = ADJUNCT, len(clauses) - 1
            elif flags & COORD and seen and not self._in_list(i) and self._subject_follows(i + 1):
                close(i)
                kind, up = COORDINATE, len(clauses) - 1
            elif word in _MARKS and i > lo and w[i - 1] in ",.?!" and i + 1 < n:
                close(i)
                lo = i + 1
                kind, up = MAIN, -1
            elif word == "," and i + 1 < n:
                nxt = i + 1
                while nxt < n - 1 and self.adverb(nxt) and nxt - i < 4:
                    nxt += 1
                if seen and kind == RELATIVE and fin[nxt] and not k[nxt] & COORD:
                    parent = up
                    close(i)
                    lo = i + 1
                    kind, up = RESUMED, parent
                elif seen and w[nxt].endswith("ing") and len(w[nxt]) > 4 and self.men[nxt] < 0:
                    close(i)
                    lo = i + 1
                    kind, up = PARTICIPLE, len(clauses) - 1
                elif (seen or kind in (IF, WHEN)) and self._subject_follows(i + 1):
                    close(i)
                    lo = i + 1
                    kind, up = MAIN, -1
            if fin[i]:
                if not seen:
                    first = i
                seen = True
                if flags & SAY and i + 1 < n and self._opens(i + 1):
                    close(i + 1)
                    kind, up = SAID, len(clauses) - 1
            i += 1
        close(n)
        self.of = [0] * n
        for number, clause in enumerate(clauses):
            self.of[clause.lo : clause.hi] = [number] * (clause.hi - clause.lo)

    def _bracket(self, i: int) -> int:
        """The token after a short bracket that starts at i, or 0: what is in it belongs to the clause around."""
        close = {"(": ")", "[": "]"}.get(self.w[i])
        if close is None:
            return 0
        for j in range(i + 1, min(self.n, i + 12)):
            if self.w[j] == close:
                return j + 1
            if self.fin[j]:
                return 0
        return 0

    def _antecedent(self, i: int) -> bool:
        """Whether "that" at i follows a noun and is followed by a verb: a relative clause."""
        j = i + 1
        while j < self.n - 1 and self.adverb(j) and j - i < 4:
            j += 1
        return j < self.n and self.fin[j] and not self.fin[i - 1]

    def _in_list(self, i: int) -> bool:
        """Whether the conjunction at i closes a list of three names or more."""
        if i < 3 or self.w[i - 1] != ",":
            return False
        if self.men[i - 2] >= 0:
            return self.w[self.first.get(self.men[i - 2], i) - 1] == ","
        return self.capital(i - 2) and self.w[i - 3] == ","

    def _opens(self, i: int) -> bool:
        """Whether token i can open a subject."""
        return self.men[i] >= 0 or bool(self.k[i] & (PRON | DET)) or (self.capital(i) and not self.k[i] & (PREP | SUB))

    def _subject_follows(self, i: int) -> bool:
        """Whether a noun phrase and a finite verb stand at i, with nothing else between."""
        n, k = self.n, self.k
        while i < n and self.adverb(i):
            i += 1
        start = i
        while i < n and (self.tim[i] >= 0 or (i + 1 < n and k[i] & PREP and self.tim[i + 1] >= 0)):
            i += 1  # "and since 1993, Velmara has ..."
        if start < i < n - 1 and self.w[i] == ",":
            i += 1
        if i >= n or not (self._opens(i) or self.w[i].endswith("s")) or self.k[i] & REL:
            return False
        joined = apart = False
        for j in range(i, min(n, i + _SUBJECT)):
            if self.men[j] >= 0:
                continue
            if self.fin[j]:
                return j > i and (not apart or bool(k[j] & SAY))
            if k[j] & PREP and self.w[j] not in ("of", "after", "before", "since"):
                apart = True  # "..., the ministry in Tavra said"
            elif k[j] & COORD:
                if joined:
                    return False
                joined = True
            elif (
                (k[j] & (PREP | REL | SUB) and self.w[j] != "of")
                or self.tim[j] >= 0
                or self.w[j] in ",;:.?!"
                or self.w[j] in _MARKS
            ):
                return False
        return False

    # --- who governs a name -----------------------------------------------------------------------

    def governor(self, a: int, lo: int) -> tuple[str | None, int]:
        """What a name that starts at token a hangs on, as far left as lo: a preposition and its token; `@role` where a
        word like "mediation" tells the role; "of" or "" where lo is reached with and without an "of" on the way; None
        where a mark or verb stands between. Lists share the governor of their first name."""
        w, k, men = self.w, self.k, self.men
        j, of, comma, joined = a - 1, False, False, False
        for _ in range(_REACH):
            if j < lo:
                return ("of" if of else ""), j
            flags, word = k[j], w[j]
            if men[j] >= 0:
                j -= 1
                continue
            if self.tim[j] >= 0:
                return None, j
            if word == "," or flags & COORD:
                p = j - 1
                if p > lo and (w[p] == "," or w[p] == "both"):
                    p -= 1
                if (
                    p < lo
                    or men[p] < 0
                    or self.tim[p] >= 0
                    or (word == "," and not (comma or joined or self._listed(a)))
                ):
                    return None, j
                comma, joined = comma or word == ",", joined or word != ","
                j = self.first[men[p]] - 1
                continue
            if flags & PREP:
                if word == "of":
                    of = True
                elif comma and j == lo:
                    return None, j  # "In Tavra, Maro met ...": the comma ends the adverbial, it is no list
                else:
                    return word, j
            elif of and word in self.lex.sides:
                return f"@{self.lex.sides[word]}", j
            elif self.fin[j] or flags & (REL | SUB) or word in _EDGES or word in _MARKS:
                return (("of" if of else "") if j <= lo else None), j
            j -= 1
        return None, j

    def _listed(self, a: int) -> bool:
        """Whether the name at token a, which follows a comma, goes on a list ("Velmara, Ostria and Tavra")."""
        b = self.last.get(self.men[a], a) + 1
        return b < self.n and (self.w[b] == "," or bool(self.k[b] & COORD))

    def genitive(self, b: int) -> bool:
        """Whether the name that ends with token b is a genitive."""
        return b + 1 < self.n and self.w[b + 1] in ("'s", "’s", "’", "'")

    def modifier(self, place: int) -> bool:
        """Whether name number `place` of the line only describes the next one ("Velmaran Foreign Minister Maro")."""
        if place + 1 >= len(self.names):
            return False
        b, a = self.names[place][2], self.names[place + 1][1]
        if not 0 <= a - b - 1 <= 4:
            return False
        for j in range(b + 1, a):
            if self.k[j] & (PREP | COORD | REL | SUB) or self.fin[j] or self.w[j] in ",;:" or self.tim[j] >= 0:
                return False
        return True

    def finite_before(self, i: int, lo: int) -> int:
        """The nearest finite verb before token i, not before lo; -1 for none within reach."""
        for j in range(i - 1, max(lo, i - _REACH) - 1, -1):
            if self.fin[j]:
                return j
        return -1

    def object_word(self, i: int) -> bool:
        """Whether an object starts at token i."""
        return i < self.n and (self.men[i] >= 0 or bool(self.k[i] & (DET | PERSON)) or self.capital(i))

    def auxiliary(self, i: int) -> bool:
        """Whether token i is a form of be, have or do, or a modal."""
        return bool(self.k[i] & _AUX)
