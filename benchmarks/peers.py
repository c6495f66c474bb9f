"""Servers of features that others have made, each one process on the same database, to be measured beside ours."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import make_url

from mapapp.settings import ROOT
from mapapp.territory.feature_pages import CRS84

# the view that they serve: the columns of our collection
COPIED = "bench_services"
PINNED = Path(__file__).with_name("peers.txt")
# more than a peer has to be asked for at once
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    pid: int


def peers_python(folder: Path) -> str:
    """The Python of an environment with the peers; made in ``folder`` where it is not there or is another."""
    python, done = folder / "bin" / "python", folder / "installed.txt"
    if not done.is_file() or done.read_text() != PINNED.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--requirement", str(PINNED)], check=True)
        done.write_text(PINNED.read_text())
    return str(python)


def get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return body


@contextmanager
def running(command: list[str], port: int, path: str, **environment: str) -> Iterator[Server]:
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(300):
            try:
                get(http.client.HTTPConnection("127.0.0.1", port), path)
                break
            except (OSError, RuntimeError):
                time.sleep(0.2)
        else:
            raise RuntimeError(f"{' '.join(command)} does not answer {path}")
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _server_of(url: str) -> tuple[str, str, str]:
    """Host or folder of the socket, database and user."""
    parsed = make_url(url)
    host = parsed.query.get("host", parsed.host or "localhost")
    return str(host), str(parsed.database), str(parsed.username)


@contextmanager
def tipg(python: str, url: str) -> Iterator[Server]:
    port = free_port()
    host, database, user = _server_of(url)
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"]
    environment = {
        "DATABASE_URL": f"postgresql://{user}@{quote(host, safe='')}/{database}",
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_MAX_FEATURES_PER_QUERY": str(MOST),
        f"TIPG_TABLE_CONFIG__public_{COPIED}__pk": "id",
    }
    with running(command, port, f"/collections/public.{COPIED}/items?limit=1&f=geojson", **environment) as server:
        yield server


@contextmanager
def pygeoapi(python: str, url: str) -> Iterator[Server]:
    port = free_port()
    host, database, user = _server_of(url)
    address = f"http://127.0.0.1:{port}"
    about: dict[str, Any] = {"title": "b", "description": "b", "keywords": ["b"]}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {"host": host, "dbname": database, "user": user, "password": "-", "search_path": ["public"]},
        "id_field": "id",
        "table": COPIED,
        "geom_field": "geom",
    }
    extents = {"spatial": {"bbox": [14, 50, 18, 52], "crs": CRS84.uri}}
    configuration = {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 100, "max_items": MOST},
            "map": {"url": "https://example.org/{z}/{x}/{y}.png", "attribution": "-"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**about, "keywords_type": "theme", "terms_of_service": "-", "url": address},
            "license": {"name": "-", "url": address},
            "provider": {"name": "-", "url": address},
            "contact": {"name": "-"},
        },
        "resources": {
            "services": {"type": "collection", **about, "extents": extents, "links": [], "providers": [provider]}
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        # every JSON document is a YAML document
        written, openapi = Path(folder) / "pygeoapi.yml", Path(folder) / "openapi.yml"
        written.write_text(json.dumps(configuration))
        environment = {"PYGEOAPI_CONFIG": str(written), "PYGEOAPI_OPENAPI": str(openapi)}
        generate = [str(Path(python).with_name("pygeoapi")), "openapi", "generate", str(written), "--output-file"]
        subprocess.run([*generate, str(openapi)], env=os.environ | environment, check=True, capture_output=True)
        command = [python, "-m", "gunicorn", "pygeoapi.flask_app:APP", "--bind", f"127.0.0.1:{port}"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", "16"]
        with running(command, port, "/collections/services/items?limit=1&f=json", **environment) as server:
            yield server
