"""Deciding who is meant: the rows, the actors a text brings, what stays open; and the dataset's own curation."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from newspkg import edtf, ids
from newspkg.body import Block, Body, Sentence
from newspkg.find.known import ACTOR_COLUMNS, NAME_COLUMNS, ROLE_COLUMNS
from newspkg.find.mentions import find_mentions
from newspkg.find.registry import Registry
from newspkg.link.actors import Linked, link_mentions
from newspkg.sentences import split
from newspkg.source import Article

ROOT = Path(__file__).resolve().parent.parent
PLAIN = Registry.load()


def linked(text: str, published: str | None = None, registry: Registry = PLAIN) -> Linked:
    article = Article("case.txt", text, ids.text_sha256(text), "text", {})
    sentences = [Sentence(s, e, 0) for s, e in split(text, 0, len(text))]
    body = Body(article, 0, len(text), [Block(0, len(text), "paragraph", "case")], sentences, published=published)
    return link_mentions(body, find_mentions(body, registry)[0], registry)


def ids_of(result: Linked) -> list[str | None]:
    return [row["actor_id"] for row in result.mentions]


def test_a_row_has_the_columns_of_the_table_and_three_private_ones() -> None:
    text = "Danish Foreign Minister Ilse Maro spoke."
    row = linked(text).mentions[0]
    document = ids.document_id(ids.text_sha256(text))
    assert row == {
        "mention_id": f"{document}:m0-33",
        "document_id": document,
        "actor_id": "ilse-maro",
        "start": 0,
        "end": 33,
        "surface": "Danish Foreign Minister Ilse Maro",
        "form": "title_name",
        "reading": "actor",
        "method": "rule",
        "rule": "title-name",
        "confidence": 0.95,
        "review": "unreviewed",
        "_office": "Foreign Minister",
        "_head": "Ilse Maro",
        "_country": "DNK",
    }
    public = [key for key in row if not key.startswith("_")]
    schema = json.loads((ROOT / "schemas" / "mentions.json").read_text(encoding="utf-8"))
    assert public == [field["name"] for field in schema["fields"]]


def test_a_new_person_has_country_and_sector_from_the_title() -> None:
    result = linked(
        "Ilse Maro came. Danish General Ilse Maro and the Swedish analyst Per Holm stayed, as did Anna Tveit."
    )
    facts = {a["actor_id"]: (a["name"], a["type"], a["country"], a["sector"]) for a in result.actors}
    assert facts == {
        "anna-tveit": ("Anna Tveit", "person", None, None),
        "ilse-maro": ("Ilse Maro", "person", "DNK", "MIL"),
        "per-holm": ("Per Holm", "person", "SWE", "EDU"),
    }
    assert [tuple(a) for a in result.actors] == [ACTOR_COLUMNS] * 3
    assert [(n["actor_id"], n["name"], n["kind"]) for n in result.names] == [
        ("anna-tveit", "Anna Tveit", "official"),
        ("ilse-maro", "Ilse Maro", "official"),
        ("per-holm", "Per Holm", "official"),
    ]
    assert tuple(result.names[0]) == NAME_COLUMNS


def test_a_new_body_brings_what_it_is_part_of() -> None:
    result = linked("The Norwegian Air Force and Norwegian forces agreed with the Ministry of Defence of Norway.")
    assert ids_of(result) == ["norway-air-force", "norway-armed-forces", "norway-defence-ministry"]
    parts = {a["actor_id"]: (a["name"], a["type"], a["part_of"]) for a in result.actors}
    assert parts == {
        "norway-air-force": ("Air Force of Norway", "armed_force", "norway-armed-forces"),
        "norway-armed-forces": ("Armed Forces of Norway", "armed_force", "norway"),
        "norway-defence-ministry": ("Ministry of Defence of Norway", "government_body", "norway"),
    }
    alone = linked("The Norwegian Air Force objected.")
    assert [a["actor_id"] for a in alone.actors] == ["norway-air-force", "norway-armed-forces"]


def test_a_known_body_is_not_made_again() -> None:
    known = Registry.load([{"actor_id": "norway-navy", "name": "Royal Norwegian Navy", "type": "armed_force"}])
    result = linked("The Norwegian navy sailed.", registry=known)
    assert ids_of(result) == ["norway-navy"]
    assert result.actors == []


def test_peoples_and_long_forms_become_actors_with_the_type_their_words_say() -> None:
    result = linked("Kosovo Serbs fear the Harbour Workers Party (HWP). The HWP denies it.")
    facts = {a["actor_id"]: (a["type"], a["sector"], a["part_of"]) for a in result.actors}
    assert facts == {
        "kosovo-serbs": ("population", "CVL", "serbs"),
        "harbour-workers-party": ("political_group", "PTY", None),
    }
    assert {(n["name"], n["kind"]) for n in result.names} == {
        ("Kosovo Serbs", "demonym"),
        ("Harbour Workers Party", "official"),
        ("HWP", "acronym"),
    }


def test_a_name_in_two_spellings_of_accents_is_one_person() -> None:
    known = Registry.load([{"actor_id": "rene-lund", "name": "René Lund", "type": "person"}])
    assert ids_of(linked("René Lund left. Rene Lund came back. Lund slept.", registry=known)) == ["rene-lund"] * 3


def test_a_middle_name_does_not_make_another_person() -> None:
    known = Registry.load([{"actor_id": "per-lund", "name": "Per Lund", "type": "person"}])
    assert ids_of(linked("President Per Olav Lund left.", registry=known)) == ["per-lund"]


def test_a_full_name_in_the_text_goes_before_a_known_person_of_that_surname() -> None:
    known = Registry.load([{"actor_id": "per-lund", "name": "Per Lund", "type": "person"}])
    assert ids_of(linked("Anna Lund left. Lund had packed.", registry=known)) == ["anna-lund", "anna-lund"]
    assert ids_of(linked("Lund had packed.", registry=known)) == ["per-lund"]


def test_what_stays_open_says_why() -> None:
    result = linked("The analyst Jan Maro met the analyst Ilse Maro. Maro smiled. President Tornquist did not.")
    assert ids_of(result)[2:] == [None, None]
    assert [o.reason for o in result.omissions] == [
        "Maro can be Ilse Maro or Jan Maro",
        "only a surname, and no full name with Tornquist in the text",
    ]


def test_a_name_of_several_actors_is_the_one_the_text_names_otherwise() -> None:
    names = [
        {"actor_id": actor, "name": "the Six", "kind": "epithet"} for actor in ("group-of-seven", "group-of-twenty")
    ]
    known = Registry.load((), names)
    assert ids_of(linked("Then the Six met.", registry=known)) == [None]
    assert ids_of(linked("The G7 was tired. Then the Six met.", registry=known)) == ["group-of-seven", "group-of-seven"]


def test_dates_of_names_part_those_who_shared_one() -> None:
    names = [
        {"actor_id": "norway", "name": "the Host", "kind": "epithet", "valid_to": "2020"},
        {"actor_id": "sweden", "name": "the Host", "kind": "epithet", "valid_from": "2021"},
    ]
    known = Registry.load((), names)
    assert ids_of(linked("Then the Host spoke.", "2019-05-05", known)) == ["norway"]
    assert ids_of(linked("Then the Host spoke.", "2022", known)) == ["sweden"]
    assert ids_of(linked("Then the Host spoke.", "2020/2021", known)) == [None]


def test_an_office_as_a_name_counts_only_while_it_is_held() -> None:
    actor = {"actor_id": "per-lund", "name": "Per Lund", "type": "person"}
    name = {"actor_id": "per-lund", "name": "Norwegian ambassador to Sweden", "kind": "office", "valid_from": "2020"}
    known = Registry.load([actor], [name])
    text = "The Norwegian ambassador to Sweden spoke."
    assert ids_of(linked(text, "2021-01-01", known)) == ["per-lund"]
    assert ids_of(linked(text, "2019-01-01", known)) == [None]


def test_a_person_is_never_made_of_another_kind_of_actor() -> None:
    known = Registry.load([{"actor_id": "anna-tveit", "name": "MS Tveit", "type": "company"}])
    result = linked("Anna Tveit spoke.", registry=known)
    assert ids_of(result) == [None]
    assert len(result.omissions) == 1


# --- the dataset's curation --------------------------------------------------------------------------------------------


def curated(name: str) -> list[dict[str, Any]]:
    with (ROOT / "curation" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ACTORS, NAMES, ROLES = curated("actors"), curated("actor_names"), curated("actor_roles")
DATASET = Registry.load(ACTORS, NAMES, ROLES)


def test_curation_refers_to_known_actors_in_the_columns_of_the_tables() -> None:
    assert (tuple(ACTORS[0]), tuple(NAMES[0]), tuple(ROLES[0])) == (ACTOR_COLUMNS, NAME_COLUMNS, ROLE_COLUMNS)
    listed = {row["actor_id"] for row in ACTORS}
    assert len(listed) == len(ACTORS)
    assert {row["part_of"] for row in ACTORS} - {""} <= listed
    assert {row["actor_id"] for row in NAMES} <= listed
    assert {row["actor_id"] for row in ROLES} | {row["organisation_id"] for row in ROLES} <= listed
    assert len({row["role_id"] for row in ROLES}) == len(ROLES)


def test_curation_has_dates_that_are_ones_and_a_source_for_every_role() -> None:
    for row in [*NAMES, *ROLES]:
        for column in ("valid_from", "valid_to"):
            assert row[column] == "" or edtf.valid(row[column]), row
    assert all(row["source"] for row in ROLES)
    assert all(re.fullmatch(r"Q[1-9]\d*|", row["wikidata"]) for row in ACTORS)


@pytest.mark.parametrize(
    ("published", "minister"),
    [
        ("2020-07-23", "zohrab-mnatsakanyan"),
        ("2020-10-21/2020-10-23", "zohrab-mnatsakanyan"),
        ("2021-03-01", None),
        ("2023-03-01", "ararat-mirzoyan"),
        (None, None),
    ],
)
def test_the_foreign_minister_is_who_it_was_on_the_day(published: str | None, minister: str | None) -> None:
    assert ids_of(linked("The Armenian foreign minister spoke.", published, DATASET)) == [minister]


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Sohrab Mnazakanjan left.", "zohrab-mnatsakanyan"),
        ("Mnazakanjan left.", "zohrab-mnatsakanyan"),
        ("Ceyhun Bayramov left.", "jeyhun-bayramov"),
        ("President Erdogan left.", "recep-tayyip-erdogan"),
        ("Recep Tayyip Erdoğan left.", "recep-tayyip-erdogan"),
        ("The head of the European Union Council left.", "european-council"),
        ("The European Union left.", "european-union"),
        ("Tel Aviv has left.", "israel"),
        ("The Minsk initiative failed.", "osce-minsk-group"),
        ("The EEU failed.", "eurasian-economic-union"),
        ("The Georgian parliament failed.", "georgia-parliament"),
    ],
)
def test_the_spellings_of_the_articles(text: str, actor: str) -> None:
    assert ids_of(linked(text, "2022", DATASET)) == [actor]
