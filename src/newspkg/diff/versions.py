"""Versions: which step the changes ask for, and whether NEW's `version` takes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from newspkg.diff.rules import STEPS, Step
from newspkg.report import cut

__all__ = ["Verdict", "judge_version"]

# Semantic versions as they are written: one to three numbers, perhaps a v before them.
_SEMANTIC = re.compile(
    r"[vV]?(0|[1-9][0-9]{0,9})(?:\.(0|[1-9][0-9]{0,9}))?(?:\.(0|[1-9][0-9]{0,9}))?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)
_CALENDAR = re.compile(
    r"[vV]?((?:19|20)[0-9]{2})(?:[.\-_/]?([0-9]{1,2}))?(?:[.\-_/]?([0-9]{1,2}))?(?:[.\-_]([0-9]{1,6}))?"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the changes ask of the version. `step` is what they ask for by the table of kinds, `asked` the same for a
    version 0.y, where a breaking change raises the minor number and all else the patch. `taken` is the step from OLD's
    version to NEW's, None where none can be told. `enough` says whether NEW's version was raised accordingly, None
    where that cannot be judged; `reason` says why."""

    old: str | None
    new: str | None
    step: Step
    asked: Step
    taken: Step | None
    enough: bool | None
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """The record as plain data."""
        return {
            "old": self.old,
            "new": self.new,
            "step": self.step,
            "asked": self.asked,
            "taken": self.taken,
            "enough": self.enough,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class _Semantic:
    numbers: tuple[int, int, int]
    before: tuple[tuple[int, int, str], ...]  # the identifiers of a pre-release, numbers below words; empty: a release

    @property
    def order(self) -> tuple[Any, ...]:
        return (*self.numbers, not self.before, self.before)


def judge_version(old: Any, new: Any, step: Step, unread: int = 0) -> Verdict:
    """Whether a version was raised as changes ask that need `step`; `unread` is how many things could not be compared,
    each of which may ask for more."""
    was = old if isinstance(old, str) and old else None
    now = new if isinstance(new, str) and new else None

    def say(enough: bool | None, reason: str, asked: Step = step, taken: Step | None = None) -> Verdict:
        if enough and unread and taken != "major":
            things = "something" if unread == 1 else f"{unread} things"
            enough, reason = None, f"{reason}, but {things} could not be compared, which may ask for more"
        return Verdict(was, now, step, asked, taken, enough, f"{reason}.")

    if now is None:
        if step == "none" and was is None:
            return say(True, "nothing asks for a new version")
        return say(False, "NEW has no version" + ("" if was is None else f", OLD has {cut(was)}"))
    if was is None:
        return say(True, f"OLD has no version, so {cut(now)} is the first")
    if was == now:
        if step == "none":
            return say(True, "nothing asks for a new version", taken="none")
        asked = _asked(step, _semantic(was))
        return say(False, f"the version is {cut(now)} in both", asked, "none")
    pair = f"{cut(was)} to {cut(now)}"
    days = _calendar(was), _calendar(now)
    if days[0] and days[1]:
        if days[1] > days[0]:
            return say(True, f"{pair} is later; versions that are dates say no more, so the step cannot be judged")
        same = "is not later" if days[1] == days[0] else "is earlier"
        return say(False, f"{pair}: {same}")
    one, other = _semantic(was), _semantic(now)
    if one is None or other is None:
        return say(None, f"{pair}: these are not both numbers like 1.2.3, so the step cannot be judged")
    if other.order < one.order:
        return say(False, f"{pair} lowers the version", _asked(step, one))
    asked = _asked(step, one)
    if one.before:
        if other.order == one.order:
            return say(step == "none", f"{pair} is the same version", asked, "none")
        return say(True, f"{pair}: a pre-release promises nothing", asked, _step(one, other))
    taken = _step(one, other)
    enough = STEPS.index(taken) >= STEPS.index(asked)
    if asked == "none":
        return say(True, f"{pair}; nothing asks for it", asked, taken)
    how = f"is a {taken} step" if taken != "none" else "is the same version"
    return say(enough, f"{pair} {how}, {'as' if enough else 'but'} {_article(asked)} is asked for", asked, taken)


def _article(step: Step) -> str:
    return f"a {step} one"


def _asked(step: Step, old: _Semantic | None) -> Step:
    """The step that a version 0.y takes for it, or the same."""
    if old is None or old.numbers[0] != 0:
        return step
    return {"none": "none", "patch": "patch", "minor": "patch", "major": "minor"}[step]  # type: ignore[return-value]


def _step(one: _Semantic, other: _Semantic) -> Step:
    for step, a, b in zip(("major", "minor", "patch"), one.numbers, other.numbers, strict=True):
        if b > a:
            return step  # type: ignore[return-value]
    return "none"


def _semantic(text: str) -> _Semantic | None:
    found = _SEMANTIC.fullmatch(text.strip())
    if found is None:
        return None
    major, minor, patch = (int(n or 0) for n in found.groups()[:3])
    parts = (found[4] or "").split(".") if found[4] else []
    before = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)
    return _Semantic((major, minor, patch), before)


def _calendar(text: str) -> tuple[int, ...] | None:
    """A version that is a date, with as many of its numbers as there are; None for all others."""
    found = _CALENDAR.fullmatch(text.strip())
    if found is None:
        return None
    numbers = [int(n) for n in found.groups() if n is not None]
    return tuple(numbers)
