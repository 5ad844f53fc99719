"""Small packages that break the standard, one for each code, and the packages of books that they are made from."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from typing import Any

__all__ = ["BOOKS", "LINT", "ROWS", "STANDARD", "TABLE", "changed_fields", "one_file", "one_table", "two_tables"]


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


BOOKS = {
    "fields": [
        {"name": "id", "type": "integer"},
        {"name": "title", "type": "string", "constraints": {"maxLength": 20}},
        {"name": "year", "type": "year"},
    ]
}
ROWS = "id,title,year\n1,Salt,2001\n2,Rain,2014\n"


def one_table(
    table: str | bytes = ROWS, schema: Any = None, /, *, package: dict[str, Any] | None = None, **resource: Any
) -> dict[str, bytes]:
    """A package of one table, `books`."""
    raw = table.encode() if isinstance(table, str) else table
    given = {
        "name": "books",
        "path": "books.csv",
        "type": "table",
        "schema": BOOKS if schema is None else schema,
        **resource,
    }
    given = {k: v for k, v in given.items() if v is not None}
    files = {"datapackage.json": _json({"name": "library", "resources": [given], **(package or {})})}
    return files if resource.get("path") in ("absent.csv", "../books.csv") else {**files, "books.csv": raw}


def one_file(name: str, raw: bytes, schema: Any = None, /, **resource: Any) -> dict[str, bytes]:
    """A package of one table, `books`, in a file of any name."""
    files = one_table(b"", schema, path=name, **resource)
    del files["books.csv"]
    return {**files, name: raw}


def two_tables(loans: str, books: str = ROWS) -> dict[str, bytes]:
    """A package of two tables, `loans` referring to `books` by two fields."""
    key = {"fields": ["book", "printed"], "reference": {"resource": "books", "fields": ["id", "year"]}}
    schema = {
        "fields": [
            {"name": "loan", "type": "integer"},
            {"name": "book", "type": "integer"},
            {"name": "printed", "type": "year"},
        ],
        "primaryKey": ["loan"],
        "foreignKeys": [key],
    }
    resources = [
        {"name": "books", "path": "books.csv", "type": "table", "schema": {**BOOKS, "primaryKey": ["id", "year"]}},
        {"name": "loans", "path": "loans.csv", "type": "table", "schema": schema},
    ]
    return {
        "datapackage.json": _json({"name": "library", "resources": resources}),
        "books.csv": books.encode(),
        "loans.csv": loans.encode(),
    }


def changed_fields(*changed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of the books, changes of its second field and of the whole applied."""
    fields: list[Any] = deepcopy(BOOKS["fields"])
    for change in changed:
        fields[1].update(change)
    return {"fields": fields, **more}


def _checks(*checks: dict[str, Any]) -> dict[str, Any]:
    return {"newspkg:checks": list(checks)}


STANDARD: dict[str, dict[str, bytes]] = {
    "package-error": one_table(package={"created": "yesterday"}),
    "resource-error": one_table(path="../books.csv"),
    "dialect-error": one_table(dialect={"header": "yes"}),
    "schema-error": one_table(ROWS, changed_fields(missingValues="NA")),
    "field-error": one_table(ROWS, changed_fields({"type": "text"})),
    "schema-constraint": one_table(ROWS, changed_fields({"constraints": {"maxLength": "20"}})),
    "schema-pattern": one_table(ROWS, changed_fields({"constraints": {"pattern": "[A-Z"}})),
    "schema-key": one_table(ROWS, changed_fields(primaryKey=["isbn"])),
    "file-missing": one_table(path="absent.csv"),
    "compression-error": one_file("books.csv.gz", ROWS.encode()),
    "byte-count": one_table(bytes=len(ROWS) + 1),
    "hash-count": one_table(hash=f"sha256:{hashlib.sha256(b'another').hexdigest()}"),
    "row-count": one_table(rows=3),
    "encoding-error": one_table(ROWS.replace("Rain", "Rén").encode("latin-1"), encoding="utf-8"),
    "stray-quote": one_table(ROWS.replace("Salt", 'Salt "and" Sea')),
    "unclosed-quote": one_table(ROWS.replace("Rain", '"Rain')),
    "byte-order-mark": one_table("\ufeff" + ROWS),
    "source-error": one_table(""),
    "blank-header": one_table(ROWS.replace("id,title,year", ",,")),
    "blank-label": one_table(ROWS.replace("id,title,year", "id,,year")),
    "duplicate-label": one_table("id,title,year,title\n1,Salt,2001,Salz\n"),
    "missing-label": one_table("id,title\n1,Salt\n2,Rain\n"),
    "extra-label": one_table("id,title,year,shelf\n1,Salt,2001,A\n"),
    "incorrect-label": one_table(ROWS.replace("title", "name")),
    "blank-row": one_table(ROWS + ",,\n3,Wind,2020\n"),
    "missing-cell": one_table(ROWS + "3,Wind\n"),
    "extra-cell": one_table(ROWS + "3,Wind,2020,reprint\n"),
    "type-error": one_table('id,title,year\n1,"Salt\nand Sea",2001\n2b,Rain,2014\n'),
    "constraint-error": one_table(ROWS.replace("Salt", "A title of many more letters than twenty")),
    "primary-key": one_table(ROWS.replace("2,Rain", "01,Rain"), changed_fields(primaryKey=["id"])),
    "unique-error": one_table(ROWS.replace("Rain", "Salt"), changed_fields({"constraints": {"unique": True}})),
    "unique-key": one_table(ROWS + "3,Salt,2001\n", changed_fields(uniqueKeys=[["title", "year"]])),
    "foreign-key": two_tables("loan,book,printed\n1,1,2001\n2,1,2014\n3,2,2014\n4,,2014\n"),
    "check-error": one_table(
        ROWS,
        package=_checks(
            {"name": "printed", "resource": "books", "expression": "year > 2001", "message": "{title} is of {year}"}
        ),
    ),
    "check-invalid": one_table(
        ROWS, package=_checks({"name": "long", "resource": "books", "expression": "pages > 10"})
    ),
    "severity-invalid": one_table(ROWS, package={"newspkg:severity": {"books/blank-rows": "warning"}}),
}

# --- valid, but read otherwise by other programs: packages of the profile, which are always looked at in this way --------

TABLE: dict[str, Any] = {  # how a resource says that it is a table, to readers of each version of the standard
    "profile": "tabular-data-resource",
    "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
}
_OURS = {"newspkg": {"profile": "0.1"}}
_SHELF = {"fields": [{"name": "id", "type": "integer"}, {"name": "title", "type": "string"}]}
_SHELF_ROWS = "id,title\n1,Salt\n2,Rain\n"


def _linted(table: str | bytes = _SHELF_ROWS, schema: Any = None, /, **resource: Any) -> dict[str, bytes]:
    return one_table(table, schema or _SHELF, package=_OURS, **{**TABLE, **resource})


def _shelf(cell: str, **third: Any) -> dict[str, bytes]:
    """The shelf with one more column."""
    rows = _SHELF_ROWS.splitlines()
    table = "".join(f"{row},{more}\n" for row, more in zip(rows, ["more", cell, ""], strict=True))
    return _linted(table, {"fields": [*_SHELF["fields"], {"name": "more", **third}]})


LINT: dict[str, dict[str, bytes]] = {
    "lint-file": one_file(
        "books.jsonl",
        b'{"id": 1, "title": "Salt"}\n{"id": 2, "title": "Rain"}\n',
        _SHELF,
        package=_OURS,
        **TABLE,
    ),
    "lint-encoding": _linted(_SHELF_ROWS.replace("Rain", "R\xe9n").encode("latin-1"), encoding="iso-8859-1"),
    "lint-dialect": _linted(_SHELF_ROWS.replace(",", ";"), dialect={"delimiter": ";"}),
    "lint-line-end": _linted(_SHELF_ROWS.replace("\n", "\r\n")),
    "lint-column-order": _linted("title,id\nSalt,1\nRain,2\n", {**_SHELF, "fieldsMatch": "equal"}),
    "lint-profile": _linted(profile=None),
    "lint-untyped": _shelf("blue"),
    "lint-type": _shelf("blue;red", type="list", delimiter=";"),
    "lint-number": _shelf('"12,50"', type="number", decimalChar=","),
    "lint-big-integer": _shelf("9007199254740993", type="integer"),
    "lint-boolean": _shelf("yes", type="boolean", trueValues=["yes"], falseValues=["false"]),
    "lint-date": _shelf("11/03/2031", type="date", format="%d/%m/%Y"),
    "lint-time-zone": _shelf("2031-03-11T06:30:00", type="datetime"),
    "lint-vocabulary": _shelf("blue", type="string", categories=["blue", "red"]),
    "lint-missing": _shelf("-", type="integer", missingValues=["-", ""]),
}
