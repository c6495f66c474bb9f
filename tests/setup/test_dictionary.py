from pathlib import Path

import pytest

from mapapp.postgres import ServerBinaries
from setup import dictionary

AFFIXES = "SFX A ąć 0 [^ż]ć\n"
WORDS = "2\nżółć/A\nŁódź/B\n"


@pytest.fixture
def server(tmp_path: Path) -> ServerBinaries:
    programs, share = tmp_path / "usr/lib/postgresql/15/bin", tmp_path / "usr/share/postgresql/15"
    for folder in (programs, programs.with_name("lib"), share / "tsearch_data", share / "extension"):
        folder.mkdir(parents=True)
    (programs / "postgres").write_text("program")
    (share / "postgres.bki").write_text("catalogue")
    (share / "tsearch_data/pl_pl.affix").write_text(AFFIXES, encoding="utf-8")
    (share / "tsearch_data/pl_pl.dict").write_text(WORDS, encoding="utf-8")
    return ServerBinaries(programs, share, 15)


def test_folds_words_and_affixes_to_ascii(server: ServerBinaries) -> None:
    dictionary.fold(server)
    assert server.has_dictionary("pl_folded")
    assert (server.share / "tsearch_data/pl_folded.affix").read_text() == "SFX A ac 0 [^z]c\n"
    assert (server.share / "tsearch_data/pl_folded.dict").read_text() == "2\nzolc/A\nLodz/B\n"


def test_copies_a_server_whose_folders_are_closed(
    server: ServerBinaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    monkeypatch.setattr(dictionary, "OWN_SERVER", own)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    dictionary.fold(server)
    assert not server.has_dictionary("pl_folded")
    copied = own / str(server.share).lstrip("/")
    assert (copied / "tsearch_data/pl_folded.dict").read_text() == "2\nzolc/A\nLodz/B\n"
    assert (copied / "tsearch_data/pl_pl.dict").read_text(encoding="utf-8") == WORDS
    assert (copied / "postgres.bki").readlink() == server.share / "postgres.bki"
    program = own / str(server.programs).lstrip("/") / "postgres"
    assert program.is_file()
    assert not program.is_symlink()
