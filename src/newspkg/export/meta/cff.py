"""CITATION.cff 1.2.0: how to cite the package, for GitHub and reference managers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newspkg.export.meta.facts import WANT_CREATOR, WANT_TITLE, Agent, facts, filled, need, not_told
from newspkg.export.model import Source, exporter

__all__ = ["export_cff"]

_MESSAGE = "If you use this dataset, please cite it as below."


@exporter("cff", title="CITATION.cff, how to cite the package", suffix=".cff", default="CITATION.cff")
def export_cff(package: Source, out: Path) -> list[Path]:
    """Writes the file. Its authors are the contributors with the role creator or author."""
    import yaml

    found = facts(package)
    need("CITATION.cff", (found.title, *WANT_TITLE), (found.creators, *WANT_CREATOR))
    known = [one.spdx for one in found.licences if one.spdx]
    other = [one for one in found.licences if not one.spdx]
    web = next((one.url for one in other if one.url.startswith("http")), "") if not known else ""
    lost = {
        "contributors that are no creators": [one.pointer for one in found.agents if not one.creator],
        "a licence that SPDX does not know": [one.pointer for one in other if not (web and one.url == web)],
        "sources, as their authors are not stated": ["/sources"] if found.sources else [],
        "files, tables and fields": ["/resources"] if found.files else [],
    }
    not_told(package, "CITATION.cff", {thing: places for thing, places in lost.items() if places})
    document = filled(**{
        "cff-version": "1.2.0",
        "message": _MESSAGE,
        "type": "dataset",
        "title": found.title,
        "version": found.version,
        "doi": found.doi,
        "identifiers": [
            {"type": "url" if found.id.startswith("http") else "other", "value": found.id}
        ] if found.id and not found.doi else None,
        "date-released": found.created,
        "url": found.homepage,
        "authors": [_author(one) for one in found.creators],
        "license": known[0] if len(known) == 1 else known,
        "license-url": web,
        "keywords": list(dict.fromkeys(found.keywords)),
        "abstract": found.description,
    })  # fmt: skip
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    out.write_text(_bare_date(text, found.created), encoding="utf-8", newline="\n")
    return [out]


def _bare_date(text: str, day: str) -> str:
    """The day without quotation marks, as the format's examples have it; its readers take both."""
    return text.replace(f"date-released: '{day}'", f"date-released: {day}") if day else text


def _author(one: Agent) -> dict[str, Any]:
    if not one.person:
        return filled(name=one.name, email=one.email, website=one.ror or one.url)
    names = {"given-names": one.given, "family-names": one.family}
    return filled(
        **(names if one.given or one.family else {"alias": one.name}),
        affiliation=one.organization,
        email=one.email,
        orcid=one.orcid,
        website=one.url,
    )
