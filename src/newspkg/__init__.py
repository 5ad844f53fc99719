"""News articles into a data package that a machine can check and a researcher can trust.

    import newspkg

    report = newspkg.validate("folder/of/a/package")        # a Report: valid, findings, problems, frames
    contract = newspkg.schema("folder/of/a/package", "table")  # a schema of pandera, for a polars frame
    contract.validate(frame, lazy=True)
    diff = newspkg.diff("git:v1.0.0", "folder/of/a/package")   # a Diff: changes, tables, version, frames
    package = newspkg.load("folder/of/a/package")           # its tables as lazy frames of polars: package["table"]
    newspkg.export("duckdb", "folder/of/a/package", "news.duckdb")  # the same in another form

All of these are also rooms: `from newspkg.validate import ...`, `from newspkg.diff import ...`. No room is imported
before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what the names are when they are called; at run time they are modules that can be called
    from newspkg.contract import schema
    from newspkg.diff import diff
    from newspkg.export import export
    from newspkg.load import load
    from newspkg.validate import validate
else:

    def __getattr__(name: str) -> Any:
        if name in ("diff", "export", "load", "schema", "validate"):
            from importlib import import_module

            return import_module(f"newspkg.{name}")
        raise AttributeError(f"module 'newspkg' has no attribute {name!r}")


__all__ = ["__version__", "diff", "export", "load", "schema", "validate"]

__version__ = "0.1.0"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _schema(source: Any, resource: str | None) -> Any:
    """What calling the room `schema` does. It is said here, as the room that does it lies above that one."""
    from newspkg.contract import schema as make

    return make(source, resource)
