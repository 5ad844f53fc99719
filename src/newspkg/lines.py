"""Lines of a page become units: prose, short line, or known furniture such as a share button, a credit, a date.

A unit is judged by itself here, with the phrases of knowledge/body.toml; `body` judges it by its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from newspkg.dateline import Printed, day_in
from newspkg.sentences import knowledge

__all__ = ["DateLine", "Unit", "byline", "cues", "date_line", "fold", "is_name", "people", "units_of"]


@dataclass(slots=True)
class Unit:
    """A line on its way to a block. `furniture` names what it is known as, "" where nothing is known."""

    start: int
    end: int
    text: str
    folded: str
    bare: str  # folded, without the punctuation around it
    n_words: int
    ended: bool  # closes with an end mark
    shape: str  # prose, near, short
    furniture: str = ""
    kind: str = ""
    reason: str = ""

    def settle(self, kind: str, reason: str) -> None:
        self.kind, self.reason = kind, reason


# --- lines become units ---------------------------------------------------------------------------------------------

AROUND = " \t\xa0-–—•·|:;,.…!?\"'“”«»()[]{}*=<>→←›‹/\\_~✕×\u200b\ufeff"
_CLOSERS = "\"'”’»›“‘)]}"
_ENDS = frozenset(".!?…:。！？؟۔।")
_BULLETS = frozenset("-–—•*·▪▫◦●○■□►▶‣⁃✓")
ITEM = re.compile(r"(?:[-–—•*·▪◦●■►‣]|\d{1,2}[.)]|\([a-z\d]\))\s")
_WORDS = re.compile(r"[^\W_]")


def fold(text: str) -> str:
    return text.lower().replace("’", "'").replace("\xa0", " ")


def units_of(text: str) -> list[Unit]:
    """The lines of a text that are not blank as units, in order; every character that is no white space is in one."""
    return [_unit(text, *joined) for joined in _joined(text, _lines(text))]


def _lines(text: str) -> list[tuple[int, int]]:
    """Spans of the lines that are not blank, without the white space around them."""
    found, at = [], 0
    for line in text.split("\n"):
        inner = line.strip()
        if inner:
            start = at + len(line) - len(line.lstrip())
            found.append((start, start + len(inner)))
        at += len(line) + 1
    return found


def _joined(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Units as (start, end, how): a "line", "wrapped" lines of one paragraph, a "bullet" and the line after it."""
    width = _wrap_width(text, lines)
    units: list[tuple[int, int, str]] = []
    full = hanging = False
    for start, end in lines:
        if units and hanging:
            units[-1] = (units[-1][0], end, "bullet")
        elif units and full and text.count("\n", units[-1][1], start) == 1:
            units[-1] = (units[-1][0], end, "wrapped")
        else:
            units.append((start, end, "line"))
        hanging = end - start == 1 and text[start] in _BULLETS and (not hanging)
        full = width > 0 and _fills(text, start, end, width)
    return units


def _fills(text: str, start: int, end: int, width: int) -> bool:
    """Whether the next line's first word would not have fitted any more: then the line was broken by a machine."""
    after = text[end : end + 60].split(None, 1)
    return bool(after) and end - start + 1 + len(after[0]) > width - 3


def _wrap_width(text: str, lines: list[tuple[int, int]]) -> int:
    """The width at which a text is hard-wrapped, or 0 where it is not.

    Wrapped lines are full and most break off within a sentence; paragraphs of one length on one line each do not.
    """
    if any(end - start > 160 for start, end in lines):
        return 0
    followed = [a for a, b in pairwise(lines) if text.count("\n", a[1], b[0]) == 1]
    width = max((end - start for start, end in followed), default=0)
    if len(followed) < 3 or not 50 <= width <= 120:
        return 0
    full = sum(_fills(text, *line, width) for line in followed)
    broken = sum(text[end - 1] not in _ENDS and text[end - 1] not in _CLOSERS for _, end in followed)
    return width if full >= 0.7 * len(followed) and broken >= 0.6 * len(followed) else 0


def _unit(text: str, start: int, end: int, how: str) -> Unit:
    line = text[start:end]
    size = end - start
    # Long lines are judged by their beginning: it says enough, and a text of one line costs no more than others.
    words = line[:400].split()
    last = line[-8:].rstrip(_CLOSERS)[-1:]
    ended = last in _ENDS and last != ""
    stopwords = cues().stopwords
    head = words[:60]
    stop = sum(w.lower().strip(",.'’\"“”") in stopwords for w in head) / len(head)
    lower = sum(not w[0].isupper() and (w[0].isalpha() or not w[-1].isupper()) for w in head) / len(head)
    sentence = size >= 60 and ended and (stop >= 0.15 or lower >= 0.5)
    long = size >= 140 and (stop >= 0.2 or lower >= 0.6)
    wide = size >= 25 and ended and last in "。！？"  # scripts without spaces between words
    if sentence or long or wide:
        shape = "prose"
    elif ended and len(words) >= 3:
        shape = "near"
    else:
        shape = "short"
    folded = fold(line) if size <= 1000 else ""
    unit = Unit(start, end, line, folded, folded.strip(AROUND), len(words), ended, shape)
    if how == "bullet" and unit.shape == "short":
        unit.shape = "near"
    unit.furniture = _furniture(unit)
    return unit


# --- what a line is known as ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cues:
    """knowledge/body.toml, arranged for looking up."""

    whole: Mapping[str, str]
    starts: tuple[tuple[str, str], ...]
    first: tuple[str, ...]
    anywhere: tuple[tuple[str, str], ...]
    tail: Mapping[str, str]
    genre: Mapping[str, str]
    agencies: frozenset[str]
    stopwords: frozenset[str]
    raw: Mapping[str, Any]


@cache
def cues() -> Cues:
    raw = knowledge()

    def turned(table: Mapping[str, list[str]]) -> dict[str, str]:
        return {phrase: category for category, phrases in table.items() for phrase in phrases}

    starts = tuple(turned(raw["start"]).items())
    return Cues(
        whole={phrase.strip(AROUND) or phrase: category for phrase, category in turned(raw["line"]).items()},
        starts=starts,
        first=tuple(phrase for phrase, _ in starts),
        anywhere=tuple(turned(raw["anywhere"]).items()),
        tail=turned(raw["tail"]),
        genre=turned(raw["genre"]),
        agencies=frozenset(raw["credit"]["agencies"]),
        stopwords=frozenset(raw["language"]["stopwords"]),
        raw=raw,
    )


_COUNTER = re.compile(
    r"(?:views?|reads?|shares?|comments?|likes?|visits|hits|просмотров|прочитано)\s*[:\-–]?\s*\d[\d., ]{0,12}[km]?"
    r"|\d[\d., ]{0,12}[km]?\s*(?:views?|reads?|shares?|comments?|likes?)"
    r"|\d{1,2}\s*(?:min|minutes?|mins)\.?(?: read)?|\d{1,3}|(?!\d{4}\Z)[\d\s./:,–-]+"
)
_SHORTCODE = re.compile(r"\[/?[a-z_]+[\w =\"'-]{0,60}\]")
_ADDRESS = re.compile(
    r"(?:https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\S+)(?:[\s,|]+(?:https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\S+))*+"
)
# A cue that begins a line condemns it only up to this length; beyond, the words may begin a sentence of the article.
_START_LIMIT = {"share": 90, "donation": 90, "newsletter": 140, "counter": 200, "copyright": 200, "related": 200}


def _furniture(unit: Unit) -> str:
    """The category of furniture that a line belongs to by its own words, or ""."""
    size = unit.end - unit.start
    if not unit.bare and size <= 1000:
        return "separator" if unit.text.strip("#*") else "end_mark"
    if size > 1000:
        return "" if _WORDS.search(unit.text) else "separator"
    words = cues()
    folded, bare = unit.folded, unit.bare
    if size <= 60:
        category = words.whole.get(bare) or words.whole.get(folded)
        if category:
            return category
        if _COUNTER.fullmatch(bare) or _COUNTER.fullmatch(folded):
            return "counter"
        if _SHORTCODE.fullmatch(folded):
            return "shortcode"
        if bare in words.genre:
            return "section"
        if bare in words.tail:
            return words.tail[bare]
    if size <= 300 and _ADDRESS.fullmatch(folded):
        return "address"
    if _is_credit(unit):
        return "credit"
    if folded.startswith(words.first):
        for phrase, category in words.starts:
            if folded.startswith(phrase) and size <= _START_LIMIT.get(category, 400):
                return category
    hits = {category: phrase for phrase, category in words.anywhere if phrase in folded} if size >= 8 else {}
    # One phrase may stand in any sentence; two of them, or one in a line that is no sentence, are no accident.
    if hits and (
        (unit.shape != "prose" and size <= 120)
        or "copyright" in hits
        or sum(phrase in folded for phrase, _ in words.anywhere) >= 2
    ):
        return next(iter(hits))
    return ""


def _is_credit(unit: Unit) -> bool:
    """A picture's credit: "Name / AP / TASS", "Photo: Name", or a caption that ends in one."""
    if unit.end - unit.start > 350:
        return False
    credit = cues().raw["credit"]
    if unit.folded.startswith(tuple(credit["start"])):
        return True
    if any(phrase in unit.folded[-90:] for phrase in credit["inside"]):
        return True
    pieces = [p.strip(AROUND) for p in unit.bare.split("/")]
    if len(pieces) > 1 and unit.n_words <= 12 and not unit.ended:
        return any(p in cues().agencies for p in pieces) or (len(pieces) >= 3 and all(pieces))
    return False


# --- people and days ------------------------------------------------------------------------------------------------

_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: (?:[^\W\d_][\w.'’-]*)){1,3}")
_PARTICLES = frozenset(
    {"de", "da", "di", "del", "van", "von", "der", "den", "la", "le", "al", "el", "bin", "ibn", "ben", "y", "e"}
)


def is_name(text: str) -> bool:
    """Two to four capitalised words, none of which is a word of mastheads or of ordinary prose."""
    if len(text) > 60 or not _NAME.fullmatch(text):
        return False
    no_name = cues().raw["byline"]["no_name"]
    for word in text.split():
        lower = word.lower().rstrip(".")
        if lower in no_name or lower in cues().stopwords:
            return False
        if not word[0].isupper() and lower not in _PARTICLES:
            return False
    return text.split()[-1][0].isupper()


def people(text: str) -> tuple[str, ...]:
    """The names in "Ana Belk, Tom Redd and Ida Vance", or () if a piece is none."""
    pieces = [p.strip(" .") for p in re.split(r",|;|&| and | und | et | y ", text[:200])]
    names = [p for p in pieces if p]
    return tuple(names) if names and all(is_name(n) for n in names) else ()


def byline(unit: Unit) -> tuple[str, tuple[str, ...]]:
    """("author" or "contributor", names) of a line that names people after a cue; ("", ()) of any other."""
    if unit.end - unit.start > 160:
        return "", ()
    phrases = cues().raw["byline"]
    for role in ("contributor", "author"):
        for cue in phrases[role]:
            if unit.folded.startswith(cue) and not unit.folded[len(cue) : len(cue) + 1].isalnum():
                rest = unit.text[len(cue) :].lstrip(" :–—-|").rstrip(" .")
                names = people(rest) or people(rest.split(",")[0].split("|")[0].strip())
                if names:
                    return role, names
    return "", ()


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a date line says: the day, whether it is the day of publication, and what stands beside it."""

    printed: Printed  # span in the text
    published: bool
    rest: str


_WEEKDAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:mon|tue|wed|thu|fri|sat|sun)\b\.?", re.IGNORECASE
)


def date_line(unit: Unit) -> DateLine | None:
    """A line that is a date with at most a place, a name or a section beside it; no sentence."""
    if unit.end - unit.start > 110 or unit.n_words > 14 or not any(c.isdigit() for c in unit.text):
        return None
    found = day_in(unit.text)
    if not found:
        return None
    rest = _WEEKDAY.sub(" ", unit.text[: found.start] + " | " + unit.text[found.end :])
    folded = fold(rest).strip(AROUND)
    dates = cues().raw["dates"]
    changed = any(folded.startswith(cue) for cue in dates["changed"])
    published = any(folded.startswith(cue) for cue in dates["published"])
    for cue in sorted([*dates["published"], *dates["changed"]], key=len, reverse=True):
        if folded.startswith(cue):
            rest = re.sub(re.escape(cue), " ", rest, count=1, flags=re.IGNORECASE)
            break
    rest = rest.strip(AROUND)
    n_words = len(rest.replace("|", " ").split())
    if n_words > 5 or (n_words > 2 and unit.ended and not published):
        return None
    at = Printed(found.value, unit.start + found.start, unit.start + found.end)
    return DateLine(at, not changed or published, rest)
