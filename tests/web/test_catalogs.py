"""The translations: whole, current, with every plural form and placeholder."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from mapapp.settings import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def catalog(language: str) -> Catalog:
    with (ROOT / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalog(language) if message.id)


def texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    """Every message that code and templates use."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, keywords=DEFAULT_KEYWORDS | {"_l": None})
    return {texts(message)[0] for _file, _line, message, _comments, _context in found}


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_has_every_text_and_no_other(extracted: set[str], language: str) -> None:
    assert len(extracted) > 150
    assert {texts(message.id)[0] for message in messages(language)} == extracted


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_leaves_nothing_empty_or_unsure(language: str) -> None:
    for message in messages(language):
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in texts(message.string)), message.id


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_has_three_forms_for_each_plural(language: str) -> None:
    plurals = [message for message in messages(language) if message.pluralizable]
    assert plurals
    assert all(len(texts(message.string)) == 3 for message in plurals)


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_fills_the_same_placeholders(language: str) -> None:
    for message in messages(language):
        expected = set(PLACEHOLDER.findall(texts(message.id)[-1]))
        for text in texts(message.string):
            assert set(PLACEHOLDER.findall(text)) == expected, message.id


@pytest.mark.parametrize(("language", "letters"), [("pl", r"[а-яіїєґ]"), ("uk", r"[ąćęłńóśźż]")])
def test_keeps_to_its_alphabet(language: str, letters: str) -> None:
    for message in messages(language):
        assert not re.search(letters, " ".join(texts(message.string)).lower()), message.id
