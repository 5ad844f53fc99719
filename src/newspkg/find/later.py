"""The later passes over a block: names that no table has, and short names that only the whole document explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newspkg import ids
from newspkg.find.known import fold_name, shipped
from newspkg.find.model import MentionFinding, Span
from newspkg.find.names import UPPER, WORD, Names, Person, lists

__all__ = ["Later"]

_PAIR = re.compile(rf"(?<![\w'.-])[{UPPER}][\w'-]{{1,30}} (?=[{UPPER}]|(?:van|von|de|al|bin|ben|el|di|da|du|le)[ -])")
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z]{1,7})\)")
_AGE = re.compile(r", \d{1,3},")  # "Olha Bren, 34,"
_LOWER = re.compile(r"([a-z0-9][\w-]{0,25})")
NEXT = re.compile(r" ([\w'-]{1,30})")


class Later(Names):
    """The second and third pass; the first is that of `mentions`."""

    # --- second pass ---------------------------------------------------------------------------------------------

    def second(self) -> None:
        """Acronyms that the document defines, and full names that no table has."""
        self._settle(self._definitions())
        if not self.shouting:
            self._settle(self._full_names())

    def third(self, bodies: dict[str, set[str]]) -> None:
        """What needs all names of the document: surnames, its own acronyms, bodies without their country.

        `bodies` has the bodies that the document names with their country, by their key.
        """
        self._settle(self._short_names())
        self._settle(self._lone_bodies(bodies))

    def _definitions(self) -> Iterator[MentionFinding]:
        """ "Long Form Of Name (LFON)": from here on the acronym means what the long form means."""
        text = self.text
        for match in _ACRONYM.finditer(text, self.block.start, self.block.end):
            short, at = match[1], match.start(1)
            end = match.start() - 1
            if at in self.at or text[end : end + 1] != " " or sum(c.isupper() for c in short) < 2:
                continue
            before = self._hit_after(end) - 1
            if before >= 0 and self.hits[before].end == end and self.hits[before].alias.actors:
                candidates = self.hits[before].alias.actors
            else:
                start = self._long_form(short, end)
                if start is None or not self._free(start, end) or lists()[2].isdisjoint(text[start:end].split(" ")):
                    continue
                candidates = (ids.slug(text[start:end]),)
                yield MentionFinding(start, end, "name", "actor", candidates, "long-form", 0.8, Span(start, end))
            self.doc.acronyms.setdefault(short, candidates)
            yield MentionFinding(
                at, at + len(short), "acronym", "actor", candidates, "defined-acronym", 0.9, Span(at, at + len(short))
            )

    def _long_form(self, short: str, end: int) -> int | None:
        """Where the words begin whose initials are the acronym and that end at `end`; None if they are not there."""
        letters = [c for c in short if c.isupper()]
        at = end
        while letters:
            low = max(self.block.start, at - 40)
            space = self.text.rfind(" ", low, at)
            word = self.text[space + 1 if space >= 0 else low : at]
            if not word or (space < 0 and low > self.block.start) or end - at > 120:
                return None
            start = at - len(word)
            if word[0].upper() == letters[-1] and (word[0].isupper() or word in ("of", "and", "for", "the", "in")):
                letters.pop()
            elif word not in ("of", "the", "for", "and", "in", "on", "&", "to"):
                return None
            if not letters:
                return start if word[0].isupper() else None
            at = start - 1
        return None

    def _full_names(self) -> Iterator[MentionFinding]:
        """Capitalised words that a first name, a verb of speech or an apposition shows to be a person."""
        text, done = self.text, 0
        first_names, family_first = shipped().first_names, shipped().words["family_first"]
        institutions, doubtful = lists()[2], shipped().words["family_doubtful"]
        for match in _PAIR.finditer(text, self.block.start, self.block.end):
            start = match.start()
            if start < done or start in self.at:
                continue
            words, finish = self._words(start)
            names = [w for w in words if w[0].isupper() and w[-1] != "."]
            if len(names) < 2 or names[-1] in institutions or names[-1] != words[-1]:
                continue
            known = words[0] in first_names or (words[0] in family_first and len(words) <= 3)
            if words[0] in doubtful and "-" not in words[1]:
                known = False
            rule = "first-name" if known else self._introduced(start, finish)
            if rule is None or not self._free(start, finish):
                continue
            done = finish
            candidates = self.registry.people.get(fold_name(text[start:finish]), ())
            self._remember(start, Person(finish, candidates, True))
            confidence = 0.85 if rule == "first-name" else 0.65
            yield MentionFinding(start, finish, "name", "actor", candidates, rule, confidence, Span(start, finish))

    def _introduced(self, start: int, end: int) -> str | None:
        """The rule by which the words around an unknown name show a person, or None."""
        text, verbs = self.text, shipped().readings["speech"]["verbs"]
        following = NEXT.match(text, end, self.block.end)
        if following and following[1] in verbs:
            return "name-speech"
        before = self.reader.before(start, the=False)
        if before and before[-1] in verbs:
            return "name-speech"
        if text[end : end + 2] == ", " and text.startswith(("a ", "an ", "the ", "who "), end + 2):
            if text.startswith("who ", end + 2):
                return "name-apposition"
            i = self._hit_after(end)
            for hit in self.hits[i : i + 4]:
                if hit.start > end + 60 or "," in text[end + 2 : hit.start]:
                    break
                if hit.alias.title:
                    return "name-apposition"
            if self._trade(end + 2):
                return "name-apposition"
        age = _AGE.match(text, end, self.block.end)
        return "name-apposition" if age else None

    def _trade(self, start: int) -> bool:
        """Whether the noun phrase at `start` ("a retired baker from Tavra") has a head that only persons are."""
        head = ""
        for match in _LOWER.finditer(self.text, start, min(start + 60, self.block.end)):
            if match.start() != start or match[1] in shipped().words["trade_ends"]:
                break
            head = match[1]
            start = match.end()
            if self.text[start : start + 1] != " ":
                break
            start += 1
        words = shipped().words
        return head in words["trades"] or (
            head.endswith(("er", "or", "ist", "man", "woman", "maker"))
            and len(head) > 4
            and head not in words["no_trades"]
        )

    def _short_names(self) -> Iterator[MentionFinding]:
        """Surnames of the document's or the registry's persons, and the document's own acronyms."""
        text, known = self.text, self.registry.surnames
        surnames, acronyms = self.doc.surnames, self.doc.acronyms
        for match in WORD.finditer(text, self.block.start, self.block.end):
            word, start, end = match[0], match.start(), match.end()
            if word in acronyms:
                yield MentionFinding(
                    start, end, "acronym", "actor", acronyms[word], "defined-acronym", 0.9, Span(start, end)
                )
                continue
            if word in surnames:
                candidates = tuple(sorted({a for bearer in surnames[word] for a in bearer}))
                confidence = 0.9 if len(surnames[word]) == 1 else 0.5
            elif word in known:
                candidates, confidence = known[word], 0.75
            else:
                continue
            index = self.at.get(start)
            if start > self.block.start and (text[start - 1].isalnum() or text[start - 1] == "_"):
                continue
            if (index is not None and self.hits[index].alias.kind) or self.reader.continues(start):
                continue
            start = self._with_particles(start, end)
            yield MentionFinding(start, end, "surname", "actor", candidates, "surname", confidence, Span(start, end))

    def _with_particles(self, start: int, end: int) -> int:
        """Where a surname begins, the particles included that the document's full name has ("van der Kamp")."""
        for longer in self.doc.particled.get(self.text[start:end], ()):
            begin = end - len(longer)
            if begin >= self.block.start and self.text[begin:end].lower() == longer.lower():
                return begin if begin == 0 or not self.text[begin - 1].isalnum() else start
        return start

    def _lone_bodies(self, bodies: dict[str, set[str]]) -> Iterator[MentionFinding]:
        """ "The Foreign Ministry" where the document has named one country's."""
        for hit in self.waiting:
            body = hit.alias.body
            if body is None or body.key == "self":
                continue
            candidates = bodies.get(body.key, set())
            if len(candidates) != 1 or not (self.text[hit.start].isupper() or "ministry" in hit.alias.text):
                continue
            yield MentionFinding(
                hit.start, hit.end, "nominal", "actor", tuple(candidates), "lone-body", 0.7, Span(hit.start, hit.end)
            )
