"""A file becomes an `Article`: its text, what is known about it, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Article"]


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
