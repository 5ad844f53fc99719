"""A stretch of prose becomes sentences: spans, in order, that cover every character which is no white space.

One pass over the runs of sentence-ending marks; each run is looked at once and at most a few words around it, so the
time is linear in the text, whatever the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["knowledge", "split"]

# Possessive: a run is taken whole or not at all, so a million dots are one step and not a million.
_ENDING = re.compile(r"""[.!?…]++["'”’»›“‘)\]}]*+|[。！？؟۔।]++["'”’»」』）)]*+""")
_OPENING = "\"'“‘„«‹([{¿¡"
_WIDE = "。！？؟۔।"
_CLOSING = "\"'”’»›“‘"
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_WORDS_AHEAD = re.compile(r"\w[\w'’-]*")


@cache
def knowledge() -> Mapping[str, Any]:
    """The cue lists of knowledge/body.toml."""
    with resources.files("newspkg").joinpath("knowledge/body.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in knowledge()["abbreviations"].items()}


def split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` as (start, end) in `text`, without white space around them.

    A sentence ends at a full stop, question or exclamation mark or ellipsis, with the quotation marks and brackets that
    close after it, where white space and no lower-case word follows and the mark is not part of an abbreviation, an
    initial or a number. The end of the stretch ends the last one, whatever stands there.
    """
    found: list[tuple[int, int]] = []
    begin = _skip(text, start, end)
    for match in _ENDING.finditer(text, start, end):
        stop = match.end()
        if stop >= end:
            break
        if text[match.start()] not in _WIDE:
            if not text[stop].isspace():
                continue
            follows = _skip(text, stop, end)
            if follows < end and not _ends(text, begin, match.start(), stop, follows, end):
                continue
        else:
            follows = _skip(text, stop, end)
        if begin < stop:
            found.append((begin, stop))
        begin = follows
    stop = end
    while stop > begin and text[stop - 1].isspace():
        stop -= 1
    if begin < stop:
        found.append((begin, stop))
    return found


def _skip(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _ends(text: str, begin: int, mark: int, stop: int, follows: int, end: int) -> bool:
    """Whether the marks `text[mark:stop]`, with white space up to `follows`, end the sentence that began at `begin`."""
    ahead = follows
    while ahead < min(end, follows + 6) and text[ahead] in _OPENING:
        ahead += 1
    first = text[ahead] if ahead < end else ""
    if first.islower() or first in "–—-,;:…»”)]}":  # a mark that closes may stand apart, as in French
        return False
    closed = text[stop - 1] in _CLOSING
    if closed and ahead == follows and _cue_follows(text, follows, end):
        return False
    run = text[mark:stop].rstrip(_CLOSING + ")]}")
    if run != ".":
        return True
    words = _words()
    before = text[max(begin, mark - 16) : mark]
    token = before[_last_gap(before) + 1 :].lstrip(_OPENING + "-–—/")
    lower = token.lower()
    if stop - mark > 1:  # marks close after the full stop, so it is no abbreviation's, unless these carry it ("U.S.")
        return True
    if lower in words["open"]:
        return False
    if lower in words["number"]:
        return not first.isdigit()
    initial = len(token) == 1 and token.isalpha() and token.isupper()
    if initial or lower in words["either"] or _ACRONYM.fullmatch(token):
        return _next_word(text, ahead, end) in words["starters"]
    # "3. Withdraw the troops": the number of an item at the head of a sentence goes with it.
    return not (token.isdigit() and len(token) <= 3 and mark - len(token) == begin)


def _last_gap(before: str) -> int:
    for i in range(len(before) - 1, -1, -1):
        if before[i].isspace():
            return i
    return -1


def _next_word(text: str, at: int, end: int) -> str:
    found = _WORDS_AHEAD.match(text, at, min(end, at + 40))
    return found[0].lower() if found else ""


def _cue_follows(text: str, at: int, end: int) -> bool:
    """Whether up to three capitalised words and a verb of saying come next. "He added that" does not look back."""
    goes_on = _words()["goes_on"]
    for i, found in enumerate(_WORDS_AHEAD.finditer(text, at, min(end, at + 80))):
        word = found[0]
        if i and word in goes_on:
            return not text.startswith(" that ", found.end())
        if i > 3 or not (word[0].isupper() or word in ("the", "of")):
            return False
        if found.end() < end and text[found.end()] in '.!?,;:"“”':
            return False
    return False
