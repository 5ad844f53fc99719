"""Keys: primary, unique and foreign, also of several fields, over typed values.

Null follows SQL: a key that is unique ignores rows with a null in it, a foreign key with a null in it refers to
nothing and is not checked; a primary key may have none. Cells that are faulty themselves are told once, as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from newspkg.report import SAMPLES, Findings, cut
from newspkg.schema import ForeignKey
from newspkg.validate.model import Table

__all__ = ["check_keys"]

_ROW = "#row"  # no field of a table is likely to be called so; a clash is avoided below


def check_keys(tables: Mapping[str, Table], findings: Findings) -> None:
    """Checks all keys of all tables."""
    for table in tables.values():
        if table.schema.primary_key:
            _primary(table, findings)
        for key in table.schema.unique_keys:
            if key:
                _unique(table, key, "unique-key", findings)
        for one in table.schema.fields:
            if one.constraints.get("unique") and table.schema.primary_key != (one.name,):
                _unique(table, (one.name,), "unique-error", findings)
        for foreign in table.schema.foreign_keys:
            _foreign(table, foreign, tables, findings)


def _columns(table: Table, key: Sequence[str]) -> pl.DataFrame:
    """The key's columns as k0, k1 ..., and the row; rows with a faulty cell in the key are left out."""
    frame = table.frame.select(pl.col(name).alias(f"k{n}") for n, name in enumerate(key)).with_row_index(_ROW)
    lost = set().union(*(table.lost.get(name, set()) for name in key))
    if lost:
        frame = frame.filter(~pl.col(_ROW).is_in(sorted(lost)))
    return frame


def _leave(table: Table, what: str, reason: str, findings: Findings) -> None:
    findings.leave(what, reason, table.name)


def _primary(table: Table, findings: Findings) -> None:
    key = table.schema.primary_key
    why = table.usable(key)
    if why and table.absent.intersection(key):
        _leave(table, f"the primary key {' + '.join(key)}", why, findings)
        return
    frame = _columns(table, key)
    names = [f"k{n}" for n in range(len(key))]
    null = frame.filter(pl.any_horizontal(pl.col(names).is_null()))
    rows = null[_ROW].to_list()
    where = null.select(names).head(SAMPLES).rows()
    empty = {
        row: ", ".join(k for k, v in zip(key, cells, strict=True) if v is None)
        for row, cells in zip(rows, where, strict=False)
    }
    table.tell(
        findings,
        "primary-key",
        rows,
        key[0] if len(key) == 1 else None,
        lambda row: f"the primary key has no value in {empty[row]}.",
    )
    _repeated(table, key, frame.filter(~pl.any_horizontal(pl.col(names).is_null())), "primary-key", findings)


def _unique(table: Table, key: Sequence[str], code: str, findings: Findings) -> None:
    why = table.usable(key)
    if why and table.absent.intersection(key):
        _leave(table, f"the unique key {' + '.join(key)}", why, findings)
        return
    _repeated(table, key, _columns(table, key).drop_nulls(), code, findings)


def _repeated(table: Table, key: Sequence[str], frame: pl.DataFrame, code: str, findings: Findings) -> None:
    """Tells of every row whose key an earlier row has."""
    names = [f"k{n}" for n in range(len(key))]
    whole = pl.col(names[0]) if len(names) == 1 else pl.struct(names)
    if frame.select(whole.n_unique()).item() == frame.height:
        return
    marked = frame.with_columns(first=whole.is_first_distinct())
    later = marked.filter(~pl.col("first"))
    shown = later.head(SAMPLES).join(
        marked.filter("first").select(*names, pl.col(_ROW).alias("before")), on=names, how="left", maintain_order="left"
    )
    seen = {r[_ROW]: r for r in shown.iter_rows(named=True)}

    def text(row: int) -> str:
        return ", ".join(str(seen[row][n]) for n in names)

    table.tell(
        findings,
        code,
        later[_ROW].to_list(),
        key[0] if len(key) == 1 else None,
        lambda row: f"{' + '.join(key)} is the same as in row {table.numbers[seen[row]['before']]}.",
        text,
    )


# --- foreign keys ----------------------------------------------------------------------------------------------------


def _foreign(table: Table, key: ForeignKey, tables: Mapping[str, Table], findings: Findings) -> None:
    parent_name = key.resource or table.name
    what = f"the foreign key {' + '.join(key.fields)} -> {parent_name}"
    parent = tables.get(parent_name)
    if parent is None:
        _leave(table, what, f"the table {parent_name} was not read", findings)
        return
    own = sorted(table.absent.intersection(key.fields))
    why = f"{table.name} has no column {', '.join(own)}" if own else parent.usable(key.reference_fields)
    if why:
        _leave(table, what, why, findings)
        return
    child = _columns(table, key.fields).drop_nulls()
    known = parent.frame.select(pl.col(n).alias(f"k{i}") for i, n in enumerate(key.reference_fields)).drop_nulls()
    names = known.columns
    differing = [n for n in names if child[n].dtype != known[n].dtype]
    note = ""
    if differing:
        numeric = all(child[n].dtype.is_numeric() and known[n].dtype.is_numeric() for n in differing)
        if numeric:
            child, known = (f.with_columns(pl.col(differing).cast(pl.Float64)) for f in (child, known))
        else:
            kinds = [
                (table.schema.field(a).type, parent.schema.field(b).type)
                for a, b in zip(key.fields, key.reference_fields, strict=True)
            ]
            note = " The types differ: " + "; ".join(f"{a} here, {b} there" for a, b in kinds if a != b) + "."
    if note:
        orphans = child
    elif len(names) == 1:
        orphans = child.filter(~pl.col("k0").is_in(known["k0"].unique().implode()))
    else:
        orphans = child.join(known.unique(), on=names, how="anti", maintain_order="left")
    if orphans.is_empty():
        return
    shown = dict(zip(orphans[_ROW].head(SAMPLES).to_list(), orphans.select(names).head(SAMPLES).rows(), strict=True))
    near = _near(known) if not note else {}
    target = f"{parent_name}.{' + '.join(key.reference_fields)}"

    def message(row: int) -> str:
        close = near.get(_folded(shown[row]))
        hint = f" There is {cut(', '.join(map(str, close)))!r}." if close else ""
        return f"{' + '.join(key.fields)} is not in {target}.{hint}{note}"

    table.tell(
        findings,
        "foreign-key",
        orphans[_ROW].to_list(),
        key.fields[0] if len(key.fields) == 1 else None,
        message,
        lambda row: ", ".join(map(str, shown[row])),
    )


def _folded(cells: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(str(c).strip().casefold() for c in cells)


def _near(known: pl.DataFrame) -> dict[tuple[str, ...], tuple[object, ...]]:
    """The keys there are, by what is left of them without case and outer spaces."""
    return {_folded(cells): cells for cells in known.unique(maintain_order=True).iter_rows()}
