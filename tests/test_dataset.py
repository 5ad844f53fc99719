"""The shipped dataset: valid for both judges, free of the articles' prose, and what a build writes, to the byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from newspkg.build import build
from newspkg.validate import validate

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT.parent / "shared" / "articles"  # beside the project where the texts are at hand; never in it


def test_the_shipped_package_is_valid() -> None:
    report = validate(ROOT)
    assert report.problems == []
    assert report.valid


def test_a_row_that_was_accepted_and_no_longer_is_makes_its_correction_stale(tmp_path: Path) -> None:
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "datapackage.json", tmp_path)
    times = tmp_path / "data" / "times.csv"
    times.write_text(times.read_text(encoding="utf-8").replace(",accepted\n", ",unreviewed\n", 1), encoding="utf-8")
    found = [p for p in validate(tmp_path).problems if p.code == "correction-stale"]
    assert ["1 of its rows are still unreviewed" in p.message for p in found] == [True]


def test_frictionless_finds_it_valid() -> None:
    from frictionless import Package

    report = Package(str(ROOT / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "title", "note"])


def test_it_has_what_it_promises() -> None:
    rows = {
        r["name"]: r["rows"] for r in json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    }
    assert rows["documents"] == 5
    assert all(
        rows[name] > 0
        for name in ("actors", "mentions", "events", "event_mentions", "times", "quotes", "omissions", "quality")
    )
    quotes = pl.read_csv(ROOT / "data" / "quotes.csv")
    assert (
        quotes.filter(pl.col("kind") != "direct")["text"].null_count()
        == quotes.filter(pl.col("kind") != "direct").height
    )


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the five articles are not at hand, so the rebuild was not compared")
def test_it_is_what_a_build_writes_to_the_byte(tmp_path: Path) -> None:
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "datapackage.json", tmp_path)
    built = build([SOURCES], tmp_path, curation=ROOT / "curation")
    assert [p for p in built.problems if p.severity == "error"] == []
    for path in [ROOT / "datapackage.json", *sorted((ROOT / "data").iterdir()), *sorted((ROOT / "schemas").iterdir())]:
        assert (tmp_path / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), (
            f"{path.name}: run pkg build ../shared/articles"
        )


@pytest.mark.skipif(
    not SOURCES.is_dir(), reason="the five articles are not at hand, so the spans were not compared with them"
)
def test_its_spans_fit_the_texts() -> None:
    report = validate(ROOT, texts=[SOURCES])
    assert report.problems == []
    assert not [u for u in report.unchecked if "text" in str(u)]
