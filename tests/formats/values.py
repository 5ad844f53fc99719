"""The values of a package as JSON, to compare with what others read: one plain form for each kind of value.

Run by the project's own interpreter, `python values.py PACKAGE`, it prints what `newspkg.load` gives.
"""

from __future__ import annotations

import datetime
import json
import math
import sys
from decimal import Decimal
from typing import Any

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """A value in its plain form: numbers as Python writes them, days and moments as ISO 8601 (UTC), lists of those."""
    if hasattr(value, "tolist"):  # numpy's
        value = value.tolist()
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (int, float, Decimal)):
        if not math.isfinite(value):
            return str(float(value))
        return int(value) if value == int(value) else float(value)
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        return aware.astimezone(datetime.UTC).replace(tzinfo=None).isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    raise TypeError(f"{type(value).__name__}: {value!r}")


def main(path: str) -> None:
    """Prints {table: {field: [value, ...]}}."""
    import newspkg

    package = newspkg.load(path)
    tables = {
        name: {column.name: [plain(one) for one in column.to_list()] for column in package[name].collect()}
        for name in package
    }
    json.dump(tables, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
