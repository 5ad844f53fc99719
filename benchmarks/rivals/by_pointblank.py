"""pointblank: a step a check, and a count a step; it names no rows in its report. Cells are checked as text."""

from __future__ import annotations

import pointblank as pb
import polars as pl
from exprs import checks, text
from spec import root, say_count, tables


def main() -> None:
    """Interrogates the tables one by one, parents first."""
    frames: dict[str, pl.DataFrame] = {}
    for table in tables(root()):
        frame = frames[table.name] = text(table)
        plan = pb.Validate(frame)
        steps: list[tuple[str, str]] = []
        for column in table.columns:
            name = column.name
            if column.required:
                plan = plan.col_vals_not_null(columns=name)
                steps.append((name, "constraint-error"))
            for rule, expression in checks(column).items():
                limit = column.limits.get(rule)
                if rule == "pattern":
                    plan = plan.col_vals_regex(columns=name, pattern=f"^(?:{limit})$", na_pass=True)
                elif rule == "enum":
                    plan = plan.col_vals_expr(expr=pl.col(name).is_in(limit) | pl.col(name).is_null())
                else:
                    good = expression.fill_null(value=rule != "type") | pl.col(name).is_null()
                    plan = plan.col_vals_expr(expr=good)
                steps.append((name, "type-error" if rule == "type" else "constraint-error"))
        for name in table.unique:
            plan = plan.rows_distinct(columns_subset=[name])
            steps.append((name, "unique-error"))
        plan = plan.rows_distinct(columns_subset=table.key)
        steps.append(("", "primary-key"))
        for name, parent, key in table.references:
            known = frames[parent][key].unique()
            plan = plan.col_vals_expr(expr=pl.col(name).is_in(known.implode()) | pl.col(name).is_null())
            steps.append((name, "foreign-key"))
        failed = plan.interrogate(collect_extracts=False).n_failed()
        for (field, kind), count in zip(steps, failed.values(), strict=True):
            say_count(table.name, field, kind, count)


if __name__ == "__main__":
    main()
