"""What is run: which tool, on which package, at which size. Standard library only, as `measure` is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"10": 10, "1k": 1_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
RIVALS = ("patito", "pandera", "dataframely", "duckdb", "pointblank", "frictionless")
START = "10"  # the size at which start-up is what is measured
HUGE = "10m"  # the size at which the others are not run: they want most of a machine's memory, or half an hour
ONCE = {("1m", "frictionless")}  # minutes each time, and far from anything it is compared with
FLOORS = ("stream", "scan")


def sizes(quotes: int) -> dict[str, int]:
    """How many rows each table has for so many quotes."""
    shares = {"documents": 50, "actors": 200, "events": 20, "quotes": 1, "event_actors": 10}
    return {table: quotes if table == "quotes" else max(4, quotes // share) for table, share in shares.items()}


@dataclass(frozen=True)
class Tools:
    """The interpreters: of this project, and of the others; and the folder of the packages."""

    ours: Path
    theirs: Path
    data: Path

    @property
    def pkg(self) -> Path:
        """The command that is measured."""
        return self.ours.parent / "pkg"


@dataclass(frozen=True)
class Job:
    """A command that is measured: its name, the kind of package it reads, and the exit code it has to have."""

    name: str
    argv: tuple[str | Path, ...]
    package: str | None = None
    exit_code: int = 0
    floor: str = "stream"


def package(data: Path, size: str, kind: str) -> Path:
    """Where a package lies: its size, and what is the matter with it."""
    return data / (size if kind == "clean" else f"{size}-{kind}")


def jobs(size: str, tools: Tools) -> list[Job]:
    """All jobs of a size, in the order in which each round runs them."""
    rivals = ROOT / "benchmarks" / "rivals"

    def at(kind: str) -> Path:
        return package(tools.data, size, kind)

    if size == START:
        return [
            Job("python", (tools.ours, "-c", "pass"), floor="python"),
            Job("import polars", (tools.ours, "-c", "import polars"), floor="python"),
            Job("pkg --version", (tools.pkg, "--version"), floor="python"),
            Job("pkg --help", (tools.pkg, "--help"), floor="python"),
            Job("pkg", (tools.pkg, "validate", at("clean")), "clean", floor="python"),
            Job("frictionless", (tools.theirs, rivals / "by_frictionless.py", at("clean")), "clean", floor="python"),
        ]
    found = [
        Job("stream", (tools.ours, rivals / "stream.py", at("clean")), "clean"),
        Job("pkg", (tools.pkg, "validate", at("clean")), "clean"),
        Job("pkg dirty", (tools.pkg, "validate", at("dirty")), "dirty", 1),
    ]
    if size == HUGE:
        return found
    found += [
        Job("pkg bad", (tools.pkg, "validate", at("bad")), "bad", 1),
        Job("scan", (tools.ours, rivals / "scan.py", at("parquet")), "parquet", floor="scan"),
        Job("pkg parquet", (tools.pkg, "validate", at("parquet")), "parquet", floor="scan"),
    ]
    return found + [Job(r, (tools.theirs, rivals / f"by_{r}.py", at("clean")), "clean") for r in RIVALS]


def judged(size: str, tools: Tools) -> list[Job]:
    """The jobs whose findings are compared with what was planted: each tool once on the dirty package, ours on the one
    in which every row is bad too."""
    if size in (START, HUGE):
        return []
    rivals = ROOT / "benchmarks" / "rivals"
    whole = ("--format", "json", "--limit", "0")
    dirty = package(tools.data, size, "dirty")
    found = [Job("pkg", (tools.pkg, "validate", dirty, *whole), "dirty", 1)]
    if size != "1m":  # a million problems as JSON are half a gigabyte
        found.append(Job("pkg bad", (tools.pkg, "validate", package(tools.data, size, "bad"), *whole), "bad", 1))
    return found + [
        Job(r, (tools.theirs, rivals / f"by_{r}.py", dirty), "dirty") for r in RIVALS if (size, r) not in ONCE
    ]


def modules(tools: Tools) -> dict[str, tuple[str | Path, ...]]:
    """Commands that run `pkg` in their own interpreter and then print how many modules it has loaded, and which of the
    heavy ones: numbers that do not depend on the machine's mood."""
    heavy = ["frictionless", "jsonschema", "numpy", "pandera", "polars", "pyarrow", "pydantic", "rich", "yaml"]
    code = (
        "import contextlib, io, json, sys\n"
        "from newspkg.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(sys.argv[1:])\n"
        f"print(json.dumps([len(sys.modules), [name for name in {heavy} if name in sys.modules]]))\n"
    )
    ten = package(tools.data, START, "clean")
    calls = {"pkg --version": ("--version",), "pkg --help": ("--help",), "pkg": ("validate", str(ten))}
    return {name: (tools.ours, "-c", code, *call) for name, call in calls.items()}
