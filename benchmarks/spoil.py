"""Faults by plan: which cells are spoilt, how, and what a validator has to say about each of them.

The plan of a table is made before its first row is written, so that a duplicate can name a row that stays whole, and a
key that others refer to is never touched. What is planted is a fault for the standard and for frictionless alike;
where the two disagree (a pattern before a line break, 1_000 as a number, a key that is null in part), nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from benchmarks.tables import SCHEMAS, SPARE, SPARE_AT, Rows, below, cells, columns, draw, hexes

Texts = list[str | None]
Error = tuple[str, str]  # type, field ("" where the fault is of the whole row)
Truth = tuple[str, int, str, str]  # table, row as frictionless counts it, field, type

RAGGED, BLANK = 5, 10  # of the rate of spoilt cells: one row in so many fewer is ragged, or is followed by a blank one
SURPLUS = ["extra", "Ωmega, too"]


@dataclass(frozen=True)
class Fault:
    """A way to spoil a cell: the text that stands there instead, and the errors that follow. `copies` has no text of
    its own: it repeats the cell of an earlier row."""

    name: str
    errors: tuple[Error, ...]
    texts: Callable[[Rows], Texts] | None = None

    @property
    def copies(self) -> bool:
        """Whether the cell of an earlier row is repeated."""
        return self.texts is None


@dataclass
class Plan:
    """What is spoilt in a table: by column the rows and their new texts, by row how many cells too many or too few,
    the rows before which a blank line stands, and the errors of each row."""

    rows: int
    cells: dict[str, tuple[Rows, Texts]] = field(default_factory=dict)
    ragged: dict[int, int] = field(default_factory=dict)
    blanks: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    errors: list[tuple[Rows, tuple[Error, ...]]] = field(default_factory=list)

    def numbers(self, rows: Rows) -> Rows:
        """The record numbers of rows: the header is record 1, and blank lines count."""
        return rows + 2 + np.searchsorted(self.blanks, rows, side="right")

    def truth(self, table: str) -> list[Truth]:
        """Every error of the table, sorted."""
        found: list[Truth] = []
        for rows, errors in self.errors:
            numbers = self.numbers(rows).tolist()
            found += [(table, number, name, kind) for kind, name in errors for number in numbers]
        blank = (self.blanks + 2 + np.arange(len(self.blanks))).tolist()
        found += [(table, number, "", kind) for kind in ("blank-row", "primary-key") for number in blank]
        return sorted(found)


# --- ways to spoil a cell --------------------------------------------------------------------------------------------


def _numbered(*forms: str) -> Callable[[Rows], Texts]:
    """Texts after these forms in turn; `{n}` stands for the row, so that many are unlike all others."""
    return lambda rows: [forms[n % len(forms)].format(n=n, d=n % 28 + 1) for n in rows.tolist()]


_NO_VALUE = {
    "integer": _numbered("12.5", "x{n}", "--{n}", "1e3", "ten"),
    "number": _numbered("0.5.{n}", "n{n}", "0,5", "1-0"),
    "boolean": _numbered("yes", "T{n}", "2", "truth"),
    # what a lenient calendar lets pass: a leading space or sign, a year of two digits, the thirtieth of February
    "date": _numbered("2020-02-30", "20200101", " 2020-01-{d:02}", "+2020-01-{d:02}", "20-01-01", "day {n}"),
    "datetime": _numbered("2020-01-01T25:00:00Z", "2020-02-30T10:00:00Z", "2020-01-01T23:59:60Z", "moment {n}"),
}
_OUTSIDE: dict[tuple[str, str], Callable[[Any], Callable[[Rows], Texts]]] = {
    ("integer", "minimum"): lambda limit: _numbered(str(limit - 1), f"{limit - 2}"),
    ("integer", "maximum"): lambda limit: _numbered(str(limit + 1), "9{n:012}"),
    ("integer", "exclusiveMinimum"): lambda limit: _numbered(str(limit), "-{n}"),
    # the long ones are equal to the limit for whoever reads them as floating point
    ("number", "minimum"): lambda limit: _numbered(f"-{-limit}.{'0' * 24}1", f"-{-limit}.{{n:06}}1"),  # of 0 or less
    ("number", "maximum"): lambda limit: _numbered(f"{limit}.{'0' * 24}1", f"{limit}.{{n:06}}1"),
    ("number", "exclusiveMinimum"): lambda limit: _numbered(str(limit), f"{limit}.000", "-0.{n:06}1"),
    ("number", "exclusiveMaximum"): lambda limit: _numbered(str(limit), f"{limit}.000", f"{limit}.{{n:06}}"),
    ("date", "minimum"): lambda _: _numbered("1989-12-31", "1789-07-{d:02}"),
    ("date", "maximum"): lambda _: _numbered("2036-01-01", "2999-02-{d:02}"),
    ("datetime", "minimum"): lambda _: _numbered("1999-12-31T23:59:59Z", "1969-07-{d:02}T02:56:00Z"),
}


def faults(table: str, name: str, seed: int = 0) -> list[Fault]:
    """All ways to spoil a cell of this column."""
    schema = SCHEMAS[table]
    about = next(f for f in schema["fields"] if f["name"] == name)
    limits: dict[str, Any] = about.get("constraints", {})
    key: list[str] = schema["primaryKey"]
    parent = next((k["reference"]["resource"] for k in schema.get("foreignKeys", ()) if k["fields"] == [name]), None)
    broken: Error = ("constraint-error", name)
    dangling: tuple[Error, ...] = (("foreign-key", name),) if parent else ()
    made: list[Fault] = []
    if about["type"] != "string":
        made.append(Fault("type", (("type-error", name),), _NO_VALUE[about["type"]]))
    for limit, value in limits.items():
        outside = _OUTSIDE.get((about["type"], limit))
        if outside:
            made.append(Fault(limit, (broken,), outside(value)))
    if limits.get("required") and (key == [name] or name not in key):
        null = (broken, ("primary-key", "")) if key == [name] else (broken,)
        made.append(Fault("required", null, lambda rows: [None if n % 2 else "NA" for n in rows.tolist()]))
    if "pattern" in limits:
        # with the table's name, or a bad key of a parent could be the same as a bad reference to it
        forms = (f"!{table}{{n}}!", f"№ {{n}} of {table}")
        made.append(Fault("pattern", (broken, *dangling), _numbered(*forms)))
    if "enum" in limits:
        made.append(Fault("enum", (broken,), _numbered("other", "kind {n}")))
    if limits.get("minLength", 0) > 1:
        made.append(Fault("minLength", (broken,), _short(limits["minLength"] - 1)))
    if "maxLength" in limits:
        start = "https://news.example/" if "pattern" in limits else ""
        made.append(Fault("maxLength", (broken,), _long(start, limits["maxLength"] + 1)))
        if "pattern" in limits:
            made.append(Fault("pattern and maxLength", (broken, broken), _long("!", limits["maxLength"] + 1)))
    if limits.get("unique"):
        made.append(Fault("unique", (("unique-error", name),)))
    if key == [name]:
        made.append(Fault("primaryKey", (("primary-key", ""),)))
    if parent:
        made.append(Fault("foreignKey", dangling, lambda rows: _nowhere(parent, rows, seed)))
    return made


def _short(length: int) -> Callable[[Rows], Texts]:
    """Texts of so many characters and four times as many bytes, unlike each other in the first 60,000 rows."""
    return lambda rows: [chr(0x20000 + n % 60_000) * length for n in rows.tolist()]


def _long(start: str, length: int) -> Callable[[Rows], Texts]:
    return lambda rows: [f"{start}{n:0{length - len(start)}}" for n in rows.tolist()]


def _nowhere(parent: str, rows: Rows, seed: int) -> Texts:
    """Keys as a parent could have them, and does not."""
    if parent == "documents":
        return ("doc-" + hexes(draw(rows, seed, "nowhere"))).to_list()
    form = "act-{}" if parent == "actors" else "evt-9{}"
    return [form.format(9_000_000 + n % 1_000_000) for n in rows.tolist()]


# --- plans -----------------------------------------------------------------------------------------------------------


def _some(seed: int, table: str, what: str, count: int, limit: int) -> Rows:
    """About so many different numbers below the limit, sorted."""
    return np.unique(below(draw(np.arange(min(count, limit)), seed, table, what), limit)) if limit > 0 else _none()


def _none() -> Rows:
    return np.empty(0, dtype=np.int64)


def _of(rate: float, rows: int) -> int:
    return round(rows * rate)


def dirty(seed: int, table: str, rows: int, quotes: int, rate: float) -> Plan:
    """A plan in which about `rate` of the cells are spoilt, in every way in turn, and rows are ragged or blank."""
    plan = Plan(rows)
    names = columns(table)
    key: list[str] = SCHEMAS[table]["primaryKey"]
    plan.blanks = _some(seed, table, "blank", _of(rate / BLANK, rows), rows - 1) + 1 if rows > 1 else _none()
    torn = _some(seed, table, "ragged", _of(rate / RAGGED, rows), rows)
    _tear(plan, seed, table, torn)
    spots = _some(seed, table, "cell", _of(rate, rows * len(names)), rows * len(names))
    whole = np.ones(rows, dtype=bool)
    whole[torn] = False
    taken: dict[str, Rows] = {}
    for at, name in enumerate(names):
        chosen = spots[spots % len(names) == at] // len(names)
        if key == [name] and table != "quotes":  # the others are referred to
            chosen = np.unique(chosen // SPARE * SPARE + SPARE_AT)
            chosen = chosen[chosen < rows]
        taken[name] = chosen[whole[chosen]]
    for name in names:
        _spoil(plan, seed, table, name, taken[name], torn, quotes)
    if len(key) > 1:
        unfit = np.unique(np.concatenate([torn, *(taken[name] for name in key)]))
        _repeat_keys(plan, seed, table, _of(rate, rows), unfit, quotes)
    return plan


def _spoil(plan: Plan, seed: int, table: str, name: str, rows: Rows, torn: Rows, quotes: int) -> None:
    ways = faults(table, name, seed)
    turn = below(draw(rows, seed, table, name, "way"), len(ways))
    at: list[Rows] = []
    texts: Texts = []
    for n, way in enumerate(ways):
        mine = rows[turn == n]
        if way.texts:
            new = way.texts(mine)
        else:
            mine, origins = _origins(plan, seed, mine, np.union1d(rows, torn))
            new = cells(seed, table, name, origins, quotes).to_list()
        at.append(mine)
        texts += new
        plan.errors.append((mine, way.errors))
    if texts:
        plan.cells[name] = (np.concatenate(at), texts)


def _origins(plan: Plan, seed: int, rows: Rows, unfit: Rows) -> tuple[Rows, Rows]:
    """The rows that can repeat an earlier one that is left whole, and for each of them that one."""
    fit = np.ones(plan.rows, dtype=bool)
    fit[unfit] = False
    good = np.flatnonzero(fit).astype(np.int64)
    before = np.searchsorted(good, rows)
    rows, before = rows[before > 0], before[before > 0]
    return rows, good[(draw(rows, seed, "origin") % before.astype(np.uint64)).astype(np.int64)]


def _repeat_keys(plan: Plan, seed: int, table: str, count: int, unfit: Rows, quotes: int) -> None:
    """Some rows get the whole key of an earlier one: a key of several columns is repeated in no other way."""
    rows = np.setdiff1d(_some(seed, table, "key", count, plan.rows), unfit)
    rows, origins = _origins(plan, seed, rows, np.union1d(rows, unfit))
    for name in SCHEMAS[table]["primaryKey"]:
        known, texts = plan.cells.get(name, (_none(), []))
        plan.cells[name] = (np.concatenate([known, rows]), texts + cells(seed, table, name, origins, quotes).to_list())
    plan.errors.append((rows, (("primary-key", ""),)))


def _tear(plan: Plan, seed: int, table: str, rows: Rows) -> None:
    """Rows with one or two cells too many or too few."""
    fields = SCHEMAS[table]["fields"]
    shape = np.array([1, 2, -1, -2])[below(draw(rows, seed, table, "shape"), 4)]
    plan.ragged = dict(zip(rows.tolist(), shape.tolist(), strict=True))
    for surplus in (1, 2):
        plan.errors.append((rows[shape == surplus], (("extra-cell", ""),) * surplus))
        lost = fields[-surplus:]
        needed = [f["name"] for f in lost if f.get("constraints", {}).get("required")]
        errors = [("missing-cell", f["name"]) for f in lost] + [("constraint-error", name) for name in needed]
        plan.errors.append((rows[shape == -surplus], tuple(errors)))


def all_bad(seed: int, table: str, rows: int) -> Plan:
    """A plan in which every row has one spoilt cell, the ways and columns in turn; no key is repeated."""
    plan = Plan(rows)
    ways = [(name, way) for name in columns(table) for way in faults(table, name, seed) if not way.copies]
    turn = below(draw(np.arange(rows), seed, table, "bad"), len(ways))
    parts: dict[str, list[tuple[Rows, Texts]]] = {}
    for n, (name, way) in enumerate(ways):
        mine = np.flatnonzero(turn == n).astype(np.int64)
        if way.texts:
            parts.setdefault(name, []).append((mine, way.texts(mine)))
            plan.errors.append((mine, way.errors))
    plan.cells = {
        name: (np.concatenate([r for r, _ in some]), [t for _, texts in some for t in texts])
        for name, some in parts.items()
    }
    return plan


def stretches(plan: Plan, start: int, stop: int) -> Iterator[tuple[int, int, str]]:
    """The rows [start, stop) in pieces that can be written at once: ("rows"), one ragged row ("ragged"), or a blank
    line before the row that follows ("blank")."""
    marks = [(int(row), 0) for row in plan.blanks if start <= row < stop]
    marks += [(row, 1) for row in plan.ragged if start <= row < stop]
    at = start
    for row, kind in sorted(marks):
        if row > at:
            yield at, row, "rows"
            at = row
        if kind:
            yield row, row + 1, "ragged"
            at = row + 1
        else:
            yield row, row, "blank"
    if at < stop:
        yield at, stop, "rows"
