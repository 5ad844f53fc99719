"""Croissant 1.0: the package's own files, and a record set for each table in CSV, TSV or Parquet.

A reader of Croissant opens a CSV file without knowing what its fields are: it guesses numbers and takes some words for
missing. So the cells are looked at, and a field gets its type only where what is read is what the package means; else
it is text. Where even the text would come out otherwise, a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newspkg.export.meta.facts import (
    WANT_CREATED,
    WANT_CREATOR,
    WANT_DESCRIPTION,
    WANT_HOMEPAGE,
    WANT_LICENCE,
    WANT_TITLE,
    Agent,
    Datafile,
    Facts,
    beside,
    facts,
    filled,
    listed,
    need,
    not_told,
    one_or_all,
    tables,
    wish,
    with_measures,
    write_json,
)
from newspkg.export.meta.raw import USUAL, Raw, raw_table
from newspkg.export.model import Source, exporter
from newspkg.schema import Field, TableSchema

__all__ = ["export_croissant"]

# The context that the specification prints; its readers warn of any other.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FORMATS = {  # as Croissant calls them
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "parquet": "application/x-parquet",
    "jsonl": "application/jsonlines",
    "ndjson": "application/jsonlines",
    "json": "application/json",
}
# Texts that its readers of CSV take for missing, asked or not.
_ABSENT = frozenset({
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip
_INT = r"^[+-]?[0-9]+$"
_NUMBER = r"^\s*[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:inf|infinity))\s*$"
_TRUTH = r"^(?:true|True|TRUE|false|False|FALSE)$"
_TEXTS = ("sc:Text", "sc:URL")
_EXACT = 2**53  # beyond it not every whole number is a floating-point number


@exporter("croissant", title="Croissant 1.0, for machine learning", suffix=".json", default="croissant.json")
def export_croissant(package: Source, out: Path) -> list[Path]:
    """Writes the document; its `contentUrl`s are the paths of the descriptor."""
    found = facts(package)
    need("Croissant", (found.label, *WANT_TITLE))
    wish(
        package,
        "Croissant",
        (found.description, *WANT_DESCRIPTION),
        (found.licences, *WANT_LICENCE),
        (found.creators, *WANT_CREATOR),
        (found.created, *WANT_CREATED),
        (found.homepage, *WANT_HOMEPAGE),
    )
    files = {file.path: _file(package, file) for file in found.files}
    sets: list[dict[str, Any]] = []
    lost: dict[str, list[str]] = {}
    odd = _Odd()
    made = {name for name, _, file in tables(package, found) if _readable(package, name, file, files)}
    links = _Links(made)
    for name, schema, file in tables(package, found):
        if name in made and file is not None:
            sets += _record_sets(package, name, schema, file, links, lost, odd)
        else:
            package.note(
                f"Croissant's readers know plain CSV, TSV and Parquet, so the table {name} has no record set: "
                f"{'it has no file of its own' if file is None else file.path + ' is none'}."
            )
    not_told(package, "Croissant", lost)
    if odd.text:
        package.note(
            f"Croissant gives as text what its readers cannot read as the package means it: {listed(odd.text)}."
        )
    if odd.rounded:
        package.note(
            "Croissant's readers round whole numbers beyond 2^53 where a column has empty cells: "
            f"{listed(odd.rounded)}."
        )
    if odd.nan:
        package.note(f"Croissant's readers take NaN for a missing value: {listed(odd.nan)}.")
    if odd.read:
        package.note(
            f"Croissant's readers guess numbers and missing values in CSV, and read otherwise than it stands: "
            f"{listed(odd.read)}. For exact values pkg export parquet, and then this of that."
        )
    beside(package, out, "This document")
    about = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **_about(found),
        "distribution": [file for file in files.values() if file],
    }
    return [write_json(out, {**about, **filled(recordSet=sets)})]


def _about(found: Facts) -> dict[str, Any]:
    return filled(
        name=found.label,
        alternateName=found.name if found.title else None,
        description=found.description,
        url=found.homepage,
        sameAs=found.doi_url,
        version=found.version,
        datePublished=found.created,
        license=one_or_all(one.url or one.label for one in found.licences),
        keywords=list(found.keywords),
        creator=one_or_all(_agent(one) for one in found.creators),
        contributor=one_or_all(_agent(one) for one in found.others if not one.creator),
        publisher=one_or_all(_agent(one) for one in found.publishers),
        isBasedOn=one_or_all(
            filled(at_type="sc:CreativeWork", name=one.title, url=one.url, version=one.version) for one in found.sources
        ),
        citeAs=citation(found),
    )


def citation(found: Facts) -> str:
    """A line to cite the package by; empty where the descriptor says too little for one."""
    if not (found.creators and found.label and found.created):
        return ""
    who = "; ".join(f"{one.family}, {one.given}" if one.family and one.given else one.name for one in found.creators)
    version = f" Version {found.version}." if found.version else ""
    where = found.doi_url or found.homepage
    return f"{who} ({found.created[:4]}). {found.label}.{version}{' ' + where if where else ''}"


def _agent(one: Agent) -> dict[str, Any]:
    affiliation = filled(at_type="sc:Organization", name=one.organization) if one.organization else None
    return filled(
        at_type="sc:Person" if one.person else "sc:Organization",
        name=one.name,
        givenName=one.given,
        familyName=one.family,
        email=one.email,
        url=one.orcid or one.ror or one.url,
        **{"affiliation" if one.person else "parentOrganization": affiliation},
    )


def _file(package: Source, file: Datafile) -> dict[str, Any]:
    """A FileObject; nothing for a file elsewhere whose hash is not stated, as there must be one."""
    file = with_measures(package, file)
    if not file.hashes:
        package.note(
            f"{file.pointer}/hash: Croissant asks for the hash of {file.path}; without it the file is left out."
        )
        return {}
    raw = raw_table(package, file.resource)
    known = _FORMATS.get(raw.format if raw else "")
    return filled(
        at_type="cr:FileObject",
        at_id=_id(file.path, "/:"),
        name=file.path.rsplit("/", 1)[-1],
        description=file.description or file.title,
        contentUrl=file.path.removeprefix("./"),
        contentSize=None if file.bytes is None else f"{file.bytes} B",
        encodingFormat=known or file.mediatype or "application/octet-stream",
        sha256=file.sha256,
        md5=None if file.sha256 else (file.hashes or {}).get("md5"),
    )


def _readable(package: Source, name: str, file: Datafile | None, files: dict[str, dict[str, Any]]) -> bool:
    raw = raw_table(package, name)
    if raw is None or file is None or not files.get(file.path):
        return False
    if raw.format == "parquet":
        return not raw.packed
    return raw.format in ("csv", "tsv") and raw.plain and raw.resource.compression in ("", "gz")


# --- record sets -----------------------------------------------------------------------------------------------------


@dataclass
class _Cells:
    """What the cells of a column are like, but those that mean no value."""

    some: bool = False
    missing: bool = False
    odd_missing: bool = False  # a cell means no value, and a reader does not know it
    taken: bool = False  # a reader takes a value for missing
    whole: bool = True
    numbers: bool = True
    truths: bool = True
    ones: bool = True  # 1 and 0
    canonical: bool = True  # whole numbers without a sign or zeros in front
    moments: bool = True
    clocks: bool = True
    years: bool = True
    large: bool = False

    @property
    def printed(self) -> bool:
        """Whether a reader who takes the cells for numbers prints them as they stand."""
        return self.canonical and not self.missing


@dataclass
class _Odd:
    """Fields that do not come out as the package means them: `text` are given as text, `read` are not even read as
    their text, `rounded` are whole numbers that become floating-point ones, `nan` have NaN. `place` is the field at
    hand."""

    text: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    rounded: list[str] = field(default_factory=list)
    nan: list[str] = field(default_factory=list)
    place: str = ""


@dataclass
class _Links:
    """The foreign keys between record sets. A reader joins what a field refers to. So it would leave out the rows in
    which a key is empty, and could read no table in a circle of references: such keys are left out."""

    made: set[str]
    targets: dict[str, set[str]] = field(default_factory=dict)

    def of(self, name: str, schema: TableSchema, open_: set[str], lost: dict[str, list[str]]) -> dict[str, str]:
        """The field that each field of a table refers to. `open_` are the columns with empty cells."""
        found: dict[str, str] = {}
        for key in schema.foreign_keys:
            target = key.resource or name
            if len(key.fields) > 1 or target not in self.made:
                kind = "foreign keys of several fields, or to what is no record set"
            elif key.fields[0] in open_:
                kind = "foreign keys with empty cells"
            elif name == target or name in self.reached(target):
                kind = "foreign keys that lead back to their own table"
            else:
                self.targets.setdefault(name, set()).add(target)
                found.setdefault(key.fields[0], f"{_id(target)}/{_id(key.reference_fields[0])}")
                continue
            lost.setdefault(kind, []).append(f"{name}.{'+'.join(key.fields)}")
        return found

    def reached(self, name: str) -> set[str]:
        """The tables to which references lead from a table."""
        seen: set[str] = set()
        ahead = [name]
        while ahead:
            for one in self.targets.get(ahead.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    ahead.append(one)
        return seen


def _record_sets(
    package: Source,
    name: str,
    schema: TableSchema,
    file: Datafile,
    links: _Links,
    lost: dict[str, list[str]],
    odd: _Odd,
) -> Iterator[dict[str, Any]]:
    raw = raw_table(package, name)
    assert raw is not None  # said by _readable
    cells = _look(raw) if raw.format != "parquet" else {}
    natives = {} if cells else _natives(raw, odd)
    references = links.of(name, schema, _open(package, name, cells), lost)
    if schema.unique_keys:
        lost.setdefault("unique keys", []).append(name)
    fields, words = [], []
    for one in schema.fields:
        place = f"{name}.{one.name}"
        odd.place = place
        kind = _kind(one, cells[one.name], odd) if cells else natives.get(one.name, _Kind("sc:Text"))
        if one.constraints:
            lost.setdefault("constraints", []).append(place)
        target = references.get(one.name)
        labels = [(value, label) for value, label in one.categories if label != str(value)]
        if labels and one.type == "string":
            words.append(_vocabulary(f"{_id(name)}/{_id(one.name)}", one))
        elif labels:
            lost.setdefault("labels of categories of what is no text", []).append(place)
        fields.append({
            "@type": "cr:Field",
            "@id": f"{_id(name)}/{_id(one.name)}",
            "name": one.name,
            **filled(
                description=": ".join(part for part in (one.title, one.description) if part),
                dataType=kind.name,
                repeated=kind.repeated or None,
                equivalentProperty=one.rdf_type,
                references={"field": {"@id": target}} if target else None,
                source={
                    "fileObject": {"@id": _id(file.path, "/:")},
                    "extract": {"column": one.name},
                    **filled(transform={"separator": kind.separator} if kind.separator else None),
                },
            ),
        })  # fmt: skip
    keys = [{"@id": f"{_id(name)}/{_id(one)}"} for one in schema.primary_key]
    yield {
        "@type": "cr:RecordSet",
        "@id": _id(name),
        "name": name,
        **filled(
            description=". ".join(part.rstrip(".") for part in (file.title, file.description) if part),
            key=one_or_all(keys),
        ),
        "field": fields,
    }
    yield from words


def _open(package: Source, name: str, cells: Mapping[str, _Cells]) -> set[str]:
    """The columns of a table with empty cells."""
    if cells:
        return {column for column, seen in cells.items() if seen.missing}
    counts = package[name].null_count().collect().row(0, named=True)
    return {column for column, n in counts.items() if n}


def _id(name: str, safe: str = "") -> str:
    """A name as part of an @id, in which its readers want no spaces, not even as %20. Two names never become one."""
    escaped = quote(name, safe=safe).replace("~", "%7E")
    return re.sub("%(20|09|0A|0D)", lambda found: "~" if found[1] == "20" else f"~{found[1]}", escaped)


def _vocabulary(at: str, one: Field) -> dict[str, Any]:
    """The words of a field with their labels, as a record set of its own."""
    return {
        "@type": "cr:RecordSet",
        "@id": f"{at}/categories",
        "name": f"{one.name} categories",
        "description": f"What the words of {at.replace('/', '.')} mean.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{at}/categories/value"},
        "field": [
            {"@type": "cr:Field", "@id": f"{at}/categories/{part}", "name": part, "dataType": "sc:Text"}
            for part in ("value", "label")
        ],
        "data": [
            {f"{at}/categories/value": str(value), f"{at}/categories/label": label} for value, label in one.categories
        ],
    }


def _look(raw: Raw) -> dict[str, _Cells]:
    """Goes through the cells of a table once."""
    import polars as pl

    found = {name: _Cells() for name in raw.schema.names}
    for frame in raw.frames():
        for name in frame.columns:
            column, seen = frame[name].fill_null(""), found[name]
            missing = column.is_in(list(raw.missing(name)))
            values = column.filter(~missing)
            gone = column.filter(missing)
            seen.missing |= bool(gone.len())
            seen.odd_missing |= not gone.is_in(list(_ABSENT)).all()
            if not values.len():
                continue
            seen.some = True
            seen.taken |= bool(values.is_in(list(_ABSENT)).any())

            def all_like(pattern: str, values: pl.Series = values) -> bool:
                return bool(values.str.contains(pattern).all())

            seen.numbers &= all_like(_NUMBER)
            seen.truths &= all_like(_TRUTH)
            seen.ones &= all_like("^[01]$")
            seen.moments &= all_like(USUAL["datetime"])
            seen.clocks &= all_like(USUAL["time"])
            seen.years &= all_like("^-?[0-9]{4}$")
            if seen.whole and all_like(_INT):
                seen.canonical &= all_like("^(?:0|-?[1-9][0-9]{0,17})$")
                seen.large |= any(abs(int(one)) > _EXACT for one in values.to_list())
            else:
                seen.whole = seen.canonical = False
    return found


def _kind(one: Field, seen: _Cells, odd: _Odd) -> _Kind:
    """The data type of a field in CSV."""
    wanted, fits, separator = _wanted(one, seen)
    text = wanted if wanted in _TEXTS else "sc:Text"
    guessed = seen.some and (seen.taken or seen.odd_missing or seen.truths or (seen.numbers and not seen.printed))
    if wanted not in _TEXTS and fits and not seen.odd_missing and not seen.taken:
        if seen.large and seen.missing and wanted == "sc:Integer":
            odd.rounded.append(odd.place)
        return _Kind(wanted)
    if wanted not in _TEXTS or one.type in ("array", "object", "geojson") or (one.type == "list" and not fits):
        odd.text.append(odd.place)
    if guessed:
        odd.read.append(odd.place)
    return _Kind(text, separator is not None, separator) if separator and fits and not guessed else _Kind(text)


@dataclass
class _Kind:
    """A data type, whether a cell has several values of it, and what stands between them."""

    name: str
    repeated: bool = False
    separator: str | None = None


def _natives(raw: Raw, odd: _Odd) -> dict[str, _Kind]:
    """The data types of the columns of a Parquet file, which has types of its own."""
    import polars as pl

    def of(dtype: pl.DataType) -> _Kind:
        if isinstance(dtype, (pl.List, pl.Array)):
            return _Kind(of(dtype.inner).name, True)  # type: ignore[arg-type]
        if dtype.is_integer():
            return _Kind("sc:Integer")
        if dtype.is_float() or dtype.is_decimal():
            return _Kind("sc:Float")
        plain = {pl.Boolean: "sc:Boolean", pl.Date: "sc:Date", pl.Datetime: "sc:DateTime", pl.Time: "sc:Time"}
        return _Kind(plain.get(dtype.base_type(), "sc:Text"))

    frame = pl.scan_parquet(raw.root / raw.resource.paths[0], glob=False)
    kinds = frame.collect_schema()
    asked = {
        **{
            (name, "rounded"): (pl.col(name).null_count() > 0)
            & ((pl.col(name).max() > _EXACT) | (pl.col(name).min() < -_EXACT))
            for name, dtype in kinds.items()
            if dtype.is_integer()
        },
        **{(name, "nan"): pl.col(name).is_nan().any() for name, dtype in kinds.items() if dtype.is_float()},
    }
    told = frame.select(one.alias(str(n)) for n, one in enumerate(asked.values())).collect().row(0) if asked else ()
    for (name, what), found in zip(asked, told, strict=True):
        if found:
            getattr(odd, what).append(f"{raw.resource.name}.{name}")
    return {name: of(dtype) for name, dtype in kinds.items()}


def _wanted(one: Field, seen: _Cells) -> tuple[str, bool, str | None]:
    """The type a field should have, whether its cells are read as it, and the separator of a list."""
    usual, options = one.format == "default", one.options
    bare = not any(key in options for key in ("decimalChar", "groupChar")) and options.get("bareNumber") is not False
    kind = one.type
    if kind == "string":
        return ("sc:URL" if one.format == "uri" else "sc:Text"), True, None
    if kind == "integer":
        return "sc:Integer", bare and seen.whole, None
    if kind == "number":
        return "sc:Float", bare and seen.numbers, None
    if kind == "boolean":
        words = "trueValues" not in options and "falseValues" not in options
        return "sc:Boolean", words and (seen.truths or seen.ones), None
    if kind == "date":
        return "sc:Date", usual, None
    if kind == "datetime":
        return "sc:DateTime", usual and seen.moments, None
    if kind == "time":
        return "sc:Time", usual and seen.clocks, None
    if kind == "year":
        return "sc:Integer", seen.years, None
    if kind == "list":
        return "sc:Text", not seen.numbers, str(options.get("delimiter", ","))
    return "sc:Text", True, None
