"""What an event is called: a label in the project's own words, from type, participants, place and date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["MAX_WORDS", "date_in_words", "event_label"]

MAX_WORDS = 15

# What an event of a type is called where no word of the lexicon says it better, and how its target follows.
_NOUNS = {
    "AGREE": "agreement",
    "CONSULT": "meeting",
    "SUPPORT": "support",
    "CONCEDE": "concession",
    "COOPERATE": "cooperation",
    "AID": "aid",
    "RETREAT": "retreat",
    "REQUEST": "demand",
    "ACCUSE": "accusation",
    "REJECT": "refusal",
    "THREATEN": "threat",
    "PROTEST": "protest",
    "SANCTION": "sanctions",
    "MOBILIZE": "deployment",
    "COERCE": "coercion",
    "ASSAULT": "attack",
}
_TOWARDS = {
    "AGREE": "with",
    "CONSULT": "to",
    "SUPPORT": "for",
    "CONCEDE": "to",
    "COOPERATE": "with",
    "AID": "to",
    "RETREAT": "from",
    "REQUEST": "to",
    "ACCUSE": "against",
    "REJECT": "to",
    "THREATEN": "against",
    "PROTEST": "against",
    "SANCTION": "against",
    "MOBILIZE": "to",
    "COERCE": "against",
    "ASSAULT": "on",
}
# Words that "of" follows, whatever the type.
_OF = frozenset(
    (
        "killing",
        "poisoning",
        "assassination",
        "abduction",
        "arrest",
        "recognition",
        "blockade",
        "expulsion",
        "torture",
        "release",
        "downing",
        "massacre",
        "shelling",
        "bombing",
        "disarmament",
        "conviction",
    )
)
_TOLD = {"planned": "planned ", "hypothetical": "possible ", "denied": "denied ", "disputed": "disputed "}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
_ONE = re.compile(r"(\d{4}|\d{3}X|\d\dXX)(?:-(\d\d|XX))?(?:-(\d\d|XX))?(?:T.*)?([~?%])?")


def date_in_words(value: str) -> str:
    """An EDTF value as an English reader writes it: `2031-03-11` is "11 March 2031", `2031-05/..` "from May 2031"."""
    if "/" in value:
        first, _, last = value.partition("/")
        if last in ("", ".."):
            return f"from {date_in_words(first)}"
        if first in ("", ".."):
            return f"until {date_in_words(last)}"
        return f"{date_in_words(first)} to {date_in_words(last)}"
    found = _ONE.fullmatch(value)
    if not found:
        return value
    year, month, day, mark = found.groups()
    words = (
        f"{year[:3]}0s"
        if year.endswith("X") and not year.endswith("XX")
        else f"{year[:2]}00s"
        if year.endswith("XX")
        else year
    )
    if month in _SEASONS:
        words = f"{_SEASONS[month]} {words}"
    elif month and month != "XX":
        words = f"{_MONTHS[int(month) - 1]} {words}"
        if day and day != "XX":
            words = f"{int(day)} {words}"
    return f"about {words}" if mark else words


def _listed(actors: Sequence[str], names: Mapping[str, str], most: int) -> str:
    shown = [names.get(actor, actor) for actor in actors[:most]]
    if len(actors) > most:
        return ", ".join(shown) + " and others"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def event_label(
    kind: str,
    mode: str | None,
    status: str,
    word: str | None,
    participants: Sequence[tuple[str, str]],
    names: Mapping[str, str],
    place: str | None,
    date: str | None,
) -> str:
    """A label of at most `MAX_WORDS` words: "Velmara and Ostria: ceasefire in Tavra, 11 March 2031".

    `word` is what the lexicon calls the event; `participants` are (role, actor id); `names` gives the ids' names. What
    does not fit is left out, the least telling first.
    """
    by_role: dict[str, list[str]] = {}
    for role, actor in participants:
        by_role.setdefault(role, []).append(actor)
    who = by_role.get("initiator", []) + by_role.get("participant", [])
    whom = by_role.get("target", []) + by_role.get("host", [])
    noun = _TOLD.get(status, "") + (word or _NOUNS[kind])
    when = f", {date_in_words(date)}" if date else ""
    where = f" in {place}" if place and all(names.get(actor, actor) != place for actor in whom) else ""
    helpers = by_role.get("mediator", [])
    for most, with_helpers, with_place, with_date in (
        (3, True, True, True),
        (3, False, True, True),
        (2, False, True, True),
        (2, False, False, True),
        (1, False, False, True),
        (1, False, False, False),
    ):
        label = f"{_listed(who, names, most)}: " if who else ""
        label += noun
        if whom:
            towards = "of" if word in _OF else "with" if word == "closed border" else _TOWARDS[kind]
            label += (
                f" {towards} {_listed(whom, names, most)}"
                if kind != "CONSULT" or mode == "visit"
                else f" with {_listed(whom, names, most)}"
            )
        label += where if with_place else ""
        label += when if with_date else ""
        label += f", mediated by {_listed(helpers, names, 2)}" if helpers and with_helpers else ""
        if len(label.split()) <= MAX_WORDS:
            break
    label = " ".join(label.split()[:MAX_WORDS])
    return label[0].upper() + label[1:]
