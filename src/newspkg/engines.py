"""The seam under `build`: where the work runs. One engine so far, this machine's cores.

An engine maps a pure function over parts and hands the results back in the order of the parts, so that the outcome
cannot depend on where it ran. The function and its items must be picklable; `setup` runs once in each worker.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, resource_tracker
from typing import Any, Protocol, TypeVar

from newspkg.problems import CannotRun

__all__ = ["Engine", "Inline", "Local", "choose"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# Below this many bytes of input a second process costs more than it gives: a worker needs about 0.4 s of CPU to start.
WORTH_A_PROCESS = 2_000_000


class Engine(Protocol):
    """Where parts of a build are worked on."""

    def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        *,
        setup: Callable[..., None],
        setup_args: tuple[Any, ...] = (),
    ) -> Iterator[Result]:
        """The results in the order of the items, each as soon as it and all before it are done."""
        ...


class Inline:
    """This very process, one part after the other."""

    def map(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        *,
        setup: Callable[..., None],
        setup_args: tuple[Any, ...] = (),
    ) -> Iterator[Result]:
        """See `Engine.map`."""
        setup(*setup_args)
        for item in items:
            yield function(item)


def _start(setup: Callable[..., None], setup_args: tuple[Any, ...]) -> None:
    """Makes a fresh worker ready: it ends with its parent, however that ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    setup(*setup_args)


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os.kill(os.getpid(), signal.SIGKILL)  # a thread cannot end its process otherwise; there is nothing left to lose


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started in here never hear an interrupt from the keyboard: the parent hears it, and ends them. What
    comes meanwhile the parent hears at the end."""
    resource_tracker.ensure_running()  # else it is started in here, and lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(frozen=True)
class Local:
    """A pool of fresh processes on this machine. Fresh, because a forked copy of a threaded library may hang."""

    processes: int

    def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        *,
        setup: Callable[..., None],
        setup_args: tuple[Any, ...] = (),
    ) -> Iterator[Result]:
        """See `Engine.map`. Raises CannotRun when a worker is killed (out of memory, as a rule)."""
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.processes, context, initializer=_start, initargs=(setup, setup_args))
        try:
            with _deaf():
                # Not pool.map: broken off, it cancels what the pool then finds cancelled, and complains of.
                futures = [pool.submit(function, item) for item in items]
            for future in futures:
                yield future.result()
        except BrokenProcessPool as gone:
            raise CannotRun(
                "A worker process ended before its work was done; most often the machine is out of memory. "
                "The old package is untouched: run the build again with --jobs 1."
            ) from gone
        finally:
            # A worker is never killed while it may be writing its result: who reads the other end would wait for ever.
            pool.shutdown(cancel_futures=True)


def choose(jobs: int, n_parts: int, n_bytes: int) -> Engine:
    """The engine for so many parts and bytes of input, with at most `jobs` processes."""
    processes = min(jobs, n_parts)
    if processes < 2 or n_bytes < WORTH_A_PROCESS:
        return Inline()
    return Local(processes)
