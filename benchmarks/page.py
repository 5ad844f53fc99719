"""The figures as a table for the terminal and as docs/performance.md, and the targets they are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.jobs import SIZES

Results = dict[str, Any]
Value = Callable[[Results], float | None]

SHOWN = {"10": "10 rows", "1k": "1,000 rows", "100k": "100,000 rows", "1m": "1 million rows", "10m": "10 million rows"}
LABELS = {
    "stream": "**floor**: polars reads all cells as text, streamed, and counts them",
    "scan": "**floor**: polars reads the Parquet files",
    "pkg": "**pkg validate**",
    "pkg dirty": "pkg validate, 0.1 % of the cells bad",
    "pkg bad": "pkg validate, each row bad",
    "pkg parquet": "pkg validate, Parquet",
    "frictionless": "frictionless validate",
    "pandera": "pandera, by hand",
    "dataframely": "dataframely, by hand (counts)",
    "patito": "patito, by hand (counts; no foreign keys, no keys of two columns)",
    "pointblank": "pointblank, by hand (counts)",
    "duckdb": "duckdb, by hand in SQL (rows it rejects shift the numbers of the others)",
    "python": "`python -c pass`",
    "import polars": "`import polars`",
    "pkg --version": "`pkg --version`",
    "pkg --help": "`pkg --help`",
}


# --- figures ---------------------------------------------------------------------------------------------------------


def figure(size: str, job: str, key: str) -> Value:
    """The median of a cost of a job: cpu, wall (seconds), mib, x (CPU to the floor), wall_x, pkg_x (CPU to `pkg`)."""

    def value(results: Results) -> float | None:
        runs = results.get("sizes", {}).get(size, {}).get("jobs", {}).get(job, {}).get("runs", [])
        found = [run[key] for run in runs if key in run]
        return median(found) if found else None

    return value


def scored(size: str, job: str, key: str) -> Value:
    """Recall or precision of a job."""

    def value(results: Results) -> float | None:
        found: float | None = results.get("sizes", {}).get(size, {}).get("scores", {}).get(job, {}).get(key)
        return found

    return value


@dataclass(frozen=True)
class Target:
    """Something to reach: a figure and its limit, which it may not exceed, or must reach where `least` is true."""

    what: str
    value: Value
    limit: float
    least: bool = False
    unit: str = ""

    def met(self, results: Results) -> bool | None:
        """Whether it is reached; None where it was not measured."""
        value = self.value(results)
        return None if value is None else value >= self.limit if self.least else value <= self.limit


TARGETS = [
    Target("clean, 1 million rows: CPU to the floor's", figure("1m", "pkg", "x"), 2.0),
    Target("clean, 1 million rows: wall time to the floor's", figure("1m", "pkg", "wall_x"), 2.0),
    Target("clean, 1 million rows: peak memory", figure("1m", "pkg", "mib"), 500, unit="MiB"),
    Target("clean, 10 million rows: CPU to the floor's", figure("10m", "pkg", "x"), 2.4),
    Target("clean, 10 million rows: peak memory", figure("10m", "pkg", "mib"), 1024, unit="MiB"),
    Target("dirty, 1 million rows: CPU to the clean package's", figure("1m", "pkg dirty", "pkg_x"), 1.25),
    Target("each row bad, 1 million rows: CPU to the clean package's", figure("1m", "pkg bad", "pkg_x"), 3.0),
    Target("Parquet, 1 million rows: CPU to its floor's", figure("1m", "pkg parquet", "x"), 2.0),
    Target("frictionless's CPU to ours, 1 million rows", figure("1m", "frictionless", "pkg_x"), 50, least=True),
    Target("frictionless's CPU to ours, 100,000 rows", figure("100k", "frictionless", "pkg_x"), 18, least=True),
    Target("frictionless's CPU to ours, 1,000 rows", figure("1k", "frictionless", "pkg_x"), 3, least=True),
    Target("pandera's CPU to ours, 1 million rows", figure("1m", "pandera", "pkg_x"), 1.3, least=True),
    Target("ten rows: CPU", figure("10", "pkg", "cpu"), 0.45, unit="s"),
    Target("pkg --version: CPU", figure("10", "pkg --version", "cpu"), 0.12, unit="s"),
    Target("pkg --help: CPU", figure("10", "pkg --help", "cpu"), 0.12, unit="s"),
    Target("recall, 100,000 rows", scored("100k", "pkg", "recall"), 1.0, least=True),
    Target("precision, 100,000 rows", scored("100k", "pkg", "precision"), 1.0, least=True),
    Target("recall, 1 million rows", scored("1m", "pkg", "recall"), 1.0, least=True),
    Target("precision, 1 million rows", scored("1m", "pkg", "precision"), 1.0, least=True),
]


def _number(value: float | None, digits: int = 2) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.{digits}f}"


def _target(target: Target, results: Results) -> list[str]:
    value, met = target.value(results), target.met(results)
    unit = f" {target.unit}" if target.unit else ""
    said = {None: "not measured", True: "yes", False: "**no**"}[met]
    digits = 3 if "recall" in target.what or "precision" in target.what else 2
    shown = _number(value, digits) + unit if value is not None else ""
    return [target.what, f"{'≥' if target.least else '≤'} {target.limit:,g}{unit}", shown, said]


# --- tables ----------------------------------------------------------------------------------------------------------


def _costs(results: Results, size: str) -> list[list[str]]:
    """A row a job: name, CPU, CPU to the floor, wall, MiB, CPU to ours, rounds."""
    found = []
    for job, about in results["sizes"][size]["jobs"].items():
        values = [figure(size, job, key)(results) for key in ("cpu", "x", "wall", "mib", "pkg_x")]
        cpu, x, wall, mib, pkg_x = values
        cells = [_number(cpu), _number(x), _number(wall), _number(mib, 0), _number(pkg_x)]
        found.append([job, *cells, str(len(about["runs"]))])
    return found


_HEAD = ["", "CPU s", "x floor", "wall s", "peak MiB", "x pkg", "rounds"]


def summary(results: Results) -> str:
    """The figures for a terminal."""
    parts = []
    for size in (size for size in SIZES if size in results.get("sizes", {})):
        rows = [[SHOWN[size], *_HEAD[1:]], *_costs(results, size)]
        parts.append(_plain(rows))
        scores = results["sizes"][size]["scores"]
        if scores:
            rows = [["found of what was planted", "recall", "precision", ""]]
            rows += [[job, f"{s['recall']:.3f}", f"{s['precision']:.3f}", _basis(s)] for job, s in scores.items()]
            parts.append(_plain(rows))
        for job, (count, heavy) in results["sizes"][size].get("modules", {}).items():
            parts.append(f"{job}: {count} modules, {', '.join(heavy) or 'none heavy'}")
    rows = [_target(target, results) for target in TARGETS if target.value(results) is not None]
    parts.append(_plain([["target", "limit", "measured", "met"], *rows]).replace("*", ""))
    return "\n\n".join(parts)


def _basis(score: dict[str, Any]) -> str:
    return "" if score["rows"] else "by counts: no rows told"


def _plain(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    first, *rest = widths
    return "\n".join(
        row[0].ljust(first) + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], rest, strict=True))
        for row in rows
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


# --- the page --------------------------------------------------------------------------------------------------------

_INTRO = """\
# Performance

What validating a package costs, beside the least that reading it costs, and beside other validators. `make bench`
measures anew and writes this page; `make bench-quick` takes a minute and writes nothing.

**The package** is generated: documents, actors, events, quotes and event_actors, of which quotes is the largest (15
columns, about 280 bytes a row); five primary keys, six foreign keys, three more unique columns, patterns, enumerations,
ranges and lengths, two texts that stand for a missing cell; commas, quotation marks, line breaks and many alphabets in
the text. The dirty one has 0.1 % of its cells spoilt in every way that Table Schema knows, rows with cells too many or
too few, and blank lines, and a list of what was planted. All words are invented.

**The figures** are of whole processes, from start to end: CPU seconds (user and system, all threads and children), wall
seconds, and peak memory. They are medians over rounds in which all commands run in turn. *x floor* is the CPU to that
of the floor, in the same round: the floor parses the same files and checks nothing, so that 1.0 cannot be reached. It
is the ratio that carries over to another machine; seconds do not."""

_SCORES = """\
An error counts as found where table, row, field and type are as planted; the row counts records and the header is the
first. Recall is the share of what was planted that was found, precision the share of what was found that was planted.
Tools that tell no rows are compared by counts of table, field and type, which is easier."""


def page(results: Results) -> str:
    """docs/performance.md."""
    machine, versions = results["machine"], results["versions"]
    sizes = [size for size in SIZES if size in results["sizes"]]
    dates = sorted({job["date"] for size in sizes for job in results["sizes"][size]["jobs"].values()})
    span = " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else ""
    others = ", ".join(f"{name} {version}" for name, version in versions.items() if name != "python")
    where = (
        f"Measured {span} on {machine['cores']} cores ({machine['kind']}, {machine['system']}) with "
        f"{machine['memory']} GiB of memory; Python {versions['python']}, {others}. "
        "Other work was running on the machine: its load stands at each table."
    )
    parts = ["<!-- written by `make bench`; edit benchmarks/page.py -->", _INTRO, where, "## Targets"]
    parts.append(_table(["target", "limit", "measured", "met"], [_target(target, results) for target in TARGETS]))
    for size in sizes:
        jobs = results["sizes"][size]["jobs"]
        load = max((job["load"] for job in jobs.values()), default=0)
        parts.append(f"## {SHOWN[size]}")
        rows = [[LABELS.get(job, job), *rest] for job, *rest in _costs(results, size)]
        parts.append(_table(_HEAD, rows) + f"\n\nLoad at the start: {load}.")
        loaded = results["sizes"][size].get("modules")
        if loaded:
            rows = [[LABELS.get(job, job), str(n), ", ".join(heavy)] for job, (n, heavy) in loaded.items()]
            parts.append(_table(["", "modules loaded", "heavy ones among them"], rows))
    scored_sizes = [size for size in sizes if results["sizes"][size]["scores"]]
    if scored_sizes:
        parts += ["## Found of what was planted", _SCORES]
    for size in scored_sizes:
        parts.append(f"### {SHOWN[size]}\n\n{_scores(results['sizes'][size]['scores'])}")
    return "\n\n".join(parts) + "\n"


def _scores(scores: dict[str, dict[str, Any]]) -> str:
    rows = []
    for job, score in scores.items():
        missed, false = (", ".join(f"{n:,} {kind}" for kind, n in score[key].items()) for key in ("missed", "false"))
        name = LABELS.get(job, job)
        shares = [f"{score['recall']:.3f}", f"{score['precision']:.3f}"]
        rows.append([name, f"{score['planted']:,}", f"{score['found']:,}", *shares, missed, false])
    return _table(["", "planted", "reported", "recall", "precision", "missed", "not there"], rows)
