"""Easy-to-read texts: only checked ones, in the language of the page or in Polish."""

from pathlib import Path

import pytest

from mapapp.directory.easy_texts import load_easy_texts
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.settings import ROOT

HEADER = "type,language,easy_text,sign_film,checked_by,checked_on\n"
TYPES = load_vocabularies(ROOT / "data" / "vocabularies").types.keys()


def written(folder: Path, *rows: str) -> Path:
    path = folder / "easy_texts.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return path


def test_the_file_of_the_project_is_right() -> None:
    load_easy_texts(ROOT / "data" / "texts" / "easy_texts.csv", TYPES)


def test_falls_back_to_polish_and_says_so(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "dps,pl,To jest dom.|Tu mieszkają starsze osoby.,https://example.org/film,Grupa testowa,2026-10-01",
        "dps,en,This is a home.,,Test group,2026-10-01",
    )
    texts = load_easy_texts(path, TYPES)
    english, ukrainian = texts.easy("dps", "en"), texts.easy("dps", "uk")
    assert english and (english.language, english.paragraphs) == ("en", ("This is a home.",))
    assert ukrainian and ukrainian.language == "pl" and len(ukrainian.paragraphs) == 2
    assert texts.film("dps") == "https://example.org/film"
    assert texts.easy("ops", "pl") is None and texts.film("ops") is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("dps,pl,Tekst,,,2026-10-01", "column checked_by"),
        ("dps,pl,Tekst,,Grupa,", "column checked_on"),
        ("dps,de,Text,,Grupa,2026-10-01", "column language: 'de'"),
        ("dom,pl,Tekst,,Grupa,2026-10-01", "column type: 'dom'"),
        ("dps,pl,,,Grupa,2026-10-01", "neither easy_text nor sign_film"),
        ("dps,pl,,javascript:alert(1),Grupa,2026-10-01", "expected an https:// address"),
    ],
)
def test_refuses_what_nobody_checked_or_cannot_be(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ValueError, match="line 2") as caught:
        load_easy_texts(written(tmp_path, row), TYPES)
    assert said in str(caught.value)
