"""The second step to hours: tokens become days, ranges of hours, closures, and the words between them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from mapapp.registers.hours_tokens import MIDNIGHT, Kind, Token
from mapapp.registers.hours_words import (
    ALL_DAYS,
    AND_WORDS,
    CLIENT_STEMS,
    CONTACT_STEMS,
    COURTESY_STEMS,
    DESK_STEMS,
    FILLERS,
    HEADING_STEMS,
    PUBLIC_HOLIDAY,
    UNIT_STEMS,
    AssumptionCode,
    Meaning,
    begins_with,
)

# Longer brackets and headings are not looked for: reading stays linear whatever is sent.
_LONGEST_BRACKET: Final = 60
_LONGEST_HEADING: Final = 40
_SUNDAY: Final = 6


class What(Enum):
    """What an item is."""

    DAYS = auto()
    HOURS = auto()
    CLOSED = auto()
    INTERNAL = auto()
    BREAK = auto()
    EXCEPT = auto()
    SOMETIMES = auto()
    UNSURE = auto()
    HEADING = auto()
    LABEL = auto()
    REMARK = auto()
    STAR = auto()
    END = auto()


class Role(Enum):
    """Whose hours a label announces."""

    UNIT = auto()
    CLIENTS = auto()
    DESK = auto()
    CONTACT = auto()
    COURTESY = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a statement with its place in the tidied text; HOURS in minutes from midnight."""

    what: What
    start: int
    end: int
    days: frozenset[int] = frozenset()
    starred: frozenset[int] = frozenset()
    is_remaining: bool = False
    assumptions: frozenset[AssumptionCode] = frozenset()
    hours: tuple[int, int] = (0, 0)
    content: tuple[str, ...] = ()
    starts_line: bool = False
    breaks_line: bool = False

    @property
    def is_round_the_clock(self) -> bool:
        """Whether these are all the hours of a day."""
        return self.what is What.HOURS and self.hours == (0, MIDNIGHT)

    @property
    def role(self) -> Role:
        """Whose hours this label announces, by its first telling word."""
        for role, stems, words in (
            (Role.CLIENTS, CLIENT_STEMS, self.content),
            (Role.UNIT, UNIT_STEMS, self.content[:1]),
            (Role.CONTACT, CONTACT_STEMS, self.content[:1]),
            (Role.DESK, DESK_STEMS, self.content),
            (Role.CONTACT, CONTACT_STEMS, self.content),
            (Role.COURTESY, COURTESY_STEMS, self.content),
        ):
            if any(begins_with(word, stems) for word in words):
                return role
        return Role.OTHER


def items_of(tokens: list[Token]) -> list[Item]:
    """The items of a text, in order; headings over several lines are joined."""
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        found, at = _item(tokens, at)
        if found is not None:
            starts_line = not items or items[-1].what in {What.END, What.STAR}
            items.append(replace(found, starts_line=starts_line))
    return list(_joined_headings(items))


def _item(tokens: list[Token], at: int) -> tuple[Item | None, int]:
    token = tokens[at]
    if _is_days(token):
        return _days(tokens, at)
    if token.kind is Kind.TIME and (token.is_plain or _end_of_range(tokens, at)):
        return _hours(tokens, at)
    if token.kind is Kind.OPEN:
        return _bracket(tokens, at)
    found = _single(token)
    return (found, at + 1) if found else _label(tokens, at)


def _single(token: Token) -> Item | None:
    if token.meaning is Meaning.ROUND_THE_CLOCK:
        return Item(What.HOURS, token.start, token.end, hours=(0, MIDNIGHT))
    if token.meaning is not None:
        return Item(What[token.meaning.name], token.start, token.end)
    if token.kind in {Kind.NEWLINE, Kind.SEMICOLON, Kind.BULLET}:
        return Item(What.END, token.start, token.end, breaks_line=token.kind is Kind.NEWLINE)
    return Item(What.STAR, token.start, token.end) if token.kind is Kind.STAR else None


def _is_days(token: Token) -> bool:
    return token.kind is Kind.DAY or token.meaning in {Meaning.DAYS, Meaning.REMAINING_DAYS}


def _is_dot(token: Token) -> bool:
    return token.kind is Kind.SIGN and token.word == "."


def _days(tokens: list[Token], at: int) -> tuple[Item, int]:
    start, named, starred = tokens[at].start, frozenset[int](), frozenset[int]()
    heads: list[Token] = []
    is_backwards = False
    following: int | None = at
    while following is not None:
        first = tokens[following]
        heads.append(first)
        at = following + 1
        group = first.days
        last = _last_day_of_range(tokens, at) if first.kind is Kind.DAY else None
        if last is not None:
            group, at = _from_to(min(first.days), min(tokens[last].days)), last + 1
        while at < len(tokens) and (_is_dot(tokens[at]) or tokens[at].kind is Kind.STAR):
            starred |= group if tokens[at].kind is Kind.STAR else frozenset()
            at += 1
        named |= frozenset() if first.assumption is AssumptionCode.DAILY else group
        is_backwards |= last is not None and not group
        following = _next_in_list(tokens, at)
    # "codziennie od poniedziałku do piątku" is Monday to Friday
    is_daily = any(head.assumption is AssumptionCode.DAILY for head in heads) and named <= {PUBLIC_HOLIDAY}
    codes = {head.assumption for head in heads if head.assumption is not None}
    return Item(
        What.SOMETIMES if is_backwards else What.DAYS,
        start,
        tokens[at - 1].end,
        days=named | ALL_DAYS if is_daily else named,
        starred=starred,
        is_remaining=any(head.meaning is Meaning.REMAINING_DAYS for head in heads),
        assumptions=frozenset(codes if is_daily else codes - {AssumptionCode.DAILY}),
    ), at


def _last_day_of_range(tokens: list[Token], at: int) -> int | None:
    while at < len(tokens) and _is_dot(tokens[at]):
        at += 1
    if at == len(tokens) or tokens[at].kind is not Kind.TO:
        return None
    at += 1
    while at < len(tokens) and tokens[at].kind in {Kind.NEWLINE, Kind.TO}:
        at += 1
    return at if at < len(tokens) and tokens[at].kind is Kind.DAY else None


def _from_to(first: int, last: int) -> frozenset[int]:
    """The days between, empty for a range that runs backwards; a week may begin on Sunday."""
    if first == _SUNDAY and last < _SUNDAY:
        return frozenset({_SUNDAY, *range(last + 1)})
    return frozenset(range(first, last + 1))


def _next_in_list(tokens: list[Token], at: int) -> int | None:
    while at < len(tokens) and (tokens[at].kind is Kind.COMMA or tokens[at].word in AND_WORDS | FILLERS):
        at += 1
    return at if at < len(tokens) and _is_days(tokens[at]) else None


def _end_of_range(tokens: list[Token], at: int) -> int:
    """The index of the closing time of the range that begins here, or 0."""
    opening, has_dash = tokens[at], False
    at += 1
    while at < len(tokens) and (
        tokens[at].kind is Kind.TO or _is_dot(tokens[at]) or tokens[at].word.startswith("godz")
    ):
        has_dash |= tokens[at].kind is Kind.TO
        at += 1
    if not has_dash or at == len(tokens) or tokens[at].kind is not Kind.TIME:
        return 0
    lengths = {len(opening.digits), len(tokens[at].digits)}
    # "730-1530" is a range, "345-15" more likely a telephone number.
    is_mixed = bool(lengths & {3, 4}) and bool(lengths & {1, 2})
    return 0 if is_mixed else at


def _hours(tokens: list[Token], at: int) -> tuple[Item, int]:
    last = _end_of_range(tokens, at)
    if not last:
        return Item(What.UNSURE, tokens[at].start, tokens[at].end), at + 1
    opens, closes = tokens[at], tokens[last]
    return Item(What.HOURS, opens.start, closes.end, hours=(opens.minutes, closes.minutes)), last + 1


def _bracket(tokens: list[Token], at: int) -> tuple[Item | None, int]:
    """A remark in brackets; brackets around nothing but days, hours or a break are looked through."""
    inside = tokens[at + 1 : at + _LONGEST_BRACKET]
    length = next((n for n, token in enumerate(inside) if token.kind in {Kind.CLOSE, Kind.NEWLINE}), None)
    if length is None or inside[length].kind is Kind.NEWLINE:
        return None, at + 1
    start, end, inside = tokens[at].start, inside[length].end, inside[:length]
    if any(token.meaning is Meaning.SOMETIMES for token in inside):
        # "(w wakacje 7-14)" tells of other hours, "(co drugi)" takes back what stands before it.
        what = What.REMARK if any(token.kind is Kind.TIME for token in inside) else What.SOMETIMES
        return Item(what, start, end), at + length + 2
    if any(token.meaning is Meaning.BREAK for token in inside) or not _content(inside):
        return None, at + 1
    return Item(What.REMARK, start, end, content=_content(inside)), at + length + 2


def _content(tokens: list[Token]) -> tuple[str, ...]:
    """The words that say whose hours these are, or a number that fits nothing."""
    words = (token.word or token.digits for token in tokens if token.kind in {Kind.WORD, Kind.TIME})
    return tuple(
        word
        for word in words
        if word not in FILLERS | AND_WORDS
        and not begins_with(word, HEADING_STEMS)
        and (len(word) > 1 or word.isdecimal())
    )


def _label(tokens: list[Token], at: int) -> tuple[Item | None, int]:
    begin = at
    while at < len(tokens) and _belongs_to_label(tokens, at):
        at += 1
    run = tokens[begin : max(at, begin + 1)]
    words = [token for token in run if token.kind in {Kind.WORD, Kind.TIME} and token.word not in AND_WORDS]
    while words and words[-1].word in FILLERS:
        words.pop()
    if not words:
        return None, begin + len(run)
    content = _content(words)
    what = What.LABEL if content else What.HEADING
    is_filler = not content and not any(begins_with(word.word, HEADING_STEMS) for word in words)
    item = None if is_filler else Item(what, words[0].start, words[-1].end, content=content)
    return item, begin + len(run)


def _belongs_to_label(tokens: list[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind is Kind.TIME:
        return not token.is_plain and not _end_of_range(tokens, at)
    return token.meaning is None and token.kind in {Kind.WORD, Kind.TO, Kind.COMMA, Kind.SIGN, Kind.CLOSE}


def _joined_headings(items: list[Item]) -> Iterator[Item]:
    """The items, where a heading that fills a line takes in the line below it if that is its second half."""
    at = 0
    while at < len(items):
        item = items[at]
        while _goes_on_below(items, at, item):
            below = items[at + 2]
            item = replace(item, what=What.LABEL, end=below.end, content=item.content + below.content)
            at += 2
        yield item
        at += 1


def _goes_on_below(items: list[Item], at: int, item: Item) -> bool:
    if at + 2 >= len(items) or not item.starts_line or item.what not in {What.LABEL, What.HEADING}:
        return False
    line_end, below = items[at + 1], items[at + 2]
    is_second_half = len(item.content) < _LONGEST_HEADING and line_end.breaks_line and below.what is What.LABEL
    return is_second_half and item.role not in {Role.CONTACT, Role.COURTESY}
