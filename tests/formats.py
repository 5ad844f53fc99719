"""Tables in other formats than delimited text, for tests: their writers, and short forms of what was found in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from newspkg.report import Findings, Report
from newspkg.validate import validate
from newspkg.validate.descriptor import open_package
from newspkg.validate.files import open_table
from newspkg.validate.packed import Scratch
from newspkg.validate.records import Opened
from packages import make

MOMENT = datetime.fromisoformat("2020-01-02T03:04:05")  # spreadsheets have no zones
HEADER = ["id", "title", "year"]
Rows = Sequence[Sequence[Any]]


def typed(**fields: str | dict[str, Any]) -> dict[str, Any]:
    """A schema of fields by name and type, or by name and all but the name."""
    return {"fields": [{"name": n, **({"type": f} if isinstance(f, str) else f)} for n, f in fields.items()]}


def said(report: Report) -> list[str]:
    return [p.message for p in report.problems]


def spots(report: Report) -> list[tuple[str, str | None, int | None, int | None, int | None]]:
    """(code, field, row, line, column) of each problem."""
    return [(p.code, p.field, p.row, p.line, p.column) for p in report.problems]


def lay(files: dict[str, bytes], tmp_path: Path) -> Path:
    """A package in a folder of its own."""
    return make.write(files, tmp_path / f"p{len(list(tmp_path.iterdir()))}")


def judged(name: str, raw: bytes | str, tmp_path: Path, schema: Any = None, **resource: Any) -> Report:
    raw = raw.encode() if isinstance(raw, str) else raw
    return validate(lay(make.one_file(name, raw, schema, **resource), tmp_path))


def opened(files: dict[str, bytes], tmp_path: Path) -> Opened:
    """The reader of a package's only table."""
    findings = Findings()
    package = open_package(make.write(files, tmp_path), findings)
    found = open_table(package.root, package.resources[0], findings, Scratch())
    assert found is not None, findings.report().problems
    return found


def read(table: Opened) -> list[list[str | None]]:
    """The cells of all records of a table."""
    return [list(row) for chunk in table.reader.chunks(table.width, []) for row in chunk.cells.rows()]


def xlsx(rows: Rows, change: Callable[[Any], None] | None = None, **more: Rows) -> bytes:
    """A workbook with a sheet `S` of these rows, and others; `change` gets the first sheet."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    for name, some in {"S": rows, **more}.items():
        sheet = book[name] if name == "S" else book.create_sheet(name)
        for row in some:
            sheet.append(list(row))
    if change is not None:
        change(book["S"])
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def xls(rows: Rows) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    styles = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss"}
    for n, row in enumerate(rows):
        for k, value in enumerate(row):
            if value is not None:
                form = styles.get(type(value))
                sheet.write(n, k, value, *([xlwt.easyxf(num_format_str=form)] if form else []))
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def ods(rows: Rows, tail: str = "") -> bytes:
    """A spreadsheet in the open format; texts beginning with # are errors."""

    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        kind, shown = "string", str(value)
        given = ""
        if isinstance(value, bool):
            kind, given = "boolean", f'office:boolean-value="{shown.lower()}"'
        elif isinstance(value, (int, float)):
            kind, given = "float", f'office:value="{value}"'
        elif isinstance(value, (date, datetime)):
            kind, given = "date", f'office:date-value="{value.isoformat()}"'
        elif isinstance(value, time):
            kind, given = "time", f'office:time-value="PT{value.hour:02}H{value.minute:02}M{value.second:02}S"'
        elif shown.startswith("#"):
            given = 'office:string-value="" calcext:value-type="error"'
        return f'<table:table-cell office:value-type="{kind}" {given}><text:p>{shown}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    spaces = " ".join(f'xmlns:{k}="{v}"' for k, v in names.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{body}{tail}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return raw.getvalue()


def zipped(**members: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return raw.getvalue()
