"""The columns of the template: heading, where it belongs, how it is written, and what a person should know of it."""

from dataclasses import dataclass
from typing import Final, Literal

from mapapp.registers.template import cells
from mapapp.registers.template.cells import Codec

Owner = Literal["row", "facility", "location", "address", "service", "special"]


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column; ``name`` is the field of the record that ``owner`` is."""

    heading: str
    owner: Owner
    name: str
    codec: Codec
    explained: str
    example: str = ""
    required: bool = False


NUMBER: Final = "numer placówki"
SOURCE: Final = "źródło"
REGISTER_TITLE: Final = "nazwa rejestru"
REGISTER_PUBLISHER: Final = "wydawca rejestru"
REGISTER_LICENCE: Final = "licencja rejestru"
REGISTER_URL: Final = "adres rejestru"
IS_SAMPLE: Final = "dane przykładowe"
BRANCH: Final = "klucz filii"
BRANCH_PLACES: Final = "miejsca w filii"
SERVICE: Final = "klucz usługi"
TYPE: Final = "rodzaj usługi"
EXAMPLE_NUMBER: Final = "PRZYKŁAD"
"""Rows of this number are left out."""

_LEVEL: Final = cells.code("visibility_levels")
_T, _C = TemplateColumn, cells
COLUMNS: Final = (
    _T(NUMBER, "row", "source_id", _C.TEXT, "Własny numer placówki; ten sam w każdym jej wierszu.", "PRZYKŁAD", True),
    _T(SOURCE, "row", "source", _C.TEXT, "Kod rejestru. Zostaw puste, jeśli to Twoja własna lista."),
    _T(REGISTER_TITLE, "row", "title", _C.TEXT, "Jak nazywa się rejestr. Zostaw puste, jeśli to Twoja własna lista."),
    _T(REGISTER_PUBLISHER, "row", "publisher", _C.TEXT, "Kto prowadzi rejestr."),
    _T(REGISTER_LICENCE, "row", "licence", _C.TEXT, "Na jakich zasadach wolno używać danych."),
    _T(REGISTER_URL, "row", "url", _C.TEXT, "Skąd pochodzi rejestr. Zaczyna się od https:// albo http://."),
    _T("stan na dzień", "facility", "source_date", _C.DAY, "Z jakiego dnia są dane.", "2026-01-31"),
    _T(IS_SAMPLE, "facility", "is_sample", _C.YES_NO, "„tak” tylko dla danych zmyślonych."),
    _T("nazwa organizacji", "facility", "organization_name", _C.TEXT, "Pełna nazwa.", "Dom Pomocy „Jutrzenka”", True),
    _T("inna nazwa organizacji", "facility", "alternate_name", _C.TEXT, "Skrót lub dawna nazwa."),
    _T("prowadzący", "facility", "sector", _C.code("sectors"), "Kto prowadzi placówkę.", "Gmina"),
    _T("e-mail", "facility", "email", _C.TEXT, "Jeden adres.", "dom@przyklad.pl"),
    _T("strona www", "facility", "website", _C.TEXT, "Zaczyna się od https:// albo http://.", "https://przyklad.pl"),
    _T("telefony", "facility", "phones", _C.PHONES, "Kilka oddziel znakiem |.", "71 123 45 67 | 71 123 45 68"),
    _T("identyfikatory", "facility", "identifiers", _C.IDENTIFIERS, "NIP, REGON, KRS.", "NIP~5261040828"),
    _T("epuap", "facility", "epuap", _C.TEXT, "Adres skrytki."),
    _T("e-doręczenia", "facility", "edoreczenia", _C.TEXT, "Adres do doręczeń elektronicznych."),
    _T("widoczność organizacji", "facility", "visibility", _LEVEL, "Puste: publiczna."),
    _T("miejsca w siedzibie", "facility", "main_places", _C.NUMBER, "Tylko gdy są filie."),
    _T(BRANCH, "row", "branch", _C.TEXT, "Wypełnij tylko w wierszu filii: małe litery i cyfry. Filia ma tylko adres."),
    _T(BRANCH_PLACES, "row", "places", _C.NUMBER, "Ile miejsc przypada na tę filię."),
    _T("nazwa miejsca", "location", "name", _C.TEXT, "Jeśli inna niż organizacji."),
    _T("rodzaj miejsca", "location", "location_type", _C.one_of("physical", "postal", "virtual"),
       "physical: jest tam wejście; postal: tylko poczta; virtual: tylko internet. Puste: bez miejsca.", "physical"),
    _T("szerokość", "location", "lat", _C.DEGREES, "Stopnie dziesiętne.", "51,1079"),
    _T("długość", "location", "lon", _C.DEGREES, "Stopnie dziesiętne.", "17,0385"),
    _T("dokładność punktu", "location", "geometry_quality", _C.code("geometry_quality"), "Jak dokładny jest punkt."),
    _T("teryt gminy", "location", "declared_gmina_teryt", _C.TEXT, "Siedem cyfr, z arkusza „Gminy”.", "0264011"),
    _T("ulica i numer", "address", "address_1", _C.TEXT, "Wieś bez ulic: nazwa i numer.", "ul. Przykładowa 1"),
    _T("kod pocztowy", "address", "postal_code", _C.TEXT, "W postaci 50-001.", "50-001"),
    _T("miejscowość", "address", "city", _C.TEXT, "Miejscowość.", "Wrocław"),
    _T("dzielnica lub powiat", "address", "region", _C.TEXT, "Część adresu, jeśli jest potrzebna."),
    _T("województwo", "address", "state_province", _C.TEXT, "Nazwa małymi literami.", "dolnośląskie"),
    _T("dojazd", "location", "transportation", _C.TEXT, "Na przykład linie tramwajowe."),
    _T("piętro", "location", "floor", _C.TEXT, "Na którym piętrze."),
    _T("godziny (zapis osm)", "location", "opening_hours", _C.TEXT, "Jak w OpenStreetMap.", "Mo-Fr 08:00-16:00"),
    _T("godziny (tekst)", "location", "opening_hours_text", _C.TEXT, "Własnymi słowami.", "pn–pt 8–16"),
    _T("stan godzin", "location", "opening_hours_status",
       _C.one_of("understood", "partly", "not_hours", "not_understood"), "Wypełnia program."),
    _T("uwagi do godzin", "location", "opening_hours_notes", _C.TEXTS, "Wypełnia program."),
    _T("dostępność", "location", "accessibility", _C.ACCESSIBILITY,
       "Cecha~wartość (yes, partial, no, unknown)~miara~dzień~źródło~opis; kody cech w arkuszu „Słowniki”."),
    _T("widoczność miejsca", "location", "visibility", _LEVEL, "Puste: publiczne."),
    _T(SERVICE, "service", "key", _C.TEXT, "Odróżnia usługi placówki. Puste: rodzaj usługi."),
    _T(TYPE, "service", "facility_type", _C.code("types"), "Z listy.", "Dom pomocy społecznej (DPS)", True),
    _T("nazwa usługi", "service", "name", _C.TEXT, "Puste: nazwa organizacji.", "Dom dla osób starszych"),
    _T("inna nazwa usługi", "service", "alternate_name", _C.TEXT, "Jak jeszcze się nazywa."),
    _T("opis", "service", "description", _C.TEXT, "Prostymi słowami.", "Dom stałego pobytu dla 40 osób."),
    _T("odmiany", "service", "subtypes", _C.codes("subtypes"), "Kody ze słownika; kilka oddziel znakiem |."),
    _T("dla kogo", "service", "audiences", _C.codes("audiences"), "Puste: wszyscy. Kilka oddziel |.", "older"),
    _T("wiek od", "service", "minimum_age", _C.NUMBER, "W latach.", "60"),
    _T("wiek do", "service", "maximum_age", _C.NUMBER, "W latach."),
    _T("sposób", "service", "modes", _C.codes("place_modes"), "Kilka oddziel |.", "stationary24h"),
    _T("rodzaj opieki", "service", "care_setting", _C.code("care_settings"), "Z listy."),
    _T("dziedziny ustawy", "service", "law_fields", _C.codes("law_fields"), "Kilka oddziel |."),
    _T("języki", "service", "languages", _C.codes("languages"), "Kilka oddziel |.", "pl|uk"),
    _T("godziny usługi (zapis osm)", "service", "opening_hours", _C.TEXT,
       "Tylko gdy usługa nie ma miejsca, na przykład telefon zaufania, albo jej godziny są inne niż miejsca."),
    _T("obszar", "service", "service_area", _C.AREAS, "Kody TERYT gmin, powiatów lub województwa.", "0264011"),
    _T("koszty", "service", "costs", _C.COSTS, "Kod~opis kwoty; kody w arkuszu „Słowniki”."),
    _T("miejsca", "service", "capacities", _C.CAPACITIES,
       "Dzień~wszystkich~wolnych~rodzaj~dla kogo~dni czekania~jednostka~opis.", "2026-01-31~40~2"),
    _T("jak się zgłosić", "service", "application_process", _C.TEXT, "Co trzeba zrobić.", "Złóż wniosek w OPS."),
    _T("warunki", "service", "eligibility_description", _C.TEXT, "Kto może skorzystać."),
    _T("podstawa prawna", "service", "legal_basis", _C.TEXT, "Ustawa i artykuł."),
    _T("ważna informacja", "service", "alert", _C.TEXT, "Na przykład: remont do maja."),
    _T("sprawdzono dnia", "service", "assured_date", _C.DAY, "Kiedy ostatnio sprawdzono dane.", "2026-01-31"),
    _T("działa", "service", "status", _C.one_of("active", "inactive", "defunct", "temporarily closed"),
       "Puste: active."),
    _T("powód", "service", "status_reason", _C.TEXT, "Dlaczego nie działa, na przykład: remont."),
    _T("widoczność usługi", "service", "visibility", _LEVEL, "Puste: jak dla tego rodzaju usług."),
)  # fmt: skip
HEADINGS: Final = tuple(column.heading for column in COLUMNS)


def of_owner(owner: Owner) -> tuple[TemplateColumn, ...]:
    """The columns of one part of the record."""
    return tuple(column for column in COLUMNS if column.owner == owner)
