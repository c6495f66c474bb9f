"""The words Polish offices use for their hours, and what is said when something had to be assumed."""

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, StrEnum, auto
from functools import lru_cache
from typing import Final

DAY_NAMES: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
PUBLIC_HOLIDAY: Final = 7
WEEKDAYS: Final = frozenset(range(5))
WEEKEND: Final = frozenset({5, 6})
ALL_DAYS: Final = WEEKDAYS | WEEKEND


class AssumptionCode(StrEnum):
    """What was assumed, for pages that say it in their own words."""

    NO_DAYS = "no_days"
    DAILY = "daily"
    WEEKEND_UNSURE = "weekend_unsure"
    WORKING_DAYS = "working_days"
    OTHER_DAYS = "other_days"
    SLIP = "slip"
    LATER_RULE = "later_rule"
    JOINED_RULES = "joined_rules"
    INTERNAL_DAY = "internal_day"
    CLIENT_DESK = "client_desk"
    WHOLE_UNIT = "whole_unit"
    FIRST_BLOCK = "first_block"


ASSUMPTION_SENTENCES: Final = {
    AssumptionCode.NO_DAYS: "Nie podano dni – przyjęto poniedziałek–piątek.",
    AssumptionCode.DAILY: "„Codziennie” przyjęto jako wszystkie dni tygodnia.",
    AssumptionCode.WEEKEND_UNSURE: "„Codziennie” w godzinach pracy biura przyjęto jako poniedziałek–piątek; "
    "godziny w soboty i niedziele są nieznane.",
    AssumptionCode.WORKING_DAYS: "„Dni robocze” przyjęto jako poniedziałek–piątek.",
    AssumptionCode.OTHER_DAYS: "„Pozostałe dni” przyjęto jako pozostałe dni od poniedziałku do piątku.",
    AssumptionCode.SLIP: "Poprawiono literówkę: „{}”.",
    AssumptionCode.LATER_RULE: "Ten sam dzień podano dwukrotnie ({}) – przyjęto zapis późniejszy.",
    AssumptionCode.JOINED_RULES: "Ten sam dzień podano dwukrotnie ({}) – połączono obie pory.",
    AssumptionCode.INTERNAL_DAY: "W dniu wewnętrznym ({}) przyjęto, że interesanci nie są przyjmowani.",
    AssumptionCode.CLIENT_DESK: "Podano tylko godziny przyjmowania interesantów – przyjęto je jako godziny otwarcia.",
    AssumptionCode.WHOLE_UNIT: "Przyjęto, że godziny oznaczone „{}” dotyczą całej jednostki.",
    AssumptionCode.FIRST_BLOCK: "Podano kilka rozkładów godzin – jako godziny jednostki przyjęto pierwszy.",
}

DAYS_IN_POLISH: Final = (
    "poniedziałek",
    "wtorek",
    "środa",
    "czwartek",
    "piątek",
    "sobota",
    "niedziela",
    "święta",
)


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the text doesn't say, shown to staff and to residents beside the hours."""

    code: AssumptionCode
    sentence: str


def assumed(code: AssumptionCode, detail: str = "") -> Assumption:
    """The assumption with its Polish sentence."""
    return Assumption(code, ASSUMPTION_SENTENCES[code].format(detail))


class Meaning(Enum):
    """What a word or phrase says about time."""

    DAYS = auto()
    REMAINING_DAYS = auto()
    ROUND_THE_CLOCK = auto()
    CLOSED = auto()
    INTERNAL = auto()
    BREAK = auto()
    EXCEPT = auto()
    # "24h": of what, and on which days?
    UNSURE = auto()
    # "the first Saturday", "in July": true on some days only, which weekly hours can't say
    SOMETIMES = auto()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Beginnings of successive words and what they mean together; a full stop asks for the whole word."""

    stems: tuple[str, ...]
    meaning: Meaning
    days: frozenset[int] = frozenset()
    assumption: AssumptionCode | None = None


def _phrases(text: str, meaning: Meaning, days: frozenset[int] = frozenset()) -> tuple[Phrase, ...]:
    return tuple(Phrase(tuple(line.split()), meaning, days) for line in text.strip().splitlines())


_HOLIDAYS: Final = frozenset({PUBLIC_HOLIDAY})

# Folded (lower case, no diacritics); longer phrases before those they begin with.
PHRASES: Final = (
    *_phrases("7. dni. w. tygodni\ncaly. tydzien.", Meaning.DAYS, ALL_DAYS),
    Phrase(("codziennie.",), Meaning.DAYS, ALL_DAYS, AssumptionCode.DAILY),
    *(
        Phrase((day, kind), Meaning.DAYS, WEEKDAYS, AssumptionCode.WORKING_DAYS)
        for day in ("dni", "dzien")
        for kind in ("robocz", "powszedni", "pracujac")
    ),
    *_phrases("weekend", Meaning.DAYS, WEEKEND),
    *_phrases("dni ustawowo. woln od. pracy.\ndni ustawowo. woln\ndni woln od. pracy.", Meaning.DAYS, _HOLIDAYS),
    *_phrases("dni swiateczn\nswieta.\nswieto.\nswiat.\nswietach.\nswiateczn", Meaning.DAYS, _HOLIDAYS),
    *_phrases("pozostal dni\npozostal\nreszt tygodni\nreszt dni", Meaning.REMAINING_DAYS),
    *_phrases(
        "24. godz na. dob\n24. h. na. dob\n24. h. / dob\n24. / 7.\n24. h. / 7.\ncala. dobe.\ncalodobowo.",
        Meaning.ROUND_THE_CLOCK,
    ),
    *_phrases("24. h.\n24. godz", Meaning.UNSURE),
    *_phrases("dzien wewnetrzn\ndzien pracy. wewnetrzn\ndzien bez. interesant", Meaning.INTERNAL),
    *_phrases("dzien bez. przyjec interesant\nbez. przyjec interesant\nnieczynn dla. interesant", Meaning.INTERNAL),
    *_phrases("brak. przyjec interesant\nnie. przyjmuj interesant", Meaning.INTERNAL),
    *_phrases("dzien bez. przyjec\ndzien bez. przyjmowania.\ndzien bez. obslugi.", Meaning.INTERNAL),
    *_phrases("bez. przyjec\nbrak. przyjec\nnie. przyjmuj", Meaning.INTERNAL),
    *_phrases("nieczynn\nzamkniet\ndzien woln\nwolne.\nnie. pracuj", Meaning.CLOSED),
    *_phrases("przerw", Meaning.BREAK),
    *_phrases("z. wyjatkiem.\nza. wyjatkiem.\noprocz.\nprocz.\npoza.", Meaning.EXCEPT),
    *_phrases(
        "styczn\nstyczen.\nluteg\nluty.\nmarca.\nmarcu.\nmarzec.\nkwietn\nkwiecien.\nmaj.\nmaja.\nmaju.\nczerwc\nczerwiec.\nlipiec.\nlipca."
        "\nlipcu.\nsierpn\nsierpien.\nwrzesn\nwrzesien.\npazdziern\nlistopad\ngrudn\ngrudzien.\nwakac\nferie.\nferii.\nferiach.\nsezon\nzima.\nzimie.\nzimow\nlato.\nlatem."
        "\nlecie.\npierwsz\ndrug\ntrzeci\nczwarta.\nczwarty.\nczwarte.\npiata.\npiaty.\nostatni\nparzyst\nnieparzyst"
        "\nco. drug\nco. dwa.\nco. tydzien.\nmiesiac\nmiesiec\nraz. w.\nnaprzemien",
        Meaning.SOMETIMES,
    ),
)

_DAY_FORMS: Final = (
    "pn pon poniedz poniedzialek poniedzialku poniedzialki poniedzialkach poniedzialkow poniedzialkowe",
    "wt wto wtor wtorek wtorku wtorki wtorkach wtorkow",
    "sr sro sroda srody srode srodach srod srodzie",
    "cz czw czwart czwartek czwartku czwartki czwartkach czwartkow",
    "pt ptk piat piatek piatku piatki piatkach piatkow",
    "sb sob sobota soboty sobote sobotach sobot sobocie",
    "nd ndz niedz niedziela niedziele niedziel niedzielach niedzieli",
)
DAY_OF_FORM: Final = {form: day for day, forms in enumerate(_DAY_FORMS) for form in forms.split()}
# Short forms are too near to ordinary words to be corrected, and Wednesday's are ("środkach", "ośrodkach").
_CORRECTABLE: Final = tuple(form for form in DAY_OF_FORM if len(form) >= 6 and not form.startswith("sr"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TO_WORDS: Final = frozenset({"do", "a"})
AND_WORDS: Final = frozenset({"i", "oraz", "lub"})
# Words that carry nothing by themselves between days and hours.
FILLERS: Final = frozenset(
    _words(
        """od w we na o g h godz godzina godziny godzin godzinach godzinami miedzy sa jest dni dzien dniach dnia
        dniami kazdy kazda kazdego kazde tylko tym"""
    )
)
# Words that announce the hours of the whole unit: "Godziny pracy", "czynne".
HEADING_STEMS: Final = _words("prac urzed otwar czynn funkcjon dzialania")

UNIT_STEMS: Final = _words(
    """osrod ops gops mops mgops cus pcpr mopr gminn miejsk powiatow centr dom. domu. jednostk placowk siedzib
    instytucj biuro. biura. nasz"""
)
CLIENT_STEMS: Final = _words("interesant klient stron. petent mieszkanc przyjec przyjmow obslug bok.")
DESK_STEMS: Final = _words(
    """kas. kasa. kasy. dyrektor kierowni dyzur telefon infolini psycholog prawni pedagog terapeut punkt dziennik
    kancelari pracowni konsultant specjalist swiadcze dzial sekcj zespol wydzial referat stanowisk poradni asystent
    opieku logoped mediator skarg"""
)
CONTACT_STEMS: Final = _words(
    """adres ul. tel. telefon fax. faks e. mail email epuap edorecz skrytk www strona. kontakt kod. nip. regon"""
)
COURTESY_STEMS: Final = _words("zaprasza serdeczn prosim uprzejm")
# Numbers beside these are ages, rooms, articles of law, money: not hours.
NUMBERED_STEMS: Final = _words("pok. pokoj nr. numer art. ust. pkt. wiek sal tel. ul. fax.")
COUNTED_STEMS: Final = _words("lat. lata. roku. osob zl. miesiec miesiac dni. proc pietr km.")


def folded(word: str) -> str:
    """The word in lower case without Polish diacritics."""
    plain = unicodedata.normalize("NFKD", word.lower().replace("ł", "l"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def begins_with(word: str, stems: tuple[str, ...]) -> bool:
    """Whether a folded word begins with one of the stems; a stem with a full stop is the whole word."""
    return any(word == stem[:-1] if stem.endswith(".") else word.startswith(stem) for stem in stems)


@lru_cache(maxsize=1024)
def nearest_day(word: str) -> int | None:
    """The day a folded word with one slip was meant to be, or None."""
    if not 5 <= len(word) <= 14:
        return None
    close = get_close_matches(word, _CORRECTABLE, n=1, cutoff=0.86)
    return DAY_OF_FORM[close[0]] if close else None
