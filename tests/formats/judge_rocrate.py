"""RO-Crate, before roc-validator and in the library rocrate. The context that the validator would fetch is the one that
rocrate brings along."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import rocrate
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from rocrate.rocrate import ROCrate
from rocrate_validator import services
from rocrate_validator.models import Severity
from urllib3 import HTTPResponse

CONTEXT = Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld"
NAME = "ro-crate-metadata.json"


class Shelf(HTTPAdapter):
    """Answers every request with the context."""

    def send(self, request, **_):
        headers = {"Content-Type": "application/ld+json"}
        body = io.BytesIO(CONTEXT.read_bytes())
        raw = HTTPResponse(body=body, status=200, headers=headers, preload_content=False, request_url=request.url)
        return self.build_response(request, raw)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache in which the validator finds the context."""
    path = tmp_path_factory.mktemp("rocrate") / "cache"
    session = CachedSession(cache_name=str(path), expire_after=-1)
    session.mount("https://", Shelf())
    accept = {"Accept": "application/ld+json, application/json, */*;q=0.1"}
    assert session.get("https://w3id.org/ro/crate/1.2/context", headers=accept).ok
    return path


def issues(root, cache, severity):
    settings = services.ValidationSettings(
        rocrate_uri=str(root),
        profile_identifier="ro-crate-1.2",
        requirement_severity=severity,
        offline=True,
        cache_path=cache,
    )
    return [(one.severity.name, one.message) for one in services.validate(settings).get_issues()]


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
def test_nothing_that_is_required_is_missing(which, request, exported, cache):
    package = request.getfixturevalue(which)
    exported("rocrate", package, NAME)
    assert issues(package.root, cache, Severity.REQUIRED) == []


def test_what_is_recommended_is_there_where_the_descriptor_tells_it(exported, alltypes, cache):
    exported("rocrate", alltypes, NAME)
    left = [message for _, message in issues(alltypes.root, cache, Severity.RECOMMENDED)]
    # Of an organisation that is only a name there is no address, of two files no description, and no DOI is looked up.
    allowed = ("organization SHOULD have a URL", "ROR identifier", "contactPoint", "`description`", "Person SHOULD",
               "ORCID", "Person entity", "SHOULD resolve")  # fmt: skip
    assert [one for one in left if not any(word in one for word in allowed)] == []


def test_the_validator_condemns_a_crate_without_a_licence(exported, alltypes, cache, tmp_path):
    import shutil

    made = exported("rocrate", alltypes, NAME).path
    shutil.copytree(alltypes.root, tmp_path / "p")
    document = json.loads(made.read_text(encoding="utf-8"))
    next(one for one in document["@graph"] if one["@id"] == "./").pop("license")
    (tmp_path / "p" / NAME).write_text(json.dumps(document), encoding="utf-8")
    assert any("license" in message for _, message in issues(tmp_path / "p", cache, Severity.REQUIRED))


def test_the_library_reads_who_and_what(exported, alltypes):
    exported("rocrate", alltypes, NAME)
    crate = ROCrate(alltypes.root)
    root = crate.root_dataset
    assert root["name"] == "Ships & their „masts“"
    assert root["datePublished"] == "2024-03-01" and root["version"] == "1.2.0"
    assert root["author"]["familyName"] == "Maro" and root["author"].id == "https://orcid.org/0000-0002-1825-0097"
    assert root["publisher"].id == "https://ror.org/03yrm5c26"
    assert {one.id for one in root["hasPart"]} == {
        "data/every.csv", "data/formats.csv", "data/notes.csv", "datapackage.json",
        "schemas/every.json", "schemas/formats.json", "schemas/notes.json",
    }  # fmt: skip
    assert crate.get("data/every.csv")["sha256"] and crate.get("data/every.csv")["description"].endswith("6 rows.")
