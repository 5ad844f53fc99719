"""A Table Schema as a schema of pandera: which columns there must be, the keys, and what a frame cannot show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandera.polars as pa
import polars as pl

from newspkg.contract.columns import FieldColumn
from newspkg.problems import Problem, SchemaError, problem
from newspkg.report import Findings
from newspkg.schema import Field, TableSchema
from newspkg.validate.cells import columns_of
from newspkg.validate.fields import check_fields

__all__ = ["PART", "Note", "pandera_schema"]

Note = tuple[str, str]  # what is not checked, and why
PART = "a frame is one table, or a part of one; newspkg.validate judges the package"

_PATTERN = "polars takes this name for a pattern; neither this column is checked, nor which others there are"

_ALL_OF = frozenset(("exact", "equal", "subset"))  # a frame has every field
_ONLY = frozenset(("exact", "equal", "superset"))  # and no other column
_TYPE_OPTIONS = frozenset(("groupChar", "bareNumber", "decimalChar", "trueValues", "falseValues"))


def pandera_schema(schema: TableSchema, *, narrow: bool = False, notes: Iterable[Note] = ()) -> pa.DataFrameSchema:
    """The contract of a loaded table: dtypes, header, every constraint, and the keys within the table.

    `narrow` asks for the one dtype of each field that the toolkit's loaders give, as the profile does for its tables.
    `notes` are further things that are not checked.

    `metadata["newspkg"]` of the result has `dtypes`, the usual dtype of each column, and `unchecked`, a list of what
    the schema asks for and a frame cannot show, each with `what` and `reason`. Give it a DataFrame: of a LazyFrame
    pandera checks the column types alone. Raises SchemaError where the schema itself is wrong.
    """
    unchecked = list(notes)
    schema = _checked(schema, unchecked)
    seen: dict[str, Field] = {}
    for one in schema.fields:
        if one.name in seen:
            unchecked.append((one.name, "a second field has this name, which a frame has once; the first is checked"))
        seen.setdefault(one.name, one)
    judged = columns_of(schema, schema.name, Findings(0))
    columns = {name: FieldColumn(judged[name], narrow=narrow) for name in seen}
    odd = [name for name in columns if _is_pattern(name)]
    unchecked += [(name, _PATTERN) for name in odd]
    unchecked += _unseen(schema)
    mode = schema.fields_match
    return pa.DataFrameSchema(
        {name: one.made(present=mode in _ALL_OF) for name, one in columns.items() if name not in odd},
        checks=[*_header(schema), *_keys(schema, columns, odd)],
        name=schema.name or None,
        title=schema.title or None,
        description=schema.description or None,
        strict=mode in _ONLY and not odd,
        ordered=mode == "exact" and not odd,
        metadata={
            "newspkg": {
                "dtypes": pl.Schema([(name, one.dtype) for name, one in columns.items()]),
                "unchecked": [{"what": what, "reason": reason} for what, reason in dict.fromkeys(unchecked)],
            }
        },
    )


def _checked(schema: TableSchema, unchecked: list[Note]) -> TableSchema:
    """The schema, if nothing is wrong with its fields. Raises SchemaError."""
    problems: list[Problem] = []
    where = schema.path.name or schema.name or "the schema"

    def say(code: str, pointer: str, sentence: str, value: Any, **more: Any) -> None:
        message = f"{where}, {pointer}: {sentence}."
        problems.append(
            problem(code, message, path=where, field=pointer, value=None if value is None else str(value), **more)
        )

    schema = check_fields(schema, say, lambda name, why: unchecked.append((name, why)))
    if any(one.severity == "error" for one in problems):
        raise SchemaError(problems)
    return schema


def _is_pattern(name: str) -> bool:
    return name == "*" or (name.startswith("^") and name.endswith("$"))


# --- what a frame cannot show ----------------------------------------------------------------------------------------


def _unseen(schema: TableSchema) -> Iterator[Note]:
    """What the schema says and a typed frame cannot show."""
    lists = [("the missing values", schema.missing_values)] if schema.missing_values != ("",) else []
    lists += [
        (f"the missing values of {f.name}", f.missing_values) for f in schema.fields if f.missing_values is not None
    ]
    for what, texts in lists:
        yield what, f"a frame has null where a file has one of these: {', '.join(map(repr, texts)) or 'none'}"
    keyed = {name for key in (schema.primary_key, *schema.unique_keys) for name in key}
    for one in schema.fields:
        if one.type in ("date", "datetime", "time") and one.format != "default":
            yield f"the format of {one.name}", f"a frame has values, not texts as {one.format} has them"
        for option in sorted(one.options.keys() & _TYPE_OPTIONS):
            yield f"{option} of {one.name}", "a frame has values, not the texts that were read"
        if one.type == "number" and (one.constraints.keys() - {"required"} or one.name in keyed):
            yield f"the last digits of {one.name}", "a column of numbers has 64-bit floats; further digits are lost"
    for key in schema.foreign_keys:
        what = f"the foreign key {' + '.join(key.fields)} -> {key.resource or schema.name or 'its own table'}"
        yield what, PART


# --- the header ------------------------------------------------------------------------------------------------------


def _header(schema: TableSchema) -> Iterator[pa.Check]:
    """What `strict`, `ordered` and `required` of pandera leave open: that a frame has a field of the schema at all."""
    if schema.fields_match == "partial":

        def check(data: Any) -> bool:
            return not set(schema.names).isdisjoint(data.lazyframe.collect_schema().names())

        yield pa.Check(check, name="fieldsMatch", error="fieldsMatch")


# --- keys ------------------------------------------------------------------------------------------------------------


def _keys(schema: TableSchema, columns: Mapping[str, FieldColumn], odd: Sequence[str]) -> Iterator[pa.Check]:
    """Not pandera's own `unique`: it takes empty cells for values, and condemns the first of two rows as well."""
    if schema.primary_key:
        yield _over(
            "primaryKey", schema.primary_key, columns, odd, lambda frame, keys: _filled(frame, keys) & _once(keys)
        )
    for key in schema.unique_keys:
        yield _over(f"uniqueKeys {' + '.join(key)}", key, columns, odd, lambda _, keys: _once(keys))


def _over(
    name: str,
    fields: Sequence[str],
    columns: Mapping[str, FieldColumn],
    odd: Sequence[str],
    holds: Callable[[pl.DataFrame, pl.DataFrame], pl.Series],
) -> pa.Check:
    """A check of rows by the cells of some columns and by what is compared of them. Rows of a frame that has not all of
    the columns are not judged, as the header has been by then."""
    needed = list(dict.fromkeys(fields))

    def check(data: Any) -> pl.LazyFrame | bool:
        labels = data.lazyframe.collect_schema().names()
        if not set(needed) <= set(labels):
            return True
        places = {f"k{n}": labels.index(one) for n, one in enumerate(needed)}  # a name may be a pattern to polars
        frame = data.lazyframe.select(pl.nth(at).alias(name) for name, at in places.items()).collect()
        keys = pl.DataFrame(
            [cells if one in odd else columns[one].keys(cells) for one, cells in zip(needed, frame, strict=True)]
        )
        return pl.LazyFrame({"held": holds(frame, keys)}, schema={"held": pl.Boolean})

    return pa.Check(check, name=name, error=name)


def _whole(frame: pl.DataFrame) -> pl.Series:
    """Where no cell is empty."""
    return pl.DataFrame([column.is_not_null() for column in frame]).select(pl.all_horizontal(pl.all())).to_series()


def _filled(frame: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    """Where no cell is empty, or one is no value of its type, which is told as that."""
    lost = [a.is_not_null() & b.is_null() for a, b in zip(frame, keys, strict=True)]
    return _whole(frame) | pl.DataFrame(lost).select(pl.any_horizontal(pl.all())).to_series()


def _once(keys: pl.DataFrame) -> pl.Series:
    """Where a key stands for the first time, or has a part that is empty or no value."""
    return ~_whole(keys) | keys.to_struct("key").is_first_distinct()
