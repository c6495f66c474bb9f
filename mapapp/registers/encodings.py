"""The text of a file whose encoding nobody stated: UTF-8 strictly, else the code page that gives Polish words.

Guessers of character sets confuse the code pages that Polish offices use. They differ in a few letters, so the rule is
short: what is valid UTF-8 is UTF-8; otherwise nearly everything beyond ASCII must be a Polish letter.
"""

import codecs
from dataclasses import dataclass
from typing import Final

from mapapp.registers.problems import UnreadableFileError

_POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
# what office programs write beside letters; a no-break space is the commonest of all
_TYPOGRAPHY: Final = frozenset("„”“’–—…•§°\u00a0")
_CODE_PAGES: Final = ("cp1250", "iso8859-2", "cp852")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURE: Final = 0.85


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A file's text and the encoding that gave it."""

    text: str
    encoding: str


def decode(content: bytes) -> DecodedText:
    """The text of ``content``. Raises UnreadableFileError where no encoding gives Polish text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if wide := _wide_without_mark(content):
        return _strictly(content, wide)
    try:
        return DecodedText(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _best_code_page(content)


def _strictly(content: bytes, encoding: str) -> DecodedText:
    try:
        return DecodedText(content.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"plik zaczyna się jak {encoding}, ale bajt {error.start} nie pasuje do tego kodowania; "
            "zapisz plik ponownie jako „CSV UTF-8”"
        ) from error


def _wide_without_mark(content: bytes) -> str | None:
    # in UTF-16 every second byte of plain letters is zero
    start = content[:2000]
    if len(start) < 4 or start.count(0) < len(start) // 4:
        return None
    return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"


def _best_code_page(content: bytes) -> DecodedText:
    candidates = []
    for encoding in _CODE_PAGES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((_polish_share(text), DecodedText(text, encoding)))
    share, best = max(candidates, key=lambda each: each[0])
    if share < _SURE:
        raise UnreadableFileError(
            "nie udało się rozpoznać kodowania pliku (ani UTF-8, ani cp1250, ISO 8859-2, cp852 nie dają polskiego "
            "tekstu); zapisz plik ponownie jako „CSV UTF-8”"
        )
    return best


def _polish_share(text: str) -> float:
    beyond = [character for character in text if ord(character) > 127]
    fitting = sum(character in _POLISH or character in _TYPOGRAPHY for character in beyond)
    return fitting / len(beyond) if beyond else 1.0
