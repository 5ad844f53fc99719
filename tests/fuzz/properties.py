"""What must hold of any package, whatever is in it.

`validate` returns a report that can be shown in every form, or raises PkgError. The fast, the slow and the plain way of
reading say the same, keys on disk say the same as keys in memory, a limit changes no count, and the work grows with the input
no faster than a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from growth import steps
from newspkg.problems import PkgError
from newspkg.report import Report
from newspkg.validate import fast, keys, plain, records, structure, validate

__all__ = ["FAST", "PLAIN", "SLOW", "Outcome", "judged", "package", "switched"]

Outcome = frozenset[str]  # what an input comes to

FAST = {  # files of any size are read fast, in blocks and batches so small that everything spans two of them
    (fast, "LEAST"): 0,
    (fast, "_STARTED"): 0,
    (structure, "_BLOCK"): 16,
    (fast, "ROWS"): 3,
    (records, "ROWS"): 4,
    (keys, "_PENDING"): 5,
    (keys, "_LEAST"): 1,
    (plain, "SMALL"): -1,
}
SLOW = {(fast, "LEAST"): 1 << 60, (fast, "_STARTED"): 1 << 60, (plain, "SMALL"): -1}
PLAIN = {(plain, "SMALL"): 1 << 60}  # without polars, where the kinds of files and keys allow it
_STEPS = 60_000  # calls that a package may take whatever its size, and ...
_STEPS_A_BYTE = 600  # ... for each of its bytes: far above what is needed, far below what a square would come to


@contextmanager
def switched(values: dict[tuple[Any, str], int]) -> Iterator[None]:
    before = {place: getattr(*place) for place in values}
    for (module, name), value in values.items():
        setattr(module, name, value)
    try:
        yield
    finally:
        for (module, name), value in before.items():
            setattr(module, name, value)


def judged(folder: Path, limit: int | None = None, **options: Any) -> Report | str:
    """The report, or the sentence of a refusal."""
    try:
        return validate(folder, limit=limit, **options)
    except PkgError as refused:
        return f"{type(refused).__name__}: {refused}"


def same(one: Report | str, other: Report | str, said: str) -> None:
    """Checks that two ways of judging come to the same; says in what they differ."""
    if isinstance(one, str) or isinstance(other, str):
        assert one == other, said
        return
    first, second = _parts(one), _parts(other)
    if first != second:
        only = [
            "\n".join(text for text in mine if text not in theirs)
            for mine, theirs in ((first, second), (second, first))
        ]
        raise AssertionError(f"{said}\n{only[0]}\nnot\n{only[1]}")


def _parts(report: Report) -> list[str]:
    """All that a report says, without the order of problems that stand at one place."""
    data = report.as_json()
    return sorted(json.dumps(one) for part in data.values() for one in (part if isinstance(part, list) else [part]))


def sound(found: Report | str, folder: Path) -> Outcome:
    """Checks a report by itself; what it comes to."""
    if isinstance(found, str):
        assert ": " in found and "Traceback" not in found
        return frozenset({found.partition(":")[0]})
    data = found.as_json()
    shown = json.dumps(data)
    assert str(folder) not in shown, "a report names no folder of this machine"
    assert " object at 0x" not in shown, "a message shows an object of Python"
    assert found.valid == (found.errors == 0)
    assert found.errors + found.warnings == sum(found.counts.values()) == sum(f.count for f in found.findings)
    for one in found.problems:
        assert one.message, "a problem has a sentence"
        assert one.line is None or one.line >= 1
        assert one.column is None or one.column >= 1
        assert one.row is None or one.row >= 0
    found.as_text()
    found.as_frictionless()
    left = {f"left {u.reason.partition(' ')[0]}" for u in found.unchecked}
    return frozenset({f"{f.code} {f.rule or ''}"[:40] for f in found.findings} | left)


def package(folder: Path, files: dict[str, bytes], spice: int = 0) -> Outcome:
    """Everything that must hold of a package. `spice` chooses the dearer checks, which only some inputs get."""
    for old in folder.iterdir():
        old.unlink()
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    with switched(FAST):
        found = judged(folder)
        outcome = sound(found, folder)
        if spice % 4 == 1:
            same(found, judged(folder, memory=1), "keys on disk say something else")
        if spice % 4 == 2 and isinstance(found, Report):
            few = judged(folder, limit=1)
            assert isinstance(few, Report) and few.counts == found.counts, "a limit changes what is counted"
    if spice % 32 == 3:
        size = sum(map(len, files.values()))
        taken = steps(lambda: judged(folder))
        assert taken <= _STEPS + _STEPS_A_BYTE * size, f"{taken:,} calls for {size:,} bytes"
    with switched(SLOW):
        same(found, judged(folder), "the fast and the slow way differ")
    with switched(PLAIN):
        same(found, judged(folder), "plain Python says something else")
    return outcome
