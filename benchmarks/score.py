"""How much of what was planted a validator found, and how much of what it found was planted.

    python -m benchmarks.score TRUTH FINDINGS

TRUTH is truth.csv. FINDINGS is what a rival printed (a JSON line a finding, or a count of findings), or the JSON
report of `pkg validate`. Prints one JSON object. Findings are compared as multisets of (table, row, field, type): two
constraints that one cell breaks are two errors. Where a tool gives counts, rows are left out of the comparison.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

Finding = tuple[str, int | None, str, str]  # table, row, field, type

OF_THE_ROW = {"primary-key", "extra-cell", "blank-row"}  # no field of a schema is to blame for these


def truth(path: Path) -> Counter[Finding]:
    """The errors that were planted."""
    with path.open(encoding="utf-8", newline="") as file:
        return Counter((row["table"], int(row["row"]), row["field"], row["type"]) for row in csv.DictReader(file))


def ours(problems: list[dict[str, Any]]) -> Counter[Finding]:
    """The problems of our report."""
    return Counter(
        (p["resource"], p["row"], "" if p["code"] in OF_THE_ROW else p["field"] or "", p["code"]) for p in problems
    )


def findings(path: Path) -> tuple[Counter[Finding], bool]:
    """What a tool found, and whether it gives rows."""
    with path.open(encoding="utf-8") as file:
        if file.readline().strip() == "{":
            file.seek(0)
            return ours(json.load(file)["problems"]), True
        file.seek(0)
        found: Counter[Finding] = Counter()
        rows = True
        for line in file:
            one = json.loads(line)
            rows = rows and "row" in one
            found[one["table"], one.get("row"), one["field"], one["type"]] += one.get("count", 1)
    return found, rows


def score(planted: Counter[Finding], found: Counter[Finding], rows: bool) -> dict[str, Any]:
    """Recall and precision, and by type what was missed and what was not there."""
    if not rows:
        planted = Counter(_without_rows(planted))
    hit = (planted & found).total()
    return {
        "rows": rows,
        "planted": planted.total(),
        "found": found.total(),
        "hit": hit,
        "recall": hit / planted.total() if planted else 1.0,
        "precision": hit / found.total() if found else 1.0,
        "missed": _by_type(planted - found),
        "false": _by_type(found - planted),
    }


def _without_rows(planted: Counter[Finding]) -> Counter[Finding]:
    counts: Counter[Finding] = Counter()
    for (table, _, field, kind), n in planted.items():
        counts[table, None, field, kind] += n
    return counts


def _by_type(some: Counter[Finding]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for (_, _, _, kind), n in some.items():
        counts[kind] += n
    return dict(sorted(counts.items()))


if __name__ == "__main__":
    planted_here = truth(Path(sys.argv[1]))
    print(json.dumps(score(planted_here, *findings(Path(sys.argv[2])))))
