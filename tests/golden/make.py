"""Writes the report of `package` beside it, once for each format:

    python tests/golden/make.py

The package is broken in many ways and hostile in more. `tests/test_dresses.py` fails where what lies here is not what
this file writes; read the differences before they are committed.
"""

from __future__ import annotations

from pathlib import Path

from newspkg import __version__
from newspkg.report import Report
from newspkg.report.dresses import FORMATS, dress
from newspkg.validate import validate

__all__ = ["BASE", "FILES", "HERE", "report", "text_of"]

HERE = Path(__file__).resolve().parent
BASE = "tests/golden/package"  # as the package is called from the folder of the repository
ENDINGS = {
    "text": "txt",
    "json": "json",
    "frictionless": "frictionless.json",
    "github": "github.txt",
    "sarif": "sarif",
    "junit": "junit.xml",
    "markdown": "md",
    "html": "html",
}
FILES = {name: HERE / f"report.{ENDINGS[name]}" for name in FORMATS}


def report() -> Report:
    """What the package is found to be."""
    return validate(HERE / "package")


def text_of(found: Report, name: str) -> str:
    """The report in a format, with a word in place of the version, which changes with every release."""
    return dress(found, name, base=BASE).replace(f'"{__version__}"', '"VERSION"') + "\n"


if __name__ == "__main__":
    for name, path in FILES.items():
        path.write_text(text_of(report(), name), encoding="utf-8", newline="\n")
