"""Counts, ids, order, actors and corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl

from newspkg import edtf, ids
from newspkg.report import cut
from newspkg.validate.cells import Column, canonical
from newspkg.validate.rules.engine import ROW, Context, Frames, Hit, rule
from newspkg.validate.table import Table

__all__: list[str] = []

# --- counts ----------------------------------------------------------------------------------------------------------


def _counted(frame: pl.DataFrame, table: str, key: str, column: str, count: pl.DataFrame) -> Iterator[Hit]:
    """Rows whose `column` is not the `n` that `count` has for their key; without one it is 0."""
    rows = frame.join(count, on=key, how="left", maintain_order="left").with_columns(pl.col("n").fill_null(0))
    bad = rows.filter(pl.col(column) != pl.col("n"))
    yield Hit(table, bad, column, f"{column} is {{{column}}}; the rows give {{n}}.")


_COUNTED = (("quotes",), ("mentions",), ("event_mentions",))


@rule("count-mismatch", "documents: document_id n_{0}", "{0}: document_id", whole=True, each=_COUNTED)
def _rows_counted(f: Frames, _: Context, table: str) -> Iterator[Hit]:
    """A document has as many rows as it says."""
    count = f[table].group_by("document_id").agg(pl.len().alias("n"))
    yield from _counted(f["documents"], "documents", "document_id", f"n_{table}", count)


@rule(
    "count-mismatch",
    "events: event_id n_documents n_mentions",
    "event_mentions: event_id document_id",
    whole=True,
)
def _tellings_counted(f: Frames, _: Context) -> Iterator[Hit]:
    """An event is told as often as it says; one that is never told is event-without-mention."""
    told = f["events"].join(f["event_mentions"].select("event_id").unique(), on="event_id", how="semi")
    group = f["event_mentions"].group_by("event_id")
    documents = group.agg(pl.col("document_id").n_unique().alias("n"))
    yield from _counted(told, "events", "event_id", "n_documents", documents)
    yield from _counted(told, "events", "event_id", "n_mentions", group.agg(pl.len().alias("n")))


@rule(
    "count-mismatch",
    "documents: document_id n_chars quoted_chars quoted_share",
    "quotes: document_id kind start end",
    whole=True,
)
def _quoted_counted(f: Frames, _: Context) -> Iterator[Hit]:
    """quoted_chars stand in at least one direct quote; quoted_share is their part of the text, to four decimals."""
    direct = f["quotes"].filter(pl.col("kind") == "direct").sort("document_id", "start", "end")
    reach = pl.col("end").cum_max().shift(1).over("document_id").fill_null(0)
    fresh = direct.with_columns(n=(pl.col("end") - pl.max_horizontal("start", reach)).clip(0))
    count = fresh.group_by("document_id").agg(pl.col("n").sum())
    yield from _counted(f["documents"], "documents", "document_id", "quoted_chars", count)
    share = pl.when(pl.col("n_chars") > 0).then(pl.col("quoted_chars") / pl.col("n_chars")).otherwise(0.0)
    rows = f["documents"].with_columns(due=share)
    bad = rows.filter((pl.col("quoted_share") - pl.col("due")).abs() > 0.000051)  # half a digit, and the float's own
    said = "quoted_share is {quoted_share}; {quoted_chars} of {n_chars} characters are {due:.4f}."
    yield Hit("documents", bad, "quoted_share", said)


# --- ids and order ---------------------------------------------------------------------------------------------------

_SPAN_IDS = (
    ("mentions", "mention_id"),
    ("times", "time_id"),
    ("quotes", "quote_id"),
    ("event_mentions", "event_mention_id"),
    ("omissions", "omission_id"),
)


@rule("id-rule", "{0}: {1} document_id start end", each=_SPAN_IDS)
def _span_ids(f: Frames, _: Context, table: str, key: str) -> Iterator[Hit]:
    """A span is named by its document, its table's letter and its ends."""
    start, end = pl.col("start").cast(pl.String), pl.col("end").cast(pl.String)
    due = pl.concat_str("document_id", pl.lit(f":{ids.LETTERS[table]}"), start, pl.lit("-"), end)
    bad = f[table].with_columns(due=due).filter(pl.col(key) != pl.col("due"))
    yield Hit(table, bad, key, "the id of this span is {due}.")


@rule("id-rule", "documents: document_id text_sha256")
def _document_ids(f: Frames, _: Context) -> Iterator[Hit]:
    """A document is named by its text."""
    rows = f["documents"].drop_nulls()
    due = pl.Series("due", [ids.document_id(sha256) for sha256 in rows["text_sha256"]], dtype=pl.String)
    bad = rows.with_columns(due).filter(pl.col("document_id") != pl.col("due"))
    yield Hit("documents", bad, "document_id", "the id of a text with this SHA-256 is {due}.")


@rule(
    "id-rule",
    "events: event_id",
    "event_mentions: event_mention_id event_id document_id",
    "documents: document_id published_earliest",
    "corrections: table field value",
    whole=True,
)
def _event_ids(f: Frames, _: Context) -> Iterator[Hit]:
    """An event is named by its first mention, or by a person in a correction."""
    given = f["corrections"].filter((pl.col("table") == "event_mentions") & (pl.col("field") == "event_id"))
    free = f["events"].join(given.select(pl.col("value").alias("event_id")), on="event_id", how="anti")
    day = pl.col("published_earliest").dt.to_string("%Y-%m-%d").fill_null("9999").alias("day")
    told = f["event_mentions"].join(f["documents"].select("document_id", day), on="document_id")
    first = told.sort("day", "event_mention_id").group_by("event_id", maintain_order=True)
    rows = free.join(first.agg(pl.col("event_mention_id").first()).drop_nulls(), on="event_id", maintain_order="left")
    due = pl.Series("due", [ids.event_id(mention) for mention in rows["event_mention_id"]], dtype=pl.String)
    bad = rows.with_columns(due).filter(pl.col("event_id") != pl.col("due"))
    said = "no correction gives this id; the first mention, {event_mention_id}, makes it {due}."
    yield Hit("events", bad, "event_id", said)


_KEYS = (
    ("documents", "document_id"),
    ("actors", "actor_id"),
    ("actor_names", "actor_id name kind"),
    ("actor_roles", "role_id"),
    ("mentions", "mention_id"),
    ("events", "event_id"),
    ("event_participants", "event_id actor_id role"),
    ("event_mentions", "event_mention_id"),
    ("event_links", "event_a event_b relation"),
    ("times", "time_id"),
    ("quotes", "quote_id"),
    ("omissions", "omission_id"),
    ("corrections", "table row_id field"),
)


@rule("row-order", "{0}: {1}", each=_KEYS)
def _order(f: Frames, _: Context, table: str, key: str) -> Iterator[Hit]:
    """Rows are sorted by their key as text, by code point."""
    names = key.split()
    before, equal = pl.lit(False), pl.lit(True)
    for name in names:
        before = before | (equal & (pl.col(name) < pl.col(name).shift(1)))
        equal = equal & (pl.col(name) == pl.col(name).shift(1))
    bad = f[table].drop_nulls().filter(before.fill_null(False))
    yield Hit(table, bad, names[0], f"the row should stand further up: rows are sorted by {' + '.join(names)}.")


# --- actors ----------------------------------------------------------------------------------------------------------

_ALWAYS = (date.min, date.max)


def _span_of(valid_from: str | None, valid_to: str | None, *, surely: bool = False) -> tuple[date, date] | None:
    """First and last day on which something may have held, or did hold `surely`; None where a date cannot be read.

    "1990" is a day of that year: what may have begun on 1 January has surely begun by 31 December.
    """
    if not all(v is None or edtf.valid(v) for v in (valid_from, valid_to)):
        return None
    begin = edtf.bounds(valid_from) if valid_from else (None, None)
    stop = edtf.bounds(valid_to) if valid_to else (None, None)
    return begin[1 if surely else 0] or _ALWAYS[0], stop[0 if surely else 1] or _ALWAYS[1]


@rule("role-outside-dates", "{0}: valid_from valid_to", each=(("actor_names",), ("actor_roles",)))
def _dates_in_order(f: Frames, _: Context, table: str) -> Iterator[Hit]:
    """Nothing ends before it begins."""
    dated = f[table].drop_nulls()
    wrong = []
    for row in dated.iter_rows(named=True):
        span = _span_of(row["valid_from"], row["valid_to"])
        if span is not None and span[0] > span[1]:
            wrong.append(row[ROW])
    bad = dated.filter(pl.col(ROW).is_in(wrong))
    yield Hit(table, bad, "valid_to", "it ends, {valid_to}, before it begins, {valid_from}.")


_BY_OFFICE = r"(?:^|[._-])office(?:$|[._-])"


@rule(
    "role-outside-dates",
    "mentions: document_id actor_id rule",
    "documents: document_id published_earliest published_latest",
    "actor_roles: actor_id valid_from valid_to",
    "actors: actor_id type",
)
def _role_in_use(f: Frames, _: Context) -> Iterator[Hit]:
    """Who was recognised by an office held one when the text came out.

    Decidable where the name of the mention's rule has the word office in it, the text has a date, and the person has
    roles. Any role will do, as a mention does not say which.
    """
    spans: dict[str, list[tuple[date, date]]] = {}
    for row in f["actor_roles"].iter_rows(named=True):
        spans.setdefault(row["actor_id"], []).append(_span_of(row["valid_from"], row["valid_to"]) or _ALWAYS)
    persons = f["actors"].filter(pl.col("type") == "person").select("actor_id")
    used = f["mentions"].filter(pl.col("rule").str.contains(_BY_OFFICE)).join(persons, on="actor_id")
    used = used.join(f["documents"].drop(ROW), on="document_id").drop_nulls()
    wrong = [
        row[ROW]
        for row in used.iter_rows(named=True)
        if row["actor_id"] in spans
        and not any(
            first <= row["published_latest"] and row["published_earliest"] <= last
            for first, last in spans[row["actor_id"]]
        )
    ]
    said = "the office is taken for {actor_id}, who held none when the text came out, {published_earliest}."
    yield Hit("mentions", used.filter(pl.col(ROW).is_in(wrong)), "actor_id", said)


@rule("metonym-shared", "actor_names: actor_id name kind valid_from valid_to")
def _metonym(f: Frames, _: Context) -> Iterator[Hit]:
    """A capital stands for one government at a time; within the unstated time of a change it may stand for two."""
    metonyms = f["actor_names"].filter(pl.col("kind") == "metonym")
    shared = metonyms.filter(pl.col("actor_id").n_unique().over("name") > 1)
    wrong: dict[int, str] = {}
    for group in shared.partition_by("name"):
        rows = [(row, _span_of(row["valid_from"], row["valid_to"], surely=True)) for row in group.iter_rows(named=True)]
        for n, (row, span) in enumerate(rows):
            for other, reach in rows[:n]:
                if row["actor_id"] == other["actor_id"] or span is None or reach is None:
                    continue
                if span[0] < reach[1] and reach[0] < span[1]:
                    wrong.setdefault(row[ROW], other["actor_id"])
    others = pl.DataFrame(
        {ROW: list(wrong), "other": list(wrong.values())}, schema={ROW: pl.UInt32, "other": pl.String}
    )
    bad = shared.join(others, on=ROW)
    yield Hit("actor_names", bad, "name", "at the same time the name stands for {other}.")


@rule("part-of-cycle", "actors: actor_id part_of")
def _cycle(f: Frames, _: Context) -> Iterator[Hit]:
    """Nothing is part of itself, by whatever way round."""
    above: dict[str, str] = dict(f["actors"].drop_nulls().select("actor_id", "part_of").iter_rows())
    walk_of: dict[str, str] = {}  # actor -> the actor from which it was first reached
    ring: set[str] = set()
    for start in above:
        at = start
        while at in above and at not in walk_of:
            walk_of[at] = start
            at = above[at]
        if walk_of.get(at) == start:  # the walk has come back to itself
            while at not in ring:
                ring.add(at)
                at = above[at]
    bad = f["actors"].filter(pl.col("actor_id").is_in(sorted(ring)))
    yield Hit("actors", bad, "part_of", "{actor_id} is part of {part_of}, and that in the end of {actor_id}.")


_USES = (
    ("actors", "part_of"),
    ("actor_roles", "organisation_id"),
    ("mentions", "actor_id"),
    ("quotes", "speaker_id"),
    ("quotes", "addressee_id"),
    ("event_participants", "actor_id"),
)


@rule(
    "actor-unused",
    "actors: actor_id part_of",
    "actor_roles: organisation_id",
    "mentions: actor_id",
    "quotes: speaker_id addressee_id",
    "event_participants: actor_id",
    whole=True,
)
def _unused(f: Frames, _: Context) -> Iterator[Hit]:
    """Every actor is mentioned, speaks, is spoken to, takes part, or is what another belongs to."""
    used = pl.concat([f[table].select(pl.col(column).alias("actor_id")) for table, column in _USES]).unique()
    bad = f["actors"].join(used, on="actor_id", how="anti", maintain_order="left")
    yield Hit("actors", bad, "actor_id", "no other row refers to this actor.")


# --- corrections -----------------------------------------------------------------------------------------------------


@rule("correction-stale", "corrections: table row_id field value")
def _stale(f: Frames, context: Context) -> Iterator[Hit]:
    """Every correction is to be seen in the table that it corrects."""
    names = ["table", "row_id", "field"]
    rows = f["corrections"].drop_nulls(names)
    empty = f["corrections"].filter(pl.any_horizontal(pl.col(names).is_null()))
    lacking = pl.concat_list(pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in names)
    empty = empty.with_columns(lacking=lacking.list.drop_nulls().list.join(" and "))
    say = "{lacking} is empty, so the correction names no cell; fill it in or remove the row."
    yield Hit("corrections", empty, "row_id", say)
    dropped = {
        (row["table"], row["row_id"])
        for row in rows.iter_rows(named=True)
        if row["field"] == "*" and row["value"] == "drop"
    }
    known: dict[str, dict[str, int]] = {}
    wrong: dict[int, str] = {}
    for row in rows.iter_rows(named=True):
        name = row["table"]
        table = context.tables.get(name)
        key = table.schema.primary_key if table is not None else ()
        if table is None or not key or table.usable(key):
            continue
        if name not in known:
            cells = [pl.col(column).cast(pl.String).fill_null("") for column in key]
            texts = table.frame.select(pl.concat_str(cells, separator="|")).to_series().to_list()
            known[name] = {text: at for at, text in enumerate(texts)}
        gone = (name, row["row_id"]) in dropped
        if row["row_id"].endswith("*"):
            why = _unaccepted(row, known[name], table)
            if why:
                wrong[row[ROW]] = why
            continue
        why = _staleness(row, known[name].get(row["row_id"]), table, context.columns[name], gone)
        if why:
            wrong[row[ROW]] = why
    reasons = pl.DataFrame({ROW: list(wrong), "why": list(wrong.values())}, schema={ROW: pl.UInt32, "why": pl.String})
    yield Hit("corrections", rows.join(reasons, on=ROW), "row_id", "{table} {row_id}: {why}.")


def _unaccepted(row: Mapping[str, Any], known: Mapping[str, int], table: Table) -> str | None:
    """Why a correction that accepts many rows at once is not to be seen in its table, or None."""
    if row["field"] != "review" or row["value"] != "accepted" or "review" not in table.frame.columns:
        return "a row_id that ends in * only accepts rows: field review, value accepted"
    prefix = row["row_id"].removesuffix("*")
    read = [at for key, at in known.items() if key.startswith(prefix)]
    if not read:
        return "there is no row whose key begins so"
    left = table.frame["review"].cast(pl.String).gather(read).eq("unreviewed").sum()
    return f"{left} of its rows are still unreviewed" if left else None


def _staleness(
    row: Mapping[str, Any], at: int | None, table: Table, columns: Mapping[str, Column], dropped: bool
) -> str | None:
    """Why a correction is not to be seen in its table, or None. `at` is the position of its row, if it is there;
    `dropped`: another correction drops that row."""
    name, value = row["field"], row["value"]
    if name == "*":
        if value == "drop":
            return "the row was to be dropped, but it is there" if at is not None else None
        if value == "add":
            return None if at is not None or dropped else "the row was to be added, but it is not there"
        return f"with the field * the value is add or drop, not {cut(value) if value else 'empty'}"
    if at is None:
        return None if dropped else "there is no such row"
    if name not in table.frame.columns:
        return f"the table has no field {name}"
    if at in table.lost.get(name, ()) or at in table.faulty.get(name, ()) or columns[name].parse is None:
        return None
    cell = table.frame[name][at]
    same = cell is None if value is None else _equals(cell, value, columns[name])
    if same:
        return None
    return f"{name} was to be {cut(value) if value else 'empty'}, but is {'empty' if cell is None else cut(cell)}"


def _equals(cell: Any, text: str, column: Column) -> bool:
    """Whether a typed cell is the value that a text stands for."""
    assert column.parse is not None
    try:
        wanted = column.parse(text)
    except (ValueError, ArithmeticError):
        return False
    if isinstance(cell, float):
        return float(wanted) == cell
    return bool(cell == (canonical(wanted) if isinstance(wanted, (list, dict)) else wanted))
