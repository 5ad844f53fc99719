"""Brings two versions together: their descriptors, then resource by resource their files and rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from newspkg.diff.columns import compare_columns
from newspkg.diff.model import Change, Diff, FileDiff, TableDiff, Unread
from newspkg.diff.package import compare_packages, given_of, paired
from newspkg.diff.reading import Facts, Plan, Side, plan
from newspkg.diff.rows import compare_rows
from newspkg.diff.rules import KINDS, largest
from newspkg.diff.schema import READING, renamed_fields, shown
from newspkg.diff.sources import open_version
from newspkg.diff.store import Store
from newspkg.diff.versions import judge_version
from newspkg.report import cut, figure
from newspkg.validate.descriptor import Package, Resource
from newspkg.validate.metadata import URL
from newspkg.validate.packed import Scratch
from newspkg.validate.properties import open_plain

__all__ = ["MEMORY", "compare"]

MEMORY = 1 << 30  # bytes that rows may hold where nothing else is said
_BLOCK = 1 << 20
_SHARE = 8  # of the memory, what one side's rows may take: joining them takes the rest
_LEAST = 8 << 20  # less would be many files, and the libraries alone take more
_GONE = (("file-found", "its file {} is there, which OLD lacks"), ("file-missing", "its file {} is not there any more"))
_POINTER = b"version https://git-lfs.github.com/spec/"


def compare(old: str | Path, new: str | Path, limit: int | None, memory: int | None) -> Diff:
    """See `newspkg.diff.diff`."""
    with Scratch() as scratch:
        before, after = open_version(old, scratch, "OLD"), open_version(new, scratch, "NEW")
        unread: list[Unread] = []
        pairs = paired(before, after)
        changes = list(compare_packages(before, after, pairs, unread))
        room = max((MEMORY if memory is None else memory) // _SHARE, _LEAST)
        tables = [
            _Resource(before, after, a, b, scratch, unread, changes, limit, room).compare()
            for a, b in pairs
            if a is not None and b is not None
        ]
        steps = [c.step for c in changes] + [KINDS[k].step for t in tables for k in t.kinds]
        was, now = before.descriptor.get("version"), after.descriptor.get("version")
        version = judge_version(was, now, largest(steps), sum(one.open for one in unread))
        return Diff(str(old), str(new), changes, tables, unread, version)


class _Resource:
    """A resource that both versions have."""

    def __init__(
        self,
        before: Package,
        after: Package,
        old: Resource,
        new: Resource,
        scratch: Scratch,
        unread: list[Unread],
        changes: list[Change],
        limit: int | None,
        room: int,
    ) -> None:
        self.packages = before, after
        self.old, self.new, self.scratch, self.unread = old, new, scratch, unread
        self.changes, self.limit, self.room = changes, limit, room
        self.missing: list[str | None] = [None, None]  # of each side, a file that is not there
        self.found = TableDiff(new.name, old.name, tabular=old.tabular and new.tabular)

    def leave(self, what: str, why: str) -> None:
        self.unread.append(Unread(what, why, self.new.name))

    def compare(self) -> TableDiff:
        found = self.found
        if self.afar():
            found.read = False
            return found
        files = [self.hashed(0), self.hashed(1)]
        if None in files:
            found.read = False
            self.gone(files)
            return found
        (a, x), (b, y) = (one for one in files if one is not None)
        found.file = FileDiff(a, x, b, y)
        if found.tabular and not (x == y and _read_alike(self.old, self.new)):
            self.rows()
        return found

    def afar(self) -> bool:
        """Whether the files are behind the same addresses in both versions, which are not fetched; says so."""
        old, new = (
            given_of(package, one).get("path") for package, one in zip(self.packages, (self.old, self.new), strict=True)
        )
        first = old[0] if isinstance(old, list) and old else old
        if old != new or not isinstance(first, str) or not URL.match(first):
            return False
        why = f"{cut(first)} is not fetched; the address is the same in both versions"
        self.unread.append(Unread("its files", why, self.new.name, open=False))
        return True

    def gone(self, files: Sequence[tuple[int | None, str | None] | None]) -> None:
        """Tells of a file that only one version has; what the other's file holds is known all the same."""
        for side, (kind, said) in enumerate(_GONE):
            path, other = self.missing[side], files[1 - side]
            if path is not None and other is not None:
                old, new = (None, path) if side == 0 else (path, None)
                self.changes.append(Change(kind, said.format(shown(path)), self.new.name, None, old, new))
                self.found.file = FileDiff(new_bytes=other[0], new_sha256=other[1])
                if side == 1:
                    self.found.file = FileDiff(*other)

    def hashed(self, side: int) -> tuple[int | None, str | None] | None:
        """Bytes and SHA-256 of the files of one side; None, with a note, where they cannot be read. Data that stands in
        the descriptor has no bytes of its own, but a hash of its JSON."""
        resource, label = (self.old, self.new)[side], ("OLD", "NEW")[side]
        if not resource.paths:
            if resource.data is None:
                self.leave("its files", f"{label} has none that can be read; pkg validate says why")
                return None
            return None, hashlib.sha256(json.dumps(resource.data, ensure_ascii=False).encode()).hexdigest()
        hasher, size = hashlib.sha256(), 0
        for path in resource.paths:
            try:
                with open_plain(self.packages[side].root / path) as file:
                    while block := file.read(_BLOCK):
                        if not size and block.startswith(_POINTER):
                            self.leave("its files", f"{label}: {path} is a pointer of Git LFS, not the file itself")
                            return None
                        size += len(block)
                        hasher.update(block)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                if isinstance(error, FileNotFoundError) and not URL.match(path):  # an address is not fetched
                    self.missing[side] = path
                self.leave("its files", f"{label}: {path} cannot be read ({reason})")
                return None
        return size, hasher.hexdigest()

    def rows(self) -> None:
        """Reads both sides and compares them."""
        found = self.found
        found.read = False
        sides = [
            Side(package.root, resource, self.scratch, label)
            for package, resource, label in zip(self.packages, (self.old, self.new), ("OLD", "NEW"), strict=True)
        ]
        why = next((side.why for side in sides if side.opened is None), "")
        if why or any(side.opened is None for side in sides):
            self.leave("its rows", why or "its dialect or encoding cannot be used; pkg validate says why")
            return
        renamed = {}
        if self.old.schema is not None and self.new.schema is not None:
            renamed = renamed_fields(self.old.schema, self.new.schema)
        plans = plan(sides[0], sides[1], renamed)
        self.changes += compare_columns(found, sides[0], sides[1], plans, renamed)
        if not plans:
            self.leave("its rows", "the two versions have no column in common")
            return
        names = [one.name for one in plans]
        key = self.key(names, renamed)
        numbers = list(range(len(plans))) if key is None else [names.index(name) for name in key]
        stores = [Store(numbers, self.room, self.scratch) for _ in sides]
        back = {b: a for a, b in renamed.items()}
        facts = [
            side.read(
                [one.new if new else one.old for one in plans],
                names if new else [back.get(name, name) for name in names],
                [one.typed for one in plans],
                store,
            )
            for new, side, store in zip((False, True), sides, stores, strict=True)
        ]
        broken = next((f"{s.label}: {f.broken}" for s, f in zip(sides, facts, strict=True) if f.broken), "")
        if broken:
            self.leave("its rows", broken)
            return
        found.read = True
        found.rows_old, found.rows_new = facts[0].rows, facts[1].rows
        found.key, found.compared = tuple(key or ()), tuple(names)
        result = compare_rows(stores[0], stores[1], plans, None if key is None else numbers, self.limit)
        for store in stores:
            store.clear()
        found.added, found.removed, found.changed = result.added, result.removed, result.changed
        found.fields, found.samples, found.duplicates = result.fields, result.samples, result.duplicates
        self.facts(facts, plans, sides)

    def key(self, names: list[str], renamed: dict[str, str]) -> list[str] | None:
        """The primary key by which rows can be matched: that of both or, where they differ, the one that both have all
        columns of. The choice is the same whichever version is the old one."""
        keys: list[tuple[str, ...]] = []
        if self.old.schema is not None:
            keys.append(tuple(renamed.get(name, name) for name in self.old.schema.primary_key))
        if self.new.schema is not None:
            keys.append(self.new.schema.primary_key)
        usable = [one for one in keys if one and set(one) <= set(names)]
        if not usable:
            return None
        best = min(usable, key=_short_first)
        return sorted(best, key=names.index)

    def facts(self, facts: Sequence[Facts], plans: Sequence[Plan], sides: Sequence[Side]) -> None:
        """What there is to say besides the rows."""
        found = self.found
        found.invalid = {
            one.name: (a, b) for one, a, b in zip(plans, facts[0].invalid, facts[1].invalid, strict=True) if a or b
        }
        same = facts[0].surplus == facts[1].surplus
        for side, one in zip(sides, facts, strict=True):
            if one.odd and not same:
                said = f"{side.label} has {figure(one.odd)} with surplus cells, which are not compared"
                self.leave("records that are too long", said)
            if one.unreadable:
                said = f"{side.label} has {figure(one.unreadable)} with bytes that are no text"
                self.leave("cells", said)
            for number, column in one.unclosed:
                label = cut(side.label_of(column) or str(column + 1))
                said = f"{side.label}: a quotation mark is never closed, in row {number:,}, column {label}"
                self.leave("the end of the file", f"{said}; all that follows it is one cell")
        if not found.total and not found.file.same:
            found.file = FileDiff(
                found.file.old_bytes, found.file.old_sha256, found.file.new_bytes, found.file.new_sha256,
                tuple(_why(facts, plans, sides)),
            )  # fmt: skip


def _why(facts: Sequence[Facts], plans: Sequence[Plan], sides: Sequence[Side]) -> list[str]:
    """In what else than values the files differ."""
    found = []
    if any(side.opened is None or side.opened.width != len(plans) for side in sides):
        found.append("columns that only one version has")
    if any(sides[0].label_of(p.old) != sides[1].label_of(p.new) for p in plans):
        found.append("columns with other labels")
    if [p.old for p in plans] != [p.new for p in plans]:
        found.append("columns in another order")
    one, other = facts
    if one.order != other.order:
        found.append("rows in another order")
    elif one.writing != other.writing:
        found.append("values written otherwise")
    if not found:
        found.append("quoting, line ends, missing values, or bytes that are no part of a table")
    return found


def _read_alike(old: Resource, new: Resource) -> bool:
    """Whether the same bytes mean the same rows on both sides."""
    names = ("format", "encoding", "compression", "innerpath", "dialect")
    if any(getattr(old, n) != getattr(new, n) for n in names):
        return False
    return _meaning(old) == _meaning(new)


def _meaning(resource: Resource) -> object:
    if resource.schema is None:
        return None
    return [
        (f.name, f.type, f.format, f.missing_values, {k: v for k, v in f.options.items() if k in READING})
        for f in resource.schema.fields
    ], resource.schema.missing_values


def _short_first(key: tuple[str, ...]) -> tuple[int, list[str]]:
    return len(key), sorted(key)
