"""How often each bad text stands in the cells of a finding, in a space that has a bound.

Up to `DISTINCT` different texts every count is exact. Beyond that the rare ones give way (the merging form of the
Misra-Gries summary): counts are then lower bounds, short by no more than all counts divided by `DISTINCT`, so that a
text which is truly frequent is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DISTINCT", "LONGEST", "Tally", "shortened"]

DISTINCT = 10_000  # different texts counted exactly
LONGEST = 200  # characters of a text that are kept; as many as a problem carries of a cell


def shortened(text: str) -> str:
    """The text as it is kept: its first 200 characters, an ellipsis for the rest."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


class Tally:
    """Counts of texts. `exact` is False from the moment that a count may be too low; `distinct` is how many texts there
    were, or at least were."""

    __slots__ = ("counts", "distinct", "exact")

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.distinct = 0
        self.exact = True

    def add(self, text: str, times: int = 1) -> None:
        """Counts one text."""
        key = shortened(text)
        self.counts[key] = self.counts.get(key, 0) + times
        self._bound()

    def add_all(self, counts: Mapping[str, int]) -> None:
        """Counts many texts; a count that is not above zero says nothing."""
        for text, times in counts.items():
            if times > 0:
                self.add(text, times)

    def remove(self, text: str) -> None:
        """Takes one text away that has been counted; of one that gave way there is nothing to take."""
        key = shortened(text)
        if self.counts.get(key, 0) > 1:
            self.counts[key] -= 1
        elif self.counts.pop(key, None) is not None:
            self.distinct -= 1

    def merge(self, other: Tally) -> None:
        """Adds what another has counted."""
        self.add_all(other.counts)
        self.exact = self.exact and other.exact
        self.distinct = max(self.distinct, other.distinct)

    def top(self, n: int) -> tuple[tuple[str, int], ...]:
        """The `n` most frequent, those of one count by code point."""
        return tuple(sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:n])

    def _bound(self) -> None:
        """Lets go of the rare texts. They may become twice as many before, so that the work stays in proportion."""
        self.distinct = max(self.distinct, len(self.counts))
        if self.distinct <= DISTINCT:
            return
        self.exact = False
        if len(self.counts) > 2 * DISTINCT:
            least = sorted(self.counts.values(), reverse=True)[DISTINCT]
            self.counts = {text: n - least for text, n in self.counts.items() if n > least}
