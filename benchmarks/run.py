"""Measures the validator beside its floor and its rivals, and writes docs/performance.md.

    python -m benchmarks.run [--sizes 10,1k,100k,1m] [--rounds 5] [--only pkg,pandera] [--no-page]

A round runs every job once, in turn, so that what disturbs the machine disturbs all of them alike; the figures are
medians over the rounds, and a ratio is to the floor of the same round. What was measured before is kept, so that a
large size can be added alone. Packages are generated where they are not there yet.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.jobs import FLOORS, ONCE, ROOT, SIZES, Job, Tools, jobs, judged, modules, package, sizes
from benchmarks.measure import Cost, FailedError, measure
from benchmarks.page import page, summary

PAGE = ROOT / "docs" / "performance.md"
BUILD = ROOT / "build" / "bench"
Results = dict[str, Any]


# --- packages --------------------------------------------------------------------------------------------------------


def prepare(tools: Tools, size: str, kinds: set[str]) -> None:
    """Generates the packages of a size that are not there, or that another generator has made; reads them once."""
    sources = b"".join((ROOT / "benchmarks" / f"{name}.py").read_bytes() for name in ("tables", "spoil", "generate"))
    mark = hashlib.sha256(sources).hexdigest()
    for kind in sorted(kinds, key=lambda kind: kind == "parquet"):  # it is made of the clean one
        folder = package(tools.data, size, kind)
        made = folder / ".made"
        if not made.is_file() or made.read_text() != mark:
            _note(f"generating {size} {kind}")
            home = package(tools.data, size, "clean") if kind == "parquet" else folder
            how = {"dirty": ["--dirty"], "bad": ["--every-row-bad"], "parquet": ["--parquet", str(folder)]}
            command: list[str | Path] = [
                tools.ours,
                "-m",
                "benchmarks.generate",
                home,
                "--rows",
                str(SIZES[size]),
                *how.get(kind, []),
            ]
            measure(command, cwd=ROOT)
            made.write_text(mark)
        for file in folder.iterdir():  # from the disk into memory: what is measured is the work
            with file.open("rb") as opened:
                while opened.read(1 << 24):
                    pass


# --- rounds ----------------------------------------------------------------------------------------------------------


def unjudged(size: str, job: Job) -> str:
    """What `pkg` leaves unchecked in a package, or nothing: the time of work that is not done is not worth telling."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        command = [*job.argv, "--format", "json", "--limit", "1"]
        try:
            measure(command, job.exit_code, report)
        except FailedError as failed:
            printed = report.read_text(encoding="utf-8")
            return f"it finds {json.loads(printed)['counts'] or 'nothing'}" if printed else str(failed)
        told = json.loads(report.read_text(encoding="utf-8"))
    if told["unchecked"]:
        first = told["unchecked"][0]
        return f"{first['what']} of {first['resource']} is left unchecked: {first['reason']}"
    wanted, rows = sum(sizes(SIZES[size]).values()), told["stats"]["rows"]
    return f"{rows:,} rows were read of {wanted:,}" if rows < wanted else ""


def rounds(size: str, todo: list[Job], count: int) -> dict[str, list[dict[str, float]]]:
    """The costs of each job in each round, with those of the floor and of `pkg` in the same round."""
    found: dict[str, list[dict[str, float]]] = {job.name: [] for job in todo}
    for turn in range(count):
        costs: dict[str, Cost] = {}
        for job in todo:
            if turn and (size, job.name) in ONCE:
                continue
            costs[job.name] = cost = measure(job.argv, job.exit_code)
            _note(f"{size:>4} round {turn + 1}: {job.name:<14} {cost.cpu:8.2f} CPU s {cost.mib:7.0f} MiB")
        for job in todo:
            if job.name in costs:
                cost, floor, pkg = costs[job.name], costs.get(job.floor), costs.get("pkg")
                run = {"cpu": cost.cpu, "wall": cost.wall, "mib": cost.mib}
                if floor:
                    run |= {"x": cost.cpu / floor.cpu, "wall_x": cost.wall / floor.wall}
                if pkg:
                    run["pkg_x"] = cost.cpu / pkg.cpu
                found[job.name].append(run)
    return found


def scores(size: str, todo: list[Job], tools: Tools) -> dict[str, dict[str, Any]]:
    """What each tool found of what was planted."""
    found = {}
    for job in todo:
        with tempfile.TemporaryDirectory() as folder:
            findings, answer = Path(folder, "findings"), Path(folder, "score")
            _note(f"{size:>4} judging {job.name}")
            measure(job.argv, job.exit_code, findings)
            planted = package(tools.data, size, job.package or "dirty") / "truth.csv"
            measure([tools.ours, "-m", "benchmarks.score", planted, findings], out=answer, cwd=ROOT)
            found[job.name] = json.loads(answer.read_text())
    return found


def loaded(tools: Tools) -> dict[str, Any]:
    """How many modules each call of `pkg` loads, and which heavy ones."""
    found = {}
    for name, command in modules(tools).items():
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder, "modules")
            measure(command, out=answer)
            found[name] = json.loads(answer.read_text().splitlines()[-1])
    return found


# --- the machine -----------------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """The machine, as far as it tells something about the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"cores": os.cpu_count(), "memory": round(memory), "system": platform.system(), "kind": platform.machine()}


def versions(tools: Tools) -> dict[str, str]:
    """The versions of all that is measured, by name."""
    found = {"python": platform.python_version()}
    code = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    theirs = ["pandera", "frictionless", "duckdb", "dataframely", "patito", "pointblank"]
    for python, names in ((tools.ours, ["newspkg", "polars"]), (tools.theirs, theirs)):
        if python.exists():
            with tempfile.TemporaryDirectory() as folder:
                answer = Path(folder, "versions")
                measure([python, "-c", code, *names], out=answer)
                found |= json.loads(answer.read_text())
    return found


# --- the command -----------------------------------------------------------------------------------------------------


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sizes", default="10,1k,100k,1m", help=f"of {', '.join(SIZES)}; default: all but 10m")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="names of jobs, with commas between; the floor always runs")
    parser.add_argument("--no-scores", action="store_true", help="do not compare findings with what was planted")
    parser.add_argument("--data", type=Path, default=BUILD / "data", help="folder of the packages")
    parser.add_argument("--rivals", type=Path, default=ROOT / "build" / "bench-venv" / "bin" / "python")
    parser.add_argument("--no-page", action="store_true", help="print the figures; write and keep nothing")
    found = parser.parse_args(given)
    found.sizes = found.sizes.split(",")
    unknown = [size for size in found.sizes if size not in SIZES]
    if unknown:
        parser.error(f"there is no size {unknown[0]!r}; there are {', '.join(SIZES)}")
    if found.rounds < 1:
        parser.error("--rounds must be 1 or more")
    if found.only:
        known = {job.name for size in SIZES for job in jobs(size, Tools(Path(), Path(), Path()))}
        found.only = set(found.only.split(","))
        if found.only - known:
            parser.error(f"there is no job {min(found.only - known)!r}; there are {', '.join(sorted(known))}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command line of this file; its exit code."""
    given = _arguments(arguments)
    tools = Tools(Path(sys.executable), given.rivals.absolute(), given.data.absolute())
    kept = BUILD / "results.json"
    results: Results = json.loads(kept.read_text()) if kept.exists() and not given.no_page else {}
    results |= {"machine": machine(), "versions": versions(tools)}
    # An installed package is compiled, as all the others are; this one may run from its sources.
    compileall.compile_dir(ROOT / "src", quiet=1)
    try:
        for size in given.sizes:
            _size(results, size, given, tools)
            if not given.no_page:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(results, indent=1))
    except FailedError as failed:
        _note(f"benchmarks: {failed}")
        return 1
    print(summary(results))
    if not given.no_page:
        PAGE.write_text(page(results), encoding="utf-8")
        _note(f"{PAGE.relative_to(ROOT)} written")
    return 0


def _size(results: Results, size: str, given: argparse.Namespace, tools: Tools) -> None:
    """Measures one size, and puts what it found among the results."""

    def wanted(job: Job) -> bool:
        if job.argv[0] == tools.theirs and not tools.theirs.exists():
            raise FailedError(f"{job.name} needs an environment that is not there; make bench sets it up")
        return True

    chosen = [job for job in jobs(size, tools) if not given.only or job.name in given.only or job.name in FLOORS]
    chosen = [job for job in chosen if wanted(job)]
    compared = [] if given.no_scores else [j for j in judged(size, tools) if not given.only or j.name in given.only]
    prepare(tools, size, {job.package for job in [*chosen, *compared] if job.package})
    own = results.setdefault("sizes", {}).setdefault(size, {"jobs": {}, "scores": {}})
    load = os.getloadavg()[0]
    reasons = {job.name: unjudged(size, job) for job in chosen if job.package and job.argv[0] == tools.pkg}
    able = [job for job in chosen if not reasons.get(job.name)]
    for name, runs in rounds(size, able, given.rounds).items():
        own["jobs"][name] = {"date": time.strftime("%Y-%m-%d"), "load": round(load, 1), "runs": runs}
    for name, reason in reasons.items():
        if reason:
            _note(f"{size:>4} not measured: {name}: {reason}")
            own["jobs"].pop(name, None)
    own["scores"] |= scores(size, [job for job in compared if wanted(job)], tools)
    if size == "10":
        own["modules"] = loaded(tools)


if __name__ == "__main__":
    raise SystemExit(main())
