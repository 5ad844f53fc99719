"""Runs checks over tables that have been read.

Cells that are faulty have been told as such, so rows that have one where a check looks are passed over; a group that
has one is not judged. What cannot be judged at all is left to the report with its reason.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from newspkg.problems import Problem, problem
from newspkg.report import Findings, cut
from newspkg.validate.checks.model import PLACE, Check, Join, share
from newspkg.validate.checks.sql import FAULTS, column, said
from newspkg.validate.table import Table

__all__ = ["needed", "run_checks"]

Tables = Mapping[str, Table]
_ROW, _SKIP, _OK = "#row", "#skip", "#ok"
# What a function may raise. It is somebody else's code: whatever it is, it is told.
_RAISED: tuple[type[BaseException], ...] = (Exception, SystemExit, *FAULTS)


class _Left(Exception):  # noqa: N818 - never leaves this module
    """Why a check is not judged, and of which resource that is said."""


class _Invalid(Exception):  # noqa: N818 - never leaves this module
    """Why a check cannot be used, as only the data show: the rest of a sentence that begins with its name."""


def needed(checks: Iterable[Check]) -> dict[str, set[str]]:
    """resource -> the fields whose typed values the checks look at."""
    found: dict[str, set[str]] = {}
    for check in checks:
        for name, fields in check.needs.items():
            found.setdefault(name, set()).update(fields)
    return found


def run_checks(checks: Iterable[Check], tables: Tables, findings: Findings) -> None:
    """Runs every check that can be run. Never raises for what a check or its function does."""
    kinds = {"row": _rows, "group": _groups, "rows": _count, "missing": _missing, "function": _function}
    for check in checks:
        try:
            kinds[check.kind](check, tables, findings)
        except _Left as why:
            findings.leave(check.what, str(why), check.resource or None)
        except _Invalid as why:
            _invalid(check, str(why), findings)
        except FAULTS as error:
            _invalid(check, f"cannot be judged on these values: {said(error)}", findings)


def _invalid(check: Check, message: str, findings: Findings) -> None:
    findings.add(
        problem(
            "check-invalid",
            f"{check.pointer or check.name} {message}.",
            resource=check.resource or None,
            field=check.pointer or None,
            path=check.path,
            line=check.line,
            rule=check.name,
        )
    )


def _table(name: str, fields: Iterable[str], tables: Tables) -> Table:
    """A table that can be relied on in these fields. Raises _Left."""
    table = tables.get(name)
    if table is None:
        raise _Left(f"the table {name} was not read")
    why = table.usable(sorted(fields))
    if why is not None:
        raise _Left(why)
    return table


# --- frames ----------------------------------------------------------------------------------------------------------


def _bad(table: Table, fields: Iterable[str]) -> set[int]:
    """Rows that are blank, or have a faulty cell in one of these fields."""
    return set(table.blank).union(*(told.get(f, ()) for f in fields for told in (table.lost, table.faulty)))


def _mask(height: int, rows: Iterable[int]) -> pl.Series:
    """True at these rows."""
    mask = pl.Series([False]).new_from_index(0, height)
    wanted = sorted(rows)
    return mask.scatter(wanted, True) if wanted else mask


def _column(table: Table, name: str, called: str) -> pl.Series:
    """A column as an expression sees it: moments are UTC without saying so."""
    values = table.frame[name].alias(called)
    return values.dt.replace_time_zone(None) if isinstance(values.dtype, pl.Datetime) else values


def _framed(check: Check, tables: Tables) -> tuple[Table, pl.DataFrame]:
    """The rows that a check by an expression looks at, and their table. Besides the fields there are #row, the position
    in the table, and #skip, which is true where a cell is faulty. Blank rows are left out. Raises _Left, _Invalid."""
    assert check.expression is not None
    table = _table(check.resource, check.needs[check.resource], tables)
    height = table.height
    joined = {name for join in check.joins for name in join.fields}
    used = dict.fromkeys([*check.expression.fields, *check.by, *check.placeholders()])
    looked = [n for n in check.expression.fields if n not in joined] + [n for join in check.joins for n in join.own]
    frame = pl.DataFrame(
        [
            pl.int_range(height, eager=True).alias(_ROW),
            *(_column(table, name, column(name)) for name in used if name not in joined),
            _mask(height, _bad(table, looked)).alias(_SKIP),
        ]
    )
    for join in check.joins:
        frame = _join(frame, table, join, tables)
    if table.blank:
        frame = frame.filter(~_mask(height, table.blank))
    return table, frame


def _join(frame: pl.DataFrame, table: Table, join: Join, tables: Tables) -> pl.DataFrame:
    """The frame with another table's fields beside its own, row by row; no values where that has no such record."""
    other = _table(join.resource, {*join.theirs, *join.fields.values()}, tables)
    height = other.height
    own = [table.frame[name].alias(f"#o{n}") for n, name in enumerate(join.own)]
    keys = [other.frame[name].alias(f"#k{n}") for n, name in enumerate(join.theirs)]
    for n, (one, two) in enumerate(zip(own, keys, strict=True)):
        if one.dtype != two.dtype:  # both are numbers, as the check was read
            own[n], keys[n] = one.cast(pl.Float64), two.cast(pl.Float64)
    right = pl.DataFrame(
        [
            *keys,
            *(_column(other, theirs, column(name)) for name, theirs in join.fields.items()),
            _mask(height, _bad(other, join.fields.values())).alias("#bad"),
            pl.Series([True]).new_from_index(0, height).alias("#found"),
        ]
    )
    right = right.filter(~_mask(height, other.blank)).drop_nulls([k.name for k in keys])
    repeated = right.filter(right.select(k.name for k in keys).is_duplicated())
    if not repeated.is_empty():
        what = f"{join.resource} has several rows with the same {' + '.join(join.theirs)}"
        if other.schema.is_unique(join.theirs):  # told as such
            raise _Left(f"{what}, so it cannot be told which is meant")
        shown = cut(", ".join(map(_text, repeated.row(0)[: len(keys)])))
        raise _Invalid(f"joins on fields that are no key: {what} ({shown})")
    wide = frame.with_columns(own).join(
        right, left_on=[o.name for o in own], right_on=[k.name for k in keys], how="left", maintain_order="left"
    )
    skip = pl.col(_SKIP) | pl.col("#bad").fill_null(False)
    if any(other.lost.get(name) for name in join.theirs):  # what was not found may be a key that could not be read
        skip = skip | (pl.col("#found").is_null() & pl.all_horizontal(pl.col(o.name).is_not_null() for o in own))
    return wide.with_columns(skip.alias(_SKIP)).drop("#bad", "#found", *(o.name for o in own))


# --- what is said ----------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    """A cell as a message shows it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else str(value)


def _filled(check: Check, cells: Mapping[str, Any]) -> str:
    """The message of a check with the cells in their places."""
    return PLACE.sub(lambda m: m[0][0] if m[1] is None else cut(_text(cells[column(m[1])])), check.message)


def _sentence(said: str, limit: str) -> str:
    stop = "" if said.rstrip().endswith((".", "!", "?")) else "."
    return f"{said.rstrip()}{stop}{limit}"


def _limit(check: Check, broken: int, judged: int, what: str) -> str:
    """How many break the check and how many may, where some may."""
    if not check.at_most:
        return ""
    return f" {broken:,} of {judged:,} {what} do; at most {share(check.at_most)} may."


def _tell(
    check: Check,
    table: Table,
    broken: pl.DataFrame,
    *,
    field: str | None,
    shown: Iterable[str],
    usual: str,
    limit: str,
    findings: Findings,
) -> None:
    """Tells of rows. `usual` is said where the check has no message of its own, `shown` are the fields of the value."""
    rows: list[int] = broken[_ROW].to_list()
    names = list(shown)

    def cells(row: int) -> dict[str, Any]:
        return broken.row(bisect_left(rows, row), named=True)

    def message(row: int) -> str:
        return _sentence(_filled(check, cells(row)) if check.message else usual, limit)

    def value(row: int) -> str | None:
        found = [cells(row)[column(name)] for name in names]
        if len(found) == 1:
            return None if found[0] is None else _text(found[0])
        return ", ".join(f"{name}={_text(cell)}" for name, cell in zip(names, found, strict=True)) or None

    table.tell(findings, "check-error", rows, field, message, value, rule=check.name, severity=check.severity)


def _whole(check: Check, table: Table, message: str, value: str | None, findings: Findings) -> None:
    """Tells of a table as a whole."""
    findings.add(
        problem(
            "check-error",
            message,
            resource=table.name,
            value=value,
            path=table.resource.place,
            rule=check.name,
            severity=check.severity,
        )
    )


# --- the kinds -------------------------------------------------------------------------------------------------------


def _rows(check: Check, tables: Tables, findings: Findings) -> None:
    assert check.expression is not None
    table, frame = _framed(check, tables)
    frame = frame.filter(~pl.col(_SKIP))
    kept = frame.select(check.expression.expr.alias(_OK))[_OK]
    broken = frame.filter(~kept.fill_null(True))
    if check.allows(broken.height, frame.height):
        return
    fields = check.expression.fields
    own = [name for name in fields if name in table.schema.names]
    _tell(
        check,
        table,
        broken,
        field=own[0] if len(own) == 1 else None,
        shown=fields,
        usual=f"breaks the check {check.name}: {cut(check.expression.text, 200)}",
        limit=_limit(check, broken.height, frame.height, "rows"),
        findings=findings,
    )


def _groups(check: Check, tables: Tables, findings: Findings) -> None:
    assert check.expression is not None
    table, frame = _framed(check, tables)
    expr, text = check.expression.expr.alias(_OK), cut(check.expression.text, 200)
    if not check.by:
        if frame[_SKIP].any():
            raise _Left(f"{table.name} has faulty cells where it looks")
        kept = frame.select(expr)[_OK]
        if not kept.fill_null(True).all() and not check.allows(1, 1):
            usual = f"the table breaks the check {check.name}: {text}"
            _whole(check, table, _sentence(_filled(check, {}) if check.message else usual, ""), None, findings)
        return
    joined = {name for join in check.joins for name in join.fields}
    lost = any(table.lost.get(name) for name in check.by if name not in joined)
    if lost or (joined.intersection(check.by) and frame[_SKIP].any()):
        raise _Left(f"{table.name} has rows whose group is not known, as their cells are faulty")
    keys = [column(name) for name in check.by]
    groups = (
        frame.drop_nulls(keys).group_by(keys, maintain_order=True).agg(expr, pl.col(_ROW).first(), pl.col(_SKIP).any())
    )
    faulty = int(groups[_SKIP].sum())
    if faulty:
        n = f"{faulty:,} group{'s' * (faulty > 1)}"
        findings.leave(f"{n} in {check.what}", "there are faulty cells where it looks", table.name)
    judged = groups.filter(~pl.col(_SKIP))
    broken = judged.filter(~judged[_OK].fill_null(True)).sort(_ROW)
    if check.allows(broken.height, judged.height):
        return
    _tell(
        check,
        table,
        broken,
        field=check.by[0] if len(check.by) == 1 and check.by[0] not in joined else None,
        shown=check.by,
        usual=f"the rows with the same {' + '.join(check.by)} break the check {check.name}: {text}",
        limit=_limit(check, broken.height, judged.height, "groups"),
        findings=findings,
    )


def _count(check: Check, tables: Tables, findings: Findings) -> None:
    table = _table(check.resource, (), tables)
    n = table.height - len(table.blank)
    if (check.minimum or 0) <= n and (check.maximum is None or n <= check.maximum):
        return
    bounds = [f"at least {check.minimum:,}"] if check.minimum is not None else []
    bounds += [f"at most {check.maximum:,}"] if check.maximum is not None else []
    usual = f"the table has {n:,} rows; the check {check.name} asks for {' and '.join(bounds)}"
    _whole(check, table, _sentence(_filled(check, {}) if check.message else usual, ""), str(n), findings)


def _missing(check: Check, tables: Tables, findings: Findings) -> None:
    table = _table(check.resource, check.needs[check.resource], tables)
    height = table.height
    shown = check.placeholders()
    for name in check.fields:
        skip = _mask(height, {*table.blank, *table.lost.get(name, ())})
        frame = pl.DataFrame(
            [
                pl.int_range(height, eager=True).alias(_ROW),
                *(_column(table, n, column(n)) for n in dict.fromkeys([name, *shown])),
            ]
        ).filter(~skip)
        broken = frame.filter(frame[column(name)].is_null())
        if not check.allows(broken.height, frame.height):
            _tell(
                check,
                table,
                broken,
                field=name,
                shown=(),
                usual=f"{name} is missing, which breaks the check {check.name}",
                limit=_limit(check, broken.height, frame.height, "rows"),
                findings=findings,
            )


# --- functions -------------------------------------------------------------------------------------------------------


def _function(check: Check, tables: Tables, findings: Findings) -> None:
    assert check.function is not None
    frames = {}
    for name in check.needs:
        table = _table(name, (), tables)
        frames[name] = pl.DataFrame([table.frame[f] for f in table.schema.names if f in table.frame.columns])
    try:
        given = check.function(frames, check.options)
        found = None if given is None else list(given)
    except _RAISED as error:
        raise _Invalid(f"fails: {type(error).__name__}: {said(error)}") from error
    if found is None:
        raise _Invalid("gives None; a function gives its findings, or an empty list")
    gathered: dict[tuple[str, str | None], dict[int, tuple[str, str | None]]] = {}
    for one in found:
        _take(check, one, tables, gathered, findings)
    for (name, field), told in gathered.items():
        table = tables[name]
        bad = _bad(table, [field] if field else [])
        rows = sorted(row for row in told if row not in bad)
        table.tell(
            findings,
            "check-error",
            rows,
            field,
            lambda row, told=told: told[row][0],  # type: ignore[misc]
            lambda row, told=told: told[row][1],  # type: ignore[misc]
            rule=check.name,
            severity=check.severity,
        )


def _take(
    check: Check,
    one: Any,
    tables: Tables,
    gathered: dict[tuple[str, str | None], dict[int, tuple[str, str | None]]],
    findings: Findings,
) -> None:
    """Takes one finding of a function: by its table and field, where it is of a row. Raises _Invalid."""
    if isinstance(one, Problem):
        findings.add(replace(one, code="check-error", rule=check.name))
        return
    keys = ("resource", "field", "row_index", "message", "value")
    name, field, row, message, value = (one.get(k) if isinstance(one, Mapping) else getattr(one, k, None) for k in keys)
    if name is None:
        name = next(iter(check.needs)) if len(check.needs) == 1 else None
    if not isinstance(name, str) or name not in check.needs:
        raise _Invalid(f"gives a finding of {cut(name)!r}, which is no table that it was given")
    if not isinstance(message, str) or not message.strip():
        raise _Invalid("gives a finding without a message")
    if field is not None and not isinstance(field, str):
        raise _Invalid(f"gives a finding whose field is no text: {cut(field)}")
    said_value = None if value is None else _text(value)
    if row is None:
        findings.add(
            problem(
                "check-error",
                _sentence(message, ""),
                resource=name,
                field=field,
                value=None if said_value is None else cut(said_value, 200),
                rule=check.name,
                severity=check.severity,
            )
        )
        return
    height = tables[name].height
    if not isinstance(row, int) or isinstance(row, bool) or not 0 <= row < height:
        raise _Invalid(f"gives a finding of row_index {cut(row)}; the rows of {name} are 0 to {height - 1:,}")
    gathered.setdefault((name, field), {}).setdefault(row, (_sentence(message, ""), said_value))
