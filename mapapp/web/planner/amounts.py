"""Figures, flags and groups of people in words; the noun has the form that its number needs."""

from collections.abc import Iterable
from typing import Final

from mapapp.coverage.ages import OPEN_END, parse_ages
from mapapp.coverage.areas import AreaRef
from mapapp.coverage.definitions import Definition
from mapapp.coverage.figures import FLAGS, Figure, Flag
from mapapp.web import words
from mapapp.web.i18n import decimal, ngettext
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l

NO_FIGURE: Final = "–"
# what makes a figure of one area less sure than its neighbours': hatched on the map
UNSURE: Final[frozenset[Flag]] = frozenset({"small_number", "unknown_capacity", "edge", "unreachable", "off_network"})
FLAG_WORDS: Final[dict[Flag, str]] = {
    "small_number": _l("small number: read little into it"),
    "estimate": _l("the number of people is an estimate"),
    "unknown_capacity": _l("places of some services are not known: the true figure may be higher"),
    "no_capacity": _l("places of no service are known"),
    "no_people": _l("the number of people is not known, or nobody lives there"),
    "no_use_data": _l("no register tells how many places are taken, free or waited for"),
    "no_staff_data": _l("no source tells how many posts there are"),
    "unreachable": _l("some people have no such site, or none within the times that are known"),
    "off_network": _l("some people live far from any road, and count as out of reach"),
    "edge": _l("near the region’s border: help beyond it is not counted"),
    "samples": _l("made with sample data"),
    "unclear_area": _l("some sites do not say whom they serve, and count for everyone"),
    "town_has_one": _l("the town inside this rural gmina has one"),
    "hidden_included": _l("hidden places are counted, for the region as a whole only"),
}


def number(value: float | None, decimals: int = 0) -> str:
    """A number as the language writes it; a dash where there is none."""
    if value is None:
        return NO_FIGURE
    # "-0" and 0.04 shown as 0.0 are what they are: none
    return decimal(round(value, decimals) + 0.0, "#,##0" if decimals == 0 else "#,##0." + "0" * decimals)


def amount(value: float | None, unit: str, decimals: int = 0) -> str:
    """A figure with its unit: "3 osoby", "12,5%", "4,1 na 1000 osób"."""
    if value is None:
        return NO_FIGURE
    shown = number(value, decimals)
    # a fraction takes the form that stands after two: "2,5 miejsca"
    whole = round(value) if round(value, decimals) == round(value) else 2
    counted = {
        "people": lambda: ngettext("%(shown)s person", "%(shown)s people", whole, shown=shown),
        "places": lambda: ngettext("%(shown)s place", "%(shown)s places", whole, shown=shown),
        "sites": lambda: ngettext("%(shown)s site", "%(shown)s sites", whole, shown=shown),
        "yes_no": lambda: _("there is one") if value else _("there is none"),
        "percent": lambda: _("%(shown)s%%", shown=shown),
        "minutes": lambda: _("%(shown)s min", shown=shown),
        "km": lambda: _("%(km)s km", km=shown),
        "places_per_1k": lambda: _("%(shown)s per 1,000 people", shown=shown),
        "places_per_10k": lambda: _("%(shown)s per 10,000 people", shown=shown),
        "per_100_places": lambda: _("%(shown)s per 100 places", shown=shown),
        "workers_per_2000": lambda: _("%(shown)s per 2,000 people", shown=shown),
        "sites_per_100km2": lambda: _("%(shown)s per 100 km²", shown=shown),
    }
    return counted[unit]() if unit in counted else shown


def told(figure: Figure, definition: Definition) -> str:
    """The figure of an area with its unit."""
    return amount(figure.value, figure.unit, definition.decimals)


def flag_words(flags: Iterable[Flag]) -> list[str]:
    """What to be careful about, in the order of FLAGS."""
    known = set(flags)
    return [str(FLAG_WORDS[flag]) for flag in FLAGS if flag in known]


def is_unsure(figure: Figure, common: frozenset[Flag] = frozenset()) -> bool:
    """Whether it is less sure than the figures around it, which share the ``common`` flags."""
    return bool(UNSURE & (figure.flags - common))


def group_words(group: str) -> str:
    """Whom a figure is about: "osoby w wieku od 80 lat"."""
    if group.startswith("disability"):
        return _("people with a disability certificate")
    ages = parse_ages(group)
    if str(ages) == "total":
        return _("all residents")
    if ages.high == OPEN_END:
        return _("people %(ages)s", ages=words.ages(ages.low, None))
    return _("people %(ages)s", ages=words.ages(ages.low, ages.high))


def group_genitive(group: str) -> str:
    """The same after "how many": "osób w wieku od 80 lat"."""
    if group.startswith("disability"):
        return _("of people with a disability certificate")
    ages = parse_ages(group)
    if str(ages) == "total":
        return _("of all residents")
    high = None if ages.high == OPEN_END else ages.high
    return _("of people %(ages)s", ages=words.ages(ages.low, high))


def area_name(area: AreaRef) -> str:
    """An area with its kind: "gmina wiejska Kłodzko", "powiat kłodzki"."""
    texts = {
        "urban": _("urban gmina %(name)s", name=area.name),
        "rural": _("rural gmina %(name)s", name=area.name),
        "urban-rural": _("urban-rural gmina %(name)s", name=area.name),
        "powiat": _("powiat %(name)s", name=area.name),
        "city": _("city of %(name)s", name=area.name),
        "subregion": _("subregion %(name)s", name=area.name),
        "voivodeship": _("voivodeship %(name)s", name=area.name),
    }
    return texts.get(area.kind, area.name)


def kind_words(area: AreaRef) -> str:
    """What kind of an area it is, beside its name."""
    texts = {
        "urban": _("urban"),
        "rural": _("rural"),
        "urban-rural": _("urban-rural"),
        "city": _("city with powiat rights"),
    }
    return texts.get(area.kind, "")
