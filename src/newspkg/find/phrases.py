"""Paragraphs as token streams with quotations masked, and the noun phrases a quotation rule needs.

There is no tagger here. A noun phrase is what stands between a verb group and a clause boundary, read from closed
word classes (determiners, prepositions, auxiliaries ...) and capitals. A quotation between marks is one token, so that
no rule can look into another's words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newspkg.find.cues import ING, PAST, THIRD, Lexicon

__all__ = ["QUOTE", "Stream"]

QUOTE = "\x00"  # the token of a masked quotation
MAX_PHRASE = 30  # tokens; a longer "noun phrase" is a misreading, and a bound keeps time linear
MAX_GROUP = 8  # tokens of a verb group
MAX_DEPTH = 3  # asides within asides
MAX_ASIDE = 25  # tokens between the commas of an apposition

_TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Maj|Sgt|St|Prof|Rev|Capt|Jr|Sr|Amb)\."
    r"|[A-Z]\.(?=\s[A-Z])|[^\W_]+(?:[.'’\-‑&/][^\W_]+)*|\S"
)
_MARKS = frozenset("\"“”„‟«»＂'‘’‚‛‹›`")
_DASHES = frozenset("—–-―")
_ENDS = frozenset(".?!…")
_NOT_ADVERB = frozenset(
    ("italy", "july", "family", "ally", "assembly", "supply", "reply", "rally", "sicily", "monopoly")
)


class Stream:
    """The tokens of one paragraph: `s`, `e` code points, `w` lower-case words (QUOTE for a masked quotation).

    `sent` numbers the sentences; `bounds[n]` is the token range of sentence n. `quote_at` maps a token to the
    number of its quotation.
    """

    __slots__ = ("bounds", "cues", "e", "lex", "quote_at", "s", "sent", "text", "w")

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        masked: Sequence[tuple[int, int, int]],
        sentence_starts: Sequence[int],
        lex: Lexicon,
    ) -> None:
        """`masked`: (outer start, outer end, number) of the quotations of the paragraph, in order, not overlapping."""
        self.text = text
        self.lex = lex
        self.s: list[int] = []
        self.e: list[int] = []
        self.w: list[str] = []
        self.quote_at: dict[int, int] = {}
        self.cues: list[int] = []
        verbs, nouns, announced = lex.verbs, lex.nouns, lex.announced
        s, e, w, cues = self.s, self.e, self.w, self.cues
        here = start
        for outer_start, outer_end, number in (*masked, (end, end, -1)):
            for match in _TOKEN.finditer(text, here, outer_start):
                word = match[0].lower()
                if "’" in word and len(word) > 1:
                    word = word.replace("’", "'")
                if word in verbs or word in nouns or word in _OTHER_CUES or word in announced:
                    cues.append(len(w))
                s.append(match.start())
                e.append(match.end())
                w.append(word)
            if number >= 0:
                self.quote_at[len(w)] = number
                s.append(outer_start)
                e.append(outer_end)
                w.append(QUOTE)
            here = outer_end
        self._sentences(sentence_starts)

    def _sentences(self, starts: Sequence[int]) -> None:
        self.sent: list[int] = []
        self.bounds: list[tuple[int, int]] = []
        number, first, n = 0, 0, 0
        # a boundary inside a masked quotation is none: tokens only ever pass it
        for index, token_start in enumerate(self.s):
            new = False
            while n < len(starts) and starts[n] <= token_start:
                new = True
                n += 1
            if new and index > first and not self._holds_on(index):
                self.bounds.append((first, index))
                number, first = number + 1, index
            self.sent.append(number)
        self.bounds.append((first, len(self.s)))

    def _holds_on(self, index: int) -> bool:
        # "Who knows?" he asked. The splitter may end a sentence at the mark; a lower-case word goes on with it.
        return self.w[index - 1] == QUOTE and self.text[self.s[index]].islower()

    # --- small questions -------------------------------------------------------------------------------------

    def capital(self, i: int) -> bool:
        """Whether token i starts with an upper-case letter."""
        return self.text[self.s[i]].isupper()

    def word(self, i: int) -> bool:
        """Whether token i is a word or number rather than punctuation or a quotation."""
        return self.w[i][0].isalnum()

    def possessive(self, i: int) -> bool:
        """Whether token i is a genitive ("ministry's", or "countries" before an apostrophe)."""
        word = self.w[i]
        return word.endswith("'s") and word not in _CONTRACTED

    def adverb(self, i: int) -> bool:
        """Whether token i reads as an adverb between a source and its verb."""
        word = self.w[i]
        if word in self.lex.words["adverbs"]:
            return True
        return word.endswith("ly") and word not in _NOT_ADVERB and not self.capital(i) and len(word) > 4

    def sentence(self, i: int) -> tuple[int, int]:
        """The token range of the sentence of token i."""
        return self.bounds[self.sent[i]]

    def final(self, hi: int, lo: int) -> int:
        """`hi` without the closing punctuation of a sentence [lo, hi)."""
        while hi > lo and (self.w[hi - 1] in _ENDS or self.w[hi - 1] in ",;:" or self.w[hi - 1] in _DASHES):
            hi -= 1
        return hi

    def finite(self, lo: int, hi: int) -> bool:
        """Whether tokens [lo, hi) seem to hold a finite verb."""
        finite, verbs = self.lex.words["finite"], self.lex.verbs
        for i in range(lo, hi):
            word = self.w[i]
            if word in finite:
                return True
            if word in verbs and any(cue.forms & _TENSED for cue in verbs[word]) and not self._noun_form(i):
                return True
            if word.endswith("ed") and len(word) > 3 and not self.capital(i):
                return True
        return False

    # --- noun phrases ----------------------------------------------------------------------------------------

    def verb_group(self, i: int, lo: int) -> int:
        """The first token of the verb group that ends with the verb at i: auxiliaries, negation and adverbs."""
        aux, modals = self.lex.words["auxiliaries"], self.lex.words["modals"]
        start = i
        while start > max(lo, i - MAX_GROUP) and (
            self.w[start - 1] in aux or self.w[start - 1] in modals or self.adverb(start - 1)
        ):
            start -= 1
        # leading adverbs that open the sentence or follow a comma are no part of the group, but the subject may be
        return start

    def phrase_left(self, i: int, lo: int) -> tuple[int, int] | None:
        """The simple noun phrase that ends with token i, as a token range, or None."""
        words = self.lex.words
        w = self.w
        if i < lo or not (self.word(i) or w[i] == ")" or w[i] in "'’"):
            return None
        end = i + 1
        if w[i] == ")":
            j = i - 1
            while j > lo and i - j < 12 and w[j] != "(":
                j -= 1
            if w[j] != "(" or j - 1 < lo:
                return None
            i = j - 1
        if w[i] in words["pronouns"] and (i == lo or w[i - 1] not in words["determiners"]):
            return i, end
        determiners, attach, barriers = words["determiners"], words["attach"], words["barriers"]
        j = i
        listing = False
        while j >= lo and i - j <= MAX_PHRASE:
            word = w[j]
            if word in determiners and j < i and word != "that":
                j -= 1
                if j >= lo and w[j] in determiners:
                    continue
                if j > lo and w[j] in attach and self._noun(j - 1):
                    j -= 1
                    continue
                break
            if word in attach:
                if j in (i, lo) or not self._noun(j - 1) or (word != "of" and j - 1 == lo and self.adverb(j - 1)):
                    break
                j -= 1
                continue
            if word in ("and", "or", "&"):
                # "public figure and journalist Orkhan Verdi": two trades of one name
                trades = j < i and self.capital(i) and not self.capital(j - 1) and self.word(j + 1)
                right = w[j + 1] in determiners or self.capital(j + 1) or trades
                if j in (i, lo) or not (self._noun(j - 1) and right) or not (trades or self._names(j - 1, lo)):
                    break
                listing = True
                j -= 1
                continue
            if word == "," and listing and j > lo and j < i and self.capital(j - 1) and self.capital(j + 1):
                j -= 1
                continue
            if self._past(j) and (j == lo or (w[j - 1] not in _ARTICLES and not w[j - 1].endswith("ly"))):
                break
            if word in barriers or (word in words["pronouns"] and word not in determiners):
                break
            if not self.word(j) and word not in "'’./" and not self._weak_mark(j):
                break
            if word in "./" and (j in (lo, i) or not self.word(j - 1)):
                break
            j -= 1
        start = j + 1
        if start < i and self._weak_mark(start) and not any(self._weak_mark(k) for k in range(start + 1, i + 1)):
            start += 1
        times, adverbs = words["times"], words["adverbs"]
        while start < i and (
            w[start] in adverbs
            or w[start] in times
            or w[start] in attach
            or not (self.word(start) or self._weak_mark(start))
        ):
            start += 1
        if start > i or not self._phrase(start, i) or w[i] in self.lex.not_sources or w[start] in _NOBODY:
            return None
        return start, end

    def _past(self, j: int) -> bool:
        # a past form of a cue in lower case ends a noun phrase to its right, unless it stands as an adjective
        cues = self.lex.verbs.get(self.w[j])
        return cues is not None and all(PAST in cue.forms for cue in cues) and not self.capital(j)

    def _weak_mark(self, j: int) -> bool:
        return self.w[j] in _MARKS or self.w[j] in "[]"

    def _noun(self, j: int) -> bool:
        word, words = self.w[j], self.lex.words
        return (
            self.word(j)
            and word not in words["barriers"]
            and word not in words["determiners"]
            and word not in words["attach"]
            and word not in words["adverbs"]
        ) or word == ")"

    def _names(self, j: int, lo: int) -> bool:
        # the left half of "X and Y" is a name, or a noun with its determiner close by
        if self.capital(j):
            return True
        return any(self.w[k] in self.lex.words["determiners"] for k in range(max(lo, j - 4), j))

    def _phrase(self, start: int, last: int) -> bool:
        """Whether [start, last] can be a source: a name, or a noun with a determiner, or a plural of people."""
        w, words = self.w, self.lex.words
        head = w[last]
        if head in words["times"] or head in words["adverbs"] or head in words["determiners"]:
            return head in words["pronouns"]
        if head.endswith("ly") and self.adverb(last):
            return False
        if any(self.capital(k) for k in range(start, last + 1) if self.word(k)):
            return self.capital(last) or head.isalpha() or self.word(last) or head in "'’)"
        if w[start] in words["determiners"]:
            return start < last
        return head in words["people"] or (head.endswith("s") and not head.endswith(("ss", "us", "is")))

    def source_left(self, i: int, lo: int, depth: int = 0) -> tuple[int, int] | None:
        """The source that ends with token i, with apposition and title: a token range, or None.

        Relative pronouns lead to what they stand for; an aside between commas is part of the source if it tells who
        the source is ("Pran, an apple farmer, said") and is skipped if not ("Pran, in turn, said").
        """
        w, words = self.w, self.lex.words
        if i < lo or depth > MAX_DEPTH:
            return None
        if w[i] in ("who", "which"):
            comma = i > lo and w[i - 1] == ","
            if w[i] == "which" and not comma:
                return None
            found = self.source_left(i - 2, lo, depth + 1) if comma else self.phrase_left(i - 1, lo)
            return None if found and w[found[1] - 1] in ("those", "he", "she", "they") else found
        if w[i] == "," or w[i] in _DASHES:
            close = w[i]
            j = i - 1
            while j > lo and i - j <= MAX_ASIDE and w[j] != close and w[j] != QUOTE and w[j] not in ";:":
                j -= 1
            if j <= lo or w[j] != close or j == i - 1:
                return None
            base = self._titled(j - 1, lo)
            if base is None or w[base[0]] in words["pronouns"]:
                # one more comma: "X, the minister, who was in Moscow, said"
                base = (
                    self.source_left(j, lo, depth + 1)
                    if w[j] == "," and w[j + 1] in ("who", "which", "whose")
                    else None
                )
                return (base[0], i) if base else None
            first = w[j + 1]
            if first in ("who", "whose", "whom", "which"):
                return base[0], i
            aside = self.finite(j + 1, i) and first not in words["determiners"]
            if first in words["adjunct"] or first in words["adverbs"] or first.endswith("ing") or aside:
                if first in ("the", "this"):
                    return base[0], i
                return base
            if first in ("and", "or", "but"):
                return None
            return base[0], i
        return self._titled(i, lo)

    def _titled(self, i: int, lo: int) -> tuple[int, int] | None:
        """`phrase_left`, and what stands before its comma if that is a title of the same name ("An analyst from Baku,
        author and editor Orkhan Verdi")."""
        found = self.phrase_left(i, lo)
        if found is None or found[0] - 2 <= lo or self.w[found[0] - 1] != "," or self.capital(found[0]):
            return found
        if not self.capital(i) or self.w[found[0]] in self.lex.words["determiners"]:
            return found
        whole = self.phrase_left(found[0] - 2, lo)
        return (lo, found[1]) if whole is not None and whole[0] == lo else found

    def phrase_right(self, k: int, hi: int, *, apposition: bool = True) -> tuple[int, int] | None:
        """The noun phrase that starts with token k, as a token range, or None."""
        w, words = self.w, self.lex.words
        if k >= hi or not (self.word(k) or self._weak_mark(k)):
            return None
        if w[k] in _PERSONAL:
            return k, k + 1
        if w[k] in _OBJECTS and w[k] != "her":
            return k, k + 1
        if w[k] in words["barriers"] or w[k] in words["attach"] or self.adverb(k):
            return None
        j = k
        while j < hi and j - k <= MAX_PHRASE:
            word = w[j]
            if word in words["attach"]:
                lower_head = j > k and not self.capital(j - 1)
                if j == k or j + 1 >= hi or not (word == "of" or lower_head):
                    break
                if not (self._noun(j + 1) or w[j + 1] in words["determiners"]) or w[j + 1].endswith("ing"):
                    break
                if w[j + 1] in words["times"]:
                    break
            elif word in ("and", "or"):
                if (
                    j == k
                    or j + 1 >= hi
                    or not ((self.capital(j - 1) and self.capital(j + 1)) or w[j + 1] in words["determiners"])
                ):
                    break
            elif (
                word in words["barriers"]
                or word in words["adverbs"]
                or (word in words["times"] and j > k)
                or (not self.word(j) and not self._weak_mark(j))
                or (
                    word in self.lex.verbs
                    and j > k
                    and not self.capital(j)
                    and not self._noun_form(j)
                    and not self._plural(j)
                )
            ):
                break
            j += 1
        while j > k and (
            self.adverb(j - 1)
            or w[j - 1] in words["attach"]
            or w[j - 1] in words["times"]
            or w[j - 1] in ("and", "or", "last", "this")
        ):
            j -= 1
        if j <= k or not self._phrase(k, j - 1) or w[j - 1] in self.lex.not_sources:
            return None
        if apposition:
            j = self._asides(j, hi)
        return k, j

    def _asides(self, j: int, hi: int) -> int:
        """The end of the asides that tell who a name at j - 1 is: ", 56, who was raised in Porto" and the like."""
        w = self.w
        for _ in range(3):
            if j + 1 < hi and w[j] == "," and (w[j + 1] in ("who", "whose") or (w[j + 1] == "which" and j + 2 < hi)):
                j += 1
            elif j + 1 < hi and w[j] == ",":
                after = self._apposition(j, hi)
                if after == j:
                    break
                j = after
                continue
            if j < hi and w[j] in ("who", "whose", "which") and (w[j] != "which" or w[j - 1] == ","):
                end = j
                while (
                    end < hi
                    and end - j <= MAX_ASIDE
                    and w[end] not in ",;:.?!"
                    and w[end] != QUOTE
                    and w[end] not in _DASHES
                ):
                    end += 1
                if end - j > MAX_ASIDE:
                    return j - 1 if w[j - 1] == "," else j
                return end
            break
        return j

    def _noun_form(self, j: int) -> bool:
        # "the report of the ministry": a cue word after a determiner or an adjective is a noun
        return self.w[j - 1] in self.lex.words["determiners"] or self.possessive(j - 1)

    def _plural(self, j: int) -> bool:
        # "the original plans": a third person after a lower-case word reads as a plural
        cues = self.lex.verbs[self.w[j]]
        return not self.capital(j - 1) and all(cue.forms == {THIRD} for cue in cues)

    def _apposition(self, comma: int, hi: int) -> int:
        """The end of ", Iran's ambassador to Russia" after a name whose comma is given, or the comma itself."""
        w, words = self.w, self.lex.words
        k = comma + 1
        if k >= hi or not self.word(k) or self.adverb(k) or w[k] in words["times"]:
            return comma
        if w[k] in words["barriers"] or w[k] in words["pronouns"] or w[k] in words["attach"] or w[k] in ("and", "or"):
            return comma
        if w[k].endswith("ing") or w[k] in self.lex.verbs:
            return comma
        j = k
        while j < hi and j - k <= MAX_ASIDE and w[j] not in ",;:.?!" and w[j] != QUOTE and w[j] not in _DASHES:
            if w[j] in ("who", "whose"):
                break
            if w[j] in words["finite"]:
                return comma
            j += 1
        return j if j - k <= MAX_ASIDE else comma

    def subject(self, lo: int, hi: int) -> tuple[int, int] | None:
        """The subject of a sentence: its first noun phrase after leading adverbials, or None."""
        w, words = self.w, self.lex.words
        k = lo
        for _ in range(3):
            if k >= hi or not (
                w[k] in words["adjunct"] or w[k] in words["attach"] or w[k].endswith("ing") or self.adverb(k)
            ):
                break
            if w[k] in words["determiners"]:
                break
            if self.adverb(k) and k + 1 < hi and w[k + 1] != ",":
                k += 1
                continue
            m = k
            while m < hi and m - k <= MAX_ASIDE and w[m] != ",":
                m += 1
            if m >= hi or w[m] != ",":
                return None
            k = m + 1
        if k < hi and w[k] in ("but", "and", "so", "yet"):
            k += 1
        if k >= hi or not self.word(k):
            return None
        if w[k] in words["pronouns"]:
            return k, k + 1
        if not (w[k] in words["determiners"] or self.capital(k)):
            return None
        j = k
        while j < hi and j - k <= MAX_PHRASE:
            word = w[j]
            lower = not self.capital(j)
            if not self.word(j) or (
                lower and j > k and (word in words["barriers"] or word in words["finite"] or self.adverb(j))
            ):
                break
            if lower and j > k and (word.endswith("ed") or (word in self.lex.verbs and not self._noun_form(j))):
                break
            j += 1
        return (k, j) if j > k and self._phrase(k, j - 1) else None

    def starts_participle(self, i: int) -> bool:
        """Whether token i is the -ing form of a cue ("adding", "saying")."""
        return any(ING in cue.forms for cue in self.lex.verbs.get(self.w[i], ()))


_TENSED = frozenset((PAST, THIRD))
_OTHER_CUES = frozenset(("according", "perspective", "words", "telling", "point", "viewpoint", "eyes"))
_CONTRACTED = frozenset(("it's", "he's", "she's", "that's", "what's", "there's", "who's", "here's", "let's"))
_ARTICLES = frozenset(("the", "a", "an", "this", "his", "her", "its", "their", "our", "my"))
_NOBODY = frozenset(("no", "nobody", "none"))
_PERSONAL = frozenset(("he", "she", "they", "it", "i", "we", "you"))
_OBJECTS = frozenset(("him", "her", "them", "us", "me", "you", "it"))
