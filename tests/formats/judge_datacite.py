"""DataCite, before the JSON schema and the XML writer of the library datacite."""

from __future__ import annotations

import json
import re

import pytest
from datacite import schema45


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
def test_the_schema_takes_it(which, request, exported):
    document = json.loads(exported("datacite", request.getfixturevalue(which)).path.read_text(encoding="utf-8"))
    assert [error.message for error in schema45.validator.iter_errors(document)] == []
    xml = schema45.tostring(document)
    assert "http://datacite.org/schema/kernel-4" in xml


def test_the_schema_condemns_what_it_should(exported, alltypes):
    document = json.loads(exported("datacite", alltypes).path.read_text(encoding="utf-8"))
    document["publicationYear"] = 2024
    document["contributors"][0]["contributorType"] = "stoker"
    document["creators"][0]["shoeSize"] = 42
    assert len(list(schema45.validator.iter_errors(document))) == 3


def test_everything_that_can_be_said_is_said(exported, alltypes):
    made = exported("datacite", alltypes)
    document = json.loads(made.path.read_text(encoding="utf-8"))
    assert document["doi"] == "10.5555/ships.2024"
    assert document["publisher"]["name"] == "Harbour Office" and document["publicationYear"] == "2024"
    creator = document["creators"][0]
    assert creator["name"] == "Maro, Ilse" and creator["affiliation"] == [{"name": "Institute of Ships"}]
    assert creator["nameIdentifiers"][0]["nameIdentifier"] == "https://orcid.org/0000-0002-1825-0097"
    assert [one["contributorType"] for one in document["contributors"]] == ["DataCurator", "Other"]
    assert document["rightsList"][0]["rightsIdentifier"] == "pddl-1.0"
    assert document["relatedIdentifiers"][0]["relatedIdentifier"] == "10.5555/12345678"
    assert document["relatedItems"][0]["titles"] == [{"title": "A log kept at sea"}]
    assert "every: 6 rows" in document["sizes"]
    assert re.search(r"/contributors/2: DataCite has no contributor of type 'stoker'", made.notes)
