"""How messages and reports write values, numbers and names."""

from __future__ import annotations

__all__ = ["count", "cut", "figure", "quoted", "visible"]

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


def visible(text: str, limit: int | None = None) -> str:
    """The text on one line, cut where it is longer than `limit`: what has no sign of its own, or turns the direction of
    writing, is written as Python would (`\\n`, `\\x00`, `\\u202e`), so that nothing can hide and every format may hold
    it."""
    shown = text if limit is None else cut(text, limit)
    if shown.isprintable():
        return shown
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in shown)


def count(n: int, thing: str) -> str:
    """A number and what it counts: 1 row, 2,000 rows."""
    return f"{n:,} {thing}{'' if n == 1 else 's'}"
