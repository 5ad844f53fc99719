"""The cookbook: every recipe runs, polars and base R agree on every cell, and the page and its pictures are current."""

from __future__ import annotations

import copy
import csv
import importlib.util
import io
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "cookbook"
PAGE = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
NAMES = sorted(path.stem for path in (FOLDER / "recipes").glob("*.py"))
TEXTS = ROOT.parent / "shared" / "articles"  # beside the project where the texts are at hand; never in it
HAS_R = shutil.which("Rscript") is not None
needs_r = pytest.mark.skipif(not HAS_R, reason="Rscript is not installed, so the R recipes were not run")

RUN = "import pickle, sys, cookbook; pickle.dump(cookbook.run({r}), open(sys.argv[-1], 'wb'))"


@pytest.fixture(scope="module")
def driver() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cookbook", ROOT / "scripts" / "cookbook.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["cookbook"] = module  # where the pickled recipes look for their class
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def recipes(driver: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All recipes, run once, in a process of their own as a reader runs them."""
    kept = tmp_path_factory.mktemp("cookbook") / "recipes"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN.format(r=HAS_R), str(kept)],
        env={**driver.os.environ, "PYTHONPATH": str(ROOT / "scripts"), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {recipe.name: recipe for recipe in pickle.loads(kept.read_bytes())}


def rows(table: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def data(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((ROOT / "data" / f"{table}.csv").read_text(encoding="utf-8"), newline="")))


def test_there_are_ten_questions_each_in_both_languages() -> None:
    assert len(NAMES) == 10
    assert sorted(path.stem for path in (FOLDER / "recipes").glob("*.R")) == NAMES


@needs_r
@pytest.mark.parametrize("name", NAMES)
def test_polars_and_r_give_the_same_cells(driver: ModuleType, recipes: dict[str, Any], name: str) -> None:
    assert len(recipes[name].tables["answer"]) > 1
    assert driver.differences(recipes[name]) == []


@needs_r
def test_the_page_and_the_pictures_are_current(driver: ModuleType, recipes: dict[str, Any]) -> None:
    assert driver.stale(driver.files(list(recipes.values()))) == [], "run python scripts/cookbook.py"


def test_without_r_the_page_keeps_the_results_of_r(driver: ModuleType, recipes: dict[str, Any]) -> None:
    without = copy.deepcopy(list(recipes.values()))
    for recipe in without:
        recipe.r_printed = None
    driver.keep_r(without)
    assert driver.stale(driver.files(without)) == [], "run python scripts/cookbook.py"


def test_a_cell_that_differs_is_named(driver: ModuleType, recipes: dict[str, Any]) -> None:
    recipe = copy.deepcopy(recipes["01-who-is-quoted"])
    recipe.r_tables = copy.deepcopy(recipe.tables)
    assert driver.differences(recipe) == []
    recipe.r_tables["answer"][2][1] = "77"
    (found,) = driver.differences(recipe)
    assert re.fullmatch(r"01-who-is-quoted, answer, row 2, all: '\d+' in polars, '77' in R", found)
    recipe.r_tables["answer"].pop()
    assert "lines in polars" in driver.differences(recipe)[0]
    recipe.r_tables = {}
    assert "tables ['answer'] in polars, [] in R" in driver.differences(recipe)[0]


def test_numbers_are_compared_as_numbers_and_texts_as_texts(driver: ModuleType) -> None:
    assert driver._same("0.75", "0.750")
    assert not driver._same("0.75", "0.7501")
    assert driver._same("", "")
    assert not driver._same("", "0")


def test_what_is_not_current_is_named(
    driver: ModuleType, recipes: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {Path("docs/cookbook.md"): PAGE.encode(), Path("docs/cookbook/01.svg"): b"<svg/>\n"}
    (tmp_path / "docs" / "cookbook").mkdir(parents=True)
    (tmp_path / "docs" / "cookbook.md").write_bytes(PAGE.replace("# Cookbook", "# Cook book", 1).encode())
    (tmp_path / "docs" / "cookbook" / "99.svg").write_bytes(b"<svg/>\n")
    monkeypatch.setattr(driver, "ROOT", tmp_path)
    assert driver.stale(wanted) == [
        f"{Path('docs/cookbook.md')}: not current, line 3",
        f"{Path('docs/cookbook/01.svg')}: not current, line 1",
        f"{Path('docs/cookbook/99.svg')}: no recipe draws it",
    ]
    (tmp_path / "docs" / "cookbook.md").unlink()
    with pytest.raises(ValueError, match="Install R first"):
        driver.keep_r(list(recipes.values()))


def test_a_recipe_without_its_parts_is_refused(
    driver: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / driver.RECIPES
    folder.mkdir(parents=True)
    monkeypatch.setattr(driver, "ROOT", tmp_path)
    (folder / "01-a.py").write_text('"""Why?"""\n\n# %% The answer\nanswer = 1\n', encoding="utf-8")
    (folder / "01-a.R").write_text("# Why not?\n\nhead\n\nanswer <- 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"01-a\.py: wants a question, what the answer can bear"):
        driver.read("01-a")
    (folder / "01-a.py").write_text('"""Why?\n\nLittle.\n"""\n\n# %% A\nanswer = 1\n# %% B\nb\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"01-a\.R: its first line is not the question"):
        driver.read("01-a")


def test_a_recipe_that_fails_is_named_with_its_error(driver: ModuleType) -> None:
    recipe = driver.Recipe("01-a", "Why?", "Little.", "", ["answer = [][1]", "print(1)"], "", "")
    with pytest.raises(RuntimeError, match=r"^01-a\.py: IndexError: list index out of range$"):
        driver.run_python(recipe, [])


def test_the_answers_agree_with_what_the_package_says_of_itself(recipes: dict[str, Any]) -> None:
    documents = {row["outlet"]: row for row in data("documents")}
    for row in rows(recipes["02-share-of-speech"].tables["answer"]):
        assert row["direct"] == documents[row["outlet"]]["quoted_chars"]
    shared = [row["label"] for row in data("events") if int(row["n_documents"]) > 1]
    assert sorted(row["event"] for row in rows(recipes["03-same-event"].tables["answer"])) == sorted(shared)
    types = rows(recipes["05-planned-and-happened"].tables["answer"])
    assert sum(int(row["all"]) for row in types) == len(data("events"))
    dated = [row for row in data("events") if row["date"]]
    assert len(rows(recipes["06-timeline"].tables["answer"])) == len(dated)
    doubted = [row for row in data("event_mentions") if row["status"] != "actual"]
    assert len(rows(recipes["07-whose-voice"].tables["answer"])) == len(doubted)
    for row in rows(recipes["08-how-sure"].tables["answer"]):
        assert int(row["by rule"]) + int(row["added by hand"]) == int(row["rows"]) == len(data(row["table"]))
    left_out = rows(recipes["09-left-out"].tables["answer"])
    assert sum(int(row[outlet]) for row in left_out[:-1] for outlet in documents) == len(data("omissions"))


def test_every_sentence_stands_on_the_page_with_its_caveat(recipes: dict[str, Any]) -> None:
    for recipe in recipes.values():
        assert f"**{recipe.printed[1]}**" in PAGE
        assert "\n" not in recipe.printed[1]
        assert f"What it can bear: {recipe.caveat}" in PAGE


def test_pictures_are_small_and_say_nothing_of_the_machine_or_the_day() -> None:
    pictures = sorted(FOLDER.glob("*.svg"))
    assert len(pictures) >= 5
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert len(text) < 100_000
        assert "<dc:date>" not in text and str(ROOT) not in text
        assert f"](cookbook/{picture.name})" in PAGE


def command(language: str, name: str) -> list[str]:
    run = [sys.executable] if language == "py" else ["Rscript", "--vanilla"]
    return [*run, f"docs/cookbook/recipes/{name}.{language}"]


LANGUAGES = [pytest.param("py"), pytest.param("R", marks=needs_r)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_who_runs_a_recipe_gets_what_the_page_shows(language: str) -> None:
    done = subprocess.run(command(language, "09-left-out"), cwd=ROOT, capture_output=True, text=True, check=True)
    printed = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
    assert len(printed) > 5
    for line in printed:
        assert line in PAGE


def spans(language: str, package: Path, articles: Path) -> list[list[int]]:
    """The three counts of recipe 10 for each of its rows: spans, text at hand, equal."""
    done = subprocess.run(
        [*command(language, "10-check-spans"), str(package), str(articles)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        [int(n) for n in found] for found in re.findall(r"(\d+)[ |]+(\d+)[ |]+(\d+)[ |]*$", done.stdout, re.MULTILINE)
    ]


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path]:
    """A package of two of the invented articles, and the articles."""
    articles = tmp_path / "articles"
    articles.mkdir()
    for name in ("ceasefire_wire.txt", "statement_kolm.txt"):
        shutil.copy(ROOT / "examples" / "articles" / name, articles)
    from newspkg.build import build

    build([articles], tmp_path / "package", curation=ROOT / "examples" / "curation")
    return tmp_path / "package", articles


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_check_of_spans_sees_a_changed_row_and_a_changed_text(language: str, small: tuple[Path, Path]) -> None:
    package, articles = small
    before = spans(language, package, articles)
    assert len(before) == 5
    assert all(rows == known == equal for rows, known, equal in before)
    mentions = package / "data" / "mentions.csv"
    lines = mentions.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = next(csv.reader([lines[1]]))
    lines[1] = lines[1].replace(f",{cells[5]},", ",Nobody,")
    mentions.write_text("".join(lines), encoding="utf-8")
    (rows, known, equal), *others = spans(language, package, articles)
    assert (rows, known, equal) == (before[0][0], before[0][1], before[0][2] - 1)
    assert others == before[1:]
    article = articles / "ceasefire_wire.txt"
    article.write_text(article.read_text(encoding="utf-8") + "More.\n", encoding="utf-8")
    after = spans(language, package, articles)
    assert all(now[1] <= then[1] for now, then in zip(after, before, strict=True))
    assert sum(known for _, known, _ in after) < sum(known for _, known, _ in before)


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the five articles are not at hand, so the rows were not compared")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_span_of_the_dataset_holds_the_words_of_its_row(language: str) -> None:
    found = spans(language, ROOT, TEXTS)
    assert len(found) == 5
    assert all(rows == known == equal > 0 for rows, known, equal in found)
