"""Values as a careful clerk would write them fair."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import Position
from mapapp.registers import cleaning
from mapapp.registers.problems import FieldError


@pytest.mark.parametrize(
    ("written", "fair"),
    [
        ("ul. ul. Długa", "ul. Długa"),
        ("ul.Długa", "ul. Długa"),
        ("Ulica Długa", "ul. Długa"),
        ("rynek Rynek", "Rynek"),
        ("ul. Rynek", "Rynek"),
        ("Rynek Główny", "Rynek Główny"),
        ("al. Aleja Jana Pawła II", "al. Jana Pawła II"),
        ("os. Osiedle Dłubacze", "os. Dłubacze"),
        ("ul. Plac Wolności", "pl. Wolności"),
        ("Pl. Św. Kazimierza", "pl. św. Kazimierza"),
        ("ul. Św. Jana  Kantego", "ul. św. Jana Kantego"),
        ("ul.\u00a0Krótka", "ul. Krótka"),
        ("Placowa", "Placowa"),
        ("al. 1000-lecia", "al. 1000-lecia"),
    ],
)
def test_writes_a_street_with_one_prefix(written: str, fair: str) -> None:
    assert cleaning.street_name(written) == fair


@given(st.lists(st.sampled_from(["ul.", "al.", "Aleja", "Rynek", "pl.", "Plac", "os.", "Św.", "Długa", "3", " "])))
def test_changes_a_fair_street_no_further(words: list[str]) -> None:
    fair = cleaning.street_name(" ".join(words))
    assert cleaning.street_name(fair) == fair


@pytest.mark.parametrize(
    ("street", "number", "town", "line"),
    [
        ("ul. Długa", "15B", "Tarnów", "ul. Długa 15B"),
        ("ul. Niepołomska", "26 G", "Wieliczka", "ul. Niepołomska 26G"),
        ("", "638", "Skrzyszów", "Skrzyszów 638"),
        ("ul. Świętego Jana", "-", "Żabno", "ul. Świętego Jana"),
        ("", "", "Niegowić", "Niegowić"),
    ],
)
def test_writes_the_address_in_one_line(street: str, number: str, town: str, line: str) -> None:
    assert cleaning.address_line(street, number, town) == line


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("14 688 21 80", ["+48146882180"]),
        ("14 688 21 80, 14 688 21 81", ["+48146882180", "+48146882181"]),
        ("(18) 448-42-40", ["+48184484240"]),
        ("32 642 84 67        32 642 94 01", ["+48326428467", "+48326429401"]),
        ("(12) 386-29-60    517-847-661", ["+48123862960", "+48517847661"]),
        ("(18)35-16-491", ["+48183516491"]),
        ("12/270-10-25", ["+48122701025"]),
        ("tel. 12 270 10 25 lub 600 100 200", ["+48122701025", "+48600100200"]),
        ("12 270 10 25 fax 12 270 10 26", ["+48122701025"]),
        ("tel/fax 12 270 10 25", ["+48122701025"]),
        ("+48 12 270 10 25; 12 270 10 25", ["+48122701025"]),
        ("18 354-xx-xx", []),
        ("brak", []),
        ("", []),
    ],
)
def test_finds_every_phone_of_a_cell(cell: str, numbers: list[str]) -> None:
    assert [phone.number for phone in cleaning.phones(cell)] == numbers


def test_keeps_the_extension_apart_from_the_number() -> None:
    (phone,) = cleaning.phones("12 270 10 25 wew. 12")
    assert (phone.number, phone.display, phone.extension) == ("+48122701025", "12 270 10 25", "12")


def test_says_where_digits_were_left_over() -> None:
    assert cleaning.left_over("18 354-12-3", ())
    assert cleaning.left_over("12 270 10 25, 60010020", cleaning.phones("12 270 10 25, 60010020"))
    assert not cleaning.left_over("12 270 10 25 wew. 12", cleaning.phones("12 270 10 25 wew. 12"))


@pytest.mark.parametrize(
    ("written", "code"),
    [("1206072", "1206072"), ("1206072.0", "1206072"), ("201011", "0201011"), (" 12 06 072", "1206072")],
)
def test_mends_what_a_spreadsheet_did_to_a_code(written: str, code: str) -> None:
    assert cleaning.gmina_code(written) == code


@pytest.mark.parametrize("written", ["12060", "12060721", "120607A", "1206074", "１２０６０７２"])
def test_refuses_what_is_no_code_of_a_gmina(written: str) -> None:
    with pytest.raises(FieldError, match="TERYT"):
        cleaning.gmina_code(written)


def test_reads_degrees_with_a_comma_or_a_point() -> None:
    assert cleaning.position("50,0121", "20.9858") == Position(20.9858, 50.0121)


@pytest.mark.parametrize(
    ("latitude", "longitude", "message"),
    [
        ("20.9858", "50.0121", "zamienione miejscami"),
        ("0", "0", "poza Polską"),
        ("52.52", "13.40", "poza Polską"),
        ("nan", "20", "stopni"),
        ("1e400", "20", "stopni"),
        ("50.0121", "", "stopni"),
        ("5556346.5", "362000", "stopni"),
    ],
)
def test_refuses_a_point_that_cannot_be_in_poland(latitude: str, longitude: str, message: str) -> None:
    with pytest.raises(FieldError, match=message):
        cleaning.position(latitude, longitude)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("www.ops.pl", "http://www.ops.pl"),
        ("https://ops.pl/strona", "https://ops.pl/strona"),
        ("bip.malopolska.pl/ops", "http://bip.malopolska.pl/ops"),
        ("ops.pl:8080", "http://ops.pl:8080"),
        ("www.ops.pl, www.bip.pl", "http://www.ops.pl"),
    ],
)
def test_writes_a_web_address_with_its_scheme(written: str, address: str) -> None:
    assert cleaning.web_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://ops.pl/%0aalert(1)",
        "data:text/html,x",
        "ops",
        "kontakt@ops.pl",
        "http://[",
        "//ops.pl",
    ],
)
def test_refuses_what_is_no_web_page(written: str) -> None:
    with pytest.raises(FieldError, match="adresu strony"):
        cleaning.web_address(written)


def test_splits_and_checks_e_mail_addresses() -> None:
    assert cleaning.emails("Ops@Gmina.PL; sekretariat@gmina.pl") == ("Ops@gmina.pl", "sekretariat@gmina.pl")
    for wrong in ("ops(at)gmina.pl", "ops@gmina", "ops@@gmina.pl", "ops@.pl"):
        with pytest.raises(FieldError, match="e-mail"):
            cleaning.emails(wrong)


def test_reads_the_day_of_an_export_and_refuses_one_that_is_not() -> None:
    pattern = r"(\d+)\.(\d+)\.(\d{4})"
    assert cleaning.date_in("RJPS eksport 06.03.2026", pattern) == date(2026, 3, 6)
    assert cleaning.date_in("bez daty", pattern) is None
    with pytest.raises(FieldError, match=r"31\.02\.2026"):
        cleaning.date_in("31.02.2026", pattern)


def test_tidies_a_name() -> None:
    assert cleaning.name_of_unit("Miejsko Gminny  Ośrodek\u00a0Pomocy.") == "Miejsko-Gminny Ośrodek Pomocy"
    with pytest.raises(FieldError, match="liczba znaków nazwy: 2"):
        cleaning.name_of_unit("AB")


@given(st.text(max_size=200))
def test_answers_any_text_with_a_value_or_a_field_error(text: str) -> None:
    assert isinstance(cleaning.phones(text), tuple)
    for read in (cleaning.name_of_unit, cleaning.register_number, cleaning.gmina_code, cleaning.postal_code):
        try:
            assert isinstance(read(text), str)
        except FieldError as error:
            assert str(error)
    if text.strip():
        try:
            assert cleaning.web_address(text).lower().startswith("http")
        except FieldError as error:
            assert "adresu strony" in str(error)
