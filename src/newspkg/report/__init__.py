"""What a validation found, as an object that can be shown: text for people, data for machines.

findings       gathers problems while a package is judged: exact counts, bounded samples
aside          what a baseline came to
tally          how often each bad text stands there, in bounded space
model          the report: findings, samples, JSON, frames
dresses        the report in a format that is asked for: text, frictionless, github, sarif, junit, markdown, html
places         what they all ask: which file, which first, what belongs together
"""

from __future__ import annotations

from newspkg.report.aside import Aside, Stale
from newspkg.report.findings import SAMPLES, Findings
from newspkg.report.model import Finding, Report, Unchecked
from newspkg.report.words import cut, figure

__all__ = ["SAMPLES", "Aside", "Finding", "Findings", "Report", "Stale", "Unchecked", "cut", "figure"]
