"""Who spoke: the source of each quotation becomes an actor, where one candidate is left.

The order of trust: a person named in the source, a body or state named in it, the owner of a statement, then pronouns
and nominals ("the minister") by what was named shortly before. Nothing is guessed: with no candidate, or with two, the
speaker stays empty and an omission says why.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple, Protocol

from newspkg import ids
from newspkg.body import Body
from newspkg.find.known import shipped
from newspkg.find.model import OmissionFinding, QuoteFinding, Span

__all__ = ["link_quotes"]

Row = dict[str, Any]

_WORD = re.compile(r"[^\W_]+(?:[’'\-.&/][^\W_]+)*")
_PERSON_PRONOUNS = frozenset(("he", "she"))
_THING_PRONOUNS = frozenset(("it",))
_OPEN_PRONOUNS = frozenset(
    ("they", "we", "i", "you", "others", "many", "some", "both", "everyone", "his", "her", "their", "its", "one")
)
_CUTS = frozenset(
    ("of", "for", "in", "at", "to", "from", "by", "with", "on", "under", "who", "whose", "which", "behind", "about")
)
_LEADS = frozenset(("The", "A", "An", "One", "His", "Her", "Their", "Its", "Some", "Many", "Several", "Two", "Both"))
_PERSON_FORMS = frozenset(("title_name", "surname"))
_NEAR = 60  # code points before a name in which its description stands ("the apple farmer Ivo Pran")
_BACK = 4000  # code points a pronoun may look back
_RESOLVED = 0.9  # what a step back in the text leaves of a row's confidence


class _Registry(Protocol):
    """The part of `find.registry.Registry` that is asked here."""

    @property
    def actors(self) -> Mapping[str, Row]: ...

    @property
    def roles(self) -> Sequence[Row]: ...


class _Heads(NamedTuple):
    authority: frozenset[str]
    papers: frozenset[str]
    deputies: frozenset[str]
    things: frozenset[str]
    nominals: tuple[frozenset[str], ...]
    bodies: frozenset[str]


@cache
def _heads() -> _Heads:
    text = resources.files("newspkg").joinpath("knowledge", "quotes.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["speakers"]
    return _Heads(
        frozenset(table["authority"]),
        frozenset(table["papers"]),
        frozenset(table["deputies"]),
        frozenset(table["things"]),
        tuple(frozenset(group) for group in table["nominals"]),
        frozenset(table["bodies"]),
    )


class _Who(NamedTuple):
    """An answer: the actor, the mention inside the source that names it, how surely; or the reason for none."""

    actor: str | None
    mention: str | None = None
    factor: float = 1.0
    reason: str = ""


def link_quotes(
    body: Body, quotes: Sequence[QuoteFinding], mention_rows: Sequence[Row], registry: _Registry
) -> tuple[list[Row], list[OmissionFinding]]:
    """Rows of the table `quotes` in the order of `quotes`, and an omission for each source that stays open.

    `mention_rows` are rows of `mentions` of the same document; `registry.actors` and `registry.roles` may miss an actor
    that the text brought, which is then taken for a person unless its mention says otherwise.
    """
    return _Linker(body, quotes, mention_rows, registry).run()


class _Linker:
    def __init__(
        self, body: Body, quotes: Sequence[QuoteFinding], mention_rows: Sequence[Row], registry: _Registry
    ) -> None:
        self.body = body
        self.text = body.article.text
        self.document = ids.document_id(body.article.sha256)
        self.quotes = quotes
        self.registry = registry
        self.mentions = sorted(mention_rows, key=lambda m: (m["start"], m["end"]))
        self.starts = [m["start"] for m in self.mentions]
        self.blocks = [b.start for b in body.blocks]
        self.paragraphs = [b.start for b in body.blocks if b.kind == "paragraph"]
        self.sentences = [s.start for s in body.sentences]
        self.direct = sorted((q.start, q.end) for q in quotes if q.kind == "direct")
        self.direct_starts = [start for start, _ in self.direct]
        self.roles: dict[str, list[str]] = {}
        for role in registry.roles:
            self.roles.setdefault(role["actor_id"], []).append(str(role["role"]).lower())
        self.seen: dict[Span, _Who] = {}
        # persons on stage whom nobody knows: names that stayed open, and sources such as "a baker"
        self.strangers = [m["start"] for m in self.mentions if not m["actor_id"] and m["form"] in _PERSON_FORMS]
        self.described: dict[str, set[str]] = {}  # actor -> words of the sources it was named in

    def run(self) -> tuple[list[Row], list[OmissionFinding]]:
        starts: dict[int, int] = {}
        for quote in self.quotes:
            starts[quote.group] = min(quote.start, starts.get(quote.group, quote.start))
        # sources are read in the order of the text, as a later one may lean on an earlier
        spans = sorted({q.speaker for q in self.quotes if q.speaker is not None})
        for span in spans:
            who = self.seen[span] = self._who(span)
            if who.actor is None and self._stranger(span):
                insort(self.strangers, span.start)
            if who.actor is not None and who.mention is not None:
                self.described.setdefault(who.actor, set()).update(self._words(span))
        rows = [self._row(quote, f"{self.document}:g{starts[quote.group]}") for quote in self.quotes]
        omissions = [
            OmissionFinding(span.start, span.end, "ambiguous_speaker", self.seen[span].reason)
            for span in spans
            if self.seen[span].actor is None
        ]
        return rows, omissions

    def _row(self, quote: QuoteFinding, group: str) -> Row:
        who = self.seen[quote.speaker] if quote.speaker is not None else _Who(None)
        nested = self.quotes[quote.nested_in] if quote.nested_in is not None else None
        cue, speaker = quote.cue, quote.speaker
        return {
            "quote_id": ids.span_id(self.document, "quotes", quote.start, quote.end),
            "document_id": self.document,
            "quote_group": group,
            "piece": quote.piece,
            "kind": quote.kind,
            "start": quote.start,
            "end": quote.end,
            "text": self.text[quote.start : quote.end] if quote.kind == "direct" else None,
            "gist": None,
            "speaker_id": who.actor,
            "speaker_mention_id": who.mention,
            "speaker_start": speaker.start if speaker else None,
            "speaker_end": speaker.end if speaker else None,
            "cue": self.text[cue.start : cue.end] if cue else None,
            "cue_start": cue.start if cue else None,
            "cue_end": cue.end if cue else None,
            "cue_class": quote.cue_class,
            "addressee_id": self._addressee(quote.addressee),
            "nested_in": ids.span_id(self.document, "quotes", nested.start, nested.end) if nested else None,
            "said_on": None,
            "method": "rule",
            "rule": quote.rule,
            "confidence": round(quote.confidence * who.factor, 2),
            "review": "unreviewed",
        }

    # --- small questions -------------------------------------------------------------------------------------

    def _words(self, span: Span) -> list[str]:
        return [m[0].lower().replace("’", "'") for m in _WORD.finditer(self.text, span.start, span.end)]

    def _inside(self, start: int, end: int) -> list[Row]:
        """Mentions within [start, end) that are linked to an actor."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [m for m in self.mentions[first:last] if m["end"] <= end and m["actor_id"]]

    def _type(self, mention: Row) -> str:
        actor = self.registry.actors.get(mention["actor_id"])
        if actor is not None:
            return str(actor["type"])
        return "person" if mention["form"] in ("name", "title_name", "surname") else "other"

    def _country(self, actor_id: str) -> str | None:
        actor = self.registry.actors.get(actor_id)
        country = actor.get("country") if actor is not None else None
        return str(country) if country else None

    def _quoted(self, mention: Row) -> bool:
        """Whether a mention stands in somebody's quoted words: those it names are not on stage."""
        n = bisect_right(self.direct_starts, mention["start"]) - 1
        return n >= 0 and mention["end"] <= self.direct[n][1]

    def _addressee(self, span: Span | None) -> str | None:
        if span is None:
            return None
        found = {m["actor_id"] for m in self._inside(span.start, span.end) if not self._owner(m, span)}
        return found.pop() if len(found) == 1 else None

    def _owner(self, mention: Row, span: Span) -> bool:
        """Whether a mention is a genitive inside the span ("Pran's aide")."""
        after = self.text[mention["end"] : mention["end"] + 2]
        if after not in ("'s", "’s"):
            after = self.text[mention["end"] : mention["end"] + 1]
            if after not in ("'", "’"):
                return str(mention["surface"]).endswith(("'s", "’s")) and mention["end"] < span.end
        return bool(mention["end"] + len(after) < span.end)

    # --- who is it -------------------------------------------------------------------------------------------

    def _who(self, span: Span) -> _Who:
        words = self._words(span)
        if not words:
            return _Who(None, reason="the source holds no words")
        if len(words) == 1 and words[0] in _PERSON_PRONOUNS | _THING_PRONOUNS | _OPEN_PRONOUNS:
            return self._pronoun(span, words[0])
        named = self._named(span, words)
        if named is not None:
            return named
        return self._nominal(span, words)

    def _named(self, span: Span, words: list[str]) -> _Who | None:
        inside = [
            m
            for m in self._inside(span.start, span.end)
            if m["reading"] == "actor" or m["form"] in ("demonym", "metonym")
        ]
        if not inside:
            return None
        heads = _heads()
        parts = self._parts(span)
        people: list[Row] = []
        bodies: list[Row] = []
        owners: list[Row] = []
        for mention in inside:
            if self._owner(mention, span):
                owners.append(mention)
                continue
            if not any(a <= mention["start"] < b for a, b in parts):
                continue
            if mention["form"] == "demonym":
                continue
            (people if self._type(mention) == "person" else bodies).append(mention)
        for found in (people, bodies):
            actors = {m["actor_id"] for m in found}
            if len(actors) == 1:
                mention = found[0]
                if found is bodies and self._adjective(mention, span):
                    break  # "a Senate official": somebody of the body, not the body
                return _Who(mention["actor_id"], mention["mention_id"])
            if len(actors) > 1:
                return _Who(None, reason="the source names several actors")
        head = self._head(span)
        if owners and head in heads.papers and len({m["actor_id"] for m in owners}) == 1:
            return _Who(owners[0]["actor_id"], owners[0]["mention_id"])
        if head in heads.authority:
            states = {m["actor_id"]: m for m in inside if self._type(m) in ("state", "government_body")}
            if len(states) == 1:
                mention = next(iter(states.values()))
                return _Who(mention["actor_id"], mention["mention_id"], _RESOLVED)
            if len(states) > 1:
                return _Who(None, reason="the source names several actors")
        return (
            None
            if any(w in n for n in heads.nominals for w in words) or head in heads.bodies
            else _Who(None, reason="the source is somebody beside the actors it names")
        )

    def _parts(self, span: Span) -> list[tuple[int, int]]:
        """The stretches of a source in which its head or an apposition to it can stand.

        Each part between commas counts up to its first preposition or relative pronoun, unless the part opens with
        one, and unless its head is somebody else's ("a spokesman for ...").
        """
        parts = []
        start = span.start
        for piece in re.split(r"(,)", self.text[span.start : span.end]):
            end = start + len(piece)
            if piece != ",":
                stop = end
                for match in _WORD.finditer(self.text, start, end):
                    if match[0].lower() in _CUTS:
                        stop = match.start()
                        break
                if stop > start:
                    parts.append((start, stop))
                if stop < end:
                    # a name with its title after a place: "the Prime Minister of Lodria Ivo Pran"
                    first = self.text[start:stop].lower().split()
                    if not any(w in _heads().deputies for w in first):
                        last = [m for m in self._inside(stop, end) if self._type(m) == "person" and m["end"] == end]
                        parts.extend((m["start"], m["end"]) for m in last)
            start = end
        return parts

    def _adjective(self, mention: Row, span: Span) -> bool:
        """Whether a noun follows the mention in its part, so that the mention only describes it."""
        following = _WORD.match(self.text, mention["end"] + 1, span.end)
        return (
            following is not None
            and following[0][0].islower()
            and following[0].lower() not in _CUTS
            and following[0] not in ("and", "or")
        )

    def _head(self, span: Span) -> str:
        """The last word of the source before a comma, preposition or relative pronoun."""
        head = ""
        for match in _WORD.finditer(self.text, span.start, span.end):
            word = match[0].lower()
            if word in _CUTS or (head and self.text[match.start() - 2 : match.start() - 1] == ","):
                break
            head = word
        return head[:-2] if head.endswith(("'s", "’s")) else head

    # --- who was named before --------------------------------------------------------------------------------

    def _windows(self, at: int) -> list[tuple[int, int]]:
        """Stretches to look back over, nearest first: two sentences, the paragraph, the paragraph before."""
        body = self.body
        block = bisect_right(self.blocks, at) - 1
        if block < 0 or at >= body.blocks[block].end:
            return []
        low = body.blocks[block].start
        n = bisect_right(self.sentences, at) - 1
        windows = []
        if n >= 1:
            windows.append((max(low, self.sentences[n - 1]), at))
        windows.append((low, at))
        earlier = bisect_left(self.paragraphs, low) - 1
        if earlier >= 0:
            windows.append((self.paragraphs[earlier], at))
        # a bound on how far back, for texts without paragraphs
        return [(max(start, at - _BACK), at) for start, _ in windows]

    def _recent(self, window: tuple[int, int], *, person: bool) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for mention in self._inside(*window):
            if mention["reading"] != "actor" or self._quoted(mention) or mention["form"] == "demonym":
                continue
            if (self._type(mention) == "person") == person:
                found[mention["actor_id"]] = mention
        return found

    def _pronoun(self, span: Span, pronoun: str) -> _Who:
        if pronoun in _OPEN_PRONOUNS:
            return _Who(None, reason=f"'{pronoun}' stands for nobody in particular")
        person = pronoun in _PERSON_PRONOUNS
        for window in self._windows(span.start):
            found = self._recent(window, person=person)
            if len(found) == 1:
                actor, mention = next(iter(found.items()))
                if person and self._passed(mention["end"], span.start):
                    return _Who(None, reason=f"'{pronoun}' can stand for somebody nearer whose name is not known")
                return _Who(actor, None, _RESOLVED)
            if found:
                return _Who(None, reason=f"'{pronoun}' can stand for {len(found)} actors named before")
        return _Who(None, reason=f"'{pronoun}' stands for no actor named shortly before")

    def _passed(self, start: int, end: int) -> bool:
        """Whether an unknown person comes on stage in [start, end)."""
        n = bisect_left(self.strangers, start)
        return n < len(self.strangers) and self.strangers[n] < end

    def _stranger(self, span: Span) -> bool:
        """Whether an open source is a single person: a name of two words, or "a baker"; no body, paper or crowd."""
        words = self._words(span)
        if not words or words[0] in _PERSON_PRONOUNS | _THING_PRONOUNS | _OPEN_PRONOUNS:
            return False
        heads = _heads()
        head = self._head(span)
        if head in heads.bodies or head in heads.papers or head in heads.authority or head in heads.things:
            return False
        if self._unknown_name(span):
            return True
        return words[0] in ("a", "an", "one", "another") and not self._inside(span.start, span.end)

    def _named_so(self, span: Span) -> bool:
        """Whether a source is a name and nothing but a name: two capitalised words and no article before them."""
        opening = self.text[span.start : span.end].split(",")[0].split()
        return len(opening) > 1 and all(word[0].isupper() for word in opening) and opening[0] not in _LEADS

    def _unknown_name(self, span: Span) -> bool:
        """Whether a source opens with capitalised words in a row that no mention covers, and no institution's."""
        institutions = shipped().words["institutions"]
        opening = self.text[span.start : span.end].split(",")[0]
        row = 0
        for word in opening.split():
            if not word[0].isupper() or word in _LEADS:
                row = 0
            elif word in institutions:
                return False
            else:
                row += 1
            if row == 2:
                return not self._inside(span.start, span.start + len(opening))
        return False

    def _nominal(self, span: Span, words: list[str]) -> _Who:
        heads = _heads()
        head = self._head(span)
        definite = words[0] in ("the", "this", "that", "his", "her", "its", "their") or words[0] not in (
            "a",
            "an",
            "some",
            "many",
            "most",
            "several",
        )
        if self._named_so(span):
            return _Who(None, reason="the source has a name that is not known")
        if not definite or (head in heads.deputies and len(words) > 2 and any(w in _CUTS for w in words)):
            return _Who(None, reason="the source is nobody with a name")
        group = next((g for g in heads.nominals if head in g), None)
        if group is None and head not in heads.bodies:
            return _Who(None, reason="the source is nobody with a name")
        country = {self._country(m["actor_id"]) for m in self._inside(span.start, span.end)} - {None}
        for window in self._windows(span.start):
            found = {
                actor: mention
                for actor, mention in self._recent(window, person=group is not None).items()
                if (not country or self._country(actor) in country)
                and (self._is_one(actor, mention, group, words) if group else self._is_body(actor, head))
            }
            if len(found) == 1:
                return _Who(next(iter(found)), None, _RESOLVED)
            if found:
                return _Who(None, reason=f"'{head}' can stand for {len(found)} actors named before")
        return _Who(None, reason=f"'{head}' stands for no actor named shortly before")

    def _is_one(self, actor: str, mention: Row, group: frozenset[str], words: list[str]) -> bool:
        """Whether an actor is called by a word of the group: in its office, its roles, or the words before its name."""
        told = str(mention.get("_office") or "").lower()
        known = " ".join([told, *self.roles.get(actor, ()), *self.described.get(actor, ())])
        before = self.text[max(0, mention["start"] - _NEAR) : mention["end"]]
        # only the noun phrase that ends with the name: nothing before a stop or comma describes it
        near = re.split(r"[.,;:!?\"“”()\n]", before)[-1].lower()
        pool = set(_WORD.findall(known)) | set(_WORD.findall(near))
        if not any(all(part in pool for part in word.split()) for word in group):
            return False
        office = [w for w in words if w in ("foreign", "defence", "defense", "prime", "interior", "finance", "economy")]
        plain = {w: {"foreign": "foreign", "defence": "defence", "defense": "defence"}.get(w, w) for w in office}
        return all(w in pool or plain[w] in pool for w in office)

    def _is_body(self, actor: str, head: str) -> bool:
        known = self.registry.actors.get(actor)
        return (known is not None and head in str(known["name"]).lower().split()) or head in actor.split("-")
