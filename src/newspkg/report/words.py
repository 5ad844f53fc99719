"""How messages write values and numbers."""

from __future__ import annotations

__all__ = ["count", "cut", "figure", "quoted"]

_SHOWN = 60  # characters of a value in a message and in the text report


def cut(value: object, limit: int = _SHOWN) -> str:
    """A value as a message shows it: no longer than `limit`, an ellipsis for the rest."""
    text = str(value)
    return text if len(text) <= limit else f"{text[:limit]}…"


def figure(n: int) -> str:
    """A number with its thousands apart, cut where nobody could have counted that far."""
    return cut(f"{n:,}")


def quoted(value: str) -> str:
    """A value on one line, control characters escaped, cut where it is long."""
    return repr(cut(value))


def count(n: int, thing: str) -> str:
    """A number and what it counts: 1 row, 2,000 rows."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"
