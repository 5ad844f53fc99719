"""Who is known: the shipped states, organisations, peoples and places, overlaid by a project's own rows.

`Registry.load` lays curated rows over the shipped ones: an actor row replaces the shipped one of the same id; a curated
name takes that name away from shipped actors (so that a project may say whom it means by it). All names go into one
automaton, together with the adjectives, titles and words for bodies that the shapes of `find.mentions` are made of.

The shipped facts are in `knowledge/`: countries.csv, organisations.csv, peoples.csv, places.csv, titles.toml.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ahocorasick

from newspkg import edtf
from newspkg.find.known import (
    ACTOR_COLUMNS,
    NAME_COLUMNS,
    ROLE_COLUMNS,
    Body,
    Row,
    Title,
    actor_row,
    cases,
    family_name,
    fold_name,
    name_row,
    plain,
    shipped,
)

__all__ = ["Alias", "Registry"]


@dataclass(slots=True)
class Alias:
    """What a string of text can mean. One string may be several things ("Saudi": a name and an adjective)."""

    text: str
    actors: tuple[str, ...] = ()
    form: str = "name"  # name, acronym, metonym, demonym, surname, nominal
    kind: str = (
        ""  # type of the actors ("state", "person" ...), or "territory" for contested states, "place" for no actor
    )
    country: str | None = None
    seat: bool = False  # a building or street rather than a town
    adjective: tuple[str, ...] = ()  # states whose adjective it is
    title: Title | None = None
    body: Body | None = None
    shouted: bool = False  # the name in capitals


def _clean(row: Mapping[str, Any], columns: tuple[str, ...]) -> Row:
    return {column: (row.get(column) or None) for column in columns}


@dataclass
class Registry:
    """Actors, names and roles of one project, and the automaton over all strings that can name them.

    `actors` by actor_id; `names` and `roles` as rows of the tables actor_names and actor_roles. Pickles as its rows
    and is rebuilt where it is unpickled.
    """

    actors: dict[str, Row] = field(default_factory=dict)
    names: list[Row] = field(default_factory=list)
    roles: list[Row] = field(default_factory=list)
    aliases: dict[str, Alias] = field(default_factory=dict)
    automaton: Any = None
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)  # folded full name -> persons
    surnames: dict[str, tuple[str, ...]] = field(default_factory=dict)  # surname as written -> persons
    _dated: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    _holders: dict[tuple[str, str | None], list[Row]] = field(default_factory=dict)
    _given: tuple[list[Row], list[Row], list[Row]] = field(default_factory=lambda: ([], [], []))

    @classmethod
    def load(
        cls,
        actors: Iterable[Mapping[str, Any]] = (),
        names: Iterable[Mapping[str, Any]] = (),
        roles: Iterable[Mapping[str, Any]] = (),
    ) -> Registry:
        """The shipped knowledge overlaid by curated rows in the columns of TABLES actors, actor_names, actor_roles.

        Rows that name an actor nobody knows are left out; whoever reads the curation reports them.
        """
        given = (
            [_clean(row, ACTOR_COLUMNS) for row in actors],
            [_clean(row, NAME_COLUMNS) for row in names],
            [_clean(row, ROLE_COLUMNS) for row in roles],
        )
        self = cls(_given=given)
        self._fill()
        return self

    def __reduce__(self) -> tuple[Any, tuple[list[Row], list[Row], list[Row]]]:
        return Registry.load, self._given

    # --- building ----------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        own, own_names, own_roles = self._given
        base = shipped()
        self.actors = {row["actor_id"]: dict(row) for row in base.actors}
        self.actors |= {row["actor_id"]: dict(row) for row in own if row["actor_id"]}
        for row in own_names + own_roles:
            for column in ("actor_id", "organisation_id"):
                self.derive(row.get(column))
        for row in list(self.actors.values()):
            self.derive(row["part_of"])
        own_names = [row for row in own_names if row["actor_id"] in self.actors and row["name"] and row["kind"]]
        taken = {row["name"] for row in own_names if row["kind"] != "demonym"}
        mine = {(row["actor_id"], row["name"]) for row in own_names}
        kept = [
            row
            for row in base.names
            if (row["actor_id"], row["name"]) not in mine and (row["kind"] == "demonym" or row["name"] not in taken)
        ]
        self.names = own_names + kept
        # An actor's own name is a name of his, also where the project lists none.
        listed = {row["actor_id"] for row in own_names} | {row["actor_id"] for row in base.names}
        self.names += [
            name_row(row["actor_id"], row["name"], "official") for row in own if row["actor_id"] not in listed
        ]
        self.roles = [dict(row) for row in own_roles if row["actor_id"] in self.actors and row["role"]]
        self._index_names()
        self._index_words()
        self._index_roles()
        self._compile()

    def derive(self, actor_id: str | None) -> Row | None:
        """The actor of this id; a country's body (`norway-foreign-ministry`) is made where it is not there yet.

        None for an id that is neither known nor of that shape.
        """
        if not actor_id:
            return None
        if actor_id not in self.actors:
            made = self.body_actor(actor_id)
            if made is None:
                return None
            self.actors[actor_id] = made
        return self.actors[actor_id]

    def body_of(self, actor_id: str) -> str | None:
        """The key of the body that an actor_id of the shape `norway-foreign-ministry` names, or None."""
        for key in shipped().by_key:
            if key != "self" and actor_id.endswith(f"-{key}") and actor_id.removesuffix(f"-{key}") in self.actors:
                return key
        return None

    def body_actor(self, actor_id: str) -> Row | None:
        """The row of a country's body as its id says it; nothing is added to the registry."""
        key = self.body_of(actor_id)
        if key is not None:
            body, state = shipped().by_key[key], self.actors[actor_id.removesuffix(f"-{key}")]
            if state["type"] == "state":
                whole = f"{state['actor_id']}-{body.part_of}" if body.part_of else state["actor_id"]
                row = actor_row(
                    f"{body.name} of {_the(state['name'])}", body.type, country=state["country"], sector=body.sector
                )
                row.update(actor_id=actor_id, part_of=whole)
                return row
        return None

    def _index_names(self) -> None:
        base = shipped()
        people: dict[str, dict[str, None]] = {}
        surnames: dict[str, dict[str, None]] = {}
        for row in self.names:
            actor = self.actors[row["actor_id"]]
            self._dated.setdefault((row["actor_id"], row["name"]), []).append(row)
            if actor["type"] == "person" and row["kind"] != "office":
                self._index_person(row, people, surnames)
                continue
            if row["kind"] == "demonym" and actor["type"] != "population":
                self._alias(row["name"]).adjective += (row["actor_id"],)
                continue
            alias = self._alias(row["name"])
            if row["actor_id"] in alias.actors:
                continue
            alias.actors += (row["actor_id"],)
            alias.form = {"acronym": "acronym", "metonym": "metonym", "office": "nominal"}.get(row["kind"], "name")
            alias.kind = actor["type"]
            if actor["type"] == "population":
                alias.form = "demonym"
            elif actor["type"] == "state" and actor["recognition"] in ("contested", "none") and not actor["country"]:
                alias.kind = "territory"
            alias.country = actor["country"]
            alias.seat = row["name"] in base.seats
        self.people = {name: tuple(found) for name, found in people.items()}
        self.surnames = {name: tuple(found) for name, found in surnames.items()}

    def _index_person(self, row: Row, people: dict[str, dict[str, None]], surnames: dict[str, dict[str, None]]) -> None:
        for name in dict.fromkeys((row["name"], plain(row["name"]))):
            words = name.split(" ")
            if not name.isascii() and not any(c < "\u0250" for c in name if c.isalpha()):
                continue  # another script; English texts do not have it
            if len(words) == 1:
                surnames.setdefault(name, {})[row["actor_id"]] = None
                continue
            people.setdefault(fold_name(name), {})[row["actor_id"]] = None
            alias = self._alias(name)
            if row["actor_id"] not in alias.actors:
                alias.actors += (row["actor_id"],)
                alias.kind = "person"
                alias.country = self.actors[row["actor_id"]]["country"]
            if row["kind"] != "epithet":
                surnames.setdefault(family_name(name), {})[row["actor_id"]] = None

    def _index_words(self) -> None:
        base = shipped()
        for name in base.readings["context"]["other"]:
            self._alias(name)  # a longer name that swallows the country in it and means nothing here
        for name, country in base.places.items():
            alias = self._alias(name)
            if not alias.actors:
                alias.kind, alias.country = "place", country
            elif alias.form == "metonym":
                alias.country = country  # "Brussels" stands for the Union, but lies in Belgium
        for phrase, title in base.titles.items():
            for case in cases(phrase):
                self._alias(case).title = title
        for phrase, body in base.bodies.items():
            for case in cases(phrase):
                self._alias(case).body = body
        for name in list(self.aliases):
            alias = self.aliases[name]
            shout = name.upper()
            if (alias.actors or alias.kind) and len(name) > 3 and shout not in self.aliases and alias.form != "acronym":
                self.aliases[shout] = Alias(
                    shout,
                    alias.actors,
                    alias.form,
                    alias.kind,
                    alias.country,
                    alias.seat,
                    alias.adjective,
                    shouted=True,
                )

    def _alias(self, text: str) -> Alias:
        text = text.replace("’", "'")
        found = self.aliases.get(text)
        if found is None:
            found = self.aliases[text] = Alias(text)
        return found

    def _compile(self) -> None:
        self.automaton = ahocorasick.Automaton()
        for text, alias in self.aliases.items():
            self.automaton.add_word(text, alias)
        self.automaton.make_automaton()

    # --- roles --------------------------------------------------------------------------------------------------------

    def _index_roles(self) -> None:
        for row in self.roles:
            office = self.office(row["role"])
            if office is None:
                continue
            organisation = self.actors.get(row["organisation_id"] or "")
            where = (organisation or self.actors[row["actor_id"]])["country"]
            keys: set[tuple[str, str | None]] = {(office, where)} if where else set()
            if organisation:
                keys.add((office, organisation["actor_id"]))
            for key in keys:
                self._holders.setdefault(key, []).append(row)

    def office(self, title: str | None) -> str | None:
        """The key of the office that a title or a role names ("Minister of Foreign Affairs" -> "foreign-minister")."""
        offices = shipped().offices
        text = (title or "").lower()
        for cut in (text, text.partition(" of the ")[0], text.partition(" of ")[0], text.partition(" to ")[0]):
            if cut in offices:
                return offices[cut]
        return None

    def holders(self, office: str, where: str | None, day: edtf.Bounds | None = None) -> tuple[str, ...]:
        """Who holds an office of a country (alpha-3) or an organisation (actor_id), on a day or ever; sorted ids."""
        rows = self._holders.get((office, where), [])
        return tuple(sorted({row["actor_id"] for row in rows if day is None or _overlaps(row, day)}))

    def name_holds(self, actor_id: str, name: str, day: edtf.Bounds) -> bool:
        """Whether the actor bore this name on that day; names without dates, and unlisted ones, always hold."""
        rows = self._dated.get((actor_id, name))
        return not rows or any(_overlaps(row, day) for row in rows)


def _the(name: str) -> str:
    first = name.partition(" ")[0]
    plural = name.endswith(("Islands", "Emirates", "Netherlands", "Philippines", "States", "Maldives", "Seychelles"))
    return (
        f"the {name}"
        if first in ("United", "Soviet", "Ottoman", "Czech", "Central", "Democratic", "Republic") or plural
        else name
    )


def _bounds(value: str | None) -> edtf.Bounds:
    # A date that is none is reported where curation is checked; here it says nothing.
    return edtf.bounds(value) if value and edtf.valid(value) else edtf.Bounds(None, None)


def _overlaps(row: Mapping[str, Any], day: edtf.Bounds) -> bool:
    """Whether the row's time and the day's bounds meet; unknown ends are open; an unknown day meets undated rows."""
    first = _bounds(row["valid_from"]).earliest
    last = _bounds(row["valid_to"]).latest
    if day.earliest is None and day.latest is None:
        return first is None and last is None
    low, high = day.earliest or datetime.date.min, day.latest or datetime.date.max
    return (first is None or first <= high) and (last is None or last >= low)
