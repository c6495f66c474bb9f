"""The data dictionary of every exported file: each column's meaning in Polish and English, type, unit, short name."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "list", "object"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``short`` is its name where a format allows ten characters (dBASE, so Shapefile).

    ``vocabulary`` names the table of data/vocabularies that explains the codes. In a table of plain cells a list is
    joined by ``|``, and an object is pairs ``key=value`` joined by ``|``.
    """

    name: str
    short: str
    kind: Kind
    pl: str
    en: str
    unit: str | None = None
    vocabulary: str | None = None

    def described(self) -> dict[str, Any]:
        """The column as a row of the dictionary."""
        return asdict(self)


DEGREES = "°"
CODE = "UUID"

SERVICE_COLUMNS: tuple[Column, ...] = (
    Column("id", "id", "text", "Identyfikator wpisu (usługa w miejscu)", "Identifier of the entry (service at a place)", CODE),
    Column("service_id", "service_id", "text", "Identyfikator usługi", "Identifier of the service", CODE),
    Column("location_id", "locationid", "text", "Identyfikator miejsca; puste, gdy miejsca nie ma lub nie podaje się go publicznie", "Identifier of the place; empty where there is none or it is not public", CODE),
    Column("name", "name", "text", "Nazwa usługi lub placówki", "Name of the service or place"),
    Column("organization_name", "org_name", "text", "Kto prowadzi", "Who runs it"),
    Column("facility_type", "type", "text", "Rodzaj usługi lub placówki (kod)", "Type of service (code)", vocabulary="service_types"),
    Column("facility_type_name", "type_name", "text", "Rodzaj usługi lub placówki po polsku", "Type of service, in Polish"),
    Column("type_group", "type_group", "text", "Grupa rodzajów (kod)", "Group of types (code)", vocabulary="type_groups"),
    Column("centre_kind", "centre", "text", "Rodzaj centrum: modelowe CS albo ustawowe CUS (kod)", "Kind of centre: model CS or statutory CUS (code)", vocabulary="centre_kinds"),
    Column("sector", "sector", "text", "Sektor prowadzącego (kod)", "Sector of the provider (code)", vocabulary="sectors"),
    Column("street", "street", "text", "Ulica i numer", "Street and number"),
    Column("postal_code", "postcode", "text", "Kod pocztowy", "Postal code"),
    Column("city", "city", "text", "Miejscowość", "Town or village"),
    Column("longitude", "lon", "number", "Długość geograficzna (WGS 84)", "Longitude (WGS 84)", DEGREES),
    Column("latitude", "lat", "number", "Szerokość geograficzna (WGS 84)", "Latitude (WGS 84)", DEGREES),
    Column("geometry_quality", "geom_qual", "text", "Dokładność położenia (kod)", "Precision of the position (code)", vocabulary="geometry_quality"),
    Column("gmina_teryt", "gmina_kod", "text", "Kod TERYT gminy", "TERYT code of the gmina (municipality)", "TERYT"),
    Column("gmina_name", "gmina", "text", "Gmina", "Gmina (municipality)"),
    Column("powiat_teryt", "powiat_kod", "text", "Kod TERYT powiatu", "TERYT code of the powiat (county)", "TERYT"),
    Column("powiat_name", "powiat", "text", "Powiat", "Powiat (county)"),
    Column("nuts3", "nuts3", "text", "Kod podregionu NUTS 3", "NUTS 3 code of the subregion", "NUTS"),
    Column("service_area", "serv_area", "list", "Obszar działania: kody TERYT", "Area served: TERYT codes", "TERYT"),
    Column("phone", "phone", "text", "Telefon w zapisie międzynarodowym", "Phone in international form", "E.164"),
    Column("phone_display", "phone_disp", "text", "Telefon do czytania", "Phone to read"),
    Column("email", "email", "text", "Adres e-mail", "E-mail address"),
    Column("website", "website", "text", "Strona internetowa", "Web page", "URL"),
    Column("opening_hours", "open_hours", "text", "Godziny otwarcia w zapisie OpenStreetMap; puste, gdy nieznane", "Opening hours in OpenStreetMap's syntax; empty where unknown", "opening_hours"),
    Column("audiences", "audiences", "list", "Dla kogo (kody)", "For whom (codes)", vocabulary="audiences"),
    Column("minimum_age", "age_min", "integer", "Wiek od", "Age from", "lata / years"),
    Column("maximum_age", "age_max", "integer", "Wiek do", "Age to", "lata / years"),
    Column("modes", "modes", "list", "Jak udzielana jest pomoc (kody)", "How help is given (codes)", vocabulary="place_modes"),
    Column("care_setting", "care", "text", "W środowisku czy w placówce z noclegiem (kod)", "In the community or residential (code)", vocabulary="care_settings"),
    Column("cost_kind", "cost", "text", "Odpłatność (kod)", "Cost (code)", vocabulary="cost_kinds"),
    Column("languages", "languages", "list", "Języki obsługi (kody)", "Languages spoken (codes)", vocabulary="languages"),
    Column("accessibility", "access", "object", "Dostępność: zbadane cechy i ich wartości (kody); czego nie ma, tego nie zbadano", "Accessibility: surveyed features and values (codes); what is missing was not surveyed", vocabulary="accessibility_features"),
    Column("profiles", "profiles", "object", "Dostępność dla profili potrzeb: yes, partial, no, unknown", "Accessibility for profiles of needs: yes, partial, no, unknown", vocabulary="accessibility_profiles"),
    Column("places", "places", "integer", "Liczba miejsc; puste, gdy nieznana", "Number of places; empty where unknown", "miejsca / places"),
    Column("places_free", "places_fre", "integer", "Wolne miejsca; puste, gdy nieznane", "Free places; empty where unknown", "miejsca / places"),
    Column("places_as_of", "places_dat", "date", "Stan miejsc na dzień", "Day of the numbers of places"),
    Column("status", "status", "text", "Stan usługi (kod)", "Status of the service (code)"),
    Column("alert", "alert", "text", "Ostrzeżenie dla mieszkańców", "Warning for residents"),
    Column("verified_on", "verified", "date", "Kiedy człowiek potwierdził dane; puste, gdy nikt", "When a person confirmed the data; empty where nobody did"),
    Column("visibility", "visibility", "text", "Ile wolno pokazać (kod): bez „public” adres i punkt są ukryte", "How much may be shown (code): below “public” address and point are hidden", vocabulary="visibility_levels"),
    Column("is_sample", "is_sample", "boolean", "Czy to wpis przykładowy (zmyślony)", "Whether this is a sample (invented) entry"),
    Column("source", "source", "text", "Rejestr, z którego pochodzi wpis (kod; rejestry wymieniono w opisie)", "Register the entry comes from (code; the description lists the registers)"),
    Column("source_date", "source_dat", "date", "Stan rejestru na dzień", "Day of the register's content"),
    Column("last_modified", "modified", "datetime", "Ostatnia zmiana wpisu w bazie (nie: sprawdzenie)", "Last change of the entry in the database (not a verification)", "UTC"),
)  # fmt: skip
POSITION_COLUMNS: tuple[Column, ...] = (
    Column("distance_km", "dist_km", "number", "Odległość w linii prostej od podanego punktu", "Straight distance from the point asked for", "km"),
    Column("serves_position", "serves_pos", "boolean", "Czy obszar działania obejmuje podany punkt; puste, gdy nieznane", "Whether the area served covers the point asked for; empty where unknown"),
)  # fmt: skip
AREA_COLUMNS: tuple[Column, ...] = (
    Column("code", "code", "text", "Kod TERYT; podregionu: NUTS 3", "TERYT code; of a subregion: NUTS 3", "TERYT / NUTS"),
    Column("name", "name", "text", "Nazwa", "Name"),
    Column("kind", "kind", "text", "Rodzaj: urban, rural, urban-rural (gmina); powiat, city; subregion", "Kind: urban, rural, urban-rural (gmina); powiat, city; subregion"),
    Column("parent_code", "parent_cod", "text", "Kod jednostki wyższej", "Code of the parent unit", "TERYT / NUTS"),
    Column("parent_name", "parent", "text", "Nazwa jednostki wyższej", "Name of the parent unit"),
    Column("area_km2", "area_km2", "number", "Powierzchnia", "Area", "km²"),
)  # fmt: skip


def service_columns(names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of these names. Raises LookupError where one is not described."""
    known = {column.name: column for column in (*SERVICE_COLUMNS, *POSITION_COLUMNS)}
    missing = [name for name in names if name not in known]
    if missing:
        raise LookupError(f"the dictionary does not describe {missing}")
    return tuple(known[name] for name in names)
