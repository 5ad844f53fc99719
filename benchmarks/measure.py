"""What a process costs: CPU seconds, wall seconds and peak memory, of it and all it starts.

Standard library only: a child begins its life with the peak memory of the process that started it, so this one stays
small.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "FailedError", "measure"]


class FailedError(Exception):
    """A process that was to be measured ended in a way it should not: its time would mean nothing."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system), wall seconds, and peak resident memory in MiB, of a process and its children."""

    cpu: float
    wall: float
    mib: float


def measure(argv: Sequence[str | Path], exit_code: int = 0, out: Path | None = None, cwd: Path | None = None) -> Cost:
    """Runs a command to its end; its standard output goes to `out`, or nowhere.

    Raises FailedError where it does not end with `exit_code`, with the last of what it said on standard error.
    """
    with Path(out or os.devnull).open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE, cwd=cwd
        )
        assert process.stderr is not None
        with process.stderr as errors:
            said = errors.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != exit_code:
        last = said.decode(errors="replace").strip().splitlines()[-3:]
        command = " ".join(Path(part).name for part in map(str, argv))
        raise FailedError(f"{command} ended with {process.returncode}, not {exit_code}: {' / '.join(last)}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)
