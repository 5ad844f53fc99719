"""duckdb: every cell read as text, checks in SQL with try_cast; rows that are ragged go to its table of rejects.

A rejected row is gone from the table, and so are its other errors, and the rows behind it are counted one short.
"""

from __future__ import annotations

import duckdb
from spec import MISSING, Column, Table, root, say, tables

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMPTZ"}
SIGNS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _rules(column: Column, key: list[str]) -> list[tuple[str, str]]:
    """Pairs of the error and the SQL that is true where a cell has it."""
    cell = f'"{column.name}"'
    value = f"try_cast({cell} AS {TYPES[column.type]})" if column.type in TYPES else cell
    found = []
    if column.type in TYPES:
        found.append(("type-error", f"{cell} IS NOT NULL AND {value} IS NULL"))
    if key == [column.name]:
        found.append(("primary-key", f"{cell} IS NULL"))
    for name, limit in column.limits.items():
        match name:
            case "required":
                found.append(("constraint-error", f"{cell} IS NULL"))
            case "pattern":
                found.append(("constraint-error", f"NOT regexp_full_match({cell}, {_literal(limit)})"))
            case "enum":
                found.append(("constraint-error", f"{cell} NOT IN ({', '.join(map(_literal, limit))})"))
            case "minLength":
                found.append(("constraint-error", f"length({cell}) < {limit}"))
            case "maxLength":
                found.append(("constraint-error", f"length({cell}) > {limit}"))
            case "unique":
                pass
            case _:
                bound = f"{_literal(limit)}::{TYPES[column.type]}"
                found.append(("constraint-error", f"NOT ({value} {SIGNS[name]} {bound})"))
    return found


def _repeated(columns: list[str]) -> str:
    """The rows whose cells in these columns stood in an earlier row, through the groups that have more than one row."""
    names = ", ".join(f'"{name}"' for name in columns)
    whole = " AND ".join(f'"{name}" IS NOT NULL' for name in columns)
    twice = f"SELECT {names} FROM t WHERE {whole} GROUP BY ALL HAVING count(*) > 1"
    numbered = (
        f"SELECT n, row_number() OVER (PARTITION BY {names} ORDER BY n) AS turn FROM t JOIN ({twice}) USING ({names})"
    )
    return f"SELECT n FROM ({numbered}) WHERE turn > 1"


def _judge(base: duckdb.DuckDBPyConnection, table: Table) -> None:
    texts = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in table.names)
    gaps = ", ".join(map(_literal, MISSING))
    base.execute(
        f'CREATE TABLE "{table.name}" AS SELECT row_number() OVER () - 1 AS n, * FROM read_csv('
        f"{_literal(table.path)}, columns = {{{texts}}}, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"nullstr = [{gaps}], auto_detect = false, store_rejects = true, strict_mode = true, null_padding = false)"
    )
    base.execute(f'CREATE OR REPLACE VIEW t AS SELECT * FROM "{table.name}"')
    rules = [(column.name, kind, sql) for column in table.columns for kind, sql in _rules(column, table.key)]
    for name, parent, key in table.references:
        rules.append(
            (name, "foreign-key", f'"{name}" NOT IN (SELECT "{key}" FROM "{parent}" WHERE "{key}" IS NOT NULL)')
        )
    counts = base.execute("SELECT " + ", ".join(f"count(*) FILTER (WHERE {sql})" for *_, sql in rules) + " FROM t")
    for (name, kind, sql), count in zip(rules, counts.fetchone() or (), strict=True):
        if count:
            rows = base.execute(f"SELECT n FROM t WHERE {sql} ORDER BY n").fetchall()
            say(table.name, [n for (n,) in rows], "" if kind == "primary-key" else name, kind)
    for columns, kind in [([name], "unique-error") for name in table.unique] + [(table.key, "primary-key")]:
        rows = base.execute(_repeated(columns)).fetchall()
        say(table.name, [n for (n,) in rows], columns[0] if kind == "unique-error" else "", kind)


def main() -> None:
    """Reads and judges the tables one by one, parents first."""
    base = duckdb.connect()
    base.execute("SET TimeZone = 'UTC'")
    for table in tables(root()):
        _judge(base, table)
    for path, line, kind, column in base.execute(
        "SELECT file_path, line, error_type, column_name FROM reject_errors JOIN reject_scans USING (scan_id, file_id)"
    ).fetchall():
        name = path.rpartition("/")[2].removesuffix(".csv")
        if kind == "TOO MANY COLUMNS":
            say(name, [line - 2], "", "extra-cell")
        elif kind == "MISSING COLUMNS":
            say(name, [line - 2], column or "", "missing-cell")


if __name__ == "__main__":
    main()
