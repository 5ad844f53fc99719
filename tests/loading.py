"""Loaded frames as plain JSON, so that what two loaders give can be compared cell by cell."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Any

import polars as pl

__all__ = ["plain_frame", "plain_value"]


def plain_value(value: Any) -> Any:
    """A value as JSON has it: days and moments as text, NaN and infinities by their names, a list item by item."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "INF" if value > 0 else "-INF"
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    return value


def plain_frame(frame: pl.DataFrame) -> dict[str, list[Any]]:
    """A frame as its columns."""
    return {name: [plain_value(value) for value in frame[name].to_list()] for name in frame.columns}
