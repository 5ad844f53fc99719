"""A Table Schema as a schema of pandera, for polars frames: any table's, not only ours.

    sources   what may be given: a dict, a file, a package and a resource, a table of the profile
    tables    header, keys, and what a frame cannot show
    columns   a field: its dtypes and a check for each of its rules
    exact     values that polars has no type for, judged by the validator's own functions

The room lies above `validate`, whose exact functions it uses: so both condemn the same cells.
"""

from __future__ import annotations

from newspkg.contract.sources import schema
from newspkg.contract.tables import pandera_schema

__all__ = ["pandera_schema", "schema"]
