"""The one door between the wings: rows become typed, sorted frames, people's corrections are applied, files written.

A row is a dict keyed by the columns of `schemas/<table>.json`; keys that begin with an underscore are notes between
rooms and never published. None means "not stated".
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg import edtf, ids
from newspkg.problems import CannotRun, Problem, problem
from newspkg.schema import Field, TableSchema, broken_constraints, house_schemas

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "ADDED",
    "ORDER",
    "Row",
    "Rows",
    "apply_corrections",
    "cast",
    "count_rows",
    "document_row",
    "drop_unfinished",
    "key_text",
    "mend_references",
    "published_actors",
    "read_csv_rows",
    "to_frame",
    "write_table",
]

Row = dict[str, Any]
Rows = dict[str, list[Row]]

# The tables in the order in which a reader meets them; the one place where they are listed.
ORDER = (
    "documents", "actors", "actor_names", "actor_roles", "mentions", "events", "event_participants", "event_mentions",
    "event_links", "times", "quotes", "omissions", "quality", "corrections",
)  # fmt: skip

ALL_ROWS = "*"  # at the end of corrections.row_id, with field review: all rows whose key begins so
MOST_CHARS = 2**53  # offsets are whole numbers that every reader can hold
WHOLE_ROW = "*"  # corrections.field of a correction that adds or drops a whole row
ADDED = {"method": "human", "rule": "correction", "confidence": 1.0, "review": "corrected"}


def key_text(schema: TableSchema, row: Mapping[str, Any]) -> str:
    """The row's key as `corrections.row_id` names it: the key's cells joined by `|`."""
    return "|".join("" if row.get(name) is None else str(row[name]) for name in schema.primary_key)


# --- cells --------------------------------------------------------------------------------------------------------


def _integer(text: str) -> int:
    return int(text)


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _array(text: str) -> list[str]:
    value = json.loads(text)
    if not isinstance(value, list):
        raise ValueError(text)  # noqa: TRY004 - the caller asks whether the text is a value of the type
    return value


_CASTS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _integer,
    "year": _integer,
    "number": float,
    "boolean": _boolean,
    "date": date.fromisoformat,
    "array": _array,
}


def parse(field: Field, text: str) -> Any:
    """The text of a cell as a value of the field's type; empty text is None. Raises ValueError, saying why not."""
    if text == "":
        return None
    try:
        return _CASTS[field.type](text)
    except ValueError:
        raise ValueError(f"{field.name} is {text!r}, not a value of type {field.type}") from None


def cast(field: Field, text: str) -> Any:
    """As `parse`, for a cell that a person wrote: it must also keep the field's constraints."""
    value = parse(field, text)
    if value is None:
        if field.required:
            raise ValueError(f"{field.name} must not be empty")
        return None
    for broken in broken_constraints(field, value):
        if broken == "enum":
            near = difflib.get_close_matches(text, map(str, field.vocabulary), 1)
            known = f"did you mean {near[0]}?" if near else f"it must be one of {', '.join(map(str, field.vocabulary))}"
            raise ValueError(f"{field.name} is {text!r}; {known}")
        raise ValueError(f"{field.name} is {text!r}, which breaks its {broken}: {field.constraints[broken]}")
    return value


def read_csv_rows(path: Path, schema: TableSchema | None = None) -> list[Row]:
    """The rows of a curated CSV file as text (or cast by `schema`); empty cells are None, `_line` is the line.

    A byte order mark is allowed, as spreadsheets write one. Raises CannotRun, naming file and line, for a file that
    cannot be read, a row of another width than the header, a cell that is no value of its field, or a key that stands
    twice.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8.") from error
    csv.field_size_limit(sys.maxsize)  # a quotation may be longer than the 131,072 characters that are the default
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, None)
    if header is None:
        return []
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise CannotRun(f"{path}, line 1: the column {', '.join(twice)} stands twice.")
    unknown = [name for name in header if schema is not None and name not in schema.names]
    if schema is not None and unknown:
        raise CannotRun(f"{path}, line 1: no such column: {', '.join(unknown)}. Known: {', '.join(schema.names)}.")
    needed = [f.name for f in schema.fields if f.required or f.name in schema.primary_key] if schema else []
    missing = [name for name in needed if name not in header]
    if missing:
        raise CannotRun(f"{path}, line 1: the column {', '.join(missing)} is missing.")
    rows: list[Row] = []
    keys: dict[str, int] = {}
    last = reader.line_num
    for cells in reader:
        line, last = last + 1, reader.line_num
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise CannotRun(
                f"{path}, line {line}: {len(cells)} cells where the header has {len(header)}; "
                "a comma inside a cell needs quotation marks around the cell."
            )
        row: Row = dict(zip(header, cells, strict=True))
        try:
            row = {k: cast(schema.field(k), v) if schema is not None else (v or None) for k, v in row.items()}
        except ValueError as error:
            raise CannotRun(f"{path}, line {line}: {error}.") from error
        if schema is not None:
            key = key_text(schema, row)
            if key in keys:
                raise CannotRun(f"{path}, line {line}: the key {key!r} stands in line {keys[key]} already.")
            keys[key] = line
        row["_line"] = line
        rows.append(row)
    return rows


# --- the row of a document ------------------------------------------------------------------------------------------


def document_row(
    *,
    source_file: str,
    text: str,
    sha256: str,
    extractor: str,
    body_span: tuple[int, int],
    published: str | None,
    published_span: tuple[int, int] | None,
    facts: Mapping[str, Any],
) -> Row:
    """The row of `documents`; what must be counted from other tables is filled by `count_rows`.

    `facts` has title, outlet, authors (list), url, language, genre, rights and licence where they are known.
    """
    earliest, latest = edtf.bounds(published) if published else (None, None)
    return {
        "document_id": ids.document_id(sha256),
        "source_file": source_file,
        "title": facts.get("title"),
        "outlet": facts.get("outlet"),
        "authors": list(facts.get("authors") or ()) or None,
        "url": facts.get("url"),
        "language": facts.get("language"),
        "genre": facts.get("genre"),
        "published": published,
        "published_earliest": earliest,
        "published_latest": latest,
        "published_evidence_start": published_span[0] if published_span else None,
        "published_evidence_end": published_span[1] if published_span else None,
        "body_start": body_span[0],
        "body_end": body_span[1],
        "n_chars": len(text),
        "n_words": len(text[body_span[0] : body_span[1]].split()),
        "text_sha256": sha256,
        "extractor": extractor,
        "rights": facts.get("rights"),
        "licence": facts.get("licence"),
    }


def _covered(spans: Iterable[tuple[int, int]]) -> int:
    """How many code points lie in at least one of the spans."""
    total = reach = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reach))
        reach = max(reach, end)
    return total


def count_rows(rows: Rows) -> None:
    """Fills what `documents` says about other tables: quoted_chars, quoted_share (of n_chars), n_quotes, n_mentions,
    n_event_mentions."""
    by_document: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for table in ("quotes", "mentions", "event_mentions"):
        for row in rows[table]:
            by_document[row["document_id"]][table].append(row)
    for document in rows["documents"]:
        own = by_document[document["document_id"]]
        quoted = _covered((q["start"], q["end"]) for q in own["quotes"] if q["kind"] == "direct")
        document["quoted_chars"] = quoted
        document["quoted_share"] = round(quoted / document["n_chars"], 4) if document["n_chars"] else 0.0
        for table in ("quotes", "mentions", "event_mentions"):
            document[f"n_{table}"] = len(own[table])


# --- corrections ----------------------------------------------------------------------------------------------------


def apply_corrections(rows: Rows, corrections: Sequence[Row], tables: Iterable[str]) -> list[Problem]:
    """Applies to `tables` what people decided, in the order of the file; returns what no longer matches.

    A correction sets one cell of the row that `row_id` names; with field `*` it adds the row or drops it. A touched
    row's `review` becomes `corrected`. With a row_id that ends in `*` and field `review` it marks all rows whose key
    begins so as accepted, if nobody has touched them. A span's document, start and end are in its id and need no
    correction.
    """
    schemas = house_schemas()
    problems: list[Problem] = []
    wanted = set(tables)
    index: dict[str, dict[str, Row]] = {}
    for correction in corrections:
        table, row_id, name, value = (correction[k] for k in ("table", "row_id", "field", "value"))
        if table not in wanted:
            continue
        schema = schemas[table]
        known = index.setdefault(table, {key_text(schema, row): row for row in rows[table]})
        fault = _apply_one(schema, rows[table], known, row_id, name, value)
        if fault:
            problems.append(
                problem(
                    "correction-stale",
                    f"The correction of {table} {row_id}, field {name}, does not apply: {fault}.",
                    resource="corrections",
                    field=name,
                    value=row_id,
                    line=correction.get("_line"),
                )
            )
    return problems


def _apply_one(
    schema: TableSchema, rows: list[Row], known: dict[str, Row], row_id: str, name: str, value: str | None
) -> str | None:
    """Applies one correction; the reason why it could not be applied, or None."""
    if row_id.endswith(ALL_ROWS) and name == "review":
        return _accept(known, row_id.removesuffix(ALL_ROWS), value)
    row = known.get(row_id)
    if name == WHOLE_ROW:
        if value == "add":
            if row is not None:
                return None  # the rules find it by now: what the person wanted is the case
            fresh = _fresh_row(schema, row_id)
            if fresh is None:
                return f"{row_id!r} is no id of this table"
            rows.append(fresh)
            known[row_id] = fresh
            return None
        if value == "drop":
            if row is None:
                return "there is no such row any more; remove the correction"
            rows.remove(row)
            del known[row_id]
            return None
        return f"with field {WHOLE_ROW} the value is add or drop, not {value!r}"
    if row is None:
        return "there is no such row; look its id up in the table"
    if name not in schema.names:
        return f"the table has no field {name}; it has {', '.join(schema.names)}"
    if name in schema.primary_key:
        return "a key is not corrected; drop the row and add another"
    try:
        row[name] = cast(schema.field(name), value or "")
    except ValueError as error:
        return str(error)
    if "review" in schema.names and name != "review":
        row["review"] = "corrected"
    return None


def _accept(known: dict[str, Row], prefix: str, value: str | None) -> str | None:
    """Marks every row whose key begins so, and that nobody has touched, as read and accepted."""
    if not all("review" in row for row in known.values()):
        return "the table has no field review"
    if value != "accepted":
        return f"of many rows at once only review can be set, and only to accepted, not {value!r}"
    read = [row for key, row in known.items() if key.startswith(prefix)]
    for row in read:
        if row["review"] == "unreviewed":
            row["review"] = "accepted"
    return None if read else "there is no row whose key begins so"


def _fresh_row(schema: TableSchema, row_id: str) -> Row | None:
    row: Row = dict.fromkeys(schema.names)
    parts = row_id.split("|")
    if len(parts) != len(schema.primary_key):
        return None
    try:
        row.update({name: cast(schema.field(name), part) for name, part in zip(schema.primary_key, parts, strict=True)})
    except ValueError:
        return None
    if schema.name in ids.LETTERS:
        place = ids.split_span_id(row_id)
        if place is None or place[1] != ids.LETTERS[schema.name] or not place[2] <= place[3] < MOST_CHARS:
            return None
        row["document_id"], row["start"], row["end"] = place[0], place[2], place[3]
    row.update({k: v for k, v in ADDED.items() if k in row})
    return row


def drop_unfinished(rows: Rows, tables: Iterable[str]) -> list[Problem]:
    """Takes out the rows that a person added without all that a row needs, and names them and what they lack."""
    schemas = house_schemas()
    problems = []
    for table in tables:
        needed = [f.name for f in schemas[table].fields if f.required]
        for row in [r for r in rows[table] if r.get("rule") == ADDED["rule"]]:
            lacking = [name for name in needed if row.get(name) is None]
            if lacking:
                rows[table].remove(row)
                row_id = key_text(schemas[table], row)
                message = (
                    f"The row {row_id} added to {table} lacks {', '.join(lacking)}; it is left out until they are set."
                )
                problems.append(problem("correction-stale", message, resource="corrections", value=row_id))
    return problems


def mend_references(rows: Rows, tables: Iterable[str]) -> None:
    """Lets no cell of `tables` point at a row that a correction dropped.

    An event told in a quote that was cut anew points at the shortest quote around its trigger; any other reference to
    a dropped row is emptied. A required reference is left as it is, for the validator to report.
    """
    schemas = house_schemas()
    there = {table: {key_text(schemas[table], row) for row in rows[table]} for table in tables}
    for table in tables:
        for key in schemas[table].foreign_keys:
            target = key.resource or table
            if target not in there or len(key.fields) != 1 or schemas[table].field(key.fields[0]).required:
                continue
            for row in rows[table]:
                if row.get(key.fields[0]) is not None and row[key.fields[0]] not in there[target]:
                    row[key.fields[0]] = _quote_around(row, rows) if key.fields[0] == "quote_id" else None


def _quote_around(row: Row, rows: Rows) -> str | None:
    around = [
        (quote["end"] - quote["start"], quote["quote_id"])
        for quote in rows["quotes"]
        if quote["document_id"] == row["document_id"]
        and quote["start"] <= row["trigger_start"]
        and row["trigger_end"] <= quote["end"]
    ]
    return min(around)[1] if around else None


# --- actors ---------------------------------------------------------------------------------------------------------


def published_actors(rows: Rows, actors: Mapping[str, Row], names: Iterable[Row], roles: Iterable[Row]) -> None:
    """Fills actors, actor_names and actor_roles with those that the other tables mention or need.

    `actors` are all that are known; what they refer to (part_of, the organisation of a role) comes along.
    """
    used: set[str] = set()
    for table, columns in (
        ("mentions", ("actor_id",)),
        ("quotes", ("speaker_id", "addressee_id")),
        ("event_participants", ("actor_id",)),
    ):
        for row in rows[table]:
            used.update(row[c] for c in columns if row.get(c))
    roles = list(roles)
    open_ids = [a for a in used if a in actors]
    used = set(open_ids)
    while open_ids:
        actor = open_ids.pop()
        needed = [actors[actor].get("part_of")]
        needed += [r.get("organisation_id") for r in roles if r["actor_id"] == actor]
        for other in needed:
            if other and other in actors and other not in used:
                used.add(other)
                open_ids.append(other)
    rows["actors"] = [dict(actors[a]) for a in used]
    rows["actor_names"] = [dict(n) for n in names if n["actor_id"] in used]
    rows["actor_roles"] = [dict(r) for r in roles if r["actor_id"] in used]


# --- frames and files -----------------------------------------------------------------------------------------------


def to_frame(schema: TableSchema, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows as a typed frame, columns in the order of the schema, sorted by the key (by code point).

    Empty text counts as not stated. Raises polars' own errors for a value of the wrong type: that is a bug of ours.
    """
    import polars as pl

    from newspkg.schema import polars_schema

    rows = list(rows)
    columns = {name: [row.get(name) if row.get(name) != "" else None for row in rows] for name in schema.names}
    frame = pl.DataFrame(columns, schema=polars_schema(schema), strict=True)
    # As text, since a vocabulary would sort by the order of its list.
    return frame.sort([pl.col(name).cast(pl.String) for name in schema.primary_key])


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Writes a frame as UTF-8 CSV: comma, LF, one header row, `true`/`false`, ISO dates, lists as JSON text."""
    import polars as pl

    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    as_text = [
        pl.col(name)
        .map_elements(lambda v: json.dumps(v.to_list(), ensure_ascii=False), return_dtype=pl.String)
        .alias(name)
        for name in lists
    ]
    frame.with_columns(as_text).write_csv(path, line_terminator="\n", quote_style="necessary")
