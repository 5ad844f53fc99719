"""Names become files: folders, globs and single files, each file once, sorted; a `Problem` for what is not there."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from newspkg.problems import Problem, problem

__all__ = ["File", "files_of", "unreadable"]

_MAGIC = re.compile(r"[*?[]")
# What lies beside articles in an ordinary folder and is passed over without a word, unless it is named itself.
_BESIDE = re.compile(
    r"readme.*|(?:licen[cs]e|copying|notice|changelog|citation)(?:\.\w+)?|.*\.(?:csv|md)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class File:
    """A file to read. `name` is its path below what was given (posix separators), `size` its bytes."""

    path: str
    name: str
    size: int


class _Finder:
    def __init__(self, suffixes: Collection[str]) -> None:
        self.suffixes = suffixes
        self.files: list[File] = []
        self.problems: list[Problem] = []
        self.seen: dict[tuple[int, int], str] = {}  # (device, inode) of every file taken
        self.walked: dict[tuple[int, int], str] = {}  # the same of every folder walked through

    def tell(self, code: str, message: str, path: str) -> None:
        self.problems.append(problem(code, message, path=_shown(path)))

    # --- what was given ----------------------------------------------------------------------------------------

    def given(self, path: str) -> None:
        try:
            found = Path(path).stat()
        except FileNotFoundError:
            if Path(path).is_symlink():
                self.tell("source-not-found", f"{_shown(path)}: the link points at nothing. Mend or remove it.", path)
            elif _MAGIC.search(path):
                self.pattern(path)
            else:
                message = f"{_shown(path)}: there is no such file or folder. Check the name and the folder you are in."
                self.tell("source-not-found", message, path)
        except (OSError, ValueError) as error:
            self.unreadable(path, error)
        else:
            if stat.S_ISDIR(found.st_mode):
                self.folder(path, found)
            elif Path(path).suffix.lower() in self.suffixes:
                self.add(path, Path(path).name, found)
            else:
                known = ", ".join(sorted(self.suffixes))
                message = f"{_shown(path)}: no reader knows this kind of file. Convert it to one of {known}."
                self.tell("source-unknown-format", message, path)

    def folder(self, path: str, found: os.stat_result) -> None:
        if self.repeated(path, found, ()):
            return
        left_out: Counter[str] = Counter()
        example: dict[str, str] = {}
        for file, name, file_found in self.walk(path, found):
            suffix = Path(name).suffix.lower()
            if _BESIDE.fullmatch(Path(name).name):
                continue
            if suffix in self.suffixes:
                self.add(file, name, file_found)
            else:
                left_out[suffix] += 1
                example.setdefault(suffix, name)
        for suffix, count in sorted(left_out.items()):
            what = f"ending in {suffix}" if suffix else "without an ending"
            message = (
                f"{_shown(path)}: {count} file{'s' * (count > 1)} {what} left out, such as {_shown(example[suffix])}; "
                f"no reader knows this kind. Convert to one of {', '.join(sorted(self.suffixes))}."
            )
            self.problems.append(problem("source-unknown-format", message, path=_shown(path), severity="warning"))

    def pattern(self, pattern: str) -> None:
        """`*`, `?` and `[...]` within a name, `**` over folders; a folder that matches is read whole."""
        parts = Path(pattern).parts
        fixed = next(i for i, part in enumerate(parts) if _MAGIC.search(part))
        root, wanted = str(Path(*parts[:fixed])), [_segment(part) for part in parts[fixed:]]
        before = len(self.files), len(self.problems)
        if Path(root).is_dir():
            found = Path(root).stat()
            # Folders of another argument may be walked again here: a pattern picks single files out of them.
            mine, self.walked = self.walked, {_identity(found): root}
            for file, name, file_found in self.walk(root, found):
                if (
                    not _BESIDE.fullmatch(Path(name).name)
                    and Path(name).suffix.lower() in self.suffixes
                    and _matches(name.split("/"), wanted)
                ):
                    self.add(file, name, file_found)
            self.walked = mine
        if before == (len(self.files), len(self.problems)):
            message = (
                f"{_shown(pattern)}: the pattern matches no file that can be read. Check it, and the folder you are in."
            )
            self.tell("source-not-found", message, pattern)

    # --- what is there -----------------------------------------------------------------------------------------

    def walk(self, root: str, found: os.stat_result) -> Iterator[tuple[str, str, os.stat_result]]:
        """(path, name below root, stat) of the files below a folder, sorted by name, without hidden ones."""
        stack: list[tuple[str, str, tuple[tuple[int, int], ...]]] = [(root, "", (_identity(found),))]
        while stack:
            folder, below, trail = stack.pop()
            try:
                with os.scandir(folder) as entries:
                    inside = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
            except OSError as error:
                self.unreadable(folder, error)
                continue
            folders = []
            for entry in inside:
                name = f"{below}{entry.name}"
                try:
                    state = entry.stat()
                except FileNotFoundError:
                    message = f"{_shown(entry.path)}: the link points at nothing. Mend or remove it."
                    self.tell("source-not-found", message, entry.path)
                    continue
                except OSError as error:
                    self.unreadable(entry.path, error)
                    continue
                if not stat.S_ISDIR(state.st_mode):
                    yield entry.path, name, state
                elif not self.repeated(entry.path, state, trail):
                    folders.append((entry.path, f"{name}/", (*trail, _identity(state))))
            stack += reversed(folders)

    def repeated(self, path: str, found: os.stat_result, trail: tuple[tuple[int, int], ...]) -> bool:
        """Whether the folder was walked before; tells a circle of links from a folder that is only given twice."""
        identity = _identity(found)
        if identity in trail:
            message = (
                f"{_shown(path)}: the link leads back to a folder it lies in; it is not followed. Remove the link."
            )
            self.tell("source-loop", message, path)
            return True
        if identity in self.walked:
            message = f"{_shown(path)}: the same folder as {_shown(self.walked[identity])}; it is read once."
            self.tell("source-twice", message, path)
            return True
        self.walked[identity] = path
        return False

    def add(self, path: str, name: str, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            message = (
                f"{_shown(path)}: not an ordinary file (a pipe, a socket or a device). Save its content in a file."
            )
            self.tell("source-unreadable", message, path)
            return
        first = self.seen.get(_identity(found))
        if first is not None:
            same = "given twice" if first == path else f"the same file as {_shown(first)}"
            self.tell("source-twice", f"{_shown(path)}: {same}; it is read once.", path)
            return
        self.seen[_identity(found)] = path
        self.files.append(File(path, _shown(name), found.st_size))

    def unreadable(self, path: str, error: Exception) -> None:
        self.problems.append(unreadable(path, error))


def unreadable(path: str, error: Exception) -> Problem:
    """The problem of a file that the machine will not hand over, in words."""
    if isinstance(error, PermissionError):
        what = "you may not read it. Change its permissions"
    elif isinstance(error, FileNotFoundError):
        what = "it was there when the run began and is gone. Put it back and run again"
    else:
        what = f"it cannot be read ({getattr(error, 'strerror', None) or error}). Check the name and the disk"
    return problem("source-unreadable", f"{_shown(path)}: {what}.", path=_shown(path))


def files_of(paths: Iterable[str | os.PathLike[str]], suffixes: Collection[str]) -> tuple[list[File], list[Problem]]:
    """The files that `paths` name, sorted by name, and what is wrong with the paths.

    A path is a file, a folder (read recursively, hidden files left out) or a glob. `suffixes` are the endings that can
    be read, in lower case with their dot. A file that can be reached twice is taken once. Two files of one name are
    told apart by as many of their parent folders as that takes.
    """
    finder = _Finder(suffixes)
    for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
        finder.given(os.fspath(path))
    return sorted(_told_apart(finder.files), key=lambda f: f.name), finder.problems


def _told_apart(files: list[File]) -> list[File]:
    same: dict[str, list[int]] = defaultdict(list)
    for i, file in enumerate(files):
        same[file.name].append(i)
    result = list(files)
    for name, places in same.items():
        if len(places) == 1:
            continue
        whole = [Path(_shown(os.path.realpath(files[i].path))).parts for i in places]
        n = len(Path(name).parts) + 1
        while len({parts[-n:] for parts in whole}) < len(places) and n < max(map(len, whole)):
            n += 1
        for i, parts in zip(places, whole, strict=True):
            result[i] = replace(files[i], name="/".join(parts[-n:]))
    return result


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _shown(path: str) -> str:
    """A path as text that any file can hold: names that are not UTF-8 come with replacement characters."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace(os.sep, "/")


def _segment(pattern: str) -> re.Pattern[str] | None:
    return None if pattern == "**" else re.compile(fnmatch.translate(pattern))


def _matches(segments: list[str], wanted: list[re.Pattern[str] | None]) -> bool:
    """Whether the path, or a folder it lies in, matches; `None` stands for `**`.

    Steps a set of states, so that many `**` cost no more than one.
    """

    def closed(states: set[int]) -> set[int]:
        for state in sorted(states):
            while state < len(wanted) and wanted[state] is None:
                state += 1
                states.add(state)
        return states

    states = closed({0})
    for segment in segments:
        after = set()
        for state in states:
            if state < len(wanted):
                pattern = wanted[state]
                if pattern is None:
                    after.add(state)
                elif pattern.match(segment):
                    after.add(state + 1)
        states = closed(after)
        if len(wanted) in states:
            return True
    return False
