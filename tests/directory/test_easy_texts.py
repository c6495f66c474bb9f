"""Texts in easy words: whole, dated, honest about who has checked them, in the language of the page or in Polish."""

from datetime import date
from pathlib import Path

import pytest

from mapapp.directory.easy_texts import load_easy_texts
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.settings import ROOT

HEADER = (
    "type,language,what,for_whom,what_you_get,how_to_get_in,cost,"
    "sign_film,written_by,written_on,checked_by,checked_on\n"
)
TYPES = load_vocabularies(ROOT / "data" / "vocabularies").types.keys()
# the standard: one thought, few words
MOST_WORDS = 15


def written(folder: Path, *rows: str) -> Path:
    path = folder / "easy_texts.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return path


def test_the_project_has_a_text_of_short_sentences_for_every_type() -> None:
    texts = load_easy_texts(ROOT / "data" / "texts" / "easy_texts.csv", TYPES)
    for kind in TYPES:
        text = texts.easy(kind, "pl")
        assert text, kind
        for sentence in (sentence for part in text.parts for sentence in part):
            assert len(sentence.split()) <= MOST_WORDS, sentence
            assert sentence[0].isupper() and sentence.endswith("."), sentence
            assert not set("()/;") & set(sentence), sentence


def test_falls_back_to_polish_and_says_so(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "dps,pl,To jest dom.|Duży.,Dla Ciebie.,Pokój.,Zadzwoń.,Nic.,https://example.org/film,My,2026-10-01,Grupa,2026-11-01",
        "dps,en,This is a home.,For you.,A room.,Call.,Nothing.,,We,2026-10-02,,",
    )
    texts = load_easy_texts(path, TYPES)
    english, ukrainian = texts.easy("dps", "en"), texts.easy("dps", "uk")
    assert english and (english.language, english.parts[0]) == ("en", ("This is a home.",))
    assert (english.written_on, english.checked_by, english.checked_on) == (date(2026, 10, 2), None, None)
    assert ukrainian and (ukrainian.language, ukrainian.parts[0]) == ("pl", ("To jest dom.", "Duży."))
    assert ukrainian.checked_on == date(2026, 11, 1)
    assert texts.film("dps") == "https://example.org/film"
    assert texts.easy("ops", "pl") is None and texts.film("ops") is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("dps,pl,T,T,T,T,T,,,2026-10-01,,", "column written_by"),
        ("dps,pl,T,T,T,T,T,,My,,,", "column written_on"),
        ("dps,pl,T,T,T,T,T,,My,2026-10-01,Grupa,", "checked_by and checked_on stand together"),
        ("dps,pl,T,T,T,T,,,My,2026-10-01,,", "a part is empty"),
        ("dps,de,T,T,T,T,T,,My,2026-10-01,,", "column language: 'de'"),
        ("dom,pl,T,T,T,T,T,,My,2026-10-01,,", "column type: 'dom'"),
        ("dps,pl,,,,,,,My,2026-10-01,,", "neither a text nor sign_film"),
        ("dps,pl,,,,,,https://example.org/film,My,2026-10-01,,", "expected checked_by"),
        ("dps,pl,,,,,,javascript:alert(1),My,2026-10-01,Grupa,2026-10-01", "expected an https:// address"),
    ],
)
def test_refuses_what_is_not_whole_or_cannot_be(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ValueError, match="line 2") as caught:
        load_easy_texts(written(tmp_path, row), TYPES)
    assert said in str(caught.value)
