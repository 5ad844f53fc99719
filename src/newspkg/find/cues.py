"""The lexicon of the quotation rules: cue words with class, grade and frames, from `knowledge/quotes.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Cue", "Lexicon", "lexicon"]

BASE, THIRD, PAST, PARTICIPLE, ING = "base", "third", "past", "participle", "ing"
_VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Cue:
    """One reading of a word as a cue. `forms` says which forms of the lemma the word can be."""

    lemma: str
    particle: tuple[str, ...]
    cue_class: str
    grade: str
    frames: frozenset[str]
    forms: frozenset[str]


def _regular(lemma: str) -> tuple[str, str, str, str]:
    if lemma.endswith("e"):
        return lemma + "s", lemma + "d", lemma + "d", lemma[:-1] + "ing"
    if lemma.endswith("y") and lemma[-2] not in _VOWELS:
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma[:-1] + "ied", lemma + "ing"
    if lemma.endswith(("s", "sh", "ch", "x")):
        return lemma + "es", lemma + "ed", lemma + "ed", lemma + "ing"
    return lemma + "s", lemma + "ed", lemma + "ed", lemma + "ing"


class Lexicon:
    """`verbs` maps a lower-case form to its readings; word classes are sets of lower-case words."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.verbs: dict[str, tuple[Cue, ...]] = {}
        self.nouns: dict[str, str] = table["nouns"]
        self.words: dict[str, frozenset[str]] = {k: frozenset(v) for k, v in table["words"].items()}
        announced = table["announced"]
        self.light_verbs = frozenset(announced["verbs"])
        self.links = frozenset(announced["links"])
        self.not_sources = frozenset(announced["never"])
        # cues only after a light verb or before a colon, as "statements that he made" is a relative clause
        self.announced: dict[str, str] = {k: v for k, v in announced.items() if isinstance(v, str)}
        self.confidence: dict[str, float] = table["confidence"]
        self.grade: dict[str, float] = table["grade"]
        self.govern_grades = frozenset(table["govern"]["grades"])
        self.govern_never = frozenset(table["govern"]["never"])
        self.irony = frozenset(table["scare"]["irony"])
        self.scare: dict[str, int] = {k: v for k, v in table["scare"].items() if isinstance(v, int)}
        merged: dict[tuple[str, str, tuple[str, ...], str, str], tuple[set[str], set[str]]] = {}
        for group in table["cues"]:
            for verb in group["verbs"]:
                lemma, *particle = verb.split()
                odd = table["irregular"].get(lemma, ["", "", "", ""])
                forms = [own or regular for own, regular in zip(odd, _regular(lemma), strict=True)]
                for form, name in zip([lemma, *forms], (BASE, THIRD, PAST, PARTICIPLE, ING), strict=True):
                    key = (form, lemma, tuple(particle), group["class"], group["grade"])
                    names, frames = merged.setdefault(key, (set(), set()))
                    names.add(name)
                    frames.update(group["frames"])
        for (form, lemma, particle_, cue_class, grade), (names, frames) in merged.items():
            cue = Cue(lemma, particle_, cue_class, grade, frozenset(frames), frozenset(names))
            self.verbs[form] = (*self.verbs.get(form, ()), cue)
        for spelling, form in table["spellings"].items():
            self.verbs[spelling] = self.verbs[form]
        # readings with a particle come first: the longer cue wins
        for form, cues in self.verbs.items():
            self.verbs[form] = tuple(sorted(cues, key=lambda c: (-len(c.particle), c.grade)))


@cache
def lexicon() -> Lexicon:
    """The lexicon as shipped."""
    text = resources.files("newspkg").joinpath("knowledge", "quotes.toml").read_text(encoding="utf-8")
    return Lexicon(tomllib.loads(text))
