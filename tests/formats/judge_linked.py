"""schema.org and DCAT: parsed by rdflib, without fetching a context, and put before shapes by pyshacl."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF

SHAPES = Path(__file__).with_name("shapes.ttl")
BASE = "https://example.org/ships/"
S = Namespace("https://schema.org/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")


def parsed(path):
    return Graph().parse(path, format="json-ld", publicID=BASE)


def faults(graph):
    conforms, _, text = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES), advanced=True)
    return "" if conforms else text


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
@pytest.mark.parametrize("format", ["schemaorg", "dcat"])
def test_the_shapes_hold(which, format, request, exported):
    package = request.getfixturevalue(which)
    graph = parsed(exported(format, package, f"{format}.jsonld").path)
    assert len(graph) > 80
    assert faults(graph) == ""


@pytest.mark.parametrize(
    ("format", "gone"),
    [
        ("schemaorg", S.description),
        ("schemaorg", S.contentUrl),
        ("dcat", DCTERMS.title),
        ("dcat", DCAT.accessURL),
        ("dcat", URIRef("http://spdx.org/rdf/terms#algorithm")),
    ],
)
def test_the_shapes_condemn_what_lacks_something(format, gone, exported, alltypes):
    graph = parsed(exported(format, alltypes, f"{format}.jsonld").path)
    assert list(graph.triples((None, gone, None)))
    for subject in {*graph.subjects(RDF.type, S.Dataset), *graph.subjects(RDF.type, DCAT.Dataset),
                    *graph.subjects(gone, None)}:  # fmt: skip
        graph.remove((subject, gone, None))
    assert str(gone) in faults(graph) or gone.rsplit("#")[-1].rsplit("/")[-1] in faults(graph)


def test_schema_org_tells_all(exported, alltypes):
    graph = parsed(exported("schemaorg", alltypes, "schemaorg.jsonld").path)
    one = URIRef("https://doi.org/10.5555/ships.2024")
    assert str(graph.value(one, S.name)) == "Ships & their „masts“"
    assert {str(v) for v in graph.objects(one, S.keywords)} == {"ships", "harbours", "Größe"}
    assert graph.value(one, S.creator) == URIRef("https://orcid.org/0000-0002-1825-0097")
    assert str(graph.value(one, S.license)) == "https://opendatacommons.org/licenses/pddl/"
    assert len(list(graph.objects(one, S.distribution))) == 3
    assert len(list(graph.objects(one, S.variableMeasured))) == 44


def test_dcat_names_the_files_where_they_are(exported, alltypes):
    graph = parsed(exported("dcat", alltypes, "dcat.jsonld").path)
    found = {str(v) for v in graph.objects(None, DCAT.downloadURL)}
    assert found == {f"{BASE}data/{name}.csv" for name in ("every", "formats", "notes")}
    assert URIRef("https://doi.org/10.5555/12345678") in set(graph.objects(None, DCTERMS.source))
