"""Actor or place: what the words around a capital, a seat or a country make of its name.

The windows are bounded; the lists are in `knowledge/readings.toml`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from newspkg.body import Block
from newspkg.find.known import shipped
from newspkg.find.model import MentionFinding
from newspkg.find.registry import Alias

__all__ = ["Hit", "Reader"]

_COMPOUND = re.compile(r"[\w']{1,30}")
_NEXT = re.compile(r" ([\w'-]{1,30})")
_AFTER = re.compile(r"('s|')?[ (\"“]{0,2}([\w'-]{1,30})?")
_DATELINE = re.compile(r"(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? ?(?:\(|—|–|--|, [A-Z][a-z]{2,8}\.? \d)")
_TRIM = "\"'“”‘’()[]{}«»„*"
WINDOW = 90  # characters looked at before a name for the words that tell its reading


@dataclass(slots=True)
class Hit:
    """An alias where it stands in the text."""

    start: int
    end: int
    alias: Alias


class Reader:
    """Reads the names of one block; `last` is the plain name before, whose reading a list shares."""

    def __init__(
        self, text: str, block: Block, hits: list[Hit], at: dict[int, int], sentences: list[int], shouting: bool
    ) -> None:
        self.text, self.block, self.hits, self.at = text, block, hits, at
        self.sentences, self.shouting = sentences, shouting
        self.last: MentionFinding | None = None

    def sentence_starts(self, position: int) -> bool:
        """Whether a sentence starts at the position, an opening mark between them allowed."""
        i = bisect_right(self.sentences, position)
        if i == 0:
            return False
        return (
            not self.text[self.sentences[i - 1] : position].strip(_TRIM + " -")
            if position - self.sentences[i - 1] < 6
            else False
        )

    # --- actor or place ------------------------------------------------------------------------------------------

    def before(self, start: int, *, the: bool = True) -> list[str]:
        """The words before a name in its sentence, lower case, nearest last; empty after a mark that parts them."""
        low = max(self.block.start, start - WINDOW)
        if start == low:
            return []
        i = bisect_right(self.sentences, start)
        low = max(low, self.sentences[i - 1] if i else low)
        words = self.text[low:start].lower().split()[-8:]
        if words and the and words[-1] in ("the", "this", "all"):
            words.pop()
        if not words or words[-1][-1] in ",.;:!?–—-":
            return []
        return [w.strip(_TRIM) for w in words]

    def reading(self, i: int) -> tuple[str, float]:
        """Whether a name is read as an actor or as a place, and how surely."""
        hit = self.hits[i]
        alias = hit.alias
        if alias.kind == "place":
            return "place", 0.9
        if alias.kind not in ("state", "territory") and alias.form != "metonym":
            return "actor", 0.95
        town = alias.form == "metonym"
        if town and not alias.seat and hit.start == self.block.start and _DATELINE.match(self.text, hit.end):
            return "place", 0.95
        after = self._after_reading(hit, town)
        if after is not None and after[1] >= 0.88:
            return after
        before = self._before_reading(hit, town, alias.seat)
        if before is not None:
            return before
        if self.last is not None and self._listed(i, self.last):
            return self.last.reading, 0.75
        if after is not None:
            return after
        following = self.text[hit.end : hit.end + 2]
        if town and following == ", " and i + 1 < len(self.hits) and self.hits[i + 1].start == hit.end + 2:
            right = self.hits[i + 1].alias
            if right.kind == "state" and right.country == alias.country:
                return "place", 0.9  # "Oslo, Norway"
        if alias.kind == "territory":
            return "place", 0.6
        return "actor", 0.6 if town else 0.8

    def _listed(self, i: int, last: MentionFinding) -> bool:
        """Whether hit i goes on with the list of the name before ("in Oslo and Bergen"), rather than with a new clause
        ("in Oslo, Bergen said")."""
        hit, between = self.hits[i], self.text[last.end : self.hits[i].start]
        if between in (" and ", " or ", " and the ", " nor ", "/"):
            return True
        if between not in (", ", ", and "):
            return False
        if last.reading == "actor" or (hit.alias.kind == "state" and last.country == hit.alias.country):
            return True
        end = hit.end
        if i + 1 < len(self.hits) and self.text[end : self.hits[i + 1].start] in (" and ", " or ", ", and "):
            end = self.hits[i + 1].end
        elif between == ", " and self.text[end : end + 1] != ",":
            return False
        following = _NEXT.match(self.text, end, min(end + 31, self.block.end))
        verb = following is not None and (
            following[1].endswith("ed") or following[1] in shipped().readings["after"]["actor"]
        )
        return not verb

    def _after_reading(self, hit: Hit, town: bool) -> tuple[str, float] | None:
        words = shipped().readings["after"]
        text, end = self.text, hit.end
        if text[end : end + 1] == "-":
            match = _COMPOUND.match(text, end + 1, self.block.end)
            word = match[0] if match else ""
            return ("place", 0.88) if word in words["compound"] else ("actor", 0.88)
        match = _AFTER.match(text, end, min(end + 40, self.block.end))
        genitive, following = (match[1], match[2]) if match else (None, None)
        if genitive:
            return ("place" if following in words["place"] else "actor"), 0.9
        if following in words["place"] or (town and following in words["event"]):
            return "place", 0.88
        if following in words["actor"] and text[end : end + 1] == " ":
            return "actor", 0.85
        return None

    def _before_reading(self, hit: Hit, town: bool, seat: bool) -> tuple[str, float] | None:
        if town and self.text.endswith("capital, ", self.block.start, hit.start):
            return "place", 0.85
        before = self.before(hit.start)
        if not before:
            return None
        readings = shipped().readings
        word, earlier = before[-1], before[-7:-1]
        if word in readings["before"]["place"]:
            return "place", 0.9
        if town and not seat and word in readings["before"]["town"]:
            return "place", 0.85
        if hit.alias.kind == "territory" and word in ("on", "over", "for", "of", "to", "from"):
            return None  # what stands after it decides
        if word in ("to", "from", "through"):
            return self._on_the_way(word, earlier, town)
        if word in ("on", "over", "for", "of") and (town or word == "of"):
            near = earlier[-3:] if word != "of" else earlier[-1:]
            if any(w in readings[word]["place"] for w in near):
                return "place", 0.8
            return "actor", 0.75
        if word in readings["before"]["actor"] or word in ("on", "over", "for", "of"):
            return "actor", 0.85
        return None

    def _on_the_way(self, word: str, earlier: list[str], town: bool) -> tuple[str, float]:
        """After to, from, through: the nearest word that tells motion from address."""
        lists = shipped().readings[word]
        actor, place = lists.get("actor", frozenset()), lists.get("place", frozenset())
        for w in reversed(earlier):
            if w in actor:
                return "actor", 0.75
            if w in place:
                return "place", 0.85
        if word == "through":
            return "actor", 0.6
        if word == "to":
            return ("place" if town else "actor"), 0.6
        return "place", 0.7

    # --- parts of longer names -----------------------------------------------------------------------------------

    def opposed(self, start: int) -> bool:
        """Whether the name is only half a word: "anti-Norway", "pro-Oslo"."""
        before = self.text[max(self.block.start, start - 5) : start].lower()
        return before.endswith(("anti-", "pro-", "non-", "ex-", "post-"))

    def part_of_longer(self, i: int) -> bool:
        """Whether the name only stands inside an unknown longer one ("Air France", "Bank of Norway")."""
        hit, text = self.hits[i], self.text
        alias = hit.alias
        if alias.shouted:
            return False
        if alias.form == "acronym":
            return self._plain_english(hit)
        context = shipped().readings["context"]
        if self.shouting or " " in alias.text or (alias.kind not in context["kinds"] and alias.form != "metonym"):
            return False
        never = shipped().words["never"]
        following = _NEXT.match(text, hit.end, self.block.end)
        if following and following[1][0].isupper() and hit.end + 1 not in self.at:
            word = following[1].removesuffix("'s")
            if word not in never and word not in context["nouns"] and not self.sentence_starts(hit.end + 1):
                return True
        return self.continues(hit.start)

    def continues(self, start: int) -> bool:
        """Whether an unknown name leads up to the name that begins at `start`."""
        text = self.text
        low = max(self.block.start, start - 40)
        if text[start - 1 : start] != " " or low >= start:
            return False
        words = text[low : start - 1].split(" ")
        of = len(words) > 2 and words[-1] == "of"
        word = words[-2] if of else words[-1]
        if not word or not word[0].isupper() or not word.isalpha():
            return False
        if not of and word in shipped().first_names:
            return True  # "George Washington", also where a sentence starts
        begin = start - 1 - len(word) - (3 if of else 0)
        if (
            self.sentence_starts(begin)
            or word in shipped().words["never"]
            or word in shipped().readings["context"]["directions"]
        ):
            return False
        i = bisect_right(self.hits, begin, key=lambda h: h.start) - 1
        return not (i >= 0 and self.hits[i].end == begin + len(word))

    def _plain_english(self, hit: Hit) -> bool:
        """Whether an acronym in a line of capitals may be a common word ("GIVE US MORE")."""
        if hit.alias.text not in shipped().readings["context"]["plain"]:
            return False
        around = self.text[max(self.block.start, hit.start - 12) : hit.start].split()[-1:]
        around += self.text[hit.end : min(self.block.end, hit.end + 12)].split()[:1]
        return any(len(w) > 2 and w.isalpha() and w.isupper() for w in around)
