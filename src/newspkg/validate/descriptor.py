"""Reads `datapackage.json` and what it points at: every fault in one pass, each with its JSON pointer and line.

    metadata     properties of a package or resource that stand by themselves
    dialects     how a table stands in its file
    fields       formats and constraints of a field
    profiles     JSON Schemas that a descriptor says it follows

A fault costs what depends on it and no more: a resource with a bad schema still has its bytes and hash checked, and
the others are judged as if nothing were wrong.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from newspkg.package import BLOCK, DESCRIPTOR, PROFILE
from newspkg.problems import CannotRun, Problem, UsageError, problem
from newspkg.report import Findings, cut
from newspkg.schema import TableSchema
from newspkg.validate.dialects import Dialect, read_dialect
from newspkg.validate.fields import check_fields
from newspkg.validate.metadata import URL, link_fault, of_package, of_resource, version_of
from newspkg.validate.profiles import Kind, check_profile, is_tabular
from newspkg.validate.properties import (
    NO_FILES,
    is_count,
    is_text,
    lines_of,
    locate,
    no_file,
    open_plain,
    parse,
    short,
    shown,
)
from newspkg.validate.references import check_references

__all__ = ["Dialect", "Package", "Resource", "open_package"]

COMPRESSIONS = {"gz": "gz", "gzip": "gz", "zip": "zip", "bz2": "bz2", "xz": "xz"}  # by ending, or as stated
READABLE = ("csv", "tsv", "json", "jsonl", "ndjson", "parquet", "xlsx", "xls", "ods", "inline")
_ALWAYS_TABLES = frozenset(READABLE) - {"json", "inline"}  # what else would stand in such a file
_BY_MEDIATYPE = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "jsonl",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}


@dataclass(slots=True)
class Resource:
    """One entry of `resources`, as far as it can be used. `paths` are below the package's folder and safe; `data` is
    inline data. `tabular` is whether it is read as a table; `schema` is None where there is none or it is bad.

    `format` is in lower case, without the compression: of `a.csv.gz` it is csv. `compression` is gz, zip, bz2, xz or
    empty, `innerpath` the file in a zip, if one is named. `licenses` and `sources` are the package's where the resource
    has none of its own.
    """

    name: str
    pointer: str
    paths: tuple[str, ...] = ()
    data: Any = None
    format: str = ""
    encoding: str = "utf-8"
    encoding_stated: bool = True
    hash: str | None = None
    bytes: int | None = None
    rows: int | None = None
    tabular: bool = False
    dialect: Dialect | None = field(default_factory=Dialect)
    schema: TableSchema | None = None
    schema_broken: bool = False
    compression: str = ""
    innerpath: str | None = None
    licenses: tuple[Any, ...] = ()
    sources: tuple[Any, ...] = ()

    @property
    def place(self) -> str:
        """What a message calls the resource's file."""
        return self.paths[0] if self.paths else DESCRIPTOR


@dataclass
class Package:
    """A package as its descriptor states it; `block` is what it says of this toolkit's profile. `file` is the name of
    the descriptor, `lines` where in it the value of each JSON pointer starts. `version` is 1 where the descriptor says
    that it follows version 1 of the standard, else 2."""

    root: Path
    descriptor: dict[str, Any]
    resources: list[Resource]
    block: dict[str, Any]
    file: str = DESCRIPTOR
    lines: Mapping[str, int] = field(default_factory=dict)
    version: int = 2


# --- reading ---------------------------------------------------------------------------------------------------------


class _Reader:
    """One pass over a descriptor."""

    def __init__(self, root: Path, path: Path, findings: Findings) -> None:
        self.root, self.path, self.findings = root, path, findings
        self.lines: dict[str, dict[str, int]] = {}  # file -> JSON pointer -> line
        self.told: set[tuple[str, str]] = set()  # where something is wrong already: file and JSON pointer
        self.given: dict[str, Any] = {}
        self.version = 2

    def say(
        self,
        code: str,
        pointer: str,
        message: str,
        *,
        resource: str | None = None,
        value: Any = None,
        file: str | None = None,
        **more: Any,
    ) -> None:
        """Tells of a fault at a JSON pointer of the descriptor, or of another `file`."""
        where = f"{file}, {pointer or '/'}" if file else pointer or "/"
        self.place(
            problem(
                code,
                f"{where} {message}.",
                resource=resource,
                field=pointer or None,
                value=None if value is None else shown(value),
                path=file or self.path.name,
                **more,
            )
        )

    def place(self, found: Problem) -> None:
        """Takes a problem of a descriptor, and finds its line."""
        file, pointer = found.path or self.path.name, found.field or ""
        self.told.add((file, pointer))
        self.findings.add(replace(found, line=locate(self.lines.get(file, {}), pointer)))

    def package(self) -> Package:
        try:
            raw = self.path.read_bytes()
        except OSError as error:
            raise CannotRun(f"{self.path}: cannot be read ({error.strerror}).") from error
        given, text, why, line = parse(raw)
        if why is None and not isinstance(given, dict):
            why, line = "must hold one JSON object", 1
        if why is not None:
            self.findings.add(problem("package-error", f"{self.path.name} {why}.", path=self.path.name, line=line))
            return Package(self.root, {}, [], {})
        lines = self.lines[self.path.name] = lines_of(text)
        self.given, self.version = given, version_of(given)
        for pointer, sentence, value in of_package(given, self.version):
            self.say("package-error", pointer, sentence, value=value)
        block = self.block(given)
        package = Package(self.root, given, [], block, self.path.name, lines, self.version)
        listed = given.get("resources")
        if isinstance(listed, list) and listed:
            self.resources(listed, package)
        else:
            self.say("package-error", "/resources", "must be a list of at least one resource", value=listed)
        self.profile(given, "datapackage", "")
        return package

    def resources(self, listed: list[Any], package: Package) -> None:
        names: set[str] = set()
        for n, one in enumerate(listed):
            found = self.resource(one, f"/resources/{n}", n)
            if found is None:
                continue
            if found.name in names:
                self.say(
                    "package-error", f"{found.pointer}/name", "is the name of an earlier resource", value=found.name
                )
                found.name = f"resource {n}"
                while found.name in names:
                    found.name += "'"
            names.add(found.name)
            package.resources.append(found)
        check_references(package.resources, self.say, self.findings.leave)

    def block(self, given: Mapping[str, Any]) -> dict[str, Any]:
        block = given.get(BLOCK, {})
        if not isinstance(block, dict):
            self.say("package-error", f"/{BLOCK}", "must be an object", value=block)
            return {}
        block = dict(block)
        ceiling, variants = block.get("quotedShareCeiling", 0), block.get("typeVariants", {})
        if isinstance(ceiling, bool) or not isinstance(ceiling, (int, float)) or not 0 <= ceiling <= 1:
            self.say("package-error", f"/{BLOCK}/quotedShareCeiling", "must be a number from 0 to 1", value=ceiling)
            del block["quotedShareCeiling"]
        if not isinstance(variants, dict) or not all(
            isinstance(v, list) and all(map(is_text, v)) for v in variants.values()
        ):
            self.say(
                "package-error",
                f"/{BLOCK}/typeVariants",
                "must name, for a type of event, a list of types",
                value=variants,
            )
            del block["typeVariants"]
        if "profile" in block and block["profile"] != PROFILE:
            self.findings.leave(
                "the rules of the profile",
                f"the package follows version {shown(block['profile'])}; this program knows {PROFILE}",
            )
        return block

    # --- one resource

    def resource(self, given: Any, at: str, number: int) -> Resource | None:
        if not isinstance(given, dict):
            self.say("resource-error", at, "must be an object", value=given)
            return None
        name = given.get("name")
        if not isinstance(name, str) or not name:
            self.say("resource-error", f"{at}/name", "must be a text that names the resource", value=name)
            name = f"resource {number}"
        found = Resource(name, at)
        bad = set()
        for pointer, sentence, value in of_resource(given, self.version):
            bad.add(pointer.split("/")[1])
            self.say("resource-error", at + pointer, sentence, resource=name, value=value)
        usable = {k: v for k, v in given.items() if k not in bad}
        found.hash, found.bytes = usable.get("hash"), usable.get("bytes")
        rows = usable.get("rows")  # no property of the standard, so anything may stand there
        found.rows = rows if is_count(rows) else None
        found.licenses, found.sources = self.inherited(usable, "licenses"), self.inherited(usable, "sources")
        located = self.location(given, found)
        self.format(usable, found)
        found.encoding = self.encoding(usable, at, name)
        found.encoding_stated = "encoding" in usable
        self.tabular(usable, found, located)
        found.dialect = self.dialect(given, found)
        if "schema" in given:
            found.schema = self.schema(given["schema"], f"{at}/schema", found)
            found.schema_broken = found.schema is None
        self.profile(given, "dataresource", at, resource=name)
        return found

    def inherited(self, given: Mapping[str, Any], key: str) -> tuple[Any, ...]:
        value = given.get(key, self.given.get(key))
        return tuple(value) if isinstance(value, list) else ()

    def tabular(self, given: Mapping[str, Any], found: Resource, located: bool) -> None:
        """Whether the resource is to be read as a table; notes it where it is one that cannot be read."""
        tabular_profile = self.version == 1 and is_tabular(self.given, given)
        if tabular_profile and "schema" not in given:
            self.say("resource-error", found.pointer, "must have a schema, as its profile says", resource=found.name)
        stated = given.get("type") == "table" or is_tabular({}, given) or tabular_profile
        if not located or not (stated or "schema" in given or found.format in _ALWAYS_TABLES):
            return
        if found.format in READABLE:
            found.tabular = True
            return
        kind = f"files of format {cut(found.format)}" if found.format else "files without a format"
        known = ", ".join(f for f in READABLE if f != "inline")
        self.findings.leave("the table", f"{kind} are not read; {known} are", found.name)

    def location(self, given: Mapping[str, Any], found: Resource) -> bool:
        """Sets paths or data; False where there is nothing to read."""
        at, name, key = found.pointer, found.name, "path"
        if "path" not in given and "data" not in given and "url" in given:
            key = "url"  # as it was called before version 1
        if (key in given) == ("data" in given):
            both = ", not both" if key in given else ""
            self.say("resource-error", at, f"must have either a path or data{both}", resource=name)
            return False
        if "data" in given:
            found.data = given["data"]
            if not isinstance(found.data, (list, dict, str)):
                said = "must be a list, an object or a text"
                self.say("resource-error", f"{at}/data", said, resource=name, value=found.data)
                found.data = None
            elif isinstance(found.data, str) and not (given.get("format") or given.get("mediatype")):
                said = "is text, so the resource must state its format or mediatype"
                self.say("resource-error", f"{at}/data", said, resource=name)
                found.data = None
            elif isinstance(found.data, str) and given.get("type") == "table":
                said = "must be a list of rows, as the resource is of type table"
                self.say("resource-error", f"{at}/data", said, resource=name)
            return found.data is not None
        return self.located(given[key], f"{at}/{key}", found)

    def located(self, value: Any, at: str, found: Resource) -> bool:
        paths = [value] if isinstance(value, str) else value
        if not isinstance(paths, list) or not paths:
            self.say("resource-error", at, "must be a path or a list of paths", resource=found.name, value=value)
            return False
        good = True
        for n, path in enumerate(paths):
            why = link_fault(path)
            if why:
                pointer = at if isinstance(value, str) else f"{at}/{n}"
                self.say("resource-error", pointer, why, resource=found.name, value=path)
                good = False
        if not good:
            return False
        remote = [p for p in paths if URL.match(p)]
        if remote and len(remote) < len(paths):
            self.say("resource-error", at, "mixes addresses and files", resource=found.name, value=value)
        elif remote:
            said = f"{cut(remote[0])} is not fetched; download it and name the file"
            self.findings.leave("its files", said, found.name)
        else:
            found.paths = tuple(paths)
        return bool(found.paths)

    def format(self, given: Mapping[str, Any], found: Resource) -> None:
        """Sets format, compression and innerpath: as stated, or by the mediatype, or by the ending of the file."""
        inner = given.get("innerpath")
        found.innerpath = inner if isinstance(inner, str) and inner else None
        stated, media = given.get("format"), given.get("mediatype")
        endings = [s.lower().lstrip(".") for s in PurePosixPath(found.paths[0]).suffixes] if found.paths else []
        packed = given.get("compression")
        if isinstance(packed, str) and packed:
            found.compression = COMPRESSIONS.get(packed.lower().lstrip("."), packed.lower())
        elif endings and endings[-1] in COMPRESSIONS:
            found.compression = COMPRESSIONS[endings[-1]]
        if endings and endings[-1] in COMPRESSIONS:
            endings.pop()
        if found.innerpath:
            endings = [PurePosixPath(found.innerpath).suffix.lower().lstrip(".")]
        if found.data is not None and not isinstance(found.data, str):
            found.format = "inline"
            return
        known = stated.lower().lstrip(".") if isinstance(stated, str) else ""
        first, _, last = known.rpartition(".")  # csv.gz
        known = first if first and last in COMPRESSIONS else known
        if not known or known in COMPRESSIONS:  # a format of zip says nothing of what is in it
            media = media.split(";")[0].strip().lower() if isinstance(media, str) else ""
            known = _BY_MEDIATYPE.get(media) or (endings[-1] if endings else "")
        found.format = known

    def encoding(self, given: Mapping[str, Any], at: str, name: str) -> str:
        stated = str(given.get("encoding", "utf-8"))
        try:
            known = codecs.lookup(stated)
        except (LookupError, ValueError):
            known = None
        if known is None or known.name.replace("-", "_") in NO_FILES or not getattr(known, "_is_text_encoding", True):
            self.say(
                "encoding-error", f"{at}/encoding", "is no encoding that is known here", resource=name, value=stated
            )
            return ""
        # A byte order mark is no part of the first label.
        return {"utf-8": "utf-8-sig", "utf_8": "utf-8-sig"}.get(known.name, known.name)

    # --- dialect and schema

    def linked(self, value: Any, code: str, pointer: str, resource: str) -> tuple[dict[str, Any], str | None] | None:
        """An object that stands here or in a file of the package, and that file's name."""
        if isinstance(value, dict):
            return value, None
        why = link_fault(value)
        if why is not None:
            said = why if isinstance(value, str) else "must be an object, or a path to one"
            self.say(code, pointer, said, resource=resource, value=value)
            return None
        if URL.match(value):
            what = pointer.rsplit("/", 1)[1]
            self.findings.leave(what, f"{cut(value)} is not fetched; save it and name the file", resource)
            return None
        try:
            with open_plain(self.root / value) as file:
                raw = file.read()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.say(code, pointer, f"names a file that cannot be read ({reason})", resource=resource, value=value)
            return None
        given, text, broken, line = parse(raw)
        if broken is None and not isinstance(given, dict):
            broken, line = "must hold one JSON object", 1
        if broken is not None:
            self.findings.add(problem(code, f"{value} {broken}.", resource=resource, path=value, line=line))
            return None
        self.lines[value] = lines_of(text)
        return given, value

    def schema(self, value: Any, pointer: str, resource: Resource) -> TableSchema | None:
        found = self.linked(value, "schema-error", pointer, resource.name)
        if found is None:
            return None
        given, file = found
        where, base = (file, "") if file else (self.path.name, pointer)
        schema, problems = TableSchema.from_descriptor(
            given, strict=False, where=where, path=Path(file or ""), name=resource.name, base=base
        )
        for one in problems:
            cell = None if one.value is None else cut(one.value)
            self.place(replace(one, resource=resource.name, message=short(one.message), value=cell))

        def say(code: str, at: str, sentence: str, bad: Any, **more: Any) -> None:
            self.say(code, base + at, sentence, resource=resource.name, value=bad, file=file, **more)

        schema = check_fields(schema, say, lambda name, why: self.findings.leave(name, why, resource.name))
        if file:
            self.profile(given, "tableschema", "", resource=resource.name, file=file)
        return schema if schema.fields else None

    def dialect(self, given: Mapping[str, Any], resource: Resource) -> Dialect | None:
        """The dialect; None where it is wrong, and the table cannot be read."""
        usual = Dialect(delimiter="\t") if resource.format == "tsv" else Dialect()
        if "dialect" not in given:
            return usual
        pointer = f"{resource.pointer}/dialect"
        linked = self.linked(given["dialect"], "dialect-error", pointer, resource.name)
        if linked is None:
            return None
        stated, file = linked
        base = "" if file else pointer

        def wrong(key: str, sentence: str, value: Any) -> None:
            self.say("dialect-error", f"{base}/{key}", sentence, resource=resource.name, value=value, file=file)

        made = read_dialect(stated, usual, wrong)
        if file:
            self.profile(stated, "tabledialect", "", resource=resource.name, file=file)
        return made

    def profile(
        self, given: Mapping[str, Any], kind: Kind, at: str, *, resource: str | None = None, file: str | None = None
    ) -> None:
        """Judges a descriptor by the profile that it says it follows, where that is not the standard's own."""
        name = file or self.path.name
        told = [pointer for where, pointer in self.told if where == name]
        judged = check_profile(given, kind, at, self.root, told)
        for code, pointer, sentence, value in judged.faults:
            self.say(
                code,
                pointer,
                sentence,
                resource=resource if file else self.owner(pointer) or resource,
                value=value,
                file=file,
                rule="profile",
            )
        if judged.unapplied:
            self.findings.leave(*judged.unapplied, resource)

    def owner(self, pointer: str) -> str | None:
        """The name of the resource that a pointer leads into, if it has one."""
        steps = pointer.split("/")
        if len(steps) < 3 or steps[1] != "resources" or not steps[2].isdigit():
            return None
        listed = self.given.get("resources")
        one = listed[int(steps[2])] if isinstance(listed, list) and int(steps[2]) < len(listed) else None
        name = one.get("name") if isinstance(one, dict) else None
        return name if isinstance(name, str) and name else None


def open_package(path: Path, findings: Findings) -> Package:
    """The package at a descriptor or in a folder. Raises UsageError where there is none, CannotRun where the descriptor
    cannot be read; a descriptor that is wrong is a finding."""
    try:
        if path.is_dir():
            root, file = path, path / DESCRIPTOR
            if not file.is_file():
                other = next((n for n in ("datapackage.yaml", "datapackage.yml") if (path / n).exists()), None)
                more = f"; there is a {other}, but YAML is not read: convert it to JSON" if other else ""
                raise UsageError(
                    f"{path}: there is no {DESCRIPTOR} in this folder{more}. Name a package's folder or its descriptor."
                )
        elif path.is_file():
            root, file = path.parent, path
            if path.suffix.lower() in (".csv", ".tsv", ".zip", ".xlsx", ".yaml", ".yml", ".parquet"):
                raise UsageError(f"{path}: is no descriptor. Name a package's folder or its {DESCRIPTOR}.")
        else:
            other = no_file(path)
            if other:
                raise UsageError(f"{path}: {other}, not a file. Name a package's folder or its {DESCRIPTOR}.")
            raise UsageError(f"{path}: there is no such file or folder. Name a package's folder or its {DESCRIPTOR}.")
    except OSError as error:
        raise CannotRun(f"{path}: cannot be read ({error.strerror}).") from error
    return _Reader(root, file, findings).package()
