"""Who spoke: sources become actors where one candidate is left."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from helpers import body_of
from newspkg import ids
from newspkg.find.quotes import find_quotes
from newspkg.link.speakers import link_quotes

ROOT = Path(__file__).parent.parent
ACTORS = {
    "mara-velic": ("Mara Velic", "person", "LOD"),
    "ivo-pran": ("Ivo Pran", "person", "LOD"),
    "jon-sark": ("Jon Sark", "person", "SAR"),
    "lodria": ("Lodria", "state", "LOD"),
    "sarvia": ("Sarvia", "state", "SAR"),
    "lodrian-foreign-ministry": ("Foreign Ministry of Lodria", "government_body", "LOD"),
}
ROLES = [("mara-velic", "Minister of Foreign Affairs"), ("jon-sark", "President")]
NAMES = [
    ("Mara Velic", "mara-velic", "name"),
    ("Velic", "mara-velic", "surname"),
    ("Ivo Pran", "ivo-pran", "name"),
    ("Pran", "ivo-pran", "surname"),
    ("Jon Sark", "jon-sark", "name"),
    ("Sark", "jon-sark", "surname"),
    ("Lodrian Foreign Ministry", "lodrian-foreign-ministry", "name"),
    ("Lodrian", "lodria", "demonym"),
    ("Sarvian", "sarvia", "demonym"),
    ("Lodria", "lodria", "name"),
    ("Sarvia", "sarvia", "name"),
]
REGISTRY = SimpleNamespace(
    actors={k: {"actor_id": k, "name": n, "type": t, "country": c} for k, (n, t, c) in ACTORS.items()},
    roles=[{"actor_id": a, "role": r} for a, r in ROLES],
)


def mentions_in(text: str) -> list[dict[str, Any]]:
    """Rows of `mentions`, the longest name at each place."""
    document = ids.document_id(ids.text_sha256(text))
    by_name = {name: (actor, form) for name, actor, form in NAMES}
    pattern = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    rows = []
    for match in re.finditer(rf"\b(?:{pattern})\b", text):
        actor, form = by_name[match[0]]
        rows.append(
            {
                "mention_id": ids.span_id(document, "mentions", *match.span()),
                "document_id": document,
                "actor_id": actor,
                "start": match.start(),
                "end": match.end(),
                "surface": match[0],
                "form": form,
                "reading": "actor",
            }
        )
    return rows


def link(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows, and the reasons of the omissions."""
    body = body_of(text)
    rows, omissions = link_quotes(body, find_quotes(body)[0], mentions_in(text), REGISTRY)
    assert all(o.kind == "ambiguous_speaker" for o in omissions)
    return rows, [o.reason for o in omissions]


SPEAKERS = [
    ("“The road is open,” Mara Velic said.", ["mara-velic"], "a name"),
    ("“The road is open,” Foreign Minister Mara Velic of Lodria said.", ["mara-velic"], "the person, not the state"),
    ("“The road is open,” said Ivo Pran, an analyst from Sarvia.", ["ivo-pran"], "the name before its apposition"),
    ("The Lodrian Foreign Ministry said that the road was open.", ["lodrian-foreign-ministry"], "a body"),
    ("Lodria said that the road was open.", ["lodria"], "a state"),
    ("“The road is open,” the Lodrian Foreign Ministry's statement said.", ["lodrian-foreign-ministry"], "its owner"),
    ("The Lodrian authorities said that the road was open.", ["lodria"], "authorities stand for the state"),
    ("“The road is open,” a spokesman for Mara Velic said.", [None], "a spokesman is somebody else"),
    ("“The road is open,” Velic's lawyer said.", [None], "an owner is not the speaker"),
    ("“The road is open,” Mara Velic and Ivo Pran said.", [None], "two speakers are no one actor"),
    ("Mara Velic said that the road was open. “It will stay open,” she said.", ["mara-velic"] * 2, "one before her"),
    ("Mara Velic met Ivo Pran. “The road is open,” she said.", [None], "two before her"),
    ("“The road is open to all,” they said.", [None], "they is nobody in particular"),
    (
        "Mara Velic came late. “We saw Ivo Pran on the road,” she said.",
        ["mara-velic"],
        "a name inside quoted words is not on stage",
    ),
    ("Mara Velic came to Porto. “The road is open,” the foreign minister said.", ["mara-velic"], "an office she holds"),
    ("Ivo Pran came to Porto. “The road is open,” the foreign minister said.", [None], "an office he does not hold"),
    (
        "Jon Sark met Mara Velic. “The road is open,” the Lodrian minister said.",
        ["mara-velic"],
        "the country and the office leave one",
    ),
    (
        "“The road is open,” says farming expert Ivo Pran.\n\n“It will stay open for us,” the analyst believes.",
        ["ivo-pran", "ivo-pran"],
        "what he was called before",
    ),
    ("“The road is open,” an expert said.", [None], "a source without a name"),
    ("“The road is open to everybody here.” Nobody answered.", [None], "no source"),
    (
        "Mara Velic said that the road was open. Olka Brenn, a baker, said that it was not. She said she would stay.",
        ["mara-velic", None, None],
        "a nearer person whose name is not known",
    ),
    (
        "Mara Velic said that the road was open. A baker said that it was not. She said she would stay.",
        ["mara-velic", None, None],
        "a nearer person without a name",
    ),
    (
        "Mara Velic said that the road was open. A poll found that few agreed. She said she would stay.",
        ["mara-velic", None, "mara-velic"],
        "a poll is no person",
    ),
    (
        "Mara Velic said that the road was open. Brenn Sports Group said that it was not. She said she would stay.",
        ["mara-velic", None, "mara-velic"],
        "nor is a company",
    ),
]


@pytest.mark.parametrize(("text", "speakers", "why"), SPEAKERS)
def test_speakers(text: str, speakers: list[str | None], why: str) -> None:
    rows, reasons = link(text)
    assert [r["speaker_id"] for r in rows] == speakers, why
    open_sources = {r["speaker_start"] for r in rows if r["speaker_id"] is None and r["speaker_start"] is not None}
    assert len(reasons) == len(open_sources)
    assert all(reasons)


def test_a_row_has_the_columns_of_its_schema_in_order() -> None:
    fields = json.loads((ROOT / "schemas" / "quotes.json").read_text(encoding="utf-8"))["fields"]
    rows, _ = link("Mara Velic told Ivo Pran that the road was “a gift to smugglers” of the valley.")
    assert [list(r) for r in rows] == [[f["name"] for f in fields]] * 2
    mixed, direct = rows
    for row in rows:
        for field in fields:
            value, rules = row[field["name"]], field.get("constraints", {})
            assert value is not None or not rules.get("required")
            if "pattern" in rules and value is not None:
                assert re.fullmatch(rules["pattern"], value)
            if "enum" in rules and value is not None:
                assert value in rules["enum"]
    assert (mixed["kind"], mixed["text"], mixed["addressee_id"]) == ("mixed", None, "ivo-pran")
    assert (direct["kind"], direct["text"]) == ("direct", "a gift to smugglers")
    assert direct["nested_in"] == mixed["quote_id"]
    assert direct["cue"] == "told"


def test_pieces_share_their_group() -> None:
    text = "“The road is open,” Mara Velic said, “and it will stay open.”"
    rows, reasons = link(text)
    assert [(r["quote_group"], r["piece"]) for r in rows] == [
        (f"{rows[0]['document_id']}:g1", 1),
        (f"{rows[0]['document_id']}:g1", 2),
    ]
    assert reasons == []


def test_a_step_back_costs_confidence_and_names_no_mention() -> None:
    named, back = link("“The road is open,” Mara Velic said.\n\n“It will stay open for us,” she said.")[0]
    assert named["speaker_mention_id"] is not None
    assert back["speaker_mention_id"] is None
    assert back["speaker_id"] == "mara-velic"
    assert back["confidence"] < named["confidence"]


def test_a_name_the_registry_does_not_know_is_a_person() -> None:
    text = "“The road is open,” Ana Rell said."
    body = body_of(text)
    document = ids.document_id(ids.text_sha256(text))
    start = text.index("Ana")
    mention = {
        "mention_id": ids.span_id(document, "mentions", start, start + 8),
        "document_id": document,
        "actor_id": "ana-rell",
        "start": start,
        "end": start + 8,
        "surface": "Ana Rell",
        "form": "name",
        "reading": "actor",
    }
    rows, omissions = link_quotes(body, find_quotes(body)[0], [mention], SimpleNamespace(actors={}, roles=[]))
    assert [r["speaker_id"] for r in rows] == ["ana-rell"]
    assert omissions == []


def test_the_reason_tells_an_unknown_name_from_none() -> None:
    assert link("Brenn Sports Group said that the hall would open.")[1] == ["the source has a name that is not known"]
    assert link("A baker said that the hall would open.")[1] == ["the source is nobody with a name"]
