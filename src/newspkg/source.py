"""A file becomes an `Article`: its text, what is known about it, and where it came from.

The text is decoded and then left alone: no normalisation, line ends as they are. A byte order mark at its start is
taken off, so offsets count from the first character after it. UTF-8 is expected; UTF-16 and UTF-32 are read where a
byte order mark announces them, html where it names its own encoding.

A new format is one function under `@reader` below. It is given a `Part` and yields a `_Record` or a `Problem` for each
article; what is common to all formats (empty, too long, half characters, `known`) is done in `read_part`.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from newspkg import ids
from newspkg.dateline import stated
from newspkg.decode import binary, charset, decode, marked, not_utf8
from newspkg.problems import CannotRun, Problem, problem
from newspkg.walk import files_of, unreadable

__all__ = ["Article", "Part", "parts", "read", "read_part"]

MAX_CHARS = 50_000_000  # one text; the longest newspaper article has some 100,000, and several copies are held at once
MAX_HTML = 20_000_000  # bytes of one page; a parsed tree takes about ten times that in memory
SPLIT = 32_000_000  # bytes of one part of a file of many articles: a second or two of work


@dataclass(frozen=True, slots=True)
class Article:
    """One article as decoded; `text` is never rewritten afterwards.

    `source_file` is the path below the folder or glob that was given (posix separators), with `#<record>` for one
    record of a file of many. `metadata` has only what is stated outside the text (the file's own fields, html meta
    data, curation/sources.csv): title, outlet, authors (joined by "; "), url, published (EDTF), language, genre,
    rights, licence, note. `extractor` names what made the text of the bytes ("text", "jsonl", "trafilatura 2.3.1").
    """

    source_file: str
    text: str
    sha256: str
    extractor: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A file to read, or a stretch of a large file of many articles; small, picklable, independent of all others.

    `name` is the display name, `size` the bytes to read. In jsonl `start` and `stop` are byte offsets on line ends and
    `first` is the number of the first line; in parquet they are row groups and `first` the number of the first row.
    `stop` is None for all the rest.
    """

    path: str
    name: str
    size: int
    format: str
    start: int = 0
    stop: int | None = None
    first: int = 1


@dataclass(frozen=True, slots=True)
class _Record:
    """What a reader found: a text, as yet unchecked, and the fields that came with it."""

    source_file: str
    text: str
    extractor: str
    metadata: dict[str, str]
    line: int | None = None


Found = Iterator[_Record | Problem]
_READERS: dict[str, Callable[[Part], Found]] = {}
_SPLITTERS: dict[str, Callable[[Part], list[Part]]] = {}


def reader(
    *suffixes: str, split: Callable[[Part], list[Part]] | None = None
) -> Callable[[Callable[[Part], Found]], Callable[[Part], Found]]:
    """Registers a function as the reader of files with these endings; `split` cuts large ones into parts."""

    def register(function: Callable[[Part], Found]) -> Callable[[Part], Found]:
        for suffix in suffixes:
            _READERS[suffix] = function
            if split:
                _SPLITTERS[suffix] = split
        return function

    return register


# --- the door -------------------------------------------------------------------------------------------------------


def parts(paths: Iterable[str | os.PathLike[str]]) -> list[Part | Problem]:
    """The parts that `paths` (files, folders, globs) hold, sorted by name and place, then what is wrong with the paths.

    Reading the parts one by one in this order with `read_part` gives what `read` gives. Nothing is decoded yet; files
    of many articles above `SPLIT` bytes are only cut where a line or row group ends.
    """
    files, problems = files_of(paths, _READERS.keys())
    found: list[Part | Problem] = []
    for file in files:
        suffix = Path(file.path).suffix.lower()
        part = Part(file.path, file.name, file.size, suffix)
        splitter = _SPLITTERS.get(suffix)
        found += splitter(part) if splitter and part.size > SPLIT else [part]
    return [*found, *problems]


def read(
    paths: Iterable[str | os.PathLike[str]], *, known: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[Article | Problem]:
    """Every article that `paths` hold, and a `Problem` for everything that could not be read; never raises on content.

    `known` has metadata by source file (or its bare file name), as curation/sources.csv gives it; it goes before what
    the file says of itself. For a record "a.jsonl#3" the entry "a.jsonl#3" goes before the record's own fields, and
    the entry "a.jsonl" fills what they leave open.
    """
    for part in parts(paths):
        if isinstance(part, Problem):
            yield part
        else:
            yield from read_part(part, known)


def read_part(part: Part, known: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[Article | Problem]:
    """The articles of one part and what is wrong in it; see `read` for `known`."""
    known = known or {}
    try:
        for item in _READERS[part.format](part):
            yield from [item] if isinstance(item, Problem) else _article(item, known)
    except OSError as error:
        yield replace(unreadable(part.path, error), path=part.name)


def _article(record: _Record, known: Mapping[str, Mapping[str, str]]) -> Iterator[Article | Problem]:
    name, text = record.source_file, record.text
    place: dict[str, Any] = {"path": name.partition("#")[0], "line": record.line}
    if not text or text.isspace():
        yield problem("source-empty", f"{name}: there is no text in it. Fill it or take it away.", **place)
        return
    if len(text) > MAX_CHARS:
        yield _too_long(name, f"{len(text):,} characters", **place)
        return
    if "\0" in text:
        at = text.index("\0")
        message = f"{name}: character {at} is NUL, which no text has. Find out what wrote it, and take it out."
        yield problem("source-binary", message, **place)
        return
    try:
        sha256 = ids.text_sha256(text)
    except UnicodeEncodeError as error:
        message = (
            f"{name}: character {error.start} is half of a surrogate pair, which is none. Write the text as UTF-8."
        )
        yield problem("source-not-utf8", message, **place)
        return
    bare = PurePosixPath(name).name
    metadata: dict[str, str] = {}
    if "#" in bare:
        metadata |= known.get(bare.partition("#")[0]) or known.get(name.partition("#")[0]) or {}
    metadata |= record.metadata
    metadata |= known.get(name) or known.get(bare) or {}
    metadata = {k: v.strip() for k, v in metadata.items() if isinstance(v, str) and v.strip()}
    if "published" in metadata:
        day = stated(metadata["published"])
        if day:
            metadata["published"] = day
        else:
            value = metadata.pop("published")
            message = (
                f"{name}: published is {value[:60]!r}, which is no date; it is left out. "
                "Write it as 2031-05-14, or in any form of EDTF."
            )
            yield problem("source-bad-date", message, field="published", value=value[:200], **place)
    yield Article(name, text, sha256, record.extractor, metadata)


def _too_long(name: str, size: str, limit: str = f"{MAX_CHARS:,} characters", **place: Any) -> Problem:
    message = f"{name}: {size} in one text; the limit is {limit}. It is hardly one article: split it into its articles."
    return problem("source-too-long", message, **place)


# --- plain text -----------------------------------------------------------------------------------------------------


@reader(".txt")
def _read_txt(part: Part) -> Found:
    if part.size > 4 * MAX_CHARS:  # more bytes than that cannot be fewer characters, so none need be read
        yield _too_long(part.name, f"{part.size:,} bytes", path=part.name)
        return
    text = decode(part.name, Path(part.path).read_bytes())
    yield text if isinstance(text, Problem) else _Record(part.name, text, "text", {})


# --- html -----------------------------------------------------------------------------------------------------------


@reader(".html", ".htm", ".xhtml")
def _read_html(part: Part) -> Found:
    if part.size > MAX_HTML:
        yield _too_long(part.name, f"{part.size:,} bytes", f"{MAX_HTML:,} bytes for a page", path=part.name)
        return
    raw = Path(part.path).read_bytes()
    if not raw.strip():
        yield _Record(part.name, "", "trafilatura", {})
        return
    page = decode(part.name, raw, charset(raw))
    if isinstance(page, Problem):
        yield page
        return
    trafilatura = _trafilatura()
    try:
        found = trafilatura.bare_extraction(
            page,
            with_metadata=True,
            include_comments=False,
            # The default looks at the clock for "no later than today" and guesses dates out of running text.
            date_extraction_params={"original_date": True, "extensive_search": False, "max_date": "2200-01-01"},
        )
    except Exception as error:  # noqa: BLE001 - a foreign parser on foreign bytes; it costs this page, with its reason
        why = f"{type(error).__name__}: {str(error)[:200]}"
        message = f"{part.name}: the html extractor broke down on this page ({why}). Save the article as text."
        yield problem("source-corrupt", message, path=part.name)
        return
    if found is None or not (found.text or "").strip():
        message = (
            f"{part.name}: no article was found in this page (a menu, a frame or a script). "
            "Save the article itself, as html or as text."
        )
        yield problem("source-no-article", message, path=part.name)
        return
    stated_fields = {
        "title": found.title,
        "authors": found.author,
        "published": found.date,
        "url": found.url,
        "outlet": found.sitename,
        "language": found.language,
    }
    metadata = {k: v for k, v in stated_fields.items() if isinstance(v, str)}
    yield _Record(part.name, found.text, f"trafilatura {trafilatura.__version__}", metadata)


@cache
def _trafilatura() -> Any:
    try:
        import trafilatura
    except ImportError as error:
        message = f"The html extractor cannot be loaded ({error}). Install the project's requirements again."
        raise CannotRun(message) from error
    for library in ("trafilatura", "htmldate", "justext", "courlan", "readability"):
        # What they would warn of comes out as a problem; without a handler Python prints it on the terminal.
        logging.getLogger(library).addHandler(logging.NullHandler())
    return trafilatura


# --- records: jsonl and parquet -------------------------------------------------------------------------------------

_TEXT = ("text", "body", "content", "article")
# Other names of our fields, in the order in which they are believed.
_FIELDS = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publisher", "sitename"),
    "authors": ("authors", "author", "byline"),
    "url": ("url", "link"),
    "published": ("published", "published_at", "date_published", "publication_date", "date"),
    "language": ("language", "lang"),
    "genre": ("genre",),
    "rights": ("rights",),
    "licence": ("licence", "license"),
    "note": ("note",),
}
_OURS = {name for names in _FIELDS.values() for name in names} | set(_TEXT)


def _from_row(part: Part, number: int, row: Mapping[str, Any], extractor: str, line: int | None) -> _Record | Problem:
    name = f"{part.name}#{number}"
    lower = {str(key).lower(): value for key, value in row.items()}
    column = next((c for c in _TEXT if isinstance(lower.get(c), str)), None) or next(
        (c for c in _TEXT if c in lower), None
    )
    if column is None:
        there = ", ".join(repr(str(key)[:40]) for key in list(row)[:12]) or "none"
        message = (
            f"{name}: no field named {', '.join(_TEXT[:-1])} or {_TEXT[-1]}; found {there}. "
            "Rename the field that holds the article to text."
        )
        return problem("source-no-text-column", message, path=part.name, line=line)
    text = lower[column]
    if text is not None and not isinstance(text, str):
        message = f"{name}: the field {column} holds a {type(text).__name__}, not a text. Put the article's text there."
        return problem("source-no-text-column", message, path=part.name, line=line, field=column)
    metadata = {}
    for field, names in _FIELDS.items():
        value = next((v for n in names if (v := _plain(lower.get(n), field))), None)
        if value:
            metadata[field] = value
    metadata |= {key: v for key, value in lower.items() if key not in _OURS and (v := _plain(value))}
    return _Record(name, text or "", extractor, metadata, line)


def _plain(value: object, field: str = "") -> str | None:
    """A field's value as text; lists of texts are joined by "; "; what is nested or missing is None."""
    if isinstance(value, list) and value and all(isinstance(v, str | dict) for v in value):
        names = [v if isinstance(v, str) else v.get("name") for v in value]
        return "; ".join(str(n) for n in names if n) or None
    if isinstance(value, dict):  # the shape of schema.org: {"@type": "Person", "name": ...}
        return _plain(value.get("name")) if field in ("authors", "outlet") else None
    if value is None or isinstance(value, list) or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _split_jsonl(part: Part) -> list[Part]:
    """Cuts at the first line end after every `SPLIT` bytes and counts the lines before each cut."""
    found, start, first, lines = [], 0, 1, 1
    try:
        with Path(part.path).open("rb") as file:
            while block := file.read(SPLIT):
                rest = b"" if block.endswith(b"\n") else file.readline()
                lines += block.count(b"\n") + rest.endswith(b"\n")
                found.append(replace(part, start=start, stop=file.tell(), first=first, size=file.tell() - start))
                start, first = file.tell(), lines
    except OSError:
        return [part]  # reading it will say why
    return found


@reader(".jsonl", ".ndjson", split=_split_jsonl)
def _read_jsonl(part: Part) -> Found:
    longest = 4 * MAX_CHARS
    with Path(part.path).open("rb") as file:
        head = file.read(16)
        announced, length = marked(head)
        wrong = binary(part.name, head)
        if wrong is None and announced not in (None, "utf-8"):
            encoding = str(announced)[:6].upper()
            message = f"{part.name}, line 1: the file is {encoding}. Lines of JSON are UTF-8: convert the file."
            wrong = problem("source-not-utf8", message, path=part.name, line=1)
        if wrong:
            if part.start == 0:
                yield wrong
            return
        file.seek(part.start or length)
        number = part.first - 1
        while (part.stop is None or file.tell() < part.stop) and (raw := file.readline(longest)):
            number += 1
            offset = file.tell() - len(raw)
            if len(raw) == longest and not raw.endswith(b"\n"):
                while raw and not raw.endswith(b"\n"):
                    raw = file.readline(longest)
                size = f"a line of {file.tell() - offset:,} bytes"
                yield _too_long(f"{part.name}#{number}", size, path=part.name, line=number)
            elif not raw.isspace():
                yield _from_line(part, number, raw, offset)


def _from_line(part: Part, number: int, raw: bytes, offset: int) -> _Record | Problem:
    where = f"{part.name}, line {number}"
    try:
        row = json.loads(raw.rstrip(b"\r\n").decode("utf-8"))
    except UnicodeDecodeError as error:
        return not_utf8(part.name, raw, error.start, line=number, offset=offset)
    except json.JSONDecodeError as error:
        message = (
            f"{where}: no JSON ({_why(error)}). One article is one JSON object on one line; this line is left out."
        )
        return problem("source-bad-json", message, path=part.name, line=number)
    except (ValueError, RecursionError) as error:
        # Python refuses to read an integer that long; its own words are about a setting of Python's.
        longest = sys.get_int_max_str_digits()
        why = (
            "it is nested too deep" if isinstance(error, RecursionError) else f"a number of more than {longest} digits"
        )
        message = f"{where}: the JSON cannot be read ({why}). This line is left out."
        return problem("source-bad-json", message, path=part.name, line=number)
    if not isinstance(row, dict):
        message = f"{where}: a JSON {type(row).__name__}, not an object with a field text. This line is left out."
        return problem("source-bad-json", message, path=part.name, line=number)
    return _from_row(part, number, row, "jsonl", number)


def _why(error: json.JSONDecodeError) -> str:
    """What is wrong with a line, and at which column, counted from 1 in characters of the line."""
    said, column, length = error.msg.removesuffix(" at").lower(), error.pos + 1, len(error.doc)
    if said == "unterminated string starting":
        return f"the line ends, at column {length + 1}, inside the text that begins at column {column}"
    if error.pos >= length:
        return f"the line ends too soon, at column {column}: {said}"
    return f"{said} at column {column}"


def _split_parquet(part: Part) -> list[Part]:
    """One part for each stretch of row groups that makes up `SPLIT` bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found, start, first, rows, size = [], 0, 1, 0, 0
    try:
        with pq.ParquetFile(part.path) as file:
            meta = file.metadata
    except (OSError, pa.ArrowException):
        return [part]  # reading it will say why
    for group in range(meta.num_row_groups):
        rows += meta.row_group(group).num_rows
        size += sum(meta.row_group(group).column(c).total_compressed_size for c in range(meta.num_columns))
        if size >= SPLIT or group == meta.num_row_groups - 1:
            found.append(replace(part, start=start, stop=group + 1, first=first, size=size))
            start, first, rows, size = group + 1, first + rows, 0, 0
    return found or [part]


@reader(".parquet", split=_split_parquet)
def _read_parquet(part: Part) -> Found:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = part.first
    try:
        with pq.ParquetFile(part.path) as file:
            columns = file.schema_arrow.names
            if not any(name.lower() in _TEXT for name in columns):
                if part.start == 0:
                    yield _from_row(part, number, dict.fromkeys(columns), "parquet", None)
                return
            groups = list(range(part.start, file.num_row_groups if part.stop is None else part.stop))
            for batch in file.iter_batches(batch_size=256, row_groups=groups):
                for row in _rows(batch):
                    if row is None:
                        message = (
                            f"{part.name}#{number}: a text in this row is not UTF-8. Write the row again, decoded."
                        )
                        yield problem("source-not-utf8", message, path=part.name)
                    else:
                        yield _from_row(part, number, row, "parquet", None)
                    number += 1
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the machine's trouble, not the file's: pyarrow sets no number for damage
        reason = " ".join(str(error).split())[:200]
        message = f"{part.name}: no parquet file, or damaged, from row {number} on ({reason}). Write it again."
        yield problem("source-corrupt", message, path=part.name)


def _rows(batch: Any) -> list[dict[str, Any] | None]:
    """The rows of a record batch; None for one that holds bytes which are no UTF-8 (pyarrow finds that only here)."""
    try:
        return list(batch.to_pylist())
    except UnicodeDecodeError:
        found: list[dict[str, Any] | None] = []
        for i in range(batch.num_rows):
            try:
                found += batch.slice(i, 1).to_pylist()
            except UnicodeDecodeError:
                found.append(None)
        return found
