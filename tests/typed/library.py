"""What a type checker makes of the front door. Read by mypy (`make types`), never run: an `ignore` that nothing needs is
an error too, so each line that is to be refused is."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import pandera.polars as pa
import polars as pl

import newspkg
from newspkg import schemas
from newspkg.load import Package
from newspkg.report import Report
from newspkg.schema import TableSchema
from newspkg.validate import validate

report = newspkg.validate("folder", limit=None)
assert_type(report, Report)
assert_type(validate(Path("folder")), Report)
assert_type(report.valid, bool)
assert_type(report.frame(), pl.DataFrame)
newspkg.validate(1)  # type: ignore[arg-type]
newspkg.validate("folder", limits=3)  # type: ignore[call-arg]

contract = newspkg.schema({"fields": [{"name": "n"}]})
assert_type(contract, pa.DataFrameSchema)
assert_type(newspkg.schema(Path("folder"), "table"), pa.DataFrameSchema)
assert_type(newspkg.schema(TableSchema("t", ())), pa.DataFrameSchema)
assert_type(schemas.table("quotes"), pa.DataFrameSchema)
newspkg.schema(1)  # type: ignore[arg-type]
newspkg.schema("folder", table="t")  # type: ignore[call-arg]
newspkg.scheme("folder")  # type: ignore[attr-defined]

package = newspkg.load("folder", resources=["table"], strict=False)
assert_type(package, Package)
assert_type(package["table"], pl.LazyFrame)
assert_type(package.table, pl.LazyFrame)
assert_type(package.collect(), dict[str, pl.DataFrame])
assert_type(package.collect("table"), pl.DataFrame)
assert_type(package.join("table", "other", on="key"), pl.LazyFrame)
assert_type(package.schema("table"), TableSchema)
newspkg.load(1)  # type: ignore[arg-type]
newspkg.load("folder", lazy=True)  # type: ignore[call-arg]
