"""Files become articles or problems: every format, every kind of bad input, and nothing lost between them."""

from __future__ import annotations

import inspect
import json
import os
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newspkg import ids, source, walk
from newspkg.problems import CATALOGUE, Problem
from newspkg.source import Article, Part, parts, read, read_part

STORY = "The envoy left Kesten on Monday. “We shall meet again,” she said.\n"


def run(*paths: Path | str, **known: dict[str, str]) -> tuple[list[Article], list[Problem]]:
    found = list(read(list(paths), known=known))
    return [a for a in found if isinstance(a, Article)], [p for p in found if isinstance(p, Problem)]


def only_problem(*paths: Path | str) -> Problem:
    articles, problems = run(*paths)
    assert articles == []
    assert len(problems) == 1
    assert problems[0].message.endswith(".")
    return problems[0]


def codes(problems: list[Problem]) -> list[str]:
    return [p.code for p in problems]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8", newline="")
    return path


# --- plain text -----------------------------------------------------------------------------------------------------


def test_text_is_taken_as_it_is(tmp_path: Path) -> None:
    text = "Zürich\u00a0– “a”\r\n\r\ne\u0301nd \t\r\n"  # composed and combining letters, odd spaces, CR LF
    (tmp_path / "a.txt").write_bytes(text.encode())
    (article,), problems = run(tmp_path / "a.txt")
    assert article.text == text
    assert article.sha256 == ids.text_sha256(text)
    assert (article.source_file, article.extractor, dict(article.metadata)) == ("a.txt", "text", {})
    assert problems == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_byte_order_mark_is_taken_off(tmp_path: Path, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""  # Python writes none where the byte order is named
    (tmp_path / "a.txt").write_bytes(mark + STORY.encode(encoding))
    (article,), problems = run(tmp_path / "a.txt")
    assert article.text == STORY
    assert problems == []


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n\xc2\xa0", b"\xef\xbb\xbf"])
def test_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    assert only_problem(tmp_path / "a.txt").code == "source-empty"


def test_not_utf8_names_line_byte_and_offset(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"first\nsecond\nCaf\xe9 closed\n")
    found = only_problem(tmp_path / "a.txt")
    assert (found.code, found.line, found.value) == ("source-not-utf8", 3, "0xE9")
    assert "byte 16" in found.message


def test_text_cut_within_a_character(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Kolmé".encode()[:-1])
    found = only_problem(tmp_path / "a.txt")
    assert (found.code, found.value) == ("source-not-utf8", "0xC3")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04....", "zip"),
        (b"\x89PNG\r\n", "png"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"text\0more", "byte 4"),
        ("Kesten".encode("utf-16-le"), "UTF-16"),  # without its mark
    ],
)
def test_binary(tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    found = only_problem(tmp_path / "a.txt")
    assert found.code == "source-binary"
    assert named in found.message


def test_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_CHARS", 100)
    for size, expected in ((100, []), (101, ["source-too-long"]), (401, ["source-too-long"])):
        (tmp_path / "a.txt").write_text("x" * size)
        assert codes(run(tmp_path / "a.txt")[1]) == expected


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(4 * source.MAX_CHARS + 1)  # sparse: takes no room
    found = only_problem(path)
    assert found.code == "source-too-long"
    assert "50,000,000" in found.message


def test_five_million_characters_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("word " * 1_000_000)
    (article,), problems = run(tmp_path / "a.txt")
    assert len(article.text) == 5_000_000
    assert problems == []


# --- which files ----------------------------------------------------------------------------------------------------


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"A text of its own: {name}.\n")


def names(articles: list[Article]) -> list[str]:
    return [a.source_file for a in articles]


def test_folder_is_read_recursively_and_sorted(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "b.txt",
        "a/z.txt",
        "a/b/c.TXT",
        ".hidden.txt",
        ".git/x.txt",
        "README.txt",
        "LICENSE",
        "sources.csv",
        "notes.md",
    )
    articles, problems = run(tmp_path)
    assert names(articles) == ["a/b/c.TXT", "a/z.txt", "b.txt"]
    assert problems == []


def test_what_lies_beside_is_read_or_refused_when_named(tmp_path: Path) -> None:
    tree(tmp_path, "README.txt", "sources.csv", "plain")
    articles, problems = run(tmp_path / "README.txt", tmp_path / "sources.csv", tmp_path / "plain")
    assert names(articles) == ["README.txt"]
    assert codes(problems) == ["source-unknown-format"] * 2
    assert [p.severity for p in problems] == ["error", "error"]


def test_unknown_kinds_in_a_folder_are_counted_not_lost(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.pdf", "c.pdf", "d.docx", "plain", "licence-to-sail.txt")
    articles, problems = run(tmp_path)
    assert names(articles) == ["a.txt", "licence-to-sail.txt"]
    assert [(p.code, p.severity) for p in problems] == [("source-unknown-format", "warning")] * 3
    assert any("2 files ending in .pdf" in p.message and "b.pdf" in p.message for p in problems)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("?.txt", ["a.txt", "b.txt"]),
        ("[a]*", ["a.txt"]),
        ("**/*.txt", ["a.txt", "b.txt", "x/c.txt", "x/y/d.txt"]),
        ("**/y/**", ["x/y/d.txt"]),
        ("x*", ["x/c.txt", "x/y/d.txt"]),  # a folder that matches is read whole
        ("x/*/d.txt", ["x/y/d.txt"]),
    ],
)
def test_globs(tmp_path: Path, pattern: str, expected: list[str]) -> None:
    tree(tmp_path, "a.txt", "b.txt", "x/c.txt", "x/y/d.txt", "x/y/n.csv", ".h.txt")
    articles, problems = run(f"{tmp_path}/{pattern}")
    below = "x/" if pattern.startswith("x/") else ""
    assert [below + n for n in names(articles)] == expected
    assert problems == []


def test_many_stars_are_not_slow() -> None:
    wanted = [walk._Segment(p) for p in ["**"] * 20 + ["no.txt"]]
    states = walk._closed(wanted, {0})
    for _ in range(200):
        states = walk._after(wanted, states, "a")
    assert len(wanted) not in states
    assert len(wanted) in walk._after(wanted, states, "no.txt")


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fills with the names of the folders that are listed."""
    found: list[str] = []
    scandir = os.scandir

    def listing(path: str) -> object:
        found.append(Path(path).name)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", listing)
    return found


@pytest.mark.parametrize(
    ("pattern", "folders"),
    [
        ("one*.txt", ["f"]),
        ("*/one*.txt", ["f", "deep"]),
        ("d*/b*/*.txt", ["f", "deep", "below"]),
        ("nope*.txt", ["f"]),
        ("**/nope*.txt", ["f", "deep", "below"]),
    ],
)
def test_only_what_matches_is_read_or_spoken_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, folders: list[str]
) -> None:
    folder = tmp_path / "f"
    tree(folder, "one.txt", "deep/one1.txt", "deep/below/b.txt", "one.pdf", "other.docx")
    (folder / "l1.txt").symlink_to(folder / "gone.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "deep" / "turn").symlink_to(folder / "deep" / "turn")
    os.mkfifo(folder / "pipe.txt")
    listed = opened(monkeypatch)
    articles, problems = run(f"{folder}/{pattern}")
    assert listed == folders
    if "nope" in pattern:
        assert articles == []
        assert [(p.code, p.path) for p in problems] == [("source-not-found", f"{folder}/{pattern}")]
        assert f"nothing matches {folder}/{pattern}" in problems[0].message
    else:
        assert len(articles) == 1
        assert problems == []


def test_what_matches_a_pattern_and_is_bad_is_told(tmp_path: Path) -> None:
    tree(tmp_path, "one.txt", "one.pdf", "onward/a.txt")
    (tmp_path / "one-dead.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "onward" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "one-pipe.txt")
    articles, problems = run(f"{tmp_path}/on*")
    assert names(articles) == ["one.txt", "onward/a.txt"]
    assert sorted((p.code, p.severity) for p in problems) == [
        ("source-loop", "warning"),
        ("source-not-found", "error"),
        ("source-unknown-format", "warning"),
        ("source-unreadable", "error"),
    ]
    assert codes(run(f"{tmp_path}/*-dead.txt")[1]) == ["source-not-found"]


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("none/*.txt", "there is no folder"),
        ("one.txt/*.txt", "there is no folder"),
        ("READ*", "but no article"),
        ("emp*", "but no article"),
        ("*.pdf", "no reader knows"),
        ("[.]hidden*", "nothing matches"),
    ],
)
def test_a_pattern_in_vain_says_why(tmp_path: Path, pattern: str, said: str) -> None:
    tree(tmp_path, "one.txt", "README.txt", "a.pdf", ".hidden.txt")
    (tmp_path / "empty").mkdir()
    found = only_problem(f"{tmp_path}/{pattern}")
    assert said in found.message
    assert found.severity == "error"


def test_a_pattern_with_a_dot_finds_what_is_hidden(tmp_path: Path) -> None:
    tree(tmp_path, ".h.txt", ".in/a.txt", "b.txt")
    assert names(run(f"{tmp_path}/.h*.txt")[0]) == [".h.txt"]
    assert names(run(f"{tmp_path}/.i*/*.txt")[0]) == [".in/a.txt"]
    assert names(run(f"{tmp_path}/**/*.txt")[0]) == ["b.txt"]


def test_a_pattern_does_not_go_in_circles(tmp_path: Path) -> None:
    tree(tmp_path, "a/x/t.txt")
    (tmp_path / "a" / "x" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a")
    articles, problems = run(f"{tmp_path}/**/t*.txt")
    assert names(articles) == ["a/x/t.txt"]
    assert problems == []


def test_a_folder_that_a_pattern_may_not_look_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.txt", "closed/a.txt")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    articles, problems = run(f"{tmp_path}/**/a.txt")
    assert names(articles) == ["a.txt"]
    assert codes(problems) == ["source-unreadable"]
    assert run(f"{tmp_path}/a*.txt")[1] == []


def test_order_of_arguments_does_not_matter(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.txt", "c.txt")
    forth = run(tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt")
    back = run(tmp_path / "c.txt", tmp_path / "b.txt", tmp_path / "a.txt")
    assert forth == back


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    tree(tmp_path, "one/in/a.txt", "two/in/a.txt", "two/b.txt")
    articles, problems = run(tmp_path / "one" / "in", tmp_path / "two" / "in", tmp_path / "two" / "b.txt")
    assert names(articles) == ["b.txt", "one/in/a.txt", "two/in/a.txt"]
    assert problems == []


def test_missing(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "none.txt").code == "source-not-found"
    assert only_problem(tmp_path / "*.txt").code == "source-not-found"
    (tmp_path / "dead.txt").symlink_to(tmp_path / "gone.txt")
    assert "points at nothing" in only_problem(tmp_path / "dead.txt").message
    assert only_problem(tmp_path).code == "source-not-found"  # the same link, met in a folder
    assert only_problem("a\0b.txt").code == "source-unreadable"


def test_a_folder_without_articles(tmp_path: Path) -> None:
    found = only_problem(tmp_path)
    assert found.code == "source-not-found"
    assert "no article in this folder" in found.message
    assert all(ending in found.message for ending in (".txt", ".html", ".jsonl", ".parquet"))
    tree(tmp_path, "README.txt", "in/notes.md", ".hidden.txt")
    assert only_problem(tmp_path).message == found.message
    tree(tmp_path, "a.pdf")
    found = only_problem(tmp_path)
    assert (found.code, found.severity) == ("source-unknown-format", "error")


def test_given_twice(story: Path) -> None:
    link = story.parent / "other.txt"
    link.symlink_to(story)
    for again in (story, link, story.parent):
        articles, problems = run(story, again)
        assert len(articles) == 1
        assert set(codes(problems)) == {"source-twice"}
    assert problems[0].severity == "warning"


def test_folder_given_twice_is_said_once(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.txt")
    articles, problems = run(tmp_path, tmp_path)
    assert names(articles) == ["a.txt", "b.txt"]
    assert codes(problems) == ["source-twice"]


def test_circle_of_links(tmp_path: Path) -> None:
    tree(tmp_path, "a/b/c.txt")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path)
    articles, problems = run(tmp_path)
    assert names(articles) == ["a/b/c.txt"]
    assert codes(problems) == ["source-loop"] * 2
    assert names(run(f"{tmp_path}/**/*.txt")[0]) == ["a/b/c.txt"]
    (tmp_path / "x").symlink_to(tmp_path / "y")
    (tmp_path / "y").symlink_to(tmp_path / "x")
    assert only_problem(tmp_path / "x").code == "source-unreadable"


def test_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert only_problem(tmp_path / "a.txt").code == "source-unreadable"
    assert "a pipe, not a file" in only_problem(tmp_path / "a.txt").message


def test_a_device_is_called_one() -> None:
    found = only_problem("/dev/null")
    assert found.code == "source-unreadable"
    assert "a device, not a file" in found.message


def test_no_permission(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")  # tests may run as root, whom no mode stops

    monkeypatch.setattr(Path, "read_bytes", refuse)
    found = only_problem(story)
    assert (found.code, found.path) == ("source-unreadable", "story.txt")
    assert "permissions" in found.message


def test_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.txt", "closed/b.txt")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    articles, problems = run(tmp_path)
    assert names(articles) == ["a.txt"]
    assert codes(problems) == ["source-unreadable"]


@pytest.mark.parametrize("suffix", [".txt", ".html", ".jsonl", ".parquet"])
def test_vanished_between_listing_and_reading(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(STORY)
    (part,) = parts([path])
    path.unlink()
    assert isinstance(part, Part)
    (found,) = read_part(part)
    assert isinstance(found, Problem)
    assert found.code == "source-unreadable"
    assert "gone" in found.message


def test_name_that_is_no_utf8(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(STORY)
    (article,), _ = run(tmp_path)
    assert article.source_file == "caf\ufffd.txt"


# --- what is known from outside -------------------------------------------------------------------------------------


def test_known_goes_before_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    rows = [{"text": STORY, "title": "Own", "outlet": ""}, {"text": STORY + "2", "title": "Own"}]
    (tmp_path / "sub" / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    known = {
        "a.jsonl": {"title": "Whole file", "outlet": "Courier"},
        "sub/a.jsonl#2": {"title": "Decided", "note": " "},
    }
    (first, second), problems = run(tmp_path, **known)
    assert dict(first.metadata) == {"title": "Own", "outlet": "Courier"}
    assert dict(second.metadata) == {"title": "Decided", "outlet": "Courier"}
    assert problems == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2031-05-14", "2031-05-14"),
        ("2031-05-12/2031-05-14", "2031-05-12/2031-05-14"),
        ("2031-05", "2031-05"),
        ("2031-05-14T09:30:00+02:00", "2031-05-14"),
        ("14 May 2031", "2031-05-14"),
        ("Wednesday, May 14, 2031", "2031-05-14"),
        ("last week", None),
        ("2031-02-30", None),
        ("03/04/2031", None),  # 3 April or 4 March
    ],
)
def test_stated_day(story: Path, given: str, kept: str | None) -> None:
    (article,), problems = run(story, **{"story.txt": {"published": given}})
    assert article.metadata.get("published") == kept
    assert codes(problems) == ([] if kept else ["source-bad-date"])


# --- html -----------------------------------------------------------------------------------------------------------

PAGE = """<html><head><meta charset="{charset}"><title>Talks in Ansel | The Courier</title>
<meta property="og:title" content="Talks in Ansel"><meta property="og:site_name" content="The Courier">
<meta name="author" content="Ana Lindt"><meta property="article:published_time" content="2031-03-04T09:00:00+01:00">
<link rel="canonical" href="https://courier.example/talks"></head>
<body><nav><a href="/">Home</a> <a href="/w">World</a></nav>
<article><h1>Talks in Ansel</h1>
<p>The delegations met again on Tuesday in Ansel to speak about the line on which both had agreed in the winter.</p>
<p>“We came to listen,” said the minister. “We will not leave before there is a paper, and a good one at that.”</p>
</article><footer>All rights reserved</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "ISO-8859-1", "utf-16"])
def test_html(tmp_path: Path, charset: str) -> None:
    raw = PAGE.format(charset=charset).encode(
        "utf-8" if charset == "utf-16" else charset.replace("ISO-8859-1", "cp1252")
    )
    (tmp_path / "a.html").write_bytes(raw)
    (article,), problems = run(tmp_path)
    assert problems == []
    assert "“We came to listen,”" in article.text
    assert "Home" not in article.text
    assert article.extractor.startswith("trafilatura 2.")
    assert dict(article.metadata) == {
        "title": "Talks in Ansel",
        "authors": "Ana Lindt",
        "published": "2031-03-04",
        "url": "https://courier.example/talks",
        "outlet": "The Courier",
    }


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<html><head></head><body><script>go()</script></body></html>", "source-no-article"),
        ("<" * 100_000, "source-no-article"),
        ("", "source-empty"),
        (PAGE.format(charset="hex").replace("“", "\udce9"), "source-not-utf8"),  # an unknown charset is none
    ],
)
def test_html_without_article(tmp_path: Path, page: str, code: str) -> None:
    (tmp_path / "a.htm").write_bytes(page.encode("utf-8", "surrogateescape"))
    assert only_problem(tmp_path).code == code


def test_html_that_breaks_the_extractor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(trafilatura, "bare_extraction", broken)
    (tmp_path / "a.html").write_text(PAGE)
    found = only_problem(tmp_path)
    assert found.code == "source-corrupt"
    assert "RuntimeError: no luck" in found.message


def test_html_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_HTML", 10)
    (tmp_path / "a.html").write_text(PAGE)
    assert only_problem(tmp_path).code == "source-too-long"


# --- jsonl ----------------------------------------------------------------------------------------------------------


def test_jsonl_fields(tmp_path: Path) -> None:
    row = {
        "Content": STORY,
        "headline": "Talks",
        "author": [{"name": "Ana Lindt"}, "Tom Redd"],
        "date": "2031-03-04T10:00:00Z",
        "publisher": {"name": "Courier"},
        "lang": "en",
        "license": "CC0-1.0",
        "words": 12,
        "tags": {"a": 1},
        "paid": True,
        "score": float("nan"),
        "note": None,
    }
    (tmp_path / "a.jsonl").write_text("\n" + json.dumps(row) + "\n\n")
    (article,), problems = run(tmp_path)
    assert problems == []
    assert (article.source_file, article.extractor, article.text) == ("a.jsonl#2", "jsonl", STORY)
    assert dict(article.metadata) == {
        "title": "Talks",
        "authors": "Ana Lindt; Tom Redd",
        "published": "2031-03-04",
        "outlet": "Courier",
        "language": "en",
        "licence": "CC0-1.0",
        "words": "12",
        "paid": "true",
    }


def test_broken_lines_cost_themselves(tmp_path: Path) -> None:
    lines = [
        b'{"text": "One."}',
        b'{"text": "Two.',  # not closed
        b"[1, 2]",  # no object
        b'{"story": "Three."}',  # no text
        b'{"text": 4}',
        b'{"text": "  "}',
        b'{"text": null}',
        b'{"text": "Caf\xe9"}',
        b'{"text": "half \\ud83d"}',
        b'{"text": "nul \\u0000"}',
        b"[" * 100_000,
        b'{"text": "a", "n": ' + b"9" * 5000 + b"}",
        b'{"text": "Last."}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    articles, problems = run(tmp_path)
    assert [(a.source_file, a.text) for a in articles] == [("a.jsonl#1", "One."), ("a.jsonl#13", "Last.")]
    assert [(p.line, p.code) for p in problems] == [
        (2, "source-bad-json"),
        (3, "source-bad-json"),
        (4, "source-no-text-column"),
        (5, "source-no-text-column"),
        (6, "source-empty"),
        (7, "source-empty"),
        (8, "source-not-utf8"),
        (9, "source-not-utf8"),
        (10, "source-binary"),
        (11, "source-bad-json"),
        (12, "source-bad-json"),
    ]
    assert "'story'" in problems[2].message
    assert "a number of more than" in problems[10].message
    assert all("set_int_max" not in p.message for p in problems)
    at = b"\n".join(lines).index(b"\xe9")
    assert f"byte {at} (0xE9)" in problems[6].message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "Two.', "at column 15, inside the text that begins at column 10"),
        ('{"text": "Two.\\', "at column 16, inside the text that begins at column 10"),
        ('{"text": "Two."', "the line ends too soon, at column 16"),
        ('{"text":', "the line ends too soon, at column 9"),
        ('{"text": "Two\t."}', "at column 14"),
        ('{"text": "Zwölf", x}', "at column 19"),
    ],
)
@pytest.mark.parametrize(("mark", "end"), [(b"", b""), (b"", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\n")])
def test_a_line_cut_off_names_the_column(tmp_path: Path, line: str, said: str, mark: bytes, end: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(mark + line.encode() + end)
    found = only_problem(tmp_path)
    assert (found.code, found.line) == ("source-bad-json", 1)
    assert said in found.message
    assert "at at" not in found.message


def test_jsonl_with_a_mark_and_in_utf16(tmp_path: Path) -> None:
    line = json.dumps({"text": STORY})
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8-sig")
    assert run(tmp_path)[0][0].text == STORY
    (tmp_path / "a.jsonl").write_text(line + "\n" + line, encoding="utf-16")
    assert only_problem(tmp_path).code == "source-not-utf8"
    (tmp_path / "a.jsonl").write_bytes(b"\x1f\x8b\x08" + b"\n" * 50)
    assert only_problem(tmp_path).code == "source-binary"


def test_jsonl_line_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_CHARS", 25)
    (tmp_path / "a.jsonl").write_text('{"text": "One."}\n{"text": "' + "x" * 1000 + '"}\n{"text": "Three."}\n')
    articles, problems = run(tmp_path)
    assert names(articles) == ["a.jsonl#1", "a.jsonl#3"]
    assert [(p.code, p.line) for p in problems] == [("source-too-long", 2)]


# --- parquet --------------------------------------------------------------------------------------------------------


def test_parquet(tmp_path: Path) -> None:
    table = pa.table({"title": ["A", None, "C"], "Text": ["One.", "", "Three."], "words": [1, 2, 3]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    articles, problems = run(tmp_path)
    assert [(a.source_file, a.text, dict(a.metadata)) for a in articles] == [
        ("a.parquet#1", "One.", {"title": "A", "words": "1"}),
        ("a.parquet#3", "Three.", {"title": "C", "words": "3"}),
    ]
    assert codes(problems) == ["source-empty"]
    assert "#2" in problems[0].message


def test_parquet_without_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({"story": ["One."], "id": [1]}), tmp_path / "a.parquet")
    found = only_problem(tmp_path)
    assert found.code == "source-no-text-column"
    assert "'story', 'id'" in found.message


def test_parquet_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    bad = pa.StringArray.from_buffers(2, pa.py_buffer(b"\0\0\0\0\4\0\0\0\x08\0\0\0"), pa.py_buffer(b"OneaCaf\xe9"))
    pq.write_table(pa.table({"text": bad}), tmp_path / "a.parquet")
    articles, problems = run(tmp_path)
    assert names(articles) == ["a.parquet#1"]
    assert codes(problems) == ["source-not-utf8"]


@pytest.mark.parametrize("damage", ["tail", "middle", "none"])
def test_damaged_parquet(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"Text {i} " * 50 for i in range(2000)]}), path)
    raw = bytearray(path.read_bytes())
    if damage == "tail":
        raw = raw[: len(raw) // 2]
    elif damage == "middle":
        raw[200:900] = b"\xff" * 700
    else:
        raw = bytearray(b"no parquet at all")
    path.write_bytes(raw)
    assert codes(run(tmp_path)[1]) == ["source-corrupt"]


# --- parts ----------------------------------------------------------------------------------------------------------


def test_parts_are_small_picklable_and_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"text": f"Story {i} of this file, which is cut in parts."} for i in range(300)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "b.parquet", row_group_size=40)
    whole = list(read([tmp_path]))
    for size in (1, 700, 5_000):
        monkeypatch.setattr(source, "SPLIT", size)
        cut = parts([tmp_path])
        assert len(cut) > 2
        assert (
            sum(p.size for p in cut if isinstance(p, Part) and p.format == ".jsonl")
            == (tmp_path / "a.jsonl").stat().st_size
        )
        back = pickle.loads(pickle.dumps(cut))
        assert [item for part in back for item in read_part(part)] == whole


def test_a_broken_file_is_cut_and_told_of_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "SPLIT", 10)
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe" + b"x\n" * 50)
    (tmp_path / "b.parquet").write_bytes(b"no parquet at all")
    (tmp_path / "c.parquet").touch()
    pq.write_table(pa.table({"story": ["a", "b", "c"]}), tmp_path / "d.parquet", row_group_size=1)
    assert codes(run(tmp_path)[1]) == ["source-not-utf8", "source-corrupt", "source-corrupt", "source-no-text-column"]


def test_catalogue_and_tests_agree() -> None:
    """Every code for a source is provoked above, but for those that arise later in a build."""
    later = {"source-duplicate-text", "source-failed", "source-language", "source-error"}  # the last is of tables
    tested = inspect.getsource(inspect.getmodule(test_catalogue_and_tests_agree))  # type: ignore[arg-type]
    ours = {code for code in CATALOGUE if code.startswith("source-")} - later
    assert len(ours) >= 14
    assert [code for code in sorted(ours) if f'"{code}"' not in tested] == []
