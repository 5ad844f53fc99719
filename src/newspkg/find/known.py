"""What ships with the toolkit: states, organisations, peoples, places, titles and words, read once a process."""

from __future__ import annotations

import csv
import io
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from newspkg import ids

__all__ = [
    "ACTOR_COLUMNS",
    "NAME_COLUMNS",
    "ROLE_COLUMNS",
    "Body",
    "Row",
    "Title",
    "actor_row",
    "cases",
    "family_name",
    "fold_name",
    "name_row",
    "plain",
    "shipped",
]

Row = dict[str, Any]

ACTOR_COLUMNS = ("actor_id", "name", "type", "country", "sector", "wikidata", "part_of", "recognition", "note")
NAME_COLUMNS = ("actor_id", "name", "language", "kind", "valid_from", "valid_to")
ROLE_COLUMNS = ("role_id", "actor_id", "organisation_id", "role", "sector", "valid_from", "valid_to", "source")


@dataclass(frozen=True, slots=True)
class Title:
    """A title: `office` is the key of an office that one person holds at a time, or None for "analyst" and the like."""

    office: str | None
    sector: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """A body that each country has one of; `key` "self" is the state itself ("government")."""

    key: str
    name: str
    type: str
    sector: str | None
    part_of: str | None  # key of the body it is part of


@dataclass(frozen=True, slots=True)
class _Shipped:
    """The knowledge folder, read once a process."""

    actors: tuple[Row, ...]
    names: tuple[Row, ...]
    seats: frozenset[str]
    places: Mapping[str, str | None]  # name -> alpha-3
    titles: Mapping[str, Title]  # lower case
    bodies: Mapping[str, Body]  # lower case
    by_key: Mapping[str, Body]
    offices: Mapping[str, str]  # role as actor_roles write it, lower case -> office
    words: Mapping[str, frozenset[str]]
    readings: Mapping[str, Mapping[str, frozenset[str]]]
    first_names: frozenset[str]


def _read(name: str) -> str:
    return resources.files("newspkg").joinpath(f"knowledge/{name}").read_text(encoding="utf-8")


def _table(name: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(_read(name))))


def _several(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def actor_row(name: str, kind: str, **rest: str | None) -> Row:
    row: Row = dict.fromkeys(ACTOR_COLUMNS)
    row.update(actor_id=ids.slug(name), name=name, type=kind)
    row.update({k: v or None for k, v in rest.items()})
    return row


def name_row(actor_id: str, name: str, kind: str) -> Row:
    return {
        "actor_id": actor_id,
        "name": name,
        "language": "en",
        "kind": kind,
        "valid_from": None,
        "valid_to": None,
    }


def _countries(actors: list[Row], names: list[Row], seats: set[str]) -> None:
    for row in _table("countries.csv"):
        state = actor_row(
            row["name"], "state", country=row["iso3"], wikidata=row["wikidata"], recognition=row["recognition"]
        )
        actors.append(state)
        own = state["actor_id"]
        names.append(name_row(own, row["name"], "short"))
        if row["official"]:
            names.append(name_row(own, row["official"], "official"))
        for column, kind in (("aliases", "short"), ("acronyms", "acronym"), ("adjectives", "demonym")):
            names += [name_row(own, name, kind) for name in _several(row[column])]
        names += [name_row(own, name, "metonym") for name in _several(row["capital"]) + _several(row["seats"])]
        seats.update(_several(row["seats"]))
        people = _several(row["people"])
        if people:
            folk = actor_row(people[0], "population", country=row["iso3"], sector="CVL")
            actors.append(folk)
            names += [name_row(folk["actor_id"], name, "demonym") for name in people]


@cache
def shipped() -> _Shipped:
    """The shipped knowledge; reading it takes some ten milliseconds, once a process."""
    actors: list[Row] = []
    names: list[Row] = []
    seats: set[str] = set()
    _countries(actors, names, seats)
    for row in _table("organisations.csv"):
        wanted = {k: row[k] for k in ("country", "sector", "part_of", "wikidata", "note")}
        actors.append(actor_row(row["name"], row["type"], **wanted))
        own = actors[-1]["actor_id"]
        names.append(name_row(own, row["name"], "official"))
        for column, kind in (("names", "short"), ("acronyms", "acronym"), ("metonyms", "metonym")):
            names += [name_row(own, name, kind) for name in _several(row[column])]
    seats.update(("Pentagon", "Berlaymont", "Lubyanka"))
    for row in _table("peoples.csv"):
        wanted = {k: row[k] for k in ("country", "sector", "part_of", "wikidata")}
        actors.append(actor_row(row["name"], "population", **wanted))
        names += [name_row(actors[-1]["actor_id"], name, "demonym") for name in [row["name"], *_several(row["names"])]]
    places = {
        name: row["country"] or None for row in _table("places.csv") for name in [row["name"], *_several(row["names"])]
    }
    raw = tomllib.loads(_read("titles.toml"))
    readings = tomllib.loads(_read("readings.toml"))
    titles, offices = _titles(raw)
    by_key = {
        key: Body(key, b.get("name", ""), b.get("type", ""), b.get("sector"), b.get("part_of"))
        for key, b in raw["bodies"].items()
    }
    return _Shipped(
        tuple(actors),
        tuple(names),
        frozenset(seats),
        places,
        titles,
        {phrase: by_key[key] for key, b in raw["bodies"].items() for phrase in b["names"]},
        by_key,
        offices,
        {key: frozenset(value) for key, value in raw["words"].items()},
        {part: {key: frozenset(value) for key, value in lists.items()} for part, lists in readings.items()},
        frozenset(_read("first_names.txt").split()),
    )


def _titles(raw: Mapping[str, Any]) -> tuple[dict[str, Title], dict[str, str]]:
    """(titles by their lower-case phrase, office by the lower-case role of actor_roles)."""
    titles: dict[str, Title] = {}
    offices: dict[str, str] = {}
    for key, office in raw["offices"].items():
        titles |= {phrase: Title(key, office["sector"]) for phrase in office["phrases"]}
        offices |= dict.fromkeys([*office["roles"], *office["phrases"]], key)
    portfolios = raw["portfolios"]
    for name in portfolios["names"]:
        key = f"{ids.slug(name)}-minister"
        for shape in portfolios["phrases"]:
            phrase = shape.format(name)
            if titles.setdefault(phrase, Title(key, portfolios["sector"])).office == key:
                offices.setdefault(phrase, key)
    for sector, phrases in raw["people"].items():
        for phrase in phrases:
            titles.setdefault(phrase, Title(None, sector))
    return titles, offices


_UPPER_ONLY = frozenset(("fm", "pm", "mp", "ceo", "mfa", "mod"))


def cases(phrase: str) -> set[str]:
    """The ways a lower-case title or body is written in running text."""
    if phrase in _UPPER_ONLY:
        return {phrase.upper()}
    small = {"of", "the", "for", "and", "in", "to", "d'affaires"}
    titled = " ".join(w if w in small else "-".join(_capital(p) for p in w.split("-")) for w in phrase.split(" "))
    cases = {titled, _capital(phrase), phrase.upper() if len(phrase) > 4 else titled}
    if not phrase.endswith(".") and phrase not in ("mr", "mrs", "ms", "dr", "miss", "sir", "dame"):
        cases.add(phrase)
    return cases


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def fold_name(name: str) -> str:
    """A person's name for comparison: no accents, no brackets, lower case, single spaces."""
    return ids.slug(name.replace("]", "").replace("[", "")).replace("-", " ")


def family_name(name: str) -> str:
    """The word of a full name that stands for it alone: the last; the first in Chinese, Korean and Vietnamese names."""
    words = name.split(" ")
    return words[0] if 2 <= len(words) <= 3 and words[0] in shipped().words["family_first"] else words[-1]


def plain(name: str) -> str:
    """The name without accents, as English texts often write it."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.replace("ı", "i")) if not unicodedata.combining(c))
    return bare if bare.isascii() else name
