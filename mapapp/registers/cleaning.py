"""Values as a careful clerk would write them fair. Each function takes a cell's text and raises FieldError."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import urlsplit

import phonenumbers

from geo.crs import Position
from mapapp.directory.records import PhoneRecord
from mapapp.registers.problems import FieldError

# Poland's bounding box, degrees
_WEST, _EAST, _SOUTH, _NORTH = 14.07, 24.15, 49.0, 54.9


def tidy(text: str) -> str:
    """``text`` with single ordinary spaces and none around it."""
    return " ".join(text.replace("\ufeff", " ").split())


def name_of_unit(text: str) -> str:
    """A unit's name; 3 to 300 characters, no full stop at the end."""
    name = re.sub(r"\bMiejsko (?=Gminn)", "Miejsko-", tidy(text)).removesuffix(".")
    if not 3 <= len(name) <= 300:
        raise FieldError(f"liczba znaków nazwy: {len(name)}; oczekiwano od 3 do 300")
    return name


def in_polish_quotes(name: str) -> str:
    """A name with ``''Diana''`` or ``"Diana"`` in it, as „Diana”."""
    return re.sub(r"(?:''|\"|„)\s*(.+?)\s*(?:''|\"|”)", r"„\1”", name)


def register_number(text: str) -> str:
    """A number of a register; spreadsheets write 132 as 132.0."""
    number = re.sub(r"\.0+$", "", tidy(text))
    if not re.fullmatch(r"[0-9A-Za-z/._-]{1,40}", number):
        raise FieldError("oczekiwano numeru jednostki w rejestrze")
    return number


def gmina_code(text: str) -> str:
    """A gmina's TERYT code of seven digits; a leading zero that a spreadsheet took away is put back."""
    code = re.sub(r"\.0+$", "", text.replace(" ", ""))
    code = code.zfill(7) if len(code) == 6 else code
    if not re.fullmatch(r"[0-9]{7}", code):
        raise FieldError("oczekiwano kodu TERYT gminy: siedmiu cyfr, na przykład 1206072")
    if code[-1] not in "123":
        raise FieldError("ostatnia cyfra kodu TERYT gminy oznacza rodzaj: 1, 2 albo 3")
    return code


def postal_code(text: str) -> str:
    """A postal code as 33-100."""
    digits = re.sub(r"[\s–-]", "", text)
    if not re.fullmatch(r"[0-9]{5}", digits):
        raise FieldError("oczekiwano kodu pocztowego w postaci 33-100")
    return f"{digits[:2]}-{digits[2:]}"


def position(latitude: str, longitude: str) -> Position:
    """The point; numbers with a decimal comma or point, inside Poland."""
    lat, lon = _degrees(latitude), _degrees(longitude)
    if _is_in_poland(lon, lat):
        return Position(lon, lat)
    if _is_in_poland(lat, lon):
        raise FieldError("szerokość i długość geograficzna są zamienione miejscami")
    raise FieldError("punkt leży poza Polską (szerokość 49–54,9, długość 14,07–24,15 stopnia)")


def _degrees(text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,3}([.,][0-9]{1,15})?", text.strip()):
        raise FieldError("oczekiwano stopni dziesiętnych, na przykład 50,0121")
    return float(text.strip().replace(",", "."))


def _is_in_poland(lon: float, lat: float) -> bool:
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


_SHORT_KINDS: Final = {"ulica": "ul.", "aleja": "al.", "aleje": "al.", "plac": "pl.", "osiedle": "os."}
_KIND: Final = r"(?:ul|al|pl|os)\."
_FULL_KIND: Final = r"(?:ulica|aleja|aleje|plac|osiedle)\b"


def street_name(text: str) -> str:
    """A street with one prefix: "al. Aleja Róż" is written "al. Róż", "rynek Rynek" just "Rynek"."""
    street = re.sub(rf"^({_KIND})(?=\S)", r"\1 ", tidy(text), flags=re.IGNORECASE)
    if re.fullmatch(r"(?:(?:ul\.|rynek) )*rynek", street, flags=re.IGNORECASE):
        return "Rynek"
    found = re.match(rf"((?:(?:{_KIND}|{_FULL_KIND})\s+)+)(?=\S)", street, flags=re.IGNORECASE)
    if not found:
        return _saint_in_lower_case(street)
    first, *_ = kinds = [_SHORT_KINDS.get(kind.casefold(), kind.casefold()) for kind in found[1].split()]
    # "ul. Plac Wolności" is a square: the register writes "ul." before anything
    kind = next((each for each in kinds if each != "ul."), first)
    return _saint_in_lower_case(f"{kind} {street[found.end() :]}")


def _saint_in_lower_case(street: str) -> str:
    return re.sub(r"(?<=\s)(Św|Ks|Gen)\.", lambda found: found[0].lower(), street)


def address_line(street: str, number: str, town: str) -> str:
    """Street and house number; where the village has no streets, its name and the number."""
    house = re.sub(r"(?<=\d)\s+(?=[A-Za-z]$)", "", tidy(number))
    house = "" if house in {"-", "–", "0"} else house
    return tidy(f"{street_name(street) if street.strip() else tidy(town)} {house}")


_OTHER_NUMBERS: Final = re.compile(r"[,;]|\s{2,}|\s/\s|\b(?:lub|oraz|i|tel|kom)\b\.?", re.IGNORECASE)
_FAX: Final = re.compile(r"(?<![/\w])(?:fax|faks)[.:]?\s*[+\d(][\d\s()/-]*", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\bwewn?(?:\.|ętrzny)?\s*", re.IGNORECASE)


def phones(text: str) -> tuple[PhoneRecord, ...]:
    """Every telephone number of a cell, faxes left out. Library: phonenumbers (libphonenumber)."""
    wanted = _EXTENSION.sub("ext. ", _FAX.sub(" ", text.replace("\u00a0", " ")))
    found: dict[str, PhoneRecord] = {}
    for piece in _OTHER_NUMBERS.split(wanted):
        for phone in _phones_in(piece):
            found.setdefault(phone.number, phone)
    return tuple(found.values())


def _phones_in(piece: str) -> Iterator[PhoneRecord]:
    leniency = phonenumbers.Leniency.VALID
    for match in phonenumbers.PhoneNumberMatcher(piece, "PL", leniency=leniency, max_tries=20):
        phone = PhoneRecord.parse(match.raw_string)
        # the extension has a field of its own
        yield phone.model_copy(update={"display": phone.display.partition(" ext.")[0]})


def left_over(text: str, understood: tuple[PhoneRecord, ...]) -> bool:
    """Whether ``text`` has digits enough for a further number that was not understood."""
    digits = len(re.sub(r"\D", "", _FAX.sub(" ", text)))
    used = sum(9 + len(each.extension or "") for each in understood)
    return digits - used >= 5


def emails(text: str) -> tuple[str, ...]:
    """The e-mail addresses of a cell, the host in lower case."""
    found = [each for each in re.split(r"[\s,;]+", tidy(text)) if each]
    for each in found:
        if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*\.[^@\s.]{2,}", each):
            raise FieldError("oczekiwano adresu e-mail w postaci nazwa@domena.pl")
    return tuple(f"{name}@{host.lower()}" for name, host in (each.rsplit("@", 1) for each in found))


def web_address(text: str) -> str:
    """A web address; http:// is put before one without a scheme. Only http and https are let through."""
    first = next(iter(re.split(r"[\s,;]+", tidy(text))))
    address = first if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", first, re.IGNORECASE) else f"http://{first}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError as error:
        raise FieldError("oczekiwano adresu strony, na przykład www.ops.pl") from error
    if parts.scheme.lower() not in {"http", "https"} or not re.fullmatch(r"[\w-]+(\.[\w-]+)+", host) or "@" in address:
        raise FieldError("oczekiwano adresu strony, na przykład www.ops.pl")
    return address


def date_in(text: str, pattern: str) -> date | None:
    """The day, month and year that ``pattern`` finds in ``text``; None where it finds none."""
    found = re.search(pattern, text)
    if not found:
        return None
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError as error:
        raise FieldError(f"nie ma takiego dnia: {found[0]}") from error
