"""Decides which actor a mention names: one candidate or none.

In this order a mention loses candidates until one is left: names that were not theirs on the day of publication, the
office in its title, the document's full names. What is not known yet becomes a new actor only where the text gives a
full name of its own (a person with first and last name, a body of a known country, a people of a known region, a
long form that defines its acronym). A surname alone makes nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from newspkg import edtf, ids
from newspkg.body import Body
from newspkg.find.known import ACTOR_COLUMNS, family_name, shipped
from newspkg.find.model import MentionFinding, OmissionFinding
from newspkg.find.registry import Registry

__all__ = ["Linked", "link_mentions"]

Row = dict[str, Any]

# What an organisation is by the last word of its long form.
_KINDS = {
    "Party": ("political_group", "PTY"),
    "Movement": ("political_group", "PTY"),
    "Front": ("political_group", None),
    "Ministry": ("government_body", "GOV"),
    "Agency": ("government_body", "GOV"),
    "Company": ("company", "BUS"),
    "Corporation": ("company", "BUS"),
    "Bank": ("company", "BUS"),
    "University": ("other", "EDU"),
    "Institute": ("other", "EDU"),
}


class Linked(NamedTuple):
    """Rows of `mentions` (with the private keys `_office`, `_head`, `_country`), the actors and names first seen in
    this document, and what was left open."""

    mentions: list[Row]
    actors: list[Row]
    names: list[Row]
    omissions: list[OmissionFinding]


def link_mentions(body: Body, mentions: Sequence[MentionFinding], registry: Registry) -> Linked:
    """One row for each finding. `actor_id` is None for a place that is no actor and where no single actor is left."""
    linker = _Linker(body, registry)
    linker.survey(mentions)
    rows = [linker.row(mention) for mention in mentions]
    new = linker.new
    used = [row["actor_id"] for row in rows if row["actor_id"] in new]
    wanted = dict.fromkeys(used)
    for actor_id in used:  # what a new actor is part of comes along
        whole = new[actor_id].actor["part_of"]
        while whole in new and whole not in wanted:
            wanted[whole] = None
            whole = new[whole].actor["part_of"]
    made = [new[actor_id] for actor_id in sorted(wanted)]
    return Linked(rows, [m.actor for m in made], [name for m in made for name in m.names], linker.omissions)


@dataclass(slots=True)
class _New:
    """An actor first seen in this document."""

    actor: Row
    names: list[Row] = field(default_factory=list)

    def call(self, name: str, kind: str) -> None:
        """Adds a name, once."""
        row = {
            "actor_id": self.actor["actor_id"],
            "name": name,
            "language": "en",
            "kind": kind,
            "valid_from": None,
            "valid_to": None,
        }
        if row not in self.names:
            self.names.append(row)


class _Linker:
    """What is known while the mentions of one document are decided."""

    def __init__(self, body: Body, registry: Registry) -> None:
        self.text = body.article.text
        self.registry = registry
        self.document = ids.document_id(body.article.sha256)
        published = body.published
        self.day = edtf.bounds(published) if published and edtf.valid(published) else edtf.Bounds(None, None)
        self.new: dict[str, _New] = {}
        self.omissions: list[OmissionFinding] = []
        self.bearers: dict[str, set[str]] = {}  # surname -> the document's persons of that name
        self.offices: dict[tuple[str, str], set[str]] = {}  # (office, country) -> persons so titled here
        self.named: set[str] = set()  # actors that one name of the document means for certain

    # --- survey: what the document says by itself ---------------------------------------

    def survey(self, mentions: Iterable[MentionFinding]) -> None:
        """Notes the full names and titles of the document, before and after, and makes its new actors."""
        for mention in mentions:
            if mention.rule in ("body", "people-of", "long-form"):
                self._make(mention)
            if len(mention.candidates) == 1 and mention.form != "surname":
                self.named.add(mention.candidates[0])
            head = self._head(mention)
            if mention.form not in ("name", "title_name") or " " not in head or not self._personal(mention):
                continue
            person = self._person(mention, head)
            if person is None:
                continue
            self.bearers.setdefault(family_name(head), set()).add(person)
            office = self.registry.office(mention.office)
            if office and mention.country:
                self.offices.setdefault((office, mention.country), set()).add(person)

    def _head(self, mention: MentionFinding) -> str:
        head = self.text[mention.head.start : mention.head.end]
        return " ".join(head.replace("]", "").replace("[", "").replace("’", "'").split())

    def _personal(self, mention: MentionFinding) -> bool:
        if mention.candidates:
            return all(self._type(a) == "person" for a in mention.candidates)
        return mention.reading == "actor" and mention.rule in (
            "title-name",
            "first-name",
            "name-speech",
            "name-apposition",
        )

    def _type(self, actor_id: str) -> str | None:
        actor = self.registry.actors.get(actor_id)
        return actor["type"] if actor else None

    def _person(self, mention: MentionFinding, head: str) -> str | None:
        """The person of a full name: known, or made now."""
        if mention.candidates:
            left = self._left(mention)
            return left[0] if len(left) == 1 else None
        actor_id = ids.slug(head)
        if not actor_id or self._type(actor_id) not in (None, "person"):
            return None
        title = self._title(mention.office)
        if actor_id not in self.registry.actors and actor_id not in self.new:
            made = self._new(actor_id, head, "person")
            made.call(head, "official")
        if actor_id in self.new:
            actor = self.new[actor_id].actor
            actor["country"] = actor["country"] or mention.country
            actor["sector"] = actor["sector"] or title
        return actor_id

    def _title(self, office: str | None) -> str | None:
        """The PLOVER sector of the first title that has one."""
        if not office:
            return None
        titles = shipped().titles
        folded = office.replace("’", "'").lower()
        if folded in titles:
            return titles[folded].sector
        return next((titles[part].sector for part in folded.split(" and ") if part in titles), None)

    # --- new actors ---------------------------------------------------------------------

    def _new(self, actor_id: str, name: str, kind: str, **rest: str | None) -> _New:
        actor: Row = dict.fromkeys(ACTOR_COLUMNS)
        actor.update(actor_id=actor_id, name=name, type=kind, **rest)
        self.new[actor_id] = _New(actor)
        return self.new[actor_id]

    def _make(self, mention: MentionFinding) -> None:
        """Makes the actor of a body, a people or a long form, if it is not known; notes the name it has here."""
        actor_id = mention.candidates[0]
        surface = " ".join(self.text[mention.start : mention.end].split())
        if actor_id in self.registry.actors:
            return
        if mention.rule == "body":
            self._make_body(actor_id)
            if surface[0].isupper() and mention.form == "name":
                self.new[actor_id].call(surface, "short")
        elif actor_id not in self.new:
            if mention.rule == "people-of":
                base = self.registry.aliases.get(surface.rsplit(" ", 1)[-1])
                whole = base.actors[0] if base and len(base.actors) == 1 else None
                made = self._new(actor_id, surface, "population", country=mention.country, sector="CVL", part_of=whole)
                made.call(surface, "demonym")
            else:
                kind, sector = _KINDS.get(surface.rsplit(" ", 1)[-1], ("other", None))
                self._new(actor_id, surface, kind, sector=sector).call(surface, "official")

    def _make_body(self, actor_id: str) -> None:
        """A country's body, and what it is part of."""
        row = self.registry.body_actor(actor_id)
        if row is None or actor_id in self.new or actor_id in self.registry.actors:
            return
        made = _New(row)
        self.new[actor_id] = made
        made.call(row["name"], "official")
        if row["part_of"]:
            self._make_body(row["part_of"])

    # --- deciding -----------------------------------------------------------------------

    def row(self, mention: MentionFinding) -> Row:
        """The row of a mention, decided."""
        head = self._head(mention)
        actor, reason = self._decide(mention, head)
        if reason:
            self.omissions.append(OmissionFinding(mention.start, mention.end, "unresolved_mention", reason))
        if actor and mention.form == "acronym" and actor in self.new:
            self.new[actor].call(head, "acronym")
        return {
            "mention_id": ids.span_id(self.document, "mentions", mention.start, mention.end),
            "document_id": self.document,
            "actor_id": actor,
            "start": mention.start,
            "end": mention.end,
            "surface": self.text[mention.start : mention.end],
            "form": mention.form,
            "reading": mention.reading,
            "method": "rule",
            "rule": mention.rule,
            "confidence": mention.confidence,
            "review": "unreviewed",
            "_office": mention.office,
            "_head": head,
            "_country": mention.country,
        }

    def _decide(self, mention: MentionFinding, head: str) -> tuple[str | None, str]:
        """(the actor or None, why it stayed open or "")."""
        if mention.rule == "place":
            return None, ""
        if mention.rule == "office":
            return self._holder(mention), ""
        if mention.form in ("name", "title_name") and " " in head and not mention.candidates:
            person = self._person(mention, head)
            return person, "" if person else f"the name {head!r} belongs to something that is no person"
        if mention.form == "surname" or (mention.form == "title_name" and " " not in head):
            return self._by_surname(mention, head)
        left = self._left(mention)
        if len(left) == 1:
            return left[0], ""
        if not left:
            return None, "the name is not known for the day of the text"
        return None, "the name can mean " + " or ".join(self._called(a) for a in left)

    def _called(self, actor_id: str) -> str:
        actor = self.registry.actors.get(actor_id) or self.new[actor_id].actor
        return str(actor["name"])

    def _left(self, mention: MentionFinding) -> list[str]:
        """The candidates that bore the name on the day and, where several did, that the document names otherwise."""
        if len(mention.candidates) == 1 and mention.candidates[0] not in self.registry.actors:
            return list(mention.candidates)
        surface = self.text[mention.head.start : mention.head.end].replace("’", "'")
        left = [a for a in mention.candidates if self.registry.name_holds(a, surface, self.day)]
        if not left and len(mention.candidates) == 1 and mention.form != "nominal":
            return list(mention.candidates)  # an old or coming name still names its one bearer; an office does not
        if len(left) > 1:
            named = [a for a in left if a in self.named]
            left = named if len(named) == 1 else left
        return left

    def _by_surname(self, mention: MentionFinding, head: str) -> tuple[str | None, str]:
        family = head.rsplit(" ", 1)[-1]
        bearers = self.bearers.get(family, set())
        left = sorted(bearers or set(mention.candidates))
        if len(left) > 1 and mention.office:
            office = self.registry.office(mention.office)
            keys = [(office, mention.country)] if office and mention.country else []
            holding = {a for key in keys for a in self.registry.holders(*key, self.day)}
            holding |= {a for key in keys for a in self.offices.get(key, ())}
            left = [a for a in left if a in holding] if len(holding & set(left)) == 1 else left
        if len(left) == 1:
            return left[0], ""
        if not left:
            return None, f"only a surname, and no full name with {family} in the text"
        return None, f"{family} can be " + " or ".join(self._called(a) for a in left)

    def _holder(self, mention: MentionFinding) -> str | None:
        """The one holder of an office: who is so titled in the document, else by the roles on the day."""
        office = self.registry.office(mention.office)
        if office is None:
            return None
        titled = self.offices.get((office, mention.country or ""), set())
        if len(titled) == 1:
            return next(iter(titled))
        if len(titled) > 1:
            return None
        holding = {a for key in self._places_of(mention) for a in self.registry.holders(office, key, self.day)} & set(
            mention.candidates
        )
        return holding.pop() if len(holding) == 1 else None

    def _places_of(self, mention: MentionFinding) -> set[str]:
        """The keys under which the office's holders are filed: the country, and the organisations of their roles."""
        keys = {mention.country} if mention.country else set()
        if not mention.country:
            keys |= {r["organisation_id"] for r in self.registry.roles if r["actor_id"] in mention.candidates}
        return {key for key in keys if key}
