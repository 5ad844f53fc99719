"""Ids that need no counter: the same on one machine and on a thousand.

A document is named by its text, a span by its document and place, an event by its first mention.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

__all__ = ["LETTERS", "document_id", "event_id", "slug", "span_id", "split_span_id", "text_sha256"]

# The letter that tells, in a span's id, which table the row stands in.
LETTERS = {"quotes": "q", "mentions": "m", "times": "t", "event_mentions": "e", "omissions": "o"}

_SPAN_ID = re.compile(r"(doc-[0-9a-f]{16}):([a-z])(\d+)-(\d+)")


def text_sha256(text: str) -> str:
    """SHA-256 of the text as UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def document_id(sha256: str) -> str:
    """`doc-` and the first 16 hexadecimal digits of the text's SHA-256."""
    return f"doc-{sha256[:16]}"


def span_id(document: str, table: str, start: int, end: int) -> str:
    """`<document_id>:<letter><start>-<end>`; raises KeyError for a table whose rows are not spans."""
    return f"{document}:{LETTERS[table]}{start}-{end}"


def split_span_id(row_id: str) -> tuple[str, str, int, int] | None:
    """(document_id, letter, start, end) of a span's id, or None where it is none."""
    found = _SPAN_ID.fullmatch(row_id)
    if not found:
        return None
    return found[1], found[2], int(found[3]), int(found[4])


def event_id(first_mention_id: str) -> str:
    """`evt-` and 16 hexadecimal digits of the SHA-256 of the id of the event's first mention."""
    return f"evt-{text_sha256(first_mention_id)[:16]}"


def slug(name: str) -> str:
    """A name as an id: ASCII, lower case, words joined by hyphens (`Fatma Çağrı` -> `fatma-cagri`)."""
    folded = name.replace("ı", "i").replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
