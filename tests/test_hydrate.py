"""The private copy: every span gets its words back, from the very text it was taken from or not at all."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from newspkg.build import build
from newspkg.hydrate import hydrate
from newspkg.ids import LETTERS
from newspkg.problems import CannotRun, UsageError
from newspkg.validate import validate

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("public")
    build([EXAMPLES / "articles"], out, curation=EXAMPLES / "curation")
    return out


def spans(root: Path, table: str) -> list[dict[str, str]]:
    with (root / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_package_from_before_a_table_was_added_is_filled_all_the_same(package: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(package, old)
    (old / "data" / "quality.csv").unlink()
    descriptor = json.loads((old / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] != "quality"]
    (old / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert validate(old).problems == []
    filled, problems = hydrate([EXAMPLES / "articles"], old, tmp_path / "private")
    assert (filled > 100, problems) == (True, [])
    assert not (tmp_path / "private" / "data" / "quality.csv").exists()
    assert validate(tmp_path / "private").valid


def test_every_span_is_filled_and_the_copy_is_valid(package: Path, tmp_path: Path) -> None:
    filled, problems = hydrate([EXAMPLES / "articles"], package, tmp_path / "private")
    assert problems == []
    rows = [row for table in LETTERS for row in spans(tmp_path / "private", table)]
    assert filled == len(rows) > 100
    for row in spans(tmp_path / "private", "quotes"):
        assert len(row["hydrated_surface"]) == int(row["end"]) - int(row["start"])
        assert row["text"] in ("", row["hydrated_surface"])
    assert any(row["kind"] == "indirect" and row["hydrated_surface"] for row in spans(tmp_path / "private", "quotes"))
    report = validate(tmp_path / "private")
    assert [p for p in report.problems if p.severity == "error"] == []


def test_a_text_is_known_by_its_hash_not_by_its_name(package: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for path in (EXAMPLES / "articles").glob("*.txt"):
        shutil.copy(path, tmp_path / "texts" / f"renamed-{path.name}")
    _, problems = hydrate([tmp_path / "texts"], package, tmp_path / "private")
    missing = {p.path for p in problems if p.code == "hydrate-text-missing"}
    assert missing and not any(name and name.endswith(".txt") for name in missing), "only what is no .txt is missing"


def test_a_changed_text_fills_nothing_and_is_named(package: Path, tmp_path: Path) -> None:
    first = sorted((EXAMPLES / "articles").glob("*.txt"))[0]
    shutil.copytree(EXAMPLES / "articles", tmp_path / "texts")
    changed = tmp_path / "texts" / first.name
    changed.write_text(changed.read_text(encoding="utf-8") + " ", encoding="utf-8")
    _, problems = hydrate([tmp_path / "texts"], package, tmp_path / "private")
    assert [(p.code, p.path) for p in problems] == [("hydrate-text-missing", first.name)]
    document = problems[0].value
    assert {r["hydrated_surface"] for r in spans(tmp_path / "private", "mentions") if r["document_id"] == document} == {
        ""
    }


def test_private_and_public_never_take_each_others_place(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(package, other)
    with pytest.raises(CannotRun, match="public package"):
        hydrate([EXAMPLES / "articles"], package, other)
    hydrate([EXAMPLES / "articles"], package, tmp_path / "private")
    with pytest.raises(CannotRun, match="private copy"):
        build([EXAMPLES / "articles"], tmp_path / "private", curation=EXAMPLES / "curation")
    with pytest.raises(UsageError, match="overwrite"):
        hydrate([EXAMPLES / "articles"], package, package / "data" / "inside")


@pytest.mark.parametrize("descriptor", ["[]", '{"resources": ["a"]}', "{"])
def test_a_damaged_package_is_named(package: Path, tmp_path: Path, descriptor: str) -> None:
    shutil.copytree(package, tmp_path / "broken")
    (tmp_path / "broken" / "datapackage.json").write_text(descriptor, encoding="utf-8")
    with pytest.raises(CannotRun, match=r"datapackage\.json: cannot be used"):
        hydrate([EXAMPLES / "articles"], tmp_path / "broken", tmp_path / "private")


def test_the_private_copy_never_overwrites_the_package(package: Path) -> None:
    with pytest.raises(UsageError, match="overwrite"):
        hydrate([EXAMPLES / "articles"], package, package)
