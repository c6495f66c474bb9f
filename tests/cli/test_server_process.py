"""What the server process does around the application: begins, stops, waits, refuses."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mapapp.cli.server import server_command
from mapapp.settings import ROOT
from tests.cli.small_app import PIECES
from tests.cli.test_server import free_port


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    port: int

    def ask(self, path: str, method: str = "GET", body: Iterator[bytes] | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def raw(self, request: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(request)
        return connection

    def worker(self) -> int:
        return int(self.ask("/worker")[1])


def until(is_true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def server() -> Iterator[Running]:
    port = free_port()
    command = server_command("tests.cli.small_app:app", "127.0.0.1", port, workers=1, threads=4)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        running = Running(process, port)
        until(lambda: answers(running))
        yield running
        process.terminate()
        process.wait(20)


def answers(server: Running) -> bool:
    try:
        return server.ask("/")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def memory(process: int) -> int:
    """What the process takes, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1000


def test_answers_what_was_asked_before_it_stops(server: Running, tmp_path: Path) -> None:
    said: list[tuple[int, bytes]] = []
    begun = tmp_path / "begun"
    client = threading.Thread(target=lambda: said.append(server.ask(f"/slow?{begun}")))
    client.start()
    until(begun.exists)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(20) == 0
    client.join()
    assert said == [(200, b"late")]


def test_replaces_a_worker_that_died(server: Running) -> None:
    died = server.worker()
    os.kill(died, signal.SIGKILL)
    until(lambda: answers(server) and server.worker() != died)


def test_goes_on_after_an_error_of_the_application(server: Running) -> None:
    worker = server.worker()
    assert server.ask("/broken")[0] == 500
    assert server.worker() == worker


def test_a_slow_reader_fills_no_memory_and_may_leave(server: Running, tmp_path: Path) -> None:
    told = tmp_path / "sent"
    before = memory(server.worker())
    with server.raw(f"GET /long?{told} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) as reader:
        reader.recv(1000)
        time.sleep(1)
        assert not told.exists()
        assert memory(server.worker()) - before < 20
    until(told.exists)
    assert 0 < int(told.read_text()) < PIECES / 4


def test_closes_a_connection_that_says_nothing_more(server: Running) -> None:
    started = time.monotonic()
    with server.raw(b"GET / HTTP/1.1\r\nHost: x\r\n") as silent:
        assert silent.recv(1) == b""
    assert 8 < time.monotonic() - started < 15


def test_reads_a_body_in_chunks(server: Running) -> None:
    assert server.ask("/body", "POST", iter([b"abc", b"defg"])) == (200, b"7")


def test_hands_on_letters_and_long_addresses(server: Running) -> None:
    assert server.ask("/%C5%BC%2F?q=%C5%82") == (200, "/ż/ q=%C5%82".encode())
    status, body = server.ask("/?" + "a" * 20_000)
    assert (status, len(body)) == (200, 20_002)


def test_refuses_what_is_no_question(server: Running) -> None:
    with server.raw(b"NONSENSE\r\n\r\n") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    with server.raw(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 431 ")
