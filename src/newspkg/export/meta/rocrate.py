"""RO-Crate 1.2: what the package and each of its files are, who made them and from what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newspkg.export.meta.facts import (
    WANT_CREATED,
    WANT_DESCRIPTION,
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
    with_measures,
    write_json,
)
from newspkg.export.meta.payload import payload
from newspkg.export.meta.schemaorg import organizations, variables
from newspkg.export.model import Source, exporter
from newspkg.package import DESCRIPTOR

__all__ = ["export_rocrate"]

_VERSION = "https://w3id.org/ro/crate/1.2"
_DOCUMENT = "ro-crate-metadata.json"


@exporter("rocrate", title="RO-Crate 1.2, a research object", suffix=".json", default=_DOCUMENT)
def export_rocrate(package: Source, out: Path) -> list[Path]:
    """Writes ro-crate-metadata.json, which makes a crate of the folder it lies in. `datePublished` is `created`."""
    found = facts(package)
    need(
        "RO-Crate",
        (found.label, *WANT_TITLE),
        (found.description, *WANT_DESCRIPTION),
        (found.licences, *WANT_LICENCE),
        (found.created, *WANT_CREATED),
    )
    organizations(package, found)
    if out.name.removeprefix(".").removesuffix(".new") != _DOCUMENT:  # it is written beside its place, then moved
        package.note(f"A crate's document is called {_DOCUMENT}: give it that name.")
    beside(package, out, _DOCUMENT)
    crate = _Crate(package, found)
    crate.write()
    return [write_json(out, {"@context": f"{_VERSION}/context", "@graph": crate.graph})]


class _Crate:
    """The graph: flat entities that refer to each other. Of two with the same @id the first stays."""

    def __init__(self, package: Source, found: Facts) -> None:
        self.package, self.found = package, found
        self.entities: dict[str, dict[str, Any]] = {}

    @property
    def graph(self) -> list[dict[str, Any]]:
        return list(self.entities.values())

    def add(self, identifier: str, kind: str, /, **given: Any) -> dict[str, str]:
        self.entities.setdefault(identifier, {"@id": identifier, "@type": kind, **filled(**given)})
        return {"@id": identifier}

    def write(self) -> None:
        found = self.found
        self.add(
            _DOCUMENT,
            "CreativeWork",
            name="Metadata of the crate",
            about={"@id": "./"},
            conformsTo={"@id": _VERSION},
        )
        root = self.add("./", "Dataset")  # second in the graph, filled when what it refers to is there
        parts = [self.file(with_measures(self.package, file)) for file in found.files]
        parts += self.rest()
        lost: dict[str, list[str]] = {}
        measured = [
            self.add(f"#{quote(one['name'], safe='')}", "PropertyValue", **_without_words(one, lost))
            for one in variables(self.package, found, lost)
        ]
        not_told(self.package, "RO-Crate", lost)
        self.entities[root["@id"]] |= filled(
            name=found.label,
            description=found.description,
            datePublished=found.created,
            dateCreated=found.moment,
            version=found.version,
            identifier=self.identifier(),
            url=self.page(found.homepage),
            license=one_or_all(self.licence(one) for one in found.licences),
            keywords=list(found.keywords),
            author=self.agents(found.creators),
            publisher=self.agents(found.publishers),
            contributor=self.agents(one for one in found.others if not one.creator),
            isBasedOn=one_or_all(self.origin(one, i) for i, one in enumerate(found.sources)),
            hasPart=parts,
            variableMeasured=measured,
        )

    def identifier(self) -> Any:
        """The DOI as an entity of its own, another identifier as text."""
        found = self.found
        if not found.doi:
            return found.id
        return self.add(found.doi_url, "PropertyValue", propertyID="https://registry.identifiers.org/registry/doi",
                        value=f"doi:{found.doi}", url=found.doi_url, name="DOI")  # fmt: skip

    def page(self, url: str) -> Any:
        return self.add(url, "WebPage", name=f"Page of {self.found.label}") if url else None

    def agents(self, agents: Iterable[Agent]) -> Any:
        return one_or_all(self.agent(one) for one in agents)

    def agent(self, one: Agent) -> dict[str, str]:
        made = None
        if one.organization:
            made = self.add(f"#organisation-{quote(one.organization, safe='')}", "Organization", name=one.organization)
        kind = "Person" if one.person else "Organization"
        mail = f"mailto:{one.email}"
        contact = self.add(mail, "ContactPoint", name=one.name, email=one.email, url=mail) if one.email else None
        return self.add(
            one.orcid or one.ror or f"#{kind.lower()}-{quote(one.name, safe='')}",
            kind,
            name=one.name,
            givenName=one.given,
            familyName=one.family,
            email=one.email,
            contactPoint=contact,
            url=one.url,
            **{"affiliation" if one.person else "parentOrganization": made},
        )

    def licence(self, one: Licence) -> dict[str, str]:
        identifier = one.url or f"#licence-{quote(one.label, safe='')}"
        local = bool(one.url) and not one.url.startswith("http")
        return self.add(
            identifier,
            "File" if local else "CreativeWork",
            name=one.label,
            identifier=one.spdx or (one.name if one.name != one.label else ""),
            description=f"The licence {one.label}.",
        )

    def origin(self, one: Origin, number: int) -> dict[str, str]:
        identifier = f"https://doi.org/{one.doi}" if one.doi else one.url
        if not identifier.startswith("http"):
            identifier = f"#source-{number + 1}"
        more = [f"{key}: {value}" for key, value in (one.more or {}).items() if isinstance(value, (str, int, float))]
        return self.add(
            identifier,
            "CreativeWork",
            name=one.title or identifier,
            version=one.version,
            description="; ".join(more),
        )

    def file(self, file: Datafile) -> dict[str, str]:
        rows = "" if file.rows is None else f"{file.rows} rows."
        known = {one.url for one in self.found.licences}  # the crate's own hold for all its files
        return self.add(
            file.url,
            "File",
            name=file.title or file.resource or file.path,
            alternateName=file.resource if file.title else None,
            description=" ".join(part for part in (file.description, rows) if part),
            encodingFormat=file.mediatype,
            contentSize=None if file.bytes is None else str(file.bytes),
            sha256=file.sha256,
            license=one_or_all(self.licence(one) for one in file.licences if one.url not in known),
            isBasedOn=one_or_all(self.origin(one, i) for i, one in enumerate(file.sources)),
        )

    def rest(self) -> list[dict[str, str]]:
        """The descriptor, and the other files that it names."""
        known = {file.path.removeprefix("./") for file in self.found.files}
        said = {DESCRIPTOR: ("Descriptor", "The descriptor of the data package: its tables, their fields and keys.")}
        for one in self.package.descriptor.get("resources") or ():
            schema = one.get("schema") if isinstance(one, Mapping) else None
            if isinstance(schema, str):
                said[schema.removeprefix("./")] = (f"Schema of {one.get('name')}", f"The fields of {one.get('name')}.")
        made = []
        for path in payload(self.package):
            if path in known:
                continue
            identifier = quote(path)
            name, description = said.get(path, (path.rsplit("/", 1)[-1], ""))
            made.append(
                self.add(
                    identifier,
                    "File",
                    name=name,
                    description=description,
                    encodingFormat="application/json" if path.endswith(".json") else None,
                    contentSize=str((self.package.root / path).stat().st_size),
                )
            )
        return made


def _without_words(one: dict[str, Any], lost: dict[str, list[str]]) -> dict[str, Any]:
    """A variable without its vocabulary, of which each word would be an entity of its own."""
    if "valueReference" in one:
        lost.setdefault("vocabularies", []).append(one["name"])
    return {key: value for key, value in one.items() if not key.startswith("@") and key != "valueReference"}
