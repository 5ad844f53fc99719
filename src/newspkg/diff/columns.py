"""Columns that have left a file, have come into it, or have another label: what no schema needs to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from newspkg.diff.model import Change, TableDiff
from newspkg.diff.reading import Plan, Side
from newspkg.diff.schema import shown

__all__ = ["compare_columns"]


def compare_columns(
    found: TableDiff, old: Side, new: Side, plans: Sequence[Plan], renamed: Mapping[str, str]
) -> Iterator[Change]:
    """Fills `lost`, `gained` and `relabelled` of a table whose sides are open; gives a change for each that the change
    of the schema does not tell already. `renamed` are the fields that seem renamed there, old name to new."""
    before, after = old.names(), new.names()
    kept_old, kept_new = {one.old for one in plans}, {one.new for one in plans}
    fields_old, fields_new = (set(one.columns) for one in (old, new))
    found.lost = tuple(name for n, name in enumerate(before) if n not in kept_old)
    found.gained = tuple(name for n, name in enumerate(after) if n not in kept_new)
    for name in found.lost:
        if name in fields_old and renamed.get(name, name) not in fields_new:
            continue  # a field that was removed
        still = "; its schema still has that field" if name in fields_new else ""
        yield Change("column-lost", f"its file has lost the column {shown(name)}{still}", found.name, name, name, None)
    for name in found.gained:
        if name in fields_new and name not in fields_old:
            continue  # a field that was added
        lacks = "" if name in fields_new or not fields_new else "; its schema has no such field"
        yield Change("column-gained", f"its file has a new column {shown(name)}{lacks}", found.name, name, None, name)
    labels = []
    for one in plans:
        was, now = old.label_of(one.old), new.label_of(one.new)
        if was is None or now is None or was == now:
            continue
        labels.append((one.name, was, now))
        if renamed.get(was) == now:
            continue  # a field that was renamed, and its column with it
        said = f"its column is labelled {shown(now)}, was {shown(was)}"
        yield Change("column-relabelled", said, found.name, one.name, was, now)
    found.relabelled = tuple(labels)
