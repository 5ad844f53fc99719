"""Where sentences end, and where a full stop ends none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effort import sizes
from newspkg.sentences import knowledge, split


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text, 0, len(text))]


# One case a line: sentences are parted by "|", and the text is the same line without it.
ONE = [
    "Mr. Redek and Dr. Taal met Gen. Stenn, Lt. Gen. Oru and Prof. Feldt.",  # titles
    "J. R. Valdas and A. Lindt came to St. Anna.",  # initials
    "The U.S. delegation and the U.N. Security Council met.",  # acronyms before a capital
    "It cost 3.5 million, or 1.200.000 at the old rate, on the line 2.0.",  # numbers
    "See www.courier.example and the file a.txt.",  # names with dots
    "They met on 3 Jan. 2031 and again at 9 a.m. Tuesday.",  # months, hours
    "The text says (in art. 5, No. 3, p. 12) that it ends.",
    '"Will it hold?" asked the miller.',  # lower case goes on
    '"Will it hold?" Anton Grel asked.',  # so does a name and a verb of saying
    '"Enough!" Grel said, and left.',
    "He said ... nothing, and then … nothing again.",
    "It was over [...] before lunch.",
    'The text is final". – The ministry said in a statement.',  # the attribution belongs to it
    "Yahoo-like names! are rare, but they exist.",
    "The heading of a chapter without a mark",
    "3. Withdraw the troops from the bridge",
    "Velmara Inc. and Kolm Ltd. signed vs. all expectations.",
    "The so-called Line B. was drawn by e.g. the surveyors, i.e. by nobody.",
    "« Rien. » dit-il, et il partit.",  # the mark that closes stands apart
]
MANY = [
    "It rained.| Nobody came.| The bridge was closed!| Why?| Nobody knew.",
    '"We left."| "We lost," he said.| "They came."',
    "“We left.”| “We lost,” he said.| ‘They came.’| It rained.",
    "They left the U.S.| The others stayed in the U.N.| In the end both lost.",
    "It was Plan B.| The others had none.",
    "She arrived at 9 a.m.| It was late.",
    "It began in Jan.| The end came in Feb. 2031.",
    "(It had begun in March.)| Nobody stopped it.",
    "He waited...| Then he left…| “And?”| Nothing.",
    "They were many.| 17 of them came home.| [Armenians of] the valley waited.",
    'He called it "a beginning".| Then he left.',
    "It was the year 2031.| The snow was late.",
    "Really?!| Yes!!!| (No.)",
    "Это конец.| Никто не знал.| «Почему?»| Тишина.",
    "战争结束了。|双方同意停火！|为什么？|没有人知道。",
    "The first line\nends here.|\nThe second begins.",
    "It is no. 5 of 7.| And that is that.",
    "Asked once more, he said no.| Nobody believed him.",
    'It would "help the families."| She added that the road was open.',  # "that" shows what she added
    "She thanked Gen. Stenn.| He thanked her.",
]  # fmt: skip


@pytest.mark.parametrize("text", ONE)
def test_one_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize("text", MANY)
def test_many_sentences(text: str) -> None:
    assert sentences(text.replace("|", "")) == [piece.strip() for piece in text.split("|")]


def test_only_the_stretch_is_split() -> None:
    text = "One. Two. Three. Four."
    assert split(text, 5, 16) == [(5, 9), (10, 16)]
    assert split(text, 4, 4) == []
    assert split("   ", 0, 3) == []


@given(st.text(alphabet="aA1 .!?…\"'”’)(\n\t。-", max_size=80))
def test_covers_everything_once_and_in_order(text: str) -> None:
    found = split(text, 0, len(text))
    assert "".join("".join(text[s:e].split()) for s, e in found) == "".join(text.split())
    assert all(s < e and not text[s].isspace() and not text[e - 1].isspace() for s, e in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))


@pytest.mark.parametrize(
    "unit", [".", ". ", "A.", "A. ", '."', '." ', "… ", "no. ", "? a", " ", "。", "Mr. ", ".\n", '" ']
)
@pytest.mark.parametrize("size", sizes(100_000, 1_000_000))
def test_linear(unit: str, size: int) -> None:
    """Nothing but the worst characters: quadratic work would take hours of a million, and never end here."""
    text = unit * (size // len(unit))
    found = split(text, 0, len(text))
    assert "".join("".join(text[s:e].split()) for s, e in found) == "".join(text.split())


def test_knowledge_is_clean() -> None:
    """Phrases are lower case and stripped, as they are compared with folded text; none stands twice in a table."""
    for table in knowledge().values():
        for name, phrases in table.items():
            assert len(phrases) == len(set(phrases)), name
            assert [p for p in phrases if p != p.lower() or p != p.lstrip() or "’" in p] == [], name
    for table in ("line", "start", "anywhere", "tail", "genre"):
        everything = [p for phrases in knowledge()[table].values() for p in phrases]
        assert len(everything) == len(set(everything)), (
            f"[{table}]: {sorted(p for p in everything if everything.count(p) > 1)}"
        )
