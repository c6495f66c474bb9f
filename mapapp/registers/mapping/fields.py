"""What a column of somebody else's list may mean, and the headings under which it is to be expected."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mapapp.registers.field_words import field_word

# headings are compared without diacritics, case and punctuation
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "name": (
            *("nazwa", "nazwa jednostki", "nazwa placowki", "nazwa osrodka", "nazwa domu", "pelna nazwa", "placowka"),
            *("nazwa podmiotu", "jednostka", "nazwa instytucji", "osrodek", "name", "facility name", "facility"),
            *("nazwa klubu", "nazwa schroniska", "nazwa dps", "nazwa sds", "nazwa ops", "nazwa organizacji"),
        ),
        "name_address": (
            *("nazwa i adres", "nazwa i adres placowki", "nazwa i adres jednostki", "nazwa adres", "placowka adres"),
            *("nazwa i adres domu pomocy spolecznej", "nazwa oraz adres", "nazwa i siedziba", "nazwa adres telefon"),
            *("dom pomocy spolecznej nazwa i adres", "jednostka nazwa i adres", "name and address"),
        ),
        "type": (
            *("typ", "typ placowki", "typ jednostki", "rodzaj placowki", "rodzaj jednostki", "rodzaj osrodka"),
            *("rodzaj osrodka wsparcia", "kategoria", "type", "facility type", "rodzaj", "rodzaj wsparcia"),
        ),
        "operator": (
            *("podmiot prowadzacy", "organ prowadzacy", "prowadzacy", "podmiot prowadzacy placowke", "operator"),
            *("organizacja prowadzaca", "nazwa podmiotu prowadzacego", "zalozyciel", "operated by"),
            *("jednostka samorzadu terytorialnego", "nazwa jednostki samorzadu terytorialnego", "beneficjent"),
        ),
        "address": (
            *("adres", "adres placowki", "adres jednostki", "dane adresowe", "adres siedziby", "dokladny adres"),
            *("lokalizacja", "siedziba", "adres osrodka", "pelny adres", "address", "adres pocztowy"),
        ),
        "street": ("ulica", "ul", "nazwa ulicy", "ulica i numer", "ulica i nr domu", "ulica nr", "street"),
        "house": ("nr domu", "numer domu", "numer budynku", "nr budynku", "nr", "numer posesji", "house number"),
        "postal_code": ("kod pocztowy", "kod", "kod poczt", "postal code", "postcode", "zip"),
        "town": ("miejscowosc", "miejsc", "miasto", "poczta", "nazwa miejscowosci", "town", "city", "miejsce"),
        "gmina": ("gmina", "nazwa gminy", "municipality", "gmina siedziby"),
        "powiat": ("powiat", "nazwa powiatu", "county", "pow"),
        "voivodeship": ("wojewodztwo", "nazwa wojewodztwa", "voivodeship", "woj"),
        "teryt": ("teryt", "kod teryt", "teryt gminy", "kod gminy", "identyfikator teryt", "teryt code"),
        "phone": (
            *("telefon", "nr telefonu", "numer telefonu", "tel", "telefon kontaktowy", "telefony", "telefon fax"),
            *("tel fax", "kontakt telefoniczny", "phone", "telephone", "telefon stacjonarny", "telefon komorkowy"),
        ),
        "email": ("email", "e mail", "adres e mail", "adres email", "poczta elektroniczna", "mail"),
        "website": (
            *("www", "strona www", "strona internetowa", "adres strony internetowej", "adres www", "witryna"),
            *("website", "url", "link"),
        ),
        "nip": ("nip", "numer nip", "nr nip"),
        "regon": ("regon", "numer regon", "nr regon"),
        "number": ("id", "identyfikator", "numer w rejestrze", "nr w rejestrze", "numer rejestru", "id jednostki"),
        "places": (
            *("liczba miejsc", "ilosc miejsc", "miejsca", "liczba miejsc ogolem", "miejsca ogolem", "pojemnosc"),
            *(
                "liczba miejsc statutowych",
                "miejsca statutowe",
                "liczba miejsc noclegowych",
                "liczba miejsc w placowce",
            ),
            *("capacity", "places", "liczba miejsc rzeczywistych", "liczba lozek"),
        ),
        "places_free": (
            *("liczba miejsc wolnych", "wolne miejsca", "liczba wolnych miejsc", "miejsca wolne", "wolne"),
            *("free places", "dostepne miejsca"),
        ),
        "hours": (
            *("godziny pracy", "godziny otwarcia", "godziny urzedowania", "czas pracy", "dni i godziny otwarcia"),
            *("godziny", "opening hours", "godziny przyjec", "godziny dzialania", "dni i godziny pracy"),
        ),
        "eligibility": (
            *("adresaci", "dla kogo", "grupa docelowa", "przeznaczenie", "odbiorcy", "kategoria osob", "profil"),
            *("kategoria mieszkancow", "przeznaczony dla", "audience"),
        ),
        "description": ("opis", "zakres uslug", "charakterystyka", "oferta", "opis dzialalnosci", "description"),
        "x": ("x", "wspolrzedna x", "dlugosc geograficzna", "dlugosc", "longitude", "lon", "lng", "east", "@lon"),
        "y": ("y", "wspolrzedna y", "szerokosc geograficzna", "szerokosc", "latitude", "lat", "north", "@lat"),
        # named so that they are not taken for something else
        "": (
            *("lp", "l p", "nr porzadkowy", "liczba porzadkowa", "uwagi", "dyrektor", "kierownik", "fax", "faks"),
            *("imie i nazwisko dyrektora", "osoba kontaktowa", "imie i nazwisko kierownika", "notes", "rok powstania"),
            *("miejsca zajete", "liczba miejsc zajetych", "liczba osob oczekujacych", "data wpisu", "nr decyzji"),
            *("liczba mieszkancow", "status", "kierownik placowki", "osoba do kontaktu", "liczba osob", "@id"),
        ),
    }
)
LEFT_OUT: Final = "pomijana"
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {code: field_word(code, "pl") if code else LEFT_OUT for code in SYNONYMS}
)
