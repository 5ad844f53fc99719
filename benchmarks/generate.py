"""Writes the benchmark's package: five tables of invented news, clean or spoilt, of any size.

    python -m benchmarks.generate FOLDER --rows 100000 [--dirty | --every-row-bad] [--seed 1] [--parquet FOLDER]

The same arguments give the same bytes. Rows are made and written a batch at a time, so that the largest package needs
no more memory than a small one. A spoilt package has truth.csv beside it: every error that a validator should report,
one line each (table,row,field,type), in frictionless's way of counting: the header is row 1, blank lines count.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import polars as pl
from benchmarks.jobs import sizes
from benchmarks.spoil import SURPLUS, Plan, Truth, all_bad, dirty, stretches
from benchmarks.tables import MISSING, SCHEMAS, TABLES, clean, columns

BATCH = 100_000  # rows made at a time
SEED = 1
RATE = 0.001


def descriptor(extension: str) -> dict[str, Any]:
    """datapackage.json of the package, its tables in files of this kind."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "invented-news",
        "title": "Invented documents, actors, events and quotes",
        "resources": [_resource(table, extension) for table in TABLES],
    }


def _resource(table: str, extension: str) -> dict[str, Any]:
    resource: dict[str, Any] = {"name": table, "path": f"{table}.{extension}", "type": "table", "format": extension}
    if extension == "csv":
        resource["encoding"] = "utf-8"
        resource["dialect"] = {"header": True, "headerRows": [1], "delimiter": ","}  # nothing is left to be guessed
        return {**resource, "schema": {**SCHEMAS[table], "missingValues": MISSING}}
    return {**resource, "schema": SCHEMAS[table]}


def generate(root: Path, quotes: int, *, mode: str = "clean", seed: int = SEED, rate: float = RATE) -> list[Truth]:
    """Writes the package into a folder; every error planted in it.

    `quotes` is the number of rows of the largest table. `mode` is clean, dirty (about `rate` of the cells spoilt, a
    fifth as many of the rows ragged, a tenth blank) or bad (each row of quotes has a bad cell).
    """
    root.mkdir(parents=True, exist_ok=True)
    (root / "datapackage.json").write_text(json.dumps(descriptor("csv"), indent=2) + "\n", encoding="utf-8")
    truth: list[Truth] = []
    for table, rows in sizes(quotes).items():
        if mode == "dirty":
            plan = dirty(seed, table, rows, quotes, rate)
        elif mode == "bad" and table == "quotes":
            plan = all_bad(seed, table, rows)
        else:
            plan = Plan(rows)
        with (root / f"{table}.csv").open("wb") as file:
            _write(file, plan, seed, table, quotes)
        truth += plan.truth(table)
    if mode != "clean":
        with (root / "truth.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["table", "row", "field", "type"])
            writer.writerows(sorted(truth))
    return truth


def _write(file: BinaryIO, plan: Plan, seed: int, table: str, quotes: int) -> None:
    """A table as CSV, with its faults."""
    file.write((",".join(columns(table)) + "\n").encode())
    order = {name: np.argsort(rows, kind="stable") for name, (rows, _) in plan.cells.items()}
    spoilt = {name: rows[order[name]] for name, (rows, _) in plan.cells.items()}
    for start in range(0, plan.rows, BATCH):
        stop = min(start + BATCH, plan.rows)
        frame = clean(seed, table, start, stop, quotes)
        for name, rows in spoilt.items():
            first, last = np.searchsorted(rows, [start, stop])
            if first < last:
                texts = [plan.cells[name][1][n] for n in order[name][first:last].tolist()]
                frame = frame.with_columns(_replaced(frame[name], rows[first:last] - start, texts))
        for begin, end, kind in stretches(plan, start, stop):
            piece = frame.slice(begin - start, end - begin)
            if kind == "rows":
                piece.write_csv(file, include_header=False)
            elif kind == "ragged":
                file.write(_ragged(piece.row(0), plan.ragged[begin]))
            else:
                file.write(b"\n")


def _replaced(column: pl.Series, rows: Any, texts: list[str | None]) -> pl.Series:
    """The column with other texts at these rows (ascending)."""
    take = np.arange(len(column))
    take[rows] = len(column) + np.arange(len(texts))
    return pl.concat([column, pl.Series(column.name, texts, dtype=pl.String)]).gather(take)


def _ragged(row: tuple[str | None, ...], surplus: int) -> bytes:
    cells = ["" if cell is None else cell for cell in row]
    line = io.StringIO(newline="")
    cells = cells + SURPLUS[:surplus] if surplus > 0 else cells[:surplus]
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def to_parquet(source: Path, root: Path) -> None:
    """Writes the clean package in `source` anew as Parquet, its columns typed."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "datapackage.json").write_text(json.dumps(descriptor("parquet"), indent=2) + "\n", encoding="utf-8")
    for table in TABLES:
        names = columns(table)
        frame = pl.scan_csv(source / f"{table}.csv", schema=dict.fromkeys(names, pl.String), null_values=MISSING)
        typed = [_typed(field["name"], field["type"]) for field in SCHEMAS[table]["fields"]]
        frame.select(typed).sink_parquet(root / f"{table}.parquet")


def _typed(name: str, kind: str) -> pl.Expr:
    text = pl.col(name)
    if kind == "integer":
        return text.cast(pl.Int64)
    if kind == "number":
        return text.cast(pl.Float64)
    if kind == "boolean":
        return text == "true"
    if kind == "date":
        return text.str.to_date("%Y-%m-%d")
    if kind == "datetime":
        return text.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    return text


def main(arguments: list[str] | None = None) -> None:
    """The command line of this file."""
    parser = argparse.ArgumentParser(prog="generate", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="where the package goes")
    parser.add_argument("--rows", type=int, required=True, help="rows of quotes, the largest table")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rate", type=float, default=RATE, help="share of the cells that --dirty spoils")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dirty", action="store_const", dest="mode", const="dirty", help="faults of every kind")
    how.add_argument("--every-row-bad", action="store_const", dest="mode", const="bad", help="a fault in each quote")
    parser.add_argument("--parquet", type=Path, metavar="FOLDER", help="write the clean package there as Parquet too")
    given = parser.parse_args(arguments)
    if given.parquet and given.mode:
        parser.error("--parquet is for a clean package")
    generate(given.folder, given.rows, mode=given.mode or "clean", seed=given.seed, rate=given.rate)
    if given.parquet:
        to_parquet(given.folder, given.parquet)


if __name__ == "__main__":
    main()
