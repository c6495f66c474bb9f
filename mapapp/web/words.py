"""Values in words for people: distances, hours, ages, dates. Unknown is said, never hidden."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup, escape

from mapapp.directory.hours import (
    ROUND_THE_CLOCK,
    DayHours,
    OpeningHoursError,
    Openness,
    OpenState,
    Reason,
    week_table,
)
from mapapp.directory.open_when import state_of
from mapapp.directory.queries import SpecialDays
from mapapp.polish_time import WARSAW
from mapapp.territory.queries import Area
from mapapp.web.facts import current_facts
from mapapp.web.i18n import DEFAULT_LANGUAGE, current_language, decimal, long_date, long_days
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l

# after a verb: "opens on Monday" needs its own form in Polish and Ukrainian
ON_WEEKDAY = (
    _l("on Monday"),
    _l("on Tuesday"),
    _l("on Wednesday"),
    _l("on Thursday"),
    _l("on Friday"),
    _l("on Saturday"),
    _l("on Sunday"),
)
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
SPAN = re.compile(r"[0-9]{1,2}:[0-9]{2}–[0-9]{1,2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Remark:
    """What a place says of its hours, such as "urlop do 14 sierpnia", and the language it is written in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class OpenWords:
    """The state now, for a badge: ``state`` is open, closed or unknown."""

    state: str
    text: str
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A line of the week's table."""

    name: str
    day: date
    text: str
    is_today: bool
    state: str
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecialWords:
    """Special days in a line: what they are, and why."""

    text: str
    reason: Remark | None


def now() -> datetime:
    """This moment in Poland."""
    return datetime.now(WARSAW)


def distance(kilometres: float) -> str:
    """A distance as people say it: metres below one kilometre, one decimal below ten."""
    if kilometres < 0.95:
        said = _("%(metres)s m", metres=max(50, round(kilometres * 20) * 50))
    else:
        said = _("%(km)s km", km=decimal(kilometres, "#,##0.#" if kilometres < 10 else "#,##0"))
    return said.replace(" ", "\xa0")


def clock(moment: datetime) -> str:
    """An hour of the day: 8:00."""
    return f"{moment.hour}:{moment.minute:02d}"


def moment(at: datetime) -> str:
    """A day and an hour: 27 listopada 2026, 18:00."""
    here = at.astimezone(WARSAW)
    return f"{long_date(here.date())}, {clock(here)}"


def open_words(opening_hours: str | None, at: datetime, status: str = "active") -> OpenWords:
    """Whether a place is open at a moment, and what comes next."""
    state = state_of(opening_hours, status, at)
    if state.reason is Reason.CLOSED_FOR_A_TIME:
        return OpenWords("closed", _("Closed for a time – ask by phone when it opens again"))
    if state.openness is Openness.OPEN:
        return OpenWords("open", _open_text(opening_hours, state, at))
    if state.openness is Openness.CLOSED:
        return OpenWords("closed", _closed_text(state, at), told(state.comment) if state.comment else None)
    if state.reason is Reason.NO_HOURS:
        return OpenWords("unknown", _("Opening hours not known – ask by phone"))
    return OpenWords("unknown", _("Not known whether it is open today – ask by phone"))


def _open_text(opening_hours: str | None, state: OpenState, at: datetime) -> str:
    if opening_hours == ROUND_THE_CLOCK:
        return _("Open round the clock")
    if state.until is None or state.until - at > timedelta(days=1):
        return _("Open now")
    return _("Open now, until %(time)s", time=clock(state.until))


def _closed_text(state: OpenState, at: datetime) -> str:
    is_off = state.reason is Reason.PUBLIC_HOLIDAY
    closed = _("Closed today: public holiday") if is_off else _("Closed now")
    if state.until is None or state.then is not Openness.OPEN:
        return closed
    return _("%(closed)s, opens %(when)s", closed=closed, when=_when(state.until, at))


def told(comment: str) -> Remark:
    """What a place says of its hours, in the language of the page where staff wrote it so, else in Polish."""
    if current_language() != DEFAULT_LANGUAGE:
        translated = current_facts().directory.reasons.get(comment, {}).get(current_language())
        if translated:
            return Remark(translated, current_language())
    return Remark(comment, DEFAULT_LANGUAGE)


def special_words(days: SpecialDays) -> SpecialWords:
    """What holds on special days: "Nieczynne 24 grudnia 2026 – 2 stycznia 2027"."""
    which = long_days(days.first, days.last)
    if days.opening_hours:
        spans = (span.split("-") for span in days.opening_hours.split(","))
        hours = ", ".join("–".join(each.strip().removeprefix("0") for each in span) for span in spans)
        text = _("%(days)s: open %(hours)s", days=which, hours=hours)
    else:
        text = _("Closed %(days)s", days=which)
    language = next((each for each in (current_language(), DEFAULT_LANGUAGE) if each in days.reasons), DEFAULT_LANGUAGE)
    reason = days.reasons.get(language)
    return SpecialWords(text, Remark(reason, language) if reason else None)


def _when(moment: datetime, at: datetime) -> str:
    days = (moment.date() - at.astimezone(WARSAW).date()).days
    time = clock(moment)
    if days == 0:
        return _("today at %(time)s", time=time)
    if days == 1:
        return _("tomorrow at %(time)s", time=time)
    if days < 7:
        return _("%(weekday)s at %(time)s", weekday=ON_WEEKDAY[moment.weekday()], time=time)
    return long_date(moment.date())


def week_rows(opening_hours: str | None, today: date) -> list[DayRow]:
    """Seven days from today on as a table, none that is over; empty where the hours are not known."""
    if opening_hours is None:
        return []
    try:
        weeks = week_table(opening_hours, today), week_table(opening_hours, today + timedelta(days=7))
    except OpeningHoursError:
        return []
    return [_day_row(day, today) for week in weeks for day in week if today <= day.day < today + timedelta(days=7)]


def _day_row(day: DayHours, today: date) -> DayRow:
    spans = [span for span in day.spans if span.openness is Openness.OPEN]
    comments = [span.comment for span in spans] or [day.comment]
    remarks = tuple(map(told, dict.fromkeys(filter(None, comments))))
    name = str(WEEKDAYS[day.day.weekday()])
    return DayRow(name, day.day, _day_text(day), day.day == today, day.openness, remarks)


def whole_times(text: str) -> Markup:
    """The text with a mark around each "8:00–16:00": it moves to the next line as one."""
    return Markup(SPAN.sub(r'<span class="whole">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped just here


def _day_text(day: DayHours) -> str:
    if [(span.openness, span.end - span.start) for span in day.spans] == [(Openness.OPEN, timedelta(days=1))]:
        return _("round the clock")
    spans = ", ".join(
        f"{clock(span.start)}–{'24:00' if span.end.hour == span.end.minute == 0 else clock(span.end)}"
        for span in day.spans
        if span.openness is Openness.OPEN
    )
    if not spans:
        spans = _("closed") if day.openness is Openness.CLOSED else _("not known")
    return _("%(hours)s (public holiday)", hours=spans) if day.is_public_holiday else spans


def ages(minimum: int | None, maximum: int | None) -> str:
    """For which ages a service is; empty where it says nothing."""
    if minimum is not None and maximum is not None:
        return _("aged %(minimum)s to %(maximum)s", minimum=minimum, maximum=maximum)
    if minimum is not None:
        return _("aged %(minimum)s and over", minimum=minimum)
    return _("up to the age of %(maximum)s", maximum=maximum) if maximum is not None else ""


def listed(labels: Iterable[str]) -> str:
    """Labels as one sentence's list: only the first keeps its capital."""
    first, *others = list(labels) or [""]
    return ", ".join([first, *(other[:1].lower() + other[1:] for other in others)])


def address_line(street: str | None, postal_code: str | None, city: str | None) -> str:
    """An address on one line, as far as it is known."""
    town = " ".join(part for part in (postal_code, city) if part)
    return ", ".join(part for part in (street, town) if part)


def area_words(area: Area) -> str:
    """An area with what it is: "powiat kłodzki", "miasto Wrocław"."""
    texts = {
        "subregion": _("subregion %(name)s", name=area.name),
        "powiat": _("powiat %(name)s", name=area.name),
        "city": _("city of %(name)s", name=area.name),
    }
    return texts.get(area.kind) or _("gmina %(name)s", name=area.name)
