"""The articles themselves, where a reader has them: plain text files, matched to `documents` by hash or by name.

Only files that are text already can be compared: a text that was taken out of a web page exists nowhere but in the
program that took it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from newspkg.decode import decode
from newspkg.ids import text_sha256
from newspkg.problems import UsageError
from newspkg.walk import files_of

__all__ = ["Texts", "read_texts"]


@dataclass
class Texts:
    """The files at hand. `by_hash` is SHA-256 of the text -> file; `by_name` is name below the folder that was given,
    and name alone, -> hash."""

    by_hash: dict[str, Path] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=dict)

    def text(self, sha256: str) -> str | None:
        """The text of that hash; read anew each time, since all texts together may not fit in memory."""
        path = self.by_hash.get(sha256)
        return None if path is None else _decoded(path)

    def named(self, source_file: str) -> set[str]:
        """The hashes of the texts at hand whose file is called so."""
        return self.by_name.get(source_file) or self.by_name.get(source_file.rsplit("/", 1)[-1], set())


def _decoded(path: Path) -> str | None:
    """The text of a file as the toolkit decodes it, or None where it is not text or cannot be read."""
    try:
        text = decode(path.name, path.read_bytes())
    except OSError:
        return None
    return text if isinstance(text, str) else None


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(file, its name as a build would call it), path by path."""
    for path in paths:
        files, problems = files_of([path], {".txt"})
        if problems and not files and not path.is_dir():  # a folder may hold articles that are no plain text
            raise UsageError(f"{problems[0].message} --texts names the articles, or the folder they lie in.")
        for file in files:
            yield Path(file.path), file.name


def read_texts(paths: Iterable[Path]) -> Texts:
    """The plain text files among `paths` and below them. Raises UsageError for a path that is not there."""
    texts = Texts()
    for path, name in _files(paths):
        text = _decoded(path)
        if text is None:
            continue
        sha256 = text_sha256(text)
        texts.by_hash.setdefault(sha256, path)
        for called in {name, path.name}:
            texts.by_name.setdefault(called, set()).add(sha256)
    return texts
