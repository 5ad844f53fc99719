"""The porch: parse, call one function, show, exit. The only room that prints, exits or knows an option's name.

Exit codes of every command: 0 all well, 1 problems were found, 2 the call is wrong, 3 the work could not be done,
4 a fault of this program, 130 stopped by the keyboard or a signal. Heavy rooms are imported inside the commands, so
that `--help` answers at once.

shell      what all commands share
making     build, extract, derive, hydrate, evaluate
judging    validate, explain
comparing  diff
starting   init, describe
sharing    export
quick      plain calls of validate, without what typer costs
reference  docs/cli.md
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from newspkg import __version__
from newspkg.cli import comparing, judging, making, sharing, starting
from newspkg.cli.shell import CANNOT_RUN, FAULT, OK, STOPPED, USAGE, app, say
from newspkg.problems import PkgError, UsageError

__all__ = ["app", "comparing", "judging", "main", "making", "sharing", "starting"]


# The order of `pkg --help`: what most people come for stands first.
_ORDER = [one.__name__ for one in (judging, comparing, starting, making, sharing)]
app.registered_commands.sort(key=lambda one: _ORDER.index(one.callback.__module__ if one.callback else ""))


def _version(wanted: bool) -> None:
    if wanted:
        print(f"newspkg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """News articles into a data package that a machine can check and a researcher can trust.

    Example: pkg validate path/to/datapackage.json
    """


def _call(arguments: list[str]) -> object:
    """Runs a command; what it returns."""
    if arguments[:1] == ["validate"] and not os.environ.get("_PKG_COMPLETE"):
        from newspkg.cli.quick import read_call

        given = read_call(judging.validate, arguments[1:])
        if given is not None:
            try:
                return judging.validate(**given)
            except KeyboardInterrupt:
                return STOPPED
    result: object = app(arguments, standalone_mode=False)
    return result


def _run(arguments: list[str] | None) -> int:
    """Runs the command line; the exit code for every way out, none of which shows a traceback unasked."""
    from typer.exceptions import TyperException

    try:
        result = _call(sys.argv[1:] if arguments is None else arguments)
    except typer.Exit as done:
        return done.exit_code
    except (TyperException, typer.Abort) as wrong:
        show = getattr(wrong, "show", None)
        show() if show else say(f"pkg: {wrong}")
        return USAGE
    except UsageError as wrong:
        say(f"pkg: {wrong}")
        return USAGE
    except PkgError as wrong:
        say(f"pkg: {wrong}")
        return CANNOT_RUN
    except OSError as error:
        say(f"pkg: {error.filename or 'the system'}: {error.strerror}.")
        return CANNOT_RUN
    except Exception as fault:
        if os.environ.get("NEWSPKG_DEBUG"):
            raise
        say(
            f"pkg: a fault of this program: {type(fault).__name__}: {fault}. "
            "Set NEWSPKG_DEBUG=1 to see where, and please report it."
        )
        return FAULT
    if result == STOPPED:  # typer's answer to an interrupt
        say("pkg: stopped. What was on disk before is untouched.")
    return result if isinstance(result, int) else OK


def main(arguments: list[str] | None = None) -> NoReturn:
    """The command `pkg`: runs it and ends the process with its exit code."""
    gc.set_threshold(100_000, 20, 100)  # there are many small objects, and hardly one that refers to itself
    if threading.current_thread() is threading.main_thread():
        for ending in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(ending) is not signal.SIG_IGN:  # nohup stays nohup
                signal.signal(ending, signal.default_int_handler)  # a polite request to end cleans up as Ctrl-C does
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller has closed it: nobody listens, and the exit code is what counts
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open as long as we run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names have letters that an old terminal's encoding lacks
            stream.reconfigure(errors="backslashreplace")
    # The package computes nothing that BLAS does, and the threads of it cost more CPU than a small package does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = _run(arguments)
    if arguments is None and sys.argv[1:2] == ["validate"]:
        _leave(code)
    raise SystemExit(code)


def _leave(code: int) -> NoReturn:
    """Ends the process as it stands. What a validation has left in memory goes with it at once, where the interpreter
    would take it apart piece by piece. Nothing is open any more by then, and no other process was started."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # told when it was written to, or closed on purpose
            stream.flush()
    os._exit(code)
