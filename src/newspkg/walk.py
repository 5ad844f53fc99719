"""Names become files: folders, globs and single files, each file once, sorted; a `Problem` for what is not there."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from newspkg.problems import Problem, problem

__all__ = ["File", "files_of", "unreadable"]

_MAGIC = re.compile(r"[*?[]")
# What lies beside articles in an ordinary folder and is passed over without a word, unless it is named itself.
_BESIDE = re.compile(
    r"readme.*|(?:licen[cs]e|copying|notice|changelog|citation)(?:\.\w+)?|.*\.(?:csv|md)", re.IGNORECASE
)

Trail = tuple[tuple[int, int], ...]  # the folders that lead to a place, as (device, inode)
_KINDS = {
    "a device": lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode),
    "a pipe": stat.S_ISFIFO,
    "a socket": stat.S_ISSOCK,
}


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
        except (FileNotFoundError, NotADirectoryError):
            if Path(path).is_symlink():
                self.dead(path)
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
            elif not stat.S_ISREG(found.st_mode) or Path(path).suffix.lower() in self.suffixes:
                self.add(path, Path(path).name, found)
            else:
                message = f"{_shown(path)}: no reader knows this kind of file. Convert it to one of {self.endings()}."
                self.tell("source-unknown-format", message, path)

    def folder(self, path: str, found: os.stat_result) -> None:
        if self.repeated(path, found, ()):
            return
        before = len(self.problems)
        if not self.take(path, self.walk(path, found)) and len(self.problems) == before:
            message = (
                f"{_shown(path)}: there is no article in this folder. Put articles into it, or name another one; "
                f"files ending in {self.endings()} are read."
            )
            self.tell("source-not-found", message, path)

    def pattern(self, pattern: str) -> None:
        """`*`, `?` and `[...]` within a name, `**` over folders; a folder that matches is read like one that is named.

        What does not match is neither read nor spoken of, and no folder is opened in which nothing could match.
        """
        parts = Path(pattern).parts
        fixed = next(i for i, part in enumerate(parts) if _MAGIC.search(part))
        root = str(Path(*parts[:fixed]))
        try:
            found = Path(root).stat()
        except (FileNotFoundError, NotADirectoryError):
            found = None
        except OSError as error:
            self.unreadable(root, error)
            return
        if found is None or not stat.S_ISDIR(found.st_mode):
            message = (
                f"{_shown(pattern)}: nothing matches, as there is no folder {_shown(root)}. "
                "Check the name and the folder you are in."
            )
            self.tell("source-not-found", message, pattern)
            return
        # Folders of another argument may be walked again here: a pattern picks single files out of them.
        mine, self.walked = self.walked, {}
        before = len(self.problems)
        search = _Search(self, [_Segment(part) for part in parts[fixed:]])
        if not self.take(pattern, search.matches(root, found)) and len(self.problems) == before:
            if search.matched:
                message = (
                    f"{_shown(pattern)}: it matches {_shown(search.matched)}, but no article. "
                    f"Files ending in {self.endings()} are read; name one that is called like a readme itself."
                )
            else:
                message = (
                    f"nothing matches {_shown(pattern)}. Check it, and the folder you are in; * stays within a name, "
                    "** goes into folders."
                )
            self.tell("source-not-found", message, pattern)
        self.walked = mine

    def take(self, given: str, found: Iterable[tuple[str, str, os.stat_result]]) -> bool:
        """Adds those of many files that can be read and counts the others; whether there was one to read.

        Files of other kinds are a warning beside articles, and an error where they are all there is.
        """
        left_out: Counter[str] = Counter()
        example: dict[str, str] = {}
        some = False
        for file, name, state in found:
            suffix = Path(name).suffix.lower()
            if _BESIDE.fullmatch(Path(name).name):
                continue
            if suffix in self.suffixes:
                self.add(file, name, state)
                some = True
            else:
                left_out[suffix] += 1
                example.setdefault(suffix, name)
        for suffix, count in sorted(left_out.items()):
            what = f"ending in {suffix}" if suffix else "without an ending"
            message = (
                f"{_shown(given)}: {count} file{'s' * (count > 1)} {what} left out, such as {_shown(example[suffix])}; "
                f"no reader knows this kind. Convert to one of {self.endings()}."
            )
            severity = "warning" if some else "error"
            self.problems.append(problem("source-unknown-format", message, path=_shown(given), severity=severity))
        return some

    def endings(self) -> str:
        return ", ".join(sorted(self.suffixes))

    # --- what is there -----------------------------------------------------------------------------------------

    def walk(self, root: str, found: os.stat_result, above: Trail = ()) -> Iterator[tuple[str, str, os.stat_result]]:
        """(path, name below root, stat) of the files below a folder, sorted by name, without hidden ones.

        `above` are the folders that led to it.
        """
        stack: list[tuple[str, str, Trail]] = [(root, "", (*above, _identity(found)))]
        while stack:
            folder, below, trail = stack.pop()
            folders = []
            for entry in self.inside(folder):
                name = f"{below}{entry.name}"
                state = self.state(entry)
                if state is None:
                    continue
                if not stat.S_ISDIR(state.st_mode):
                    yield entry.path, name, state
                elif not self.repeated(entry.path, state, trail):
                    folders.append((entry.path, f"{name}/", (*trail, _identity(state))))
            stack += reversed(folders)

    def inside(self, folder: str, hidden: bool = False) -> list[os.DirEntry[str]]:
        """What lies in a folder, sorted by name; nothing, and a problem, where it may not be listed."""
        try:
            with os.scandir(folder) as entries:
                return sorted((e for e in entries if hidden or not e.name.startswith(".")), key=lambda e: e.name)
        except OSError as error:
            self.unreadable(folder, error)
            return []

    def state(self, entry: os.DirEntry[str]) -> os.stat_result | None:
        """The state of an entry, or None and a problem."""
        try:
            return entry.stat()
        except FileNotFoundError:
            self.dead(entry.path)
        except OSError as error:
            self.unreadable(entry.path, error)
        return None

    def dead(self, path: str) -> None:
        self.tell("source-not-found", f"{_shown(path)}: the link points at nothing. Mend or remove it.", path)

    def repeated(self, path: str, found: os.stat_result, trail: Trail) -> bool:
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
            kind = next((kind for kind, is_one in _KINDS.items() if is_one(found.st_mode)), "something else")
            self.tell("source-unreadable", f"{_shown(path)}: {kind}, not a file. Save its content in a file.", path)
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


# --- patterns -------------------------------------------------------------------------------------------------------


class _Segment:
    """One step of a pattern, between two slashes. `many`: it is `**` and stands for any number of folders."""

    def __init__(self, text: str) -> None:
        self.many = text == "**"
        self.hidden = text.startswith(".")  # as in a shell, only a dot matches the dot of a hidden name
        self._match = re.compile(fnmatch.translate(text)).match

    def fits(self, name: str) -> bool:
        return (self.many or self._match(name) is not None) and (self.hidden or not name.startswith("."))


def _closed(wanted: Sequence[_Segment], states: set[int]) -> frozenset[int]:
    """The states and those that a `**` which stands for no folder leads to."""
    found = set()
    for state in states:
        found.add(state)
        while state < len(wanted) and wanted[state].many and state + 1 not in found:
            state += 1
            found.add(state)
    return frozenset(found)


def _after(wanted: Sequence[_Segment], states: frozenset[int], name: str) -> frozenset[int]:
    """How far the pattern has come when a name follows; `len(wanted)` is its end.

    Steps a set of states, so that many `**` cost no more than one.
    """
    fitting = [state for state in states if state < len(wanted) and wanted[state].fits(name)]
    return _closed(wanted, {state if wanted[state].many else state + 1 for state in fitting})


class _Search:
    """Looks for what matches a pattern. `matched` is the first thing that did, or empty."""

    def __init__(self, finder: _Finder, wanted: Sequence[_Segment]) -> None:
        self.finder, self.wanted = finder, wanted
        self.matched = ""
        self.seen: set[tuple[tuple[int, int], frozenset[int]]] = set()  # folders, and how far the pattern had come

    def matches(self, root: str, found: os.stat_result) -> Iterator[tuple[str, str, os.stat_result]]:
        """(path, name below root, stat) of the files that match, or lie in a folder that does."""
        end = len(self.wanted)
        start = _closed(self.wanted, {0})
        if end in start:  # nothing but **
            self.matched = root
            yield from self.finder.walk(root, found)
            return
        stack: list[tuple[str, str, Trail, frozenset[int]]] = [(root, "", (_identity(found),), start)]
        while stack:
            folder, below, trail, states = stack.pop()
            folders = []
            hidden = any(self.wanted[state].hidden for state in states)
            for entry in self.finder.inside(folder, hidden):
                after = _after(self.wanted, states, entry.name)
                name = f"{below}{entry.name}"
                if end in after:
                    self.matched = self.matched or entry.path
                    state = self.finder.state(entry)
                    if state is None:
                        continue
                    if not stat.S_ISDIR(state.st_mode):
                        yield entry.path, name, state
                    elif not self.finder.repeated(entry.path, state, trail):
                        for path, inner, inner_state in self.finder.walk(entry.path, state, trail):
                            yield path, f"{name}/{inner}", inner_state
                elif after and (identity := _folder(entry, trail)) and (identity, after) not in self.seen:
                    self.seen.add((identity, after))
                    folders.append((entry.path, f"{name}/", (*trail, identity), after))
            stack += reversed(folders)


def _folder(entry: os.DirEntry[str], trail: Trail) -> tuple[int, int] | None:
    """What tells a folder from all others; None for what is none, or leads back in a circle. No complaint is made: it
    may have nothing to do with what is looked for."""
    try:
        identity = _identity(entry.stat()) if entry.is_dir() else None
    except OSError:
        return None
    return None if identity in trail else identity
