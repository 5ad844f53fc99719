"""Places in the texts, quotes, and the words themselves where the texts are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from newspkg.package import BLOCK, DEFAULT_CEILING
from newspkg.validate.rules.engine import ROW, Context, Frames, Hit, rule

__all__ = ["unmarked"]

# --- places ----------------------------------------------------------------------------------------------------------

_SPANS = (
    ("mentions", "start", "end"),
    ("times", "start", "end"),
    ("quotes", "start", "end"),
    ("quotes", "speaker_start", "speaker_end"),
    ("quotes", "cue_start", "cue_end"),
    ("event_mentions", "start", "end"),
    ("event_mentions", "trigger_start", "trigger_end"),
    ("omissions", "start", "end"),
)
_OWN_SPANS = (("body_start", "body_end"), ("published_evidence_start", "published_evidence_end"))


@rule("span-outside-text", "{0}: document_id {1} {2}", "documents: document_id n_chars", each=_SPANS)
def _span_outside_text(f: Frames, _: Context, table: str, start: str, end: str) -> Iterator[Hit]:
    """A span begins before it ends, within the text; both its ends are stated, or neither."""
    half = f[table].filter(pl.col(start).is_null() != pl.col(end).is_null())
    yield Hit(table, half, start, f"only one end of the span is stated: {start} {{{start}}}, {end} {{{end}}}.")
    rows = f[table].join(f["documents"].drop(ROW), on="document_id")
    bad = rows.filter((pl.col(start) >= pl.col(end)) | (pl.col(end) > pl.col("n_chars")))
    yield Hit(table, bad, end, f"{{{start}}} to {{{end}}} is no stretch of a text of {{n_chars}} characters.")


@rule("span-outside-text", "documents: {0} {1} n_chars", each=_OWN_SPANS)
def _document_span(f: Frames, _: Context, start: str, end: str) -> Iterator[Hit]:
    """The same for the spans that a document has itself; an empty body is 0 to 0."""
    bad = f["documents"].filter(
        (pl.col(start) > pl.col(end))
        | (pl.col(end) > pl.col("n_chars"))
        | ((pl.col(start) == pl.col(end)) & (pl.col(end) > 0))
        | (pl.col(start).is_null() != pl.col(end).is_null())
    )
    yield Hit("documents", bad, end, f"{{{start}}} to {{{end}}} is no stretch of a text of {{n_chars}} characters.")


@rule(
    "span-outside-body",
    "{0}: document_id start end",
    "documents: document_id n_chars body_start body_end published_evidence_start published_evidence_end",
    each=(("mentions",), ("times",), ("quotes",), ("event_mentions",)),
)
def _span_outside_body(f: Frames, _: Context, table: str) -> Iterator[Hit]:
    """What is extracted lies in the article's own prose; the printed day of publication may stand above it."""
    rows = f[table].join(f["documents"].drop(ROW), on="document_id")
    outside = (pl.col("start") < pl.col("body_start")) | (pl.col("end") > pl.col("body_end"))
    printed_start, printed_end = pl.col("published_evidence_start"), pl.col("published_evidence_end")
    dateline = (pl.col("start") < printed_end) & (pl.col("end") > printed_start)
    sound = (pl.col("start") < pl.col("end")) & (pl.col("end") <= pl.col("n_chars"))  # else told as span-outside-text
    bad = rows.filter(outside & sound & ~dateline.fill_null(False))
    yield Hit(table, bad, "start", "{start} to {end} is outside the body, which is {body_start} to {body_end}.")


@rule("trigger-outside-span", "event_mentions: start end trigger_start trigger_end")
def _trigger_outside_span(f: Frames, _: Context) -> Iterator[Hit]:
    """The word that carries an event stands in the stretch that tells it."""
    sound = (pl.col("start") < pl.col("end")) & (pl.col("trigger_start") < pl.col("trigger_end"))
    outside = (pl.col("trigger_start") < pl.col("start")) | (pl.col("trigger_end") > pl.col("end"))
    said = "the trigger, {trigger_start} to {trigger_end}, is outside of {start} to {end}."
    yield Hit("event_mentions", f["event_mentions"].filter(sound & outside), "trigger_start", said)


_REFERENCES = (
    ("quotes", "speaker_mention_id"),
    ("quotes", "nested_in"),
    ("event_mentions", "quote_id"),
    ("event_mentions", "time_id"),
    ("times", "anchor_time_id"),
)


@rule("other-document", "{0}: document_id {1}", each=_REFERENCES)
def _other_document(f: Frames, _: Context, table: str, column: str) -> Iterator[Hit]:
    """A row refers to spans of its own document."""
    bad = f[table].filter(pl.col(column).str.split(":").list.first() != pl.col("document_id"))
    yield Hit(table, bad, column, f"{column} is a span of another document than {{document_id}}.")


# --- quotes ----------------------------------------------------------------------------------------------------------


@rule("speaker-inside-content", "quotes: start end speaker_start speaker_end")
def _speaker_inside(f: Frames, _: Context) -> Iterator[Hit]:
    """Who speaks is named outside of what is said."""
    bad = f["quotes"].filter((pl.col("speaker_start") < pl.col("end")) & (pl.col("speaker_end") > pl.col("start")))
    said = "the speaker, {speaker_start} to {speaker_end}, stands in the quote, {start} to {end}."
    yield Hit("quotes", bad, "speaker_start", said)


@rule("group-disagrees", "quotes: quote_group piece document_id kind speaker_id")
def _group(f: Frames, _: Context) -> Iterator[Hit]:
    """Pieces of one utterance have one document, one speaker and one kind, and are numbered each for itself."""
    quotes = f["quotes"].filter(pl.col("quote_group").is_not_null())
    in_order = quotes.sort("piece", ROW).group_by("quote_group", maintain_order=True)
    for column in ("document_id", "speaker_id", "kind"):
        rows = quotes.join(in_order.agg(pl.col(column).first().alias("first")), on="quote_group")
        bad = rows.filter(pl.col(column).ne_missing(pl.col("first")))
        yield Hit("quotes", bad, column, f"{column} is {{first}} in the first piece of {{quote_group}}.")
    piece = pl.struct("quote_group", "piece")
    twice = quotes.filter(piece.is_duplicated() & ~piece.is_first_distinct())
    yield Hit("quotes", twice, "piece", "{quote_group} has a piece {piece} already.")


@rule("quote-text-kind", "quotes: kind text")
def _text_kind(f: Frames, _: Context) -> Iterator[Hit]:
    """The words are published of direct quotes, and of no others."""
    bare = f["quotes"].filter((pl.col("kind") == "direct") & pl.col("text").is_null())
    yield Hit("quotes", bare, "text", "a direct quote has its text.")
    told = f["quotes"].filter((pl.col("kind") != "direct") & pl.col("text").is_not_null())
    yield Hit("quotes", told, "text", "a quote of kind {kind} carries no text: the words are not the speaker's alone.")


@rule("quoted-share", "documents: quoted_share")
def _quoted_share(f: Frames, context: Context) -> Iterator[Hit]:
    """No more of a text is published than the package says."""
    ceiling = context.block.get("quotedShareCeiling", DEFAULT_CEILING)
    bad = f["documents"].filter(pl.col("quoted_share") > ceiling)
    said = f"{{quoted_share:.2%}} of the text is quoted; {BLOCK}.quotedShareCeiling allows {ceiling:.2%}."
    yield Hit("documents", bad, "quoted_share", said)


# --- the texts -------------------------------------------------------------------------------------------------------


def _matched(f: Frames, context: Context) -> Iterator[tuple[str, str]]:
    """(document_id, text) of each document whose text is at hand; the others are noted in `context`."""
    assert context.texts is not None
    for row in f["documents"].iter_rows(named=True):
        name, sha256 = row["source_file"] or "", row["text_sha256"] or ""
        text = context.texts.text(sha256)
        if text is not None:
            yield row["document_id"], text
        elif not context.texts.named(name):
            plain = name.partition("#")[0].lower().endswith(".txt")
            context.unmatched[row["document_id"]] = (
                f"no file at hand is called {name} or has its hash"
                if plain
                else f"{name} is no plain text; what was taken out of it cannot be compared here"
            )


@rule("text-hash-mismatch", "documents: document_id source_file text_sha256", texts=True)
def _text_hash(f: Frames, context: Context) -> Iterator[Hit]:
    """The file of that name is the text that the package was made from."""
    texts = context.texts
    assert texts is not None
    named = f["documents"].drop_nulls()
    wrong = [
        row[ROW]
        for row in named.iter_rows(named=True)
        if row["text_sha256"] not in texts.by_hash and texts.named(row["source_file"])
    ]
    said = "{source_file} is at hand, but has another SHA-256: it is another text."
    yield Hit("documents", named.filter(pl.col(ROW).is_in(wrong)), "text_sha256", said)


_SURFACES = (
    ("mentions", "surface", "start", "end"),
    ("times", "surface", "start", "end"),
    ("quotes", "text", "start", "end"),
    ("quotes", "cue", "cue_start", "cue_end"),
    ("event_mentions", "trigger", "trigger_start", "trigger_end"),
)
_WHICH = "documents: document_id source_file text_sha256"


@rule("surface-mismatch", "{0}: document_id {1} {2} {3}", _WHICH, texts=True, each=_SURFACES)
def _surface(f: Frames, context: Context, table: str, column: str, start: str, end: str) -> Iterator[Hit]:
    """The words in the cell are those of the text between its ends."""
    stated = f[table].drop_nulls()
    by_document = stated.partition_by("document_id", as_dict=True)
    bad: list[dict[str, Any]] = []
    for document, text in _matched(f, context):
        rows = by_document.get((document,))
        for row in () if rows is None else rows.iter_rows(named=True):
            found = text[row[start] : row[end]]
            if found != row[column]:
                bad.append({**row, "found": found[:60]})
    rows = pl.DataFrame(bad, schema={**stated.schema, "found": pl.String})
    yield Hit(table, rows, column, f"from {{{start}}} to {{{end}}} the text has {{found!r}}.")


@rule("quote-marks", "quotes: document_id kind start end", _WHICH, texts=True)
def _quote_marks(f: Frames, context: Context) -> Iterator[Hit]:
    """A direct quote stands between marks, which are not in it."""
    direct = f["quotes"].filter(pl.col("kind") == "direct").drop_nulls()
    by_document = direct.partition_by("document_id", as_dict=True)
    bad: list[dict[str, Any]] = []
    for document, text in _matched(f, context):
        rows = by_document.get((document,))
        for row in () if rows is None else rows.iter_rows(named=True):
            why = unmarked(text, row["start"], row["end"])
            if why:
                bad.append({**row, "why": why})
    yield Hit("quotes", pl.DataFrame(bad, schema={**direct.schema, "why": pl.String}), "start", "{why}.")


_MARKS = "\"“”„‟«»＂'‘’‚‛‹›`´"


def unmarked(text: str, start: int, end: int) -> str | None:
    """Why text[start:end] is not what stands between two quotation marks, or None where it is.

    A quotation that goes on in the next paragraph has no closing mark, but that paragraph opens with one. A span that
    is none of this text is told elsewhere.
    """
    if not 0 <= start < end <= len(text):
        return None
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if not before or before not in _MARKS:
        return f"no quotation mark stands before it, but {before!r}" if before else "nothing stands before it"
    if not after or after not in _MARKS:
        gap = end
        while gap < len(text) and text[gap].isspace():
            gap += 1
        if "\n" in text[end:gap] and gap < len(text) and text[gap] in _MARKS:
            return None
        return f"no quotation mark stands after it, but {after!r}" if after else "nothing stands after it"
    if text[start] == before and text[end - 1] == after:
        return "the quotation marks are part of it"
    return None
