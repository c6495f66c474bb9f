"""Every column and field that a finding may name has a name in each language."""

import pytest

from mapapp.registers import dps, osm, overnight, rjps, sds, senior
from mapapp.registers.coordinates import FIELD
from mapapp.registers.field_words import field_word, field_words
from mapapp.registers.mapping.fields import LABELS
from mapapp.registers.template import reading

LAYOUTS = [each.LAYOUT for each in (rjps, dps, sds, senior, overnight, osm, reading)]
OF_CHECKS = {"(wiersz)", "data", "data sprawdzenia", "godziny", "kod pocztowy", "latitude, longitude", "nazwa", FIELD}


def test_names_each_column_of_a_known_layout_and_each_field_of_a_mapping() -> None:
    columns = {column for layout in LAYOUTS for column in layout.required | layout.optional}
    assert (columns | OF_CHECKS | set(filter(None, LABELS))) - field_words().keys() == set()


def test_every_name_is_there_in_three_languages() -> None:
    for code, labels in field_words().items():
        assert labels.keys() == {"pl", "en", "uk"}, code
        assert all(label.strip() == label != "" for label in labels.values()), code
        assert not set("ąćęłńóśźż") & set(labels["en"].replace("Doręczenia", "").replace("Za życiem", "")), code


@pytest.mark.parametrize(
    ("field", "language", "word"),
    [
        ("godziny_pracy", "en", "opening hours"),
        ("location.address.postal_code", "uk", "поштовий індекс"),
        ("phones.0", "en", "telephones"),
        ("Rubryka", "en", "Rubryka"),
        ("Nazwa.name", "en", "Nazwa.name"),
        ("arkusz Lista.name", "en", "arkusz Lista.name"),
    ],
)
def test_tells_a_field_in_words_and_leaves_what_only_a_file_knows(field: str, language: str, word: str) -> None:
    assert field_word(field, language) == word
