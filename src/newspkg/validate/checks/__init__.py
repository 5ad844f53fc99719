"""Checks of a package's own: rules that its descriptor states, or functions that an installed package registers.

    sql      expressions, and what of SQL is kept from them
    model    a check
    read     from the descriptor, before a table is read
    run      over the tables, after all have been read

docs/checks.md tells how they are written. No code of a descriptor is run: an expression is read by polars from words
that are known, and a function is one that is installed here already.
"""

from __future__ import annotations

from newspkg.validate.checks.model import Check, Function
from newspkg.validate.checks.read import read_checks
from newspkg.validate.checks.run import needed, run_checks

__all__ = ["Check", "Function", "needed", "read_checks", "run_checks"]
