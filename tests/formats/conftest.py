"""Packages, what `pkg export` makes of them, and a network that is not there."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"

# What a careful publisher says of a package.
TOLD = {
    "id": "https://doi.org/10.5555/ships.2024",
    "title": "Ships & their „masts“",
    "description": "Ships of two harbours with their masts, rigs and crews, as they were counted on three days of 2024.",
    "version": "1.2.0",
    "created": "2024-03-01T12:00:00Z",
    "homepage": "https://example.org/ships",
    "keywords": ["ships", "harbours", "Größe"],
    "contributors": [
        {
            "title": "Ilse Maro",
            "givenName": "Ilse",
            "familyName": "Maro",
            "path": "https://orcid.org/0000-0002-1825-0097",
            "email": "ilse@example.org",
            "organization": "Institute of Ships",
            "roles": ["creator", "dataCurator"],
        },
        {"title": "Harbour Office", "path": "https://ror.org/03yrm5c26", "roles": ["publisher"]},
        {"title": "Jon Brek", "givenName": "Jon", "familyName": "Brek", "roles": ["contributor", "stoker"]},
    ],
    "licenses": [{"name": "ODC-PDDL-1.0", "path": "https://opendatacommons.org/licenses/pddl/"}],
    "sources": [
        {"title": "The harbours' book", "path": "https://doi.org/10.5555/12345678", "version": "3"},
        {"title": "A log kept at sea", "keeper": "the mate"},
    ],
}


@dataclass(frozen=True)
class Package:
    """A package on disk."""

    root: Path

    @property
    def descriptor(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.root / "datapackage.json").read_text(encoding="utf-8"))
        return found

    @property
    def paths(self) -> dict[str, Path]:
        """The file of each resource."""
        return {one["name"]: self.root / one["path"] for one in self.descriptor["resources"]}


@dataclass(frozen=True)
class Export:
    """What `pkg export` wrote, and what it said."""

    path: Path
    notes: str


@pytest.fixture(autouse=True, scope="session")
def no_network() -> None:
    """No connection leaves this machine, even where the namespace could not be cut off. Caches start empty."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test asked for the network: {address!r}")
        return real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("caches")
    for name in ("HF_HOME", "CROISSANT_CACHE", "XDG_CACHE_HOME"):
        os.environ[name] = str(folder / name.lower())
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
    return folder


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The dataset of this repository."""
    root = tmp_path_factory.mktemp("shipped")
    shutil.copy(ROOT / "datapackage.json", root)
    for name in ("data", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    return Package(root)


@pytest.fixture(scope="session")
def alltypes(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package with every field type, many formats, and all that can be said of a package."""
    root = tmp_path_factory.mktemp("alltypes")
    source = ROOT / "tests" / "packages" / "alltypes"
    given = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
    for name in ("data", "schemas"):
        shutil.copytree(source / name, root / name)
    first = {**given["resources"][0], "title": "Every type", "description": "One field of each.",
             "licenses": [{"name": "CC0-1.0"}]}  # fmt: skip
    made = {**given, **TOLD, "resources": [first, *given["resources"][1:]]}
    (root / "datapackage.json").write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    return Package(root)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package that says nothing of itself."""
    root = tmp_path_factory.mktemp("bare")
    (root / "a.csv").write_text("id,text\n1,x\n", encoding="utf-8")
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "text", "type": "string"}]}
    resource = {"name": "a", "path": "a.csv", "schema": schema}
    (root / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    return Package(root)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`pkg` as a user calls it."""
    return subprocess.run(
        [PYTHON, "-m", "newspkg.cli", *map(str, arguments)], capture_output=True, text=True, check=False, cwd=ROOT
    )


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Export]:
    """Exports a package: beside its descriptor under a name, or into a folder of its own. Done twice, for the bytes
    must not change."""

    @cache
    def export(format: str, package: Package, name: str = "") -> Export:
        target = package.root / name if name else tmp_path_factory.mktemp(format) / "out"
        again = tmp_path_factory.mktemp("again") / (name or "out")
        done = run("export", format, "--package", package.root, "-o", target, "--force")
        assert done.returncode == 0, done.stderr
        assert run("export", format, "--package", package.root, "-o", again).returncode == 0
        assert _bytes(target) == _bytes(again), f"{format} is not the same twice"
        return Export(target, done.stderr)

    return export


def _bytes(path: Path) -> dict[str, bytes]:
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(one.relative_to(path)): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}


@pytest.fixture(scope="session")
def values() -> Callable[[Package | Path], dict[str, dict[str, list[Any]]]]:
    """What `newspkg.load` gives, in the plain form of values.py."""

    @cache
    def read(root: Path) -> dict[str, dict[str, list[Any]]]:
        done = subprocess.run([PYTHON, HERE / "values.py", root], capture_output=True, text=True, check=True, cwd=ROOT)
        found: dict[str, dict[str, list[Any]]] = json.loads(done.stdout)
        return found

    return lambda package: read(package.root if isinstance(package, Package) else package)


@pytest.fixture(scope="session")
def pkg() -> Callable[..., subprocess.CompletedProcess[str]]:
    return run
