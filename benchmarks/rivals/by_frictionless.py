"""frictionless: the whole package, as its command `validate` does it, without its limit of errors."""

from __future__ import annotations

import json

from frictionless import Package
from spec import root

ALL = 10**9


def main() -> None:
    """Prints every error of the report."""
    report = Package(str(root() / "datapackage.json")).validate(limit_errors=ALL)
    for task in report.tasks:
        for error in task.errors:
            field = ",".join(error.field_names) if error.type == "foreign-key" else getattr(error, "field_name", None)
            print(json.dumps({"table": task.name, "row": error.row_number, "field": field or "", "type": error.type}))


if __name__ == "__main__":
    main()
