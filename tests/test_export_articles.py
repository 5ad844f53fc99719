"""The forms of articles, and the descriptor of version 1: read back, and held to their own rules."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import newspkg
from exporting import ALLTYPES, ROOT, cells, lines, loaded, one_table
from newspkg.export import export
from newspkg.problems import CannotRun
from newspkg.validate import validate

# --- by document --------------------------------------------------------------------------------------------------------


def test_documents_hold_all_that_was_found_in_them(tmp_path: Path) -> None:
    """Taken apart again, the lines are the tables."""
    export("jsonl", ROOT, tmp_path / "flat")
    export("jsonl-documents", ROOT, tmp_path / "x.jsonl")
    found = lines(tmp_path / "x.jsonl")
    flat = {path.stem: lines(path) for path in (tmp_path / "flat").glob("*.jsonl")}
    nested = ("quotes", "mentions", "event_mentions", "times", "omissions")
    key = {row["document_id"]: row for row in flat["documents"]}
    for one in found:
        own = {name: value for name, value in one.items() if name not in (*nested, "actors")}
        assert own == key[one["document_id"]]
        named = {row["speaker_id"] for row in one["quotes"]} | {row["actor_id"] for row in one["mentions"]}
        named |= {part["actor_id"] for row in one["event_mentions"] for part in row["event"]["participants"]}
        named |= {row["addressee_id"] for row in one["quotes"]}
        assert {row["actor_id"] for row in one["actors"]} == named - {None}
        assert all(row in flat["actors"] for row in one["actors"])
    for table in nested:
        rows = [{k: v for k, v in row.items() if k != "event"} for one in found for row in one[table]]
        order = sorted(flat[table], key=lambda row: row["document_id"])
        assert rows == order, table
    events = {row["event_id"]: row["event"] for one in found for row in one["event_mentions"]}
    assert [
        {k: v for k, v in events[row["event_id"]].items() if k != "participants"} for row in flat["events"]
    ] == flat["events"]
    parts = [part for event in flat["events"] for part in events[event["event_id"]]["participants"]]
    assert sorted(map(str, parts)) == sorted(map(str, flat["event_participants"]))
    assert len(found) == loaded(ROOT)["documents"].height


@pytest.mark.parametrize("format", ["jsonl-documents", "annotation", "plover"])
def test_forms_of_articles_refuse_other_packages(format: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="made of the tables that pkg build writes, and this package has no"):
        export(format, ALLTYPES, tmp_path / "x")


def test_a_field_that_a_form_needs_is_named(tmp_path: Path) -> None:
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / "in" / name)
    shutil.copy(ROOT / "datapackage.json", tmp_path / "in")
    schema = json.loads((tmp_path / "in" / "schemas" / "actors.json").read_text())
    schema["fields"] = [one for one in schema["fields"] if one["name"] != "wikidata"]
    (tmp_path / "in" / "schemas" / "actors.json").write_text(json.dumps(schema))
    with pytest.raises(CannotRun, match="plover needs the field wikidata of actors"):
        export("plover", tmp_path / "in", tmp_path / "x")


# --- Web Annotation -----------------------------------------------------------------------------------------------------

MOTIVATIONS = {"assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying",
               "linking", "moderating", "questioning", "replying", "tagging"}  # fmt: skip


def is_iri(value: object) -> bool:
    return isinstance(value, str) and ":" in value and not set(value) & set(' <>"{}|\\^`')


def musts_of(one: dict[str, Any]) -> Iterator[str]:
    """What of the Web Annotation Data Model an annotation breaks: the MUSTs of sections 3.1 to 3.3 and 4.2."""
    if one.get("type") != "Annotation":
        yield "type must be Annotation"
    if not is_iri(one.get("id")):
        yield "must have exactly one id, an IRI"
    if one.get("motivation") not in MOTIVATIONS:
        yield "motivation must be one of the model's"
    bodies = one.get("body", [])
    for body in bodies:
        if body["type"] == "TextualBody":
            if not isinstance(body.get("value"), str):
                yield "a textual body must have one value"
            if "id" in body:
                yield "a body with a purpose must not be an external resource"
        elif not is_iri(body.get("source")):
            yield "a specific resource must have one source"
        if body.get("purpose") not in MOTIVATIONS:
            yield "a purpose must be a motivation"
    target = one.get("target")
    if not isinstance(target, dict):
        yield "must have a target"
        return
    if not is_iri(target["source"].get("id")):
        yield "a source must have an IRI"
    for selector in target["selector"]:
        if selector["type"] == "TextPositionSelector":
            ends = (selector.get("start"), selector.get("end"))
            if not all(type(n) is int and n >= 0 for n in ends) or ends[0] > ends[1]:
                yield "start and end must be whole numbers from 0"
        elif selector["type"] != "TextQuoteSelector" or not isinstance(selector.get("exact"), str):
            yield "a quote selector must have one exact text"


def test_annotations_keep_the_musts_of_the_model(tmp_path: Path) -> None:
    export("annotation", ROOT, tmp_path / "x.jsonld")
    whole = json.loads((tmp_path / "x.jsonld").read_text(encoding="utf-8"))
    assert whole["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert whole["type"] == "AnnotationCollection"
    assert is_iri(whole["id"])
    page = whole["first"]
    assert page["type"] == "AnnotationPage"
    assert page["partOf"] == whole["id"]
    assert whole["total"] == len(page["items"]) > 0
    assert [(one["id"], said) for one in page["items"] for said in musts_of(one)] == []
    assert len({one["id"] for one in page["items"]}) == whole["total"]
    broken = json.loads(json.dumps(page["items"][0]))
    broken["target"]["selector"][0]["start"] = -1
    assert list(musts_of(broken)) == ["start and end must be whole numbers from 0"]


def test_annotations_read_back_equal(tmp_path: Path) -> None:
    export("annotation", ROOT, tmp_path / "x.jsonld")
    items = json.loads((tmp_path / "x.jsonld").read_text(encoding="utf-8"))["first"]["items"]
    found: dict[str, Any] = {}
    for one in items:
        place, *words = one["target"]["selector"]
        body = {(b["type"], b["purpose"]): b for b in one["body"]}
        tag = body.get(("TextualBody", "tagging")) or body["TextualBody", "classifying"]
        named = body.get(("SpecificResource", "identifying"), {}).get("source", "")
        told = body.get(("TextualBody", "describing"), {})
        found[one["id"].split("#", 1)[1]] = (
            one["target"]["source"]["sha256"], place["start"], place["end"], words[0]["exact"] if words else None,
            tag["value"], named.split("#actor/")[1] if "#actor/" in named else None, told.get("value"),
        )  # fmt: skip
    ours = loaded(ROOT)
    digest = dict(ours["documents"].select("document_id", "text_sha256").rows())
    label = dict(ours["events"].select("event_id", "label").rows())
    wanted: dict[str, Any] = {}
    for row in ours["quotes"].iter_rows(named=True):
        wanted[row["quote_id"]] = (
            digest[row["document_id"]],
            row["start"],
            row["end"],
            row["text"],
            f"quote:{row['kind']}",
            row["speaker_id"],
            row["gist"],
        )
    for row in ours["mentions"].iter_rows(named=True):
        wanted[row["mention_id"]] = (
            digest[row["document_id"]],
            row["start"],
            row["end"],
            row["surface"],
            "mention",
            row["actor_id"],
            None,
        )
    for row in ours["event_mentions"].iter_rows(named=True):
        wanted[row["event_mention_id"]] = (
            digest[row["document_id"]],
            row["start"],
            row["end"],
            None,
            f"event:{row['type']}",
            None,
            label[row["event_id"]],
        )
    for row in ours["times"].iter_rows(named=True):
        wanted[row["time_id"]] = (
            digest[row["document_id"]],
            row["start"],
            row["end"],
            row["surface"],
            "time",
            None,
            row["value"],
        )
    assert found == wanted


def test_a_source_is_its_address_or_the_hash_of_its_text(tmp_path: Path) -> None:
    made = export("annotation", ROOT, tmp_path / "x.jsonld")
    items = json.loads((tmp_path / "x.jsonld").read_text(encoding="utf-8"))["first"]["items"]
    found = {one["target"]["source"]["sha256"]: one["target"]["source"]["id"] for one in items}
    rows = loaded(ROOT)["documents"].select("text_sha256", "url").rows()
    assert found == {digest: url or f"urn:sha256:{digest}" for digest, url in rows}
    assert any(url is None for _, url in rows), "both kinds are there"
    assert any(note.startswith("annotation leaves out of quotes: ") and "cue_class" in note for note in made.notes)


# --- PLOVER -------------------------------------------------------------------------------------------------------------

RECORD = {"id", "has_event", "date", "time", "enddate", "endtime", "actor", "recipient", "event", "event_loc", "event_text", "quad_code",
          "event_scale", "mode", "context", "link", "text", "text_info", "cite_info", "coder", "coded_date", "coded_time", "comment"}  # fmt: skip
ENTITY = {
    "raw_text",
    "entity_name",
    "wikidata_id",
    "wiki_description",
    "country_name",
    "sector_code",
    "other_sector_codes",
    "role",
}
CITED = {
    "corpus",
    "citation",
    "url",
    "title",
    "language",
    "publication",
    "license",
    "copyright",
    "coder",
    "codebook",
    "version",
}


def test_plover_records_have_the_manual_s_fields(tmp_path: Path) -> None:
    export("plover", ROOT, tmp_path / "x.jsonl")
    for one in lines(tmp_path / "x.jsonl"):
        assert set(one) <= RECORD
        assert one["id"] and one["actor"] and one["event"]  # required
        assert dt.date.fromisoformat(one["date"])
        assert one["enddate"] is None or one["enddate"] >= one["date"]
        assert one["quad_code"] in (1, 2, 3, 4)
        assert "text" not in one  # it is others'
        for block in (*one["actor"], *one["recipient"]):
            assert set(block) <= ENTITY
            assert block["raw_text"] and block["entity_name"]
        for block in one["cite_info"]:
            assert set(block) == CITED


def test_plover_records_read_back_equal(tmp_path: Path) -> None:
    made = export("plover", ROOT, tmp_path / "x.jsonl")
    found = {one["id"]: one for one in lines(tmp_path / "x.jsonl")}
    ours = loaded(ROOT)
    people = dict(ours["actors"].select("name", "actor_id").rows())
    acting = ("initiator", "mediator", "participant")
    parts = ours["event_participants"]
    places = ours["event_mentions"]
    left = []
    for row in ours["events"].iter_rows(named=True):
        mine = (
            parts.filter(pl.col("event_id") == row["event_id"])
            .select("actor_id", pl.col("role").cast(pl.String))
            .rows()
        )
        if row["earliest"] is None or not any(role in acting for _, role in mine):
            left.append(row["event_id"])
            continue
        one = found[row["event_id"]]
        assert (one["event"], one["mode"]) == ([row["type"]], [row["mode"]] if row["mode"] else [])
        assert one["date"] == row["earliest"].isoformat()
        assert one["enddate"] == (row["latest"].isoformat() if row["latest"] else None)
        assert one["comment"].removesuffix(" (disputed)") == row["label"]
        assert one["comment"].endswith(" (disputed)") is (row["status"] == "disputed")
        assert one["context"] == {"planned": ["future"], "hypothetical": ["hypothetical"], "denied": ["negation"]}.get(
            row["status"], []
        )
        back = [(people[b["entity_name"]], b["role"]) for b in (*one["actor"], *one["recipient"])]
        assert sorted(back) == sorted(mine)
        assert all(b["role"] in acting for b in one["actor"])
        spans = places.filter(pl.col("event_id") == row["event_id"]).select("event_mention_id", "start", "end").rows()
        assert [(t["mention"], t["start"], t["end"]) for t in one["text_info"]] == spans
    assert set(found) == set(ours["events"]["event_id"]) - set(left)
    said = "\n".join(made.notes)
    assert left and all(event in said for event in left)


def test_plover_takes_the_words_of_the_text_and_the_codes_of_the_manual(tmp_path: Path) -> None:
    export("plover", ROOT, tmp_path / "x.jsonl")
    blocks = {b["entity_name"]: b for one in lines(tmp_path / "x.jsonl") for b in (*one["actor"], *one["recipient"])}
    assert blocks["European Union"]["country_name"] == "EUR"
    assert blocks["Armenia"]["country_name"] == "ARM"
    assert blocks["Armenia"]["wikidata_id"] == "Q399"
    assert any(b["raw_text"] != b["entity_name"] for b in blocks.values())


# --- version 1 ----------------------------------------------------------------------------------------------------------


def _copied(source: Path, folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(source / "datapackage.json", folder)
    for name in ("data", "schemas"):
        shutil.copytree(source / name, folder / name)
    return folder


@pytest.mark.parametrize("source", [ROOT, ALLTYPES], ids=["ours", "alltypes"])
def test_version_1_is_valid_and_loads_equal(source: Path, tmp_path: Path) -> None:
    made = export("v1", _copied(source, tmp_path / "in"), tmp_path / "in" / "datapackage.v1.json")
    report = validate(made.path)
    assert report.errors == 0, report.as_text()
    found = newspkg.load(made.path).collect()
    said = "\n".join(made.notes)
    package = newspkg.load(source)
    for name, wanted in loaded(source).items():
        for column in wanted.columns:
            kind = package.schema(name).field(column).type
            if kind == "list":  # told, as version 1 has no lists
                assert "a list, which version 1 has not, is a string there" in said
            elif column == "code":  # told, as version 1 has no missing values of a field
                assert "a field has none of its own in version 1" in said
            elif column == "letter":  # its schema has - as a value and as a missing one
                assert found[name][column].dtype == wanted[column].dtype
            else:
                assert cells(found[name][column].cast(wanted[column].dtype, strict=False)) == cells(wanted[column]), (
                    column
                )


def test_version_1_is_valid_to_frictionless(tmp_path: Path) -> None:
    import frictionless

    made = export("v1", _copied(ROOT, tmp_path / "in"), tmp_path / "in" / "datapackage.v1.json")
    with frictionless.system.use_context(standards="v1"):
        report = frictionless.validate(str(made.path))
    assert report.valid, report.flatten(["type", "message"])
    assert len(report.tasks) == 14


def test_what_version_1_says_otherwise(tmp_path: Path) -> None:
    schema = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fieldsMatch": "subset",
        "fields": [
            {"name": "a", "type": "integer", "constraints": {"exclusiveMinimum": 0}},
            {"name": "b", "type": "string", "categories": [{"value": "x", "label": "Ex"}], "categoriesOrdered": True},
            {"name": "c", "type": "list", "constraints": {"maxLength": 2}},
            {"name": "d", "type": "number", "constraints": {"exclusiveMaximum": 9}},
            {"name": "e", "type": "array", "constraints": {"jsonSchema": {"minItems": 1}}},
        ],
        "missingValues": [{"value": "", "label": "none"}],
        "uniqueKeys": [["a"], ["a", "b"]],
        "foreignKeys": [{"fields": ["a"], "reference": {"fields": ["a"]}},
                        {"fields": ["b"], "reference": {"package": "https://example.org/datapackage.json", "resource": "x", "fields": ["y"]}}],
    }  # fmt: skip
    source = one_table(tmp_path / "in", 'a,b,c,d,e\n1,x,"p,q",2,"[1]"\n', schema, "Big Table")
    given = json.loads((source / "datapackage.json").read_text())
    given |= {
        "contributors": [{"givenName": "Ada", "familyName": "Corrin", "roles": ["creator", "editor"]}],
        "sources": [{"path": "https://example.org"}],
    }
    given["resources"][0]["dialect"] = {"delimiter": ",", "commentRows": [9]}
    (source / "datapackage.json").write_text(json.dumps(given))
    made = export("v1", source, source / "old.json")
    found = json.loads(made.path.read_text())
    one = found["resources"][0]
    assert found["profile"] == "tabular-data-package"
    assert "$schema" not in json.dumps(found)
    assert found["contributors"] == [{"role": "author", "title": "Ada Corrin"}]
    assert found["sources"] == [{"path": "https://example.org", "title": "https://example.org"}]
    assert (one["name"], one["profile"], one["dialect"]) == ("big-table", "tabular-data-resource", {"delimiter": ","})
    assert "type" not in one
    assert one["schema"] == {
        "fields": [
            {"name": "a", "type": "integer", "constraints": {"minimum": 1, "unique": True}},
            {"name": "b", "type": "string", "constraints": {"enum": ["x"]}},
            {"name": "c", "type": "string"},
            {"name": "d", "type": "number"},
            {"name": "e", "type": "array"},
        ],
        "missingValues": [""],
        "foreignKeys": [{"fields": ["a"], "reference": {"resource": "", "fields": ["a"]}}],
    }
    said = "\n".join(made.notes)
    for told in ("/contributors/0/roles: creator, editor became the one role author", "/resources/0/name: Big Table is called big-table",
                 "/resources/0/dialect: commentRows cannot be said", "/schema/fieldsMatch: subset cannot be said",
                 "/fields/1/categories: the labels", "/fields/1/categoriesOrdered: that the values have an order",
                 "/fields/2/type: a list", "/fields/3/constraints/exclusiveMaximum", "/fields/4/constraints/jsonSchema",
                 "/schema/missingValues: the labels", "/schema/uniqueKeys: a, b cannot be said",
                 "/schema/foreignKeys/1: refers to another package"):  # fmt: skip
        assert told in said, told
    assert validate(made.path).errors == 0


def test_what_version_1_cannot_say_is_said_once_for_all_places(tmp_path: Path) -> None:
    schema = {"fields": [{"name": f"f{n}", "type": "list"} for n in range(40)]}
    source = one_table(tmp_path / "in", ",".join(f"f{n}" for n in range(40)) + "\n", schema)
    notes = export("v1", source, source / "old.json").notes
    assert [one for one in notes if "list" in one] == [
        "/resources/0/schema/fields/0/type and 39 more like it: a list, which version 1 has not, is a string there."
    ]
