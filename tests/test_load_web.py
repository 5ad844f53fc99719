"""Loading from an address, of a server on this machine: what is fetched, when, and what is refused."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import newspkg
from loading import plain_frame
from newspkg.problems import CannotRun, UsageError
from packages import make

ALL = Path(__file__).resolve().parent / "packages" / "alltypes"
GOLDEN = json.loads((ALL / "golden.json").read_text(encoding="utf-8"))


class Site:
    """A server: `files` by path, `asked` for in this order. A file may be (status, headers, body)."""

    def __init__(self, files: dict[str, Any]) -> None:
        self.files, self.asked = files, list[str]()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                found = site.files.get(self.path, (404, {}, b"not here"))
                status, headers, body = found if isinstance(found, tuple) else (200, {}, found)
                self.send_response(status)
                for key, value in {"Content-Length": str(len(body)), **headers}.items():
                    if value:
                        self.send_header(key, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Site({f"/p/{one.relative_to(ALL)}": one.read_bytes() for one in ALL.rglob("*") if one.is_file()})
    yield made
    made.close()


def packed() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for one in ALL.rglob("*"):
            archive.write(one, f"alltypes/{one.relative_to(ALL)}")
    return made.getvalue()


def test_a_table_is_fetched_when_it_is_read_and_once(site: Site) -> None:
    with newspkg.load(f"{site.at}/p/datapackage.json") as package:
        assert sorted(site.asked) == ["/p/datapackage.json", *(f"/p/schemas/{name}.json" for name in GOLDEN)]
        site.asked.clear()
        assert package.every.collect_schema().names()[0] == "id"
        assert site.asked == []
        assert plain_frame(package.every.collect()) == GOLDEN["every"]["values"]
        assert package.every.select("id").collect().height == 6
        assert site.asked == ["/p/data/every.csv"]
        root = package.root
        assert site.asked[1:] == ["/p/data/formats.csv", "/p/data/notes.csv"]
        assert (root / "data" / "notes.csv").read_bytes() == (ALL / "data" / "notes.csv").read_bytes()
    assert not root.exists()


def test_of_some_resources_nothing_else_is_fetched(site: Site) -> None:
    package = newspkg.load(f"{site.at}/p/", resources=["notes"])
    assert list(package) == ["notes"]
    assert package.notes.collect().height == 3
    assert site.asked == ["/p/datapackage.json", "/p/schemas/notes.json", "/p/data/notes.csv"]


@pytest.mark.parametrize("path", ["/dl/all.zip", "/dl/3?download=1"])
def test_an_archive_is_known_by_its_bytes(site: Site, path: str) -> None:
    site.files[path] = packed()
    with newspkg.load(site.at + path) as package:
        assert plain_frame(package.formats.collect()) == GOLDEN["formats"]["values"]
    assert site.asked == [path]


def test_redirects_are_followed_and_paths_are_beside_where_they_lead(site: Site) -> None:
    site.files["/doi/7"] = (302, {"Location": "/p/datapackage.json"}, b"")
    assert newspkg.load(f"{site.at}/doi/7").notes.collect().height == 3
    site.files["/away"] = (302, {"Location": "ftp://example.org/datapackage.json"}, b"")
    with pytest.raises(CannotRun, match=r"redirects to ftp://example.org/datapackage.json, which is not followed"):
        newspkg.load(f"{site.at}/away")
    site.files["/round"] = (302, {"Location": "/round"}, b"")
    with pytest.raises(CannotRun, match="/round"):
        newspkg.load(f"{site.at}/round")


def test_the_key_in_an_address_goes_with_the_files_beside_it(site: Site) -> None:
    for name in ("datapackage.json", "schemas/notes.json", "data/notes.csv"):
        site.files[f"/p/{name}?key=7"] = site.files.pop(f"/p/{name}")
    assert newspkg.load(f"{site.at}/p/datapackage.json?key=7", resources="notes").notes.collect().height == 3


def descriptor(site: Site, **changes: Any) -> dict[str, Any]:
    """The descriptor on the site, with changes of its resource `notes`."""
    given: dict[str, Any] = json.loads(site.files["/p/datapackage.json"])
    given["resources"][2] |= changes
    site.files["/p/datapackage.json"] = json.dumps(given).encode()
    return given


def test_addresses_on_the_same_host_are_fetched_and_others_are_not(site: Site) -> None:
    site.files["/elsewhere/notes.csv"] = site.files.pop("/p/data/notes.csv")
    descriptor(site, path=f"{site.at}/elsewhere/notes.csv")
    assert newspkg.load(f"{site.at}/p/datapackage.json").notes.collect().height == 3
    descriptor(site, path="http://127.0.0.2:9/notes.csv")
    with pytest.raises(
        CannotRun, match=r"notes: cannot be read as a table: http://127.0.0.2:9/notes.csv is not fetched"
    ):
        newspkg.load(f"{site.at}/p/datapackage.json").notes.collect()


def test_a_package_on_disk_fetches_nothing(site: Site, tmp_path: Path) -> None:
    files = make.one_table(path=f"{site.at}/p/data/notes.csv")
    package = newspkg.load(make.write(files, tmp_path))
    with pytest.raises(CannotRun, match=r"notes.csv is not fetched; download it and name the file"):
        package.books.collect()
    assert site.asked == []


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/hosts", ".git/config"])
def test_a_path_out_of_the_package_is_not_fetched(site: Site, path: str) -> None:
    descriptor(site, path=path)
    with pytest.raises(CannotRun, match="notes: cannot be read as a table: "):
        newspkg.load(f"{site.at}/p/datapackage.json").notes.collect()
    assert not [one for one in site.asked if "secret" in one or "hosts" in one or ".git" in one]


def test_what_arrives_must_be_what_the_descriptor_states(site: Site) -> None:
    raw = site.files["/p/data/notes.csv"]
    site.files["/p/data/notes.csv"] = raw.replace(b"first", b"fiend")
    with pytest.raises(CannotRun, match=r"notes: what was fetched is not what the descriptor states: .*sha256"):
        newspkg.load(f"{site.at}/p/datapackage.json").notes.collect()
    descriptor(site, hash=f"sha256:{hashlib.sha256(site.files['/p/data/notes.csv']).hexdigest()}")
    assert newspkg.load(f"{site.at}/p/datapackage.json").notes.collect().height == 3


def test_a_file_may_be_no_larger_than_is_allowed(site: Site) -> None:
    package = newspkg.load(f"{site.at}/p/datapackage.json", largest=3000)
    assert package.notes.collect().height == 3
    site.files["/p/data/notes.csv"] += b"\n" * 3000
    with pytest.raises(CannotRun, match=r"notes.csv: has more than 3,000 bytes. Allow for more with"):
        newspkg.load(f"{site.at}/p/datapackage.json", largest=3000).notes.collect()
    site.files["/p/data/notes.csv"] = (200, {"Content-Length": "", "Connection": "close"}, b"x" * 3001)
    with pytest.raises(CannotRun, match="has more than 3,000 bytes"):
        newspkg.load(f"{site.at}/p/datapackage.json", largest=3000).notes.collect()


def test_what_cannot_be_had_is_told(site: Site) -> None:
    with pytest.raises(CannotRun, match="the server answers 404"):
        newspkg.load(f"{site.at}/nowhere/datapackage.json")
    site.files["/html"] = b"<!doctype html><p>no"
    with pytest.raises(UsageError, match="/html: is no descriptor of a package: is no JSON"):
        newspkg.load(f"{site.at}/html")
    site.files["/list"] = b"[1]"
    with pytest.raises(UsageError, match="must hold one JSON object"):
        newspkg.load(f"{site.at}/list")
    del site.files["/p/data/every.csv"]
    with pytest.raises(CannotRun, match=r"every.csv: the server answers 404"):
        newspkg.load(f"{site.at}/p/datapackage.json").every.collect()
    site.files["/p/data/every.csv"] = (200, {"Content-Length": "9999"}, b"id")
    with pytest.raises(CannotRun, match=r"broke off|cannot be fetched"):
        newspkg.load(f"{site.at}/p/datapackage.json").every.collect()
    at = site.at
    site.close()
    with pytest.raises(CannotRun, match="cannot be fetched"):
        newspkg.load(f"{at}/p/datapackage.json")
    site.server.server_close()


def test_an_archive_with_a_trap_in_it_is_refused_here_too(site: Site) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("../out.csv", "x")
    site.files["/trap.zip"] = made.getvalue()
    with pytest.raises(CannotRun, match="leads out of the archive"):
        newspkg.load(f"{site.at}/trap.zip")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.org/datapackage.json", "must begin with http:// or https://"),
        ("https://", "names no server"),
        ("http://[::1", "names no server"),
        ("https://me:secret@example.org/", "an address of example.org with a name or password"),
    ],
)
def test_what_is_no_address_is_told_before_anything_is_fetched(address: str, said: str) -> None:
    with pytest.raises(UsageError) as told:
        newspkg.load(address)
    assert said in str(told.value)
    assert "secret" not in str(told.value)
