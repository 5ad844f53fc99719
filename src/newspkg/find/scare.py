"""Strings in marks that are speech, and those that are irony, names or titles.

In news nearly all strings of eight and more words are speech and about half of single words; so the tests here are for
short strings. What is found to be no speech keeps the reason why, for the table of omissions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from newspkg.body import Block
from newspkg.find.cues import Lexicon
from newspkg.find.governed import Attribution
from newspkg.find.marks import Pair
from newspkg.find.model import QuoteFinding, Span

__all__ = ["SPEECH_END", "Said", "sort_out"]

SPEECH_END = frozenset(".,!?…;")
_LAST_WORD = re.compile(r"([^\W_]+(?:[’'\-][^\W_]+)*)[\s:,]*$")
_SMALL = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "over",
        "the",
        "to",
        "with",
        "about",
        "after",
    )
)


@dataclass(slots=True, eq=False)
class Said:
    """A pair of marks on its way to a row."""

    number: int  # its place among all pairs of the text
    pair: Pair
    words: int
    strong: bool  # speech unless something tells otherwise; masked in the token stream
    reason: str = ""  # why it is no speech, for the others
    attribution: Attribution | None = None
    rule: str = ""
    group: int = 0
    addressee: Span | None = None
    inside: QuoteFinding | None = None


def sort_out(text: str, blocks: Sequence[Block], pairs: list[Pair], lex: Lexicon) -> tuple[list[Said], bool]:
    """All pairs in their order, judged by themselves and their nearest words, and whether the text is full of irony."""
    return _Sorting(text, blocks, lex).run(pairs)


class _Sorting:
    def __init__(self, text: str, blocks: Sequence[Block], lex: Lexicon) -> None:
        self.text = text
        self.blocks = blocks
        self.lex = lex
        self.said: list[Said] = []

    def run(self, pairs: list[Pair]) -> tuple[list[Said], bool]:
        text = self.text
        for pair in pairs:
            inner = text[pair.start : pair.end]
            words = len(inner.split())
            closed = inner.rstrip()[-1:] in SPEECH_END or self._whole(pair, inner)
            said = Said(len(self.said), pair, words, strong=True)
            if words == 0 or not any(c.isalnum() for c in inner):
                said.strong, said.reason = False, "no words between the marks"
            elif (
                pair.chain is None
                and (not closed or self._announces(pair, words))
                and _is_title(inner, words, self.lex.scare["title"])
            ):
                said.strong, said.reason = False, "a title or name: all its words are capitalised"
            elif pair.chain is None and not closed and words <= self.lex.scare["short"]:
                said.strong, said.reason = (
                    self._governed(pair),
                    f"{words} {'word' if words == 1 else 'words'} without a cue",
                )
            self.said.append(said)
        short = [text[s.pair.start : s.pair.end].strip().lower() for s in self.said if not s.strong]
        seen = Counter(short)
        for said in self.said:
            if said.strong or not said.reason[:1].isdigit():
                continue
            if self._word_before(said.pair.outer_start) in self.lex.irony and self._touches(said.pair):
                said.reason = "irony or a name: the word before the mark announces it"
            elif seen[text[said.pair.start : said.pair.end].strip().lower()] > 1:
                said.reason = "irony or a name: the same words stand in marks more than once"
        return self.said, len(short) >= self.lex.scare["many"]

    def _whole(self, pair: Pair, inner: str) -> bool:
        """Whether a string whose stop or comma stands after the mark opens a sentence ("It is over", he said)."""
        if not inner[:1].isupper() or self.text[pair.outer_end : pair.outer_end + 1] not in (",", ".", "!", "?"):
            return False
        block = self.blocks[pair.block]
        before = self.text[max(block.start, pair.outer_start - 4) : pair.outer_start].rstrip()
        return not before or before[-1] in '.!?:”"'

    def _word_before(self, at: int) -> str:
        found = _LAST_WORD.search(self.text, max(0, at - 24), at)
        return found[1].lower() if found else ""

    def _announces(self, pair: Pair, words: int) -> bool:
        """Whether capitalised words that end with a stop inside the marks are a title all the same: they are many, or
        a preposition, article or genitive stands before them (on Radio One's "Morning Hour.")."""
        if words > self.lex.scare["short"]:
            return ":" not in self.text[max(0, pair.outer_start - 2) : pair.outer_start]
        before = self._word_before(pair.outer_start)
        touching = self.text[pair.outer_start - 2 : pair.outer_start - 1].isalnum()
        return touching and (
            before in self.lex.words["attach"]
            or before in self.lex.irony
            or before in ("the", "a", "an")
            or before.endswith(("'s", "’s"))
        )

    def _touches(self, pair: Pair) -> bool:
        return (
            self.text[pair.outer_start - 1 : pair.outer_start].isspace()
            and self.text[pair.outer_start - 2 : pair.outer_start - 1].isalnum()
        )

    def _governed(self, pair: Pair) -> bool:
        """A short string straight after a verb of saying (said "no")."""
        cues = self.lex.verbs.get(self._word_before(pair.outer_start), ())
        return any(cue.grade == "A" and not cue.particle for cue in cues)


def _is_title(inner: str, words: int, most: int) -> bool:
    if not 2 <= words <= most:
        return False
    parts = [w.strip("‘’'“”\"(),:") for w in inner.split()]
    large = [w for w in parts if w and w.lower() not in _SMALL]
    return len(large) >= 2 and all(not w[0].isalpha() or w[0].isupper() for w in large)
