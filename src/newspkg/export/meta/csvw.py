"""CSV on the Web: a metadata document that tells of the package's own CSV files.

Tables that stand in other formats are left out. A column whose cells CSVW cannot read as the package does (several
words for true, moments of any form, JSON ...) is described as text, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newspkg.export.meta.facts import (
    WANT_TITLE,
    Agent,
    Datafile,
    Facts,
    Origin,
    beside,
    facts,
    filled,
    need,
    not_told,
    one_or_all,
    tables,
    with_measures,
    write_json,
)
from newspkg.export.meta.raw import Raw, raw_table
from newspkg.export.model import Source, exporter
from newspkg.problems import CannotRun
from newspkg.schema import Field, TableSchema

__all__ = ["export_csvw"]

# Parts of strptime's patterns and what CSVW has for them; it knows no others.
_DATES = {
    "%Y-%m-%d": "yyyy-MM-dd",
    "%Y%m%d": "yyyyMMdd",
    "%d-%m-%Y": "dd-MM-yyyy",
    "%m-%d-%Y": "MM-dd-yyyy",
    "%d/%m/%Y": "dd/MM/yyyy",
    "%m/%d/%Y": "MM/dd/yyyy",
    "%d.%m.%Y": "dd.MM.yyyy",
    "%m.%d.%Y": "MM.dd.yyyy",
}
_TIMES = {"%H:%M:%S": "HH:mm:ss", "%H%M%S": "HHmmss", "%H:%M": "HH:mm", "%H%M": "HHmm"}
_ZONES = {"": "", "Z": "X", "%z": "xx"}
_DATETIME = re.compile(r"(?P<day>.*?)(?P<join>[T ])(?P<time>%H.*?)(?P<zone>Z|%z)?")
_BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "minExclusive",
    "exclusiveMaximum": "maxExclusive",
}
_PLAIN = {"year": "gYear", "yearmonth": "gYearMonth", "duration": "duration", "any": "any"}
_JSON = ("array", "object", "geojson")


@exporter(
    "csvw", title="CSV on the Web: metadata of the package's CSV files", suffix=".json", default="csv-metadata.json"
)
def export_csvw(package: Source, out: Path) -> list[Path]:
    """Writes the metadata document; its `url`s are the paths of the descriptor."""
    found = facts(package)
    need("CSVW", (found.label, *WANT_TITLE))
    made: dict[str, dict[str, Any]] = {}
    lost: dict[str, list[str]] = {}
    for name, schema, file in tables(package, found):
        why = _unreadable(package, name, file)
        if why or file is None:
            package.note(f"CSVW tells of CSV files, so the table {name} is left out: {why}.")
            continue
        made[name] = _table(package, schema, with_measures(package, file), lost)
    if not made:
        raise CannotRun("CSVW tells of CSV files, and the package has no table in one. pkg export parquet takes any.")
    _references(package, made, lost)
    not_told(package, "CSVW", lost)
    beside(package, out, "This document")
    return [write_json(out, {**_about(found), "tables": list(made.values())})]


def _unreadable(package: Source, name: str, file: Datafile | None) -> str:
    """Why a table's file is none that CSVW can tell of; empty where it is one."""
    if file is None:
        return "it lies in several files, or in the descriptor"
    raw = raw_table(package, name)
    if raw is None or raw.format not in ("csv", "tsv"):
        return f"{file.path} is no CSV"
    if raw.packed:
        return f"{file.path} is compressed"
    if raw.dialect.escape is not None and raw.dialect.quote is not None:
        return f"{file.path} has an escape character besides quotation marks"
    if len(raw.dialect.header_rows) > 1 or raw.dialect.null is not None:
        return f"{file.path} has a header of several rows, or a null sequence"
    return ""


# --- the group -------------------------------------------------------------------------------------------------------


def _about(found: Facts) -> dict[str, Any]:
    """What is said of the package, in Dublin Core, DCAT and schema.org."""
    return {
        "@context": "http://www.w3.org/ns/csvw",
        **filled(**{
            "dc:identifier": found.doi_url or found.id or found.name,
            "dc:title": found.label,
            "dc:description": found.description,
            "schema:version": found.version,
            "dc:created": _typed(found.moment or None, "xsd:dateTime" if len(found.moment) > 10 else "xsd:date"),
            "dcat:landingPage": _link(found.homepage),
            "dcat:keyword": one_or_all(found.keywords),
            "dc:creator": one_or_all(_agent(one) for one in found.creators),
            "dc:publisher": one_or_all(_agent(one) for one in found.publishers),
            "dc:contributor": one_or_all(_agent(one) for one in found.others if not one.creator),
            "dc:license": one_or_all(_link(one.url) or one.label for one in found.licences),
            "dc:source": one_or_all(_origin(one) for one in found.sources),
        }),
    }  # fmt: skip


def _link(url: str) -> dict[str, str] | None:
    return {"@id": url} if url else None


def _typed(value: str | None, kind: str) -> dict[str, str] | None:
    return {"@value": value, "@type": kind} if value else None


def _agent(one: Agent) -> dict[str, Any]:
    return filled(**{
        "@id": one.orcid or one.ror,
        "foaf:name": one.name,
        "foaf:givenName": one.given,
        "foaf:familyName": one.family,
        "foaf:mbox": _link(f"mailto:{one.email}" if one.email else ""),
        "foaf:homepage": _link(one.url),
        "schema:affiliation": one.organization,
        "schema:roleName": one_or_all(one.roles),
    })  # fmt: skip


def _origin(one: Origin) -> dict[str, Any]:
    more = {key: value for key, value in (one.more or {}).items() if isinstance(value, str)}
    return filled(**{
        "@id": f"https://doi.org/{one.doi}" if one.doi else one.url,
        "dc:title": one.title,
        "schema:version": one.version,
        "dc:description": "; ".join(f"{key}: {value}" for key, value in more.items()),
    })  # fmt: skip


# --- a table ---------------------------------------------------------------------------------------------------------


def _table(package: Source, schema: TableSchema, file: Datafile, lost: dict[str, list[str]]) -> dict[str, Any]:
    raw = raw_table(package, file.resource)
    assert raw is not None  # said by _unreadable
    if schema.unique_keys:
        lost.setdefault("unique keys", []).append(file.resource)
    null = list(schema.missing_values)
    columns = [_column(field, schema, raw, package, file.resource, lost) for field in schema.fields]
    inner = filled(
        columns=columns,
        primaryKey=one_or_all(schema.primary_key),
        null=None if null == [""] else null,
    )
    return {
        "url": file.url,
        **filled(**{
            "dc:title": file.title,
            "dc:description": file.description,
            "dcat:mediaType": file.mediatype,
            "dcat:byteSize": file.bytes,
            "schema:sha256": file.sha256,
            "dc:extent": None if file.rows is None else f"{file.rows} rows",
            "dc:license": one_or_all(_link(one.url) or one.label for one in file.licences),
            "dc:source": one_or_all(_origin(one) for one in file.sources),
        }),
        **({} if (dialect := _dialect(raw)) == {} else {"dialect": dialect}),
        "tableSchema": inner,
    }  # fmt: skip


def _dialect(raw: Raw) -> dict[str, Any]:
    """How the file differs from what CSVW takes for granted."""
    one = raw.dialect
    made: dict[str, Any] = {}
    if raw.encoding not in ("utf-8", "utf-8-sig"):
        made["encoding"] = raw.encoding
    if one.delimiter != ",":
        made["delimiter"] = one.delimiter
    if one.quote != '"':
        made["quoteChar"] = one.quote
    if not one.double_quote:
        made["doubleQuote"] = False
    if one.skip_space:
        made["skipInitialSpace"] = True
    if not one.header_rows:
        made |= {"header": False, "headerRowCount": 0}
    elif one.header_rows[0] > 1:
        made["skipRows"] = one.header_rows[0] - 1
    if one.comment_char:
        made["commentPrefix"] = one.comment_char
    if one.line_terminator:
        made["lineTerminators"] = [one.line_terminator]
    return made


def _column(
    field: Field, schema: TableSchema, raw: Raw, package: Source, table: str, lost: dict[str, list[str]]
) -> dict[str, Any]:
    place = f"{table}.{field.name}"

    def gone(what: str) -> None:
        lost.setdefault(what, []).append(place)

    datatype, why = _datatype(field, raw)
    if why:
        package.note(f"CSVW: {place} is described as text, since {why}.")
    datatype = {**datatype, **_limits(field, datatype, gone)}
    if field.constraints.get("unique") and schema.primary_key != (field.name,):
        gone("the constraint unique")
    if any(label != str(value) for value, label in field.categories):
        gone("labels of categories")
    if field.missing_values is not None and schema.missing_values != ("",) and not field.missing_values:
        gone("a column without missing values in a table that has them")
    base = datatype.pop("base")
    separator = field.options.get("delimiter", ",") if field.type == "list" and not why else None
    if separator is not None:
        gone("the difference between no list and an empty one, or between no item and an empty text")
    return filled(
        name=_name(field.name),
        titles=one_or_all(dict.fromkeys([field.name, field.title] if field.title else [field.name])),
        datatype={"base": base, **datatype} if datatype else base,
        separator=separator,
        required=field.required or field.name in schema.primary_key or None,
        null=None if field.missing_values is None else list(field.missing_values),
        **{
            "dc:description": field.description,
            "dc:type": _link(field.rdf_type or ""),
            "schema:exampleOfWork": None,
        },
    )


def _name(name: str) -> str:
    """A name as CSVW writes it: it may not begin with _ and has percent signs for what a URL variable has not."""
    from urllib.parse import quote

    return ("%5F" + quote(name[1:], safe="")) if name.startswith("_") else quote(name, safe="")


def _datatype(field: Field, raw: Raw) -> tuple[dict[str, Any], str]:
    """The datatype of a column, and why it is text although the field is not."""
    kind, options = field.type, field.options
    if kind == "list":
        item = Field(field.name, str(options.get("itemType", "string")))
        return _datatype(item, raw) if item.type != "list" else ({"base": "string"}, "")
    if kind == "string":
        base = {"uri": "anyURI", "binary": "base64Binary"}.get(field.format, "string")
        return {"base": base}, ""
    if kind in ("integer", "number"):
        return _number(field)
    if kind == "boolean":
        return _boolean(field, raw)
    if kind in ("date", "time", "datetime"):
        return _moment(field, raw)
    if kind in _JSON or (kind == "geopoint" and field.format in ("array", "object")):
        return {"base": "json"}, ""
    if kind in _PLAIN:
        return {"base": _PLAIN[kind]}, ""
    return {"base": "string"}, f"it has no datatype for a {kind}"


def _number(field: Field) -> tuple[dict[str, Any], str]:
    options = field.options
    if options.get("bareNumber") is False:
        return {"base": "string"}, "its numbers have other signs around them (bareNumber)"
    decimal, group = options.get("decimalChar", "."), options.get("groupChar")
    if decimal == "." and not group:
        return {"base": "integer" if field.type == "integer" else "number"}, ""
    form = filled(decimalChar=decimal if decimal != "." else None, groupChar=group)
    return {"base": "integer" if field.type == "integer" else "decimal", "format": form}, ""


def _boolean(field: Field, raw: Raw) -> tuple[dict[str, Any], str]:
    """CSVW has one word for true and one for false, or without a format true, false, 1 and 0: what the cells hold
    decides."""
    true = set(field.options.get("trueValues", ("true", "True", "TRUE", "1")))
    words = raw.words(field.name)
    if words <= {"true", "false", "1", "0"} and words & {"true", "1"} <= true and not words & {"false", "0"} & true:
        return {"base": "boolean"}, ""
    yes, no = sorted(words & true), sorted(words - true)
    if len(yes) > 1 or len(no) > 1 or any("|" in word for word in words):
        return {"base": "string"}, "its cells have several words for true, or for false"
    usual = sorted(true)[0], sorted(field.options.get("falseValues", ("false",)))[0]
    return {"base": "boolean", "format": f"{yes[0] if yes else usual[0]}|{no[0] if no else usual[1]}"}, ""


def _moment(field: Field, raw: Raw) -> tuple[dict[str, Any], str]:
    base = {"date": "date", "time": "time", "datetime": "dateTime"}[field.type]
    form = field.format
    if form == "default":
        if raw.usual(field.name):
            return {"base": base}, ""
        return {"base": "string"}, "few readers take some of its cells, such as 24 o'clock or a fraction of a second"
    known = {"date": _DATES, "time": _TIMES}.get(field.type, {}).get(form)
    if known is None and field.type == "datetime" and (parts := _DATETIME.fullmatch(form)):
        day, time, zone = _DATES.get(parts["day"]), _TIMES.get(parts["time"]), _ZONES.get(parts["zone"] or "")
        known = f"{day}{parts['join']}{time}{zone}" if day and time and zone is not None else None
    if known is None:
        return {"base": "string"}, f"it has no format like {form}"
    return {"base": base, "format": known}, ""


def _limits(field: Field, datatype: Mapping[str, Any], gone: Any) -> dict[str, Any]:
    """The constraints of a field as properties of its datatype."""
    given, base = field.constraints, datatype["base"]
    made: dict[str, Any] = {}
    texts = base in ("string", "anyURI", "json")
    for name, theirs in _BOUNDS.items():
        if name in given:
            if texts or base in ("gYear", "gYearMonth", "duration", "any") or _formatted(field):
                gone(f"the constraint {name}")
            else:
                made[theirs] = given[name] if isinstance(given[name], (int, float)) else str(given[name])
    for name in ("minLength", "maxLength"):
        if name in given:
            if texts and field.type == "string":
                made[name] = given[name]
            else:
                gone(f"the constraint {name}")
    if "jsonSchema" in given:
        gone("the constraint jsonSchema")
    pattern, words = given.get("pattern"), given.get("enum") or [value for value, _ in field.categories]
    if words and base == "string" and field.type == "string":
        made["format"] = "|".join(re.escape(str(word)).replace("\\-", "-").replace("\\ ", " ") for word in words)
    elif words:
        gone("the constraint enum, or categories, of what is no text")
    if pattern and base == "string" and "format" not in made:
        made["format"] = pattern
    elif pattern:
        gone("the constraint pattern beside a vocabulary")
    return made


def _formatted(field: Field) -> bool:
    """Whether bounds are written in a form of their own."""
    return field.format != "default" or any(key in field.options for key in ("decimalChar", "groupChar"))


# --- keys ------------------------------------------------------------------------------------------------------------


def _references(package: Source, made: dict[str, dict[str, Any]], lost: dict[str, list[str]]) -> None:
    """Adds the foreign keys between the tables that are told of."""
    for name, table in made.items():
        keys = list(_foreign(package.schema(name), name, made, lost))
        if keys:
            table["tableSchema"]["foreignKeys"] = keys


def _foreign(
    schema: TableSchema, name: str, made: Mapping[str, dict[str, Any]], lost: dict[str, list[str]]
) -> Iterator[dict[str, Any]]:
    for key in schema.foreign_keys:
        target = key.resource or name
        if target not in made:
            lost.setdefault("foreign keys to tables that are left out", []).append(f"{name} to {target}")
            continue
        yield {
            "columnReference": [_name(one) for one in key.fields],
            "reference": {
                "resource": made[target]["url"],
                "columnReference": [_name(one) for one in key.reference_fields],
            },
        }
