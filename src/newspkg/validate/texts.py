"""The articles themselves, where a reader has them: plain text files, matched to `documents` by hash or by name.

Only files that are text already can be compared: a text that was taken out of a web page exists nowhere but in the
program that took it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newspkg.decode import decode
from newspkg.ids import text_sha256
from newspkg.problems import UsageError
from newspkg.validate.properties import no_file

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


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """(file, its name below the path that was given), in a fixed order."""
    for path in paths:
        if path.is_dir():
            for one in sorted(path.rglob("*.txt")):
                if one.is_file():
                    yield one, one.relative_to(path).as_posix()
        elif path.is_file():
            if path.suffix.lower() == ".txt":
                yield path, path.name
        else:
            other = no_file(path)
            if other:
                raise UsageError(f"{path}: {other}, not a file. --texts names the articles, or the folder they lie in.")
            raise UsageError(
                f"{path}: there is no such file or folder. --texts names the articles, or the folder they lie in."
            )


def read_texts(paths: Iterable[Path]) -> Texts:
    """The plain text files among `paths` and below them. Raises UsageError for a path that is not there."""
    texts = Texts()
    for path, name in _files(list(paths)):
        text = _decoded(path)
        if text is None:
            continue
        sha256 = text_sha256(text)
        texts.by_hash.setdefault(sha256, path)
        for called in {name, path.name}:
            texts.by_name.setdefault(called, set()).add(sha256)
    return texts
