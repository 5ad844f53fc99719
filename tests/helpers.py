"""A `Body` from plain text, for tests of single rooms."""

from __future__ import annotations

from newspkg import ids
from newspkg.body import Body, outline
from newspkg.source import Article


def body_of(text: str) -> Body:
    """The body of an article that is only this text."""
    return outline(Article("case.txt", text, ids.text_sha256(text), "text", {}))
