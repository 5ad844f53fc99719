"""The names of persons as they are written, and what the passes over a block share.

A name is read word by word from where a title or a first name says it starts: capitalised words, initials and the
small particles between them. What could be something else (a weekday, an institution, another country) ends it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from newspkg.body import Block
from newspkg.find.known import family_name, fold_name, shipped
from newspkg.find.model import MentionFinding, OmissionFinding
from newspkg.find.readings import Hit, Reader
from newspkg.find.registry import Registry

__all__ = ["UPPER", "WORD", "Document", "Names", "Person", "lists"]

UPPER = "A-Z" + "".join(chr(c) for c in range(0xC0, 0x250) if chr(c).isupper())
# A genitive is no part of a name; a name's own apostrophe is followed by more than an s ("O'Neill").
WORD = re.compile(rf"[{UPPER}]\w{{0,30}}(?:[-'](?!s\b)\w{{1,30}}){{0,3}}")
_INITIALS = re.compile(rf"[{UPPER}]\.(?:-?[{UPPER}]\.){{0,2}}")
_PARTICLE = re.compile(r"[a-z]{1,5}\b[ -]")
FAR = 1 << 60
MAX_WORDS = 5  # of a person's name, particles and initials included


@dataclass(slots=True)
class Person:
    """A person's name as written: its end, and the persons who bear it."""

    end: int
    candidates: tuple[str, ...]
    full: bool


@dataclass(slots=True)
class Document:
    """What the first pass gathers for the second."""

    found: list[MentionFinding] = field(default_factory=list)
    surnames: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)  # surname -> candidates of each full name
    full: set[str] = field(default_factory=set)  # folded full names of unknown persons
    acronyms: dict[str, tuple[str, ...]] = field(default_factory=dict)  # acronym the document defines -> candidates
    particled: dict[str, set[str]] = field(default_factory=dict)  # surname -> it with its particles
    omissions: list[OmissionFinding] = field(default_factory=list)


@cache
def lists() -> tuple[frozenset[str], ...]:
    words = shipped().words
    return words["never"], words["particles"], words["institutions"], words["modifiers"], words["former"]


class Names:
    """One block under search: its hits, what is taken already, and how persons' names are read."""

    def __init__(self, text: str, block: Block, registry: Registry, doc: Document, sentences: list[int]) -> None:
        self.text, self.block, self.registry, self.doc = text, block, registry, doc
        self.sentences = sentences
        self.hits = self._hits()
        self.at = {hit.start: i for i, hit in enumerate(self.hits)}
        self.taken: list[tuple[int, int]] = []  # spans that no later shape may touch
        self.shouting = self._capitalised()
        self.waiting: list[Hit] = []  # bodies without a country
        self.reader = Reader(text, block, self.hits, self.at, sentences, self.shouting)

    # --- hits ----------------------------------------------------------------------------------------------------

    def _hits(self) -> list[Hit]:
        """Longest matches that are whole words, left to right."""
        text, start, stop = self.text, self.block.start, self.block.end
        found: list[Hit] = []
        # The block by itself: the automaton copies whatever string it is given, so the whole text, once for each block,
        # would cost the square of its length.
        for last, alias in self.registry.automaton.iter(text[start:stop]):
            end = start + last + 1
            begin = end - len(alias.text)
            if begin > start and (text[begin - 1].isalnum() or text[begin - 1] == "_"):
                continue
            if end < stop and (text[end].isalnum() or text[end] == "_"):
                continue
            # Hits come by their end; a longer one that began earlier swallows those inside it.
            while found and found[-1].start >= begin:
                found.pop()
            if found and found[-1].end > begin:
                continue
            found.append(Hit(begin, end, alias))
        return found

    def _capitalised(self) -> bool:
        """Whether a heading writes its nouns with capitals, so that a capital says nothing."""
        if self.block.kind != "heading":
            return False
        words = [w for w in self.text[self.block.start : self.block.end].split() if w[0].isalpha() and len(w) > 3]
        return len(words) > 3 and sum(w[0].isupper() for w in words) > 0.7 * len(words)

    def _add(self, finding: MentionFinding) -> None:
        self.doc.found.append(finding)
        self.taken.append((finding.start, finding.end))

    def _hit_after(self, end: int) -> int:
        """The index of the first hit that starts at or after `end`; the hits are sorted."""
        return bisect_right(self.hits, end - 1, key=lambda h: h.start)

    def _settle(self, found: Iterator[MentionFinding]) -> None:
        """Takes findings, given left to right, that touch nothing taken before."""
        fresh: list[MentionFinding] = []
        for finding in found:
            i = bisect_right(self.taken, (finding.end - 1, FAR))
            if (i == 0 or self.taken[i - 1][1] <= finding.start) and (not fresh or fresh[-1].end <= finding.start):
                fresh.append(finding)
        self.doc.found += fresh
        self.taken = sorted([*self.taken, *((f.start, f.end) for f in fresh)])

    def _free(self, start: int, end: int) -> bool:
        i = bisect_right(self.taken, (end - 1, FAR))
        return i == 0 or self.taken[i - 1][1] <= start

    # --- persons -------------------------------------------------------------------------------------------------

    def _name_start(self, end: int) -> int:
        return end + 2 if self.text[end : end + 2] == "] " else end + 1

    def _person(self, end: int) -> Person | None:
        """The person's name after a title that ended at `end`, with its known bearers."""
        text, stop = self.text, self.block.end
        start = self._name_start(end) if end >= self.block.start else self.block.start
        if (
            start >= stop
            or (start > end + 1 and text[end] != "]")
            or (end >= self.block.start and text[end] not in " ]")
        ):
            return None
        words, finish = self._words(start)
        index = self.at.get(start)
        known = self.hits[index] if index is not None else None
        if known is not None and known.alias.kind == "person" and known.end >= finish:
            return Person(known.end, known.alias.actors, " " in known.alias.text)
        names = [w for w in words if len(w) > 1 and w[0].isupper() and w[-1] != "."]
        if not names or words[-1].endswith("."):
            return None
        if names[-1] in lists()[2]:
            return None
        if (
            known is not None
            and (known.alias.kind or known.alias.title or known.alias.body or known.alias.adjective)
            and known.alias.kind != "person"
        ):
            first_only = known.end - known.start >= len(words[0])
            if first_only and (len(names) == 1 or names[0] not in shipped().first_names):
                return None
        written = text[start:finish]
        if len(names) == 1 and len(words) == 1:
            if self.shouting and index is None and written not in self.registry.surnames:
                return None
            return Person(finish, self.registry.surnames.get(written, ()), False)
        folded = fold_name(written)
        candidates = self.registry.people.get(folded, ())
        if not candidates and len(folded.split()) > 2:
            first, *_, family = folded.split()
            candidates = self.registry.people.get(f"{first} {family}", ())
        if known is not None and known.alias.kind == "person" and not candidates:
            return Person(known.end, known.alias.actors, True)
        return Person(finish, candidates, True)

    def _words(self, start: int) -> tuple[list[str], int]:
        """The words of a name from `start`, and where it ends."""
        text, stop = self.text, self.block.end
        never, particles, _, _, _ = lists()
        words: list[str] = []
        at = finish = start
        while len(words) < MAX_WORDS and at < stop:
            word = _INITIALS.match(text, at, stop) or WORD.match(text, at, stop)
            if word is None or word[0] in never:
                particle = _PARTICLE.match(text, at, min(at + 7, stop)) if word is None else None
                if particle is None or particle[0][:-1] not in particles:
                    break
                words.append(particle[0][:-1])
                at = particle.end()
                continue
            if len(word[0]) > 3 and word[0].isupper() and not self.shouting and "." not in word[0]:
                break  # an acronym
            if words and self._foreign(word.start(), word.end()):
                break
            words.append(word[0])
            finish = word.end()
            if text[finish : finish + 2] == "] ":
                at = finish + 2
            elif text[finish : finish + 1] == " ":
                at = finish + 1
            else:
                break
        while words and words[-1][0].islower():
            words.pop()
        return words, finish

    def _foreign(self, start: int, end: int) -> bool:
        """Whether a word inside a name begins something else: a title, an adjective, a country."""
        index = self.at.get(start)
        if index is None:
            return False
        alias = self.hits[index].alias
        return (
            bool(
                alias.title
                or alias.adjective
                or (
                    alias.kind in ("state", "international_organisation", "government_body") and alias.form != "metonym"
                )
            )
            and self.hits[index].end >= end
        )

    def _remember(self, start: int, person: Person) -> None:
        """Notes a full name, so that its surname alone is understood elsewhere in the document."""
        name = self.text[start : person.end].replace("]", "")
        candidates = person.candidates
        if not candidates:
            folded = fold_name(name)
            if folded in self.doc.full:
                return
            self.doc.full.add(folded)
        words = name.split(" ")
        bearers = self.doc.surnames.setdefault(family_name(name), [])
        if not candidates or candidates not in bearers:
            bearers.append(candidates)
        if len(words) > 2 and words[-2][0].islower():  # "von der Leyen": also with its particles
            k = len(words) - 1
            while k > 1 and words[k - 1][0].islower():
                k -= 1
            self.doc.particled.setdefault(words[-1], set()).add(" ".join(words[k:]))
