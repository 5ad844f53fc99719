"""Rules are named functions over typed frames; this registers and runs them.

A rule says which columns it needs (`@rule("code", "quotes: start end", ...)`) and yields `Hit`s: the rows that break
it, and what to say of each. Where a table or a column is not there, or could not be read whole, the rule is left out
and the report says why. Rows with a faulty cell in a column that the rule needs are passed over, as that fault has
been told; a rule that needs all rows (`whole`) is left out then.

Every frame has the columns asked for and `#`, the position of the row in its table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from newspkg.report import Findings, cut
from newspkg.validate.cells import Column
from newspkg.validate.table import Table
from newspkg.validate.texts import Texts

__all__ = ["ROW", "RULES", "Context", "Frames", "Hit", "Rule", "check_rules", "rule"]

ROW = "#"
_TEXTS_NAMED = 20  # documents without a text that are named one by one
Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Hit:
    """Rows of `table` that break a rule. `rows` has the position `#` and whatever the sentence `say` names in braces;
    `field` is the column to look at, and its cell is shown unless `value` names another column."""

    table: str
    rows: pl.DataFrame
    field: str
    say: str
    value: str | None = None


@dataclass(slots=True)
class Context:
    """What a rule may ask for besides frames. `unmatched` is filled by the rules that look at the texts: document_id ->
    why its text cannot be compared."""

    block: Mapping[str, Any]
    tables: Mapping[str, Table]
    columns: Mapping[str, Mapping[str, Column]]
    texts: Texts | None = None
    unmatched: dict[str, str] = field(default_factory=dict)


Judge = Callable[..., Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule. `needs` is table -> columns; `arguments` are given to the function after the frames."""

    code: str
    needs: Mapping[str, tuple[str, ...]]
    judge: Judge
    whole: bool = False
    texts: bool = False
    arguments: tuple[str, ...] = ()


RULES: list[Rule] = []


def rule(
    code: str,
    *needs: str,
    whole: bool = False,
    texts: bool = False,
    each: tuple[tuple[str, ...], ...] = ((),),
) -> Callable[[Judge], Judge]:
    """Registers a function as a rule; `needs` are texts like "quotes: start end".

    With `each` it is registered once for each tuple, whose parts are put into the needs ({0}, {1} ...) and given to
    the function. `whole`: needs every row. `texts`: needs the articles.
    """

    def register(judge: Judge) -> Judge:
        for arguments in each:
            wanted: dict[str, tuple[str, ...]] = {}
            for one in needs:
                table, _, names = one.format(*arguments).partition(":")
                wanted[table] = tuple(names.split())
            RULES.append(Rule(code, wanted, judge, whole, texts, arguments))
        return judge

    return register


def check_rules(context: Context, findings: Findings, unasked: Collection[str] = ()) -> None:
    """Runs every rule that can be run; what cannot is left to the report with its reason. Of rules that look at tables
    which nobody asked for, nothing is said but that."""
    rules = [one for one in RULES if not set(unasked).intersection(one.needs)]
    if len(rules) < len(RULES):
        findings.leave("rules of the profile", "those that look at tables which were not asked for are not run")
    for one in rules:
        if one.texts and context.texts is None:
            findings.leave(f"the rule {one.code}", "the texts are not at hand; give --texts FOLDER")
            continue
        frames = _frames(one, context, findings)
        if frames is None:
            continue
        for hit in one.judge(frames, context, *one.arguments):
            _tell(one.code, hit, context.tables[hit.table], findings)
    for document, why in sorted(context.unmatched.items())[:_TEXTS_NAMED]:
        findings.leave(f"the text of {document}", why, "documents")
    if len(context.unmatched) > _TEXTS_NAMED:
        more = len(context.unmatched) - _TEXTS_NAMED
        findings.leave(f"the texts of {more} more documents", "they are not at hand as plain text either", "documents")


def _frames(one: Rule, context: Context, findings: Findings) -> dict[str, pl.DataFrame] | None:
    """The frames a rule needs, or None where it has to be left out."""
    frames = {}
    for name, columns in one.needs.items():
        table = context.tables.get(name)
        if table is None:
            why: str | None = f"the table {name} is not there or was not read"
        else:
            why = table.usable(columns) or _unfit(table, columns)
        bad: set[int] = set()
        if table is not None and why is None:
            bad = set(table.blank).union(*(told.get(c, ()) for c in columns for told in (table.lost, table.faulty)))
            if bad and one.whole:
                why = f"{name} has faulty cells in {', '.join(columns)}"
        if table is None or why is not None:
            findings.leave(f"the rule {one.code}", str(why))
            return None
        frame = table.frame.select(columns).with_row_index(ROW)
        frames[name] = frame.filter(~pl.col(ROW).is_in(sorted(bad))) if bad else frame
    return frames


_KINDS = {"start": "integer", "end": "integer", "piece": "integer", "earliest": "date", "latest": "date"}


def _unfit(table: Table, columns: tuple[str, ...]) -> str | None:
    """Why columns cannot be used by a rule: a package may bring schemas of its own."""
    for name in columns:
        if name not in table.frame.columns:
            return f"{table.name} has no column {name}"
        stem = name.rpartition("_")[2]
        due = _KINDS.get(stem) or ("integer" if stem == "chars" or name.startswith("n_") else None)
        due = due or ("number" if name == "quoted_share" else "string")
        if table.schema.field(name).type != due:
            return f"{table.name}.{name} is of type {table.schema.field(name).type}, not {due}"
    return None


def _tell(code: str, hit: Hit, table: Table, findings: Findings) -> None:
    rows = hit.rows.sort(ROW)
    positions = rows[ROW].to_list()
    index = {position: n for n, position in enumerate(positions)}
    shown = hit.value or hit.field
    own = {one.name for one in table.schema.fields if one.type == "string"}  # cells; all else a rule has made

    def say(row: int) -> str:
        cells = rows.row(index[row], named=True).items()
        return hit.say.format_map({k: "none" if v is None else cut(v) if k in own else v for k, v in cells})

    def value(row: int) -> str | None:
        cell = rows[shown][index[row]]
        return None if cell is None else str(cell)

    table.tell(findings, code, positions, hit.field, say, value)
