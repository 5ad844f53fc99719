"""What a descriptor says of its package, as the forms of catalogues need it. Nothing is added to it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from newspkg.export.model import Source
from newspkg.problems import CannotRun
from newspkg.schema import TableSchema

__all__ = [
    "WANT_CREATED",
    "WANT_CREATOR",
    "WANT_DESCRIPTION",
    "WANT_HOMEPAGE",
    "WANT_LICENCE",
    "WANT_TITLE",
    "Agent",
    "Datafile",
    "Facts",
    "Licence",
    "Origin",
    "beside",
    "facts",
    "filled",
    "listed",
    "need",
    "not_told",
    "one_or_all",
    "tables",
    "wish",
    "with_measures",
    "write_json",
]

CREATORS = frozenset({"creator", "author"})  # the words of version 2 and of version 1
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_ORCID = re.compile(r"(?:https?://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])/?")
_ROR = re.compile(r"https?://ror\.org/0[a-z0-9]{8}/?")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
# Names of licences that the standard's own list spells otherwise than SPDX.
_SPELLINGS = {"odc-pddl-1.0": "PDDL-1.0", "odc-pddl": "PDDL-1.0", "odc-odbl-1.0": "ODbL-1.0", "odc-odbl": "ODbL-1.0"}
_MEDIATYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "ndjson": "application/jsonl",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "txt": "text/plain",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "xml": "application/xml",
    "gz": "application/gzip",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Agent:
    """A contributor. `person` is whether the descriptor tells that it is one: by a given or family name, or an ORCID.
    `orcid` and `ror` are addresses; `roles` are as written."""

    pointer: str
    name: str
    given: str = ""
    family: str = ""
    orcid: str = ""
    ror: str = ""
    url: str = ""
    email: str = ""
    organization: str = ""
    roles: tuple[str, ...] = ()

    @property
    def person(self) -> bool:
        return bool(self.given or self.family or self.orcid)

    @property
    def creator(self) -> bool:
        return any(role.lower() in CREATORS for role in self.roles)

    def has(self, role: str) -> bool:
        """Whether it has a role, in any case of letters."""
        return any(one.lower() == role for one in self.roles)

    @property
    def other_roles(self) -> tuple[str, ...]:
        """Its roles but those of an author and a publisher."""
        return tuple(role for role in self.roles if role.lower() not in {*CREATORS, "publisher"})


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence. `spdx` is its identifier at SPDX, or empty; `url` what the descriptor links, or SPDX's page of it."""

    pointer: str
    name: str = ""
    title: str = ""
    spdx: str = ""
    url: str = ""

    @property
    def label(self) -> str:
        return self.title or self.spdx or self.name or self.url


@dataclass(frozen=True, slots=True)
class Origin:
    """One entry of `sources`. `more` are properties that the standard does not have."""

    pointer: str
    title: str = ""
    url: str = ""
    email: str = ""
    version: str = ""
    more: Mapping[str, Any] | None = None

    @property
    def doi(self) -> str:
        found = _DOI.fullmatch(self.url)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Datafile:
    """A file of a resource. `path` is as written; `url` the same as a reference from the package's folder, percent
    signs where they belong. `hashes` go from the algorithm to hexadecimal digits, `rows` are those of the resource."""

    pointer: str
    resource: str
    path: str
    url: str
    remote: bool = False
    alone: bool = True  # whether it is the resource's only file
    title: str = ""
    description: str = ""
    mediatype: str = ""
    encoding: str = ""
    bytes: int | None = None
    hashes: Mapping[str, str] | None = None
    rows: int | None = None
    licences: tuple[Licence, ...] = ()
    sources: tuple[Origin, ...] = ()

    @property
    def sha256(self) -> str:
        return (self.hashes or {}).get("sha256", "")


@dataclass(frozen=True, slots=True)
class Facts:
    """A package as its descriptor tells of it. What it does not say, or says wrongly, is empty. `created` is a day,
    `moment` the whole of what is stated; `doi` is without a resolver's address."""

    name: str
    title: str
    description: str
    version: str
    created: str
    moment: str
    homepage: str
    id: str
    doi: str
    image: str
    keywords: tuple[str, ...]
    agents: tuple[Agent, ...]
    licences: tuple[Licence, ...]
    sources: tuple[Origin, ...]
    files: tuple[Datafile, ...]

    @property
    def creators(self) -> tuple[Agent, ...]:
        return tuple(one for one in self.agents if one.creator)

    @property
    def publishers(self) -> tuple[Agent, ...]:
        return tuple(one for one in self.agents if one.has("publisher"))

    @property
    def others(self) -> tuple[Agent, ...]:
        """Those who are neither creators nor publishers alone."""
        return tuple(one for one in self.agents if one.other_roles or not one.roles)

    @property
    def label(self) -> str:
        return self.title or self.name

    @property
    def doi_url(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else ""


# --- reading ---------------------------------------------------------------------------------------------------------


def facts(source: Source) -> Facts:
    """Reads the descriptor. What has a wrong form is left out with a note, as `pkg validate` judges it."""
    reader = _Reader(source)
    given = source.descriptor
    moment = reader.text(given, "created", "")
    created = _day(moment)
    if moment and not created:
        source.note(
            f"/created: {moment!r} is no date, so it is left out. Write it as 2026-01-31 or 2026-01-31T12:00:00Z."
        )
        moment = ""
    identifier = reader.text(given, "id", "")
    doi = _DOI.fullmatch(identifier)
    return Facts(
        name=reader.text(given, "name", ""),
        title=reader.text(given, "title", ""),
        description=reader.text(given, "description", ""),
        version=reader.text(given, "version", ""),
        created=created,
        moment=moment,
        homepage=reader.address(given, "homepage", ""),
        id=identifier,
        doi=doi[1] if doi else "",
        image=reader.text(given, "image", ""),
        keywords=tuple(reader.keywords(given.get("keywords"))),
        agents=tuple(reader.agents(given.get("contributors"))),
        licences=tuple(reader.licences(given, "")),
        sources=tuple(reader.sources(given, "")),
        files=tuple(reader.files()),
    )


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source

    def wrong(self, pointer: str, said: str) -> None:
        self.source.note(f"{pointer}: {said}, so it is left out. pkg validate tells more.")

    def text(self, given: Mapping[str, Any], key: str, base: str) -> str:
        value = given.get(key)
        if value is not None and not isinstance(value, str):
            self.wrong(f"{base}/{key}", "must be text")
            return ""
        if not value:
            return ""
        return value.strip() if key == "description" else " ".join(value.split())

    def address(self, given: Mapping[str, Any], key: str, base: str) -> str:
        value = self.text(given, key, base)
        if value and not _WEB.match(value):
            self.wrong(f"{base}/{key}", f"{value!r} is no address that starts with http:// or https://")
            return ""
        return value

    def mail(self, given: Mapping[str, Any], base: str) -> str:
        value = self.text(given, "email", base)
        if value and not _MAIL.fullmatch(value):
            self.wrong(f"{base}/email", f"{value!r} is no e-mail address")
            return ""
        return value

    def objects(self, value: Any, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(pointer, "must be a list")
            return
        for i, one in enumerate(value):
            if isinstance(one, Mapping):
                yield f"{pointer}/{i}", one
            else:
                self.wrong(f"{pointer}/{i}", "must be an object")

    def keywords(self, value: Any) -> Iterator[str]:
        if value is not None and not isinstance(value, list):
            self.wrong("/keywords", "must be a list")
            return
        for i, one in enumerate(value or ()):
            if isinstance(one, str) and one.strip():
                yield one.strip()
            else:
                self.wrong(f"/keywords/{i}", "must be text")

    def agents(self, value: Any) -> Iterator[Agent]:
        for pointer, one in self.objects(value, "/contributors"):
            given, family = self.text(one, "givenName", pointer), self.text(one, "familyName", pointer)
            name = self.text(one, "title", pointer) or self.text(one, "name", pointer) or f"{given} {family}".strip()
            if not name:
                self.wrong(pointer, "has neither title nor givenName and familyName")
                continue
            url = self.address(one, "path", pointer)
            orcid = _ORCID.fullmatch(url)
            if orcid and not _is_orcid(orcid[1]):
                self.source.note(
                    f"{pointer}/path: {url} is no ORCID, its last sign does not fit the others. Correct it."
                )
                orcid, url = None, ""
            ror = url if _ROR.fullmatch(url) else ""
            yield Agent(
                pointer=pointer,
                name=name,
                given=given,
                family=family,
                orcid=f"https://orcid.org/{orcid[1]}" if orcid else "",
                ror=ror,
                url="" if orcid or ror else url,
                email=self.mail(one, pointer),
                organization=self.text(one, "organization", pointer),
                roles=tuple(self.roles(one, pointer)),
            )

    def roles(self, given: Mapping[str, Any], pointer: str) -> Iterator[str]:
        if "roles" not in given:
            role = self.text(given, "role", pointer)
            yield from [role] if role else []
            return
        listed = given["roles"]
        if not isinstance(listed, list):
            self.wrong(f"{pointer}/roles", "must be a list")
            return
        yield from (one for one in listed if isinstance(one, str) and one)

    def licences(self, given: Mapping[str, Any], base: str) -> Iterator[Licence]:
        for pointer, one in self.objects(given.get("licenses"), f"{base}/licenses"):
            name, path = self.text(one, "name", pointer), self.text(one, "path", pointer)
            spdx = _spdx(name) if name else ""
            url = path if _WEB.match(path) else quote(path) or (f"https://spdx.org/licenses/{spdx}" if spdx else "")
            if not (name or path):
                self.wrong(pointer, "has neither name nor path")
                continue
            yield Licence(pointer, name, self.text(one, "title", pointer), spdx, url)

    def sources(self, given: Mapping[str, Any], base: str) -> Iterator[Origin]:
        known = {"title", "path", "email", "version"}
        for pointer, one in self.objects(given.get("sources"), f"{base}/sources"):
            title, path = self.text(one, "title", pointer), self.text(one, "path", pointer)
            email, version = self.mail(one, pointer), self.text(one, "version", pointer)
            url = path if _WEB.match(path) or _DOI.fullmatch(path) else quote(path)
            more = {key: value for key, value in one.items() if key not in known}
            yield Origin(pointer, title, url, email, version, more)

    def files(self) -> Iterator[Datafile]:
        for i, one in enumerate(self.source.descriptor.get("resources") or ()):
            if not isinstance(one, Mapping):
                continue
            pointer, name = f"/resources/{i}", self.text(one, "name", f"/resources/{i}")
            paths = one.get("path")
            listed = [paths] if isinstance(paths, str) else paths if isinstance(paths, list) else []
            listed = [path for path in listed if isinstance(path, str) and path]
            if not listed:
                self.source.note(
                    f"{pointer}: {name or 'the resource'} has its data in the descriptor and no file to tell of."
                )
            for path in listed:
                yield self.file(one, pointer, name, path, len(listed) == 1)

    def file(self, given: Mapping[str, Any], pointer: str, name: str, path: str, alone: bool) -> Datafile:
        remote = bool(_WEB.match(path))
        ending = PurePosixPath(path).suffix.lower().lstrip(".")
        stated = self.text(given, "format", pointer).lower()
        guess = _MEDIATYPES.get(ending) or _MEDIATYPES.get(stated, "")
        size, rows = given.get("bytes"), given.get("rows")
        return Datafile(
            pointer=pointer,
            resource=name,
            path=path,
            url=path if remote else quote(path.removeprefix("./")),
            remote=remote,
            alone=alone,
            title=self.text(given, "title", pointer),
            description=self.text(given, "description", pointer),
            mediatype=(self.text(given, "mediatype", pointer) if alone else "") or guess,
            encoding=self.text(given, "encoding", pointer),
            bytes=size if alone and _is_count(size) else None,
            hashes=dict(self.hashes(given, pointer)) if alone else {},
            rows=rows if _is_count(rows) else None,
            licences=tuple(self.licences(given, pointer)),
            sources=tuple(self.sources(given, pointer)),
        )

    def hashes(self, given: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
        stated = self.text(given, "hash", pointer).lower()
        kind, _, digits = stated.rpartition(":")
        kind = (kind or "md5").replace("-", "")
        if stated and re.fullmatch("[0-9a-f]+", digits) and _LENGTHS.get(len(digits)) == kind:
            yield kind, digits
        elif stated:
            self.wrong(f"{pointer}/hash", "is no hash of a known length")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_orcid(digits: str) -> bool:
    """Whether the last sign is the check digit of the others (ISO 7064, MOD 11-2)."""
    total = 0
    for sign in digits.replace("-", "")[:-1]:
        total = (total + int(sign)) * 2
    check = (12 - total % 11) % 11
    return digits[-1] == ("X" if check == 10 else str(check))


def _day(moment: str) -> str:
    """The day of a date or datetime, in UTC where it has a zone; empty where it is none."""
    try:
        if len(moment) <= 10:
            return date.fromisoformat(moment).isoformat() if moment else ""
        found = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return (found.astimezone(UTC) if found.tzinfo else found).date().isoformat()


def _spdx(name: str) -> str:
    """The identifier at SPDX for the name of a licence, or empty."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    if name.lower() in _SPELLINGS:
        return _SPELLINGS[name.lower()]
    if " " in name or name.lower().startswith("licenseref-"):  # one licence, and one that SPDX knows
        return ""
    try:
        return str(canonicalize_license_expression(name))
    except InvalidLicenseExpression:
        return ""


# --- what all forms share --------------------------------------------------------------------------------------------


def need(form: str, *wants: tuple[Any, str, str]) -> None:
    """Raises CannotRun where something is missing. Each want is what is there, the JSON pointer of what is not, and a
    sentence that says how to mend it."""
    lacking = [f"{pointer}: {said}" for there, pointer, said in wants if not there]
    if lacking:
        raise CannotRun(f"The descriptor says too little for {form}. " + " ".join(lacking))


WANT_TITLE = ("/title", "give the package a title.")
WANT_CREATOR = ("/contributors", 'give a contributor the role "creator", as in {"title": "...", "roles": ["creator"]}.')
WANT_CREATED = ("/created", "say when the package was made, as in 2026-01-31T12:00:00Z.")
WANT_DESCRIPTION = ("/description", "describe the package.")
WANT_HOMEPAGE = ("/homepage", "give the address of the package's page.")
WANT_LICENCE = ("/licenses", 'name a licence, as in [{"name": "CC-BY-4.0"}].')


def wish(source: Source, form: str, *wants: tuple[Any, str, str]) -> None:
    """Notes what is missing and asked for, as `need` does, where a form can be written without it."""
    for there, pointer, said in wants:
        if not there:
            source.note(f"{pointer}: {form} asks for it; {said}")


def filled(**given: Any) -> dict[str, Any]:
    """The pairs that say something. A trailing _ of a name is dropped, a leading `at_` is an @."""
    named = {("@" + key[3:] if key.startswith("at_") else key.rstrip("_")): value for key, value in given.items()}
    return {key: value for key, value in named.items() if value is not None and value not in ("", [], {}, ())}


def one_or_all(values: Iterable[Any]) -> Any:
    """The only one of some values, or a list of them; None where there are none."""
    found = list(values)
    return found[0] if len(found) == 1 else found or None


def write_json(path: Path, value: Any) -> Path:
    """Writes JSON as people read it: indented, in UTF-8, ending in a line feed."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    return path


def beside(source: Source, _out: Path, name: str) -> None:
    """Notes that a file belongs beside the descriptor, where it is written elsewhere: the paths in it start there."""
    if source.root.resolve() != source.target.absolute().parent.resolve():
        source.note(
            f"{name} names files as the descriptor does: put it into the package's folder, beside datapackage.json."
        )


def with_measures(source: Source, file: Datafile) -> Datafile:
    """The file with its bytes and its SHA-256, taken from the file where the descriptor does not state them. Raises
    CannotRun where it cannot be read."""
    if file.remote or (file.bytes is not None and file.sha256):
        return file
    place = source.root / file.path
    try:
        with place.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        size = place.stat().st_size
    except OSError as error:
        raise CannotRun(f"{file.pointer}/path: {file.path} cannot be read ({error.strerror}).") from error
    return replace(
        file, bytes=size if file.bytes is None else file.bytes, hashes={**(file.hashes or {}), "sha256": digest}
    )


def tables(source: Source, found: Facts) -> Iterator[tuple[str, TableSchema, Datafile | None]]:
    """Each table with its schema and its file; None where it has none, or several."""
    files = {file.resource: file for file in found.files if file.alone}
    for name in source:
        yield name, source.schema(name), files.get(name)


def listed(places: Iterable[str]) -> str:
    """Some names, each once; of many the first."""
    found = list(dict.fromkeys(places))
    return ", ".join(found) if len(found) <= 6 else f"{', '.join(found[:5])} and {len(found) - 5} more"


def not_told(source: Source, form: str, what: Mapping[str, Iterable[str]]) -> None:
    """Notes what a form has no place for, each kind of thing once, with where it occurs."""
    for thing, places in what.items():
        source.note(f"{form} has no place for {thing}: {listed(places)}.")
