"""An `Article` becomes a `Body`: which lines are the article's own prose, in blocks and sentences. Nothing is rewritten."""

from __future__ import annotations

from dataclasses import dataclass, field

from newspkg.source import Article

__all__ = ["Block", "Body", "Sentence"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line or paragraph of the text. `kind`: title, byline, dateline, heading, paragraph, caption, boilerplate.
    `reason` names the rule that decided."""

    start: int
    end: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a paragraph or heading block; `block` is an index into `Body.blocks`."""

    start: int
    end: int
    block: int


@dataclass(slots=True)
class Body:
    """The article's own prose. `start`, `end` span from the first to the last own block; blocks of kind boilerplate
    and caption may lie between. `published` is EDTF or None; `published_span` its evidence in the text."""

    article: Article
    start: int
    end: int
    blocks: list[Block]
    sentences: list[Sentence]
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    published_span: tuple[int, int] | None = None
    language: str | None = None  # BCP 47
    genre: str | None = None
    metadata_from: dict[str, str] = field(default_factory=dict)  # field -> "text" or "source"
