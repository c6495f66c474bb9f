"""The first step to hours: a text cut into days, times, words and signs, in one pass."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, NamedTuple

from mapapp.registers.hours_words import (
    COUNTED_STEMS,
    DAY_OF_FORM,
    NUMBERED_STEMS,
    PHRASES,
    TO_WORDS,
    AssumptionCode,
    Meaning,
    Phrase,
    begins_with,
    folded,
    nearest_day,
)

_SUPERSCRIPT_MINUTES: Final = re.compile(r"(?<=\d)[:.]?([⁰¹²³⁴⁵⁶⁷⁸⁹]{2})")
_LINE_BREAK: Final = re.compile(r"\r\n?|<br\s?/?>|[\v\f\x85\u2028\u2029•●▪·]")
_STRAY_SIGN: Final = re.compile(r"(?<=[\d:.])[`´](?=[\d:.])")
_AROUND_STRAY_SIGN: Final = re.compile(r"[\d:.]{1,5}[`´][\d:.`´]{1,5}")
_SIGNS: Final = str.maketrans(dict.fromkeys("–—−‒‑‐―~", "-") | dict.fromkeys("\u200b\ufeff\xad") | {"’": "'"})
_CHUNK: Final = re.compile(r"\n|[^\S\n]+|\S+")
_LEXEME: Final = re.compile(r"\d+|[^\W\d_]+|.", re.DOTALL)
_CONTACT: Final = re.compile(r"@|www\.|https?:|AE:PL|/skrytka|/domyslna", re.IGNORECASE)

_MINUTE_SIGNS: Final = frozenset(":.,;'^")
_QUARTERS: Final = frozenset({0, 15, 30, 45})
MIDNIGHT: Final = 24 * 60


_PHRASES_BY_LETTER: Final = {
    letter: tuple(phrase for phrase in PHRASES if phrase.stems[0][0] == letter)
    for letter in {phrase.stems[0][0] for phrase in PHRASES}
}


class Kind(Enum):
    """What a token is."""

    DAY = auto()
    PHRASE = auto()
    TIME = auto()
    WORD = auto()
    TO = auto()
    COMMA = auto()
    SEMICOLON = auto()
    NEWLINE = auto()
    BULLET = auto()
    STAR = auto()
    OPEN = auto()
    CLOSE = auto()
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the tidied text; ``minutes`` of a TIME count from midnight."""

    kind: Kind
    start: int
    end: int
    word: str = ""
    minutes: int = 0
    # "7:30" is a time anywhere, "730" only beside another time, "7" only beside a time or between days
    digits: str = ""
    is_plain: bool = True
    days: frozenset[int] = frozenset()
    meaning: Meaning | None = None
    assumption: AssumptionCode | None = None
    slip: str = ""


class Lexeme(NamedTuple):
    """A run of digits, a run of letters, a space, a line break, or one sign."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """The place after its last letter."""
        return self.start + len(self.text)


def tidied(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with one kind of dash, space and line break, and the slips taken out of its numbers."""
    text = _SUPERSCRIPT_MINUTES.sub(lambda found: ":" + found.group(1), text)
    text = unicodedata.normalize("NFC", _LINE_BREAK.sub("\n", text)).translate(_SIGNS)
    text = "".join(unicodedata.normalize("NFKC", sign) if ord(sign) > 0x17F else sign for sign in text)
    text = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹\xa0\t", "0123456789  "))
    slips = tuple(found.group() for found in _AROUND_STRAY_SIGN.finditer(text))
    return _STRAY_SIGN.sub("", text), slips


def tokens_of(text: str) -> list[Token]:
    """The tokens of a tidied text, in order; spaces are gone."""
    lexemes = list(_lexemes(text))
    tokens: list[Token] = []
    at = 0
    while at < len(lexemes):
        token, at = _token(lexemes, at, tokens)
        if token is not None:
            tokens.append(token)
    return _without_counted_numbers(tokens)


def _lexemes(text: str) -> Iterator[Lexeme]:
    for chunk in _CHUNK.finditer(text):
        if _CONTACT.search(chunk.group()):
            yield Lexeme(chunk.group(), chunk.start())
        else:
            yield from (Lexeme(m.group(), chunk.start() + m.start()) for m in _LEXEME.finditer(chunk.group()))


def _token(lexemes: list[Lexeme], at: int, before: list[Token]) -> tuple[Token | None, int]:
    lexeme = lexemes[at]
    if lexeme.text.isspace() and lexeme.text != "\n":
        return None, at + 1
    found = _phrase(lexemes, at)
    if found:
        return found
    if lexeme.text.isdecimal():
        return _number(lexemes, at, before)
    if lexeme.text[0].isalpha():
        return _word(lexeme), at + 1
    return Token(_SIGN_KINDS.get(lexeme.text, Kind.SIGN), lexeme.start, lexeme.end, lexeme.text), at + 1


_SIGN_KINDS: Final = {
    "\n": Kind.NEWLINE,
    "-": Kind.TO,
    ",": Kind.COMMA,
    "/": Kind.COMMA,
    "&": Kind.COMMA,
    "+": Kind.COMMA,
    ";": Kind.SEMICOLON,
    "|": Kind.SEMICOLON,
    "*": Kind.STAR,
    "(": Kind.OPEN,
    ")": Kind.CLOSE,
}


def _word(lexeme: Lexeme) -> Token:
    word = folded(lexeme.text)
    if word in TO_WORDS:
        return Token(Kind.TO, lexeme.start, lexeme.end, word)
    if word in DAY_OF_FORM:
        return Token(Kind.DAY, lexeme.start, lexeme.end, word, days=frozenset({DAY_OF_FORM[word]}))
    meant = nearest_day(word)
    if meant is not None:
        days = frozenset({meant})
        return Token(Kind.DAY, lexeme.start, lexeme.end, word, days=days, slip=lexeme.text)
    return Token(Kind.WORD, lexeme.start, lexeme.end, word)


def _phrase(lexemes: list[Lexeme], at: int) -> tuple[Token, int] | None:
    first = folded(lexemes[at].text)
    for phrase in _PHRASES_BY_LETTER.get(first[:1], ()):
        if begins_with(first, phrase.stems[:1]):
            end = _end_of_phrase(lexemes, at, phrase)
            if end:
                start, last = lexemes[at].start, lexemes[end - 1].end
                return Token(
                    Kind.PHRASE,
                    start,
                    last,
                    days=phrase.days,
                    meaning=phrase.meaning,
                    assumption=phrase.assumption,
                ), end
    return None


def _end_of_phrase(lexemes: list[Lexeme], at: int, phrase: Phrase) -> int:
    for stem in phrase.stems:
        while at < len(lexemes) and lexemes[at].text == " ":
            at += 1
        if at == len(lexemes) or not begins_with(folded(lexemes[at].text), (stem,)):
            return 0
        at += 1
    return at


def _text(lexemes: list[Lexeme], at: int) -> str:
    return lexemes[at].text if 0 <= at < len(lexemes) else ""


def _number(lexemes: list[Lexeme], at: int, before: list[Token]) -> tuple[Token, int]:
    """A time, the number of a list's point, or a number that is a word like any other."""
    here = lexemes[at]
    end = _end_of_date_or_code(lexemes, at)
    if end:
        return Token(Kind.WORD, here.start, lexemes[end - 1].end, here.text), end
    if _is_bullet(lexemes, at, before):
        return Token(Kind.BULLET, here.start, here.end + 1), at + 2
    hours, sign = int(here.text[:4]), _text(lexemes, at + 1)
    if len(here.text) <= 2 and hours <= 24:
        end = _end_of_minutes(lexemes, at, before)
        if end:
            minutes = hours * 60 + int(lexemes[end - 1].text)
            slip = f"{here.text};{lexemes[end - 1].text}" if sign == ";" else ""
            return _time(lexemes, at, end, minutes, "", slip), _end_of_seconds(lexemes, end)
        if not _text(lexemes, at + 1)[:1].isalpha() or _text(lexemes, at + 1).lower() == "do":
            return _time(lexemes, at, at + 1, hours * 60, here.text), at + 1
    elif len(here.text) in (3, 4) and hours <= 2400 and hours % 100 in _QUARTERS:
        return _time(lexemes, at, at + 1, hours // 100 * 60 + hours % 100, here.text), at + 1
    return Token(Kind.WORD, here.start, here.end, here.text), at + 1


def _time(lexemes: list[Lexeme], at: int, end: int, minutes: int, digits: str, slip: str = "") -> Token:
    start, last = lexemes[at].start, lexemes[end - 1].end
    if minutes > MIDNIGHT:
        return Token(Kind.WORD, start, last, lexemes[at].text)
    return Token(Kind.TIME, start, last, minutes=minutes, digits=digits, is_plain=not digits, slip=slip)


def _end_of_minutes(lexemes: list[Lexeme], at: int, before: list[Token]) -> int:
    """Where "7:30", "7.30", "7,30", "7;30", "7 30" or "7: 30" ends, or 0."""
    sign, minutes, end = _text(lexemes, at + 1), _text(lexemes, at + 2), at + 3
    if sign == ":" and minutes == " ":
        minutes, end = _text(lexemes, at + 3), at + 4
    if not (minutes.isdecimal() and len(minutes) == 2 and int(minutes) < 60 and int(minutes) % 5 == 0):
        return 0
    # "8-12,15-18": between two ranges the sign separates ranges, not hours from minutes.
    closes_range = bool(before) and before[-1].kind is Kind.TO
    opens_range = _text(lexemes, end).strip() in {"-", "do"} or _text(lexemes, end + 1) in {"-", "do"}
    if sign in ",; " and closes_range and opens_range:
        return 0
    if sign in _MINUTE_SIGNS or (sign == " " and int(minutes) in _QUARTERS):
        return end
    return 0


def _end_of_seconds(lexemes: list[Lexeme], end: int) -> int:
    return end + 2 if (_text(lexemes, end), _text(lexemes, end + 1)) == (":", "00") else end


def _end_of_date_or_code(lexemes: list[Lexeme], at: int) -> int:
    """Where a date "01.09.2025", a postal code "33-100" or a fraction "14/2" ends, or 0."""
    signs = _text(lexemes, at + 1), _text(lexemes, at + 3)
    numbers = _text(lexemes, at + 2), _text(lexemes, at + 4)
    if signs == (".", ".") and numbers[0].isdecimal() and numbers[1].isdecimal() and len(numbers[1]) == 4:
        return at + 5
    if signs[0] == "-" and len(lexemes[at].text) == 2 and numbers[0].isdecimal() and len(numbers[0]) == 3:
        return at + 3
    return at + 3 if signs[0] == "/" and numbers[0].isdecimal() else 0


def _is_bullet(lexemes: list[Lexeme], at: int, before: list[Token]) -> bool:
    if len(lexemes[at].text) > 2 or _text(lexemes, at + 1) not in {".", ")"}:
        return False
    if before and (before[-1].kind in {Kind.TO, Kind.TIME} or before[-1].word == "od"):
        return False
    following = _text(lexemes, at + 2).strip() or _text(lexemes, at + 3)
    return following[:1].isalpha() and following.lower() != "do"


def _without_counted_numbers(tokens: list[Token]) -> list[Token]:
    """Numbers of rooms, years of age and the like become words."""
    numbers = [at for at, token in enumerate(tokens) if token.kind is Kind.TIME and not token.is_plain]
    for at in numbers:
        before = next((t.word for t in reversed(tokens[max(0, at - 4) : at]) if t.kind is Kind.WORD), "")
        after = next((t.word for t in tokens[at + 1 : at + 4] if t.kind is Kind.WORD), "")
        if begins_with(before, NUMBERED_STEMS) or begins_with(after, COUNTED_STEMS):
            tokens[at] = replace(tokens[at], kind=Kind.WORD, word=tokens[at].digits)
    return tokens
