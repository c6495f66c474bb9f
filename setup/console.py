"""What the person at the terminal sees: each long step with its time, and the log's end where one fails."""

import fcntl
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOG = VAR / "log" / "setup.log"
TAIL_LINES = 15
HEARTBEAT_S = 15.0


class SetupError(RuntimeError):
    """The machine lacks something that the setup may not or cannot bring; the message says what to do."""


class StepFailed(SetupError):
    """A command of the setup failed; the message ends with what it last said."""


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(text, flush=True)


def run(label: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
    """Run a command under a label with its elapsed time; its output goes to the log. Raises StepFailed."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    with LOG.open("a+b") as log:
        log.write(f"\n$ {shlex.join(words)}\n".encode())
        log.flush()
        start = log.tell()
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        seconds = _watch(process, label)
        if process.returncode != 0:
            log.seek(start)
            tail = log.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
            _finish("✘", label, seconds)
            raise StepFailed("\n  ".join([f"{words[0]} ended with {process.returncode} (all of it: {LOG})", *tail]))
    _finish("✔", label, seconds)


def _watch(process: subprocess.Popen[bytes], label: str) -> float:
    """Show that time passes until the process ends; seconds it took."""
    start = time.monotonic()
    heartbeat = 0.2 if sys.stdout.isatty() else HEARTBEAT_S
    if not sys.stdout.isatty():
        say(f"… {label}")
    while True:
        try:
            process.wait(timeout=heartbeat)
            return time.monotonic() - start
        except subprocess.TimeoutExpired:
            seconds = time.monotonic() - start
            if sys.stdout.isatty():
                print(f"\r… {label} {seconds:.0f} s", end="", flush=True)
            else:
                say(f"  {seconds:.0f} s")
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise


def _finish(mark: str, label: str, seconds: float) -> None:
    start = "\r\033[K" if sys.stdout.isatty() else ""
    say(f"{start}{mark} {label} ({seconds:.1f} s)")


@contextmanager
def alone() -> Iterator[None]:
    """One setup at a time in this checkout; the second waits and says so."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("… another setup is at work in this folder; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
