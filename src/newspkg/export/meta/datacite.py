"""DataCite 4.5: the metadata that a DOI is registered with, as JSON."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from newspkg.export.meta.facts import (
    WANT_CREATED,
    WANT_CREATOR,
    WANT_TITLE,
    Agent,
    Facts,
    Licence,
    Origin,
    facts,
    filled,
    need,
    not_told,
    write_json,
)
from newspkg.export.model import Source, exporter
from newspkg.report.words import count

__all__ = ["export_datacite"]

_TYPES = (
    "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor", "HostingInstitution",
    "Producer", "ProjectLeader", "ProjectManager", "ProjectMember", "RegistrationAgency", "RegistrationAuthority",
    "RelatedPerson", "Researcher", "ResearchGroup", "RightsHolder", "Sponsor", "Supervisor", "WorkPackageLeader",
    "Other",
)  # fmt: skip
# Roles by their letters alone, as DataCite calls them; maintainer and wrangler are words of version 1.
_ROLES = {one.lower(): one for one in _TYPES} | {
    "maintainer": "DataManager",
    "wrangler": "DataCurator",
    "contributor": "Other",
}
_UNKNOWN = "(:unav)"  # DataCite's own sign for a value that is not known


@exporter("datacite", title="DataCite 4.5, the metadata of a DOI", suffix=".json", default="datacite.json")
def export_datacite(package: Source, out: Path) -> list[Path]:
    """Writes the document. The publication year is that of `created`."""
    found = facts(package)
    need(
        "DataCite",
        (found.title, *WANT_TITLE),
        (found.creators, *WANT_CREATOR),
        (found.created, *WANT_CREATED),
    )
    if not found.publishers:
        package.note(
            f"/contributors: DataCite asks for a publisher and gets {_UNKNOWN}, not known; give a contributor the role "
            '"publisher", or let the repository fill it in.'
        )
    elif len(found.publishers) > 1:
        package.note(f"DataCite has one publisher, {found.publishers[0].name}; the others are left out.")
    if not found.doi:
        package.note("/id: there is no DOI yet; when one is reserved, state it as https://doi.org/10....")
    lost = {"the homepage of a contributor": [one.pointer for one in found.agents if one.url]}
    lost["the e-mail address of a contributor"] = [one.pointer for one in found.agents if one.email]
    lost["hashes of files and the fields of tables"] = ["/resources"] if found.files else []
    not_told(package, "DataCite", {thing: places for thing, places in lost.items() if places})
    return [write_json(out, _document(package, found))]


def _document(package: Source, found: Facts) -> dict[str, Any]:
    sizes = [file.bytes for file in found.files if file.bytes is not None]
    rows = {file.resource: file.rows for file in found.files if file.rows is not None}
    return filled(
        doi=found.doi,
        url=found.homepage,
        types={"resourceTypeGeneral": "Dataset"},
        creators=[_agent(one) for one in found.creators],
        titles=[{"title": found.title}],
        publisher=_publisher(found.publishers[0]) if found.publishers else {"name": _UNKNOWN},
        publicationYear=found.created[:4],
        subjects=[{"subject": one} for one in dict.fromkeys(found.keywords)],
        contributors=[made for one in found.others for made in _contributor(package, one)],
        dates=[{"date": found.moment, "dateType": "Created"}],
        alternateIdentifiers=[
            {"alternateIdentifier": value, "alternateIdentifierType": kind}
            for value, kind in (("" if found.doi else found.id, "id"), (found.name, "name"))
            if value
        ],
        relatedIdentifiers=[_identifier(one) for one in found.sources if _is_address(one)],
        relatedItems=[_item(one) for one in found.sources if not _is_address(one) and one.title],
        sizes=[
            *([f"{sum(sizes)} bytes"] if len(sizes) == len(found.files) and sizes else []),
            *(dict.fromkeys(f"{name}: {count(n, 'row')}" for name, n in rows.items())),
        ],
        formats=list(dict.fromkeys(file.mediatype for file in found.files if file.mediatype)),
        version=found.version,
        rightsList=[_rights(one) for one in found.licences],
        descriptions=_descriptions(found),
        schemaVersion="http://datacite.org/schema/kernel-4",
    )


def _agent(one: Agent) -> dict[str, Any]:
    identifiers = []
    if one.orcid:
        identifiers.append(
            {"nameIdentifier": one.orcid, "nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
        )
    if one.ror:
        identifiers.append({"nameIdentifier": one.ror, "nameIdentifierScheme": "ROR", "schemeUri": "https://ror.org"})
    return filled(
        name=f"{one.family}, {one.given}" if one.family and one.given else one.name,
        nameType="Personal" if one.person else "Organizational" if one.ror else None,
        givenName=one.given,
        familyName=one.family,
        nameIdentifiers=identifiers,
        affiliation=[{"name": one.organization}] if one.organization else None,
    )


def _contributor(package: Source, one: Agent) -> list[dict[str, Any]]:
    """A contributor, once for each kind of contribution."""
    kinds: dict[str, None] = {}
    for role in one.other_roles:
        kind = _ROLES.get(re.sub("[^a-z]", "", role.lower()))
        if kind is None:
            package.note(f"{one.pointer}: DataCite has no contributor of type {role!r}; it is told of as Other.")
        kinds[kind or "Other"] = None
    return [{**_agent(one), "contributorType": kind} for kind in kinds or ({} if one.roles else {"Other": None})]


def _publisher(one: Agent) -> dict[str, Any]:
    more = {"publisherIdentifier": one.ror, "publisherIdentifierScheme": "ROR", "schemeUri": "https://ror.org/"}
    return {"name": one.name, **(more if one.ror else {})}


def _rights(one: Licence) -> dict[str, Any]:
    scheme = {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"} if one.spdx else {}
    web = one.url if one.url.startswith("http") else ""
    return filled(rights=one.label, rightsUri=web, rightsIdentifier=one.spdx.lower(), **scheme)


def _is_address(one: Origin) -> bool:
    return bool(one.doi or one.url.startswith("http"))


def _identifier(one: Origin) -> dict[str, Any]:
    kind, value = ("DOI", one.doi) if one.doi else ("URL", one.url)
    return {"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": "IsDerivedFrom"}


def _item(one: Origin) -> dict[str, Any]:
    return {"titles": [{"title": one.title}], "relatedItemType": "Other", "relationType": "IsDerivedFrom"}


def _descriptions(found: Facts) -> list[dict[str, str]]:
    """The description, and what each table is."""
    made = [{"description": found.description, "descriptionType": "Abstract"}] if found.description else []
    lines = [
        f"{file.resource}: {file.description or file.title}" for file in found.files if file.description or file.title
    ]
    if lines:
        made.append({"description": "\n".join(dict.fromkeys(lines)), "descriptionType": "TableOfContents"})
    return made
