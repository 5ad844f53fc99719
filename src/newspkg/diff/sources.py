"""Where a version may be: a folder, a descriptor, an archive, or a revision of the git repository around a folder."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError
from newspkg.report import Findings, cut
from newspkg.validate.descriptor import Package, open_package
from newspkg.validate.packed import LARGEST, RATIO, RATIO_FROM, Scratch
from newspkg.validate.properties import unsafe

__all__ = ["GIT", "open_version"]

GIT = "git:"
_BLOCK = 1 << 20
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_FAULTS = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, tarfile.TarError, zlib.error)


def open_version(source: str | Path, scratch: Scratch, side: str) -> Package:
    """The package at a source. `side` is what messages call it.

    Raises UsageError where there is none, CannotRun where it cannot be read.
    """
    name = str(source)
    if name.startswith(GIT):
        path = _revision(name, scratch)
    elif Path(source).is_file() and name.lower().endswith((".zip", *_TARS)):
        path = _top(_unpacked(Path(source), scratch), name)
    else:
        path = Path(source)
    findings = Findings(1)
    try:
        package = open_package(path, findings)
    except UsageError as wrong:
        if path == Path(source):
            raise
        raise UsageError(f"{name}: there is no {DESCRIPTOR} in it.") from wrong
    if not package.resources:
        report = findings.report()
        first = report.problems[0].message.rstrip(".") if report.problems else "it has no resources"
        raise CannotRun(f"{side}, {name}: there is nothing to compare: {first}. pkg validate says more.")
    return package


# --- archives --------------------------------------------------------------------------------------------------------


def _unpacked(path: Path, scratch: Scratch) -> Path:
    """A folder with what is in an archive."""
    folder = scratch.file("version")
    try:
        folder.mkdir()
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                _bounded(path, sum(one.file_size for one in archive.infolist()))
                archive.extractall(folder)
        else:
            with tarfile.open(path) as archive:
                _bounded(path, sum(one.size for one in archive))
                archive.extractall(folder, filter="data")
    except _FAULTS as error:
        raise CannotRun(f"{path}: cannot be unpacked ({getattr(error, 'strerror', None) or error}).") from error
    return folder


def _bounded(path: Path, size: int) -> None:
    if size > LARGEST or (size > RATIO_FROM and size > RATIO * path.stat().st_size):
        raise CannotRun(f"{path}: unpacks to {size:,} bytes, as only a trap does.")


def _top(folder: Path, name: str) -> Path:
    """Where the descriptor is: at the top, or in the one folder in which everything is."""
    if (folder / DESCRIPTOR).is_file():
        return folder
    inner = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.startswith(("__MACOSX", "."))]
    found = [one for one in inner if (one / DESCRIPTOR).is_file()]
    if len(found) != 1:
        several = f"there are {len(found)}" if found else "there is no"
        raise UsageError(f"{name}: {several} {DESCRIPTOR} in it, at its top or one folder below.")
    return found[0]


# --- git -------------------------------------------------------------------------------------------------------------


def _revision(source: str, scratch: Scratch) -> Path:
    """A folder with the files of a revision: of this folder, or of what is named after a second colon. They are what
    git holds, byte for byte: no attribute leaves one out or rewrites its line ends."""
    revision, _, below = source.removeprefix(GIT).partition(":")
    if not revision or revision.startswith("-"):
        raise UsageError(f"{source}: name a revision, as git:v1.0.0 or git:HEAD~1:folder.")
    below = below.strip("/")
    file = below.rpartition("/")[2] if below.endswith(".json") else ""
    within = below.removesuffix(file).strip("/")
    commit = _git(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], source, _NO_REVISION)
    # Paths are those of the folder that the command runs in, as with any other argument.
    absent = f"there is no {cut(within) if within else 'such folder'} at that revision"
    path = f"{within}/" if within.split("/")[0] == ".." else f"./{within}"
    tree = _git(["rev-parse", "--verify", "--quiet", f"{commit}:{path}"], source, absent)
    listed = _git(["ls-tree", "-r", "-z", "--full-tree", tree], source, absent)
    folder = scratch.file("version")
    blobs = []
    for entry in listed.split("\0"):
        about, _, path = entry.partition("\t")
        if about.startswith("100") and not unsafe(path):  # no links, no other repositories
            blobs.append((about.split()[2], folder / path))
    try:
        folder.mkdir()
        _write_blobs(blobs, scratch, source)
    except OSError as error:
        raise CannotRun(f"{source}: its files cannot be laid down ({error.strerror}).") from error
    found = folder / (file or DESCRIPTOR)
    if not found.is_file():
        where = f"in {cut(within)} " if within else ""
        raise UsageError(f"{source}: there is no {file or DESCRIPTOR} {where}at that revision.")
    return found


_NO_REVISION = "git knows no such revision here. Is it fetched? A shallow clone has few"


def _write_blobs(blobs: list[tuple[str, Path]], scratch: Scratch, source: str) -> None:
    """Writes what git holds under some ids to files."""
    asked = scratch.file("ids")
    asked.write_text("".join(f"{one}\n" for one, _ in blobs), encoding="ascii")
    with (
        asked.open("rb") as ids,
        subprocess.Popen(["git", "cat-file", "--batch"], stdin=ids, stdout=subprocess.PIPE) as git,
    ):
        assert git.stdout is not None, "it is a pipe"
        for one, path in blobs:
            head = git.stdout.readline().split()
            if len(head) != 3:
                git.kill()
                raise CannotRun(f"{source}: git has no {one}; the repository is a partial clone, or damaged.")
            path.parent.mkdir(parents=True, exist_ok=True)
            left = int(head[2])
            with path.open("wb") as file:
                while left:
                    block = git.stdout.read(min(left, _BLOCK))
                    if not block:
                        raise CannotRun(f"{source}: git stopped in the middle of {path.name}.")
                    file.write(block)
                    left -= len(block)
            git.stdout.read(1)


def _git(arguments: list[str], source: str, absent: str) -> str:
    """What git answers. Raises UsageError with `absent` where it finds nothing, CannotRun where it cannot be asked."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise CannotRun(f"{source}: git is not installed, or not on the path.") from error
    except OSError as error:
        raise CannotRun(f"{source}: git cannot be run ({error.strerror}).") from error
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    why = said[0].removeprefix("fatal: ") if said else ""
    if "not a git repository" in why:
        raise UsageError(f"{source}: this folder is in no git repository.")
    if "dubious ownership" in why:
        raise CannotRun(f"{source}: git refuses: {cut(why, 200)}")
    raise UsageError(f"{source}: {absent}.")
