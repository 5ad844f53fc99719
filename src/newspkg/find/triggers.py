"""The lexicon of the event rules, read once from `knowledge/events.toml`: what every word form can be.

One look-up per token answers everything: `Lexicon.words[form]` is a `Word` with the classes the form belongs to (bits
of `flags`) and its readings as a verb that carries an event, a verb that only brings one about, and an event noun.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

__all__ = [
    "ADV",
    "BASE",
    "BE",
    "COORD",
    "DEFINITE",
    "DET",
    "DO",
    "FIN",
    "FREQ",
    "HAVE",
    "ING",
    "MODAL",
    "NEG",
    "PART",
    "PAST",
    "PERSON",
    "PLACE",
    "PREP",
    "PRON",
    "REL",
    "SAY",
    "SOFT",
    "SUB",
    "THIRD",
    "Lexicon",
    "Noun",
    "Verb",
    "Word",
    "lexicon",
]

# Classes of words.
DET, PREP, BE, HAVE, DO, MODAL, NEG, SUB, REL, COORD, PRON, FREQ, SAY, FIN, ADV, SOFT, PLACE, DEFINITE, PERSON = (
    1 << n for n in range(19)
)
# Forms of verbs.
BASE, THIRD, PAST, PART, ING = 1, 2, 4, 8, 16

_CLASSES = {
    "determiners": DET,
    "prepositions": PREP,
    "be": BE,
    "have": HAVE,
    "do": DO,
    "modals": MODAL,
    "negations": NEG,
    "subordinators": SUB,
    "relatives": REL,
    "coordinators": COORD,
    "pronouns": PRON,
    "frequency": FREQ,
    "say": SAY,
    "finite": FIN,
    "adverbs": ADV,
    "soft": SOFT,
    "places": PLACE,
    "definite": DEFINITE,
    "objects": PERSON,
}


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that carries an event. `preps` maps a preposition to the role of the name after it."""

    lemma: str
    particle: tuple[str, ...]
    type: str
    mode: str | None
    label: str
    subject: str
    object: str
    preps: Mapping[str, str]
    needs: frozenset[str]
    heads: frozenset[str]
    never: frozenset[str]


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun that names an event. `front` are the words before the last one ("phone" of "phone call")."""

    lemma: str
    front: tuple[str, ...]
    type: str
    mode: str | None
    label: str
    of: str
    gen: str
    preps: Mapping[str, str]
    grade: str
    tail: frozenset[str]
    joint: frozenset[str]


@dataclass(slots=True)
class Word:
    """All readings of one word form; `verbs`, `light`, `happens` with the forms (bits) the word can be."""

    flags: int = 0
    verbs: list[tuple[Verb, int]] = field(default_factory=list)
    light: list[tuple[str, tuple[str, ...], str, int]] = field(
        default_factory=list
    )  # lemma, particle, role of subject, forms
    happens: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    nouns: list[tuple[Noun, bool]] = field(default_factory=list)  # and whether it is a plural

    @property
    def forms(self) -> int:
        """The verb forms the word can be, over all readings."""
        bits = 0
        for _, form in self.verbs:
            bits |= form
        for _, _, _, form in self.light:
            bits |= form
        for _, _, form in self.happens:
            bits |= form
        return bits


def _regular(lemma: str) -> tuple[str, str, str, str]:
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma[:-1] + "ied", lemma + "ing"
    if lemma.endswith(("s", "sh", "ch", "x", "z")):
        return lemma + "es", lemma + "ed", lemma + "ed", lemma + "ing"
    return lemma + "s", lemma + "ed", lemma + "ed", lemma + "ing"


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


def _name(words: str) -> str:
    """Words as part of a rule's name."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


class Lexicon:
    """`words` maps a lower-case form to a `Word`; `sets` are the plain word lists; `triggers` the forms that may carry
    an event."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.words: dict[str, Word] = {}
        self.sets: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in table["words"].items()}
        self.sides: dict[str, str] = table["sides"]
        self.confidence: dict[str, float] = table["confidence"]
        self.labels: dict[str, str] = {}  # the name of a rule, without its kind -> what the event is called
        self._odd: dict[str, list[str]] = table["irregular"]
        for name, bit in _CLASSES.items():
            for word in self.sets[name]:
                self._word(word).flags |= bit
        for group in table["verbs"]:
            self._add_verbs(group)
        for role, lemmas in table["light"].items():
            for words in dict.fromkeys(lemmas):
                lemma, *particle = words.split()
                for form, bits in self._forms(lemma):
                    self._word(form).light.append((lemma, tuple(particle), role, bits))
        for words in table["happens"]["verbs"]:
            lemma, *particle = words.split()
            for form, bits in self._forms(lemma):
                self._word(form).happens.append((lemma, tuple(particle), bits))
        for group in table["nouns"]:
            self._add_nouns(group)
        for spelling, form in table["spellings"].items():
            self.words[spelling] = self.words[form]
        for entry in self.words.values():  # the longer reading first
            entry.verbs.sort(key=lambda reading: -len(reading[0].particle))
            entry.light.sort(key=lambda reading: -len(reading[1]))
            entry.happens.sort(key=lambda reading: -len(reading[1]))
            entry.nouns.sort(key=lambda reading: -len(reading[0].front))
        self.triggers = frozenset(form for form, word in self.words.items() if word.verbs or word.nouns)

    def label(self, rule: str, kind: str) -> str:
        """What the event of a rule (its name without "verb.", "noun." ...) of a type is called."""
        lemma = rule.removesuffix(f".{kind.lower()}")
        return self.labels.get(f"{lemma}.{kind}", lemma.replace("-", " "))

    def _word(self, form: str) -> Word:
        return self.words.setdefault(form, Word())

    def _forms(self, lemma: str) -> Iterable[tuple[str, int]]:
        forms: dict[str, int] = {lemma: BASE}
        for form, bit in zip(self._odd.get(lemma) or _regular(lemma), (THIRD, PAST, PART, ING), strict=True):
            forms[form] = forms.get(form, 0) | bit
        return forms.items()

    def _add_verbs(self, group: Mapping[str, Any]) -> None:
        for words in group["lemmas"]:
            lemma, *particle = words.split()
            verb = Verb(
                lemma=_name(words),
                particle=tuple(particle),
                type=group["type"],
                mode=group.get("mode"),
                label=group.get("label", words),
                subject=group.get("subject", "initiator"),
                object=group.get("object", "target"),
                preps=group.get("preps", {}),
                needs=frozenset(group.get("needs", ["object"])),
                heads=frozenset(group.get("heads", ())),
                never=frozenset(group.get("never", ())),
            )
            self.labels.setdefault(f"{verb.lemma}.{verb.type}", verb.label)
            for form, bits in self._forms(lemma):
                self._word(form).verbs.append((verb, bits))

    def _add_nouns(self, group: Mapping[str, Any]) -> None:
        for words in group["lemmas"]:
            *front, last = words.split()
            noun = Noun(
                lemma=_name(words),
                front=tuple(front),
                type=group["type"],
                mode=group.get("mode"),
                label=group.get("label", words),
                of=group.get("of", ""),
                gen=group.get("gen", ""),
                preps=group.get("preps", {}),
                grade=group["grade"],
                tail=frozenset(group.get("tail", ())),
                joint=frozenset(group.get("joint", ())),
            )
            self.labels.setdefault(f"{noun.lemma}.{noun.type}", noun.label)
            only = group.get("plural") == "only" or last.endswith("s")
            self._word(last).nouns.append((noun, only))
            if not only:
                self._word(_plural(last)).nouns.append((noun, True))


@cache
def lexicon() -> Lexicon:
    """The lexicon as shipped."""
    text = resources.files("newspkg").joinpath("knowledge", "events.toml").read_text(encoding="utf-8")
    return Lexicon(tomllib.loads(text))
