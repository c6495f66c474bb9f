from pathlib import Path

import pytest

from setup import environment


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The commands that setup runs, with an environment and an engine of the test's own."""
    commands: list[tuple[object, ...]] = []
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "kernels.py").write_text("one = 1")
    (tmp_path / "venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment, "ENGINE", tmp_path / "geo")
    monkeypatch.setattr(environment, "run", lambda _what, command: commands.append(command))
    return commands


def test_compiles_nothing_where_there_is_no_compiler(ran: list[tuple[object, ...]]) -> None:
    environment.warm_engine()
    assert ran == []


def test_compiles_the_engine_once_and_again_when_it_changes(ran: list[tuple[object, ...]], tmp_path: Path) -> None:
    (tmp_path / "venv" / "lib" / "python3.11" / "site-packages" / "numba-0.68.1.dist-info").mkdir()
    environment.warm_engine()
    environment.warm_engine()
    assert [command[1:] for command in ran] == [("-m", "geo.warm")]
    (tmp_path / "geo" / "kernels.py").write_text("one = 2")
    environment.warm_engine()
    assert len(ran) == 2
