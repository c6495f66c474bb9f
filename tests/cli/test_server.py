"""``mapapp serve``, `prepare` and the command line itself."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner

from mapapp import cli
from mapapp.cli import server as server_command_line
from mapapp.cluster import Cluster
from mapapp.settings import Settings

MAPAPP = (sys.executable, "-c", "from mapapp.cli import main; main()")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_lists_every_command_in_the_help() -> None:
    listed = CliRunner().invoke(cli.cli, ["--help"]).output
    assert re.findall(r"^  ([a-z]+)  ", listed, re.MULTILINE) == list(cli.COMMANDS)


@pytest.mark.parametrize("command", list(cli.COMMANDS))
def test_explains_every_command(command: str) -> None:
    result = CliRunner().invoke(cli.cli, [command, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: cli {command}")


def test_says_which_setting_is_wrong() -> None:
    environment = os.environ | {"MAPAPP_PORT": "99999"}
    result = subprocess.run([*MAPAPP, "prepare"], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith("Setting MAPAPP_PORT: ")


def test_says_that_the_database_does_not_answer(tmp_path: Path) -> None:
    environment = os.environ | {"MAPAPP_DATABASE_URL": f"postgresql://u:secret@/d?host={tmp_path}"}
    result = subprocess.run([*MAPAPP, "prepare"], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "does not answer" in result.stderr
    assert "secret" not in result.stderr


def test_says_that_the_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = subprocess.run([*MAPAPP, "serve", "--port", port], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "set MAPAPP_PORT to another port" in result.stderr


@contextmanager
def started(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """`mapapp serve`, as from a terminal; stopped where the test fails, for its end would be waited for without one."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores Ctrl-C
    try:
        server = subprocess.Popen([*MAPAPP, "serve"], env=environment, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, previous)
    with server:
        try:
            yield server
        except BaseException:
            server.terminate()
            raise


def test_serves_from_nothing_and_stops_what_it_started(tmp_path: Path) -> None:
    port = free_port()
    environment = os.environ | {"MAPAPP_VAR_FOLDER": str(tmp_path), "MAPAPP_PORT": str(port)}
    with started(environment) as server:
        assert server.stderr is not None
        said = ""
        deadline = time.monotonic() + 120
        while "The map is at" not in said and time.monotonic() < deadline:
            said += server.stderr.readline()
        cluster = Cluster(tmp_path / "cluster")
        assert cluster.is_running()
        assert "Loading the sample directory" in said
        assert "schematic" in said
        status, page = answer(port, "/?q=dom+pomocy")
        assert status == 200
        assert "dane przykładowe" in page
        # the database goes and comes back; the site needs no restart
        cluster.stop()
        assert answer(port, "/healthz")[0] == 200
        assert answer(port, "/readyz")[0] == 503
        assert answer(port, "/?q=dom")[0] == 503
        cluster.ensure_started()
        assert answer(port, "/?q=dom")[0] == 200
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
    assert not cluster.is_running()
    cluster.remove()


def test_stops_the_server_where_nobody_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def answers(_settings: Settings, process: "subprocess.Popen[bytes]") -> bool:
        running.append(process)
        Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        return False

    def say(*_words: object) -> None:
        raise BrokenPipeError

    waits = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(server_command_line, "server_command", lambda *_settings, **_names: waits)
    monkeypatch.setattr(server_command_line, "_answers", answers)
    monkeypatch.setattr(server_command_line.console, "print", say)
    with pytest.raises(BrokenPipeError):
        server_command_line._serve_until_stopped(Settings())
    assert running[0].poll() == -signal.SIGTERM
