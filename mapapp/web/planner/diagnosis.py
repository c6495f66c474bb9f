"""What stands out about an area, in plain sentences: each is one figure, none is a judgement."""

from collections.abc import Iterator

from mapapp.coverage.areas import AreaRef, Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.figures import Figure, Figures
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import amount, group_genitive, number, told
from mapapp.web.planner.answers import figures as answered
from mapapp.web.planner.questions import ServicesAsked, coverage_question
from mapapp.web.planner.sentences import reference_words


def diagnosis(data: CoverageData, asked: ServicesAsked, layer: Layer, area: AreaRef, services: str) -> Iterator[str]:
    """The sentences about an area and some services."""
    code = area.code
    sites = answered(data, coverage_question(data, asked, "sites", layer))
    yield _sites(sites.of(code), services)
    try:
        rate = answered(data, coverage_question(data, asked, "places_per_1k", layer))
        reach = answered(data, coverage_question(data, asked, "beyond_people", layer))
    except NotAnswerable:
        return
    yield from _rate(rate, code)
    yield from _reach(reach, code)
    try:
        gap = answered(data, coverage_question(data, asked, "gap_places", layer))
    except NotAnswerable:
        return
    yield from _gap(gap, code)


def _sites(figure: Figure, services: str) -> str:
    if figure.n:
        return _("There are %(sites)s here (%(services)s).", sites=amount(figure.n, "sites"), services=services)
    if figure.has("town_has_one"):
        return _(
            "There is no such site here (%(services)s), but the town inside this gmina has one.", services=services
        )
    return _(
        "The directory knows no such site here (%(services)s); that is no proof that none exists.", services=services
    )


def _rate(rate: Figures, code: str) -> Iterator[str]:
    own, region = rate.of(code), rate.region
    if own.value is None or region.value is None:
        return
    values = {"own": told(own, rate.definition), "region": told(region, rate.definition)}
    if own.value > region.value:
        yield _("Places: %(own)s, more than in the region as a whole (%(region)s).", **values)
    elif own.value < region.value:
        yield _("Places: %(own)s, fewer than in the region as a whole (%(region)s).", **values)
    else:
        yield _("Places: %(own)s, the same as in the region as a whole.", **values)


def _reach(reach: Figures, code: str) -> Iterator[str]:
    own = reach.of(code)
    if own.value is None or not own.denominator:
        return
    yield _(
        "Farther than %(minutes)s min from the nearest such site: %(share)s %(group)s (%(part)s of %(whole)s).",
        minutes=number(reach.question.minutes),
        share=amount(100 * own.value / own.denominator, "percent"),
        group=group_genitive(reach.question.group),
        part=number(own.value),
        whole=number(own.denominator),
    )


def _gap(gap: Figures, code: str) -> Iterator[str]:
    own = gap.of(code)
    if own.value is None or not own.denominator:
        return
    reference = reference_words(gap.question)
    if round(own.value) > 0:
        yield _(
            "Missing, measured against %(reference)s: %(amount)s.",
            reference=reference,
            amount=amount(own.value, "places"),
        )
    else:
        yield _("Measured against %(reference)s no place is missing.", reference=reference)
