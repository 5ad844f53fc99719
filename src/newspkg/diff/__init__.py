"""Two versions of a package: what changed, by key, and which version number that asks for.

    rules      the kinds of change, and which of them must not be
    sources    where a version may be: folder, descriptor, archive, git revision
    package    the descriptor; schema: fields, constraints, keys
    columns    columns of the files that the schemas do not tell of
    reading    one side, chunk by chunk; values: texts that are equal where values are
    store      rows that wait, in memory or on disk
    rows       added, removed, changed
    compare    brings it all together
    versions   which step is asked for, and taken
    model      the result; text, markdown: as people read it

Both sides are read as the validator reads them. Memory is bounded, counts are exact, samples are few.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newspkg.diff.model import Diff

__all__ = ["SAMPLES", "diff"]

SAMPLES = 1000


def diff(old: str | Path, new: str | Path, *, limit: int | None = SAMPLES, memory: int | None = None) -> Diff:
    """What changed from one version of a package to another.

    Each is a folder, a descriptor, a zip or tar of a package, or `git:REVISION` and `git:REVISION:FOLDER` of the git
    repository around the current folder. `limit` is how many rows that were added, removed or changed are kept of each
    table (None: all); counts are exact in any case. `memory` is about how many bytes may be used for rows before they
    go to temporary files; 1 GiB where nothing is said.

    Raises UsageError where there is no package, CannotRun where one cannot be read at all. What cannot be compared
    within a package stands in `Diff.unread`.
    """
    from newspkg.diff.compare import compare

    return compare(old, new, limit, memory)


class _Callable(ModuleType):
    """This module, so that `newspkg.diff(old, new)` works as well as `newspkg.diff.diff(old, new)`."""

    __call__ = staticmethod(diff)


sys.modules[__name__].__class__ = _Callable
