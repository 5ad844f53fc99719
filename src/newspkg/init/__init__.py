"""Starts the repository of a dataset: everything that a package, its checks and its readers need, in a new folder.

Of articles: an invented one, the empty tables of `curation/`, and the package that `pkg build` makes of them. Of tables
that are there already: a copy of each, and a schema that all of its cells fit (`infer`).

What is written lies in `template/`: `both/`, then `articles/` or `tables/`. `dot-` in a name stands for a dot, `@NAME@`
in a file for a value. The folder is made whole beside its place and then put there.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg import __version__
from newspkg.ids import slug
from newspkg.problems import CannotRun, UsageError

if TYPE_CHECKING:
    from newspkg.report import Report

__all__ = ["LICENCES", "TOOLKIT", "Started", "start"]

TOOLKIT = "newspkg/newspkg"  # owner/repository at GitHub, from which workflow and hook take this toolkit

LICENCES = {
    "CC0-1.0": ("CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "CC-BY-4.0": ("Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution-ShareAlike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution-NonCommercial 4.0 International",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "PDDL-1.0": (
        "Open Data Commons Public Domain Dedication and License",
        "https://opendatacommons.org/licenses/pddl/1-0/",
    ),
    "ODC-By-1.0": ("Open Data Commons Attribution License", "https://opendatacommons.org/licenses/by/1-0/"),
    "ODbL-1.0": ("Open Data Commons Open Database License", "https://opendatacommons.org/licenses/odbl/1-0/"),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")  # of the standard's names, those that can be a folder and no option
_MEDIATYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
_TEXTS = ("csv", "tsv", "json", "jsonl", "ndjson")


@dataclass(frozen=True)
class Started:
    """The new folder: its files below it, in order; rows by table; what a person should know of the tables; and what
    the validator says."""

    root: Path
    files: list[str]
    rows: dict[str, int]
    report: Report
    remarks: list[str] = field(default_factory=list)


def start(
    folder: Path,
    *,
    title: str | None = None,
    licence: str = "CC-BY-4.0",
    contributors: Sequence[str] = (),
    tables: Sequence[Path] = (),
    toolkit: str = TOOLKIT,
) -> Started:
    """Starts a repository in `folder`, which must not be there yet, or be empty but for `.git`.

    The folder's name is the package's. `licence` is a key of LICENCES, `toolkit` the owner and repository at GitHub
    that workflow and hook use. With `tables`, files of any format that the validator reads, it is made of those.

    Raises UsageError for a name, licence or file that cannot be used and for a folder that holds something, CannotRun
    where the disk does not allow it. Nothing is left behind then.
    """
    name = _checked_name(folder)
    values = _values(name, title, licence, contributors, toolkit)
    with _aside(folder) as new:
        _write_template("both", new, values)
        _write_template("tables" if tables else "articles", new, values)
        if tables:
            rows, remarks = _of_tables(new, tables, _said(name, values))
        else:
            rows, remarks = _of_an_article(new, _said(name, values)), []
        from newspkg.validate import validate

        report = validate(new)
        files = sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())
    return Started(folder, files, rows, report, remarks)


# --- what is asked for -----------------------------------------------------------------------------------------------


def _checked_name(folder: Path) -> str:
    name = folder.resolve().name
    if not _NAME.fullmatch(name):
        better = slug(name)
        hint = f" For instance: {better}." if better else ""
        raise UsageError(
            f"{name or folder}: is no name for a data package. A name has lower-case letters, digits, hyphens, dots "
            f"and underscores, and begins with a letter or digit.{hint}"
        )
    return name


def _line(value: str, what: str) -> str:
    """A value that fits on one line of every file it goes into."""
    line = " ".join(value.split())
    if not line or not line.isprintable():
        raise UsageError(f"{what} {value!r}: give it at least one letter, and no control characters.")
    return line


def _values(name: str, title: str | None, licence: str, contributors: Sequence[str], toolkit: str) -> Mapping[str, str]:
    """What stands in the templates for each @NAME@, and under lower-case keys what the descriptor says."""
    known = {key.lower(): key for key in LICENCES}
    if licence.lower() not in known:
        raise UsageError(
            f"--license {licence!r}: known are {', '.join(LICENCES)}. For another one take the nearest, then edit the "
            "descriptor and LICENSE-DATA."
        )
    licence = known[licence.lower()]
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", toolkit):
        raise UsageError(f"--toolkit {toolkit!r}: give the owner and the repository, such as {TOOLKIT}.")
    title = _line(title, "--title") if title is not None else name.replace("-", " ").replace("_", " ").capitalize()
    people = [_line(one, "--contributor") for one in contributors] or [f"The maintainers of {name}"]
    return {
        "TITLE": title,
        "TITLE_YAML": _quoted(title),
        "AUTHORS": "\n".join(f"  - name: {_quoted(one)}" for one in people),
        "LICENCE": licence,
        "LICENCE_TITLE": LICENCES[licence][0],
        "LICENCE_PATH": LICENCES[licence][1],
        "TOOLKIT": toolkit,
        "VERSION": __version__,
        "people": json.dumps(people),
    }


def _quoted(text: str) -> str:
    """A text as YAML reads it, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _said(name: str, values: Mapping[str, str]) -> dict[str, Any]:
    """What people say of the package."""
    return {
        "name": name,
        "title": values["TITLE"],
        "version": "0.1.0",
        "contributors": [{"title": one, "roles": ["creator"]} for one in json.loads(values["people"])],
        "licenses": [{"name": values["LICENCE"], "title": values["LICENCE_TITLE"], "path": values["LICENCE_PATH"]}],
    }


# --- the folder ------------------------------------------------------------------------------------------------------


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder beside `folder`, whose content is put there at the end and which is gone whatever happens."""
    try:
        there = sorted(path.name for path in folder.iterdir() if path.name != ".git") if folder.exists() else []
    except NotADirectoryError as error:
        raise UsageError(f"{folder}: is a file. Name a folder that is not there yet.") from error
    except OSError as error:
        raise CannotRun(f"{folder}: cannot be read ({error.strerror}).") from error
    if there:
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        raise UsageError(
            f"{folder}: holds {', '.join(there[:3])}{more}. Nothing is overwritten: name a folder that is not there "
            "yet, or an empty one."
        )
    place = folder.resolve()
    new = place.parent / f".{place.name}.newspkg-starting"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir()
    except FileExistsError as error:
        raise CannotRun(
            f"{new}: is there already. Another `pkg init` is at work, or one was cut off: remove that folder then."
        ) from error
    except OSError as error:
        raise CannotRun(f"{folder}: cannot be written ({error.strerror}).") from error
    try:
        yield new
        place.mkdir(exist_ok=True)
        for path in sorted(new.iterdir()):
            path.rename(place / path.name)
    except OSError as error:
        raise CannotRun(f"{folder}: cannot be written ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write_template(name: str, new: Path, values: Mapping[str, str]) -> None:
    top = resources.files("newspkg").joinpath("init", "template", name)
    for path, source in _walk(top):
        target = new / path.replace("dot-", ".")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = re.sub("@([A-Z_]+)@", lambda found: values[found[1]], source.read_text(encoding="utf-8"))
        target.write_text(text, encoding="utf-8", newline="\n")


def _walk(top: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in sorted(top.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            yield from _walk(one, f"{above}{one.name}/")
        else:
            yield f"{above}{one.name}", one


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


# --- of an article ---------------------------------------------------------------------------------------------------


def _of_an_article(new: Path, said: Mapping[str, Any]) -> dict[str, int]:
    """The tables of people's decisions, empty but for the example's source, and the package that follows."""
    from newspkg.build import build
    from newspkg.derive import derive
    from newspkg.package import BLOCK, DEFAULT_CEILING
    from newspkg.schema import house_schemas

    curation, schemas = new / "curation", house_schemas()
    for table in ("actors", "actor_names", "actor_roles", "corrections"):
        with (curation / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(schemas[table].names)
    described = {
        "description": "Documents, actors, events and quotes of news articles; built from one invented article so far.",
        BLOCK: {"quotedShareCeiling": DEFAULT_CEILING},
    }
    _write_json(curation / "package.json", {**said, **described})
    built = build([new / "articles"], new, curation=curation, jobs=1)
    derive(new)
    return built.counts


# --- of tables -------------------------------------------------------------------------------------------------------


def _of_tables(new: Path, tables: Sequence[Path], said: Mapping[str, Any]) -> tuple[dict[str, int], list[str]]:
    """A copy of each table with a schema that all its cells fit, and the descriptor."""
    from newspkg.derive import derive
    from newspkg.init.infer import infer
    from newspkg.report import Findings
    from newspkg.validate.descriptor import open_package
    from newspkg.validate.packed import Scratch

    head = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", **said}
    listed = [_copied(new, path) for path in tables]
    _write_json(new / "datapackage.json", {**head, "resources": listed})
    rows: dict[str, int] = {}
    remarks: list[str] = []
    with Scratch() as scratch:
        findings = Findings()
        package = open_package(new, findings)
        for resource, given, source in zip(package.resources, listed, tables, strict=True):
            if not resource.tabular:
                why = next((u.reason for u in findings.report().unchecked), "it is no table that is read here")
                raise UsageError(f"{source}: {why}.")
            if resource.format in ("csv", "tsv"):
                resource.dialect = _dialect(new, resource, given, scratch)
            try:
                found = infer(new, resource, scratch)
            except UsageError as error:  # said of the copy, which is gone by then
                raise UsageError(str(error).replace(resource.place, str(source))) from error
            schema = f"schemas/{resource.name}.json"
            _write_json(new / schema, found.schema)
            given["schema"] = schema
            rows[resource.name] = found.rows
            remarks += [f"{resource.name}: {one}" for one in found.remarks]
    _write_json(new / "datapackage.json", {**head, "resources": listed})
    derive(new)
    return rows, remarks


def _copied(new: Path, path: Path) -> dict[str, Any]:
    """Copies a table into data/; its resource, as far as the name of the file tells."""
    from newspkg.package import RESOURCE_PROFILE
    from newspkg.validate.descriptor import COMPRESSIONS

    if not path.is_file():
        raise UsageError(f"{path}: there is no such file. --from takes files with tables, one each.")
    if path.name == "datapackage.json":
        raise UsageError(f"{path}: is a data package already; see: pkg describe {path}")
    endings = path.suffixes[-2:] if path.suffix.lower().lstrip(".") in COMPRESSIONS else path.suffixes[-1:]
    ending = "".join(endings)
    name = slug(path.name.removesuffix(ending))
    if not name:
        raise UsageError(f"{path}: no name for a table can be made of this file's name. Rename it.")
    target = new / "data" / f"{name}{ending.lower()}"
    if any(new.joinpath("data").glob(f"{name}.*")):
        raise UsageError(f"{path}: its table would be called {name}, as the one of a file before it. Rename one.")
    target.parent.mkdir(exist_ok=True)
    try:
        shutil.copyfile(path, target)
    except OSError as error:
        raise CannotRun(f"{path}: cannot be copied ({error.strerror}).") from error
    kind = endings[0].lower().lstrip(".") if endings else ""
    given: dict[str, Any] = {
        "$schema": RESOURCE_PROFILE,
        "name": name,
        "path": f"data/{target.name}",
        "type": "table",
        "profile": "tabular-data-resource",
        "format": kind,
    }
    if kind in _MEDIATYPES and len(endings) == 1:
        given["mediatype"] = _MEDIATYPES[kind]
    if kind in _TEXTS:
        given["encoding"] = "utf-8"
    return given


def _dialect(new: Path, resource: Any, given: dict[str, Any], scratch: Any) -> Any:
    """The dialect that the file has, stated where it is not the usual one of its format."""
    from newspkg.init.infer import delimiter_of, encoding_of
    from newspkg.report import Findings
    from newspkg.validate.dialects import Dialect
    from newspkg.validate.packed import at_hand

    findings = Findings(1)
    ready = at_hand(new, resource, resource.paths[0], scratch, findings)
    if ready is None:
        raise UsageError(findings.report().problems[0].message)
    if encoding_of(ready) != "utf-8":
        given["encoding"] = resource.encoding = encoding_of(ready)
    usual = resource.dialect.delimiter
    sign = delimiter_of(ready, usual)
    if sign != usual:
        given["dialect"] = {"delimiter": sign}
    return Dialect(delimiter=sign)
