"""The five tables of the benchmark's package: their schemas, and what stands in each row.

A cell is a function of seed, table, row and column alone, so that any stretch of rows can be made by itself, in a
batch of any size, and always with the same bytes. All words are invented.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from benchmarks.jobs import sizes

Rows = np.ndarray[Any, np.dtype[np.int64]]
Bits = np.ndarray[Any, np.dtype[np.uint64]]

TABLES = ("documents", "actors", "events", "quotes", "event_actors")
SPARE = 8  # of so many parents the one at SPARE_AT is never referred to, so that its key may be spoilt
SPARE_AT = 3


# --- schemas ---------------------------------------------------------------------------------------------------------


def _field(name: str, kind: str = "string", *, required: bool = False, **constraints: Any) -> dict[str, Any]:
    wanted = {"required": True, **constraints} if required else constraints
    return {"name": name, "type": kind, **({"constraints": wanted} if wanted else {})}


def _refers(column: str, table: str) -> dict[str, Any]:
    return {"fields": [column], "reference": {"resource": table, "fields": [column]}}


DOCUMENT = r"doc-[0-9a-f]{16}"
ACTOR = r"act-[0-9]{7}"
EVENT = r"evt-[0-9]{8}"
FIRST_DAY, LAST_DAY = "1990-01-01", "2035-12-31"
KINDS = ["direct", "indirect", "mixed", "scare"]
SORTS = ["person", "state", "office", "group", "press"]
ROLES = ["speaker", "host", "guest", "mediator", "party"]
TONGUES = ["en", "fr", "hy", "ru", "tr"]

SCHEMAS: dict[str, dict[str, Any]] = {
    "documents": {
        "fields": [
            _field("document_id", required=True, pattern=DOCUMENT),
            _field("url", required=True, unique=True, pattern=r"https://[a-z]+\.example/[0-9a-f/]+", maxLength=60),
            _field("title", required=True, minLength=3, maxLength=120),
            _field("language", required=True, enum=TONGUES),
            _field("published", "date", minimum=FIRST_DAY, maximum=LAST_DAY),
            _field("words", "integer", required=True, exclusiveMinimum=0),
            _field("note", maxLength=200),
        ],
        "primaryKey": ["document_id"],
    },
    "actors": {
        "fields": [
            _field("actor_id", required=True, pattern=ACTOR),
            _field("name", required=True, unique=True, minLength=2, maxLength=80),
            _field("kind", required=True, enum=SORTS),
            _field("since", "integer", minimum=1000, maximum=2100),
            _field("weight", "number", required=True, minimum=0, exclusiveMaximum=1),
            _field("country", pattern=r"[A-Z]{2}"),
        ],
        "primaryKey": ["actor_id"],
    },
    "events": {
        "fields": [
            _field("event_id", required=True, pattern=EVENT),
            _field("document_id", required=True, pattern=DOCUMENT),
            _field("label", required=True, minLength=3, maxLength=100),
            _field("starts", "date", required=True, minimum=FIRST_DAY),
            _field("ends", "date", maximum=LAST_DAY),
            _field("certain", "boolean", required=True),
            _field("score", "number", minimum=-1, maximum=1),
        ],
        "primaryKey": ["event_id"],
        "foreignKeys": [_refers("document_id", "documents")],
    },
    "quotes": {
        "fields": [
            _field("quote_id", required=True, pattern=r"q[0-9]{9}"),
            _field("document_id", required=True, pattern=DOCUMENT),
            _field("actor_id", pattern=ACTOR),
            _field("event_id"),
            _field("start", "integer", required=True, minimum=0),
            _field("end", "integer", required=True, minimum=1, maximum=2_000_000),
            _field("kind", required=True, enum=KINDS),
            _field("text", required=True, minLength=10, maxLength=400),
            _field("cue", maxLength=40),
            _field("language", required=True, pattern=r"[a-z]{2}"),
            _field("said_on", "date", minimum=FIRST_DAY, maximum=LAST_DAY),
            _field("recorded_at", "datetime", required=True, minimum="2000-01-01T00:00:00Z"),
            _field("confidence", "number", minimum=0, maximum=1),
            _field("reviewed", "boolean"),
            _field("digest", required=True, unique=True, pattern=r"[0-9a-f]{16}"),
        ],
        "primaryKey": ["quote_id"],
        "foreignKeys": [
            _refers("document_id", "documents"),
            _refers("actor_id", "actors"),
            _refers("event_id", "events"),
        ],
    },
    "event_actors": {
        "fields": [
            _field("event_id", required=True, pattern=EVENT),
            _field("actor_id", required=True, pattern=ACTOR),
            _field("role", required=True, enum=ROLES),
            _field("share", "number", exclusiveMinimum=0, maximum=1),
        ],
        "primaryKey": ["event_id", "actor_id"],
        "foreignKeys": [_refers("event_id", "events"), _refers("actor_id", "actors")],
    },
}
MISSING = ["", "NA"]


def columns(table: str) -> list[str]:
    """The names of a table's columns, in order."""
    return [field["name"] for field in SCHEMAS[table]["fields"]]


# --- chance ----------------------------------------------------------------------------------------------------------


def mix(values: Bits) -> Bits:
    """A bijection of 64 bits that leaves no trace of order (the finaliser of splitmix64)."""
    z = values + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@cache
def _salt(*place: object) -> np.uint64:
    name = "/".join(map(str, place)).encode()
    return np.uint64(int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big"))


def draw(rows: Rows, *place: object) -> Bits:
    """64 bits a row, different for different rows, and unlike those of any other place."""
    return mix(rows.astype(np.uint64) + _salt(*place))


def below(bits: Bits, limit: int, turn: int = 0) -> Rows:
    """Each as a number below the limit; another `turn` gives another number out of the same bits."""
    return ((mix(bits + np.uint64(turn)) if turn else bits) % np.uint64(limit)).astype(np.int64)


def hexes(bits: Bits) -> pl.Series:
    """Each as its sixteen hexadecimal digits."""
    text = bits.astype(">u8").tobytes().hex().encode()
    ends = np.arange(0, len(text) + 1, 16, dtype=np.int32)
    array = pa.StringArray.from_buffers(len(bits), pa.py_buffer(ends.tobytes()), pa.py_buffer(text))
    return pl.Series(pl.from_arrow(array))


# --- invented words --------------------------------------------------------------------------------------------------

_ONSETS = [
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "dr",
    "kr",
    "pl",
    "st",
    "tr",
]
_VOWELS = [*"aeiou", "ai", "ea", "ou"]
_CODAS = [*"nrslmtk"] + [""] * 7
_FOREIGN = ["Żelmó", "naïkré", "Ődran", "Բարո", "Կենար", "Ветрина", "Долам", "Ñuarte", "šarin", "λομαρ", "東浜", "𐐔𐐯𐑅"]


def _word(chance: random.Random) -> str:
    return "".join(
        chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(chance.randint(1, 3))
    )


@cache
def phrases(seed: int, name: str, words: int, longest: int, count: int = 4096) -> pl.Series:
    """Invented phrases of about so many words, and of no more than so many characters: some with commas, quotation
    marks, other alphabets or line breaks."""
    chance = random.Random(f"{seed}/{name}")  # a string seeds it the same everywhere
    vocabulary = [_word(chance) for _ in range(600)]
    made = []
    for _ in range(count):
        run = [chance.choice(vocabulary) for _ in range(max(1, words + chance.randint(-2, 2)))]
        trait = chance.random()
        at = chance.randrange(len(run))
        if trait < 0.25:
            run[at] += ","
        elif trait < 0.30:
            run[at] = f'"{run[at]}"'
        elif trait < 0.42:
            run[at] = chance.choice(_FOREIGN)
        elif trait < 0.43:
            run[at] += "\nand"
        elif trait < 0.434:
            run[at] += "\r\nthen"
        made.append(" ".join(run)[:longest].strip())
    return pl.Series(made)


def _pick(pool: pl.Series, bits: Bits, turn: int = 0) -> pl.Series:
    return pool.gather(below(bits, len(pool), turn))


# --- columns ---------------------------------------------------------------------------------------------------------


def referred(rows: Rows, count: int, bits: Bits) -> Rows:
    """For each row a parent, never a spare one."""
    good = np.arange(count, dtype=np.int64)
    good = good[good % SPARE != SPARE_AT]
    return good[below(bits, len(good))] if len(rows) else rows


def document_ids(seed: int, rows: Rows) -> pl.Series:
    """The keys of documents: hexadecimal, in no order."""
    return "doc-" + hexes(draw(rows, seed, "document"))


def numbered(prefix: str, width: int, rows: Rows) -> pl.Series:
    """Keys that count up: a prefix and so many digits."""
    return prefix + pl.Series(rows).cast(pl.String).str.zfill(width)


def _days(first: str, last: str, bits: Bits, turn: int = 0) -> pl.Series:
    start = date.fromisoformat(first)
    span = (date.fromisoformat(last) - start).days + 1
    days = below(bits, span, turn) + (start - date(1970, 1, 1)).days
    return pl.Series(days.astype(np.int32)).cast(pl.Date).dt.to_string("%Y-%m-%d")


def _moments(bits: Bits) -> pl.Series:
    seconds = below(bits, 30 * 365 * 86_400) + int(datetime.fromisoformat("2000-01-01T00:00:00Z").timestamp())
    return pl.Series(seconds * 1000).cast(pl.Datetime("ms")).dt.to_string("%Y-%m-%dT%H:%M:%SZ")


def _decimals(whole: Rows, digits: int) -> pl.Series:
    """Numbers with so many digits behind the point, written out (-1.000, 0.042), never as 1e-05."""
    scale = 10**digits
    size = np.abs(whole)
    sign = pl.Series(whole < 0).replace_strict({True: "-", False: ""}, return_dtype=pl.String)
    return sign + pl.Series(size // scale).cast(pl.String) + "." + numbered("", digits, size % scale)


def _chosen(options: list[str], bits: Bits, turn: int = 0) -> pl.Series:
    return pl.Series(options).gather(below(bits, len(options), turn))


def _gaps(values: pl.Series, bits: Bits, percent: int) -> pl.Series:
    """So many of a hundred cells without a value: half of them empty, half of them NA."""
    lot = pl.Series(below(bits, 200, 99))
    frame = pl.DataFrame({"v": values, "lot": lot})
    empty = pl.when(pl.col("lot") < percent).then(None)
    return frame.select(empty.when(pl.col("lot") < 2 * percent).then(pl.lit("NA")).otherwise(pl.col("v")).alias("v"))[
        "v"
    ]


def cells(seed: int, table: str, column: str, rows: Rows, quotes: int) -> pl.Series:
    """The text of a column's clean cells at these rows; null is an empty cell. `quotes` is the size of the package."""
    count = sizes(quotes)
    bits = draw(rows, seed, table, column)
    numbers = pl.Series(rows)

    def words(name: str, length: int, longest: int, turn: int = 0) -> pl.Series:
        return _pick(phrases(seed, name, length, longest), bits, turn)

    def held() -> tuple[Rows, Rows]:
        """Of a row of event_actors: the event, and which of the event's rows it is."""
        good = np.arange(count["events"], dtype=np.int64)
        good = good[good % SPARE != SPARE_AT]
        at = rows * len(good) // count["event_actors"]
        first = -(-at * count["event_actors"] // len(good))
        return good[at], rows - first

    make: dict[tuple[str, str], Callable[[], pl.Series]] = {
        ("documents", "document_id"): lambda: document_ids(seed, rows),
        ("documents", "url"): lambda: "https://news.example/" + hexes(bits),
        ("documents", "title"): lambda: words("title", 7, 120),
        ("documents", "language"): lambda: _chosen(TONGUES, bits),
        ("documents", "published"): lambda: _gaps(_days(FIRST_DAY, LAST_DAY, bits), bits, 10),
        ("documents", "words"): lambda: pl.Series(below(bits, 3000) + 1).cast(pl.String),
        ("documents", "note"): lambda: _gaps(words("note", 14, 200), bits, 60),
        ("actors", "actor_id"): lambda: numbered("act-", 7, rows),
        ("actors", "name"): lambda: words("name", 2, 60) + " " + numbers.cast(pl.String),
        ("actors", "kind"): lambda: _chosen(SORTS, bits),
        ("actors", "since"): lambda: _gaps(pl.Series(below(bits, 1101) + 1000).cast(pl.String), bits, 20),
        ("actors", "weight"): lambda: _decimals(below(bits, 1000), 3),
        ("actors", "country"): lambda: _gaps(_chosen(["AM", "AZ", "RU", "TR", "GE"], bits), bits, 20),
        ("events", "event_id"): lambda: numbered("evt-", 8, rows),
        ("events", "document_id"): lambda: document_ids(seed, referred(rows, count["documents"], bits)),
        ("events", "label"): lambda: words("label", 6, 100),
        ("events", "starts"): lambda: _days(FIRST_DAY, LAST_DAY, bits),
        ("events", "ends"): lambda: _gaps(_days(FIRST_DAY, LAST_DAY, bits), bits, 50),
        ("events", "certain"): lambda: _chosen(["true", "false"], bits),
        ("events", "score"): lambda: _gaps(_decimals(below(bits, 2001) - 1000, 3), bits, 10),
        ("quotes", "quote_id"): lambda: numbered("q", 9, rows),
        ("quotes", "document_id"): lambda: document_ids(seed, referred(rows, count["documents"], bits)),
        ("quotes", "actor_id"): lambda: _gaps(numbered("act-", 7, referred(rows, count["actors"], bits)), bits, 5),
        ("quotes", "event_id"): lambda: _gaps(numbered("evt-", 8, referred(rows, count["events"], bits)), bits, 30),
        ("quotes", "start"): lambda: pl.Series(below(bits, 20_000)).cast(pl.String),
        ("quotes", "end"): lambda: pl.Series(below(bits, 20_000) + 20_001).cast(pl.String),
        ("quotes", "kind"): lambda: _chosen(KINDS, bits),
        ("quotes", "text"): lambda: words("a", 6, 130) + " " + words("b", 6, 130, 1) + " " + words("c", 6, 130, 2),
        # cells of exactly 40 characters and 120 bytes: who counts bytes finds them too long
        ("quotes", "cue"): lambda: _gaps(_pick(cues(seed), bits), bits, 10),
        ("quotes", "language"): lambda: _chosen(TONGUES, bits),
        ("quotes", "said_on"): lambda: _gaps(_days(FIRST_DAY, LAST_DAY, bits), bits, 15),
        ("quotes", "recorded_at"): lambda: _moments(bits),
        ("quotes", "confidence"): lambda: _gaps(_decimals(below(bits, 1001), 3), bits, 5),
        ("quotes", "reviewed"): lambda: _gaps(_chosen(["true", "false"], bits), bits, 5),
        ("quotes", "digest"): lambda: hexes(bits),
        ("event_actors", "event_id"): lambda: numbered("evt-", 8, held()[0]),
        ("event_actors", "actor_id"): lambda: _partners(held(), count["actors"]),
        ("event_actors", "role"): lambda: _chosen(ROLES, bits),
        ("event_actors", "share"): lambda: _gaps(_decimals(below(bits, 1000) + 1, 3), bits, 10),
    }
    return make[table, column]().alias(column)


@cache
def cues(seed: int) -> pl.Series:
    chance = random.Random(f"{seed}/cue")
    plain = [f"{_word(chance)} {_word(chance)}"[:40] for _ in range(500)]
    return pl.Series([*plain, "東浜" * 20, "北灯" * 20])


def _partners(held: tuple[Rows, Rows], actors: int) -> pl.Series:
    """Neighbours among the actors, so that no pair of event and actor comes twice."""
    event, turn = held
    good = np.arange(actors, dtype=np.int64)
    good = good[good % SPARE != SPARE_AT]
    return numbered("act-", 7, good[(event * 7 + turn) % len(good)])


def clean(seed: int, table: str, start: int, stop: int, quotes: int) -> pl.DataFrame:
    """The clean rows [start, stop) of a table as text; null is an empty cell."""
    rows = np.arange(start, stop, dtype=np.int64)
    return pl.DataFrame([cells(seed, table, column, rows, quotes) for column in columns(table)])
