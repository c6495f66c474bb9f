import os
import shutil
import subprocess
from pathlib import Path

import pytest

from setup import frontend, tasks
from setup.__main__ import TASKS, main
from setup.console import SetupError

ROOT = Path(__file__).resolve().parent.parent.parent


def make(*arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make") or "make"
    return subprocess.run(
        [program, *arguments], cwd=ROOT, env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_lists_every_task_by_default() -> None:
    told = make().stdout
    assert all(f"make {name}" in told for name in (*TASKS, "help"))


def test_has_a_target_for_every_task() -> None:
    for name in TASKS:
        assert f"-m setup {name}" in make("--dry-run", name).stdout


def test_refuses_an_unknown_task(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    assert "run|test|lint" in capsys.readouterr().err


def test_turns_a_failure_into_a_message(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise SetupError("an administrator must run: apt-get install x")

    monkeypatch.setitem(TASKS, "run", fail)
    assert main(["run"]) == 1
    assert "apt-get install x" in capsys.readouterr().err


def test_says_which_python_is_needed(tmp_path: Path) -> None:
    for name in ("sh", "id"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    answer = make("run", path=str(tmp_path))  # where there is no apt-get either
    assert answer.returncode != 0
    assert "Python 3.11 or newer is needed" in answer.stderr
    assert "    apt-get install --no-install-recommends -y python3-venv" in answer.stderr


def test_gives_tests_an_environment_that_names_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_DATABASE_URL", "postgresql://db.example.org/map")
    monkeypatch.setenv("MAPAPP_SYSTEM_PACKAGES", "no")
    environment = tasks.environment_of_tests()
    assert "MAPAPP_DATABASE_URL" not in environment
    assert environment["MAPAPP_SYSTEM_PACKAGES"] == "no"
    assert environment["PATH"].split(os.pathsep)[1] == str(ROOT / ".venv" / "bin")


def test_serves_of_each_browser_package_what_pages_need() -> None:
    vendor = ROOT / "static" / "vendor"
    if not vendor.is_dir():
        pytest.skip("browser packages are not installed; make run brings them")
    for package, names in frontend.SERVED.items():
        assert all((vendor / package / name).exists() for name in names)
