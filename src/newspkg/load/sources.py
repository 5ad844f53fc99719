"""Where a package may be: a folder, a descriptor, an archive, a revision of the git repository around a folder, or an
address."""

from __future__ import annotations

import lzma
import posixpath
import re
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path

from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError
from newspkg.report import cut
from newspkg.validate.packed import LARGEST, RATIO, RATIO_FROM, Scratch
from newspkg.validate.properties import unsafe

__all__ = ["GIT", "TARS", "located", "unpacked"]

GIT = "git:"
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_BLOCK = 1 << 20
_FAULTS = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
)


def located(source: str | Path, scratch: Scratch) -> Path:
    """The folder or the descriptor of what is named; archives and revisions are laid into `scratch`.

    Raises UsageError where there is no package, CannotRun where it cannot be unpacked.
    """
    name = str(source)
    if name.startswith(GIT):
        return _revision(name, scratch)
    if name.lower().endswith((".zip", *TARS)) and Path(source).is_file():
        return unpacked(Path(source), name, scratch)
    return _payload(Path(source)) or Path(source)


# --- archives --------------------------------------------------------------------------------------------------------


def unpacked(path: Path, name: str, scratch: Scratch) -> Path:
    """The folder of the package in an archive, which messages call `name`."""
    folder = scratch.file("version")
    try:
        folder.mkdir()
        if name.lower().endswith(".zip") or zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                _bounded(name, sum(one.file_size for one in archive.infolist()), path)
                for one in archive.infolist():  # which zipfile would lay down elsewhere without a word
                    if one.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", one.filename):
                        raise CannotRun(f"{name}: {cut(one.filename)} leads out of the archive; nothing was unpacked.")
                archive.extractall(folder)
        else:
            with tarfile.open(path) as archive:
                _bounded(name, sum(one.size for one in archive), path)
                archive.extractall(folder, filter="data")
    except _FAULTS as error:
        raise CannotRun(f"{name}: cannot be unpacked ({getattr(error, 'strerror', None) or error}).") from error
    return _top(folder, name)


def _bounded(name: str, size: int, path: Path) -> None:
    if size > LARGEST or (size > RATIO_FROM and size > RATIO * path.stat().st_size):
        raise CannotRun(f"{name}: unpacks to {size:,} bytes, as only a trap does.")


def _top(folder: Path, name: str) -> Path:
    """Where the descriptor is: at the top, or in the one folder in which everything is."""
    if (folder / DESCRIPTOR).is_file():
        return folder
    if (bag := _payload(folder)) is not None:
        return bag
    inner = [one for one in sorted(folder.iterdir()) if one.is_dir() and not one.name.startswith(("__MACOSX", "."))]
    places = [one if (one / DESCRIPTOR).is_file() else _payload(one) for one in inner]
    found = [one for one in places if one is not None]
    if len(found) != 1:
        several = f"there are {len(found)}" if found else "there is no"
        raise UsageError(f"{name}: {several} {DESCRIPTOR} in it, at its top or one folder below.")
    return found[0]


def _payload(folder: Path) -> Path | None:
    """The package in a bag (RFC 8493), as `pkg export bagit` writes it; None where the folder is no bag of one."""
    data = folder / "data"
    bag = (folder / "bagit.txt").is_file() and not (folder / DESCRIPTOR).is_file()
    return data if bag and (data / DESCRIPTOR).is_file() else None


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
    top = _git(["rev-parse", "--show-prefix"], source, "git does not say which folder this is").strip("/")
    looked = posixpath.normpath(posixpath.join(top, within)).removeprefix(".")
    absent = f"there is no {cut(looked) if looked else 'such folder'} at that revision"
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
        where = f"in {cut(looked)} " if looked else "at the top of the repository "
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
        here = cut(str(Path().resolve()), 200)
        raise UsageError(f"{source}: the folder that pkg runs in, {here}, is in no git repository. Run pkg inside one.")
    if "dubious ownership" in why:
        raise CannotRun(f"{source}: git refuses: {cut(why, 200)}")
    raise UsageError(f"{source}: {absent}.")
