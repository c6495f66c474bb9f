"""A place as files for a telephone: a contact (vCard) and its opening hours (iCalendar)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Component, Event
from icalendar.prop import vAdr, vN, vOrg, vText, vUri

from mapapp.directory.hours import ROUND_THE_CLOCK, OpeningHoursError
from mapapp.directory.queries import PlaceDetails
from mapapp.directory.weekly_hours import WEEKS, WeeklyHours, weekly_hours
from mapapp.polish_time import WARSAW
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import long_date

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class _Card(Component):
    name = "VCARD"


def contact_card(place: PlaceDetails, url: str) -> bytes:
    """The place as a vCard 3.0, which old telephones read too."""
    card = _Card()
    card.add("version", vText("3.0"))
    card.add("n", vN((_line(place.name), "", "", "", "")))
    card.add("fn", vText(_line(place.name)))
    card.add("org", vOrg((_line(place.organization_name or place.name),)))
    for phone in place.phones:
        card.add("tel", vText(phone.number), parameters={"TYPE": "WORK"})
    if place.email:
        card.add("email", vText(_line(place.email)))
    if place.street or place.city:
        address = ("", "", place.street, place.city, "", place.postal_code, "Polska")
        card.add("adr", vAdr(tuple(_line(part or "") for part in address)), parameters={"TYPE": "WORK"})
    if place.position:
        card.add("geo", vUri(f"{place.position.lat:.6f};{place.position.lon:.6f}"))
    card.add("url", vUri(url))
    card.add("note", vText(_line(_note(place))))
    return bytes(card.to_ical(sorted=False))


def has_calendar(place: PlaceDetails, today: date) -> bool:
    """Whether there are hours that a calendar could hold: known, and not round the clock."""
    ordinary = (place.opening_hours or "").partition(";")[0]
    return ordinary not in {"", ROUND_THE_CLOCK} and bool(_hours(place, today))


def opening_calendar(place: PlaceDetails, url: str, today: date) -> bytes:
    """The opening hours of the next half year as a calendar; holidays are left out."""
    calendar = Calendar()
    calendar.add("prodid", "-//mapapp//opening hours//PL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _line(place.name))
    for hours in _hours(place, today):
        for number, event in enumerate(_events(hours)):
            event.add("uid", f"{uuid5(NAMESPACE_URL, f'{place.id} {hours.start} {hours.lasts} {number}')}")
            event.add("dtstamp", place.last_modified.astimezone(UTC))
            event.add("summary", _("Open: %(name)s", name=_line(place.name)))
            event.add("description", _line(_note(place)))
            event.add("url", url)
            event.add("transp", "TRANSPARENT")  # it does not make anybody busy
            if place.street or place.city:
                event.add("location", _line(", ".join(part for part in (place.street, place.city) if part)))
            calendar.add_component(event)
    calendar.add_missing_timezones(first_date=today, last_date=today + timedelta(weeks=WEEKS + 1))
    return bytes(calendar.to_ical())


def _hours(place: PlaceDetails, today: date) -> tuple[WeeklyHours, ...]:
    try:
        return weekly_hours(place.opening_hours, today)
    except OpeningHoursError:
        return ()  # an old record that today's rules no longer accept is as good as none


def _events(hours: WeeklyHours) -> Iterator[Event]:
    """One event that comes back each week, and one for each day besides."""
    if hours.weekdays:
        event = _event(hours, hours.first)
        until = _at(hours.last, time(23, 59)).astimezone(UTC)
        event.add("rrule", {"freq": "weekly", "byday": [DAYS[each] for each in hours.weekdays], "until": until})
        for day in hours.except_on:
            event.add("exdate", _at(day, hours.start))
        yield event
    for day in hours.also_on:
        yield _event(hours, day)


def _event(hours: WeeklyHours, day: date) -> Event:
    event = Event()
    event.add("dtstart", _at(day, hours.start))
    event.add("dtend", _at(day, hours.start) + hours.lasts)  # by the clock on the wall, as hours are meant
    return event


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, WARSAW)


def _note(place: PlaceDetails) -> str:
    """Whether the place is real, whom to call, and how fresh the data is."""
    checked = [service.verified_on for service in place.services]
    fresh = (
        _("verified on %(date)s", date=long_date(min(filter(None, checked))))
        if checked and all(checked)
        else _("not verified yet")
    )
    parts = [
        _("Sample data: invented, do not call.") if place.is_sample else "",
        _("Phone: %(number)s.", number=place.phones[0].display) if place.phones else "",
        _("Call before you go; holidays may differ."),
        f"({fresh})",
    ]
    return " ".join(part for part in parts if part)


def _line(text: str) -> str:
    """The text in one line, without what is not meant for people."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
