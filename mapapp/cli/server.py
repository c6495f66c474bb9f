"""Start and prepare: what `make run` calls."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from pydantic import SecretStr
from rich.console import Console

from mapapp.preparation import prepare_database
from mapapp.provision import running_database, staff_engine
from mapapp.settings import ROOT, Settings, current_settings

# glibc gives each thread a heap of its own, which keeps the room that the largest file took: two serve all threads
ALLOCATOR = {"MALLOC_ARENA_MAX": "2"}

# each keeps up to twelve connections of the hundred that the private cluster has
MOST_UNASKED = 6

APPLICATION = "mapapp.wsgi:app"

console = Console(stderr=True, highlight=False)


@click.command()
def prepare() -> None:
    """Migrate the database and, where it is empty, load the region and the directory."""
    settings = current_settings()
    with staff_engine(settings) as engine:
        prepare_database(engine, settings, console)


@click.command()
@click.option("--host", help="Address to listen on  [default: MAPAPP_HOST or 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on  [default: MAPAPP_PORT or 8000]")
def serve(host: str | None, port: int | None) -> None:
    """Prepare the database and serve the map until Ctrl-C.

    What this command starts, it stops: the private cluster too, unless it ran before.
    """
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = current_settings().model_copy(update=changes)
    _refuse_taken_address(settings)
    with running_database(settings) as url:
        # the worker processes find the same database without looking for the cluster again
        os.environ["MAPAPP_DATABASE_URL"] = url
        with staff_engine(settings.model_copy(update={"database_url": SecretStr(url)})) as engine:
            prepare_database(engine, settings, console)
        sys.exit(_serve_until_stopped(settings))


def _refuse_taken_address(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}): set MAPAPP_PORT to another port"
            ) from error


def _serve_until_stopped(settings: Settings) -> int:
    with _interrupt_as_exception():
        command = server_command(APPLICATION, settings.host, settings.port, processes(settings), settings.threads)
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | ALLOCATOR)  # noqa: S603 - our own interpreter
        try:
            if _answers(settings, server):
                console.print(f"[bold green]✔[/] The map is at [bold]http://{_reach(settings)}[/]  (Ctrl-C stops it)")
            return server.wait()
        except KeyboardInterrupt:
            try:
                console.print("Stopping …")
            finally:  # also where the terminal is gone, and nobody can be told
                server.terminate()
                server.wait(timeout=30)
            return 0


def processes(settings: Settings) -> int:
    """How many processes answer: Python runs on one processor in each."""
    return settings.workers or min(len(os.sched_getaffinity(0)), MOST_UNASKED)


def server_command(app: str, host: str, port: int, workers: int, threads: int) -> list[str]:
    """Serve ``app`` (``module:name``): the same way by `mapapp serve`, in tests and in benchmarks."""
    return [
        *(sys.executable, "-m", "granian", app, "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads)),
        # a filter in CQL2 is long; the application answers what is longer than an address may be
        *("--http1-buffer-size", "32768"),
        # also how long a connection may stay without a question
        *("--http1-header-read-timeout", "10000"),
        *("--workers-kill-timeout", "10", "--respawn-failed-workers", "--respawn-interval", "0.1"),
        # it warns of more threads than processors use, but ours wait for the database and for slow readers of exports
        *("--log-level", "error"),
    ]


def _reach(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared only
    return f"{host}:{settings.port}"


def _answers(settings: Settings, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://{_reach(settings)}/readyz", timeout=5)
            return True
        except urllib.error.HTTPError as answer:
            if answer.code != 503:
                return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


@contextmanager
def _interrupt_as_exception() -> Iterator[None]:
    """SIGTERM (from a service manager) stops as tidily as Ctrl-C."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
