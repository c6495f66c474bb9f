import fcntl
import sys
import threading
import time
from pathlib import Path

import pytest

from setup import console
from setup.console import StepFailed, alone, run


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(console, "VAR", tmp_path)
    monkeypatch.setattr(console, "LOG", tmp_path / "log" / "setup.log")
    return tmp_path / "log" / "setup.log"


def test_shows_the_step_and_its_time_and_keeps_its_words_in_the_log(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("Saying hello", (sys.executable, "-c", "print('hello', __import__('os').environ['WHOM'])"), {"WHOM": "Wrocław"})
    assert "✔ Saying hello (" in capsys.readouterr().out
    assert "hello Wrocław" in log.read_text()


def test_shows_that_time_passes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "HEARTBEAT_S", 0.05)
    run("Sleeping", ("sleep", "0.2"))
    assert capsys.readouterr().out.splitlines().count("  0 s") >= 2


def test_ends_with_the_last_words_of_a_step_that_failed(capsys: pytest.CaptureFixture[str]) -> None:
    run("Before", ("echo", "of another step"))
    with pytest.raises(StepFailed, match="ended with 3") as failure:
        run("Failing", ("sh", "-c", "seq 100; echo no space left; exit 3"))
    message = str(failure.value)
    assert message.endswith("no space left")
    assert "\n  99\n" in message
    assert "\n  5\n" not in message
    assert "of another step" not in message
    assert "✘ Failing" in capsys.readouterr().out


def test_lets_a_second_setup_wait_and_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alone():
        assert "waiting" not in capsys.readouterr().out
    with (tmp_path / "setup.lock").open("a") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        leaves = threading.Timer(0.3, fcntl.flock, (first, fcntl.LOCK_UN))
        leaves.start()
        start = time.monotonic()
        with alone():
            assert time.monotonic() - start >= 0.25
        leaves.join()
    assert "waiting" in capsys.readouterr().out
