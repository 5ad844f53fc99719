"""Patterns of XML Schema as patterns of Python: the whole text, and the classes that Python does not have."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import examples
from newspkg.schema.xsd import compile_xsd, translate_xsd

READS: list[tuple[str, list[str], list[str]]] = [
    ("abc", ["abc"], ["abcd", "xabc", "abc\n", ""]),
    ("a|b", ["a", "b"], ["ab", "", "a|b"]),
    ("", [""], ["a"]),
    ("(ab)*", ["", "abab"], ["aba"]),
    ("a{2}b{1,}c{0,1}", ["aab", "aabbc"], ["ab", "aabcc"]),
    (".", ["a", "\u00e9", "\u2028"], ["\n", "\r", "ab"]),
    (r"\.\\\-\^\$\n", [".\\-^$\n"], ["a"]),
    (r"\/\@", ["/@"], ["\\/"]),
    # anchors at an edge, characters elsewhere
    ("^a.*$", ["apple"], ["orange", "^apple$"]),
    ("^a|b$", ["a", "b"], ["ab", "^a"]),
    ("(^a$|b)c?", ["a", "bc"], ["ac"]),
    ("a^b$c", ["a^b$c"], ["abc"]),
    ("[$^]", ["$", "^"], [""]),
    (r"cost\$", ["cost$"], ["cost"]),
    # classes
    ("[a-z-[aeiou]]+", ["xyz"], ["xay", "-"]),
    ("[a-z-[b-y-[m]]]", ["a", "m", "z"], ["b", "n"]),
    ("[^a-[b]]", ["c", "\n"], ["a", "b"]),
    ("[a-]", ["a", "-"], ["b"]),
    ("[-a]", ["a", "-"], ["b"]),
    (r"[\w-.]+", ["a-.b"], ["a b"]),
    (r"[\]\[\\]", ["]", "[", "\\"], ["a"]),
    (r"[!-\]]", ["[", "A"], ["^"]),
    (r"[\n\t]", ["\n", "\t"], ["n"]),
    # what Python has not, or reads in another way
    (r"\p{L}+", ["\u00e9\u00c7a"], ["1", "\u0301"]),
    (r"\P{Lu}", ["a"], ["A"]),
    (r"[\p{Lu}\d]+", ["A1", "\u0661"], ["a"]),
    (r"\p{IsGreek}+", ["\u03b1\u03b2"], ["ab"]),
    (r"\i\c*", ["a:b-1", "_"], ["1a", "-a"]),
    (r"\I\C", ["1 "], ["a "]),
    (r"\w+", ["a\u00e9$"], ["a_b", "a-b"]),
    (r"\W", ["_", " "], ["a"]),
    (r"\d{2}", ["12", "\u0661\u0662"], ["1a"]),
    (r"\D\s\S", ["a b", "a\tb"], ["1 b", "a\u00a0b"]),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "good", "bad"), READS)
def test_a_pattern(pattern: str, good: list[str], bad: list[str]) -> None:
    compiled = compile_xsd(pattern)
    for text in good:
        assert compiled.match(text) and compiled.fullmatch(text), text
    for text in bad:
        assert not compiled.match(text), text


@pytest.mark.parametrize(("pattern", "good", "bad"), READS)
def test_polars_reads_the_translation_alike(pattern: str, good: list[str], bad: list[str]) -> None:
    made = translate_xsd(pattern)
    if r"\A" in made or r"\Z" in made:  # Rust has another letter for the end
        made = made.replace(r"\Z", r"\z")
    found = pl.Series([*good, *bad]).str.contains(rf"\A(?:{made})\z")
    assert found.to_list() == [True] * len(good) + [False] * len(bad)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?:a)", "question mark"),
        ("(?=a)b", "question mark"),
        ("a*?", "lazy"),
        ("a++", "in a row"),
        ("*a", "nothing before"),
        ("{2}", "nothing before"),
        ("a{,3}", "repetition"),
        ("a{2", "repetition"),
        ("a{3,2}", "least"),
        (r"a\b", r"\\b"),
        (r"(a)\1", r"\\1"),
        (r"\u00e9", r"\\u"),
        ("a\\", "means nothing"),
        (r"\pL", "braces"),
        (r"\p{Nonsense}", "Unicode"),
        (r"\p{IsNonsense}", "Unicode"),
        ("[", "class"),
        ("[]", "class"),
        ("[^]", "class"),
        ("[a", "class"),
        ("[z-a]", "range"),
        (r"[a-\d]", "range"),
        ("[a[b]]", "bare"),
        ("[a-[b]c]", "taken away"),
        ("a)(b", "closing parenthesis"),
        ("(a", "without its partner"),
        ("a]", "bare ]"),
        ("a}", "bare }"),
        ("(" * 60 + ")" * 60, "in each other"),
        ("ab?" * 20_000, "characters"),
        ("a{99999999999}b|c", "cannot be used"),
    ],
)
def test_a_pattern_that_is_none(pattern: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compile_xsd(pattern)


@settings(max_examples=examples(200, 5000), deadline=None, derandomize=True)
@given(st.text(alphabet="ab^$|()[]{}*+?\\-.1,pwdsic\u00e9", max_size=14))
def test_any_text_is_a_pattern_or_refused_with_a_sentence(pattern: str) -> None:
    try:
        compiled = compile_xsd(pattern)
    except ValueError as refused:
        message = str(refused)
    else:
        message = "accepted"
        assert isinstance(compiled, re.Pattern)
    assert message
