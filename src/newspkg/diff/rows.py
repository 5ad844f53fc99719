"""Rows of two versions of a table: added, removed, changed.

Rows are matched by the primary key, compared as values. In a table without one a row is known by all its cells, and
may stand there several times. Of the rows with one key those that are equal in all go away in pairs; if then one is
left on each side, it has changed; if more are left, they were removed and added. With a key that is unique that is
what one expects, and with one that is not it says no more than is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from newspkg.diff.model import Cell, FieldDiff, Row
from newspkg.diff.reading import Plan, value_of
from newspkg.diff.store import Store, parts_of

__all__ = ["Compared", "compare_rows"]


@dataclass
class Compared:
    """What the comparison of rows found. `duplicates` are keys that stand more than once, in OLD and in NEW."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    duplicates: tuple[int, int] = (0, 0)
    fields: tuple[FieldDiff, ...] = ()
    samples: dict[str, tuple[Row, ...]] = field(default_factory=dict)


class _Samples:
    """The rows that come first in their file, no more than asked for."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.held: list[pl.DataFrame] = []

    def add(self, frame: pl.DataFrame, by: str) -> None:
        if not frame.height or self.limit == 0:
            return
        first = frame if self.limit is None else frame.bottom_k(self.limit, by=by)
        self.held.append(first)
        if len(self.held) > 16 and self.limit is not None:
            self.held = [pl.concat(self.held).bottom_k(self.limit, by=by)]

    def rows(self, by: str) -> list[dict[str, object]]:
        if not self.held:
            return []
        whole = pl.concat(self.held).sort(by)
        return (whole if self.limit is None else whole.head(self.limit)).to_dicts()


def compare_rows(
    old: Store, new: Store, plans: Sequence[Plan], key: Sequence[int] | None, limit: int | None
) -> Compared:
    """Compares what two stores hold. `key` are the numbers of the columns that rows are matched by, None where a row is
    known by all its cells; `limit` is how many rows of each sort are kept (None: all)."""
    return _Comparison(plans, key, limit).run(old, new)


class _Comparison:
    def __init__(self, plans: Sequence[Plan], key: Sequence[int] | None, limit: int | None) -> None:
        self.plans, self.keyed_by = plans, key is not None
        self.key = tuple(range(len(plans)) if key is None else key)
        self.rest = [n for n in range(len(plans)) if n not in self.key]
        self.found = Compared()
        self.counts = [[0, 0, 0] for _ in plans]  # changed, filled, cleared
        self.added, self.removed, self.changed = _Samples(limit), _Samples(limit), _Samples(limit)
        self.pairs = 0

    def run(self, old: Store, new: Store) -> Compared:
        for a, b in parts_of(old, new):
            if a is None and b is None:
                continue
            empty = (a if a is not None else b).clear()  # type: ignore[union-attr]
            self.part(*(self.keyed(one if one is not None else empty) for one in (a, b)))
        found = self.found
        found.samples = {
            "removed": tuple(self.row(one, old=True) for one in self.removed.rows("row")),
            "added": tuple(self.row(one, old=False) for one in self.added.rows("row")),
            "changed": tuple(map(self.change, self.changed.rows("row_new"))),
        }
        found.fields = tuple(
            FieldDiff(self.plans[n].name, c, filled, cleared, c / self.pairs)
            for n, (c, filled, cleared) in enumerate(self.counts)
            if c
        )
        return found

    @property
    def keys(self) -> list[str]:
        return [f"k{n}" for n in self.key]

    def keyed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """With the texts of the key as columns of their own."""
        return frame.with_columns(value_of(frame.columns, str(n)).alias(f"k{n}") for n in self.key)

    def part(self, old: pl.DataFrame, new: pl.DataFrame) -> None:
        """Rows of some keys, all that there are of these."""
        if not self.key:  # no column that both have
            return
        again = [one.filter(one.select(self.keys).is_duplicated()).select(self.keys).unique() for one in (old, new)]
        if self.keyed_by:
            was, now = self.found.duplicates
            self.found.duplicates = was + again[0].height, now + again[1].height
        several = pl.concat(again).unique()
        if several.height:
            how = {"on": self.keys, "nulls_equal": True}
            groups = [one.join(several, how="semi", **how) for one in (old, new)]  # type: ignore[arg-type]
            old, new = (one.join(several, how="anti", **how) for one in (old, new))  # type: ignore[arg-type]
            self.groups(*groups)
        self.single(old, new)

    def groups(self, old: pl.DataFrame, new: pl.DataFrame) -> None:
        """Rows whose key stands more than once on one side."""
        whole = [f"w{n}" for n in range(len(self.plans))]

        def numbered(frame: pl.DataFrame) -> pl.DataFrame:
            cells = [value_of(frame.columns, str(n)).alias(f"w{n}") for n in range(len(self.plans))]
            frame = frame.with_columns(cells).sort("row")
            return frame.with_columns(pl.int_range(pl.len()).over(whole).alias("#"))

        a, b = numbered(old), numbered(new)
        self.pairs += a.join(b, on=[*whole, "#"], how="semi", nulls_equal=True).height
        left = a.join(b, on=[*whole, "#"], how="anti", nulls_equal=True).drop("#", *whole)
        come = b.join(a, on=[*whole, "#"], how="anti", nulls_equal=True).drop("#", *whole)
        one = [f.filter(~f.select(self.keys).is_duplicated()) for f in (left, come)]  # one of its key is left
        lone = one[0].join(one[1], on=self.keys, how="semi", nulls_equal=True).select(self.keys)
        self.gone(left.join(lone, on=self.keys, how="anti", nulls_equal=True))
        self.come(come.join(lone, on=self.keys, how="anti", nulls_equal=True))
        self.single(*(f.join(lone, on=self.keys, how="semi", nulls_equal=True) for f in (left, come)))

    def single(self, old: pl.DataFrame, new: pl.DataFrame) -> None:
        """Rows whose key stands once on each side at most."""
        self.gone(old.join(new, on=self.keys, how="anti", nulls_equal=True))
        self.come(new.join(old, on=self.keys, how="anti", nulls_equal=True))
        both = old.join(new, on=self.keys, how="inner", nulls_equal=True, suffix="_new")
        self.pairs += both.height
        if not self.rest or not both.height:
            return
        differ = [value_of(both.columns, str(n)).ne_missing(self.other(both, n)).alias(f"d{n}") for n in self.rest]
        flags = both.select(differ)
        changed = both.hstack(flags).filter(pl.any_horizontal(f"d{n}" for n in self.rest))
        if not changed.height:
            return
        self.found.changed += changed.height
        sums = []
        for n in self.rest:
            was, now, here = pl.col(f"c{n}").is_null(), pl.col(f"c{n}_new").is_null(), pl.col(f"d{n}")
            each = here.sum(), (here & was).sum(), (here & now).sum()
            sums += [one.alias(f"{n}.{k}") for k, one in enumerate(each)]
        for name, count in changed.select(sums).row(0, named=True).items():
            number, _, k = name.partition(".")
            self.counts[int(number)][int(k)] += count
        self.changed.add(changed.select(c for c in changed.columns if c[0] in "cdr"), "row_new")

    def other(self, both: pl.DataFrame, n: int) -> pl.Expr:
        return value_of(both.columns, str(n), "_new")

    def gone(self, frame: pl.DataFrame) -> None:
        self.found.removed += frame.height
        self.removed.add(frame.select(c for c in frame.columns if c[0] in "cr"), "row")

    def come(self, frame: pl.DataFrame) -> None:
        self.found.added += frame.height
        self.added.add(frame.select(c for c in frame.columns if c[0] in "cr"), "row")

    # --- samples

    def row(self, given: dict[str, object], *, old: bool) -> Row:
        """A row that was removed, or added."""
        number = int(str(given["row"]))
        key = {self.plans[n].name: _text(given[f"c{n}"]) for n in self.key}
        texts = {n: _text(given[f"c{n}"]) for n in self.rest}
        cells = tuple(Cell(self.plans[n].name, t if old else None, None if old else t) for n, t in texts.items())
        return Row(key, number if old else None, None if old else number, tuple(c for c in cells if c.old != c.new))

    def change(self, given: dict[str, object]) -> Row:
        """A row that both sides have, with what differs."""
        key = {self.plans[n].name: _text(given[f"c{n}_new"]) for n in self.key}
        cells = tuple(
            Cell(self.plans[n].name, _text(given[f"c{n}"]), _text(given[f"c{n}_new"]))
            for n in self.rest
            if given[f"d{n}"]
        )
        return Row(key, int(str(given["row"])), int(str(given["row_new"])), cells)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
