import json
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.answers import SearchResult
from mapapp.directory.queries import facet_counts, search_services, services_geojson, services_json, understand_query
from mapapp.directory.records import AccessibilityRecord, FacilityRecord
from mapapp.directory.search import FACETS
from mapapp.directory.service_search import ServiceSearch
from tests.directory.hand_made import KLODZKO, VOCABULARIES, WROCLAW, facility, place, save, service

# what people type, and the types that the first answer may be of
QUESTIONS = {
    # official names and short codes, with and without diacritics, in other cases
    "dom pomocy społecznej": {"dps"},
    "domu pomocy społecznej": {"dps"},
    "dps": {"dps"},
    "DPS": {"dps"},
    "śds": {"sds"},
    "sds": {"sds"},
    "wtz": {"wtz"},
    "ops": {"ops"},
    "mops": {"ops"},
    "środowiskowego domu samopomocy": {"sds"},
    "srodowiskowy dom samopomocy": {"sds"},
    "warsztaty terapii zajęciowej": {"wtz"},
    "warsztatach terapii zajeciowej": {"wtz"},
    "uslugi opiekuncze": {"uo_dom", "suo", "suo_psy"},
    "usług opiekuńczych w domu": {"uo_dom"},
    "klub senior+": {"ksp"},
    "powiatowego urzędu pracy": {"pup"},
    "asystent osoby niepełnosprawnej": {"asystent"},
    # as people say it
    "opieka nad babcią": {"uo_dom"},
    "opieki nad babcia": {"uo_dom"},
    "dom starców": {"dps"},
    "dom spokojnej starości": {"dps"},
    "nie mam gdzie spać": {"noclegownia", "schronisko", "ogrzewalnia"},
    "nocleg dla bezdomnego": {"noclegownia"},
    "mąż mnie bije": {"sow", "oik"},
    "przemoc w rodzinie": {"sow", "oik"},
    "darmowy prawnik": {"npp"},
    "psycholog dla dziecka": {"ppp"},
    "wózek inwalidzki": {"wypozyczalnia"},
    "wozek inwalidzki": {"wypozyczalnia"},
    "łóżko rehabilitacyjne": {"wypozyczalnia"},
    "praca dla niepełnosprawnych": {"zaz", "ps"},
    "szukam pracy": {"pup", "kis"},
    "orzeczenie o niepełnosprawności": {"pzon"},
    "darmowe obiady": {"posilek"},
    "jestem głodny": {"posilek"},
    "dom dziecka": {"pow", "rdd"},
    "dom samotnej matki": {"dmdz"},
    "telefon zaufania": {"telefon"},
    "przycisk życia": {"teleopieka"},
    "transport dla niepełnosprawnych": {"transport_dd"},
    "pomoc dla Ukraińców": {"cic"},
    "anonimowi alkoholicy": {"uzal"},
    "hospicjum": {"hospicjum"},
    "żłobek": {"zlobek"},
    "zlobka": {"zlobek"},
    "mieszkanie chronione": {"m_trening", "m_wspom"},
    "jestem zmęczony opieką": {"wytchnienie"},
    "centrum usług społecznych": {"cus"},
    "szukam domu opieki dla mojej mamy": {"dps", "rdp", "pco"},
    # one typing error
    "dom pomcy społecznej": {"dps"},
    "opeika nad babcią": {"uo_dom"},
    "wypożyczlnia sprzętu": {"wypozyczalnia"},
    "hospicium": {"hospicjum"},
    "psycholg": {"porad", "czp", "ppp"},
    "pszemoc domowa": {"sow", "oik"},
    "schornisko dla bezdomnych": {"schronisko"},
    "niepełnosparwność intelektualna": {"sds"},
    "wolontarjat": {"wolont"},
    # unfinished
    "wypożycz": {"wypozyczalnia"},
    "adopc": {"adopc"},
}
HOSTILE = [
    "\x00",
    "dom\x00pomocy",
    "%",
    "_",
    "' OR 1=1 --",
    '"',
    "\\",
    "dom:*",
    "a | b",
    "!dom",
    "& |",
    "((dom",
    "dom)",
    "<->",
    "dom <2> pomocy",
    "'",
    "''",
    "\ud800",
    "qzq",
    "qzq dom qzq",
    "🙂",
    "\u202edom",
    "a" * 200,
    "dom " * 50,
    "é" * 200,
    "{}",
    "$1",
    ":q",
    "%(q)s",
    "nan",
    "١٢٣",
    "'''\\''::tsquery",
]


def ask(session: Session, **search: object) -> SearchResult:
    return search_services(session, replace(ServiceSearch(), **search))


def found(session: Session, **search: object) -> list[str]:
    """The types of what is found, in order."""
    return [hit.facility_type for hit in ask(session, **search).hits]


def at_home(source_id: str, *areas: str) -> FacilityRecord:
    """Home care without a place of its own."""
    return facility(source_id, service("uo_dom", service_area=areas), location=None)


def surveyed(source_id: str, **features: str) -> FacilityRecord:
    facts = tuple(AccessibilityRecord(feature=name, value=value) for name, value in features.items())
    return facility(source_id, service("klub_sen", name=f"Klub {source_id}"), location=place(accessibility=facts))


class TestWords:
    def test_finds_what_people_mean(self, every_type: Session) -> None:
        first = {question: (found(every_type, q=question) or [""])[0] for question in QUESTIONS}
        wrong = {question: answer for question, answer in first.items() if answer not in QUESTIONS[question]}
        share = 1 - len(wrong) / len(QUESTIONS)
        print(f"{share:.1%} of {len(QUESTIONS)} questions right; wrong: {wrong}")  # noqa: T201 - seen with -rP
        assert len(QUESTIONS) >= 40
        assert share >= 0.9, wrong

    @pytest.mark.parametrize("question", HOSTILE, ids=repr)
    def test_answers_hostile_text(self, every_type: Session, question: str) -> None:
        result = ask(every_type, q=question)
        assert 0 <= result.total <= len(VOCABULARIES.types)
        assert json.loads(services_json(every_type, ServiceSearch(q=question)))["total"] == result.total
        assert (
            len(json.loads(services_geojson(every_type, ServiceSearch(q=question, limit=500)))["features"])
            == result.total
        )
        assert set(facet_counts(every_type, ServiceSearch(q=question))) == set(FACETS)
        assert understand_query(every_type, question).place is None

    @pytest.mark.parametrize("question", ["Łódź", "LODZ", "lodz", "Ło\u0301dz\u0301"])
    def test_reads_any_spelling_of_polish_letters(self, directory: Session, question: str) -> None:
        save(directory, facility("1", service("ops", name="Ośrodek Łódź")))
        assert found(directory, q=question) == ["ops"]

    def test_says_which_word_it_mended(self, every_type: Session) -> None:
        assert ask(every_type, q="ogrzewlnia").corrected == (("ogrzewlnia", "ogrzewalnia"),)

    def test_leaves_a_known_word_alone_though_nothing_has_it(self, directory: Session) -> None:
        save(directory, facility("1", service("klub_dzieciecy", name="Klub dziecięcy"), organization_name="Złobin"))
        answer = ask(directory, q="ogrzewalnia")
        assert (answer.total, answer.corrected) == (0, ())

    def test_says_which_words_it_left_aside(self, every_type: Session) -> None:
        answer = ask(every_type, q="hospicjum xyzzyxyzzy")
        assert answer.ignored == ("xyzzyxyzzy",)
        assert answer.hits[0].facility_type == "hospicjum"

    def test_finds_nothing_where_no_word_is_known(self, every_type: Session) -> None:
        answer = ask(every_type, q="xyzzyxyzzy")
        assert (answer.total, answer.hits, answer.ignored) == (0, (), ("xyzzyxyzzy",))

    def test_wants_all_words(self, directory: Session) -> None:
        save(
            directory,
            facility("1", service("dps", name="Dom Jutrzenka")),
            facility("2", service("dps", name="Dom Świt")),
        )
        answer = ask(directory, q="dom jutrzenka")
        assert [hit.name for hit in answer.hits] == ["Dom Jutrzenka"]
        assert not answer.is_relaxed

    def test_takes_what_has_most_words_where_none_has_all(self, directory: Session) -> None:
        save(
            directory,
            facility("1", service("dps", name="Czerwony Kapturek")),
            facility("2", service("dps", name="Czerwony Zajączek")),
            facility("3", service("ops", name="Zajączek Wielkanocny")),
        )
        answer = ask(directory, q="czerwony zajączek wielkanocny")
        assert answer.is_relaxed
        assert {hit.name for hit in answer.hits} == {"Czerwony Zajączek", "Zajączek Wielkanocny"}

    def test_refuses_an_over_long_text(self) -> None:
        with pytest.raises(ValueError, match="201 characters, expected at most 200"):
            ServiceSearch(q="a" * 201)


class TestPlace:
    def test_sorts_by_distance(self, directory: Session) -> None:
        positions = {"dps": Position(16.70, 50.43), "ops": Position(16.66, 50.43), "sds": Position(16.68, 50.43)}
        save(directory, *(facility(code, service(code), location=place(at)) for code, at in positions.items()))
        hits = ask(directory, near=KLODZKO).hits
        assert [hit.facility_type for hit in hits] == ["ops", "sds", "dps"]
        assert [hit.distance_km for hit in hits] == [0.7, 2.1, 3.6]

    def test_puts_what_was_asked_for_by_name_before_what_only_has_the_words(self, directory: Session) -> None:
        save(
            directory,
            facility("1", service("dps", service_area=("0208",)), location=place(KLODZKO)),
            facility("2", service("uo_dom", service_area=("0208",)), location=place(WROCLAW)),
        )
        hits = ask(directory, q="opieka nad babcią", near=KLODZKO).hits
        assert [(hit.facility_type, hit.is_meant) for hit in hits] == [("uo_dom", True), ("dps", False)]

    def test_pages_without_gaps_or_repetition(self, every_type: Session) -> None:
        for search in ({}, {"near": KLODZKO}, {"q": "dom"}, {"near": KLODZKO, "profile": "wheelchair"}):
            whole = [hit.id for hit in ask(every_type, limit=500, **search).hits]
            pages = [ask(every_type, limit=7, offset=offset, **search) for offset in range(0, len(whole) + 7, 7)]
            assert [hit.id for page in pages for hit in page.hits] == whole
            assert {page.total for page in pages} == {len(whole)}
            assert len(set(whole)) == len(whole)

    def test_finds_within_a_radius(self, directory: Session) -> None:
        save(directory, facility("1", service("ops")), facility("2", service("dps"), location=place(WROCLAW)))
        assert found(directory, near=KLODZKO, within_km=10) == ["ops"]

    def test_finds_in_a_box(self, directory: Session) -> None:
        save(directory, facility("1", service("ops")), facility("2", service("dps"), location=place(WROCLAW)))
        assert found(directory, bbox=(17.0, 51.0, 17.1, 51.2)) == ["dps"]

    def test_lists_home_services_after_places_and_only_where_they_come(self, directory: Session) -> None:
        near = facility("1", service("ops"))
        save(directory, near, at_home("2", "0208011"), at_home("3", "0264011"), at_home("4", "02"))
        hits = ask(directory, near=KLODZKO).hits
        assert [hit.facility_type for hit in hits] == ["ops", "uo_dom", "uo_dom"]
        assert [hit.service_area for hit in hits[1:]] in ([("0208011",), ("02",)], [("02",), ("0208011",)])
        assert [hit.serves_position for hit in hits] == [None, True, True]

    def test_marks_a_place_that_serves_another_gmina(self, directory: Session) -> None:
        save(directory, facility("1", service("ddp", service_area=("0264011",))))
        assert ask(directory, near=KLODZKO).hits[0].serves_position is False

    def test_counts_a_home_service_within_any_radius_it_comes_to(self, directory: Session) -> None:
        save(directory, at_home("1", "0208"), at_home("2", "0264"))
        assert [hit.service_area for hit in ask(directory, near=KLODZKO, within_km=1).hits] == [("0208",)]

    @pytest.mark.parametrize(
        ("area", "expected"),
        [
            ({"gmina": "0208011"}, {"ops", "uo_dom"}),
            ({"gmina": "0208021"}, set()),
            ({"powiat": "0208"}, {"ops", "uo_dom"}),
            ({"subregion": "PL517"}, {"ops", "uo_dom"}),
            ({"subregion": "PL514"}, {"dps"}),
            ({"gmina": "0264011"}, {"dps"}),
        ],
    )
    def test_finds_in_an_area_what_is_there_or_comes_there(
        self, directory: Session, area: dict[str, str], expected: set[str]
    ) -> None:
        save(directory, facility("1", service("ops")), facility("2", service("dps"), location=place(WROCLAW)))
        save(directory, at_home("3", "0208011"))
        assert set(found(directory, **area)) == expected

    def test_takes_the_gmina_from_the_point_whatever_was_declared(self, directory: Session) -> None:
        save(directory, facility("1", service("ops"), location=place(WROCLAW, declared_gmina_teryt="0208011")))
        assert found(directory, gmina="0264011") == ["ops"]
        assert found(directory, gmina="0208011") == []

    @pytest.mark.parametrize(
        "search",
        [
            {"near": Position(51.1, 17.0)},
            {"near": Position(float("nan"), 51.0)},
            {"within_km": 5.0},
            {"near": KLODZKO, "within_km": float("nan")},
            {"bbox": (17.0, 51.0, 16.0, 52.0)},
            {"bbox": (float("nan"), 51.0, 16.0, 52.0)},
            {"limit": 0},
            {"limit": 5001},
            {"offset": -1},
        ],
    )
    def test_refuses_what_cannot_be_meant(self, search: dict[str, object]) -> None:
        with pytest.raises(ValueError, match="expected"):
            replace(ServiceSearch(), **search)


class TestFilters:
    def test_finds_what_is_for_everybody_for_any_audience(self, directory: Session) -> None:
        save(
            directory,
            facility("1", service("ops", audiences=("all",))),
            facility("2", service("klub_sen", audiences=("older",))),
            facility("3", service("ddp", audiences=("older_80",))),
            facility("4", service("zlobek", audiences=("children_0_3",))),
        )
        assert set(found(directory, audiences=("older_80",))) == {"ops", "klub_sen", "ddp"}
        assert set(found(directory, audiences=("older",))) == {"ops", "klub_sen", "ddp"}
        assert set(found(directory, audiences=("older_60",))) == {"ops", "klub_sen"}
        assert set(found(directory, audiences=("children", "homeless"))) == {"ops", "zlobek"}

    def test_finds_the_types_below_a_type(self, every_type: Session) -> None:
        below = {code for code, kind in VOCABULARIES.types.items() if kind.parent == "rada"}
        assert below
        assert set(found(every_type, types=("rada",), limit=50)) == {"rada", *below}

    def test_finds_a_group(self, every_type: Session) -> None:
        group = {code for code, kind in VOCABULARIES.types.items() if kind.group == "homelessness"}
        assert set(found(every_type, groups=("homelessness",), limit=50)) == group

    def test_puts_confirmed_access_first_and_leaves_out_what_is_known_to_lack_it(self, directory: Session) -> None:
        required = VOCABULARIES.profiles["wheelchair"].required_features
        save(
            directory,
            surveyed("unknown"),
            surveyed("yes", **dict.fromkeys(required, "yes")),
            surveyed("partial", **{required[0]: "yes"}),
            surveyed("no", **{required[0]: "no"}),
        )
        hits = ask(directory, profile="wheelchair").hits
        assert [(hit.name, hit.profiles["wheelchair"]) for hit in hits] == [
            ("Klub yes", "yes"),
            ("Klub partial", "partial"),
            ("Klub unknown", "unknown"),
        ]

    def test_counts_for_each_value_what_choosing_it_would_find(self, every_type: Session) -> None:
        for search in (ServiceSearch(q="dom"), ServiceSearch(groups=("care_24h",), audiences=("older",))):
            counts = facet_counts(every_type, search)
            for code in VOCABULARIES.groups:
                total = search_services(every_type, replace(search, groups=(code,))).total
                assert counts["groups"].get(code, 0) == total, code
            for code in VOCABULARIES.audiences:
                total = search_services(every_type, replace(search, audiences=(code,))).total
                assert counts["audiences"].get(code, 0) == total, code
            for code in ("dps", "zol_hosp", "rada", "ops"):
                total = search_services(every_type, replace(search, types=(code,))).total
                assert counts["types"].get(code, 0) == total, code

    def test_counts_places_confirmed_or_partly_accessible(self, directory: Session) -> None:
        required = VOCABULARIES.profiles["pram"].required_features
        save(directory, surveyed("unknown"), surveyed("yes", **dict.fromkeys(required, "yes")))
        assert facet_counts(directory, ServiceSearch())["profiles"]["pram"] == 1
