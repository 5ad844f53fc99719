"""Finding and linking the names of actors: cases as tables, what holds of every text, texts made to hurt."""

from __future__ import annotations

import pickle
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples, sizes
from growth import steps
from helpers import paragraphs as body
from newspkg import ids
from newspkg.body import Block, Body, Sentence
from newspkg.find.known import shipped
from newspkg.find.mentions import find_mentions, fold
from newspkg.find.registry import Registry
from newspkg.link.actors import link_mentions
from newspkg.source import Article

CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted((Path(__file__).resolve().parent / "cases" / "mentions").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
# Two presidents of one family: who is meant depends on the day and on the office.
ACTORS = [
    {"actor_id": "ilse-maro", "name": "Ilse Maro", "type": "person", "country": "NOR", "sector": "GOV"},
    {"actor_id": "olav-maro", "name": "Olav Maro", "type": "person", "country": "NOR", "sector": "GOV"},
]
ROLES: list[dict[str, Any]] = [
    {"role_id": "r1", "actor_id": "olav-maro", "organisation_id": "norway", "role": "President", "valid_from": "2012", "valid_to": "2020-01-15"},
    {"role_id": "r2", "actor_id": "ilse-maro", "organisation_id": "norway", "role": "President", "valid_from": "2020-01-15", "valid_to": None},
]  # fmt: skip
REGISTRY = Registry.load(ACTORS, (), ROLES)


def rows_of(text: str, published: str | None = None, registry: Registry = REGISTRY) -> list[dict[str, Any]]:
    made = body(text, published)
    return link_mentions(made, find_mentions(made, registry)[0], registry).mentions


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file}-{case['why'][:60]}" for file, case in CASES])
def test_a_case(file: str, case: dict[str, Any]) -> None:
    rows = rows_of(case["text"], case.get("published"))
    found = [[r["surface"], r["form"], r["reading"], r["actor_id"] or ""] for r in rows]
    assert found == case["mentions"], case["why"]


# --- what holds of every text ------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "Norway", "Norwegian", "Oslo", "Kremlin", "Foreign Minister", "President", "Ilse Maro", "Maro", "Anna", "Tveit", "said", "in", "to",
        "of", "the", "and", "(HWA)", "Harbour Workers Association", "US", "’s", "'s", ",", ".", "-", "[", "]", "van", "der", "Kamp", "Mr.",
        "army", "government", "Bosnian", "Serbs", "\n", "\n\n", "# ", "É", "ß", "İ", "\u2011", "\xa0", "12", "Wang", "first", "a", "A.",
    ]
)  # fmt: skip


@settings(max_examples=examples(150, 3000), deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from([" ", ""])), max_size=30))
def test_spans_are_sorted_apart_and_inside_a_paragraph(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in pieces)
    made = body(text)
    found, omissions = find_mentions(made, REGISTRY)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for m in found:
        assert any(b.start <= m.start < m.end <= b.end for b in made.blocks)
        assert m.start <= m.head.start < m.head.end <= m.end
        assert text[m.start : m.end] == text[m.start : m.end].strip()
        assert 0 < m.confidence <= 1
    linked = link_mentions(made, found, REGISTRY)
    known = set(REGISTRY.actors) | {a["actor_id"] for a in linked.actors}
    assert len(linked.mentions) == len(found)
    assert {r["actor_id"] for r in linked.mentions} - {None} <= known
    assert all(r["surface"] == text[r["start"] : r["end"]] for r in linked.mentions)
    assert {o.kind for o in [*omissions, *linked.omissions]} <= {"unresolved_mention"}


@given(st.text(max_size=200))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "A", "A ", "A-b", ".", "Foreign Minister ", "Moscow ", "Moscow, ", "Moscow and ", "Maria Holm ", "President Maria Holm and ",
        "Russian ", "Russia's ", "ministry of ", "Bank of ", "(ABC) ", "Xa Xb of the ", "van der ", "[A] ", "in Oslo or ", "United ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", sizes(50_000, 300_000))
def test_time_is_linear_in_the_text(piece: str, size: int) -> None:
    """One paragraph of nothing but the worst characters: quadratic work would take very long, and never end here."""
    text = piece * (size // len(piece))
    article = Article("case.txt", text, ids.text_sha256(text), "text", {})
    made = Body(article, 0, len(text), [Block(0, len(text), "paragraph", "case")], [Sentence(0, len(text), 0)])
    link_mentions(made, find_mentions(made, REGISTRY)[0], REGISTRY)


def test_work_is_linear_in_the_number_of_blocks() -> None:
    """Many short paragraphs: work that goes back over the others for each of them shows in the ratio."""

    def work(count: int) -> int:
        piece = "Ä road.\n\n"  # hardly any work but what each block costs
        width, length = len(piece), len(piece) - 2
        text = piece * count
        blocks = [Block(n * width, n * width + length, "paragraph", "case") for n in range(count)]
        sentences = [Sentence(block.start, block.end, n) for n, block in enumerate(blocks)]
        made = Body(Article("case.txt", text, ids.text_sha256(text), "text", {}), 0, len(text), blocks, sentences)
        assert find_mentions(made, REGISTRY)[0] == []
        return steps(lambda: find_mentions(made, REGISTRY))

    work(100)  # what is loaded once
    assert work(8_000) < 4.5 * work(2_000)  # 4 times the text; a square would be 16 times


# --- the registry ------------------------------------------------------------------------------------------------------


def test_the_shipped_tables_hang_together() -> None:
    registry = Registry.load()
    assert len({a["actor_id"] for a in shipped().actors}) == len(shipped().actors)
    for actor in registry.actors.values():
        assert actor["actor_id"] == ids.slug(actor["name"])
        assert actor["part_of"] is None or actor["part_of"] in registry.actors
    assert {a["country"] for a in registry.actors.values() if a["country"]} <= {
        a["country"] for a in registry.actors.values() if a["type"] == "state"
    }
    assert sum(a["type"] == "state" and a["recognition"] == "recognised" for a in registry.actors.values()) == 194


def test_a_metonym_is_one_actors() -> None:
    registry = Registry.load()
    seats = [n["name"] for n in registry.names if n["kind"] == "metonym"]
    assert len(seats) == len(set(seats)) > 190


def test_shipped_names_mean_one_actor_except_known_homonyms() -> None:
    shared = {a.text for a in Registry.load().aliases.values() if len(a.actors) > 1 and not a.shouted}
    assert shared == set()


def test_a_curated_row_replaces_and_a_curated_name_takes_the_name_away() -> None:
    registry = Registry.load(
        [{"actor_id": "norway", "name": "Norway", "type": "state", "country": "NOR", "note": "ours"}],
        [
            {"actor_id": "sweden", "name": "Oslo", "kind": "metonym"},
            {"actor_id": "norway", "name": "Norrland", "kind": "short"},
        ],
    )
    assert registry.actors["norway"]["note"] == "ours"
    assert registry.aliases["Oslo"].actors == ("sweden",)
    assert registry.aliases["Norrland"].actors == registry.aliases["Norway"].actors == ("norway",)
    assert [r["actor_id"] for r in rows_of("Oslo has agreed.", registry=registry)] == ["sweden"]


def test_rows_about_unknown_actors_are_left_out() -> None:
    registry = Registry.load(
        (),
        [{"actor_id": "nobody", "name": "Nobody", "kind": "short"}],
        [{"role_id": "r", "actor_id": "nobody", "role": "President"}],
    )
    assert "Nobody" not in registry.aliases
    assert registry.roles == []


def test_a_body_of_a_country_is_made_where_a_row_refers_to_it() -> None:
    role = {
        "role_id": "r",
        "actor_id": "ilse-maro",
        "organisation_id": "norway-foreign-ministry",
        "role": "Minister of Foreign Affairs",
    }
    registry = Registry.load(ACTORS, (), [role])
    assert registry.actors["norway-foreign-ministry"]["part_of"] == "norway"
    assert registry.holders("foreign-minister", "NOR") == ("ilse-maro",)
    assert registry.derive("norway-government") is None
    assert registry.derive("oslo-foreign-ministry") is None


def test_a_role_with_a_date_that_is_none_holds_always() -> None:
    role = {
        "role_id": "r",
        "actor_id": "ilse-maro",
        "organisation_id": "norway",
        "role": "President",
        "valid_from": "long ago",
    }
    registry = Registry.load(ACTORS, (), [role])
    assert rows_of("The Norwegian president spoke.", "2021", registry)[0]["actor_id"] == "ilse-maro"


def test_a_registry_survives_pickling() -> None:
    other = pickle.loads(pickle.dumps(REGISTRY))
    text = "Norwegian President Ilse Maro thanked Oslo."
    assert rows_of(text, registry=other) == rows_of(text)
    assert (other.actors, other.names, other.roles) == (REGISTRY.actors, REGISTRY.names, REGISTRY.roles)
