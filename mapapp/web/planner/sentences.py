"""What a map shows, in plain sentences. The wording keeps every noun in a form that any number may stand before."""

from collections.abc import Sequence
from typing import Final

from mapapp.coverage.areas import Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import CoverageError, TimesNotKept
from mapapp.coverage.figures import AreaFigure, Figures
from mapapp.coverage.question import Question
from mapapp.coverage.standards import standards
from mapapp.coverage.travel import travel_mode
from mapapp.web.i18n import current_language, label, ngettext
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import amount, group_genitive, group_words, number, told
from mapapp.web.planner.questions import CoverageAsked, ServicesAsked
from mapapp.web.site import current_site
from mapapp.web.words import listed

MOST_NAMED: Final = 12
BEYOND: Final = "beyond_people"
YES_OR_NO: Final = "yes_no"


def services_words(asked: ServicesAsked) -> str:
    """The services asked about, as the vocabulary calls them."""
    vocabularies = current_site().vocabularies
    labels = [label(vocabularies.groups[code]) for code in asked.group]
    labels += [label(vocabularies.types[code]) for code in asked.type]
    return "; ".join(labels) or _("all services")


def travel_words(question: Question) -> str:
    """How people travel and how far: "samochodem, do 30 min"."""
    return _("%(mode)s, up to %(minutes)s min", mode=mode_words(question), minutes=number(question.minutes))


def mode_words(question: Question) -> str:
    """How people travel: "samochodem"."""
    mode = travel_mode(question.mode).label(current_language())
    return mode[:1].lower() + mode[1:]


def of_areas(layer: Layer, count: int) -> str:
    """ "z 169 gmin": after a number of them."""
    if layer == "powiat":
        return ngettext("of %(num)s powiat", "of %(num)s powiats", count)
    if layer == "subregion":
        return ngettext("of %(num)s subregion", "of %(num)s subregions", count)
    return ngettext("of %(num)s gmina", "of %(num)s gminas", count)


def reference_words(question: Question) -> str:
    """What gaps are measured against."""
    if question.standard is not None:
        return _(
            "%(places)s per %(people)s people",
            places=amount(question.standard, "places", 0 if question.standard == round(question.standard) else 1),
            people=number(question.standard_per),
        )
    return reference_label(question.reference or "")


def reference_label(code: str) -> str:
    """The name of a reference value."""
    if code == "median":
        return _("median of the areas")
    if code == "best_quartile":
        return _("best quarter of the areas")
    return standards()[code].label(current_language()) if code in standards() else ""


def summary(asked: CoverageAsked, figures: Figures, shown: Sequence[AreaFigure]) -> list[str]:
    """What the map shows: the question, the areas that stand out, the region."""
    sentences = [_asked(asked, figures)]
    considered = [row for row in figures if not (asked.bez_miast and row.area.is_city)]
    areas = of_areas(figures.layer, len(considered))
    known = [row for row in shown if row.figure.value is not None]
    if asked.ponad is not None:
        sentences.append(_over(asked.ponad, figures, known, areas))
    elif figures.definition.unit == YES_OR_NO:
        there = sum(bool(row.figure.value) for row in known)
        sentences.append(_("At least one such service: in %(number)s %(areas)s.", number=number(there), areas=areas))
    elif known:
        sentences.append(_extremes(figures, known, areas))
    if figures.region.value is not None and figures.definition.unit != YES_OR_NO:
        sentences.append(_("The whole region: %(amount)s.", amount=told(figures.region, figures.definition)))
    missing = sum(row.figure.value is None for row in considered)
    if missing and asked.ponad is None:
        sentences.append(_("There is no figure for %(missing)s %(of)s.", missing=number(missing), of=areas))
    return sentences


def _asked(asked: CoverageAsked, figures: Figures) -> str:
    question, definition = figures.question, figures.definition
    parts = [_("The map shows: %(label)s", label=definition.label(current_language()))]
    if definition.is_of_services:
        parts.append(_("services: %(services)s", services=services_words(asked)))
    if "people" in definition.needs:
        parts.append(_("for whom: %(group)s", group=group_words(question.group)))
    if "travel" in definition.needs:
        # the way to the nearest site is told however far it is
        travel = mode_words(question) if definition.code.startswith("nearest") else travel_words(question)
        parts.append(_("travel: %(travel)s", travel=travel))
    if "standard" in definition.needs:
        parts.append(_("measured against: %(reference)s", reference=reference_words(question)))
    if asked.bez_miast:
        parts.append(_("without cities"))
    return "; ".join(parts) + "."


def _over(limit: float, figures: Figures, known: Sequence[AreaFigure], areas: str) -> str:
    values = {"number": number(len(known)), "areas": areas, "limit": number(limit), "names": _names(known)}
    if figures.definition.code == BEYOND:
        minutes, group = number(figures.question.minutes), group_genitive(figures.question.group)
        if not known:
            return _(
                "In no gmina, powiat or subregion shown is the number %(group)s who live farther than %(minutes)s min "
                "from the nearest such site greater than %(limit)s.",
                group=group,
                minutes=minutes,
                limit=values["limit"],
            )
        return _(
            "In %(number)s %(areas)s the number %(group)s who live farther than %(minutes)s min from the nearest such "
            "site is greater than %(limit)s: %(names)s.",
            group=group,
            minutes=minutes,
            **values,
        )
    if not known:
        return _("In no area shown is the figure greater than %(limit)s.", limit=values["limit"])
    return _("In %(number)s %(areas)s the figure is greater than %(limit)s: %(names)s.", **values)


def _names(known: Sequence[AreaFigure]) -> str:
    ranked = sorted(known, key=lambda row: (-(row.figure.value or 0), row.area.code))
    names = ", ".join(row.area.name for row in ranked[:MOST_NAMED])
    if len(ranked) > MOST_NAMED:
        return _("%(names)s and further ones in the table", names=names)
    return names


def _extremes(figures: Figures, known: Sequence[AreaFigure], areas: str) -> str:
    ranked = sorted(known, key=lambda row: (row.figure.value or 0, row.area.code))
    low, high = ranked[0], ranked[-1]
    if low.figure.value == high.figure.value:
        return _("All areas have the same figure: %(amount)s.", amount=told(low.figure, figures.definition))
    least = [row for row in ranked if row.figure.value == low.figure.value]
    highest = _("Highest: %(name)s, %(amount)s", name=high.area.name, amount=told(high.figure, figures.definition))
    if len(least) == 1:
        lowest = _("lowest: %(name)s, %(amount)s", name=low.area.name, amount=told(low.figure, figures.definition))
    else:
        lowest = _(
            "lowest: %(amount)s, in %(number)s %(areas)s",
            amount=told(low.figure, figures.definition),
            number=number(len(least)),
            areas=areas,
        )
    return f"{highest}; {lowest}."


def _times_not_kept(error: TimesNotKept) -> str:
    if error.limit_minutes is None:
        return _(
            "Some sites are new or have moved since times by road were computed. Choose the straight line until they "
            "are computed anew."
        )
    return _(
        "Times by road are known up to %(minutes)s min. Choose fewer minutes, or the straight line.",
        minutes=number(error.limit_minutes),
    )


def roads_elsewhere(data: CoverageData) -> str:
    """Which kept times by road are of other places than people are counted at, and what is shown instead."""
    modes = listed(travel_mode(code).label(current_language()) for code in data.roads_elsewhere)
    return _(
        "The kept times by road (%(modes)s) are of other places than those where people are counted now, so they are "
        "not used: travel is counted in a straight line until the times are computed anew.",
        modes=modes[:1].lower() + modes[1:],
    )


def why_not(data: CoverageData, error: CoverageError, question: Question) -> str:
    """Why there is no answer, and what to ask instead; the error itself is for the command line."""
    if question.group.startswith("disability"):
        return _(
            "The number of people with a disability certificate is not loaded. Choose an age instead, for example "
            "people aged 18 and over."
        )
    if isinstance(error, TimesNotKept):
        return _times_not_kept(error)
    named = standards().get(question.reference or "")
    if named is not None and named.group != question.group:
        return _(
            "The reference value “%(label)s” is about %(group)s. Choose these ages, or another reference.",
            label=named.label(current_language()),
            group=group_words(named.group),
        )
    if not data.need.bands:
        return _("The population is not loaded, so nothing can be counted per person.")
    return _("The number %(group)s is not known. Choose other ages.", group=group_genitive(question.group))
