"""From a match to a term: the builders of the time rules whose value hangs on an anchor or on other expressions."""

from __future__ import annotations

from newspkg import edtf
from newspkg.find.timedates import (
    BUILDERS,
    NOTHING,
    OFFSET,
    ORDINALS,
    apply,
    builder,
    count_of,
    integer,
    unit_word,
    which,
    with_year,
)
from newspkg.find.timegrammar import SEASONS, WEEKDAYS, Built, Hit, Term

__all__ = ["BUILDERS"]


@builder
def _build_holiday(hit: Hit) -> Built:
    eve, year = bool(hit.get("e", "e2")), hit.get("y", "y2")
    month, day = (12, 24 if eve else 25) if not hit.get("n") else (12, 31) if eve else (1, 1)
    return (
        with_year(("monthday", month, day, None, None), int(year.low)) if year else ("monthday", month, day, None, None)
    )


@builder
def _build_day_word(hit: Hit) -> Built:
    if hit.get("x"):
        part = hit.tokens[hit.match.end() - 1].low
        if hit.word("x") == "last" and part != "night":
            return None
        return ("day", -1 if hit.word("x") == "last" else 0)
    word = hit.word("t", "t2")
    if word == "today" and hit.has(hit.behind(), "POSS") and hit.has(hit.behind(1), "CAP"):
        return NOTHING  # "today's Ruritania" is no day
    offset = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}[word]
    return (
        "day",
        offset + ({"before": -1, "after": 1}[hit.word("b")] if hit.named("b") and hit.get("b") else 0),
    )


@builder
def _build_weekday(hit: Hit) -> Built:
    number = WEEKDAYS[hit.word("w")]
    named = hit.match.re.groupindex
    behind = hit.behind()
    if hit.among(hit.before(), "HOLY") or (hit.among(behind, "PRESS") and hit.has(hit.before(), "THE")):
        return None
    if "v" in named:
        return ("weekday", number, OFFSET[hit.word("x")]) if hit.word("v") == "week" else None
    return ("weekday", number, which(hit, "x") if "x" in named else None)


@builder
def _build_ago(hit: Hit) -> Built:
    (count, vague), word = count_of(hit, "c"), hit.word("u", "u2")
    if hit.get("h"):
        count = 1.5
    if word.startswith(("hour", "minute")):
        return ("day", 0) if count <= 3 else apply("about", ("day", 0))
    unit, times = unit_word(word)
    return apply("shift", ("now",), -count * times, unit, vague or bool(hit.stretch("r")))


@builder
def _build_shift_text(hit: Hit) -> Built:
    back = (hit.word("b", "b2") if hit.named("b2") else hit.word("b")) in ("earlier", "before")
    unit, times = unit_word(hit.word("u", "u2") if hit.named("u2") else hit.word("u"))
    named = hit.match.re.groupindex
    count, vague = count_of(hit, "c") if "c" in named else (1.0, False)
    if "h" in named and hit.get("h"):
        count = 1.5
    if hit.has(hit.before(), "THE") and "c" not in named and unit not in ("day", "week", "month", "year"):
        return None
    return apply(
        "shift",
        ("text", unit),
        (-count if back else count) * times,
        unit,
        vague or ("r" in named and bool(hit.stretch("r"))),
    )


@builder
def _build_shift_open(hit: Hit) -> Built:
    (count, vague), (unit, times) = count_of(hit, "c"), unit_word(hit.word("u"))
    return ("open", (-count if hit.word("b") == "before" else count) * times, unit, vague or bool(hit.stretch("r")))


@builder
def _build_shift_from(hit: Hit) -> Built:
    shift = hit.term("s")
    return apply("shift", hit.term("t"), *shift[1:])


@builder
def _build_in_time(hit: Hit) -> Built:
    (count, vague), (unit, times) = count_of(hit, "c"), unit_word(hit.word("u"))
    return apply("shift", ("now",), count * times, unit, vague)


@builder
def _build_past(hit: Hit) -> Built:
    word = hit.word("u", "u2", "u3") if hit.named("u2") else hit.word("u")
    unit, times = unit_word(word)
    if hit.has(hit.before(), "HIS"):
        return None
    if hit.named("c"):
        count, vague = count_of(hit, "c")
    else:
        count, vague = (hit.grammar.vague[unit], True) if word.endswith("s") else (1.0, False)
    return ("past", count * times, unit, vague)


@builder
def _build_coming(hit: Hit) -> Built:
    unit, times = unit_word(hit.word("u", "u2"))
    count, vague = count_of(hit, "c") if hit.get("u") else (hit.grammar.vague[unit], True)
    return ("coming", count * times, unit, vague)


@builder
def _build_then(hit: Hit) -> Built:
    word, unit = hit.word("x", "x2") or "that", hit.word("u", "u2")
    if hit.among(hit.get("u2") or hit.before(), "DAYPART"):
        unit = "day"
    if hit.has(hit.behind(), "DASH"):
        return None
    if word == "next" and unit != "day" and hit.has(hit.before(2), "IN", "DURING", "FOR"):
        return ("coming", 1.0, unit, False) if unit not in SEASONS else ("season", SEASONS[unit], "next")
    return ("then", 0 if word in ("that", "same") else OFFSET[word], unit)


@builder
def _build_unit(hit: Hit) -> Built:
    unit = hit.word("u")
    word = hit.word("x") if hit.named("x") else "last"
    if hit.has(hit.before(), "HIS", "CAP") and word != "this":
        return None
    if unit == "day":
        return ("then", 1, "day") if word == "next" else None
    if unit == "fortnight":
        return {"last": ("past", 2.0, "week", False), "next": ("coming", 2.0, "week", False)}.get(word)
    if word == "last" and hit.named("x") and unit != "weekend" and hit.has(hit.before(), "THE"):
        return ("past", 1.0, unit, False) if unit in hit.grammar.vague else None  # "over the last year" reaches to now
    return ("unit", unit, OFFSET[word])


@builder
def _build_in_the_unit(hit: Hit) -> Built:
    unit = hit.word("u")
    if unit == "day":
        return ("then", 0, "day")
    inner = ("unit", unit, 0)
    return apply("part", inner, hit.word("b")) if hit.word("b") in ("early", "late") else inner


@builder
def _build_end_of_unit(hit: Hit) -> Built:
    unit = hit.word("u")
    inner: Term = ("day", 0) if unit == "day" else ("unit", unit, 0)
    if hit.get("o"):
        return apply(
            "nth", inner, ORDINALS.get(hit.word("o"), 0) or integer(hit.get("o") or hit.tokens[0]), hit.word("h")
        )
    return None if unit == "day" else apply("part", inner, _beginning(hit.word("p")))


def _beginning(word: str) -> str:
    return {"start": "beginning", "close": "end"}.get(word, word)


@builder
def _build_part(hit: Hit) -> Built:
    return apply("part", hit.term("t", "t2"), _beginning(hit.word("p", "p2")))


@builder
def _build_ordinal_part(hit: Hit) -> Built:
    word, unit = hit.word("o"), hit.word("u")
    if unit in ("days", "weeks", "months", "years", "decades") or word in ("early", "late"):
        which = {"first": "early", "early": "early", "last": "late", "late": "late"}.get(word)
        return apply("part", hit.term("t"), which) if which and unit.endswith("s") else None
    ordinal = hit.get("o")
    assert ordinal
    number = -1 if word == "last" else ORDINALS.get(word) or integer(ordinal)
    return apply("nth", hit.term("t"), number, unit)


@builder
def _build_clock(hit: Hit) -> Built:
    pieces = hit.stretch("k", "k2")
    hours, *rest = pieces[0].low.split(":")
    hour, minute = int(hours), int(rest[0]) if rest else 0
    half = pieces[1].low[0] if len(pieces) > 1 else ""
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    return apply("at", hit.term("t", "t2"), f"{hour:02}:{minute:02}:00", "Z" if hit.get("z", "z2") else "")


@builder
def _build_about(hit: Hit) -> Built:
    return apply("about", hit.term("t"))


@builder
def _build_range(hit: Hit) -> Built:
    """ "from A to B": an end without a year has it from the other."""
    start, end = hit.term("a"), hit.term("b")
    if isinstance(end, str) and isinstance(start, tuple):
        year = edtf.bounds(end).latest
        start = (with_year(start, year.year) if year else start) or start
    elif isinstance(start, str) and isinstance(end, tuple):
        year = edtf.bounds(start).earliest
        placed = with_year(end, year.year) if year else end
        if isinstance(placed, str) and edtf.compare(placed, start) == -1 and year:
            placed = with_year(end, year.year + 1)
        end = placed or end
    return apply("range", start, end)


@builder
def _build_listed(hit: Hit) -> Built:
    """A month or day before "and" and another with its year has that year ("February 7 and June 12, 2031")."""
    own = hit.term("a")
    for token in hit.tokens[hit.match.end() : hit.match.end() + 12]:
        if isinstance(token.term, str):
            bound = edtf.bounds(token.term).earliest
            placed = with_year(own, bound.year) if bound else None
            if isinstance(placed, str) and edtf.compare(placed, token.term) == 1 and bound:
                placed = with_year(own, bound.year - 1)
            return placed if isinstance(placed, str) else None
        if token.term is None and not hit.has(token, "COMMA", "AND", "OR"):
            return None
    return None


@builder
def _build_since(hit: Hit) -> Built:
    return apply("since", hit.term(*(n for n in ("t", "t1") if n in hit.match.re.groupindex)))


@builder
def _build_until(hit: Hit) -> Built:
    return apply("until", hit.term("t", "t1"))


@builder
def _build_before(hit: Hit) -> Built:
    return apply("before", hit.term("t", "t1"))


@builder
def _build_after(hit: Hit) -> Built:
    return apply("after", hit.term("t", "t1"))
