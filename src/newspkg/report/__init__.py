"""What a validation found, as an object that can be shown: text for people, data for machines.

findings       gathers problems while a package is judged: exact counts, bounded samples
tally          how often each bad text stands there, in bounded space
model          the report: findings, samples, JSON, frames
text           for a person
frictionless   for programs that read the reports of frictionless
"""

from __future__ import annotations

from newspkg.report.findings import SAMPLES, Findings
from newspkg.report.model import Finding, Report, Unchecked
from newspkg.report.words import cut, figure

__all__ = ["SAMPLES", "Finding", "Findings", "Report", "Unchecked", "cut", "figure"]
