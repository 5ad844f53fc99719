"""Bytes become text, or a `Problem` that names the byte: no encoding is ever guessed."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath

from newspkg.problems import Problem, problem

__all__ = ["binary", "charset", "decode", "marked", "not_utf8"]

# How files begin that are often taken for texts, and what a person calls them.
_KINDS = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"{\\rtf": "a rich text document",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstandard archive",
    b"\x89PNG": "a picture (png)",
    b"GIF8": "a picture (gif)",
    b"\xff\xd8\xff": "a picture (jpeg)",
    b"PAR1": "a parquet file",
    b"SQLite format 3": "a SQLite database",
}
# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def marked(raw: bytes) -> tuple[str | None, int]:
    """The encoding that a byte order mark announces, and the mark's length."""
    return next(((encoding, len(mark)) for mark, encoding in _MARKS if raw.startswith(mark)), (None, 0))


def binary(name: str, raw: bytes) -> Problem | None:
    """What a file is that begins like no text; None where its first bytes say nothing."""
    for start, kind in _KINDS.items():
        if raw.startswith(start):
            return problem(
                "source-binary", f"{name}: {kind}, not text. Turn it into plain text or html first.", path=name
            )
    return None


def decode(name: str, raw: bytes, encoding: str | None = None) -> str | Problem:
    """The text of a whole file; `encoding` is what the file says of itself where it has no byte order mark."""
    wrong = binary(name, raw)
    if wrong:
        return wrong
    announced, length = marked(raw)
    encoding = announced or encoding or "utf-8"
    if not announced and b"\0" in raw[:1_000_000]:
        at = raw.index(b"\0")
        message = (
            f"{name}: byte {at} is NUL, so this is no UTF-8 text. If it is UTF-16 without its mark, "
            "save it as UTF-8; otherwise take it away."
        )
        return problem("source-binary", message, path=name)
    try:
        return str(raw[length:] if length else raw, encoding)
    except UnicodeDecodeError as error:
        return not_utf8(name, raw, error.start + length, encoding)


def not_utf8(name: str, raw: bytes, at: int, encoding: str = "utf-8", *, line: int = 0, offset: int = 0) -> Problem:
    """Names the byte `at` of `raw`, which begins at byte `offset` of the file and, if `line` is given, in that line."""
    line = line or raw.count(b"\n", 0, at) + 1
    shown = f"0x{raw[at]:02X}" if at < len(raw) else "the end of the file"
    hint = f"Save it as UTF-8 (if it is Western European: iconv -f WINDOWS-1252 -t UTF-8 {PurePosixPath(name).name})."
    message = f"{name}, line {line}: byte {offset + at} ({shown}) is not valid {encoding.upper()}. {hint}"
    return problem("source-not-utf8", message, path=name, line=line, value=shown)


_CHARSET = re.compile(
    rb"""<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
# What browsers do: pages that name Latin-1 mean the Windows code page, which has the curly quotation marks; and a page
# whose name of its encoding can be read byte by byte cannot be in UTF-16.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8"}
_NO_CHARSET = {
    "idna",
    "punycode",
    "raw-unicode-escape",
    "unicode-escape",
    "undefined",
    "utf-7",
}  # Python's, not the web's


def charset(raw: bytes) -> str | None:
    """The encoding a page names in its first bytes, if Python knows it."""
    found = _CHARSET.search(raw[:4096])
    if not found:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
        b"a".decode(name, "replace")  # a codec that is none of text ("hex", "zip") is refused here
    except (LookupError, ValueError):
        return None
    return None if name in _NO_CHARSET else _MEANT.get(name, name)
