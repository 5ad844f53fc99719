"""Expressions of SQL as a check states them: told apart word by word, and only what is known here is handed on.

polars reads the SQL. What it reads besides expressions (subqueries, table functions, the clock, patterns of columns) is
kept from it: each word has to be a field of the tables at hand, or stand on one of the lists below. The expression is
then written anew from these words, every field in quotation marks, so that polars sees nothing but what was looked at.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from newspkg.report import cut

__all__ = ["AGGREGATES", "FAULTS", "FUNCTIONS", "LONGEST", "Expression", "Unfit", "column", "read", "said", "trial"]

LONGEST = 2000  # characters of an expression
_PARTS = 500  # its words and signs: polars goes down one step for each in a long sum, and has only so much room

# None of these makes a text much longer or looks at the clock, nor takes a missing text for an empty one.
FUNCTIONS = frozenset(
    {
        *("ABS", "CEIL", "FLOOR", "ROUND", "SIGN", "SQRT", "LN", "LOG10", "EXP", "POW", "MOD", "DIV"),
        *("COALESCE", "NULLIF", "IFNULL", "GREATEST", "LEAST", "IF"),
        *("LENGTH", "LOWER", "UPPER", "TRIM", "LTRIM", "RTRIM", "LEFT", "RIGHT", "SUBSTR", "SPLIT_PART"),
        *("STARTS_WITH", "ENDS_WITH", "REGEXP_LIKE", "REVERSE"),
        *("DATE", "DATE_PART", "STRFTIME"),
    }
)
AGGREGATES = frozenset(
    {
        *("COUNT", "SUM", "MIN", "MAX", "AVG", "MEDIAN", "STDDEV", "VARIANCE"),
        *("QUANTILE_CONT", "QUANTILE_DISC", "FIRST", "LAST"),
    }
)
_WORDS = frozenset(
    {
        *(
            "AND",
            "OR",
            "NOT",
            "XOR",
            "IN",
            "IS",
            "NULL",
            "TRUE",
            "FALSE",
            "BETWEEN",
            "LIKE",
            "ILIKE",
            "RLIKE",
            "REGEXP",
        ),
        *("CASE", "WHEN", "THEN", "ELSE", "END", "CAST", "TRY_CAST", "AS", "DISTINCT", "FROM", "FILTER", "WHERE"),
        *("DATE", "TIMESTAMP", "INTERVAL"),
    }
)
_TYPES = {
    **dict.fromkeys(("INT", "INTEGER", "BIGINT"), "BIGINT"),
    **dict.fromkeys(("DOUBLE", "FLOAT", "REAL"), "DOUBLE"),
    **dict.fromkeys(("VARCHAR", "TEXT", "STRING"), "VARCHAR"),
    **{name: name for name in ("BOOLEAN", "DATE", "TIMESTAMP")},
}
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    | (?P<refused>--|/\*)
    | (?P<sign><>|<=|>=|!=|==|\|\||::|//|[-+*/%=<>(),~])
    )""",
    re.VERBOSE,
)

# What polars raises for an expression that does not fit its data. A panic is a fault of polars itself; here it is one
# of the expression, which the author can write in another way.
FAULTS: tuple[type[BaseException], ...] = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


class Unfit(Exception):  # noqa: N818 - never leaves these modules
    """Why an expression cannot be used: the rest of a sentence that begins with its place."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that was read: `fields` are the names it uses, `over_rows` whether it has an aggregate."""

    text: str
    expr: pl.Expr
    fields: tuple[str, ...]
    over_rows: bool


def column(name: str) -> str:
    """What a field's column is called while it is judged: its name, unless polars would take that for a pattern. What
    begins with # and another character than a colon is free for columns that are no field's."""
    return f"#:{name}" if name[:1] in ("^", "*", "#") else name


def said(error: BaseException) -> str:
    """What polars says of a fault, without the tree of the expression that follows it."""
    first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    return cut(first.rstrip(". :"), 160)


def read(text: str, known: Collection[str], where: str) -> Expression:
    """The expression over the fields `known`; `where` names their table in messages. Raises Unfit."""
    if len(text) > LONGEST:
        raise Unfit(f"has {len(text):,} characters; an expression has at most {LONGEST:,}")
    written, over_rows = _written(_tokens(text), known, where)
    try:
        expr = pl.sql_expr(written)
    except FAULTS as error:
        raise Unfit(f"is no expression of SQL: {said(error)}") from error
    roots = set(expr.meta.root_names())
    fields = tuple(name for name in known if column(name) in roots)
    if len(fields) < len(roots):
        raise Unfit(f"is no expression over the fields of {where}")
    return Expression(text, expr, fields, over_rows)


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of each word and sign."""
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            rest = text[at:].lstrip()
            if rest[0] in "'\"":
                raise Unfit(f"has a quotation mark that is not closed: {cut(rest, 20)}")
            raise Unfit(f"has a sign that no expression has: {rest[0]!r}")
        if token.lastgroup == "refused":
            raise Unfit(f"has a comment ({token['refused']}); say it in the description of the check")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    if not found:
        raise Unfit("is blank")
    if len(found) > _PARTS:
        raise Unfit(f"has {len(found):,} words and signs; an expression has at most {_PARTS}")
    return found


def _written(tokens: list[tuple[str, str]], known: Collection[str], where: str) -> tuple[str, bool]:
    """The expression written anew, and whether it has an aggregate. Raises Unfit at a word that is not known."""
    parts: list[str] = []
    over_rows = False
    before = ""
    for n, (kind, token) in enumerate(tokens):
        after_kind, after = tokens[n + 1] if n + 1 < len(tokens) else ("", "")
        if kind in ("word", "quoted"):
            name = token[1:-1].replace('""', '"') if kind == "quoted" else token
            if name in known and (kind == "quoted" or (after != "(" and after_kind != "text")):
                token = '"' + column(name).replace('"', '""') + '"'
            elif kind == "quoted":
                raise Unfit(_no_field(name, known, where))
            else:
                token = _word(token, before, after, known, where)
                over_rows = over_rows or (token in AGGREGATES and after == "(")
        parts.append(token)
        before = token
    return " ".join(parts), over_rows


def _word(token: str, before: str, after: str, known: Collection[str], where: str) -> str:
    """A word of SQL as polars is given it. Raises Unfit where it is none that is allowed here."""
    upper = token.upper()
    if before in ("AS", "::"):
        if upper not in _TYPES:
            raise Unfit(f"casts to {cut(token)}; a cast is to one of {', '.join(sorted(set(_TYPES.values())))}")
        return _TYPES[upper]
    if after == "(" and upper in FUNCTIONS | AGGREGATES:
        return upper
    if upper in _WORDS and (upper != "FROM" or before == "DISTINCT"):
        return upper
    if after == "(":
        near = difflib.get_close_matches(upper, FUNCTIONS | AGGREGATES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise Unfit(f"calls {cut(token)}, which is no function that a check may call{hint}")
    raise Unfit(_no_field(token, known, where))


def _no_field(name: str, known: Collection[str], where: str) -> str:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]}?" if near else "; a text stands in single quotation marks" if " " in name else ""
    return f"names {cut(name)!r}, which is no field of {cut(where)}{hint}"


def trial(expr: pl.Expr, dtypes: Mapping[str, pl.DataType], *, grouped: bool) -> pl.DataFrame:
    """The expression over two rows without values, alone or as one group. Raises what polars raises."""
    frame = pl.DataFrame({column(name): [None, None] for name in dtypes} | {"#one": [1, 1]}).cast(
        {column(name): dtype for name, dtype in dtypes.items()}
    )
    return frame.group_by("#one").agg(expr.alias("#ok")) if grouped else frame.select(expr.alias("#ok"))
