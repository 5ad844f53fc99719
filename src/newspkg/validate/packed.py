"""Files that are compressed: what is in them is laid into a scratch folder, to be read from there like any other file.

The bytes and the hash that a descriptor states are those of the compressed file.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO

from newspkg.problems import CannotRun, problem
from newspkg.report import Findings, cut
from newspkg.validate.descriptor import Resource
from newspkg.validate.properties import open_plain

__all__ = ["LARGEST", "RATIO", "RATIO_FROM", "Scratch", "at_hand"]

LARGEST = 100 << 30  # bytes that one file may unpack to
RATIO = 1000  # times its own size that a file may unpack to ...
RATIO_FROM = 1 << 30  # ... where it unpacks to more bytes than this
_BLOCK = 1 << 20
_NAMES = 5  # members that a message lists


class Scratch:
    """A folder for what is only needed while a package is judged. It is made when a file needs it, and goes with
    `close`. `made` has what was unpacked into it, so that it is unpacked once."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, str, str], Path] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._given = 0

    def file(self, like: str) -> Path:
        """A path at which nothing is yet, another one with each call; it ends as the name `like` does. Raises CannotRun
        where no folder can be made."""
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="newspkg-")
        except OSError as error:
            raise CannotRun(f"no folder for temporary files can be made ({error.strerror}).") from error
        self._given += 1
        return Path(self._folder.name) / f"{self._given}{Path(like).suffix}"

    def close(self) -> None:
        """Removes the folder and all that is in it."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = None
        self.made.clear()

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """Why a file cannot be unpacked."""


_FAULTS = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


def at_hand(root: Path, resource: Resource, path: str, scratch: Scratch, findings: Findings) -> Path | None:
    """Where the bytes of a resource's file can be read: the file itself, or what is in it, unpacked.

    None, with a finding, where it cannot be unpacked. Raises CannotRun where there is no room for it.
    """
    compression, inner = resource.compression, resource.innerpath or ""
    if not compression:
        return root / path
    key = (path, compression, inner)
    if key not in scratch.made:
        try:
            scratch.made[key] = _unpack(root / path, compression, inner, scratch)
        except _Unfit as error:
            message = f"{path}: cannot be unpacked as {cut(compression)}: {error}."
            findings.add(problem("compression-error", message, resource=resource.name, path=path))
            return None
    return scratch.made[key]


def _unpack(path: Path, compression: str, inner: str, scratch: Scratch) -> Path:
    made = scratch.file(inner or path.name.removesuffix(f".{compression}"))
    whole = False
    try:
        with _stream(path, compression, inner) as stream:
            _copy(stream, made, path.stat().st_size)
        whole = True
    except _FAULTS as error:
        raise _Unfit(_why(error)) from error
    finally:
        if not whole:
            made.unlink(missing_ok=True)
    return made


@contextmanager
def _stream(path: Path, compression: str, inner: str) -> Iterator[IO[bytes]]:
    """The unpacked bytes of a file."""
    with open_plain(path) as packed:
        if compression == "gz":
            with gzip.GzipFile(fileobj=packed) as stream:
                yield stream  # type: ignore[misc]
        elif compression == "bz2":
            with bz2.BZ2File(packed) as stream:
                yield stream
        elif compression == "xz":
            with lzma.LZMAFile(packed) as stream:
                yield stream
        elif compression == "zip":
            with zipfile.ZipFile(packed) as archive, archive.open(_member(archive, inner)) as stream:
                yield stream
        else:
            raise _Unfit("this is no compression that is known here; gz, zip, bz2 and xz are")


def _member(archive: zipfile.ZipFile, inner: str) -> zipfile.ZipInfo:
    """The file of an archive that is meant: by its name, or the only one."""
    # What a Mac adds to an archive about its files is none of them.
    named = [one for one in archive.infolist() if one.filename]  # Python cannot say of others whether they are folders
    files = [one for one in named if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    meant = [one for one in files if one.filename == inner] if inner else files
    if len(meant) == 1:
        return meant[0]
    names = ", ".join(cut(one.filename) for one in files[:_NAMES]) + (", ..." if len(files) > _NAMES else "")
    if not files:
        raise _Unfit("there is no file in it")
    if not meant:
        raise _Unfit(f"there is no {cut(inner)} in it, only {names}")
    if inner:
        raise _Unfit(f"there is more than one {cut(inner)} in it")
    raise _Unfit(f"there are {len(files)} files in it; name one of them as innerpath: {names}")


def _copy(stream: IO[bytes], path: Path, size: int) -> None:
    """Unpacks, up to what a table may need."""
    done = 0
    with _Written(path) as file:
        while block := stream.read(_BLOCK):
            done += len(block)
            if done > LARGEST:
                raise _Unfit(f"it unpacks to more than {LARGEST:,} bytes")
            if done > RATIO_FROM and done > RATIO * size:
                raise _Unfit(f"it unpacks to more than {RATIO:,} times its size, as only a trap does")
            file.write(block)


class _Written:
    """A file that is written; what fails is no fault of what is written to it, so it is CannotRun."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> _Written:
        with self._failing():
            self._file = self.path.open("wb")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._failing():
            self._file.close()

    def write(self, block: bytes) -> None:
        """Adds bytes."""
        with self._failing():
            self._file.write(block)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CannotRun(f"{self.path}: an unpacked file cannot be written ({error.strerror}).") from error


def _why(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "it ends before its end, as a file does that was cut off on its way"
    if isinstance(error, RuntimeError) and "encrypted" in str(error):
        return "it is encrypted"
    if isinstance(error, gzip.BadGzipFile) and str(error).startswith("Not a"):
        return "it is no gzip file"
    text = str(getattr(error, "strerror", None) or error)
    return f"{text[:1].lower()}{text[1:]}".rstrip(".")
