"""The house rules, as tests that read the tree."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "newspkg"
FILES = sorted(SRC.rglob("*.py"))

# Imports go downhill: a room may import the rooms before it in its wing, and the floor.
FLOOR = ["problems", "ids", "decode", "walk", "edtf", "schema"]
LEFT = [
    *FLOOR,
    "dateline",
    "walk",
    "decode",
    "source",
    "sentences",
    "lines",
    "body",
    "find",
    "link",
    "tables",
    "package",
    "evaluate",
    "engines",
    "build",
    "hydrate",
]
RIGHT = [*FLOOR, "tables", "package", "evaluate", "report", "validate", "load", "diff"]
STAIRS = {
    "conformance": [*FLOOR],
    "derive": [*RIGHT, "conformance"],
    "contract": [*RIGHT],
    "schemas": [*FLOOR, "contract"],
    "describe": [*RIGHT],
    "export": [*RIGHT],
    "init": [*LEFT, *RIGHT, "conformance", "derive"],
    "cli": None,
}  # None: may import any room
PLAIN = {*LEFT[LEFT.index("dateline") : LEFT.index("tables")]}  # plain objects: no frames

OWNERS = {
    "pandera": {"contract"},
    "frictionless": {"package", "validate"},
    "trafilatura": {"source"},
    "pyarrow": {"source", "validate", "export"},
    "duckdb": {"load", "export"},
    "pandas": {"load"},
    "xlsxwriter": {"export"},
    "python_calamine": {"validate"},
    "elementpath": {"schema"},
    "jsonschema": {"validate"},
    "py3langid": {"body"},
    "ahocorasick": {"find"},
    "rich": {"cli"},
    "typer": {"cli"},
    "click": {"cli"},
}
PRINTS = {"cli"}  # the only room that prints, exits, reads the environment


def room(path: Path) -> str:
    """The room a file belongs to: the first step of its path below the package."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every module a file imports at run time, wherever in the file, dotted."""
    names: set[str] = set()

    class Visitor(ast.NodeVisitor):
        def visit_If(self, node: ast.If) -> None:
            if "TYPE_CHECKING" not in ast.unparse(node.test):
                self.generic_visit(node)

        def visit_Import(self, node: ast.Import) -> None:
            names.update(alias.name for alias in node.names)

        def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)

    Visitor().visit(ast.parse(path.read_text(encoding="utf-8")))
    return names


def rooms_imported(path: Path) -> set[str]:
    return {
        n.split(".")[1] for n in imported(path) if n.startswith("newspkg.") and (SRC / n.split(".")[1]).exists()
    } | {
        n.split(".")[1] for n in imported(path) if n.startswith("newspkg.") and (SRC / f"{n.split('.')[1]}.py").exists()
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_go_downhill(path: Path) -> None:
    own = room(path)
    if own in ("__init__", "cli", "knowledge"):
        return
    allowed: set[str] = {own}
    for wing in (LEFT, RIGHT):
        if own in wing:
            allowed |= set(wing[: wing.index(own)])
    allowed |= set(STAIRS.get(own) or ())
    if own in RIGHT and own not in LEFT:
        allowed -= {"source", "body", "find", "link"}
    assert rooms_imported(path) <= allowed, f"{own} reaches up: {sorted(rooms_imported(path) - allowed)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_each_library_has_its_owner(path: Path) -> None:
    tops = {name.split(".")[0] for name in imported(path)}
    for library, owners in OWNERS.items():
        assert library not in tops or room(path) in owners, f"{library} belongs to {sorted(owners)}"
    if room(path) in PLAIN:
        assert "polars" not in tops, "the left wing has no frames"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_a_file_past_800_lines_is_two_files(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 800


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_only_the_porch_prints_exits_or_looks_at_the_world(path: Path) -> None:
    """No print, exit, environment, clock or chance outside cli."""
    if room(path) in PRINTS:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "exit", "quit", "sys.exit", "os._exit"), called
            assert not re.fullmatch(r"(datetime\.)?(datetime|date)\.(now|today|utcnow)|time\.time", called), called
            assert called != "hash", "salted: differs from process to process"
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in ("os.environ", "sys.argv"), ast.unparse(node)
    assert not {"random", "secrets", "uuid"} & imported(path)


def test_what_a_module_exports_is_there_once() -> None:
    for path in FILES:
        if path.name == "__init__.py" and room(path) == "knowledge":
            continue
        name = "newspkg." + ".".join(path.relative_to(SRC).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        exported = getattr(module, "__all__", None)
        if exported is None:
            continue
        assert len(set(exported)) == len(exported), name  # ruff keeps them sorted
        assert [x for x in exported if not hasattr(module, x)] == [], name


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys, io, contextlib\n"
        "from newspkg.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    try: main([sys.argv[1]])\n"
        "    except SystemExit as done: assert done.code == 0, done.code\n"
        "print(' '.join(sorted(sys.modules)))\n"
    )
    for option in ("--help", "--version"):
        done = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)
        loaded = set(done.stdout.split())
        assert not loaded & {"polars", "pandera", "numpy", "frictionless", "pyarrow", "trafilatura", "rich"}, option


def tracked() -> list[Path]:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_machine_path_and_no_package_index_in_the_repository() -> None:
    bad = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/\w+)/|index-ur[l]|https?://[^\s\"']*/simpl[e](?:/|\b)")
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" in raw or path == Path(__file__):
            continue
        found = bad.search(raw.decode("utf-8", "replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_every_constraint_is_an_exact_pin() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+|#.*|", line), line
