"""The public check through the running server: whatever is sent, the worker lives on and does not grow."""

import http.client
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import serve
from tests.registers.office_files import xlsx, zipped
from tests.web.test_validator import CLEAN, COLUMNS, GOOD, REFUSED

BOUNDARY = "grenze"
HEAD = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="dane.xlsx"\r\n\r\n'.encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
GROWTH_MB = 100
HOSTILE = {
    **{name: content for name, (content, _) in REFUSED.items()},
    "many entries": zipped({f"xl/{number}.xml": "" for number in range(20_000)}),
    "cut": xlsx([COLUMNS, GOOD])[:700],
    "one long line": b"x" * 4_000_000,
    "only separators": b";" * 4_000_000,
    "only quotes": b'"' * 4_000_000,
    "deep JSON": b'{"a":' * 500_000,
}


@pytest.fixture(scope="module")
def running(site_url: str, compiled_catalogs: None) -> Iterator[tuple[str, int]]:
    """The server's host and port, and its worker."""
    started = serve(site_url)
    with started as address:
        children = Path(f"/proc/{started.process.pid}/task/{started.process.pid}/children").read_text()
        yield address.removeprefix("http://"), int(children.split()[0])


def memory_mb(process: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) // 1024


def status(host: str, content: bytes) -> int:
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST", "/api/validate", HEAD + content + TAIL, TYPE)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_lives_through_hostile_files_without_growing(running: tuple[str, int]) -> None:
    host, worker = running
    assert status(host, CLEAN) == 200
    before = memory_mb(worker)
    assert {name: status(host, content) for name, content in HOSTILE.items()} == dict.fromkeys(HOSTILE, 400)
    os.kill(worker, 0)  # raises where it is gone
    assert status(host, CLEAN) == 200
    assert memory_mb(worker) - before < GROWTH_MB


@pytest.mark.parametrize("is_chunked", [False, True])
def test_refuses_a_giant_at_once(running: tuple[str, int], is_chunked: bool) -> None:
    host, worker = running
    before = memory_mb(worker)
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.putrequest("POST", "/api/validate")
    connection.putheader("Content-Type", TYPE["Content-Type"])
    if is_chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    else:
        connection.putheader("Content-Length", str(300_000_000))
    connection.endheaders()
    try:
        connection.send(HEAD if not is_chunked else b"%x\r\n%s\r\n" % (len(HEAD), HEAD))
        for _each in range(300 if is_chunked else 0):
            connection.send(b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server has answered, and reads no further
    assert connection.getresponse().status == 413
    connection.close()
    assert memory_mb(worker) - before < GROWTH_MB
