"""Tables in files that are compressed."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from formats import HEADER, judged, said, spots, xlsx, zipped
from newspkg.report import Findings
from newspkg.validate import packed
from newspkg.validate.descriptor import Resource
from packages import make

OBJECTS = b'[{"id": 1, "title": "Salt", "year": 2001},\n {"year": "x", "id": 2, "title": "Rain"}]'

BAD = make.ROWS.replace("2014", "x").encode()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda raw: zipped(**{"inside.data": raw, "__MACOSX/._inside.data": b"x"}),
}


@pytest.mark.parametrize("packer", list(PACKERS))
@pytest.mark.parametrize(
    ("ending", "raw"),
    [("csv", BAD), ("json", OBJECTS), ("jsonl", b'{"id": 1, "title": "", "year": 2000}\n{"year": "x"}'), ("xlsx", xlsx([HEADER, [1, "Salt", 2001], [2, "Rain", "x"]]))],
)  # fmt: skip
def test_a_compressed_file_is_read_like_any_other(ending: str, raw: bytes, packer: str, tmp_path: Path) -> None:
    small = PACKERS[packer](raw)
    plain = judged(f"books.{ending}", raw, tmp_path)
    name = f"books.{ending}.{packer}"
    report = judged(name, small, tmp_path, bytes=len(small))
    assert [(p.code, p.field, p.row) for p in report.problems] == [("type-error", "year", 3)]
    assert spots(report) == spots(plain)
    assert {p.path for p in report.problems} == {name}


def test_bytes_are_those_of_the_compressed_file(tmp_path: Path) -> None:
    raw = gzip.compress(make.ROWS.encode())
    assert judged("books.csv.gz", raw, tmp_path, bytes=len(make.ROWS)).counts == {"byte-count": 1}


def test_compression_can_be_stated(tmp_path: Path) -> None:
    report = judged("books.data", gzip.compress(BAD), tmp_path, compression="gz", format="csv")
    assert report.counts == {"type-error": 1}


@pytest.mark.parametrize(
    ("resource", "raw", "word"),
    [
        ({}, zipped(**{"a.csv": BAD, "b.csv": BAD}), "innerpath"),
        ({"innerpath": "b.csv"}, zipped(**{"a.csv": b"", "b.csv": BAD}), ""),
        ({"innerpath": "c.csv"}, zipped(**{"a.csv": BAD}), "a.csv"),
        ({"innerpath": "../../evil.csv"}, zipped(**{"../../evil.csv": BAD}), ""),
        ({}, zipped(), "no file"),
        ({}, zipped(**{"folder/": b""}), "no file"),
    ],
    ids=["two", "named", "not there", "leads out", "empty", "a folder"],
)
def test_which_file_of_an_archive_is_meant(resource: dict[str, str], raw: bytes, word: str, tmp_path: Path) -> None:
    report = judged("books.csv.zip", raw, tmp_path, **resource)
    assert report.counts == {"compression-error" if word else "type-error": 1}
    assert word in said(report)[0]
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"books.csv.zip", "datapackage.json"}


@pytest.mark.parametrize("packer", list(PACKERS))
@pytest.mark.parametrize("damage", ["cut", "changed", "other", "empty"])
def test_a_damaged_archive_is_one_error(packer: str, damage: str, tmp_path: Path) -> None:
    raw = bytearray(PACKERS[packer](BAD))
    if damage == "cut":
        raw = raw[:-10]
    elif damage == "changed":
        for n in range(len(raw) // 2, len(raw) // 2 + 8):
            raw[n] ^= 0xFF
    else:
        raw = bytearray(BAD if damage == "other" else b"")
    report = judged(f"books.csv.{packer}", bytes(raw), tmp_path)
    if damage == "empty" and packer in ("gz", "bz2"):  # as gunzip and bunzip2 read it: nothing of nothing
        assert set(report.counts) <= {"compression-error", "source-error"} and not report.valid
    else:
        assert report.counts == {"compression-error": 1}


def test_a_trap_is_not_unpacked_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = gzip.compress(b"id,title,year\n" + b"1,Salt,2001\n" * 400_000)
    assert judged("books.csv.gz", raw, tmp_path).valid
    monkeypatch.setattr(packed, "LARGEST", 1 << 20)
    assert judged("books.csv.gz", raw, tmp_path).counts == {"compression-error": 1}
    monkeypatch.setattr(packed, "LARGEST", 1 << 40)
    monkeypatch.setattr(packed, "RATIO_FROM", 1 << 20)
    monkeypatch.setattr(packed, "RATIO", 100)
    assert judged("books.csv.gz", raw, tmp_path).counts == {"compression-error": 1}


def test_an_encrypted_archive_is_told(tmp_path: Path) -> None:
    raw = bytearray(zipped(**{"a.csv": BAD}))
    raw[6] |= 1  # the flags of the member, and again in the directory
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    [message] = said(judged("books.csv.zip", bytes(raw), tmp_path))
    assert "encrypted" in message


def test_an_unknown_compression_is_told(tmp_path: Path) -> None:
    assert judged("books.csv", BAD, tmp_path, compression="rar").counts == {"compression-error": 1}


def test_what_is_unpacked_goes_when_it_is_no_longer_needed(tmp_path: Path) -> None:
    (tmp_path / "books.csv.gz").write_bytes(gzip.compress(BAD))
    resource = Resource("books", "/resources/0", ("books.csv.gz",), format="csv", compression="gz")
    findings = Findings()
    with packed.Scratch() as scratch:
        path = packed.at_hand(tmp_path, resource, "books.csv.gz", scratch, findings)
        assert path is not None and path.read_bytes() == BAD
        assert packed.at_hand(tmp_path, resource, "books.csv.gz", scratch, findings) == path
        assert scratch.file("a.csv") != scratch.file("a.csv")
    assert not path.parent.exists()
    assert findings.errors == 0
