"""A place as a sheet of paper: a tagged PDF with a QR code that leads back to the page."""

import io
import json
import unicodedata
from datetime import UTC, datetime, time
from typing import Any, Final

import segno
import typst

from mapapp.directory.terms import CrisisNumber
from mapapp.settings import ROOT
from mapapp.web.i18n import current_language, label, long_date, plain
from mapapp.web.i18n import gettext as _
from mapapp.web.place_page import PlacePage, ServiceCard
from mapapp.web.site import current_site
from mapapp.web.words import DayRow, now

FOLDER: Final = ROOT / "templates" / "handout"
# letters that fonts have no shape for, or that would turn the line around
_LEFT_OUT: Final = {"Cc", "Cf", "Co", "Cs", "Cn"}
# for whoever finds the paper; of those who answer 112 only the one number
CRISIS_NUMBERS: Final = 6
ANSWERED_BY_112: Final = {"ambulance", "fire", "police"}


def qr_code(address: str) -> bytes:
    """The address as a QR code in SVG, black on white in every colour scheme."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=2, light="#fff", xmldecl=False, svgclass=None)
    return drawn.getvalue()


def handout(page: PlacePage, url: str) -> bytes:
    """The sheet as PDF/UA; as an ordinary tagged PDF where a record has letters that no font here can show."""
    data = json.dumps(_shown(_content(page, url)), ensure_ascii=False)
    wanted: dict[str, Any] = {
        "input": str(FOLDER / "handout.typ"),
        "root": str(FOLDER),
        "ignore_system_fonts": True,  # the same sheet on every machine
        "sys_inputs": {"page": data},
        # of the day, so that the same day gives the same bytes
        "timestamp": datetime.combine(now().date(), time(0), UTC),
    }
    try:
        return _compiled(pdf_standards=["ua-1"], **wanted)
    except typst.TypstError:
        return _compiled(**wanted)


def _compiled(**wanted: Any) -> bytes:
    made = typst.compile(**wanted)
    assert isinstance(made, bytes)  # noqa: S101 - tells mypy what comes back where no file is named
    return made


def _content(page: PlacePage, url: str) -> dict[str, Any]:
    place, site = page.place, current_site()
    name = site.names[current_language()]
    return {
        "language": current_language(),
        "title": f"{place.name} – {name}",
        "site": name,
        "name": place.name,
        "organization": place.organization_name if place.organization_name not in {None, place.name} else "",
        "alert": _("Sample data: invented, do not call.") if place.is_sample else "",
        "phones": [
            {"number": phone.number, "display": phone.display, "note": phone.description or ""}
            for phone in place.phones
        ],
        "no_phone": _("Phone number not known."),
        "address": _address(page),
        "qr": qr_code(url).decode(),
        "qr_alt": _("QR code that leads to %(address)s", address=url),
        "qr_hint": _("Point your phone here to see today's data"),
        "week": [{"day": row.name, "hours": _hours(row)} for row in page.week],
        "hours_note": _("These are the seven days from %(date)s on.", date=long_date(page.today)) if page.week else "",
        "special": [f"{each.text}: {each.reason.text}" if each.reason else each.text for each in page.special],
        "services": [_service(card) for card in page.services],
        "access": _access(page),
        "crisis": [{"number": number.number, "name": label(number)} for number in _crisis_numbers()],
        "footer": _footer(page, url),
        "words": {
            "hours": _("Opening hours"),
            "day": _("Day"),
            "open": _("Hours"),
            "hours_unknown": _("Opening hours not known – ask by phone"),
            "services": _("What you find here"),
            "access": _("Accessibility"),
            "crisis": _("Help in danger"),
        },
    }


def _hours(row: DayRow) -> str:
    return f"{row.text} ({', '.join(remark.text for remark in row.remarks)})" if row.remarks else row.text


def _crisis_numbers() -> list[CrisisNumber]:
    numbers = current_site().vocabularies.crisis_numbers.values()
    return [each for each in numbers if each.code not in ANSWERED_BY_112][:CRISIS_NUMBERS]


def _address(page: PlacePage) -> list[str]:
    place = page.place
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    return [part for part in (place.street, town, place.transportation) if part]


def _service(card: ServiceCard) -> dict[str, Any]:
    service = card.details
    kind = current_site().vocabularies.types[service.facility_type]
    facts = (
        (_("For whom"), ", ".join(part for part in (card.audiences, card.ages) if part) or _("not known")),
        (_("Cost"), ": ".join(part for part in (card.cost, service.cost_description) if part)),
        (_("Number of places"), "; ".join(card.capacities) or _("not known – ask by phone")),
        (_("How to apply"), service.application_process or ""),
    )
    return {
        "name": service.name,
        "description": service.description or "",
        "plain": plain(kind),
        "facts": [{"name": name, "text": text} for name, text in facts if text],
    }


def _access(page: PlacePage) -> list[str]:
    words = current_site().vocabularies
    known = [
        f"{label(words.features[fact.feature])}: {label(words.feature_values[fact.value]).lower()}"
        for group in page.access
        for fact in group.features
    ]
    if page.unknown_features:
        known.append(f"{_('We do not know about:')} {', '.join(page.unknown_features)}")
    return known


def _footer(page: PlacePage, url: str) -> str:
    printed = _("Printed on %(date)s. Data changes: call before you go.", date=long_date(now().date()))
    source = f"{_('Source:')} {page.place.source_title}"
    if page.place.source_date:
        source += f", {_('as of %(date)s', date=long_date(page.place.source_date))}"
    return f"{printed} {source} · {url}"


def _shown(value: Any) -> Any:
    """The same with only such letters as paper can show."""
    if isinstance(value, str):
        kept = (each if unicodedata.category(each) not in _LEFT_OUT else " " for each in value)
        return " ".join("".join(kept).split())
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list) else value
