"""What other programs stumble over in a valid table: the safe subset that polars, R and spreadsheets read alike.

Nothing here is a fault by the standard, so all of it is a warning, and only said where it was asked for, or where a
package follows the profile. Each rule keeps the values of some reader from being other ones than the schema means: R's
readers take columns by position, whole numbers as doubles, `yes` for nothing known, and refuse a table with a list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.package import RESOURCE_PROFILE
from newspkg.problems import problem
from newspkg.report import Findings, cut
from newspkg.schema import Field
from newspkg.validate.cells import Column, plain_number
from newspkg.validate.descriptor import Package, Resource
from newspkg.validate.dialects import Dialect
from newspkg.validate.packed import Scratch, at_hand
from newspkg.validate.properties import lines_of, locate, open_plain, parse
from newspkg.validate.records import Again
from newspkg.validate.table import Table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LINTS", "lint"]

LINTS = "lint-"  # how the code of every rule begins
_EXACT = 2**53  # up to here each whole number is a double
_SAFE = frozenset(("string", "integer", "number", "boolean", "date", "datetime", "time", "array"))
_UNSAFE = {
    "list": "the readers of R refuse the whole table; use array, or string with the delimiter in its description",
    "year": "the readers of R make the first of January of it; use integer",
    "yearmonth": "the readers of R make the first day of the month of it; use string with a pattern",
    "any": "each reader guesses what it is; state a type",
}
_AS_TEXT = "polars and R read it as text; use string, or array, and say in its description what it holds"
_MOMENTS = ("date", "time", "datetime")
_TRUTHS = {"trueValues": ["true"], "falseValues": ["false"]}


def lint(
    package: Package,
    tables: Mapping[str, Table],
    wanted: Collection[str],
    findings: Findings,
    scratch: Scratch,
    *,
    metadata_only: bool = False,
) -> None:
    """Says of the tables of some resources what is outside the safe subset. With `metadata_only`, and of tables that
    were not read to their end, the cells are not looked at, which is noted."""
    for resource in package.resources:
        if resource.name in wanted and resource.tabular:
            _Lint(package, resource, findings).run(tables.get(resource.name), scratch, metadata_only)


class _Lint:
    """One resource."""

    def __init__(self, package: Package, resource: Resource, findings: Findings) -> None:
        self.package, self.resource, self.findings = package, resource, findings
        listed = package.descriptor.get("resources")
        number = resource.pointer.rpartition("/")[2]
        given = listed[int(number)] if isinstance(listed, list) and number.isdigit() else {}
        self.given: Mapping[str, Any] = given if isinstance(given, dict) else {}
        self.schema, self.schema_file, self.schema_lines = self._schema()

    def _schema(self) -> tuple[Mapping[str, Any], str, Mapping[str, int]]:
        """The schema as it is written, its file, and the lines of that."""
        stated = self.given.get("schema")
        if isinstance(stated, dict):
            return stated, self.package.file, self.package.lines
        if isinstance(stated, str) and self.resource.schema is not None:
            with open_plain(self.package.root / stated) as file:
                found, text, *_ = parse(file.read())
            return (found if isinstance(found, dict) else {}), stated, lines_of(text)
        return {}, self.package.file, {}

    def run(self, table: Table | None, scratch: Scratch, metadata_only: bool) -> None:
        self.profile()
        delimited = self.file()
        if delimited:
            self.dialect()
        for one in self.resource.schema.fields if self.resource.schema is not None else ():
            self.field(one)
        self.missing()
        if not delimited:
            return
        if metadata_only or table is None or table.broken:
            why = "the metadata alone were asked for" if metadata_only else "the table was not read to its end"
            self.findings.leave("what other programs make of its cells", why, self.resource.name)
            return
        self.labels(table)
        self.line_ends(scratch)
        self.cells(table, scratch)

    def say(self, code: str, key: str, message: str, *, rule: str | None = None) -> None:
        """A problem of the resource, at a property of it."""
        at = f"{self.resource.pointer}/{key}" if key else self.resource.pointer
        self.findings.add(
            problem(
                code,
                f"{self.resource.name} {message}.",
                resource=self.resource.name,
                path=self.package.file,
                line=locate(self.package.lines, at),
                rule=rule,
            )
        )

    def say_field(self, code: str, one: Field, key: str, message: str) -> None:
        """A problem of a field, at a property of it."""
        at = f"{one.pointer}/{key}" if key else one.pointer
        if self.schema_file == self.package.file:
            at = f"{self.resource.pointer}/schema{at}"
        self.findings.add(
            problem(
                code,
                f"{one.name} {message}.",
                resource=self.resource.name,
                field=one.name,
                path=self.schema_file,
                line=locate(self.schema_lines, at),
                rule=key or None,
            )
        )

    # --- the resource

    def profile(self) -> None:
        for key, value in (("profile", "tabular-data-resource"), ("type", "table"), ("$schema", RESOURCE_PROFILE)):
            if self.given.get(key) != value and not (key == "$schema" and self.given.get(key)):
                self.say("lint-profile", key, f"has no {key}: {value}", rule=key)

    def file(self) -> bool:
        """Whether the table is delimited text, so that more can be asked of it."""
        one = self.resource
        if one.format == "csv" and one.paths:
            odd = next((p for p in one.paths if not p.lower().endswith((".csv", ".csv.gz"))), None)
            if odd is not None:
                self.say("lint-file", "path", f"lies in {cut(odd)}, which is neither .csv nor .csv.gz")
            self.encoding()
            return True
        if not self.twin():
            what = one.format.upper() if one.paths else "inline data"
            self.say("lint-file", "path" if one.paths else "data", f"is {what}, and no CSV file has the same table")
        return one.format == "tsv" and bool(one.paths)

    def twin(self) -> bool:
        """Whether another resource has the same columns as CSV."""
        own = self.resource.schema
        return own is not None and any(
            one.format == "csv" and one.paths and one.schema is not None and one.schema.names == own.names
            for one in self.package.resources
        )

    def encoding(self) -> None:
        if self.resource.encoding.lower() not in ("utf-8", "utf8", "utf-8-sig", "utf_8", "ascii", "us-ascii"):
            self.say("lint-encoding", "encoding", f"is in {cut(self.given.get('encoding'))}, not in UTF-8")

    def dialect(self) -> None:
        own, usual = self.resource.dialect, Dialect()
        if own is None:
            return
        told = {
            "delimiter": own.delimiter != usual.delimiter and self.resource.format == "csv",
            "quoteChar": own.quote != usual.quote and own.escape is None,
            "escapeChar": own.escape is not None,
            "doubleQuote": not own.double_quote,
            "header": not own.header_rows,
            "headerRows": bool(own.header_rows) and own.header_rows != usual.header_rows,
            "commentChar": own.comment_char is not None,
            "commentRows": bool(own.comment_rows),
            "skipInitialSpace": own.skip_space,
            "nullSequence": own.null is not None,
            "lineTerminator": own.line_terminator is not None,
        }
        for key, odd in told.items():
            if odd:
                self.say("lint-dialect", "dialect", f"has a dialect of its own: {key}", rule=key)

    # --- the schema

    def field(self, one: Field) -> None:
        given = self.raw(one)
        if "type" not in given:
            self.say_field("lint-untyped", one, "", "has no type, so each reader guesses one")
        elif one.type not in _SAFE:
            self.say_field("lint-type", one, "type", f"is of type {one.type}: {_UNSAFE.get(one.type, _AS_TEXT)}")
        if one.type in ("integer", "number") and not plain_number(one):
            odd = [key for key in ("decimalChar", "groupChar", "bareNumber") if key in one.options]
            self.say_field("lint-number", one, odd[0], f"has numbers that are not plain: {', '.join(odd)}")
        if one.type == "boolean":
            for key, usual in _TRUTHS.items():
                if key in one.options and one.options[key] != usual:
                    self.say_field("lint-boolean", one, key, f"has {key} of its own, which the readers of R leave out")
        if one.type in _MOMENTS and one.format != "default":
            self.say_field("lint-date", one, "format", f"is written as {cut(one.format)}, not as ISO 8601 has it")
        if one.vocabulary and one.type != "string":
            said = f"has a vocabulary of type {one.type}, which the readers of R make words of"
            self.say_field("lint-vocabulary", one, "constraints", said)
        if one.categories and not one.vocabulary and one.type == "string":
            said = "has categories and no enum of the same values, so that the readers of R know no vocabulary"
            self.say_field("lint-vocabulary", one, "categories", said)
        if one.missing_values is not None:
            said = "has missingValues of its own, which the readers of R leave out; state them for the whole table"
            self.say_field("lint-missing", one, "missingValues", said)

    def raw(self, one: Field) -> Mapping[str, Any]:
        """A field as it is written."""
        listed, number = self.schema.get("fields"), one.pointer.rpartition("/")[2]
        found = listed[int(number)] if isinstance(listed, list) and number.isdigit() else None
        return found if isinstance(found, dict) else {"type": one.type}

    def missing(self) -> None:
        stated = self.schema.get("missingValues", [""])
        if not isinstance(stated, list) or self.resource.schema is None:
            return  # told where it was read
        said = None
        if "" not in self.resource.schema.missing_values:
            said = "does not count an empty cell as missing"
        elif any(isinstance(value, dict) for value in stated):
            said = "has labels for its missingValues, at which the readers of R stop; list the texts alone"
        if said is not None:
            at = f"{self.resource.pointer}/schema" if self.schema_file == self.package.file else ""
            self.findings.add(
                problem(
                    "lint-missing",
                    f"{self.resource.name} {said}.",
                    resource=self.resource.name,
                    path=self.schema_file,
                    line=locate(self.schema_lines, f"{at}/missingValues"),
                )
            )

    # --- the file

    def labels(self, table: Table) -> None:
        """Readers that go by position need the columns of the schema, all of them and in its order."""
        names = table.schema.names
        if table.schema.fields_match == "exact" or not names:
            return  # the header has been judged so already
        at = [table.at.get(name) for name in names]
        if at != list(range(len(names))) or table.width != len(names):
            match = table.schema.fields_match
            said = f"has other columns than its schema, or another order, as fieldsMatch: {match} allows"
            place = {"row": 1, "path": self.resource.place}
            found = problem("lint-column-order", f"{self.resource.name} {said}.", resource=self.resource.name, **place)
            self.findings.add(found)

    def line_ends(self, scratch: Scratch) -> None:
        if self.resource.encoding.lower().startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
            return  # whose bytes are no characters; told by lint-encoding
        for path in self.resource.paths:
            ready = at_hand(self.package.root, self.resource, path, scratch, Findings(0))
            found = None if ready is None else _line_end(ready)
            if found not in (None, "LF"):
                place = {"row": 1, "path": path}
                said = f"{path} has lines that end with {found}, not with LF."
                self.findings.add(problem("lint-line-end", said, resource=self.resource.name, **place))

    # --- the cells

    def cells(self, table: Table, scratch: Scratch) -> None:
        rules = {name: rule for name, at in table.at.items() if at < table.width and (rule := self.rule(table, name))}
        if not rules:
            return
        for slow in (False, True):
            found: dict[str, list[int]] = {name: [] for name in rules}
            texts: dict[str, dict[int, str]] = {name: {} for name in rules}
            try:
                for name, row, text in self.odd(table, rules, scratch, slow):
                    found[name].append(row)
                    if self.findings.samples is None or len(texts[name]) < self.findings.samples:
                        texts[name][row] = text
                break
            except Again:  # what the fast reader cannot read
                continue
        for name, (code, said, _) in rules.items():
            rows, known = found[name], texts[name]
            table.tell(self.findings, code, rows, name, f"{name} {said}.", known.get)

    def rule(self, table: Table, name: str) -> tuple[str, str, pl.Expr] | None:
        """What is asked of the cells of a field: the code, what is said of a cell, and of which it may have to be."""
        import polars as pl

        one, column = table.columns[name].field, pl.col(str(table.at[name]))
        filled = column.is_not_null() & ~column.is_in([*table.columns[name].missing, ""])
        if one.type == "integer" and plain_number(one):
            said = "is a whole number beyond 2^53, which R rounds; use string for what is no quantity"
            return "lint-big-integer", said, filled & (column.str.len_bytes() >= 16)
        if one.type == "boolean" and not one.options.keys() & _TRUTHS.keys():
            return "lint-boolean", "is neither true nor false to a letter", filled & ~column.is_in(["true", "false"])
        if one.type == "datetime" and one.format == "default":
            said = "does not end in Z: readers take a moment without a zone in several ways; write it in UTC"
            return "lint-time-zone", said, filled & ~column.str.ends_with("Z")
        return None

    def odd(
        self, table: Table, rules: Mapping[str, tuple[str, str, pl.Expr]], scratch: Scratch, slow: bool
    ) -> Iterator[tuple[str, int, str]]:
        """The cells that a rule speaks of: field, position of the record, text."""
        from newspkg.validate.files import open_table

        opened = open_table(self.package.root, self.resource, Findings(0), scratch, slow=slow)
        if opened is None:
            return
        start = 0
        wanted = [rule[2].alias(f"l{name}") for name, rule in rules.items()]
        for chunk in opened.reader.chunks(table.width, wanted):
            for name, (code, *_) in rules.items():
                at, odd = str(table.at[name]), chunk.cells[f"l{name}"]
                if not odd.any():
                    continue
                texts = chunk.cells[at].filter(odd).to_list()
                good = {text for text in dict.fromkeys(texts) if _is_value(table.columns[name], text)}
                if code == "lint-big-integer":
                    good = {text for text in good if abs(int(text)) > _EXACT}
                for row, text in zip(odd.arg_true().to_list(), texts, strict=True):
                    if text in good:
                        yield name, start + row, text
            start += len(chunk.numbers)


def _is_value(column: Column, text: str) -> bool:
    """Whether a text is a value of its field; what is none has been told of."""
    try:
        return column.parse is not None and column.parse(text) is not None
    except (ValueError, ArithmeticError):
        return False


def _line_end(path: Path) -> str | None:
    """How the first record of a file ends; None where there is no line end within its first bytes."""
    with open_plain(path) as file:
        raw = file.read(1 << 16)
    quoted = False
    for n, byte in enumerate(raw):
        if byte == 0x22:
            quoted = not quoted
        elif not quoted and byte == 0x0A:
            return "LF"
        elif not quoted and byte == 0x0D:
            return "CR LF" if raw[n + 1 : n + 2] == b"\n" else "CR"
    return None
