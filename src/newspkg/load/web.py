"""A package at an address: its descriptor is fetched at once, a file of it when a table is first read.

Nothing is fetched that the caller has not named: the address itself, and what its descriptor names on the same host.
"""

from __future__ import annotations

import http.client
import json
import re
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import IO, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from newspkg import __version__
from newspkg.load.sources import TARS, unpacked
from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError
from newspkg.report import cut
from newspkg.validate.metadata import URL
from newspkg.validate.packed import Scratch
from newspkg.validate.properties import parse, unsafe

__all__ = ["LARGEST_FETCH", "Web", "is_address"]

LARGEST_FETCH = 2 << 30  # bytes of one file, unless the caller allows for more
_LARGEST_DESCRIPTOR = 64 << 20
_SECONDS = 60  # without a byte
_BLOCK = 1 << 20


def is_address(source: str | Path) -> bool:
    """Whether a source is to be fetched."""
    return isinstance(source, str) and re.match(r"https?://", source, re.IGNORECASE) is not None


def _refuse_odd(address: str) -> None:
    """Raises UsageError for an address without a host, or with a password, which no message should repeat."""
    try:
        parts = urlsplit(address)
        host, password = parts.hostname, parts.password or parts.username
    except ValueError:
        host = password = None
    if not host:
        raise UsageError(f"{address}: is no address; it names no server.")
    if password:
        raise UsageError(f"an address of {host} with a name or password in it is not fetched; download the package.")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but from https never to http, and to nothing else."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        kinds = ("https",) if req.type == "https" else ("http", "https")
        if urlsplit(newurl).scheme.lower() not in kinds:
            raise urllib.error.URLError(f"it redirects to {cut(newurl)}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Web:
    """Lays the files of a package into a folder as they are asked for. `path` is its descriptor there, or the folder of
    an archive, of which all files are at hand. `largest` is how many bytes a file may have."""

    def __init__(self, address: str, scratch: Scratch, largest: int) -> None:
        _refuse_odd(address)
        if address.endswith("/"):
            address += DESCRIPTOR
        self.address, self.scratch, self.largest = address, scratch, largest
        self._have: set[str] = set()
        self._lock = Lock()
        self.base = ""  # what paths are relative to; empty: all files are at hand
        first = scratch.file("fetched")
        self.base = self._get(address, first, largest)
        if _is_archive(first, address):
            self.path, self.base = unpacked(first, address, scratch), ""
            return
        if first.stat().st_size > _LARGEST_DESCRIPTOR:
            raise UsageError(f"{address}: is no descriptor: it has {first.stat().st_size:,} bytes.")
        self.root = scratch.file("web")
        self.root.mkdir()
        self.path = self.root / DESCRIPTOR
        self._localize(first.read_bytes())

    def _localize(self, raw: bytes) -> None:
        """Writes the descriptor. Addresses on its own host become names of files, which are fetched from there."""
        given, _, broken, _ = parse(raw)
        if broken is not None or not isinstance(given, dict):
            said = broken or "must hold one JSON object"
            raise UsageError(f"{self.address}: is no descriptor of a package: {said}.")
        self.remote: dict[str, str] = {}  # name of the file here -> address
        resources = given.get("resources")
        for one in resources if isinstance(resources, list) else ():
            if not isinstance(one, dict):
                continue
            for key in ("path", "url", "schema", "dialect"):
                value = one.get(key)
                if isinstance(value, str):
                    one[key] = self._named(value)
                elif isinstance(value, list):
                    one[key] = [self._named(each) if isinstance(each, str) else each for each in value]
        self.given = given
        self.path.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")

    def _named(self, value: str) -> str:
        """The file here for a path, or for an address on the package's own host; another address stays."""
        if not URL.match(value):
            if unsafe(value) is None:
                self.remote[value] = self._below(value)
            return value
        there = urlsplit(value)
        if there.scheme not in ("http", "https") or there.netloc != urlsplit(self.base).netloc:
            return value
        name = (
            f"{len(self.remote)}-{re.sub(r'[^A-Za-z0-9._-]', '_', there.path.rsplit('/', 1)[-1]).lstrip('.') or 'file'}"
        )
        self.remote[name] = value
        return name

    def _below(self, path: str) -> str:
        """The address of a path beside the descriptor. The rest of its own address is kept: some hosts have the key to
        the files there."""
        parts = urlsplit(self.base)
        return urlunsplit(urlsplit(urljoin(self.base, quote(path)))._replace(query=parts.query))

    def obtain(self, paths: Iterable[str]) -> None:
        """Fetches files of the package, each once. Raises CannotRun where one cannot be had."""
        with self._lock:  # tables are read side by side
            for path in paths:
                if not self.base or path in self._have or path not in self.remote:
                    continue
                place = self.root / path
                place.parent.mkdir(parents=True, exist_ok=True)
                part = self.scratch.file(path)
                self._get(self.remote[path], part, self.largest)
                part.replace(place)
                self._have.add(path)

    def linked(self, names: Iterable[str] | None) -> list[str]:
        """The files of schemas and dialects of some resources, or of all."""
        found = []
        wanted = None if names is None else set(names)
        listed = self.given.get("resources") if self.base else None
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and (wanted is None or one.get("name") in wanted):
                found += [one[key] for key in ("schema", "dialect") if isinstance(one.get(key), str)]
        return found

    def _get(self, address: str, place: Path, largest: int) -> str:
        """Writes what is at an address to a file; the address it came from after redirects."""
        request = urllib.request.Request(address, headers={"User-Agent": f"newspkg/{__version__}"})
        opener = urllib.request.build_opener(_Redirects)
        try:
            with opener.open(request, timeout=_SECONDS) as answer, place.open("wb") as file:
                stated = answer.headers.get("Content-Length")
                if stated is not None and stated.isdigit() and int(stated) > largest:
                    raise self._large(address, largest)
                done = _copied(answer, file, largest)
                if done > largest:
                    raise self._large(address, largest)
                if stated is not None and stated.isdigit() and done != int(stated):
                    raise CannotRun(f"{address}: the connection broke off after {done:,} of {int(stated):,} bytes.")
                return str(answer.url)
        except urllib.error.HTTPError as error:
            more = " Is the address right?" if error.code in (403, 404, 410) else ""
            raise CannotRun(f"{address}: the server answers {error.code} {error.reason}.{more}") from error
        except urllib.error.URLError as error:
            raise CannotRun(f"{address}: cannot be fetched ({_reason(error.reason)}).") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CannotRun(f"{address}: cannot be fetched ({_reason(error)}).") from error

    @staticmethod
    def _large(address: str, largest: int) -> CannotRun:
        return CannotRun(
            f"{address}: has more than {largest:,} bytes. Allow for more with load(..., largest=BYTES), or download it."
        )


def _copied(answer: Any, file: IO[bytes], largest: int) -> int:
    """Copies at most a block more than `largest`; how many bytes that were."""
    done = 0
    while done <= largest and (block := answer.read(_BLOCK)):
        done += len(block)
        file.write(block)
    return done


def _reason(error: Any) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


def _is_archive(path: Path, address: str) -> bool:
    name = urlsplit(address).path.lower()
    with path.open("rb") as file:
        start = file.read(1)
    if start in (b"{", b"[", b"\xef", b" ", b"\n", b"\r", b"\t"):  # JSON, which no archive begins as
        return False
    return name.endswith((".zip", *TARS)) or zipfile.is_zipfile(path) or tarfile.is_tarfile(path)
