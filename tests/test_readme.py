"""What the README shows is what there is."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_row_it_shows_is_a_row_of_the_data() -> None:
    shown = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in blocks("text")[0].splitlines())
    with (ROOT / "data" / "quotes.csv").open(encoding="utf-8", newline="") as file:
        row = next(r for r in csv.DictReader(file) if r["quote_id"] == shown["quote_id"])
    for name in ("text", "kind", "rule"):
        assert shown[name] == row[name]
    assert shown["start, end"] == f"{row['start']}, {row['end']}"
    for name in ("speaker_id", "cue"):
        value, places = re.split(r"\s{2,}", shown[name])
        prefix = name.removesuffix("_id")
        assert value == row[name]
        assert re.findall(r"\d+", places) == [row[f"{prefix}_start"], row[f"{prefix}_end"]]


def test_its_python_prints_what_it_shows() -> None:
    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == blocks("text")[1].strip()


def test_the_python_of_the_guide_to_validating_runs() -> None:
    guide = (ROOT / "docs" / "validating.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("True {}")


def test_its_commands_for_ci_do_what_they_say() -> None:
    (block,) = [one for one in blocks("sh") if "--baseline" in one]
    (ROOT / "build").mkdir(exist_ok=True)
    for line in block.splitlines():
        if "git:" in line and not (ROOT / ".git").exists():
            continue
        command = line.partition("#")[0].replace(".venv/bin/pkg", f"{sys.executable} -m newspkg.cli")
        done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    assert json.loads((ROOT / "build" / "report.sarif").read_text(encoding="utf-8"))["runs"][0]["results"] == []
    assert "valid" in (ROOT / "build" / "report.html").read_text(encoding="utf-8")
    assert (ROOT / "build" / "known.json").exists()


def test_every_file_it_names_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_make_target_it_names_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert named
    assert named <= targets


def test_ci_runs_what_it_names() -> None:
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for step in re.findall(r"`((?:make|pkg) [^`]+)`", README.split("`.ci/run` is what", 1)[1].split(".\n", 1)[0]):
        assert step in steps, step
