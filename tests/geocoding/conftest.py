"""A server on this machine that answers as a geocoder would, and remembers what it was asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pytest


@dataclass
class Answer:
    """One answer of the imitation."""

    content: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Imitation:
    """``answers`` are given in turn, the last one for ever."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)


@pytest.fixture
def imitation() -> Iterator[Imitation]:
    """The server; nothing outside this machine is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.moments.append(monotonic())
            given.agents.append(self.headers["User-Agent"])
            given.questions.append({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})
            answer = given.answers.pop(0) if len(given.answers) > 1 else given.answers[0]
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.content)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    given = Imitation(f"http://127.0.0.1:{server.server_port}/service")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield given
    server.shutdown()
    thread.join()
    server.server_close()
