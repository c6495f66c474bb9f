"""The vocabularies: whole, consistent, in good language, and honest about what is wrong with them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from mapapp.directory.terms import Term
from mapapp.directory.vocabulary import Vocabularies, VocabularyError, load_vocabularies

FOLDER = Path(__file__).resolve().parents[2] / "data" / "vocabularies"
LANGUAGES = ("pl", "en", "uk")

# fmt: off
TYPES_OF_THE_DOMAIN = [
    "ops", "cus", "cs_model", "cus_spol", "bok_kipus", "pcpr", "rops", "uo_dom", "suo", "suo_psy",
    "sasiedzkie", "teleopieka", "asystent", "wytchnienie", "transport_dd", "wypozyczalnia", "ddp",
    "ddsp", "ksp", "klub_sen", "utw", "sds", "klub_samop", "com", "dps", "dps_krotko", "rdp", "pco",
    "zol_hosp", "m_trening", "m_wspom", "m_adapt", "najpierw", "schronisko", "sch_uo", "noclegownia",
    "ogrzewalnia", "posilek", "dmdz", "oik", "sow", "porad", "npp", "uzal", "telefon", "asyst_rodz",
    "pwd", "klub_dzr", "klub_mlodz", "zlobek", "pow", "orpz", "adopc", "ppp", "czp", "wtz", "zaz",
    "cis", "kis", "owes", "ps", "pup", "pzon", "cic", "cwao", "klub_mieszk", "wolont", "bank_uslug",
    "osl", "rada",
]
# fmt: on

WHAT_PEOPLE_TYPE = [
    ("mops", "ops"),
    ("opieka społeczna", "ops"),
    ("opieka nad babcią", "uo_dom"),
    ("dom starców", "dps"),
    ("dom seniora", "dps"),
    ("mieszkanie chronione", "m_trening"),
    ("mieszkanie chronione", "m_wspom"),
    ("schronisko dla bezdomnych", "schronisko"),
    ("nie mam gdzie spać", "noclegownia"),
    ("obiady dla ubogich", "posilek"),
    ("jedzenie za darmo", "posilek"),
    ("darmowy prawnik", "npp"),
    ("porady prawne", "npp"),
    ("niebieska karta", "oik"),
    ("przemoc w rodzinie", "sow"),
    ("alkoholik", "uzal"),
    ("odwyk", "uzal"),
    ("depresja", "czp"),
    ("telefon zaufania", "telefon"),
    ("łóżko rehabilitacyjne", "wypozyczalnia"),
    ("przewóz niepełnosprawnych", "transport_dd"),
    ("orzeczenie o niepełnosprawności", "pzon"),
    ("praca dla niepełnosprawnych", "zaz"),
    ("świetlica", "pwd"),
    ("dom dziecka", "pow"),
    ("dla uchodźców", "cic"),
    ("dla ukraińców", "cic"),
    ("cus", "cs_model"),
]


@pytest.fixture(scope="module")
def words() -> Vocabularies:
    return load_vocabularies(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of vocabularies to break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "vocabularies"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not contain {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def problem_of(folder: Path) -> VocabularyError:
    with pytest.raises(VocabularyError) as caught:
        load_vocabularies(folder)
    return caught.value


def every_term(words: Vocabularies) -> Iterator[Term]:
    for name in Vocabularies.__dataclass_fields__:
        yield from getattr(words, name).values()


def every_text(words: Vocabularies, language: str) -> Iterator[str]:
    for term in every_term(words):
        yield from (term.label(language), term.plain(language), *term.synonyms(language))
    if language == "pl":
        yield from (kind.plural_pl for kind in words.types.values())


# What the files hold


@pytest.mark.parametrize("code", TYPES_OF_THE_DOMAIN)
def test_has_every_type_of_the_domain(words: Vocabularies, code: str) -> None:
    assert code in words.types


def test_has_fourteen_audiences_besides_everyone(words: Vocabularies) -> None:
    top = [audience for audience in words.audiences.values() if audience.parent is None]
    assert [audience.code for audience in top if audience.exclusive] == ["all"]
    assert len(top) == 1 + 14


def test_has_the_fourteen_fields_of_the_act_in_its_order(words: Vocabularies) -> None:
    assert [field.number for field in words.law_fields.values()] == list(range(1, 15))


def test_has_the_seven_accessibility_profiles(words: Vocabularies) -> None:
    assert len(words.profiles) == 7
    for profile in words.profiles.values():
        assert profile.required_features
        assert not set(profile.required_features) & set(profile.helpful_features)


def test_covers_every_point_of_the_accessibility_minimum(words: Vocabularies) -> None:
    points = {feature.art6_point for feature in words.features.values()}
    assert points - {None} == {"1a", "1b", "1c", "1d", "1e", "3a", "3b", "3c", "3d"}


def test_keeps_every_duty_and_visibility_level(words: Vocabularies) -> None:
    assert list(words.duty_levels) == ["GO", "GF", "GZ", "PO", "PZ", "W", "S", "N"]
    assert list(words.visibility_levels) == ["public", "area_only", "on_request", "internal"]


def test_counts_a_duty_as_checked_only_where_it_was_confirmed(words: Vocabularies) -> None:
    checked = {kind.code for kind in words.types.values() if kind.duty_checked}
    assert checked == {"cus", "sasiedzkie", "dps_krotko"}


def test_never_shows_where_a_violence_shelter_is(words: Vocabularies) -> None:
    level = words.visibility_levels[words.types["sow"].default_visibility]
    assert not level.shows_position
    assert not level.shows_area
    assert level.is_listed


def test_shows_no_door_of_any_home_where_people_hide_from_violence(words: Vocabularies) -> None:
    homes = {
        kind.code: words.visibility_levels[kind.default_visibility]
        for kind in words.types.values()
        if "violence" in kind.target_audiences and kind.care_setting == "institution"
    }
    assert homes.keys() == {"dmdz", "sow"}
    assert not any(level.shows_position for level in homes.values())
    assert all(level.is_listed for level in homes.values())


def test_calls_only_the_statutory_centre_cus(words: Vocabularies) -> None:
    for kind in words.types.values():
        names = (kind.label_pl, kind.plural_pl, kind.label_en, kind.label_uk)
        assert any("CUS" in name for name in names) == (kind.centre_kind == "cus_statutory")


def test_keeps_the_day_facilities_in_a_group_of_their_own(words: Vocabularies) -> None:
    day = {kind.code for kind in words.types_in("day_support")}
    assert {"pwd", "sds", "ddp", "ddsp", "ksp", "wtz"} <= day
    assert all("day" in words.types[code].mode for code in day)


def test_has_no_group_without_types(words: Vocabularies) -> None:
    assert all(words.types_in(group) for group in words.groups)


def test_puts_a_day_and_night_type_into_an_institution_unless_it_is_also_a_day_or_home_service(
    words: Vocabularies,
) -> None:
    for kind in words.types.values():
        if kind.mode == ("stationary24h",) and kind.parent is None:
            assert kind.care_setting == "institution", kind.code


@pytest.mark.parametrize(("typed", "code"), WHAT_PEOPLE_TYPE)
def test_knows_what_people_really_type(words: Vocabularies, typed: str, code: str) -> None:
    assert typed in words.types[code].synonyms_pl


def test_gives_every_type_a_handful_of_other_names(words: Vocabularies) -> None:
    few_or_many = {
        kind.code: len(kind.synonyms_pl)
        for kind in words.types.values()
        if not (3 if kind.parent else 5) <= len(kind.synonyms_pl) <= 20
    }
    assert few_or_many == {}


def test_marks_every_crisis_number_as_unchecked_until_someone_has_called(words: Vocabularies) -> None:
    for number in words.crisis_numbers.values():
        assert number.checked == (number.checked_on is not None)
        assert re.sub(r"\D", "", number.number) == number.tel.removeprefix("+48")


# The language of the files


@pytest.mark.parametrize("language", LANGUAGES)
def test_leaves_no_label_or_plain_sentence_empty(words: Vocabularies, language: str) -> None:
    for term in every_term(words):
        assert getattr(term, f"label_{language}"), term.code
        assert getattr(term, f"plain_{language}"), term.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_ends_every_plain_sentence_and_no_label_with_a_full_stop(words: Vocabularies, language: str) -> None:
    for term in every_term(words):
        assert term.plain(language).endswith("."), term.plain(language)
        assert not term.label(language).endswith("."), term.label(language)
        assert len(term.plain(language)) <= 160, term.plain(language)


def test_writes_ukrainian_in_cyrillic_without_russian_letters(words: Vocabularies) -> None:
    for term in every_term(words):
        assert re.search("[а-яіїєґ]", term.label("uk").casefold()), term.code
    assert [text for text in every_text(words, "uk") if re.search("[ыэёъ]", text.casefold())] == []


def test_mixes_no_latin_and_cyrillic_letters_in_a_word(words: Vocabularies) -> None:
    mixed = re.compile(r"[A-Za-zÀ-ɏ][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-zÀ-ɏ]")
    assert [text for language in LANGUAGES for text in every_text(words, language) if mixed.search(text)] == []


def test_writes_polish_without_broken_letters(words: Vocabularies) -> None:
    foreign = re.compile(r"[^ A-Za-zĄĆĘŁŃÓŚŹŻąćęłńóśźż0-9„”’–.,:;()%/+-]")
    assert [text for text in every_text(words, "pl") if foreign.search(text)] == []


def test_repeats_no_label_within_a_vocabulary(words: Vocabularies) -> None:
    for name in Vocabularies.__dataclass_fields__:
        for language in LANGUAGES:
            labels = [term.label(language) for term in getattr(words, name).values()]
            assert len(labels) == len(set(labels)), (name, language)


# What the public registers say, and the files must understand


def test_knows_every_kind_of_nursing_home_of_the_register_of_free_places(words: Vocabularies, shared: Path) -> None:
    register = CalamineWorkbook.from_path(shared / "registers" / "wolne_miejsca_dps_2026-05-09.xlsx")
    named = {str(row[3]) for row in register.get_sheet_by_index(0).to_python()}
    known = {name for kind in words.subtypes.values() if kind.type == "dps" for name in kind.register_names}
    assert {name for name in named if name.startswith("dla ")} <= known


def test_knows_every_type_letter_of_the_register_of_self_help_homes(words: Vocabularies, shared: Path) -> None:
    register = CalamineWorkbook.from_path(shared / "registers" / "wykaz_sds_malopolska_2026.xlsx")
    cells = [str(row[5]) for row in register.get_sheet_by_index(0).to_python()]
    lists = [re.match(r"[A-Z](?:\s*,\s*[A-Z])*(?![\w+])", cell) for cell in cells]  # "A,B,C", then free text
    letters = {letter for found in lists if found for letter in re.findall("[A-Z]", found[0])}
    assert letters
    assert letters <= {kind.register_code for kind in words.subtypes.values() if kind.type == "sds"}


# What the loader gives


def test_falls_back_to_polish_where_a_language_is_missing(words: Vocabularies) -> None:
    dps = words.types["dps"]
    assert dps.label("uk").startswith("Будинок")
    assert dps.label("de") == dps.label_pl
    assert dps.plain("de") == dps.plain_pl
    assert dps.synonyms("de") == ()


def test_reads_a_folder_only_once() -> None:
    assert load_vocabularies(FOLDER) is load_vocabularies(FOLDER)


def test_finds_the_narrower_types_of_a_type(words: Vocabularies) -> None:
    assert words.type_with_narrower("zol_hosp") == {"zol_hosp", "zol", "hospicjum", "ddom"}
    assert words.type_with_narrower("zol") == {"zol"}
    assert words.audience_with_narrower("older") == {"older", "older_60", "older_80"}


def test_cannot_be_changed_after_reading(words: Vocabularies) -> None:
    with pytest.raises(TypeError):
        words.types["dps"] = words.types["ops"]  # type: ignore[index]  # the very thing that must fail


# What the loader says of broken files


def test_names_file_line_column_value_and_the_nearest_code(copy: Path) -> None:
    change(copy, "service_types.csv", "dps,,care_24h,", "dps,,care_24,")
    line = 1 + [*load_vocabularies(FOLDER).types].index("dps") + 1
    message = str(problem_of(copy))
    expected = f"service_types.csv, line {line}, column group: 'care_24': is not a code of type_groups.csv"
    assert message == f"{expected}; nearest valid code: 'care_24h'"


@pytest.mark.parametrize(
    ("file", "old", "new", "column", "nearest"),
    [
        ("service_types.csv", "\nzol,zol_hosp,", "\nzol,zol_hos,", "parent", "zol_hosp"),
        ("service_types.csv", ",institution,", ",institutional,", "care_setting", "institution"),
        ("service_types.csv", "older_60|older_80|ill", "older_60|older_8|ill", "target_audiences", "older_80"),
        ("accessibility_profiles.csv", "entrance_level|", "entrance_levels|", "required_features", "entrance_level"),
        ("audiences.csv", ",older,60,", ",oldr,60,", "parent", "older"),
    ],
)
def test_refuses_a_reference_to_nothing(copy: Path, file: str, old: str, new: str, column: str, nearest: str) -> None:
    change(copy, file, old, new)
    problem = problem_of(copy).problems[0]
    assert (problem.file, problem.column, problem.nearest) == (file, column, nearest)


def test_refuses_everyone_beside_another_audience(copy: Path) -> None:
    change(copy, "service_types.csv", ",migrants,", ",migrants|all,")
    (problem,) = problem_of(copy).problems
    assert (problem.column, problem.value) == ("target_audiences", "all")


def test_refuses_a_parent_that_has_a_parent(copy: Path) -> None:
    change(copy, "service_types.csv", "\nddom,zol_hosp,", "\nddom,zol,")
    (problem,) = problem_of(copy).problems
    assert (problem.column, problem.value) == ("parent", "zol")


def test_refuses_a_code_that_stands_twice(copy: Path) -> None:
    first_line = (copy / "units.csv").read_text(encoding="utf-8").splitlines()[1]
    with (copy / "units.csv").open("a", encoding="utf-8") as file:
        file.write(first_line + "\n")
    (problem,) = problem_of(copy).problems
    assert (problem.file, problem.value, problem.message) == (
        "units.csv",
        "places",
        "the code stands already in line 2",
    )


def test_refuses_a_model_centre_called_cus(copy: Path) -> None:
    change(copy, "service_types.csv", "Modelowe Centrum Społeczne (CS)", "Modelowe CUS")
    (problem,) = problem_of(copy).problems
    assert problem.value == "cs_model"
    assert "'Modelowe CUS' names a statutory CUS" in problem.message


def test_refuses_a_synonym_said_twice(copy: Path) -> None:
    change(copy, "service_types.csv", "ops|mops|gops", "ops|mops|MOPS|gops")
    (problem,) = problem_of(copy).problems
    assert problem.value == "ops"
    assert "synonyms_pl repeats mops" in problem.message


def test_refuses_ages_in_the_wrong_order(copy: Path) -> None:
    change(copy, "audiences.csv", ",children,7,17,", ",children,17,7,")
    (problem,) = problem_of(copy).problems
    assert "age_min 17 is above age_max 7" in problem.message


def test_refuses_an_unknown_column_and_a_missing_one(copy: Path) -> None:
    change(copy, "sectors.csv", "label_uk", "label_ua")
    columns = {(problem.line, problem.column) for problem in problem_of(copy).problems}
    assert {(2, "label_uk"), (2, "label_ua")} <= columns


def test_refuses_an_empty_label(copy: Path) -> None:
    change(copy, "sectors.csv", "gmina,Gmina,", "gmina,,")
    (problem,) = problem_of(copy).problems
    assert (problem.line, problem.column, problem.value) == (2, "label_pl", "")


def test_says_when_a_file_is_in_another_encoding(copy: Path) -> None:
    path = copy / "sectors.csv"
    columns = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_bytes(f"{columns}\nkościół,Kościół".encode("cp1250"))
    (problem,) = problem_of(copy).problems
    assert (problem.file, "UTF-8" in problem.message) == ("sectors.csv", True)


def test_says_when_a_file_is_separated_by_semicolons(copy: Path) -> None:
    path = copy / "sectors.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    (problem,) = problem_of(copy).problems
    assert (problem.file, "comma-separated" in problem.message) == ("sectors.csv", True)


def test_suggests_no_code_where_none_is_like_the_value(copy: Path) -> None:
    change(copy, "service_types.csv", ",institution,", ",zzz,")
    problem = problem_of(copy).problems[0]
    assert (problem.value, problem.nearest) == ("zzz", "")


def test_reads_a_file_that_a_spreadsheet_has_saved(copy: Path) -> None:
    path = copy / "sectors.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_vocabularies(copy).sectors == load_vocabularies(FOLDER).sectors


def test_reports_every_problem_at_once(copy: Path) -> None:
    change(copy, "sectors.csv", "gmina,Gmina,", "gmina,,")
    change(copy, "units.csv", "places,Miejsca,", "places,,")
    assert {problem.file for problem in problem_of(copy).problems} == {"sectors.csv", "units.csv"}


def test_names_the_file_that_is_missing(copy: Path) -> None:
    (copy / "units.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"units\.csv"):
        load_vocabularies(copy)
