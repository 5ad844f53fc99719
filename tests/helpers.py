"""A `Body` from plain text, for tests of single rooms."""

from __future__ import annotations

from newspkg import ids
from newspkg.body import Block, Body, Sentence, outline
from newspkg.sentences import split
from newspkg.source import Article


def body_of(text: str) -> Body:
    """The body of an article that is only this text."""
    return outline(Article("case.txt", text, ids.text_sha256(text), "text", {}))


def paragraphs(text: str, published: str | None = None) -> Body:
    """A body whose paragraphs are divided by blank lines; one that begins with "# " is a heading."""
    blocks: list[Block] = []
    sentences: list[Sentence] = []
    at = 0
    for piece in text.split("\n\n"):
        kind = "heading" if piece.startswith("# ") else "paragraph"
        blocks.append(Block(at, at + len(piece), kind, "case"))
        sentences += [Sentence(s, e, len(blocks) - 1) for s, e in split(text, at, at + len(piece))]
        at += len(piece) + 2
    article = Article("case.txt", text, ids.text_sha256(text), "text", {})
    return Body(article, 0, len(text), blocks, sentences, published=published)
