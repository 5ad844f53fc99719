"""From sources to a package: the whole chain, and everything that can go wrong on the way."""

from __future__ import annotations

import csv
import errno
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newspkg import package
from newspkg.build import build, extract
from newspkg.evaluate import evaluate
from newspkg.problems import CannotRun, Problem, UsageError
from newspkg.tables import ORDER
from newspkg.validate import validate

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
SPANS = ("mentions", "times", "quotes", "event_mentions", "omissions")

WIRE = """Ministers agree on a truce

12 March 2031

TAVRA, Mar 12 (Harbour Wire) - Velmaran Foreign Minister Ilse Maro signed a ceasefire agreement with Ostria on Tuesday after two weeks of fighting.

"We have stopped the guns, and we will keep them silent," Maro said. She added that talks would resume in April 2031.
"""


def digest(folder: Path) -> dict[str, str]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def table(root: Path, name: str) -> list[dict[str, str]]:
    with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("examples") / "package"
    built = build([EXAMPLES / "articles"], out, curation=EXAMPLES / "curation")
    assert [p for p in built.problems if p.severity == "error"] == []
    return out


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "texts" / "wire.txt"
    path.parent.mkdir()
    path.write_text(WIRE, encoding="utf-8")
    return path


def test_the_examples_make_a_valid_package(examples: Path) -> None:
    report = validate(examples, texts=[EXAMPLES / "articles"])
    assert report.problems == []
    may_be_empty = {"corrections", "event_links", "quality"}  # nothing in the examples is corrected
    assert {name for name in ORDER if not table(examples, name)} <= may_be_empty
    assert table(examples, "quality") == []


def test_every_span_is_the_words_it_says(examples: Path) -> None:
    texts = {}
    for row in table(examples, "documents"):
        path = EXAMPLES / "articles" / row["source_file"]
        if path.suffix == ".txt":
            texts[row["document_id"]] = path.read_bytes().decode("utf-8-sig")
    checked = 0
    for name, column in (("mentions", "surface"), ("times", "surface"), ("quotes", "text")):
        for row in table(examples, name):
            if row["document_id"] in texts and row[column]:
                assert texts[row["document_id"]][int(row["start"]) : int(row["end"])] == row[column]
                checked += 1
    assert checked > 100


def test_two_builds_give_the_same_bytes_and_the_second_writes_nothing(examples: Path, tmp_path: Path) -> None:
    again = tmp_path / "package"
    build([EXAMPLES / "articles"], again, curation=EXAMPLES / "curation")
    before = {p: p.stat().st_mtime_ns for p in again.rglob("*")}
    assert digest(again) == digest(examples)
    assert build([EXAMPLES / "articles"], again, curation=EXAMPLES / "curation").changed is False
    assert {p: p.stat().st_mtime_ns for p in again.rglob("*") if p != again} == {
        p: t for p, t in before.items() if p != again
    }


def test_two_processes_give_the_same_bytes_as_one(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newspkg.engines.WORTH_A_PROCESS", 0)
    again = tmp_path / "package"
    build([EXAMPLES / "articles"], again, curation=EXAMPLES / "curation", jobs=2)
    assert digest(again) == digest(examples)


def test_the_order_of_the_sources_does_not_matter(examples: Path, tmp_path: Path) -> None:
    files = sorted((EXAMPLES / "articles").iterdir(), reverse=True)
    again = tmp_path / "package"
    build(files, again, curation=EXAMPLES / "curation")
    assert digest(again) == digest(examples)


def test_the_descriptor_says_what_is_there(examples: Path) -> None:
    descriptor = json.loads((examples / "datapackage.json").read_text(encoding="utf-8"))
    assert [r["name"] for r in descriptor["resources"]] == list(ORDER)
    for resource in descriptor["resources"]:
        raw = (examples / resource["path"]).read_bytes()
        assert resource["bytes"] == len(raw)
        assert resource["hash"] == "sha256:" + hashlib.sha256(raw).hexdigest()
        assert (resource["type"], resource["profile"], resource["encoding"], resource["mediatype"]) == (
            "table",
            "tabular-data-resource",
            "utf-8",
            "text/csv",
        )
        assert (examples / resource["schema"]).is_file()
    assert len(descriptor["sources"]) == len(table(examples, "documents"))
    assert set(descriptor["newspkg"]["provenance"]) == {"toolkit", "rules"}


def test_a_label_does_not_move_when_the_data_does_not(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = tmp_path / "package"
    shutil.copytree(examples, again)
    monkeypatch.setattr("newspkg.build.rules_version", lambda: "ffffffffffff")
    assert build([EXAMPLES / "articles"], again, curation=EXAMPLES / "curation").changed is False
    assert digest(again) == digest(examples)


# --- what can go wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.txt", b"", "source-empty"),
        ("latin.txt", "Der Präsident sagte".encode("latin-1"), "source-not-utf8"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "source-binary"),
    ],
)
def test_a_source_that_cannot_be_read_costs_itself(
    article: Path, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (article.parent / name).write_bytes(content)
    built = build([article.parent], tmp_path / "out")
    assert [p.code for p in built.problems] == [code]
    assert name in built.problems[0].message
    assert [d["source_file"] for d in table(tmp_path / "out", "documents")] == ["wire.txt"]


def test_the_same_text_under_two_names_is_one_document(article: Path, tmp_path: Path) -> None:
    shutil.copy(article, article.with_name("copy.txt"))
    built = build([article.parent], tmp_path / "out")
    assert [p.code for p in built.problems] == ["source-duplicate-text"]
    assert "copy.txt" in built.problems[0].message and "wire.txt" in built.problems[0].message
    assert built.counts["documents"] == 1


def test_a_source_given_twice_is_read_once(article: Path, tmp_path: Path) -> None:
    built = build([article, article.parent, article], tmp_path / "out")
    assert built.counts["documents"] == 1
    assert {p.severity for p in built.problems} <= {"warning"}


def test_utf16_is_read(article: Path, tmp_path: Path) -> None:
    article.write_bytes(WIRE.encode("utf-16"))
    assert build([article], tmp_path / "out").problems == []
    assert len(table(tmp_path / "out", "quotes")) > 0


def test_a_text_in_another_language_is_kept(article: Path, tmp_path: Path) -> None:
    text = "Der Minister erklärte am Dienstag, die Verhandlungen würden fortgesetzt. " * 6
    article.write_text(text, encoding="utf-8")
    built = build([article], tmp_path / "out")
    row = table(tmp_path / "out", "documents")[0]
    assert (row["language"], row["n_chars"]) == ("de", str(len(text)))
    assert [(p.code, p.severity) for p in built.problems] == [("source-language", "warning")]


def test_an_odd_mark_costs_one_quote(article: Path, tmp_path: Path) -> None:
    article.write_text(
        WIRE + '\nThe clerk called it a "paper without an end and closed the door behind him.\n\n'
        'Later, "Peace is possible," said Foreign Minister Ilse Maro.\n',
        encoding="utf-8",
    )
    build([article], tmp_path / "out")
    texts = [q["text"] for q in table(tmp_path / "out", "quotes")]
    assert "Peace is possible," in texts and "We have stopped the guns, and we will keep them silent," in texts
    assert "unbalanced_mark" in {o["kind"] for o in table(tmp_path / "out", "omissions")}


def test_a_correction_brings_the_quality_of_the_rules_along(article: Path, tmp_path: Path) -> None:
    build([article], tmp_path / "bare")
    quote = table(tmp_path / "bare", "quotes")[0]
    curation = tmp_path / "curation"
    curation.mkdir()
    happening = f"events,{table(tmp_path / 'bare', 'events')[0]['event_id']}"
    month = {"date": "2031-03", "earliest": "2031-03-01", "latest": "2031-03-31", "date_precision": "month"}
    (curation / "corrections.csv").write_text(
        f"table,row_id,field,value,reason,source\nquotes,{quote['quote_id']},*,drop,no speech,read\n"
        + "".join(f"{happening},{name},{value},no day is told,read\n" for name, value in month.items())
        + "".join(
            f"{name},{quote['document_id']}:*,review,accepted,read,read\n"
            for name in SPANS
            if table(tmp_path / "bare", name)
        ),
        encoding="utf-8",
    )
    built = build([article], tmp_path / "out", curation=curation)
    assert built.problems == []
    found = {(row["table"], row["what"], row["criterion"]): row for row in table(tmp_path / "out", "quality")}
    n = len(table(tmp_path / "bare", "quotes"))
    quotes = found["quotes", "rows", "exact"]
    assert (quotes["n_gold"], quotes["n_predicted"], quotes["n_right"]) == (str(n - 1), str(n), str(n - 1))
    assert quotes["recall"] == "1.0" and float(quotes["precision"]) == round((n - 1) / n, 4)
    assert float(found["event_mentions", "date", "exact+equal"]["f1"]) < 1
    assert float(found["mentions", "rows", "exact"]["f1"]) == 1
    # the command says the same of the two packages
    rows = evaluate(tmp_path / "out", tmp_path / "bare").figures
    assert {tuple(map(str, row.values())) for row in rows} == {tuple(row.values()) for row in found.values()}
    assert validate(tmp_path / "out", texts=[article.parent]).problems == []


def test_a_curated_row_with_an_unknown_id_says_where(article: Path, tmp_path: Path) -> None:
    curation = tmp_path / "curation"
    curation.mkdir()
    (curation / "actor_names.csv").write_text(
        "actor_id,name,language,kind,valid_from,valid_to\nnobody,Nobody,en,short,,\n", encoding="utf-8"
    )
    (curation / "corrections.csv").write_text(
        "table,row_id,field,value,reason,source\nquotes,q1,cue,said,because,me\n", encoding="utf-8"
    )
    built = build([article], tmp_path / "out", curation=curation)
    found = {p.code: p for p in built.problems}
    assert set(found) == {"curation-unknown-id", "correction-stale"}
    assert "actor_names.csv, line 2" in found["curation-unknown-id"].message
    assert built.counts["documents"] == 1


def test_a_poisoned_article_costs_itself(article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from newspkg import build as module

    whole = module.outline

    def poisoned(article: object) -> object:
        if "poison" in article.source_file:  # type: ignore[attr-defined]
            raise RecursionError("too deep")
        return whole(article)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "outline", poisoned)
    article.with_name("poison.txt").write_text(WIRE + "More.", encoding="utf-8")
    built = build([article.parent], tmp_path / "out")
    assert [(p.code, p.path) for p in built.problems] == [("source-failed", "poison.txt")]
    assert built.counts["documents"] == 1


def test_nothing_to_read_is_a_wrong_call_and_leaves_the_package(examples: Path, tmp_path: Path) -> None:
    again = tmp_path / "package"
    shutil.copytree(examples, again)
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "empty.txt").write_bytes(b"")
    for nothing in (tmp_path / "none", tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=nothing.name):
            build([nothing], again)
    assert digest(again) == digest(examples)


@pytest.mark.parametrize("moment", ["write_table", "describe"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_build_that_breaks_off_leaves_the_old_package(
    examples: Path, article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, error: BaseException
) -> None:
    again = tmp_path / "package"
    shutil.copytree(examples, again)

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(f"newspkg.build.{moment}" if moment == "write_table" else "newspkg.package.describe", fails)
    with pytest.raises((CannotRun, KeyboardInterrupt)) as caught:
        build([article], again)
    if isinstance(error, OSError):
        assert "No space left on device" in str(caught.value) and "untouched" in str(caught.value)
    assert digest(again) == digest(examples)


def test_a_swap_cut_off_in_the_middle_is_repaired(examples: Path, article: Path, tmp_path: Path) -> None:
    again = tmp_path / "package"
    shutil.copytree(examples, again)
    (again / "data").rename(again / package._REPLACED)
    with package.workspace(again, ORDER):
        pass
    assert digest(again) == digest(examples)


@pytest.mark.parametrize("theirs", ["datapackage.json", "data/quotes.csv"])
def test_files_that_no_build_wrote_are_not_overwritten(article: Path, tmp_path: Path, theirs: str) -> None:
    mine = tmp_path / "mine" / theirs
    mine.parent.mkdir(parents=True)
    mine.write_text('{"my": 1}', encoding="utf-8")
    with pytest.raises(CannotRun, match="not written"):
        build([article], tmp_path / "mine")
    assert digest(tmp_path / "mine") == {theirs: hashlib.sha256(b'{"my": 1}').hexdigest()}


def test_two_builds_at_once_do_not_mix(article: Path, tmp_path: Path) -> None:
    with package.workspace(tmp_path / "out", ORDER) as new:
        with pytest.raises(CannotRun, match="another build"):
            build([article], tmp_path / "out")
        assert new.is_dir(), "the second build leaves the first one's work alone"


def test_a_package_of_other_documents_is_replaced_only_on_purpose(
    examples: Path, article: Path, tmp_path: Path
) -> None:
    again = tmp_path / "package"
    shutil.copytree(examples, again)
    with pytest.raises(UsageError, match="12 other documents"):
        build([article], again, replace=False)
    assert digest(again) == digest(examples)
    build([EXAMPLES / "articles" / "lighthouse.txt", article], again, replace=False)
    assert len(table(again, "documents")) == 2


def test_a_linked_data_folder_does_not_block_the_next_build(article: Path, tmp_path: Path) -> None:
    build([article], tmp_path / "out")
    (tmp_path / "out" / "data").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "data").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    article.write_text(WIRE + "More news.", encoding="utf-8")
    for _ in range(2):
        build([article], tmp_path / "out")
    assert table(tmp_path / "out", "documents")[0]["n_chars"] == str(len(WIRE) + 10)


def test_only_documents_that_were_read_say_how_good_the_rules_are(article: Path, tmp_path: Path) -> None:
    build([article], tmp_path / "out")
    quote = table(tmp_path / "out", "quotes")[0]
    curation = tmp_path / "curation"
    curation.mkdir()
    head = f"table,row_id,field,value,reason,source\nquotes,{quote['quote_id']},*,drop,r,s\n"
    (curation / "corrections.csv").write_text(head, encoding="utf-8")
    assert build([article], tmp_path / "out", curation=curation).counts["quality"] == 0
    tables = [name for name in SPANS if table(tmp_path / "out", name)]
    read = "".join(f"{t},{quote['document_id']}:*,review,accepted,r,s\n" for t in tables)
    (curation / "corrections.csv").write_text(head + read, encoding="utf-8")
    assert build([article], tmp_path / "out", curation=curation).problems == []
    figures = {(r["table"], r["what"], r["criterion"]): r for r in table(tmp_path / "out", "quality")}
    rows = figures["quotes", "rows", "exact"]
    assert int(rows["n_predicted"]) == int(rows["n_gold"]) + 1
    assert float(rows["recall"]) == 1.0 > float(rows["precision"])


@pytest.mark.parametrize(
    ("file", "row", "words"),
    [
        (
            "actors.csv",
            "actor_id,name,type\nmara,Mara,organisation\n",
            "actors.csv, line 2: type is 'organisation'; did you mean",
        ),
        ("actors.csv", "actor_id,name,type\n,Mara,person\n", "line 2: actor_id must not be empty"),
        (
            "actors.csv",
            "actor_id,name,type\nmara,Mara,person\nmara,Maro,person\n",
            "line 3: the key 'mara' stands in line 2",
        ),
        (
            "actor_names.csv",
            "actor_id,name,kind\nmara,Mara,banana\n",
            "line 2: kind is 'banana'; it must be one of official",
        ),
        (
            "corrections.csv",
            "table,row_id,field,value,reason,source\nactors,mara,name,M,r,s\n",
            "line 2: table is 'actors'",
        ),
        (
            "sources.csv",
            "file,publshed\nwire.txt,2031\n",
            "sources.csv, line 1: no such column: publshed; did you mean published?",
        ),
        ("sources.csv", "file,outlet\nwire.txt,A\nwire.txt,B\n", "line 3: wire.txt stands in line 2 already"),
        ("sources.csv", "file,file\na,b\n", "the column file stands twice"),
        ("actors.csv", "actor_id\nmara\n", "line 1: the column name, type is missing"),
        ("actor.csv", "actor_id\n", "actor.csv: no file of this name is read; did you mean actors.csv?"),
        ("package.json", '{"newspkg": 3}', "newspkg must be an object"),
        ("package.json", "{", "cannot be read as JSON"),
    ],
)
def test_a_curated_file_with_a_wrong_cell_stops_the_build_and_says_where(
    article: Path, tmp_path: Path, file: str, row: str, words: str
) -> None:
    curation = tmp_path / "curation"
    curation.mkdir()
    (curation / file).write_text(row, encoding="utf-8")
    with pytest.raises(CannotRun) as error:
        build([article], tmp_path / "out", curation=curation)
    assert words in str(error.value)
    assert not (tmp_path / "out").exists()


def test_a_correction_to_a_word_outside_the_vocabulary_is_named(article: Path, tmp_path: Path) -> None:
    build([article], tmp_path / "out")
    quote = table(tmp_path / "out", "quotes")[0]["quote_id"]
    curation = tmp_path / "curation"
    curation.mkdir()
    (curation / "corrections.csv").write_text(
        f"table,row_id,field,value,reason,source\nquotes,{quote},kind,dirct,r,s\n", encoding="utf-8"
    )
    built = build([article], tmp_path / "out", curation=curation)
    assert [(p.code, "did you mean direct?" in p.message) for p in built.problems] == [("correction-stale", True)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("event_mentions,{doc}:e10-20,*,add", "lacks event_id, trigger_start"),
        ("event_participants,evt-1|foo|bar,*,add", "is no id of this table"),
        ("omissions,{doc}:o1-99999999999999999999,*,add", "is no id of this table"),
        ("documents,doc-*,review,accepted", "the table has no field review"),
    ],
)
def test_a_row_that_cannot_be_added_is_named_and_left_out(article: Path, tmp_path: Path, row: str, words: str) -> None:
    build([article], tmp_path / "out")
    before = {name: table(tmp_path / "out", name) for name in ("event_mentions", "event_participants", "omissions")}
    document = table(tmp_path / "out", "documents")[0]["document_id"]
    curation = tmp_path / "curation"
    curation.mkdir()
    text = f"table,row_id,field,value,reason,source\n{row.format(doc=document)},r,s\n"
    (curation / "corrections.csv").write_text(text, encoding="utf-8")
    built = build([article], tmp_path / "out", curation=curation)
    assert [(p.code, words in p.message) for p in built.problems] == [("correction-stale", True)]
    assert {name: table(tmp_path / "out", name) for name in before} == before


# A build in a process of its own that waits at a moment until it is told to go on.
WAITING = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from newspkg import build, cli, engines

moment, here, go = sys.argv[1], *map(Path, sys.argv[2:4])
engines.WORTH_A_PROCESS = 0

def at(owner, name):
    whole = getattr(owner, name)
    def waiting(*given, **named):
        setattr(owner, name, whole)
        here.touch()
        while not go.exists():
            time.sleep(0.005)
        return whole(*given, **named)
    setattr(owner, name, waiting)

def late(results, total, progress, gather=build._gather):
    def one_by_one():
        for n, result in enumerate(results):
            if n == 1:
                build.wait()
            yield result
    return gather(one_by_one(), total, progress)

build.wait, build._gather = lambda: None, late
at(*{
    "before the work": (build, "choose"),
    "as workers start": (ProcessPoolExecutor, "submit"),
    "as workers work": (build, "wait"),
    "as tables are written": (build, "write_table"),
}[moment])
cli.main(sys.argv[4:])
"""
MOMENTS = ["before the work", "as workers start", "as workers work", "as tables are written"]


@contextmanager
def waiting_build(article: Path, tmp_path: Path, moment: str) -> Iterator[subprocess.Popen[str]]:
    """A build with two processes that has come to a moment, and goes on at the end of the block."""
    for i in range(3):
        article.with_name(f"wire-{i}.txt").write_text(f"{WIRE * 20}\nLine {i}.\n", encoding="utf-8")
    here, go = tmp_path / "here", tmp_path / "go"
    command = [sys.executable, "-c", WAITING, moment, str(here), str(go)]
    command += ["build", str(article.parent), "-o", str(tmp_path / "out"), "-j", "2"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not here.exists():
        assert run.poll() is None, run.communicate()
        time.sleep(0.005)
    yield run
    go.touch()


def test_a_build_that_is_killed_takes_its_workers_with_it(article: Path, tmp_path: Path) -> None:
    with waiting_build(article, tmp_path, "as workers work") as run:
        run.kill()
        run.communicate(timeout=20)  # returns when the last worker has let go of the pipe


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_says_so_and_nothing_else(
    article: Path, tmp_path: Path, ending: signal.Signals, moment: str
) -> None:
    with waiting_build(article, tmp_path, moment) as run:
        run.send_signal(ending)
    out, err = run.communicate(timeout=30)
    assert (run.returncode, out, err) == (130, "", "pkg: stopped. What was on disk before is untouched.\n")
    assert digest(tmp_path / "out") == {}


def test_a_file_of_ones_own_in_data_survives(examples: Path, article: Path, tmp_path: Path) -> None:
    again = tmp_path / "package"
    shutil.copytree(examples, again)
    (again / "data" / "notes.txt").write_text("mine", encoding="utf-8")
    assert build([article], again).changed is True
    assert (again / "data" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written(article: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(CannotRun, match="cannot be written"):
        build([article], tmp_path / "file" / "package")


def test_a_directory_loop_ends(article: Path, tmp_path: Path) -> None:
    (article.parent / "loop").symlink_to(article.parent, target_is_directory=True)
    assert build([article.parent], tmp_path / "out").counts["documents"] == 1


# --- pkg extract --------------------------------------------------------------------------------------------------------------


def test_the_shape_of_extract_is_a_contract(article: Path) -> None:
    (found,) = extract([article])
    assert not isinstance(found, Problem)
    assert set(found) == {"document", "quotes", "mentions", "events", "times"}
    assert {"document_id", "path", "text_sha256", "title", "published", "body_start", "body_end"} <= set(
        found["document"]
    )
    keys = {
        "quotes": {"quote_id", "kind", "group", "start", "end", "text", "speaker", "cue"},
        "mentions": {"start", "end", "text", "actor_id", "form"},
        "events": {"start", "end", "type", "status", "date"},
        "times": {"start", "end", "value"},
    }
    for name, expected in keys.items():
        assert found[name], name
        assert all(set(item) == expected for item in found[name]), name
    quote = found["quotes"][0]
    assert set(quote["speaker"]) == {"start", "end", "text", "actor_id"}
    assert set(quote["cue"]) == {"start", "end", "text"}
    assert quote["text"] == WIRE[quote["start"] : quote["end"]]
    assert json.loads(json.dumps(found)) == found
