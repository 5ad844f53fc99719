"""How hard the tests try. `make test` takes the first of two figures; `make test-slow` the second."""

from __future__ import annotations

import os
from typing import Any

import pytest

__all__ = ["examples", "sizes"]

_THOROUGH = os.environ.get("THOROUGH") == "1"


def examples(usual: int, thorough: int) -> int:
    """How many examples hypothesis draws."""
    return thorough if _THOROUGH else usual


def sizes(usual: int, thorough: int) -> list[Any]:
    """Sizes of an input, to parametrize a test by."""
    return [usual, pytest.param(thorough, marks=pytest.mark.slow)]
