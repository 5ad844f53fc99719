"""The article's own prose among the furniture of pages; what the text says of itself; and the time that takes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effort import sizes
from newspkg import ids
from newspkg.body import OWN, Body, outline
from newspkg.lines import byline, is_name, units_of
from newspkg.source import Article, read

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
P1 = "The two governments said on Tuesday that they had agreed on the line between their troops in the valley."
P2 = "It was not clear when the paper would be signed, but the envoy said that she would not leave before it was."
P3 = "In the villages nobody believed a word of it, and the school at the bridge remained closed for another week."


def body(text: str, **metadata: str) -> Body:
    return outline(Article("a.txt", text, ids.text_sha256(text), "text", metadata))


def page(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def kinds(found: Body) -> dict[str, str]:
    """The kind of each block by its text."""
    return {found.article.text[b.start : b.end]: b.kind for b in found.blocks}


def own(found: Body) -> list[str]:
    return [found.article.text[b.start : b.end] for b in found.blocks if b.kind in OWN]


def check(found: Body) -> None:
    """What holds for every text."""
    text = found.article.text
    at = 0
    for block in found.blocks:
        assert at <= block.start < block.end <= len(text)
        assert not text[at : block.start].strip(), "text between the blocks"
        assert not text[block.start].isspace()
        assert not text[block.end - 1].isspace()
        assert block.kind in {"title", "byline", "dateline", "heading", "paragraph", "caption", "boilerplate"}
        assert block.reason
        at = block.end
    assert not text[at:].strip(), "text after the blocks"
    mine = [b for b in found.blocks if b.kind in OWN]
    assert (found.start, found.end) == ((mine[0].start, mine[-1].end) if mine else (0, 0))
    at = 0
    for sentence in found.sentences:
        block = found.blocks[sentence.block]
        assert block.kind in OWN
        assert at <= sentence.start < sentence.end
        assert block.start <= sentence.start
        assert sentence.end <= block.end
        at = sentence.end
    said = "".join("".join(text[s.start : s.end].split()) for s in found.sentences)
    assert said == "".join("".join(text[b.start : b.end].split()) for b in mine)
    if found.published_span:
        start, end = found.published_span
        assert text[start:end].strip()
    for name in ("title", "authors", "published", "language", "genre"):
        assert (name in found.metadata_from) == bool(getattr(found, name))


# --- the examples ---------------------------------------------------------------------------------------------------

EXPECTED = {
    # source file: first words and last words of the body, blocks that are its own, title and day are in the text
    "address_valdas.txt": ("KESTEN, 11 April", "of the governing party.", 8, True, True),
    "briefs.jsonl#1": ("Sorvany has withdrawn", "valley on Saturday.", 3, False, False),
    "briefs.jsonl#2": ("A convoy of", "the ISU said.", 3, False, False),
    "ceasefire_wire.txt": ("ANSEL, 15 March", "observers to the valley.", 8, True, True),
    "clash_stripped.txt": ("Three Velmaran soldiers", "a day later.", 7, True, True),
    "interview_taal.txt": ("Sigrun Taal, Marenia's", "wrong side of it.", 12, True, True),
    "lighthouse.txt": ("Most visitors come", "the hundredth step.", 4, True, False),
    "opinion_salva.txt": ("Marenia has discovered", "who sell it.", 6, True, True),
    "press_release_exchange.txt": ("The Secretary-General of", "Caddow on Thursday.", 5, True, True),
    "statement_kolm.txt": ("Sorvany's Ministry of", "of the ceasefire.", 8, True, True),
    "summit.html": ("The leaders of", "replied in public.", 7, True, False),
    "translated_valley.txt": ("Snow still lies", "with an end”.", 10, False, False),
}


def examples() -> dict[str, Article]:
    with (EXAMPLES / "curation" / "sources.csv").open(encoding="utf-8", newline="") as file:
        known = {row["file"]: row for row in csv.DictReader(file)}
    found = list(read([EXAMPLES / "articles"], known=known))
    articles = {a.source_file: a for a in found if isinstance(a, Article)}
    assert len(articles) == len(found), "a problem among the examples"
    assert set(known) == {name.partition("#")[0] for name in articles}
    return articles


def test_every_example_is_expected() -> None:
    assert set(examples()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_examples(name: str) -> None:
    article = examples()[name]
    first, last, n_own, has_title, has_day = EXPECTED[name]
    found = outline(article)
    check(found)
    assert article.text[found.start :].startswith(first)
    assert article.text[: found.end].endswith(last)
    assert len(own(found)) == n_own
    assert any(b.kind == "title" for b in found.blocks) == has_title
    assert found.title
    assert found.language == "en"
    assert (found.metadata_from.get("published") == "text") == has_day
    assert bool(found.published_span) == has_day


@pytest.mark.parametrize("name", EXPECTED)
def test_examples_without_what_is_known(name: str) -> None:
    """The text alone gives the same prose, and no title or day that contradicts the stated one."""
    article = examples()[name]
    found = outline(Article(name, article.text, article.sha256, article.extractor, {}))
    check(found)
    assert own(found) == own(outline(article))
    stated = article.metadata
    assert found.published in (None, stated.get("published"))
    assert found.title is None or found.title.strip('"') == stated["title"]
    assert found.authors in ((), tuple(stated.get("authors", "").split("; ")))
    assert found.genre in (None, stated.get("genre"))


# --- kinds of lines -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Facebook", "Share this article", "Advertisement", "Views: 1,204", "Read: 31", "3 min read", "31.02.2031",
        "© 2031 The Courier", "The Courier © 2031. All rights reserved.", "Read also: A bridge and its keeper",
        "Sign up for our daily letter",
        "https://courier.example/a", "@courier #valley", "[ad_2]", "* * *", "Follow us on Telegram",
        "This article was first published by another house.", "Link copied", "We use cookies to make this page better.",
        "Support our work with a small gift", "You can enter 300 characters",
    ],
)  # fmt: skip
def test_furniture_is_left_out_wherever_it_stands(line: str) -> None:
    for lines in ([line, P1, P2, P3], [P1, line, P2, P3], [P1, P2, P3, line]):
        found = body(page(*lines))
        check(found)
        assert own(found) == [P1, P2, P3]
        assert kinds(found)[line] == "boilerplate"


@pytest.mark.parametrize(
    "line",
    ["Ana Lindt / AP / TASS", "Photo: Ana Lindt", "The bridge on Monday. Photo by Ana Lindt", "(AP Photo/Ana Lindt)"],
)
def test_credits_are_captions(line: str) -> None:
    for lines in ([P1, line, P2], ["A title of some words", line, P1, P2], [P1, P2, line]):
        found = body(page(*lines))
        assert kinds(found)[line] == "caption"
        assert own(found) == [p for p in lines if p in (P1, P2)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Support the ceasefire was all that the mayor would say to those who had come to the square that night.",
        "Copyright was the first thing on which the two ministers could agree, and on which they did so within a day.",
        "Your support, the mayor told her guests, is worth more to this town than the gold of the whole kingdom.",
        "Comments by both sides had suggested until late in the evening that there would be no agreement at all.",
        "The views expressed by her minister were not those of the president, a spokesman in the capital said later, "
        "and he added after some thought that it would be a mistake to read more into them than the minister meant, "
        "who after all had spoken at a wedding, late in the evening, and to a table of old friends from the army; "
        "nobody who was there had taken it for a declaration of policy, and nobody had been meant to, he said, which "
        "the minister himself was to confirm on the following day.",
    ],
)
def test_prose_that_begins_like_furniture_is_kept(sentence: str) -> None:
    assert own(body(page(P1, sentence, P2))) == [P1, sentence, P2]


def test_headings_stay_in_the_body() -> None:
    lines = [P1, "What the summit can bring", P2, "“Nobody believes in it”", P3, "Politics", P1]
    found = body(page(*lines))
    assert own(found) == lines
    assert [b.kind for b in found.blocks] == ["paragraph", "heading"] * 3 + ["paragraph"]
    assert body(page(P1, "Who will sign?", P2)).blocks[1].kind == "heading"


def test_a_menu_between_paragraphs_is_none_of_the_article() -> None:
    found = body(page(P1, "Tavra Valley", "Our films", "The week", P2))
    assert own(found) == [P1, P2]


def test_lists_stay_in_the_body() -> None:
    lines = [P1, "The three points are:", "- a line on the map", "- a bridge", "3. no more shells", P2]
    assert own(body(page(*lines))) == lines


def test_bullets_torn_from_their_lines() -> None:
    found = body(page(P1, "-", P2, "•", P3, P1))
    assert own(found) == [P1, f"-\n{P2}", f"•\n{P3}", P1]
    check(found)


def test_hard_wrapped_text() -> None:
    text = (
        "A bridge and what it costs\n\n"
        "The two governments said on Tuesday that they had agreed on the\n"
        "line between their troops, and that Gen. Pavol Stenn and his\n"
        "colleague would meet at the bridge before the end of the week to\n"
        "mark it.\n\n"
        "It was not clear when the paper would be signed, but the envoy\n"
        "said that she would not leave before it was.\n"
    )
    found = body(text)
    check(found)
    assert [b.kind for b in found.blocks] == ["title", "paragraph", "paragraph"]
    assert len(found.sentences) == 2


def test_paragraphs_of_one_length_are_not_hard_wrapped() -> None:
    assert own(body(page(*[P1, P2, P3] * 4))) == [P1, P2, P3] * 4


def test_windows_line_ends() -> None:
    found = body("A title of some words\r\n\r\n" + P1 + "\r\n" + P2 + "\r\n")
    check(found)
    assert own(found) == [P1, P2]


# --- head and tail --------------------------------------------------------------------------------------------------


def test_title_below_a_menu() -> None:
    for title in ("Three days in Kolm", "A bridge, a mill and the price of both", "Can it hold?"):
        found = body(page("Home", "Courier plus", "Films", "Search", title, "Share", "4 March 2031", P1, P2))
        assert found.title == title
        assert own(found) == [P1, P2]


def test_title_with_the_shape_of_prose() -> None:
    title = "Can the two governments really agree on the line between their troops in the valley before the winter?"
    assert body(page(title, "", P1, P2)).title == title
    long = (
        "The two governments, the envoy and the line in the valley: how a bridge became what all of them want to have"
    )
    assert body(page(long, P1, P2)).title == long
    stopped = "The two governments agree on the line between their troops in the valley, and nobody knows why."
    assert body(page(stopped, P1, P2)).title is None
    assert body(page(stopped, P1, P2), title=stopped).blocks[0].kind == "title"


def test_short_first_sentence_is_no_title() -> None:
    found = body(page("It was cold.", P1, P2))
    assert found.title is None
    assert own(found) == ["It was cold.", P1, P2]


def test_standfirst_is_the_articles_own() -> None:
    found = body(page("A title of some words", "What a bridge has to do with it", "", P1, P2))
    assert [b.kind for b in found.blocks] == ["title", "heading", "paragraph", "paragraph"]


def test_byline_and_dateline_below_a_standfirst() -> None:
    found = body(page("A title of some words", P1, "By Ana Lindt", "4 March 2031", P2, "5 May 2001", P3))
    assert (found.authors, found.published) == (("Ana Lindt",), "2031-03-04")
    assert [b.kind for b in found.blocks] == [
        "title",
        "paragraph",
        "byline",
        "dateline",
        "paragraph",
        "heading",
        "paragraph",
    ]


def test_repeated_title() -> None:
    found = body(
        page("A title of some words", "Home", "A title of some words", P1), title="A title of some words | Courier"
    )
    assert [b.kind for b in found.blocks] == ["title", "boilerplate", "title", "paragraph"]


@pytest.mark.parametrize("cue", ["Write comment", "Comments", "Related articles", "Notes to editors", "News feed"])
def test_nothing_after_a_tail(cue: str) -> None:
    found = body(page(P1, P2, P3, cue, "A reader", P1, "Another reader", P2))
    assert own(found) == [P1, P2, P3]
    assert found.blocks[3].kind == "boilerplate"


def test_tail_at_the_top_ends_nothing() -> None:
    assert own(body(page("Comments", "A title of some words", P1, P2, "Read more", P3, P2))) == [P1, P2, P3, P2]


def test_plea_for_money() -> None:
    plea = "Your support pays for independent journalism in this valley, every month and in every weather, dear reader."
    found = body(page(P1, P2, "… we have a small favour to ask.", plea, P3, P3, "Continue"))
    assert own(found) == [P1, P2]
    assert own(body(page(plea, P1, P2))) == [P1, P2]


@pytest.mark.parametrize(
    ("lines", "authors"),
    [
        (["A title of some words", "By Ana Lindt", P1], ("Ana Lindt",)),
        (["A title of some words", "By Ana Lindt and Tom Redd, The Courier", P1], ("Ana Lindt", "Tom Redd")),
        (["A title of some words", "Ana Lindt", P1], ("Ana Lindt",)),
        (["A title of some words", "By Ana Lindt | 4 March 2031", P1], ("Ana Lindt",)),
        ([P1, P2, "Ana Lindt"], ("Ana Lindt",)),
        ([P1, P2, "— Ana van der Lindt"], ("Ana van der Lindt",)),
        ([P1, P2, "Views: 12", "Ana Lindt"], ()),
        ([P1, P2, "Collaboration: Ana Lindt"], ()),
        (["A title of some words", "The Kesten Courier", P1], ()),
        (["A title of some words", "By Tuesday", P1], ()),
        ([P1, P2, "Kesten"], ()),
    ],
)
def test_authors(lines: list[str], authors: tuple[str, ...]) -> None:
    found = body(page(*lines))
    check(found)
    assert found.authors == authors


def test_stated_authors_go_first() -> None:
    found = body(page("A title of some words", "By Ana Lindt", P1), authors="Ida Marsh; Tom Redd")
    assert (found.authors, found.metadata_from["authors"]) == (("Ida Marsh", "Tom Redd"), "source")


def test_names_and_bylines() -> None:
    assert is_name("Ana Lindt")
    assert is_name("J. R. O'Hara")
    assert not any(map(is_name, ["Ana", "Ana lindt", "Latest News", "On Monday", "Ana Lindt of the Courier", "A" * 61]))
    (unit,) = units_of("Reporting by Ana Lindt; Editing")
    assert byline(unit) == ("", ())


# --- the day of publication -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "day", "evidence"),
    [
        ("01 March 2031 16:15", "2031-03-01", "01 March 2031 16:15"),
        ("March 1, 2031", "2031-03-01", "March 1, 2031"),
        ("19.07.31 14:00", "2031-07-19", "19.07.31 14:00"),
        ("2031-03-01", "2031-03-01", "2031-03-01"),
        ("2031-03-01T16:15:00Z", "2031-03-01", "2031-03-01T16:15:00Z"),
        ("Published on Saturday, 1 March 2031, 4.15 pm", "2031-03-01", "1 March 2031, 4.15 pm"),
        ("Published: Mar. 1, 2031", "2031-03-01", "Mar. 1, 2031"),
        ("14:00 | 1st March 2031", "2031-03-01", "14:00 | 1st March 2031"),
        ("Kesten, 1 March 2031", "2031-03-01", "1 March 2031"),
        ("1 March 2031 | World", "2031-03-01", "1 March 2031"),
        ("Last updated: 1 March 2031", None, None),
        ("03/04/2031", None, None),
        ("31.02.2031", None, None),
    ],
)
def test_date_lines(line: str, day: str | None, evidence: str | None) -> None:
    text = page("A title of some words", line, P1, P2)
    found = body(text)
    check(found)
    assert found.published == day
    assert (found.published_span and text[slice(*found.published_span)]) == evidence
    assert own(found) == [P1, P2]


def test_day_in_the_dateline_of_the_first_paragraph() -> None:
    for opening in ("ANSEL, 3 May 2031 (MNA) — ", "PORT ANSEL, May 3, 2031 – ", "Ansel (MNA), 3 May 2031 - "):
        found = body(page(opening + P1, P2))
        assert found.published == "2031-05-03"
        assert found.blocks[0].kind == "paragraph"
        assert found.start == 0


def test_dateline_without_a_year() -> None:
    text = page("ANSEL, 3 May (MNA) — " + P1, P2)
    assert body(text).published is None
    found = body(text, published="2031-05-03")
    assert (found.published, found.metadata_from["published"]) == ("2031-05-03", "source")
    assert found.published_span
    assert text[slice(*found.published_span)] == "3 May"
    assert body(text, published="2031-05-04").published_span is None


def test_a_date_within_the_prose_is_none_of_publication() -> None:
    assert (
        body(page(P1, "The bridge was built on 3 May 2001 and has been closed ever since the day.", P2)).published
        is None
    )
    found = body(page(P1, "3 May 2001", P2, P3))
    assert (found.published, found.blocks[1].kind) == (None, "heading")


@pytest.mark.parametrize(
    ("stated", "published", "said_by"),
    [
        (None, "2031-03-01", "text"),
        ("2031-03-01", "2031-03-01", "text"),
        ("2031-02-27/2031-03-02", "2031-03-01", "text"),
        ("2031", "2031-03-01", "text"),
        ("2031-03-02", "2031-03-02", "source"),  # a person knew better
        ("2031-03-02/..", "2031-03-02/..", "source"),
    ],
)
def test_stated_and_printed_day(stated: str | None, published: str, said_by: str) -> None:
    text = page("A title of some words", "1 March 2031", P1)
    found = body(text, **({"published": stated} if stated else {}))
    assert (found.published, found.metadata_from["published"]) == (published, said_by)
    assert (found.published_span is not None) == (said_by == "text")


def test_day_printed_after_the_text() -> None:
    text = page(P1, P2, "Published: 1 March 2031")
    assert body(text).published == "2031-03-01"
    assert body(page(P1, P2, "Updated: 1 March 2031")).published is None


# --- language and genre ---------------------------------------------------------------------------------------------

GERMAN = "Die beiden Regierungen teilten am Dienstag mit, dass sie sich über die Linie ihrer Truppen geeinigt haben. "
RUSSIAN = "Правительства двух стран сообщили во вторник, что договорились о линии между своими войсками в долине. "


@pytest.mark.parametrize(
    ("text", "language"),
    [(P1 + "\n" + P2, "en"), (GERMAN * 3, "de"), (RUSSIAN * 3, "ru"), (P1, None), ("x" * 300 + ".", None)],
)
def test_language(text: str, language: str | None) -> None:
    assert body(text).language == language


def test_other_languages_are_kept() -> None:
    for text in (GERMAN, RUSSIAN):
        found = body(page("Menu", text, text, "Facebook"))
        assert own(found) == [text.strip()] * 2
    chinese = "两国政府星期二表示，双方已就山谷中部队之间的分界线达成一致，具体细节将于本周公布。"
    assert own(body(page(chinese, chinese))) == [chinese, chinese]


def test_stated_language_is_believed() -> None:
    found = body(P1 + "\n" + P2, language="sco")
    assert (found.language, found.metadata_from["language"]) == ("sco", "source")


@pytest.mark.parametrize(
    ("lines", "stated", "genre"),
    [
        (["ANALYTICS", "A title of some words", P1], "", "analysis"),
        (["A title of some words", "Interview", P1], "", "interview"),
        (["Opinion", "Analysis", "A title of some words", P1], "", None),
        (["A title of some words", P1], "", None),
        (["A title of some words", P1], "Press release", "press_release"),
        (["A title of some words", P1], "Sport", None),
        ([P1, P2, "The views expressed in opinion pieces are their authors' own."], "", "opinion"),
    ],
)
def test_genre(lines: list[str], stated: str, genre: str | None) -> None:
    assert body(page(*lines), genre=stated).genre == genre


# --- every text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "Menu",
        "Facebook\nTwitter\nShare",
        "One word",
        "Short. Text.",
        "-",
        "-\n-\n-",
        "A title\nand another",
    ],
)
def test_little_text(text: str) -> None:
    check(body(text))


def test_what_is_short_is_still_read() -> None:
    assert own(body("Talks went on. No result.")) == ["Talks went on. No result."]
    assert own(body("Facebook\nShare")) == []


LINE = st.one_of(
    st.text(alphabet="Aa. ,\"'“”()-–1:\t", max_size=40),
    st.text(max_size=20),
    st.sampled_from(
        [
            P1,
            P2,
            "Comments",
            "By Ana Lindt",
            "3 May 2031",
            "-",
            "Read more",
            "Photo: x",
            "A title of words",
            "KESTEN (MNA) — " + P1,
        ]
    ),
)


@given(st.lists(LINE, max_size=12), st.sampled_from(["\n", "\r\n", "\n\n", " \n"]))
def test_holds_for_every_text(lines: list[str], gap: str) -> None:
    check(body(gap.join(lines), language="en"))


@given(st.lists(LINE, max_size=8))
def test_the_same_again(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert body(text, language="en") == body(text, language="en")


@pytest.mark.parametrize(
    "unit",
    [
        '"', ".", " ", "A", "\n", "(", "A\n", ". ", '." ', "A. ", ".A", "-\n", "@", "#a ", "[", "a/", "a/\n", "“", "…",
        "1. ", "by A B\n", "Comments\n", "x" * 70 + "\n", "https://", "3 May 2031\n", "\r", "(a) ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", sizes(100_000, 1_000_000))
def test_no_text_is_slow(unit: str, size: int) -> None:
    """Nothing but the worst characters: quadratic work would take hours of a million, and never end here."""
    if len(unit.strip()) < len(unit) and len(unit) > 1:
        size //= 3  # many lines take their time
    text = (unit * (size // len(unit) + 1))[:size]
    found = body(text, language="en")
    assert found.blocks or not text.strip()
