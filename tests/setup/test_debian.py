import os
from pathlib import Path

import pytest

from setup import debian, environment, postgis
from setup.console import SetupError, StepFailed

THING = debian.Packages(
    purpose="The thing",
    installed=("thing", "hunspell-pl"),
    unpacked=("thing-{major}",),
    folder=Path("unused"),
    elsewhere="the thing, version 3 or newer",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that the setup would run, instead of running them."""
    commands: list[str] = []
    monkeypatch.setattr(debian, "run", lambda label, command, *_: commands.append(" ".join(map(str, command))))
    return commands


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("MAPAPP_SYSTEM_PACKAGES", raising=False)


@pytest.mark.usefixtures("as_root")
def test_installs_with_apt_as_root(asked: list[str]) -> None:
    debian.provide(THING)
    update, install = asked
    assert update.startswith("apt-get update")
    assert install.startswith("apt-get install --yes --no-install-recommends")
    assert install.endswith(" thing hunspell-pl")


@pytest.mark.usefixtures("as_root")
def test_goes_on_with_the_lists_at_hand_where_they_cannot_be_renewed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def run(label: str, command: tuple[str, ...], *_: object) -> None:
        if "update" in command:
            raise StepFailed("no network")
        done.append(command[1])

    monkeypatch.setattr(debian, "run", run)
    debian.provide(THING)
    assert done == ["install"]
    assert "could not be renewed" in capsys.readouterr().out


@pytest.mark.usefixtures("as_root")
def test_names_the_administrators_command_where_apt_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(label: str, command: tuple[str, ...], *_: object) -> None:
        raise StepFailed("no network")

    monkeypatch.setattr(debian, "run", run)
    with pytest.raises(SetupError) as error:
        debian.provide(THING)
    assert "no network" in str(error.value)
    assert "\n    apt-get install --no-install-recommends -y thing hunspell-pl\n" in str(error.value)


def test_says_what_to_install_where_there_is_no_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SetupError) as error:
        debian.provide(THING)
    assert "no apt-get" in str(error.value)
    assert "the thing, version 3 or newer" in str(error.value)


def test_wants_no_server_where_one_runs_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_DATABASE_URL", "postgresql://db.example.org/map")
    monkeypatch.setattr(postgis, "find_server", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    postgis.ensure(private=False)
    with pytest.raises(SetupError, match="PostgreSQL 15 or newer"):
        postgis.ensure(private=True)


def test_completes_unpacked_packages_as_debian_does(tmp_path: Path) -> None:
    share = tmp_path / "usr/share/postgresql/15"
    (share / "extension").mkdir(parents=True)
    (share / "tsearch_data").mkdir()
    (share / "extension/postgis-3.control").write_text("default_version = '3.3.2'")
    dictionaries = tmp_path / "usr/share/hunspell"
    dictionaries.mkdir(parents=True)
    (dictionaries / "pl_PL.aff").write_bytes("SET ISO8859-2\nSFX A Y 1\nSFX A ąć 0 ć\n".encode("iso8859-2"))
    (dictionaries / "pl_PL.dic").write_bytes("1\nżółć/A\n".encode("iso8859-2"))
    postgis.complete_unpacked(tmp_path)
    assert (share / "extension/postgis.control").read_text() == "default_version = '3.3.2'"
    assert "SFX A ąć 0 ć" in (share / "tsearch_data/pl_pl.affix").read_text(encoding="utf-8")
    assert "żółć/A" in (share / "tsearch_data/pl_pl.dict").read_text(encoding="utf-8")


def test_installs_the_venv_of_the_python_that_runs() -> None:
    assert environment.PIP_WHEEL.installed[0].startswith("python3.")
