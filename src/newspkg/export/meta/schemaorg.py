"""schema.org for search engines, and DCAT for portals: both JSON-LD with the context inside, so that nothing has to be
fetched to read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newspkg.export.meta.facts import (
    WANT_DESCRIPTION,
    WANT_HOMEPAGE,
    WANT_LICENCE,
    WANT_TITLE,
    Agent,
    Datafile,
    Facts,
    Licence,
    Origin,
    beside,
    facts,
    filled,
    need,
    not_told,
    one_or_all,
    tables,
    wish,
    with_measures,
    write_json,
)
from newspkg.export.model import Source, exporter
from newspkg.schema import Field

__all__ = ["export_dcat", "export_schemaorg", "organizations", "variables"]

_SHORT, _LONG = 50, 5000  # characters of a description that Google's search for datasets takes


# --- schema.org ------------------------------------------------------------------------------------------------------


@exporter("schemaorg", title="schema.org Dataset, for search engines", suffix=".jsonld", default="schemaorg.jsonld")
def export_schemaorg(package: Source, out: Path) -> list[Path]:
    """Writes JSON-LD to put into a web page or beside the descriptor."""
    found = facts(package)
    need("schema.org", (found.label, *WANT_TITLE), (found.description, *WANT_DESCRIPTION))
    wish(
        package,
        "a search engine",
        (found.licences, *WANT_LICENCE),
        (found.homepage or found.doi, *WANT_HOMEPAGE),
    )
    if not _SHORT <= len(found.description) <= _LONG:
        package.note(
            f"/description: has {len(found.description)} characters; Google's search for datasets takes {_SHORT} to "
            f"{_LONG}."
        )
    organizations(package, found)
    files = [with_measures(package, file) for file in found.files]
    if any(not file.remote for file in files):
        package.note(
            "schema.org: contentUrl is relative to where this document lies; a search engine finds files by it."
        )
    lost: dict[str, list[str]] = {}
    measured = list(variables(package, found, lost))
    not_told(package, "schema.org", lost)
    document = {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "Dataset",
        **filled(at_id=found.doi_url or found.homepage or (found.id if found.id.startswith("http") else "")),
        **filled(
            name=found.label,
            alternateName=found.name if found.title else None,
            description=found.description,
            identifier=found.doi_url or found.id,
            url=found.homepage,
            version=found.version,
            dateCreated=found.moment,
            datePublished=found.created,
            image=found.image,
            keywords=list(found.keywords),
            license=one_or_all(one.url or one.label for one in found.licences),
            creator=one_or_all(agent(one) for one in found.creators),
            publisher=one_or_all(agent(one) for one in found.publishers),
            contributor=one_or_all(agent(one) for one in found.others if not one.creator),
            isBasedOn=one_or_all(origin(one) for one in found.sources),
            distribution=[_download(file) for file in files],
            variableMeasured=measured,
        ),
    }
    return [write_json(out, document)]


def organizations(package: Source, found: Facts) -> None:
    """Notes whom the descriptor does not show to be persons."""
    for one in found.agents:
        if not one.person and not one.ror:
            package.note(
                f"{one.pointer}: {one.name} is taken for an organisation; a person has givenName and familyName, or an "
                "ORCID as path."
            )


def agent(one: Agent) -> dict[str, Any]:
    """A person or an organisation."""
    affiliation = {"@type": "Organization", "name": one.organization} if one.organization else None
    return filled(
        at_type="Person" if one.person else "Organization",
        at_id=one.orcid or one.ror,
        name=one.name,
        givenName=one.given,
        familyName=one.family,
        email=one.email,
        url=one.url,
        **{"affiliation" if one.person else "parentOrganization": affiliation},
    )


def origin(one: Origin) -> dict[str, Any]:
    """A source. Properties that the standard does not have are named and told of."""
    more = [
        {"@type": "PropertyValue", "name": key, "value": value}
        for key, value in (one.more or {}).items()
        if isinstance(value, (str, int, float))
    ]
    return filled(
        at_type="CreativeWork",
        name=one.title,
        url=f"https://doi.org/{one.doi}" if one.doi else one.url,
        version=one.version,
        additionalProperty=more,
    )


def _download(file: Datafile) -> dict[str, Any]:
    rows = {"@type": "QuantitativeValue", "value": file.rows, "unitText": "rows"} if file.rows is not None else None
    return filled(
        at_type="DataDownload",
        name=file.title or file.resource,
        description=file.description,
        contentUrl=file.url,
        encodingFormat=file.mediatype,
        contentSize=None if file.bytes is None else f"{file.bytes} B",
        sha256=file.sha256,
        size=rows,
        license=one_or_all(one.url or one.label for one in file.licences),
    )


def variables(package: Source, found: Facts, lost: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    """The fields of all tables."""
    for name, schema, _ in tables(package, found):
        keys = {one for key in schema.foreign_keys for one in key.fields}
        for one in schema.fields:
            if one.name in schema.primary_key or one.name in keys:
                lost.setdefault("keys", []).append(f"{name}.{one.name}")
            yield _variable(name, one)


def _variable(table: str, one: Field) -> dict[str, Any]:
    rules = one.constraints
    words = rules.get("enum") or [value for value, _ in one.categories]
    labels = dict(one.categories)
    return filled(
        at_type="PropertyValue",
        name=f"{table}.{one.name}",
        alternateName=one.title,
        description=one.description,
        propertyID=one.rdf_type,
        measurementTechnique=one.type if one.format == "default" else f"{one.type} {one.format}",
        minValue=_number(rules.get("minimum")),
        maxValue=_number(rules.get("maximum")),
        valueReference=[
            filled(at_type="DefinedTerm", termCode=str(word), name=str(labels.get(word, word))) for word in words
        ],
    )


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


# --- DCAT ------------------------------------------------------------------------------------------------------------

_DCAT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_MEDIA = "https://www.iana.org/assignments/media-types/"


@exporter("dcat", title="DCAT, for data portals (DCAT-AP 3)", suffix=".jsonld", default="dcat.jsonld")
def export_dcat(package: Source, out: Path) -> list[Path]:
    """Writes JSON-LD with one dcat:Dataset and a dcat:Distribution for each file."""
    found = facts(package)
    need("DCAT-AP", (found.label, *WANT_TITLE), (found.description, *WANT_DESCRIPTION))
    wish(package, "DCAT-AP", (found.licences, *WANT_LICENCE), (found.homepage, *WANT_HOMEPAGE))
    organizations(package, found)
    beside(package, out, "This document")
    files = [with_measures(package, file) for file in found.files]
    lost = {
        "the fields of tables": ["/resources"] if len(package) else [],
        "the e-mail address of a source": [one.pointer for one in found.sources if one.email],
    }
    not_told(package, "DCAT", {thing: places for thing, places in lost.items() if places})
    kind = "xsd:dateTime" if len(found.moment) > 10 else "xsd:date"
    contacts = [one for one in found.agents if one.email]
    document = {
        "@context": _DCAT,
        **filled(at_id=found.doi_url or found.homepage or (found.id if found.id.startswith("http") else "#dataset")),
        "@type": "dcat:Dataset",
        **filled(**{
            "dct:identifier": found.doi_url or found.id or found.name,
            "dct:title": found.label,
            "dct:description": found.description,
            "dcat:version": found.version,
            "dct:created": {"@value": found.moment, "@type": kind} if found.moment else None,
            "dcat:landingPage": _document_of(found.homepage),
            "dct:conformsTo": _standard(package.descriptor.get("$schema")),
            "dcat:keyword": list(found.keywords),
            "dct:creator": one_or_all(_foaf(one) for one in found.creators),
            "dct:publisher": one_or_all(_foaf(one) for one in found.publishers),
            "dct:contributor": one_or_all(_foaf(one) for one in found.others if not one.creator),
            "dcat:contactPoint": one_or_all(
                {"@type": "vcard:Kind", "vcard:fn": one.name, "vcard:hasEmail": {"@id": f"mailto:{one.email}"}}
                for one in contacts
            ),
            "dct:source": one_or_all(_described(one) for one in found.sources),
            "dcat:distribution": [_distribution(file, found) for file in files],
        }),
    }  # fmt: skip
    return [write_json(out, document)]


def _document_of(url: str) -> dict[str, Any] | None:
    return {"@id": url, "@type": "foaf:Document"} if url else None


def _standard(url: Any) -> dict[str, Any] | None:
    web = isinstance(url, str) and url.startswith(("http://", "https://"))
    return {"@id": url, "@type": "dct:Standard"} if web else None


def _foaf(one: Agent) -> dict[str, Any]:
    member = {"@type": ["foaf:Organization", "foaf:Agent"], "foaf:name": one.organization} if one.organization else None
    return filled(**{
        "@id": one.orcid or one.ror,
        "@type": ["foaf:Person" if one.person else "foaf:Organization", "foaf:Agent"],
        "foaf:name": one.name,
        "foaf:givenName": one.given,
        "foaf:familyName": one.family,
        "foaf:mbox": {"@id": f"mailto:{one.email}"} if one.email else None,
        "foaf:homepage": _document_of(one.url),
        "org:memberOf": member,
    })  # fmt: skip


def _licence(one: Licence) -> dict[str, Any]:
    return filled(**{"@id": one.url, "@type": "dct:LicenseDocument", "dct:title": one.label})


def _described(one: Origin) -> dict[str, Any]:
    more = [f"{key}: {value}" for key, value in (one.more or {}).items() if isinstance(value, (str, int, float))]
    return filled(**{
        "@id": f"https://doi.org/{one.doi}" if one.doi else one.url,
        "dct:title": one.title,
        "dcat:version": one.version,
        "dct:description": "; ".join(more),
    })  # fmt: skip


def _distribution(file: Datafile, found: Facts) -> dict[str, Any]:
    """A file. The address that gives access is the package's page, or without one the file itself."""
    licences = file.licences or found.licences
    checksum = {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
        "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
    }
    size = None if file.bytes is None else {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"}
    rows = "" if file.rows is None else f"{file.rows} rows."
    return filled(**{
        "@type": "dcat:Distribution",
        "dct:title": file.title or file.resource,
        "dct:description": " ".join(part for part in (file.description, rows) if part),
        "dcat:accessURL": {"@id": found.homepage or file.url},
        "dcat:downloadURL": {"@id": file.url},
        "dcat:mediaType": {"@id": f"{_MEDIA}{file.mediatype}", "@type": "dct:MediaType"} if file.mediatype else None,
        "dcat:byteSize": size,
        "spdx:checksum": checksum if file.sha256 else None,
        "dct:license": one_or_all(_licence(one) for one in licences),
        "dct:source": one_or_all(_described(one) for one in file.sources),
    })  # fmt: skip
