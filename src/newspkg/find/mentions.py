"""Finds the names of actors and places: longest match over the registry, then shapes, then what the document tells.

One pass over the hits of the automaton builds, from adjectives, titles, bodies and names that stand next to each other,

    title-name      Foreign Minister Ilse Maro, Norwegian analyst Per Holm, Prime Minister of Norway Ilse Maro
    office          the Norwegian president                     (no name: who that was is for `link.actors`)
    body            Norwegian Foreign Ministry, parliament of Norway, the Norwegian government
    people-of       Karabakh Armenians, Bosnian Serbs

and takes what is left as plain names. A second pass finds full names that no table has, long forms that define an
acronym, surnames, and bodies whose country the document has named. Nothing is decided here: a finding lists every
actor its name can mean.

A capital, a seat or a country is read as an actor or as a place by the words around it (`knowledge/readings.toml`).
Every step looks at a bounded window, so time is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newspkg import ids
from newspkg.body import OWN
from newspkg.body import Body as Outline
from newspkg.find.known import shipped
from newspkg.find.later import Later
from newspkg.find.model import MentionFinding, OmissionFinding, Span
from newspkg.find.names import Document, lists
from newspkg.find.registry import Alias, Registry

__all__ = ["find_mentions", "fold"]

_OF = re.compile(r" (?:of|for|to|in) (?:the )?")
_FOLD = str.maketrans({"’": "'", "\xa0": " ", "\n": " ", "\r": " ", "\t": " ", "\u2011": "-"})


def fold(text: str) -> str:
    """The text for searching, of equal length: straight apostrophes, plain spaces and hyphens."""
    return (
        text.translate(_FOLD) if not text.isascii() else text.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    )


@dataclass(slots=True)
class _Nation:
    """The country or organisation in front of or behind a title."""

    ids: tuple[str, ...]
    country: str | None


def find_mentions(body: Outline, registry: Registry) -> tuple[list[MentionFinding], list[OmissionFinding]]:
    """The mentions of a document's own prose, sorted and without overlap, and names that were seen and left open."""
    text = fold(body.article.text)
    sentences = [s.start for s in body.sentences]
    doc = Document()
    scans = []
    for block in body.blocks:
        if block.kind in OWN:
            scan = _Scan(text, block, registry, doc, sentences)
            scan.first()
            scans.append(scan)
    for scan in scans:
        scan.second()
    bodies: dict[str, set[str]] = {}
    for finding in doc.found:
        if finding.rule == "body":
            key = registry.body_of(finding.candidates[0])
            bodies.setdefault(key or "", set()).update(finding.candidates)
    for scan in scans:
        scan.third(bodies)
    doc.found.sort(key=lambda m: (m.start, m.end))
    return doc.found, sorted(doc.omissions, key=lambda o: (o.start, o.end))


class _Scan(Later):
    """The first pass over one block, and by inheritance the later ones."""

    # --- first pass ----------------------------------------------------------------------------------------------

    def first(self) -> None:
        """Walks the hits: shapes where they begin, plain names otherwise."""
        i = 0
        while i < len(self.hits):
            i = self._shape(i) or self._plain(i)

    def _shape(self, i: int) -> int | None:
        """The shape that begins with hit i: the index of the hit after it, or None."""
        alias = self.hits[i].alias
        if alias.title or alias.body:
            return self._titled(None, i, i) or self._body(None, i, i)
        nation = self._nation(alias)
        if nation is None or i + 1 >= len(self.hits):
            return None
        right = self.hits[i + 1].alias
        if not (right.title or right.body or right.form == "demonym"):
            return None
        gap = self._gap(i, bool(alias.adjective))
        if gap is None:
            return None
        if right.form == "demonym":
            return self._people_of(i) if gap == "" else None
        return self._titled(nation, i, i + 1, gap) or self._body(nation, i, i + 1)

    def _nation(self, alias: Alias) -> _Nation | None:
        if alias.adjective:
            if len(alias.adjective) > 1:  # "Congolese", "Korean": two countries
                return _Nation((), None)
            return _Nation(alias.adjective, self.registry.actors[alias.adjective[0]]["country"])
        if (
            alias.kind in ("state", "territory", "international_organisation", "government_body", "place")
            and len(alias.actors) < 2
        ):
            return _Nation(alias.actors, alias.country)
        return None

    def _gap(self, i: int, adjective: bool) -> str | None:
        """The modifiers between hit i and the next one, "" for none; None where they do not belong together."""
        between = self.text[self.hits[i].end : self.hits[i + 1].start]
        if between == " " or (between == "'s " and not adjective):
            return ""
        if len(between) > 40:
            return None
        if between.startswith("'s ") and not adjective:
            between = between[2:]
        if not (between.startswith(" ") and between.endswith(" ")):
            return None
        _, _, _, modifiers, former = lists()
        inner = between.strip().lower().strip("-")
        return inner if inner and all(w in modifiers or w in former or w == "and" for w in inner.split()) else None

    def _titled(self, nation: _Nation | None, i: int, j: int, gap: str = "") -> int | None:
        """Title and name, or an office without a name. The shape begins at hit i, the title is hit j."""
        hits, text = self.hits, self.text
        title = hits[j].alias.title
        if title is None:
            return None
        k, end = j, hits[j].end
        # "Army General", "public figure and journalist": titles in a row are one.
        while (
            k + 1 < len(hits)
            and hits[k + 1].alias.title
            and k - j < 4
            and text[end : hits[k + 1].start] in (" ", " and ", "-")
        ):
            k += 1
            end = hits[k].end
        person = self._person(end)
        last = k
        behind: _Nation | None = None
        if person is None:
            if k > j and hits[k].alias.title is not title:
                k, end = j, hits[j].end
            behind, last, end = self._behind(k, end)
            person = self._person(end) if behind else None
        if person is None:
            return self._office(nation or behind, i, j, end, last, gap)
        where = nation or behind
        name_start = self._name_start(end)
        stop = person.end
        follow = self._hit_after(stop)
        if where is None:
            after, after_index, after_end = self._behind(None, stop)
            if after is not None and after.ids and text[stop : stop + 4] == " of ":
                where, stop, follow = after, after_end, after_index + 1
        start = hits[i].start
        if start > self.block.start and text[start - 1] == "[" and "]" in text[name_start : person.end]:
            start -= 1
        finding = MentionFinding(
            start,
            stop,
            "title_name",
            "actor",
            person.candidates,
            "title-name",
            0.95 if person.candidates or person.full else 0.8,
            Span(name_start, person.end),
            office=text[hits[j].start : hits[k].end],
            country=where.country if where else None,
        )
        self._add(finding)
        if person.full:
            self._remember(name_start, person)
        return follow

    def _behind(self, k: int | None, end: int) -> tuple[_Nation | None, int, int]:
        """The country or organisation in "... of the X" after `end`: what, the index of its hit, where it ends."""
        match = _OF.match(self.text, end, min(end + 12, self.block.end))
        index = self.at.get(match.end()) if match else None
        if match is None or index is None:
            return None, k if k is not None else -1, end
        nation = (
            self._nation(self.hits[index].alias)
            if not self.hits[index].alias.adjective or self.hits[index].alias.actors
            else None
        )
        if nation is None or not (nation.ids or nation.country):
            return None, k if k is not None else -1, end
        return nation, index, self.hits[index].end

    def _office(self, nation: _Nation | None, i: int, j: int, end: int, last: int, gap: str) -> int | None:
        """An office without its holder's name: one person, if country and day say which."""
        text, hits = self.text, self.hits
        title = hits[j].alias.title
        if title is None or title.office is None or nation is None or title.office in ("ambassador", "spokesperson"):
            return None
        start = hits[i].start
        before = self.reader.before(start, the=False)
        _, _, _, _, former = lists()
        if before and before[-1] in (
            "a",
            "an",
            "any",
            "every",
            "no",
            "former",
            "next",
            "future",
            "ex",
            "deputy",
            "each",
        ):
            return None
        if (set(gap.split()) & former) or "deputy" in gap or text[end : end + 1] == "-":
            return None
        keys = [nation.country, *nation.ids] if nation.country else list(nation.ids)
        candidates = sorted({a for key in keys for a in self.registry.holders(title.office, key)})
        finding = MentionFinding(
            start,
            end,
            "nominal",
            "actor",
            tuple(candidates),
            "office",
            0.8,
            Span(start, end),
            office=text[hits[j].start : hits[j].end],
            country=nation.country,
        )
        self._add(finding)
        return max(last, j) + 1

    def _body(self, nation: _Nation | None, i: int, j: int) -> int | None:
        """A ministry, parliament, army or government with its country in front or behind."""
        hits = self.hits
        body = hits[j].alias.body
        if body is None:
            return None
        start, end, last = hits[i].start, hits[j].end, j
        if nation is None:
            nation, last, end = self._behind(j, end)
            if nation is None or self.text[hits[j].end : hits[j].end + 4] != " of ":
                self.waiting.append(hits[j])
                return j + 1
        front = hits[i].alias if i != j else hits[last].alias
        if len(nation.ids) != 1 or self.registry.actors[nation.ids[0]]["type"] != "state":
            return None
        if front.form == "metonym" and body.key not in ("self", "armed-forces"):
            return None  # "Moscow police" are a town's
        if self.text[end : end + 1] == "-":
            return None
        candidate = nation.ids[0] if body.key == "self" else f"{nation.ids[0]}-{body.key}"
        rule = "state-nominal" if body.key == "self" else "body"
        described = body.key == "self" or hits[j].alias.text.lower() in shipped().words["described"]
        form = "nominal" if described else "name"
        self._add(
            MentionFinding(start, end, form, "actor", (candidate,), rule, 0.9, Span(start, end), country=nation.country)
        )
        return last + 1

    def _people_of(self, i: int) -> int | None:
        """A people by its country or region: "Bosnian Serbs"."""
        hits = self.hits
        start, end = hits[i].start, hits[i + 1].end
        own = ids.slug(self.text[start:end])
        self._add(
            MentionFinding(
                start,
                end,
                "demonym",
                "actor",
                (own,),
                "people-of",
                0.85,
                Span(start, end),
                country=hits[i].alias.country,
            )
        )
        return i + 2

    def _plain(self, i: int) -> int:
        """Hit i as a name by itself."""
        hit = self.hits[i]
        alias = hit.alias
        if not alias.kind:
            return i + 1
        if alias.kind == "person":
            return self._known_person(i)
        if self.reader.opposed(hit.start):
            return i + 1
        if self.reader.part_of_longer(i):
            reason = "it stands inside a longer name that is not known"
            self.doc.omissions.append(OmissionFinding(hit.start, hit.end, "unresolved_mention", reason))
            return i + 1
        reading, confidence = self.reader.reading(i)
        rule, form, candidates = "name", alias.form, alias.actors
        if alias.form == "metonym":
            rule = "metonym" if reading == "actor" else "place"
            if reading == "place":
                form, candidates = "name", ()
        elif alias.kind == "place":
            rule = "place"
        span = Span(hit.start, hit.end)
        country = alias.country if reading == "place" or alias.kind == "state" else None
        finding = MentionFinding(hit.start, hit.end, form, reading, candidates, rule, confidence, span, country=country)
        self._add(finding)
        self.reader.last = finding
        return i + 1

    def _known_person(self, i: int) -> int:
        """A full name of the table; it may go on ("Maria Holm" in "Maria Holm Lund")."""
        hit = self.hits[i]
        if hit.alias.form == "nominal":  # an office that the project's names give to a person
            span = Span(hit.start, hit.end)
            self._add(MentionFinding(hit.start, hit.end, "nominal", "actor", hit.alias.actors, "name", 0.9, span))
            return i + 1
        person = self._person(hit.start - 1)
        if person is None:
            return i + 1
        form = "name" if " " in self.text[hit.start : person.end] else "surname"
        span = Span(hit.start, person.end)
        self._add(MentionFinding(hit.start, person.end, form, "actor", person.candidates, "name", 0.98, span))
        if person.full:
            self._remember(hit.start, person)
        return self._hit_after(person.end)
