"""An `Article` becomes a `Body`: which lines are its own prose, in blocks and sentences. Nothing is rewritten.

How it decides, in this order, each step linear in the text:

1. Lines become units, and each is known furniture or has a shape: prose, near (a short line with an end mark) or short
   (see `lines`).
2. A tail ("Write comment", "Related") ends the text if most of the prose lies before it.
3. From the first to the last prose is the core. Before it title, byline, dateline and captions are looked for; after it
   byline and dateline. What is left outside is boilerplate; inside, short lines become headings or furniture by their
   neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from newspkg import edtf
from newspkg.dateline import Printed, day_in, day_without_year
from newspkg.lines import AROUND, ITEM, DateLine, Unit, byline, cues, date_line, fold, is_name, people, units_of
from newspkg.sentences import knowledge, split
from newspkg.source import Article

__all__ = ["Block", "Body", "Sentence", "outline"]

OWN = frozenset({"paragraph", "heading"})  # the kinds of block that are the article's own prose and have sentences
GENRES = frozenset({"news", "analysis", "opinion", "interview", "press_release", "official"})


@dataclass(frozen=True, slots=True)
class Block:
    """A line or paragraph of the text. `kind`: title, byline, dateline, heading, paragraph, caption, boilerplate.
    `reason` names the rule that decided."""

    start: int
    end: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a paragraph or heading block; `block` is an index into `Body.blocks`."""

    start: int
    end: int
    block: int


@dataclass(slots=True)
class Body:
    """The article's own prose. `start`, `end` span from the first to the last own block; blocks of kind boilerplate
    and caption may lie between. `published` is EDTF or None; `published_span` its evidence in the text."""

    article: Article
    start: int
    end: int
    blocks: list[Block]
    sentences: list[Sentence]
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    published_span: tuple[int, int] | None = None
    language: str | None = None  # BCP 47
    genre: str | None = None
    metadata_from: dict[str, str] = field(default_factory=dict)  # field -> "text" or "source"


# --- which lines are the article's own ------------------------------------------------------------------------------

# How much more prose may follow a tail than lies before it: a plea for money or a quarrel of readers can be long.
_TAIL_PATIENCE = {"donation": 4.0, "comments": 2.0}


def _cut(units: list[Unit]) -> int:
    """The index of the line from which nothing is the article's own; the number of lines where there is none."""
    tail = cues().tail
    left = sum(u.end - u.start for u in units if u.shape == "prose" and not u.furniture)
    before = 0
    for i, unit in enumerate(units):
        if unit.furniture and unit.bare in tail and before * _TAIL_PATIENCE.get(tail[unit.bare], 1.0) >= max(left, 1):
            return i
        if unit.shape == "prose" and not unit.furniture:
            before += unit.end - unit.start
            left -= unit.end - unit.start
    return len(units)


def _core(units: list[Unit], cut: int, stated: str) -> tuple[int, int]:
    """First and one past the last line of the prose; equal where there is none. `stated` is the title, if known."""
    free = [i for i in range(cut) if not units[i].furniture]
    own = (
        [i for i in free if units[i].shape == "prose"]
        or [i for i in free if units[i].shape == "near"]
        or [i for i in free if units[i].n_words >= 4]
        or free
    )
    if not own:
        return 0, 0
    first, last = own[0], own[-1]
    if len(own) > 1 and _titled(units[first], stated):
        first = own[1]  # a long title has the shape of prose; the text begins after it
    while last + 1 < cut and units[last + 1].shape == "near" and not units[last + 1].furniture:
        last += 1
    return first, last + 1


def _titled(unit: Unit, stated: str) -> bool:
    """Whether a first line of the shape of prose is rather a title: it has no full stop, or is the stated one."""
    if unit.end - unit.start > 250:
        return False
    return (
        not unit.ended
        or (unit.text[-1] in "?!" and len(split(unit.text, 0, len(unit.text))) == 1)
        or unit.bare == stated
    )


def _runs(units: list[Unit], low: int, high: int) -> set[int]:
    """The lines in runs of three or more lines of at most four words and no end mark: menus, tags, buttons."""
    found: set[int] = set()
    run: list[int] = []
    for i in range(low, high + 1):
        unit = units[i] if i < high else None
        if unit and unit.shape == "short" and unit.n_words <= 4 and not ITEM.match(unit.text) and not date_line(unit):
            run.append(i)
            continue
        if len(run) >= 3:
            found.update(run)
        run = []
    return found


@dataclass(slots=True)
class _Seen:
    """What is learnt about the article on the way."""

    title: str | None = None
    authors: list[str] = field(default_factory=list)
    dates: list[DateLine] = field(default_factory=list)


def _head(units: list[Unit], first: int, seen: _Seen, wanted: str) -> None:
    """Settles the lines before the prose: title, byline, dateline, caption, standfirst, furniture."""
    in_run = _runs(units, 0, first) - {i for i in range(first) if units[i].bare == wanted}
    could = [i for i in range(first) if units[i].n_words >= 3 and not units[i].furniture]
    could = [i for i in could if not date_line(units[i]) and not byline(units[i])[0]]
    if could and in_run.issuperset(could):
        in_run.discard(could[-1])  # nothing else can be the title, and this is more than a button of the menu above it
    group: list[int] = []  # the last stretch of lines that could be a title, broken by furniture only
    groups = [group]
    for i in range(first):
        unit = units[i]
        if unit.furniture == "credit":
            unit.settle("caption", "credit")
        elif date := date_line(unit):
            unit.settle("dateline", "date line")
            seen.dates.append(date)
            rest = re.sub(r"^by\s+", "", date.rest, flags=re.IGNORECASE)
            if rest != date.rest:
                seen.authors += people(rest)
        elif (by := byline(unit))[0]:
            unit.settle("byline", by[0])
            seen.authors += by[1] if by[0] == "author" else ()
        elif unit.furniture or i in in_run:
            unit.settle("boilerplate", unit.furniture or "run of short lines")
            group = []
            groups.append(group)
        else:
            group.append(i)
    titles = _title(units, groups, wanted)
    candidates = [i for g in groups for i in g]
    last = next((g for g in reversed(groups) if g), [])
    for i in candidates:
        unit = units[i]
        if i in titles:
            unit.settle("title", "title")
        elif titles and i > titles[0] and is_name(unit.text):
            unit.settle("byline", "name alone")
            seen.authors.append(unit.text)
        elif i in last and (i > titles[0] if titles else unit.ended):
            unit.settle("paragraph" if unit.ended else "heading", "standfirst")
        else:
            unit.settle("boilerplate", "before the text")
    if titles:
        seen.title = units[titles[0]].text


def _title(units: list[Unit], groups: list[list[int]], wanted: str) -> list[int]:
    """The line that is the title (twice where it is repeated): the stated one, else the first of the last group."""
    candidates = [i for group in groups for i in group]
    if wanted:
        same = [i for i in candidates if units[i].bare in wanted or wanted in units[i].bare]
        same = [i for i in same if len(units[i].bare) >= len(wanted) // 2]
        if same:
            return same
    for group in reversed(groups):
        long = [
            i for i in group if not units[i].text.endswith(".") and (units[i].n_words >= 3 or len(units[i].bare) >= 15)
        ]
        if long:
            return [i for i in candidates if i >= long[0] and units[i].bare == units[long[0]].bare]
    return []


def _inside(units: list[Unit], first: int, last: int, seen: _Seen) -> None:
    """Settles the lines from the first to the last prose by their neighbours."""
    in_run = _runs(units, first, last)
    # Below a title the first prose may be a standfirst, and byline and dateline come between it and the text.
    text = next((i for i in range(first + 1, last) if units[i].shape == "prose"), first) if seen.title else first
    questions = sum(units[i].text.endswith("?") for i in range(first, last))
    for i in range(first, last):
        unit = units[i]
        alone = first < i < last - 1 and units[i - 1].shape == units[i + 1].shape == "prose"
        if unit.furniture == "credit":
            unit.settle("caption", "credit")
        elif unit.furniture == "section" and alone:
            unit.settle("heading", "between paragraphs")
        elif unit.furniture:
            unit.settle("boilerplate", unit.furniture)
        elif unit.shape == "prose":
            unit.settle("paragraph", "prose")
        elif i < text and not seen.dates and (date := date_line(unit)):
            unit.settle("dateline", "date line")
            seen.dates.append(date)
        elif i < text and not seen.authors and (is_name(unit.text) or byline(unit)[0] == "author"):
            unit.settle("byline", "below the standfirst")
            seen.authors += byline(unit)[1] or people(unit.text)
        elif ITEM.match(unit.text):
            unit.settle("paragraph", "item of a list")
        elif i in in_run:
            unit.settle("boilerplate", "run of short lines")
        elif byline(unit)[0]:
            unit.settle("byline", byline(unit)[0])
        elif unit.ended and not (unit.text[-1] in "?!" and unit.n_words <= 9 and alone and questions < 3):
            unit.settle("paragraph", "short sentence")
        elif i < last - 1 and unit.n_words <= 16 and not unit.text[0].islower():
            unit.settle("heading", "short line before a paragraph")
        else:
            unit.settle("paragraph", "within the text")


def _after(units: list[Unit], last: int, cut: int, seen: _Seen) -> None:
    """Settles the lines after the prose: byline, date of publication, credit; the rest is furniture."""
    own_name = True  # a bare name signs the text only before anything else has followed it
    for i in range(last, len(units)):
        unit = units[i]
        role, names = byline(unit)
        date = date_line(unit) if i < cut else None
        if i >= cut:
            unit.settle("boilerplate", unit.furniture or "after the end")
        elif unit.furniture == "credit":
            unit.settle("caption", "credit")
        elif role:
            unit.settle("byline", role)
            seen.authors += names if role == "author" else ()
        elif own_name and not unit.furniture and people(unit.text.lstrip("–—- ")):
            unit.settle("byline", "name at the end")
            seen.authors += people(unit.text.lstrip("–—- "))
        elif date and not unit.furniture:
            unit.settle("dateline", "date line after the text")
            if date.published:
                seen.dates.append(date)
        else:
            unit.settle("boilerplate", unit.furniture or "after the text")
            own_name = own_name and unit.furniture == "separator"


# --- the whole ------------------------------------------------------------------------------------------------------


def outline(article: Article) -> Body:
    """Finds the article's own prose, its sentences, and what the text says of title, authors, day, language and genre.

    `blocks` hold every line that is not blank, in order and without overlap; own ones are of the kinds in `OWN`. Where
    nothing is recognised as prose the least unlikely lines are taken, so that only a text of furniture has an empty
    body (`start == end == 0`). Never raises on a text. What `article.metadata` states goes before what the text says,
    except that a printed day which agrees with it is preferred, as it can be pointed at.
    """
    text, given = article.text, article.metadata
    units = units_of(text)
    cut = _cut(units)
    wanted = fold(given.get("title", "")).strip(AROUND)
    first, last = _core(units, cut, wanted)
    seen = _Seen()
    _head(units, first, seen, wanted)
    _inside(units, first, last, seen)
    _after(units, last, cut, seen)

    blocks = [Block(u.start, u.end, u.kind, u.reason) for u in units]
    own = [b for b in blocks if b.kind in OWN]
    body = Body(
        article,
        own[0].start if own else 0,
        own[-1].end if own else 0,
        blocks,
        [Sentence(s, e, i) for i, b in enumerate(blocks) if b.kind in OWN for s, e in split(text, b.start, b.end)],
    )
    stated = tuple(a.strip() for a in given.get("authors", "").split(";") if a.strip())
    body.title = _first(body, "title", given.get("title"), seen.title)
    body.authors = _first(body, "authors", stated, tuple(dict.fromkeys(seen.authors))) or ()
    body.language = _first(
        body, "language", given.get("language"), _language(text, own) if "language" not in given else None
    )
    genre = given.get("genre", "").strip().lower().replace(" ", "_").replace("-", "_")
    body.genre = _first(body, "genre", genre if genre in GENRES else None, _genre(units, first))
    _publication(body, seen, own, given.get("published"))
    return body


def _first(body: Body, name: str, stated: Any, found: Any) -> Any:
    if stated or found:
        body.metadata_from[name] = "source" if stated else "text"
    return stated or found


def _publication(body: Body, seen: _Seen, own: list[Block], stated: str | None) -> None:
    """The day of publication: a printed one where it agrees with the stated one or nothing is stated."""
    printed = [d.printed for d in seen.dates if d.published]
    opening = next((_opening_day(body.article.text, b) for b in own if b.kind == "paragraph"), None)
    if opening and not opening.value.startswith("--"):
        printed.append(opening)
    for day in printed if stated else printed[:1]:
        if not stated or edtf.contains(stated, day.value):
            body.published, body.published_span = day.value, (day.start, day.end)
            body.metadata_from["published"] = "text"
            return
    if stated:
        body.published = stated
        body.metadata_from["published"] = "source"
        if opening and opening.value.startswith("--") and stated.endswith(opening.value[1:]):
            body.published_span = (opening.start, opening.end)


def _opening_day(text: str, block: Block) -> Printed | None:
    """The day in a dateline that opens a paragraph, "CITY, 3 May 2031 (Agency) —"; `--05-03` where it has no year."""
    head = text[block.start : min(block.end, block.start + 120)]
    close = re.search(r"\s[–—-]{1,2}\s|\)\s?[–—:-]|\w[–—-]{1,2}\s", head)
    if not close:
        return None
    lead = head[: close.start() + 1]
    first = lead.split(None, 1)[0].strip(",.(")
    if not (first.isupper() and len(first) > 1) and "(" not in lead:
        return None
    found = day_in(lead) or day_without_year(lead)
    return Printed(found.value, block.start + found.start, block.start + found.end) if found else None


def _genre(units: list[Unit], first: int) -> str | None:
    """The one genre that a label beside the title or a notice names; None where there are two."""
    words = cues()
    labels = {words.genre[u.bare] for u in units[max(0, first - 12) : first] if u.bare in words.genre}
    if len(labels) == 1:
        return labels.pop()
    notices: Iterable[str] = (u.folded for u in units if u.kind == "boilerplate")
    said = {
        genre for n in notices for genre, phrases in words.raw["genre_notice"].items() if any(p in n for p in phrases)
    }
    return said.pop() if len(said) == 1 else None


# --- language -------------------------------------------------------------------------------------------------------


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(knowledge()["language"]["known"])
    return identifier


def _language(text: str, own: list[Block]) -> str | None:
    """The language of the first 1,000 characters of prose; None below 200 characters or where it is doubtful.

    A third of English function words settles it without loading the identifier, which takes most of a second.
    """
    pieces, size = [], 0
    for block in own:
        if size >= 1000:
            break
        pieces.append(text[block.start : min(block.end, block.start + 1000 - size)])
        size += len(pieces[-1])
    sample = " ".join(pieces)
    if len(sample) < 200:
        return None
    words = sample.lower().split()
    common = [w for w in words if w in cues().stopwords]
    if len(common) >= 0.3 * len(words) and len(set(common)) >= 10:
        return "en"
    language, confidence = _identifier().classify(sample)
    return str(language) if confidence >= 0.7 else None
