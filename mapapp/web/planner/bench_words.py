"""A scenario in words: its changes, what comes of them, and what was assumed."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Final

from mapapp.coverage.areas import AreaRef
from mapapp.coverage.bench import Bench, Outcome, PresentSite
from mapapp.coverage.changes import Change
from mapapp.coverage.definitions import definition
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.amounts import NO_FIGURE, amount, area_name, group_genitive, number
from mapapp.web.planner.sentences import reference_words
from mapapp.web.site import current_site

NEARLY_NOTHING: Final = 0.05
MOST_NAMED: Final = 6
MINUS: Final = "−"


def change_words(change: Change, sites: Mapping[str, PresentSite], where: str) -> str:
    """One change in a sentence; ``where`` names the place of a new or moved site."""
    if change.kind == "add":
        kind = label(current_site().vocabularies.types[change.type])
        if change.places is None:
            return _("New: %(kind)s, %(where)s, number of places unknown", kind=kind, where=where)
        return _("New: %(kind)s, %(where)s, %(places)s", kind=kind, where=where, places=_places(change.places))
    name = sites[change.key].name
    if change.kind == "close":
        return _("Closed: %(name)s", name=name)
    before = _("unknown") if sites[change.key].places is None else number(sites[change.key].places)
    if change.kind == "size":
        return _(
            "Other size: %(name)s, places: %(before)s → %(after)s",
            name=name,
            before=before,
            after=number(change.places),
        )
    if change.places is None:
        return _("Moved: %(name)s, to %(where)s", name=name, where=where)
    return _(
        "Moved: %(name)s, to %(where)s, places: %(before)s → %(after)s",
        name=name,
        where=where,
        before=before,
        after=number(change.places),
    )


def _places(count: int) -> str:
    return amount(count, "places")


def where_words(area: AreaRef | None) -> str:
    """Where a new or moved site stands."""
    return area_name(area) if area else _("outside the region")


def told_value(code: str, value: float) -> str:
    """A figure of a measure with its unit; a dash where there is none."""
    measured = definition(code)
    return NO_FIGURE if isnan(value) else amount(value, measured.unit, measured.decimals)


def plain_value(code: str, value: float) -> str:
    """The same without the unit."""
    return NO_FIGURE if isnan(value) else number(value, definition(code).decimals)


def difference(code: str, before: float, after: float) -> str:
    """What was added or taken away, with its sign; 0 where the shown figures are the same."""
    decimals = definition(code).decimals
    # of the figures as they are shown, so that a reader who subtracts finds the same
    change = round(round(after, decimals) - round(before, decimals), decimals)
    if isnan(change):
        return NO_FIGURE
    shown = number(abs(change), decimals)
    return shown if change == 0 else f"{'+' if change > 0 else MINUS}{shown}"


def outcome_words(bench: Bench, outcome: Outcome, refs: Sequence[AreaRef], *, any_changes: bool) -> list[str]:
    """What comes of the changes, in sentences."""
    if not any_changes:
        return [_("Nothing is changed yet: the figures are those of today. Add, move, close or resize a site.")]
    question = bench.question
    gained, lost = float(outcome.gained.sum()), float(outcome.lost.sum())
    group, minutes = group_genitive(question.group), number(question.minutes)
    sentences = [
        _(
            "Number %(group)s who come within %(minutes)s min of a site: %(gained)s; who lose it: %(lost)s.",
            group=group,
            minutes=minutes,
            gained=number(gained),
            lost=number(lost),
        )
    ]
    before, after = outcome.region_before, outcome.region_after
    sentences.append(
        _(
            "Farther away live %(after)s instead of %(before)s (%(share)s within reach, before: %(share_before)s).",
            after=number(after["beyond_people"]),
            before=number(before["beyond_people"]),
            share=told_value("reach_share", after["reach_share"]),
            share_before=told_value("reach_share", before["reach_share"]),
        )
    )
    sentences.append(
        _(
            "Places: %(after)s instead of %(before)s.",
            after=number(after["places"]),
            before=number(before["places"]),
        )
    )
    sentences += _named(_("Most people gain in: %(names)s."), outcome.gained.tolist(), refs)
    sentences += _named(_("Most people lose in: %(names)s."), outcome.lost.tolist(), refs)
    return sentences


def _named(sentence: str, people: Sequence[float], refs: Sequence[AreaRef]) -> list[str]:
    ranked = sorted(range(len(refs)), key=lambda own: (-people[own], refs[own].code))
    named = [f"{refs[own].name} ({number(people[own])})" for own in ranked[:MOST_NAMED] if people[own] >= 0.5]
    return [sentence % {"names": ", ".join(named)}] if named else []


def assumptions(bench: Bench) -> list[str]:
    """What the figures of a scenario take for granted."""
    frame, question = bench.frame, bench.question
    told = [
        _("Travel: %(travel)s.", travel=frame.travel.describe(current_language())),
        _("A new site serves everyone who reaches it; a moved one whom it served, and the people of its new gmina."),
        _("Gaps are measured against the present: %(reference)s.", reference=reference_words(question))
        if not isnan(bench.standard)
        else _("Gaps are not told: the reference value cannot be computed for these people."),
        _("Places that are not known count for none, before and after."),
        _("Help that comes to the home reaches everyone in its area, whatever is changed."),
        _("Sites beyond the region’s border are not known; people near it may have one there."),
    ]
    if frame.people.is_estimate:
        told.append(_("The number of people of an age is an estimate."))
    if frame.sites.unlocated:
        told.append(_("Services without a shown place are in no figure of travel."))
    return told
