"""Dates, kinds of events, what has happened and when."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from newspkg import edtf
from newspkg.validate.rules.engine import ROW, Context, Frames, Hit, rule

__all__ = ["MODES", "TARGETED"]

# --- dates -----------------------------------------------------------------------------------------------------------

_EDTF = (
    ("documents", "published"),
    ("events", "date"),
    ("times", "value"),
    ("quotes", "said_on"),
    ("actor_names", "valid_from"),
    ("actor_names", "valid_to"),
    ("actor_roles", "valid_from"),
    ("actor_roles", "valid_to"),
)
_BOUNDED = (
    ("documents", "published", "published_earliest", "published_latest"),
    ("events", "date", "earliest", "latest"),
    ("times", "value", "earliest", "latest"),
)
_EXACT = (("events", "date", "date_precision"), ("times", "value", "precision"))


@rule("edtf-error", "{0}: {1}", each=_EDTF)
def _edtf(f: Frames, _: Context, table: str, column: str) -> Iterator[Hit]:
    """Dates are EDTF of levels 0 and 1."""
    wrong = [v for v in f[table][column].drop_nulls().unique().to_list() if not edtf.valid(v)]
    bad = f[table].filter(pl.col(column).is_in(wrong))
    yield Hit(table, bad, column, f"{column} is no date that EDTF has at levels 0 and 1.")


def _readable(f: Frames, table: str, column: str) -> list[str]:
    """The distinct dates that can be read; the others are told as edtf-error."""
    return [v for v in f[table][column].drop_nulls().unique(maintain_order=True).to_list() if edtf.valid(v)]


def _follows(f: Frames, table: str, value: str, column: str, due: pl.DataFrame) -> Hit:
    """Rows whose `column` is not what `due` has for their date, or not empty where there is no date."""
    rows = f[table].join(due, on=value, how="left", maintain_order="left")
    judged = pl.col(value).is_null() | pl.col(value).is_in(due[value].implode())
    bad = rows.filter(judged & pl.col(column).ne_missing(pl.col("due")))
    return Hit(table, bad, column, f"{value} {{{value}}} makes {column} {{due}}, not {{{column}}}.")


@rule("date-bounds", "{0}: {1} {2} {3}", each=_BOUNDED)
def _bounds(f: Frames, _: Context, table: str, value: str, earliest: str, latest: str) -> Iterator[Hit]:
    """The first and the last day are those that the date admits, and so in their order."""
    known = _readable(f, table, value)
    for column, days in (
        (earliest, [edtf.bounds(v).earliest for v in known]),
        (latest, [edtf.bounds(v).latest for v in known]),
    ):
        due = pl.DataFrame({value: known, "due": days}, schema={value: pl.String, "due": pl.Date})
        yield _follows(f, table, value, column, due)


@rule("date-bounds", "{0}: {1} {2}", each=_EXACT)
def _precision(f: Frames, _: Context, table: str, value: str, precision: str) -> Iterator[Hit]:
    """The precision is that of the date."""
    known = _readable(f, table, value)
    due = {value: known, "due": [edtf.precision(v) for v in known]}
    yield _follows(f, table, value, precision, pl.DataFrame(due, schema={value: pl.String, "due": pl.String}))


# --- kinds -----------------------------------------------------------------------------------------------------------

# PLOVER 2.0: the modes of each type, and the types that need a target.
MODES: dict[str, tuple[str, ...]] = {
    "AGREE": (),
    "CONSULT": ("visit", "third-party", "multilateral", "phone"),
    "SUPPORT": (),
    "CONCEDE": (),
    "COOPERATE": (),
    "AID": (),
    "RETREAT": ("withdraw", "release", "disarm", "ceasefire", "access", "resign"),
    "REQUEST": ("assist", "change", "yield", "meet"),
    "ACCUSE": ("disapprove", "investigate", "allege"),
    "REJECT": ("assist", "change", "yield", "meet"),
    "THREATEN": ("restrict", "arrest", "relations", "expel", "territory", "violence"),
    "PROTEST": ("demo", "riot", "strike", "hunger", "boycott", "obstruct", "vandalize"),
    "SANCTION": ("convict", "expel", "withdraw", "discontinue"),
    "MOBILIZE": ("troops", "weapons", "police", "militia"),
    "COERCE": (
        "seize", "restrict", "censor", "curfew", "martial-law", "arrest", "deport", "withhold", "misinformation",
        "cyber",
    ),
    "ASSAULT": (
        "abduct", "beat", "torture", "sexual", "targeted", "destroy", "primitive", "firearms", "explosives",
        "suicide-attack", "aerial", "drone", "heavy-weapons", "crowd-control", "unconventional",
    ),
}  # fmt: skip
TARGETED = ("COOPERATE", "AID", "SANCTION")


@rule("mode-type", "events: type mode")
def _mode(f: Frames, _: Context) -> Iterator[Hit]:
    """A mode belongs to certain types."""
    pairs = [(kind, mode, ", ".join(modes)) for kind, modes in MODES.items() for mode in modes]
    known = pl.DataFrame(pairs, schema={"type": pl.String, "mode": pl.String, "all": pl.String}, orient="row")
    judged = f["events"].filter(pl.col("mode").is_not_null() & pl.col("type").is_in(list(MODES)))
    bad = judged.join(known, on=["type", "mode"], how="anti", maintain_order="left")
    own = known.group_by("type").agg(pl.col("all").first())
    bad = bad.join(own, on="type", how="left", maintain_order="left").with_columns(pl.col("all").fill_null("none"))
    yield Hit("events", bad, "mode", "{mode} is no mode of the type {type}; its modes: {all}.")


@rule("target-missing", "events: event_id type", "event_participants: event_id role", whole=True)
def _target(f: Frames, _: Context) -> Iterator[Hit]:
    """Whom help, cooperation and sanctions concern is stated."""
    targets = f["event_participants"].filter(pl.col("role") == "target")
    needing = f["events"].filter(pl.col("type").is_in(TARGETED))
    bad = needing.join(targets, on="event_id", how="anti", maintain_order="left")
    yield Hit("events", bad, "type", "an event of type {type} needs a participant in the role of target.", "event_id")


@rule("event-without-mention", "events: event_id", "event_mentions: event_id", whole=True)
def _mentioned(f: Frames, _: Context) -> Iterator[Hit]:
    """Every event is told somewhere."""
    bad = f["events"].join(f["event_mentions"], on="event_id", how="anti", maintain_order="left")
    yield Hit("events", bad, "event_id", "no row of event_mentions tells this event.")


@rule("mention-type-differs", "event_mentions: event_id type", "events: event_id type")
def _types_agree(f: Frames, context: Context) -> Iterator[Hit]:
    """What a mention tells is of its event's type, or of one that the package lists as a variant of it."""
    listed = context.block.get("typeVariants", {})
    pairs = [(event, mention) for event, mentions in listed.items() for mention in mentions]
    variants = pl.DataFrame(pairs, schema={"event_type": pl.String, "type": pl.String}, orient="row")
    events = f["events"].select("event_id", pl.col("type").alias("event_type"))
    rows = f["event_mentions"].join(events, on="event_id", maintain_order="left")
    differing = rows.filter(pl.col("type") != pl.col("event_type"))
    bad = differing.join(variants, on=["event_type", "type"], how="anti", maintain_order="left")
    said = "its event is of type {event_type}, and typeVariants does not list {type} under it."
    yield Hit("event_mentions", bad, "type", said)


# --- time ------------------------------------------------------------------------------------------------------------


@rule(
    "actual-after-publication",
    "events: event_id status earliest",
    "event_mentions: event_id document_id",
    "documents: document_id published_latest",
    whole=True,
)
def _actual_event(f: Frames, _: Context) -> Iterator[Hit]:
    """What has happened was so by the time the last text that tells it came out."""
    told = f["event_mentions"].join(f["documents"].drop(ROW), on="document_id").group_by("event_id")
    day = pl.col("published_latest")
    rows = f["events"].join(told.agg(day.max(), day.null_count().alias("undated")), on="event_id")
    late = (pl.col("status") == "actual") & (pl.col("undated") == 0) & (pl.col("earliest") > day)
    said = (
        "it is told as a fact of {earliest} at the earliest, but the last text that tells it is of {published_latest}."
    )
    yield Hit("events", rows.filter(late), "status", said, "earliest")


@rule(
    "actual-after-publication",
    "event_mentions: document_id status time_id",
    "times: time_id earliest",
    "documents: document_id published_latest",
)
def _actual_mention(f: Frames, _: Context) -> Iterator[Hit]:
    """The same of a single mention with a date of its own."""
    rows = f["event_mentions"].join(f["times"].drop(ROW), on="time_id")
    rows = rows.join(f["documents"].drop(ROW), on="document_id")
    bad = rows.filter((pl.col("status") == "actual") & (pl.col("earliest") > pl.col("published_latest")))
    said = "it is told as a fact of {earliest} at the earliest, in a text of {published_latest}."
    yield Hit("event_mentions", bad, "status", said, "time_id")
