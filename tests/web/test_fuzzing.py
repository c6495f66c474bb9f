"""schemathesis finds nothing: the APIs answer as their document says, to thousands of questions good and bad.

The same questions each time. A longer run, with others each time:
``MAPAPP_FUZZ_EXAMPLES=300 .venv/bin/python -m pytest tests/web/test_fuzzing.py``
"""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

FUZZING = Path(__file__).resolve().parent.parent / "fuzzing"
EXAMPLES = os.environ.get("MAPAPP_FUZZ_EXAMPLES")
ENOUGH = 3_000


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_finds_nothing(address: str, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", FUZZING / "schemathesis.toml", "run", f"{address}/api/openapi.json"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES or "5", "--no-color"]
    command += ["--suppress-health-check", "all", "--workers", "2"]
    command += ["--seed", str(int.from_bytes(os.urandom(4)))] if EXAMPLES else ["--generation-deterministic"]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(FUZZING)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2_000:]
    made = re.search(r"([\d,]+) generated", ran.stdout)
    assert made and int(made[1].replace(",", "")) > ENOUGH, ran.stdout[-2_000:]
