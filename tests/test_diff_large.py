"""Tables larger than memory: nothing more is held than was allowed, and the counts are the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from newspkg.diff import compare, diff, rows, store

SCHEMA = {
    "fields": [
        {"name": "id", "type": "integer"},
        {"name": "price", "type": "number"},
        {"name": "day", "type": "date"},
        {"name": "text", "type": "string"},
    ],
    "primaryKey": "id",
}


def write(folder: Path, n: int, *, changed: bool) -> Path:
    """A table of n rows; in the changed version rows are in another order, of each thousand one is removed and two are
    changed."""
    folder.mkdir(parents=True)
    resource = {"name": "t", "path": "t.csv", "type": "table", "schema": SCHEMA}
    (folder / "datapackage.json").write_text(json.dumps({"name": "large", "resources": [resource]}))
    index = pl.int_range(0, n, eager=True)
    number = pl.col("id")
    frame = pl.DataFrame({"id": index * 7919 % n if changed else index}).select(
        number,
        price=number % 997 / 100,
        day=pl.date(2024, 1, 1) + pl.duration(days=number % 3000),
        text=pl.format("the text of row {}, which is of some length", number),
    )
    if changed:
        two = (number % 1000).is_between(1, 2)
        frame = frame.filter(number % 1000 != 0).with_columns(text=pl.when(two).then(pl.lit("x")).otherwise("text"))
    frame.write_csv(folder / "t.csv")
    return folder


@pytest.mark.parametrize("room", [20_000, 200_000])
def test_no_part_is_larger_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Counted in bytes: what the stores hold while they are filled, and each part as it is compared."""
    old, new = write(tmp_path / "old", 20_000, changed=False), write(tmp_path / "new", 20_000, changed=True)
    held: list[int] = []
    add = store.Store.add

    def watched(self: store.Store, frame: pl.DataFrame) -> None:
        add(self, frame)
        held.append(sum(int(one.estimated_size()) for one in self.held))

    def parts(a: store.Store, b: store.Store) -> Iterator[tuple[pl.DataFrame | None, pl.DataFrame | None]]:
        for pair in store.parts_of(a, b):
            held.append(sum(int(one.estimated_size()) for one in pair if one is not None))
            yield pair

    monkeypatch.setattr(store.Store, "add", watched)
    monkeypatch.setattr(rows, "parts_of", parts)
    monkeypatch.setattr(compare, "_LEAST", room)
    monkeypatch.setattr(store, "PARTS", 8)
    table = diff(old, new, limit=5, memory=1).table("t")
    assert (table.rows_old, table.removed, table.added, table.changed) == (20_000, 20, 0, 40)
    assert len(held) > 16
    assert max(held) <= room


def test_one_key_that_fills_a_part_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot be parted, and is compared all the same."""
    resource = {"name": "t", "path": "t.csv", "type": "table", "schema": SCHEMA}
    for name, text in (("old", "a"), ("new", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource]}))
        (tmp_path / name / "t.csv").write_text("id,price,day,text\n" + f"1,1,,{text}\n" * 300 + "1,1,,c\n")
    monkeypatch.setattr(compare, "_LEAST", 1000)
    table = diff(tmp_path / "old", tmp_path / "new", memory=1).table("t")
    assert (table.removed, table.added, table.changed, table.duplicates) == (300, 300, 0, (1, 1))


def _peak(folder: Path, memory: str) -> int:
    """The most memory that a comparison took, in KiB, in a process of its own."""
    code = (
        "import json, resource, sys; from newspkg.diff import diff\n"
        "t = diff(sys.argv[1] + '/old', sys.argv[1] + '/new', limit=10, memory=int(sys.argv[2])).table('t')\n"
        "print(json.dumps([t.removed, t.added, t.changed, t.rows_old]))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder), memory], capture_output=True, text=True, check=True)
    counts, peak = done.stdout.split("\n")[:2]
    removed, added, changed, n = json.loads(counts)
    assert (removed, added, changed) == (n // 1000, 0, n // 500)
    return int(peak)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    """Three times as many rows, half a gigabyte of text in all; held whole they take several times what is allowed."""
    small, large = tmp_path / "small", tmp_path / "large"
    for folder, n in ((small, 1_000_000), (large, 3_000_000)):
        write(folder / "old", n, changed=False)
        write(folder / "new", n, changed=True)
    some, more = _peak(small, str(64 << 20)), _peak(large, str(64 << 20))
    assert more < 1.3 * some
    assert more < 0.5 * _peak(large, str(64 << 30))
