"""Keys: primary, unique and foreign, followed while the tables are read.

Null rules: a primary key has no null in any part; a unique or foreign key with a null part is not judged, as SQL does
it. Keys compare typed values: `7` and `007` are one integer. Cells that are faulty themselves are told once, as such.

A key that grows from row to row is unique, and costs nothing more. Of any other, 64 bits a row are kept: if all differ,
so do the keys; where two agree, those rows alone are read again and compared by value. Of a foreign key the keys of the
parent are kept, once for all that refer to it, and the child's are looked up as they come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from newspkg.report import Findings
from newspkg.schema import ForeignKey, TableSchema
from newspkg.validate.cells import judge
from newspkg.validate.guards import dtype_of
from newspkg.validate.keyed import NEAR, foreign_sentence, null_sentence, plan_of, readable
from newspkg.validate.model import Watch, read_again
from newspkg.validate.packed import Scratch
from newspkg.validate.spill import Hashes, Rows
from newspkg.validate.table import Table

__all__ = ["Keys"]

_ROW = "#row"
_PENDING = 1_000_000  # rows of a child that are looked up at once: the parent's set is built anew each time
_SINGLE = 20_000  # rows that are read again one by one; more are read in a second pass
_FEW = 20_000  # keys of a parent that are looked up as they are
_LEAST = 1 << 16


class Keys:
    """All keys of all tables. `memory` is about how many bytes they may hold; what is beyond goes to `scratch`."""

    def __init__(self, schemas: Mapping[str, TableSchema | None], memory: int | None, scratch: Scratch) -> None:
        self.schemas = {name: schema for name, schema in schemas.items() if schema is not None}
        self.scratch = scratch
        stores = sum(len(s.foreign_keys) + len(s.unique_keys) + 1 for s in self.schemas.values())
        self.room = None if memory is None else max(memory // max(stores, 1), _LEAST)
        self.tables: dict[str, Table] = {}
        self.parents: dict[tuple[str, tuple[str, ...]], _Parent] = {}
        self.waiting: list[_Child] = []
        self.open: list[_Unique | _Parent | _Child] = []

    def watching(self, table: Table, findings: Findings) -> Sequence[Watch]:
        """What follows a table while it is read; whatever followed it before is forgotten."""
        plan = plan_of(table, self.schemas, findings)
        self.open = [_Parent(fields, self) for fields in plan.parents]
        self.open += [_Unique(table, key, code, findings, self) for key, code in plan.unique]
        self.open += [_Child(table, key, self) for key in plan.foreign]
        return self.open

    def close(self, table: Table, findings: Findings) -> None:
        """Says what is wrong with the keys of a table that has been read, as far as that is known by then."""
        self.tables[table.name] = table
        for one in self.open:
            if isinstance(one, _Parent):
                self.parents[table.name, one.fields] = one
        for one in self.open:
            if isinstance(one, _Unique):
                one.close(findings)
            elif isinstance(one, _Child):
                one.findings = findings
                if one.parent is None:
                    self.waiting.append(one)
                else:
                    one.close()
        self.open = []

    def finish(self, findings: Findings) -> None:
        """Says what is wrong with the foreign keys whose parents were read after them, or were not."""
        for one in self.waiting:
            one.findings = findings
            one.close()


# --- unique ----------------------------------------------------------------------------------------------------------


class _Unique:
    """A key whose values may stand once."""

    def __init__(self, table: Table, fields: tuple[str, ...], code: str, findings: Findings, keys: Keys) -> None:
        self.table, self.fields, self.code, self.findings = table, fields, code, findings
        self.hashes = Hashes(keys.room, keys.scratch)
        self.rising = len(fields) == 1 and dtype_of(table.columns[fields[0]].field) != pl.Boolean()
        self.last: object = None
        self.unseen = 0  # rows at the beginning that rise, and whose hashes were not kept

    @property
    def _place(self) -> str | None:
        return self.fields[0] if len(self.fields) == 1 else None

    @property
    def _rule(self) -> str | None:
        return None if len(self.fields) == 1 else " + ".join(self.fields)

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Follows some rows; says at once where a primary key lacks a value."""
        if self.code == "primary-key":
            self._nulls(frame, start, lost)
        if self.rising:
            column = frame["k0"].drop_nulls()
            last = self.last
            rises = len(column) < 2 or bool((column.slice(1) > column.slice(0, len(column) - 1)).all())
            if rises and len(column) and last is not None:
                rises = column[0] > last
            if rises:
                self.last = column[-1] if len(column) else last
                return
            self.rising, self.unseen = False, start
        self.hashes.add(_hashed(frame), start)

    def _nulls(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        if not any(column.null_count() for column in frame):
            return
        gone = frame.select(pl.any_horizontal(pl.all().is_null())).to_series()
        rows = [i for i in gone.arg_true().to_list() if i not in lost]
        cells = dict(zip((start + i for i in rows), frame[rows].rows(), strict=True))

        said = lambda row: null_sentence(self.fields, cells[row])  # noqa: E731 - a sentence for each row
        self.table.tell(self.findings, "primary-key", list(cells), self._place, said, rule=self._rule)

    def close(self, findings: Findings) -> None:
        """Says which rows repeat the key of an earlier one."""
        self.findings = findings
        if self.unseen:
            read_again(self.table, _Prefix(self.fields, self.unseen, self.hashes))
        rows = self.hashes.repeated()
        if not rows:
            return
        frame = _values(self.table, self.fields, rows)
        names = frame.columns[1:]
        marked = frame.with_columns(pl.col(_ROW).first().over(names).alias("before"))
        later = marked.filter(pl.col(_ROW) != pl.col("before"))
        if later.is_empty():  # only their hashes agree
            return
        shown = later.head(findings.samples or later.height)
        before = dict(shown.select(_ROW, "before").rows())
        text = later.select(pl.concat_str(pl.col(names).cast(pl.String), separator=", ").alias("text")).to_series()
        at = {row: n for n, row in enumerate(shown[_ROW].to_list())}
        what = " + ".join(self.fields)
        self.table.tell(
            findings,
            self.code,
            later[_ROW].to_list(),
            self._place,
            lambda row: f"{what} is the same as in row {self.table.number(before[row])}.",
            lambda row: str(text[at[row]]),
            values=dict(text.str.slice(0, 200).value_counts().rows()),
            rule=self._rule,
            other=before.__getitem__,
        )


class _Prefix:
    """Hashes of the rows before a position, in a second pass."""

    def __init__(self, fields: tuple[str, ...], end: int, hashes: Hashes) -> None:
        self.fields, self.end, self.hashes = fields, end, hashes

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Some rows of the second pass."""
        del lost
        if start < self.end:
            self.hashes.add(_hashed(frame.head(self.end - start)), start)


class _Chosen:
    """The key values of some rows, in a second pass."""

    def __init__(self, fields: tuple[str, ...], rows: Sequence[int]) -> None:
        self.fields, self.rows = fields, pl.Series(_ROW, rows, dtype=pl.UInt32)
        self.found: list[pl.DataFrame] = []

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Some rows of the second pass."""
        del lost
        numbered = frame.with_row_index(_ROW, offset=start)
        self.found.append(numbered.filter(pl.col(_ROW).is_in(self.rows.implode())))


def _hashed(frame: pl.DataFrame) -> pl.Series:
    """64 bits a row, equal where the keys are; null where the key has a null."""
    if frame.width == 1 and not frame["k0"].dtype.is_float():
        column = frame["k0"]
        made = column.hash(seed=1)
        null = pl.Series([None], dtype=pl.UInt64)
        return made.zip_with(column.is_not_null(), null) if column.null_count() else made
    # Minus zero plus zero is zero: the two zeros are one value.
    one = [pl.col(n) + 0.0 if frame[n].dtype.is_float() else pl.col(n) for n in frame.columns]
    whole = one[0].hash(seed=1) if len(one) == 1 else pl.struct(one).hash(seed=1)
    return frame.select(pl.when(pl.all_horizontal(pl.all().is_not_null())).then(whole)).to_series()


def _values(table: Table, fields: tuple[str, ...], rows: Sequence[int]) -> pl.DataFrame:
    """The row and the typed key, as k0, k1 ..., of some rows; rows whose key has a null are left out."""
    positions = pl.Series(_ROW, rows, dtype=pl.UInt32)
    if all(name in table.frame.columns for name in fields):
        frame = table.frame.select(pl.col(name).alias(f"k{n}") for n, name in enumerate(fields))[rows]
        return frame.insert_column(0, positions).drop_nulls()
    if len(rows) > _SINGLE:
        chosen = _Chosen(fields, rows)
        read_again(table, chosen)
        return pl.concat(chosen.found).drop_nulls()
    numbers = [table.number(row) for row in rows]
    cells = table.reader.records(numbers)
    columns = [positions]
    for n, name in enumerate(fields):
        column, at = table.columns[name], table.at[name]
        texts = [cells[number][at] if at < len(cells[number]) else None for number in numbers]
        columns.append(pl.Series(f"k{n}", judge(column, texts).values, dtype=dtype_of(column.field), strict=False))
    return pl.DataFrame(columns).drop_nulls()


# --- foreign ---------------------------------------------------------------------------------------------------------


class _Parent:
    """The keys that others refer to."""

    def __init__(self, fields: tuple[str, ...], keys: Keys) -> None:
        self.fields = fields
        self.rows = Rows(keys.room, keys.scratch)
        self._known: pl.DataFrame | None = None
        self._hashes: pl.Series | None = None

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Some rows."""
        del start, lost
        self.rows.add(frame.drop_nulls())

    def known(self) -> pl.DataFrame:
        """All keys, each once; only where they are in memory."""
        if self._known is None:
            whole = self.rows.whole()
            self._known = pl.DataFrame() if whole is None else whole.unique(maintain_order=True)
            self.rows.held = [self._known] if whole is not None else []
        return self._known

    def hashes(self) -> pl.Series | None:
        """Their hashes, where the keys are many and no numbers."""
        known = self.known()
        if self._hashes is None and known.height > _FEW and not all(t.is_numeric() for t in known.dtypes):
            self._hashes = _hashed(known)
        return self._hashes


class _Child:
    """A foreign key."""

    def __init__(self, table: Table, key: ForeignKey, keys: Keys) -> None:
        self.table, self.key, self.keys = table, key, keys
        self.fields = key.fields
        self.target = key.resource or table.name
        self.parent = keys.parents.get((self.target, key.reference_fields)) if self.target != table.name else None
        self.findings: Findings | None = None
        self.rows = Rows(keys.room, keys.scratch)
        self.orphans: list[pl.DataFrame] = []
        self.pending = 0

    def take(self, frame: pl.DataFrame, start: int, lost: set[int]) -> None:
        """Some rows; looked up as soon as there are enough of them and the parent has been read."""
        del lost
        self.rows.add(frame.with_row_index(_ROW, offset=start))
        self.pending += frame.height
        if self.parent is None or self.pending < _PENDING:
            return
        if self.parent.rows.files is None and self.rows.files is None:
            self._look_up()

    def _look_up(self) -> None:
        whole = self.rows.whole()
        assert self.parent is not None
        if whole is not None:
            self.orphans.append(self._missing(whole, self.parent.known(), self.parent.hashes()))
        self.rows = Rows(self.keys.room, self.keys.scratch)
        self.pending = 0

    def _missing(self, child: pl.DataFrame, known: pl.DataFrame, hashes: pl.Series | None = None) -> pl.DataFrame:
        """The rows whose key is not known; `hashes` are those of the known keys, where they are many."""
        names = child.columns[1:]
        if known.is_empty():
            return child.drop_nulls()
        differing = [n for n in names if child[n].dtype != known[n].dtype]
        if differing:
            if not all(child[n].dtype.is_numeric() and known[n].dtype.is_numeric() for n in differing):
                return child.drop_nulls()
            child, known = (f.with_columns(pl.col(differing).cast(pl.Float64)) for f in (child, known))
        if hashes is not None and not differing:
            # Of very many keys a set of numbers costs a fifth of a set of texts. That two keys have one hash and one of
            # them is missing, has a chance of n in 2^64.
            return child.filter(~_hashed(child.select(names)).is_in(hashes.implode()))
        if len(names) == 1:
            return child.filter(~child["k0"].is_in(known["k0"].implode()))  # null is neither in nor out, and stays out
        return child.drop_nulls().join(known, on=names, how="anti", maintain_order="left")

    def close(self) -> None:
        """Says which keys are not there, unless the parent could not be read."""
        findings, table, key = self.findings, self.table, self.key
        assert findings is not None
        parent_table = readable(key, table, self.keys.tables, findings)
        if parent_table is None:
            return
        self.parent = self.keys.parents[self.target, key.reference_fields]
        near_in: list[pl.DataFrame] = []
        if self.parent.rows.files is None and self.rows.files is None:
            self._look_up()
            near_in = [self.parent.known()]
        else:
            self.rows.spill()
            self.parent.rows.spill()
            for part, child in self.rows.parts():
                known = self.parent.rows.part(part)
                self.orphans.append(self._missing(child, pl.DataFrame() if known is None else known.unique()))
            near_in = [frame for _, frame in self.parent.rows.parts()]
        some = [frame for frame in self.orphans if not frame.is_empty()]
        if not some:
            return
        orphans = pl.concat(some).sort(_ROW)
        self._tell(orphans, near_in, parent_table, findings)

    def _tell(self, orphans: pl.DataFrame, known: list[pl.DataFrame], parent: Table, findings: Findings) -> None:
        key, names = self.key, orphans.columns[1:]
        text = orphans.select(pl.concat_str(pl.col(names).cast(pl.String), separator=", ").alias("text")).to_series()
        counts = text.value_counts(sort=True)
        near = _near(counts["text"].head(NEAR), known)
        shown = orphans[_ROW].head(findings.samples or orphans.height).to_list()
        at = {row: n for n, row in enumerate(shown)}
        own, other = " + ".join(key.fields), " + ".join(key.reference_fields)

        def message(row: int) -> str:
            return foreign_sentence(key, self.table, parent, near.get(str(text[at[row]])))

        self.table.tell(
            findings,
            "foreign-key",
            orphans[_ROW].to_list(),
            key.fields[0] if len(key.fields) == 1 else None,
            message,
            lambda row: str(text[at[row]]),
            values=dict(counts.with_columns(pl.col("text").str.slice(0, 200)).group_by("text").sum().rows()),
            rule=f"{own} -> {self.target}.{other}",
        )


def _near(missing: pl.Series, known: list[pl.DataFrame]) -> dict[str, str]:
    """For keys that are not there, one that is and differs in case or outer spaces alone, or is another type's."""
    folded = pl.col("text").str.strip_chars().str.to_lowercase().alias("folded")
    wanted = missing.alias("text").to_frame().with_columns(folded)
    found: dict[str, str] = {}
    for frame in known:
        if frame.is_empty():
            continue
        whole = pl.concat_str((pl.col(n).cast(pl.String) for n in frame.columns), separator=", ")
        there = frame.select(whole.alias("text")).with_columns(folded)
        there = there.filter(pl.col("folded").is_in(wanted["folded"].implode()))
        there = there.unique("folded", keep="first", maintain_order=True).rename({"text": "there"})
        found.update(wanted.join(there, on="folded").select("text", "there").rows())
    return found
