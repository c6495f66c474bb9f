import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp import text_search
from mapapp.text_search import DICTIONARIES, Mode, configure_text_search

HOSTILE = ["", " ", "%", "_", "'", '"', ":*", "a|b", "!x", "((", "\\", "x" * 10_000, "a b " * 3000, "🙂", "ﬁ ½ ™"]


def vector(session: Session, words: str) -> str:
    return str(session.scalar(text("SELECT public.search_vector(:words)"), {"words": words}))


def terms(session: Session, word: str) -> list[str]:
    return list(session.scalar(text("SELECT public.search_terms(:word)"), {"word": word}))


@pytest.fixture(params=["hunspell_folded", "hunspell", "simple"])
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, session: Session) -> Mode:
    """Each mode, where the server has its dictionary: the better ones are taken away."""
    wanted: Mode = request.param
    order = list(DICTIONARIES)
    kept = order[order.index(wanted) :] if wanted in order else []
    monkeypatch.setattr(text_search, "DICTIONARIES", {name: DICTIONARIES[name] for name in kept})
    found = configure_text_search(session.connection())
    if found != wanted:
        pytest.skip(f"the server has no dictionary for {wanted}")
    return wanted


def test_any_text_has_a_vector(mode: Mode, session: Session) -> None:
    for words in HOSTILE:
        vector(session, words)
        terms(session, words)


def test_diacritics_and_case_do_not_matter(mode: Mode, session: Session) -> None:
    assert set(terms(session, "ŁÓDŹ")) & set(terms(session, "lodz"))
    assert set(terms(session, "Opiekuńcze")) & set(terms(session, "opiekuncze"))


def test_a_slash_or_hyphen_parts_words(mode: Mode, session: Session) -> None:
    assert "'ops':2" in vector(session, "CUS/OPS")
    assert "'001':2" in vector(session, "50-001")


def test_the_same_again_changes_nothing(mode: Mode, session: Session) -> None:
    count = text(
        "SELECT pg_current_xact_id_if_assigned() IS NULL, xmin::text FROM pg_proc WHERE proname = 'search_vector'"
    )
    before = session.execute(count).all()
    assert configure_text_search(session.connection()) == mode
    assert session.execute(count).all() == before


def test_inflected_words_meet_with_diacritics_or_without(session: Session) -> None:
    if configure_text_search(session.connection()) != "hunspell_folded":
        pytest.skip("the server has no folded dictionary")
    forms = ["opiekunczych", "opiekuńcze", "opiekuncze", "OPIEKUŃCZY"]
    assert {tuple(terms(session, form)) for form in forms} == {("opiekunczy",)}
    assert "klodzko" in terms(session, "Kłodzku")
    assert vector(session, "Usługi opiekuńcze") == vector(session, "uslugami opiekunczych")


def test_a_dictionary_whose_files_are_gone_is_no_error(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_search, "DICTIONARIES", {"hunspell_folded": ("public.gone", "no_such_files")})
    assert configure_text_search(session.connection()) == "simple"
    assert vector(session, "Usługi opiekuńcze") == "'opiekuncze':2 'uslugi':1"


def test_changes_to_a_better_dictionary_that_appears(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(text_search, "DICTIONARIES", {})
        assert configure_text_search(session.connection()) == "simple"
    better = configure_text_search(session.connection())
    if better == "simple":
        pytest.skip("the server has no Polish dictionary")
    assert "usluga" in terms(session, "usługi")
