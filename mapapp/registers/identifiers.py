"""Numbers that identify an organization, told right from mistyped by their check digits. Library: python-stdnum."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.pl import nip as nip_numbers
from stdnum.pl import regon as regon_numbers

from mapapp.directory.records import IdentifierRecord
from mapapp.registers.cleaning import tidy
from mapapp.registers.problems import FieldError
from mapapp.registers.row_reader import RowReader

_KRS_DIGITS: Final = 10


def nip(text: str) -> str:
    """A tax number of ten digits; a leading PL, spaces and hyphens are taken away."""
    try:
        return str(nip_numbers.validate(_as_written(text)))
    except InvalidChecksum as error:
        raise FieldError("cyfra kontrolna numeru NIP się nie zgadza; być może to literówka") from error
    except ValidationError as error:
        raise FieldError("oczekiwano numeru NIP: dziesięciu cyfr, na przykład 526-104-08-28") from error


def regon(text: str) -> str:
    """A statistical number of 9 or 14 digits."""
    try:
        return str(regon_numbers.validate(_as_written(text)))
    except InvalidChecksum as error:
        raise FieldError("cyfra kontrolna numeru REGON się nie zgadza; być może to literówka") from error
    except ValidationError as error:
        raise FieldError("oczekiwano numeru REGON: dziewięciu albo czternastu cyfr") from error


def krs(text: str) -> str:
    """A number of the court register; zeros that a spreadsheet took away are put back. It has no check digit."""
    digits = _as_written(text).replace(" ", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _KRS_DIGITS or not int(digits):
        raise FieldError("oczekiwano numeru KRS: dziesięciu cyfr, na przykład 0000123456")
    return digits.zfill(_KRS_DIGITS)


_SCHEMES: Final[Mapping[str, tuple[Literal["NIP", "REGON", "KRS"], Callable[[str], str]]]] = MappingProxyType(
    {"nip": ("NIP", nip), "regon": ("REGON", regon), "krs": ("KRS", krs)}
)


def identifiers_in(reader: RowReader) -> tuple[IdentifierRecord, ...]:
    """The right ones of the columns nip, regon and krs; the others are left out with a note."""
    read = ((scheme, reader.optional(column, parse)) for column, (scheme, parse) in _SCHEMES.items())
    return tuple(IdentifierRecord(scheme=scheme, identifier=number) for scheme, number in read if number)


def _as_written(text: str) -> str:
    # a spreadsheet writes 5261040828 as 5261040828.0
    return tidy(text).removesuffix(".0").replace("–", "-")
