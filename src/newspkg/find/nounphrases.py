"""The noun phrase that ends with an event noun: determiner, names, adjectives, a time ("last week's Tavra talks")."""

from __future__ import annotations

import re

from newspkg.find.clauses import Line
from newspkg.find.triggers import COORD, DET, PREP, PRON, REL, SUB

__all__ = ["NounPhrase"]

_LEFT = 12  # tokens of a noun phrase before its head
_AMOUNTS = frozenset(
    (
        "round",
        "rounds",
        "series",
        "wave",
        "number",
        "hours",
        "days",
        "weeks",
        "string",
        "spate",
        "day",
        "night",
        "couple",
    )
)
# An adjective of a people by its shape ("Ostrian", "Velmaran-Ostrian"); `link` asks the names whether it is one.
_PEOPLE = re.compile(r"(?:[A-Z][a-z]{1,20}-){0,3}[A-Z][a-z]{1,20}(?:an|ian|ani|ish|ese|ch|ek|ic|i)")
_PIECE = re.compile(r"[A-Z][a-z]+")


class NounPhrase:
    """The noun phrase of an event noun, from token `start` on; `peoples` are spans of adjectives of peoples."""

    __slots__ = ("adjectives", "det", "names", "peoples", "start", "time")

    def __init__(self, line: Line, first: int, lo: int) -> None:
        w, k = line.w, line.k
        self.det = ""
        self.names: list[int] = []
        self.peoples: list[tuple[int, int]] = []
        self.adjectives: set[str] = set()
        self.time: int | None = None
        j = first - 1
        while j >= lo and first - j < _LEFT:
            flags, word = k[j], w[j]
            if line.tim[j] >= 0:
                self.time = line.tim[j]
                j -= 1
            elif line.men[j] >= 0:
                for index, a, b in line.names:  # two names may share a token
                    if a <= j <= b and index not in self.names:
                        self.names.append(index)
                j = min(line.first[m] for m in self.names[-2:]) - 1 if self.names else j - 1
                j = min(j, line.first[line.men[j + 1]] - 1) if j + 1 < line.n and line.men[j + 1] >= 0 else j
            elif (
                word in ("'s", "’s", "’", "'", "-", "–")
                or word in '"“”'
                or (
                    (word == "," or flags & COORD)
                    and (self.names or self.peoples)
                    and j > lo
                    and (
                        line.men[j - 1] >= 0
                        or line.capital(j - 1)
                        or (w[j - 1] == "," and (line.men[j - 2] >= 0 or line.capital(j - 2)))
                    )
                )
            ):
                j -= 1
            elif flags & DET and not flags & REL:
                self.det = self.det or word
                j -= 1
                if word not in ("two", "three", "four", "five", "several", "many", "other", "few", "both", "all"):
                    break
            elif (
                flags & (PREP | REL | SUB | PRON | COORD)
                or line.auxiliary(j)
                or word in ",;:()[]"
                or (line.fin[j] and (line.words[j].verbs or line.words[j].light or not word.endswith("ed")))
                or ((line.words[j].light or line.words[j].verbs) and word.endswith("ing"))
            ):
                break
            else:
                if line.capital(j) and _PEOPLE.fullmatch(line.text, line.s[j], line.e[j]):
                    self.peoples[:0] = [(m.start(), m.end()) for m in _PIECE.finditer(line.text, line.s[j], line.e[j])]
                else:
                    self.adjectives.add(word)
                j -= 1
        self.start = j + 1
        # "two rounds of talks", "nine hours of negotiations"
        if j - 1 >= lo and w[j] == "of" and w[j - 1] in _AMOUNTS:
            j -= 2
            while (
                j >= lo
                and (k[j] & DET or (line.men[j] < 0 and w[j].isalnum() and not line.fin[j] and not k[j] & PREP))
                and self.start - j < 6
            ):
                if (line.words[j].light or line.words[j].verbs) and w[j].endswith("ing"):
                    break
                j -= 1
            self.start = j + 1
        self.names.sort()
