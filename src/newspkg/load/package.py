"""A package as a mapping of lazy frames, and what its schemas know of how they belong together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, overload
from weakref import finalize

import polars as pl

from newspkg.load.sources import located
from newspkg.load.table import Faults, TableSource
from newspkg.load.web import LARGEST_FETCH, Web, is_address
from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError
from newspkg.report import Findings, cut
from newspkg.schema import ForeignKey, TableSchema
from newspkg.validate.descriptor import Package as Described
from newspkg.validate.descriptor import Resource, open_package
from newspkg.validate.packed import Scratch

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

__all__ = ["Package", "open_source"]

_HOW = ("left", "inner", "semi", "anti")


class _Kept(Scratch):
    """A folder that stays as long as any frame that may need it, even where nobody closes the package. Polars reads
    several tables at a time, so it may be asked by several threads."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def file(self, like: str) -> Path:
        """As `Scratch.file`."""
        with self._lock:
            first = self._folder is None
            made = super().file(like)
            if first and self._folder is not None:
                finalize(self, self._folder.cleanup)
            return made


def open_source(
    source: str | Path,
    *,
    resources: Iterable[str] | None,
    strict: bool,
    as_text: Iterable[str],
    largest: int | None,
) -> Package:
    """See `newspkg.load.load`."""
    if isinstance(source, str) and not source.strip():
        raise UsageError("an empty text names no package; the current folder is '.'.")
    if isinstance(source, str) and "://" in source and not is_address(source):
        raise UsageError(f"{source}: an address must begin with http:// or https://.")
    scratch = _Kept()
    names = None if resources is None else [resources] if isinstance(resources, str) else list(resources)
    try:
        web = Web(str(source), scratch, LARGEST_FETCH if largest is None else largest) if is_address(source) else None
        if web is not None:
            web.obtain(web.linked(names))
        described, unread = _described(web.path if web is not None else located(source, scratch), source)
        return Package(str(source), described, scratch, web, names, unread, strict=strict, as_text=as_text)
    except BaseException:
        scratch.close()
        raise


def _described(path: Path, source: str | Path) -> tuple[Described, dict[str, str]]:
    """The package at a path, as its descriptor has it, and why tables of it cannot be read, by resource."""
    findings = Findings(1)
    try:
        found = open_package(path, findings)
    except UsageError as wrong:
        if path == Path(source):
            raise
        raise UsageError(f"{source}: there is no {DESCRIPTOR} in it.") from wrong
    if not found.resources:
        told = findings.report().problems
        first = told[0].message.rstrip(".") if told else "it has no resources"
        raise CannotRun(f"{source}: there is nothing to load: {first}. pkg validate says more.")
    unread = {one.resource: one.message.rstrip(".") for one in reversed(findings.report().problems) if one.resource}
    unread |= {one.resource: one.reason for one in findings.unchecked if one.resource}
    return found, unread


class Package(Mapping[str, pl.LazyFrame]):
    """The tables of a package by the names of its resources, as lazy frames; `package.quotes` is `package["quotes"]`
    for every name that is an identifier and no method.

    What was unpacked or fetched lies in a temporary folder, which goes with `close`, at the end of a `with`, or with
    this object. `descriptor` is the descriptor as it stands.
    """

    descriptor: dict[str, Any]

    def __init__(
        self,
        source: str,
        described: Described,
        scratch: Scratch,
        web: Web | None,
        names: Sequence[str] | None,
        unread: Mapping[str, str],
        *,
        strict: bool,
        as_text: Iterable[str],
    ) -> None:
        self._source, self._scratch, self._web = source, scratch, web
        self.descriptor = described.descriptor
        self._root, self._faults, self._closed = described.root, Faults(), False
        everything = {r.name: r for r in described.resources}
        wanted = list(everything) if names is None else [_named(n, everything, source) for n in dict.fromkeys(names)]
        tables = {n: everything[n] for n in wanted if everything[n].tabular or everything[n].schema is not None}
        self._others = {n: _no_table(everything[n], unread.get(n)) for n in wanted if n not in tables}
        if names is not None and self._others:
            other, why = next(iter(self._others.items()))
            raise UsageError(f"{source}: the resource {other} is no table that can be read: {why}.")
        texts = _fields_as_text(as_text, everything)
        there = web is None and Path(source).exists()
        if there and described.root.resolve() == _folder(source) / "data":  # a bag
            source = str(Path(source) / "data")
        folder = there and described.root.resolve() == _folder(source)
        hint = f"`pkg validate {source}` says more." if folder else "`pkg validate` on the unpacked package says more."
        self._resources: dict[str, Resource] = tables
        self._sources = {
            name: TableSource(
                described, one, scratch, strict=strict, as_text=frozenset(texts.get(name, ())), faults=self._faults,
                obtain=web.obtain if web is not None else _at_hand, check=web is not None and bool(web.base), hint=hint,
                unread="" if one.tabular else unread.get(name, "it is no table"),
                wrong=f"{unread[name]}." if name in unread else "",
            )
            for name, one in tables.items()
        }  # fmt: skip
        self._frames: dict[str, pl.LazyFrame] = {}

    # --- the mapping

    def __getitem__(self, name: str) -> pl.LazyFrame:
        if self._closed:
            raise CannotRun(f"{self._source}: the package has been closed.")
        if name not in self._sources:
            raise KeyError(self._absent(name))
        if name not in self._frames:
            self._frames[name] = self._sources[name].frame()
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __getattr__(self, name: str) -> pl.LazyFrame:
        sources = self.__dict__.get("_sources", {})
        if name in sources:
            return self[name]
        raise AttributeError(self._absent(name) if not name.startswith("_") else name)

    def _absent(self, name: str) -> str:
        if name in self._others:
            return f"the resource {name} is no table: {self._others[name]}."
        return _unknown(name, self._sources, "table")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name for name in self._sources if name.isidentifier())})

    def scan(self, name: str, *, labels: bool = False) -> pl.LazyFrame:
        """The table of that name; raises KeyError where there is none. With `labels`, the values of fields that have
        categories with labels are the labels instead, as an Enum in the order of the categories."""
        frame = self[name]
        return frame.with_columns(_labelled(self._sources[name])) if labels else frame

    @overload
    def collect(self, name: None = None) -> dict[str, pl.DataFrame]: ...
    @overload
    def collect(self, name: str) -> pl.DataFrame: ...
    def collect(self, name: str | None = None) -> pl.DataFrame | dict[str, pl.DataFrame]:
        """All tables as frames that are read, by name; or the one of a name."""
        if name is not None:
            return self[name].collect()
        return dict(zip(self, pl.collect_all([self[one] for one in self]), strict=True))

    # --- what the schemas say

    def schema(self, name: str) -> TableSchema:
        """The schema of a table; where the package has none, one with a field for each label."""
        self[name]
        return self._sources[name].described()

    def resource(self, name: str) -> Resource:
        """How a table stands in its files, as its descriptor says; raises KeyError where there is none."""
        self[name]
        return self._resources[name]

    def labels(self, name: str) -> dict[str, dict[Any, str]]:
        """The labels of the categories of a table: by field, by value. Fields without labels are left out."""
        return {field: dict(pairs) for field, pairs in _categories(self.schema(name)).items()}

    def join(
        self,
        left: str,
        right: str,
        on: str | Sequence[str] | None = None,
        *,
        how: Literal["left", "inner", "semi", "anti"] = "left",
        suffix: str | None = None,
    ) -> pl.LazyFrame:
        """Two tables along the foreign key between them, whichever of them has it. Where there are several, `on` says
        which: the fields of the key. All columns of `left` keep their names; one of `right` whose name is taken gets
        `suffix`, which is `_` and the name of `right` where nothing is said. The key's columns of `right` say the same
        as those of `left` and are left out. `how` is as polars has it: left, inner, semi, anti. Rows
        keep the order of `left`, and among those the order of `right`.

        Raises UsageError where there is no such key, or more than one, or another `how`.
        """
        if how not in _HOW:
            raise UsageError(f"how={how!r}: a join along a key is {', '.join(_HOW[:-1])} or {_HOW[-1]}.")
        pairs = self._key(left, right, on)
        suffix = f"_{right}" if suffix is None else suffix
        one, other = self[left], self[right]
        known = (self._sources[left].schema(), self._sources[right].schema())
        keys = [f"{name}\0key" for _, name in pairs]
        other = other.rename({name: key for (_, name), key in zip(pairs, keys, strict=True)})
        for (name, theirs), key in zip(pairs, keys, strict=True):
            if known[0][name] != known[1][theirs]:  # an Enum and text, years and whole numbers
                other = other.with_columns(pl.col(key).cast(known[0][name], strict=False))
        mine = [name for name, _ in pairs]
        return one.join(other, left_on=mine, right_on=keys, how=how, suffix=suffix, maintain_order="left_right")

    def _key(self, left: str, right: str, on: str | Sequence[str] | None) -> list[tuple[str, str]]:
        """The columns that are compared: of `left`, of `right`."""
        here, there = self.schema(left), self.schema(right)
        found = [(key.fields, _pairs(key)) for key in here.foreign_keys if _to(key, here, right)]
        if left != right:
            back = [key for key in there.foreign_keys if _to(key, there, left)]
            found += [(key.fields, [(theirs, mine) for mine, theirs in _pairs(key)]) for key in back]
        wanted = None if on is None else (on,) if isinstance(on, str) else tuple(on)
        fit = [pairs for fields, pairs in found if wanted is None or set(wanted) == set(fields)]
        if len(fit) == 1:
            return fit[0]
        listed = "; ".join(f"on={_on(fields)}" for fields, _ in found)
        between = f"between {left} and {right}"
        if not found:
            raise UsageError(f"there is no foreign key {between}; join the two frames by hand.")
        if wanted is None:
            raise UsageError(f"{len(found)} foreign keys lead {between}; say which: {listed}.")
        raise UsageError(f"no foreign key {between} has the fields {', '.join(wanted)} and no others; known: {listed}.")

    # --- elsewhere

    @overload
    def to_pandas(self, name: None = None) -> dict[str, pd.DataFrame]: ...
    @overload
    def to_pandas(self, name: str) -> pd.DataFrame: ...
    def to_pandas(self, name: str | None = None) -> pd.DataFrame | dict[str, pd.DataFrame]:
        """The table of a name in pandas, or all of them by name, with dtypes that know null; see docs/loading.md.
        Raises CannotRun where pandas is not installed."""
        from newspkg.load.pandas import to_pandas

        if name is not None:
            return to_pandas(self[name].collect(), self.schema(name))
        return {one: to_pandas(frame, self.schema(one)) for one, frame in self.collect().items()}

    def to_duckdb(self, path: str | Path | duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyConnection:
        """The tables in a database of DuckDB, with their keys as far as the rows keep them: in a file, in a database
        that is open already, or in memory. Raises CannotRun where duckdb is not installed or the file is in use, and
        UsageError where a table of a name is there already."""
        from newspkg.load.duckdb import to_duckdb

        return to_duckdb({name: self[name] for name in self}, {name: self.schema(name) for name in self}, path)

    # --- the rest

    @property
    def faults(self) -> pl.DataFrame:
        """What is not as the schemas say in what has been read so far with `strict=False`: table, field, row, line,
        value, code, message. No more than 10,000 of a table."""
        names = {"table": "resource", "field": "field", "row": "row", "line": "line", "value": "value", "code": "code"}
        numbers = {"row", "line"}
        found = [one.as_dict() for one in self._faults.listed()]
        return pl.DataFrame(
            {to: [one[key] for one in found] for to, key in {**names, "message": "message"}.items()},
            schema={to: pl.Int64 if to in numbers else pl.String for to in [*names, "message"]},
        )

    @property
    def root(self) -> Path:
        """The folder with the package's files; of one at an address, all files of the tables are fetched first."""
        if self._closed:
            raise CannotRun(f"{self._source}: the package has been closed.")
        if self._web is not None:
            self._web.obtain(path for one in self._resources.values() for path in one.paths)
        return self._root

    def close(self) -> None:
        """Removes what was unpacked or fetched. Frames that have been collected stay."""
        self._closed = True
        self._scratch.close()

    def __enter__(self) -> Package:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        lines = [f"Package {self.descriptor.get('name') or self._source}: {len(self)} table{'s' * (len(self) != 1)}"]
        wide = max(map(len, self), default=0)
        for name, one in self._resources.items():
            lines.append(f"  {name:<{wide}}  {', '.join(_facts(one))}".rstrip())
        lines += [f"  {name} is no table: {why}" for name, why in self._others.items()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = escape(str(self.descriptor.get("title") or self.descriptor.get("name") or self._source))
        rows = []
        for name, one in self._resources.items():
            fields = one.schema.names if one.schema is not None else ()
            rows.append(
                f"<tr><td>{escape(name)}</td><td>{'' if one.rows is None else f'{one.rows:,}'}</td>"
                f"<td>{escape(', '.join(fields))}</td></tr>"
            )
        top = "<tr><th>table</th><th>rows</th><th>fields</th></tr>"
        return f"<p><b>{head}</b></p><table><thead>{top}</thead><tbody>{''.join(rows)}</tbody></table>"


def _at_hand(paths: Sequence[str]) -> None:
    """Nothing to do: the files are here."""


def _folder(source: str) -> Path:
    given = Path(source).resolve()
    return given if given.is_dir() else given.parent


def _facts(one: Resource) -> Iterator[str]:
    if one.rows is not None:
        yield f"{one.rows:,} rows"
    if one.schema is not None:
        yield f"{len(one.schema.fields)} fields"
    yield one.format if not one.compression else f"{one.format}.{one.compression}"


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    near = difflib.get_close_matches(name, list(known), 3)
    listed = ", ".join([*known][:20]) or "none"
    some = f"did you mean {' or '.join(near)}?" if near else f"there are {listed}."
    return f"the package has no {what} {cut(name)!r}; {some}"


def _no_table(one: Resource, unread: str | None) -> str:
    """Why a resource is no table."""
    if unread is not None:
        return unread
    if one.schema is None:
        return "it says neither `type: table` nor a schema"
    return "it is of no format that is read"


def _named(name: str, known: Mapping[str, Any], source: str) -> str:
    if name not in known:
        raise UsageError(f"{source}: {_unknown(name, known, 'resource')}")
    return name


def _fields_as_text(as_text: Iterable[str], resources: Mapping[str, Resource]) -> dict[str, set[str]]:
    """The fields that are loaded as they stand, by table."""
    found: dict[str, set[str]] = {}
    for one in [as_text] if isinstance(as_text, str) else as_text:
        fits = [
            (name, one.removeprefix(f"{name}."))
            for name, r in resources.items()
            if one.startswith(f"{name}.") and r.schema is not None and one.removeprefix(f"{name}.") in r.schema.names
        ]
        if not fits:
            raise UsageError(f"as_text: there is no field {cut(one)!r}; write it as table.field.")
        found.setdefault(fits[0][0], set()).add(fits[0][1])
    return found


def _to(key: ForeignKey, schema: TableSchema, other: str) -> bool:
    """Whether a foreign key of a schema refers to a table."""
    return (key.resource or schema.name) == other


def _pairs(key: ForeignKey) -> list[tuple[str, str]]:
    return list(zip(key.fields, key.reference_fields, strict=True))


def _on(fields: Sequence[str]) -> str:
    return f'"{fields[0]}"' if len(fields) == 1 else f"[{', '.join(map(repr, fields))}]"


def _categories(schema: TableSchema) -> dict[str, list[tuple[Any, str]]]:
    """The values and labels of fields that have labels of their own."""
    return {
        one.name: list(one.categories)
        for one in schema.fields
        if any(label and label != str(value) for value, label in one.categories)
    }


def _labelled(source: TableSource) -> list[pl.Expr]:
    made = []
    for name, pairs in _categories(source.described()).items():
        labels = [label or str(value) for value, label in pairs]
        if len(set(labels)) < len(labels):  # two values that look alike would become one
            continue
        into = pl.Enum(labels)
        values = pl.col(name).cast(pl.String)
        old = [str(value) for value, _ in pairs]
        made.append(values.replace_strict(old, labels, default=None, return_dtype=pl.String).cast(into).alias(name))
    return made
