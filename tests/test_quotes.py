"""Quotations: the case tables of tests/cases/quotes, and what must hold of any text."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples, sizes
from growth import steps
from helpers import body_of
from newspkg.body import Block, Body, Sentence
from newspkg.find.cues import lexicon
from newspkg.find.marks import pair_marks
from newspkg.find.model import QuoteFinding
from newspkg.find.quotes import find_quotes
from newspkg.source import Article

ROOT = Path(__file__).parent.parent
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']} ({number})")
    for path in sorted((Path(__file__).parent / "cases" / "quotes").glob("*.toml"))
    for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], 1)
]
MARKS = "\"“”„‟«»＂'‘’‚‹›"


def plain_body(text: str) -> Body:
    """One paragraph, one sentence: for texts that no outline would take for an article."""
    blocks = [Block(0, len(text), "paragraph", "case")]
    return Body(Article("case", text, "0" * 64, "text", {}), 0, len(text), blocks, [Sentence(0, len(text), 0)])


def as_case(text: str, quote: QuoteFinding) -> dict[str, Any]:
    """A finding in the words of a case: only what is set."""
    row: dict[str, Any] = {"kind": quote.kind, "rule": quote.rule, "text": text[quote.start : quote.end]}
    for name in ("speaker", "cue", "addressee"):
        span = getattr(quote, name)
        if span is not None:
            row[name] = text[span.start : span.end]
    if quote.cue_class not in (None, "neutral"):
        row["cue_class"] = quote.cue_class
    if quote.piece > 1:
        row["piece"] = quote.piece
    if quote.nested_in is not None:
        row["nested_in"] = quote.nested_in
    return row


def check(text: str, quotes: list[QuoteFinding]) -> None:
    """What holds of the findings of any text."""
    assert [(q.start, q.end) for q in quotes] == sorted({(q.start, q.end) for q in quotes})
    groups: dict[int, list[QuoteFinding]] = {}
    for quote in quotes:
        groups.setdefault(quote.group, []).append(quote)
        assert 0 <= quote.start < quote.end <= len(text)
        assert 0 < quote.confidence <= 1
        if quote.kind == "direct":
            assert text[quote.start - 1] in MARKS
        if quote.speaker is not None:
            assert quote.speaker.end <= quote.start or quote.speaker.start >= quote.end
        if quote.nested_in is not None:
            outer = quotes[quote.nested_in]
            assert outer is not quote
            assert outer.start <= quote.start
            assert quote.end <= outer.end
    for pieces in groups.values():
        assert [q.piece for q in pieces] == list(range(1, len(pieces) + 1))
        assert len({(q.kind, q.speaker) for q in pieces}) == 1
    assert len({pieces[0].start for pieces in groups.values()}) == len(groups)


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    text = case["text"]
    quotes, omissions = find_quotes(body_of(text))
    assert [as_case(text, q) for q in quotes] == case["quotes"], case["why"]
    assert [{"kind": o.kind, "text": text[o.start : o.end]} for o in omissions] == case["omissions"], case["why"]
    assert all(o.reason for o in omissions)
    check(text, quotes)


def test_every_rule_fires_in_a_case_and_every_case_names_a_rule() -> None:
    fired = {q["rule"] for param in CASES for q in param.values[0]["quotes"]}
    assert fired == set(lexicon().confidence)


def test_every_case_says_why() -> None:
    assert len(CASES) > 60
    assert all(param.values[0]["why"].strip() for param in CASES)


def test_the_lexicon_agrees_with_the_schema() -> None:
    fields = json.loads((ROOT / "schemas" / "quotes.json").read_text(encoding="utf-8"))["fields"]
    classes = set(next(f for f in fields if f["name"] == "cue_class")["constraints"]["enum"])
    lex = lexicon()
    used = {cue.cue_class for cues in lex.verbs.values() for cue in cues} | set(lex.nouns.values())
    assert used == classes
    assert {cue.grade for cues in lex.verbs.values() for cue in cues} == set(lex.grade)


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("said", "say"),
        ("denies", "deny"),
        ("stressed", "stress"),
        ("urging", "urge"),
        ("admitted", "admit"),
        ("wrote", "write"),
    ],
)
def test_forms_are_derived(form: str, lemma: str) -> None:
    assert lemma in {cue.lemma for cue in lexicon().verbs[form]}


def test_blocks_that_are_no_prose_are_left_alone() -> None:
    text = "“Subscribe to our letter today,” Velic said."
    body = plain_body(text)
    assert find_quotes(body)[0]
    for kind in ("boilerplate", "caption", "byline", "dateline"):
        body.blocks[0] = Block(0, len(text), kind, "case")
        assert find_quotes(body) == ([], [])


def test_offsets_hold_after_letters_that_change_length_in_lower_case() -> None:
    text = "İİİ İlham İsmayil said that İzmir was far. “We will open İzmir,” he said."
    quotes, _ = find_quotes(body_of(text))
    assert [text[q.start : q.end] for q in quotes] == ["that İzmir was far", "We will open İzmir,"]


def test_a_chain_over_three_paragraphs_is_one_group() -> None:
    text = "“We began in spring.\n\n“We went on in summer.\n\n“We are done,” Velic said."
    quotes, omissions = find_quotes(body_of(text))
    assert [(q.group, q.piece) for q in quotes] == [(1, 1), (1, 2), (1, 3)]
    assert omissions == []


def test_pairs_stay_in_their_paragraph() -> None:
    text = "A “b c. \nD” e “f”."
    cut = text.index("\n")
    pairing = pair_marks(text, [(0, 0, cut), (1, cut + 1, len(text))])
    assert [text[p.start : p.end] for p in pairing.pairs] == ["f"]
    assert [text[m.start] for m in pairing.odd] == ["“", "”"]


TEXTS = st.text(alphabet=MARKS + " \n.,:;ab—(", max_size=120)
VOCABULARY = [
    "“", "”", '"', "‘", "’", ",", ".", ":", "(", ")", "–", "\n\n",
    "Velic", "the", "minister", "he", "him", "they", "no", "who", "'s", "and", "to", "by", "of", "in", "on", "Tuesday",
    "said", "told", "asked", "is", "that", "how", "according", "adding", "claims", "statement", "view", "accused",
]  # fmt: skip
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=60).map(" ".join)


@settings(max_examples=examples(150, 3000), deadline=None)
@given(TEXTS)
def test_any_marks(text: str) -> None:
    pairing = pair_marks(text, [(0, 0, len(text))])
    for n, pair in enumerate(pairing.pairs):
        assert 0 <= pair.outer_start < pair.start <= pair.end <= pair.outer_end <= len(text)
        if pair.parent is not None:
            outer = pairing.pairs[pair.parent]
            assert pair.parent < n
            assert outer.start <= pair.outer_start
            assert pair.outer_end <= outer.end
    check(text, find_quotes(plain_body(text))[0])


@settings(max_examples=examples(150, 3000), deadline=None)
@given(WORDS)
def test_any_words(text: str) -> None:
    check(text, find_quotes(plain_body(text))[0])


@pytest.mark.parametrize(
    "unit",
    ['"', "'", "“", "said ", ",", "a", "who, ", '"\' ', "said, \"", "X, who said, ", "according to X ", "adding that ",
     'he said "x" and ', "“A. ‘b c d e f g h’ ", 'he said it "x y" '],
)  # fmt: skip
@pytest.mark.parametrize("size", sizes(50_000, 200_000))
def test_time_is_linear(unit: str, size: int) -> None:
    """Nothing but the worst characters: quadratic work would take very long, and never end here."""
    body = plain_body(unit * (size // len(unit)))
    quotes, _ = find_quotes(body)
    assert len(quotes) <= size // len(unit)


def test_work_grows_with_the_number_of_quoted_headings() -> None:
    """Each heading in marks is looked for in the text once, all of them in one pass."""

    def work(count: int) -> int:
        text, blocks = "", []
        pieces = [f"“We will open the road number {n} in June”" for n in range(count)]
        at = 0
        for piece in pieces:
            blocks.append(Block(at, at + len(piece), "heading", "case"))
            at += len(piece) + 2
        text = "\n\n".join(pieces)
        sentences = [Sentence(b.start, b.end, n) for n, b in enumerate(blocks)]
        body = Body(Article("case", text, "0" * 64, "text", {}), 0, len(text), blocks, sentences)
        assert [q.rule for q in find_quotes(body)[0]] == ["quoted-heading"] * count
        return steps(lambda: find_quotes(body))

    work(100)  # what is loaded once
    assert work(2000) < 4.5 * work(500)  # 4 times the text; a square would be 16 times
