"""What the profile asks beyond types and keys. To add a rule, write one decorated function in one of these files, its
entry in the catalogue and the package that breaks it.

    engine    the decorator, and the runner
    spans     places in the texts, quotes, and the words themselves where the texts are at hand
    events    dates, kinds of events, what has happened and when
    tables    counts, ids, order, actors, corrections
"""

from __future__ import annotations

from newspkg.validate.rules import events, spans, tables
from newspkg.validate.rules.engine import RULES, Context, Hit, Rule, check_rules, rule

__all__ = ["RULES", "Context", "Hit", "Rule", "check_rules", "events", "rule", "spans", "tables"]
