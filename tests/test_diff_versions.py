"""Which version the changes ask for, and whether it was taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from comparing import ROWS, both, files
from newspkg.diff.rules import Step
from newspkg.diff.versions import judge_version

# old, new, the step that changes ask for -> what is asked of this version, the step taken, whether it is enough
CASES: list[tuple[object, object, Step, Step, Step | None, bool | None]] = [
    ("1.2.3", "2.0.0", "major", "major", "major", True),
    ("1.2.3", "1.3.0", "major", "major", "minor", False),
    ("1.2.3", "1.3.0", "minor", "minor", "minor", True),
    ("1.2.3", "1.2.4", "minor", "minor", "patch", False),
    ("1.2.3", "1.2.4", "patch", "patch", "patch", True),
    ("1.2.3", "2.0.0", "patch", "patch", "major", True),
    ("1.2.3", "1.2.3", "patch", "patch", "none", False),
    ("1.2.3", "1.2.3", "none", "none", "none", True),
    ("1.2.3", "1.2.4", "none", "none", "patch", True),
    ("1.2.3", "1.10.0", "minor", "minor", "minor", True),  # ten is more than two
    ("1.2.3", "1.2.2", "none", "none", None, False),  # lowered
    ("2.0.0", "1.9.9", "patch", "patch", None, False),
    ("0.1.0", "0.2.0", "major", "minor", "minor", True),  # below 1.0 the second number says what breaks
    ("0.1.0", "0.1.1", "major", "minor", "patch", False),
    ("0.1.0", "0.1.1", "minor", "patch", "patch", True),
    ("0.1.0", "0.1.0", "minor", "patch", "none", False),
    ("0.9.0", "1.0.0", "major", "minor", "major", True),
    ("1.0.0-rc.1", "1.0.0-rc.2", "major", "major", "none", True),  # a pre-release promises nothing
    ("1.0.0-rc.2", "1.0.0", "major", "major", "none", True),
    ("1.0.0-rc.10", "1.0.0-rc.9", "patch", "patch", None, False),
    ("1.0.0", "1.0.0-rc.1", "patch", "patch", None, False),
    ("1.0.0", "1.1.0-rc.1", "minor", "minor", "minor", True),
    ("1.0.0+a", "1.0.0+b", "patch", "patch", "none", False),  # what was built is no version
    ("v1.2", "v1.3", "minor", "minor", "minor", True),
    ("1", "2", "major", "major", "major", True),
    ("2024.1", "2024.2", "major", "major", None, True),  # later, and no more can be said
    ("2024-05-01", "2024-05-01.1", "patch", "patch", None, True),
    ("2024.10", "2024.9", "patch", "patch", None, False),
    ("20240501", "20240601", "minor", "minor", None, True),
    ("2024.1", "1.0.0", "minor", "minor", None, False),  # a year is a large number, so this is lower
    ("final", "final2", "patch", "patch", None, None),
    ("1.2.3.4", "1.2.3.5", "patch", "patch", None, None),
    (None, "1.0.0", "major", "major", None, True),
    ("1.0.0", None, "none", "none", None, False),
    (None, None, "none", "none", None, True),
    (None, None, "patch", "patch", None, False),
    (5, "1.0.0", "patch", "patch", None, True),  # a number is no version
]


@pytest.mark.parametrize(("old", "new", "step", "asked", "taken", "enough"), CASES)
def test_versions(old: object, new: object, step: Step, asked: Step, taken: Step | None, enough: bool | None) -> None:
    verdict = judge_version(old, new, step)
    assert (verdict.asked, verdict.taken, verdict.enough) == (asked, taken, enough), verdict.reason
    assert verdict.step == step


def test_a_calendar_says_that_it_says_no_more() -> None:
    assert "step cannot be judged" in judge_version("2024.1", "2024.2", "major").reason


def test_what_could_not_be_compared_leaves_it_open_unless_nothing_more_can_be_asked() -> None:
    assert judge_version("1.0.0", "1.0.1", "patch", unread=1).enough is None
    assert judge_version("1.0.0", "1.0.0", "none", unread=2).enough is None
    assert judge_version("1.0.0", "2.0.0", "patch", unread=1).enough is True
    assert judge_version("1.0.0", "1.0.0", "patch", unread=1).enough is False


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        (ROWS, "none"),
        (ROWS.replace("7.50", "7.5"), "patch"),
        (ROWS.replace("Rain", "Hail"), "patch"),
        (ROWS + "4,Moss,1,poem\n", "minor"),
        (ROWS.replace("3,Reed,,poem\n", ""), "major"),
    ],
)
def test_rows_ask_for_a_step_too(tmp_path: Path, rows: str, step: Step) -> None:
    found = both(files(), files(rows=rows), tmp_path)
    assert (found.step, found.version.step, found.version.enough) == (step, step, step == "none")
