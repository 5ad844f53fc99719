"""The fuzzer: changes inputs, feeds them to the validator, and writes to build/fuzz/ those that break something.

    python -m fuzz.run --minutes 60 [--seed 1] [--plain] [--again FILE ...]

A seeded loop goes on from inputs that came to something new. Where atheris is installed the two take turns: it goes on
from inputs that reach new lines of the validator. The work is done in a child: one that is killed, by a fault in native
code or for want of memory, leaves its input behind and another takes its place. The exit code is 0 where all is clean.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "fuzz"
_SECONDS = 60  # an input that takes longer is written down as one that hangs
_MEMORY = 6 << 30
_CHILD = 600  # seconds a child lives: what it leaks goes with it


class Hangs(BaseException):
    """An input that does not come to an end."""


class Session:
    """The inputs of one child: fed, counted, and written down where something does not hold."""

    def __init__(self, out: Path, until: float, most: int | None = None) -> None:
        self.out, self.until, self.most = out, until, most
        self.counts: dict[str, int] = {}
        self.outcomes: dict[str, set[frozenset[str]]] = {}
        self.found: dict[str, str] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self.running = out / "running"
        self.total = 0
        self.before = signal.signal(signal.SIGALRM, self._hangs)

    @staticmethod
    def _hangs(_number: int, _frame: FrameType | None) -> None:
        raise Hangs

    def feed(self, raw: bytes) -> bool:
        """One input; whether it came to something new."""
        from fuzz.targets import run

        self.running.write_bytes(raw)
        signal.alarm(_SECONDS)
        try:
            name, outcome = run(raw, self.folder)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of native code is no Exception
            signal.alarm(0)
            self._write(raw, error)
            return False
        finally:
            signal.alarm(0)
            self.total += 1
            if self.total % 50 == 0:
                self.save()
        self.counts[name] = self.counts.get(name, 0) + 1
        known = self.outcomes.setdefault(name, set())
        new = outcome not in known
        known.add(outcome)
        return new

    def _write(self, raw: bytes, error: BaseException) -> None:
        """Writes an input and its error down, once for each place where it breaks."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [
            f"{Path(f.filename).name}:{f.name}:{f.lineno}"
            for f in frames
            if "newspkg" in f.filename or "fuzz" in f.filename
        ]
        key = f"{type(error).__name__} {' '.join(own[-3:])}"
        name = hashlib.sha256(key.encode()).hexdigest()[:12]
        self.counts["broken"] = self.counts.get("broken", 0) + 1
        path = self.out / f"broken-{name}"
        if name not in self.found and not path.exists():
            path.write_bytes(raw)
            shown = "".join(traceback.format_exception(error))
            path.with_suffix(".txt").write_text(f"{key}\n\n{shown}", encoding="utf-8", errors="replace")
        self.found[name] = key

    def save(self) -> None:
        """Writes the counts down, for the parent."""
        summary = {
            "counts": self.counts,
            "outcomes": {k: len(v) for k, v in self.outcomes.items()},
            "found": self.found,
        }
        (self.out / "child.json").write_text(json.dumps(summary), encoding="utf-8")

    @property
    def over(self) -> bool:
        """Whether its time is up, or as many inputs were fed as are wanted at most."""
        return time.monotonic() > self.until or (self.most is not None and self.total >= self.most)

    def close(self) -> None:
        """Writes the counts down, and cleans up."""
        self.save()
        self.running.unlink(missing_ok=True)
        shutil.rmtree(self.folder)
        signal.signal(signal.SIGALRM, self.before)


# --- who chooses the inputs ------------------------------------------------------------------------------------------


def changed(random: Random, raw: bytes, other: bytes) -> bytes:
    """An input of the same target, changed as that target has it."""
    from fuzz.targets import TARGETS

    target = TARGETS[raw[0] % len(TARGETS) if raw else 0]
    return raw[:1] + target.change(random, raw[1:], other[1:])


def loop(session: Session, seed: int, *, first: bool = True) -> None:
    """A seeded loop over the targets in turn, from inputs that came to something new. `first`: the seeds themselves are
    fed too."""
    from fuzz.targets import TARGETS, seeds

    random = Random(seed)
    pools: list[list[bytes]] = [[] for _ in TARGETS]
    for raw in seeds():
        pools[raw[0]].append(raw)
    for pool in pools if first else ():
        for raw in pool:
            if session.over:
                return
            session.feed(raw)
    turn = 0
    while not session.over:
        pool = pools[turn % len(pools)]
        turn += 1
        recent = pool[-50:] if random.random() < 0.3 else pool
        raw = changed(random, random.choice(recent), random.choice(pool))
        if session.feed(raw):
            pool.append(raw)


def guided(session: Session, seed: int) -> None:
    """The same by atheris: inputs that reach new lines of the validator are gone on from."""
    import atheris

    with atheris.instrument_imports(include=["newspkg"]):
        from fuzz.targets import seeds

    corpus = session.out / "corpus"
    corpus.mkdir(exist_ok=True)
    known = seeds()
    for n, raw in enumerate(known):
        (corpus / f"seed-{n:04}").write_bytes(raw)

    def one(raw: bytes) -> None:
        session.feed(raw)
        if session.over:
            session.close()
            os._exit(0)  # atheris does not come back

    def change(raw: bytes, longest: int, number: int) -> bytes:
        random = Random(number)
        if not raw or random.random() < 0.1:
            raw = random.choice(known)
        if random.random() < 0.1:
            return bytes(atheris.Mutate(raw, longest))
        alike = [k for k in random.choices(known, k=20) if k[0] == raw[0]]
        return changed(random, raw, random.choice(alike or known))[:longest]

    atheris.Setup(
        [sys.argv[0], f"-seed={seed}", f"-artifact_prefix={session.out}/", "-max_len=16384", "-timeout=0", "-rss_limit_mb=0", "-print_final_stats=0",
         "-verbosity=0", str(corpus)],
        one,
        custom_mutator=change,
        enable_python_coverage=True,
    )  # fmt: skip
    atheris.Fuzz()


def has_atheris() -> bool:
    """Whether atheris can be used."""
    import importlib.util

    return importlib.util.find_spec("atheris") is not None


def child(out: Path, seconds: float, seed: int, plain: bool) -> None:
    """One child's work."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    session = Session(out, time.monotonic() + seconds)
    (loop if plain else guided)(session, seed)
    session.close()


# --- the parent ------------------------------------------------------------------------------------------------------


def parent(minutes: float, seed: int, plain: bool, out: Path) -> int:
    """Runs children until the time is up; prints what they came to. Returns the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + 60 * minutes
    counts: dict[str, int] = {}
    found: dict[str, str] = {}
    n = 0
    while (left := end - time.monotonic()) > 1:
        n += 1
        (out / "child.json").unlink(missing_ok=True)
        arguments = ["--child", str(min(left, _CHILD, 30 * minutes)), "--seed", str(seed + n - 1), "--out", str(out)]
        command = [sys.executable, "-m", "fuzz.run", *arguments, *(["--plain"] if plain or n % 2 else [])]
        with (out / "log.txt").open("w", encoding="utf-8") as log:
            code = subprocess.run(command, stdout=log, stderr=log, check=False).returncode
        if (out / "child.json").exists():
            summary: dict[str, Any] = json.loads((out / "child.json").read_text(encoding="utf-8"))
            for name, count in summary["counts"].items():
                counts[name] = counts.get(name, 0) + count
            found.update(summary["found"])
        if code == -signal.SIGTERM:  # somebody ended it; that is no fault of its input
            continue
        if code and (out / "running").exists():
            raw = (out / "running").read_bytes()
            name = hashlib.sha256(raw).hexdigest()[:12]
            found[name] = f"killed, exit code {code}"
            said = (out / "log.txt").read_text(encoding="utf-8", errors="replace")[-4000:]
            (out / f"died-{name}").write_bytes(raw)
            (out / f"died-{name}.txt").write_text(f"{found[name]}\n\n{said}", encoding="utf-8")
        elif code:
            found["log"] = f"the fuzzer itself broke, exit code {code}: see {out / 'log.txt'}"
            break
    who = "a seeded loop" if plain else "a seeded loop and atheris"
    print(f"{sum(counts.values()):,} inputs in {minutes:g} minutes ({who}):")
    for name, count in sorted(counts.items()):
        print(f"  {name:8} {count:>9,}")
    for name, key in sorted(found.items()):
        print(f"  {name}  {key}")
    print(f"{len(found)} kinds of fault; their inputs are in {out}." if found else "No fault.")
    return 1 if found else 0


def again(paths: list[Path]) -> int:
    """Feeds inputs that were written down; the first that breaks something raises."""
    from fuzz.targets import run

    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            print(path.name, *run(path.read_bytes(), Path(folder)))
    return 0


def main() -> int:
    """Parses, and calls one of the above."""
    parser = argparse.ArgumentParser(description="Feeds changed inputs to the validator.")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="do not use atheris")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--again", type=Path, nargs="+", help="inputs that were written down")
    parser.add_argument("--child", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    plain = given.plain or not has_atheris()
    if given.again:
        return again(given.again)
    if given.child is not None:
        child(given.out, given.child, given.seed, plain)
        return 0
    return parent(given.minutes, given.seed, plain, given.out)


if __name__ == "__main__":
    sys.exit(main())
