"""The matrix of statutory duties: areas down, tasks across."""

from dataclasses import dataclass
from typing import Final

from mapapp.coverage.areas import AreaRef
from mapapp.coverage.data import CoverageData
from mapapp.coverage.duties import STATUSES, Duty, DutyState, Status, duties, duty_matrix
from mapapp.coverage.staffing import StaffState, staffing
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.planner.amounts import number
from mapapp.web.planner.answers import of_data
from mapapp.web.planner.questions import DutiesAsked
from mapapp.web.problems import ParameterError, ParametersError
from mapapp.web.site import current_site

STATUS_WORDS: Final[dict[Status, str]] = {
    "here": _l("provided here"),
    "agreement": _l("by agreement elsewhere"),
    "contract": _l("contracted"),
    "entitled": _l("a service elsewhere says that it serves the area"),
    "missing": _l("missing"),
    "unknown": _l("nothing known"),
}
SHORT: Final[dict[Status, str]] = {
    "here": _l("here"),
    "agreement": _l("agreement"),
    "contract": _l("contract"),
    "entitled": _l("elsewhere"),
    "missing": _l("missing"),
    "unknown": _l("nothing known"),
}


@dataclass(frozen=True, slots=True)
class DutyLine:
    """An area with the state of each task."""

    area: AreaRef
    states: tuple[DutyState, ...]


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """The matrix; ``counts``: for each task, how many areas have each state."""

    asked: DutiesAsked
    powiats: tuple[AreaRef, ...]
    tasks: tuple[Duty, ...]
    lines: tuple[DutyLine, ...]
    counts: tuple[tuple[tuple[Status, int], ...], ...]
    has_samples: bool


def duties_page(data: CoverageData, asked: DutiesAsked) -> DutiesPage:
    """The tasks of gminas (of one powiat or all) or of powiats. Raises ParametersError for an unknown powiat."""
    powiats = data.areas.layers["powiat"].refs
    if asked.powiat is not None and asked.powiat not in {ref.code for ref in powiats}:
        raise ParametersError([ParameterError("powiat", _("no powiat of this region has this code"), asked.powiat)])
    is_gmina = asked.level == "gmina"
    states = of_data(data, "duties", asked.level, lambda: duty_matrix(data, "gmina" if is_gmina else "powiat"))
    by_area: dict[str, list[DutyState]] = {}
    for state in states:
        if asked.powiat is None or state.area.code.startswith(asked.powiat):
            by_area.setdefault(state.area.code, []).append(state)
    lines = tuple(DutyLine(own[0].area, tuple(own)) for own in by_area.values())
    tasks = tuple(duty for duty in duties().values() if duty.area == asked.level)
    return DutiesPage(
        asked=asked,
        powiats=tuple(sorted(powiats, key=lambda ref: ref.name)),
        tasks=tasks,
        lines=lines,
        counts=tuple(_counts([line.states[number] for line in lines]) for number in range(len(tasks))),
        has_samples=any(state.has_samples for line in lines for state in line.states),
    )


def task_label(duty: Duty) -> str:
    """A task's name."""
    return duty.label(current_language())


def evidence_words(state: DutyState, most: int) -> str:
    """What the answer rests on: services and agreements, at most so many, or posts."""
    if state.staff is not None:
        return staff_words(state.staff)
    words = "; ".join(each.name for each in state.evidence[:most])
    further = len(state.evidence) - most
    return words if further <= 0 else f"{words} " + _("and %(count)s more", count=further)


def staff_words(staff: StaffState) -> str:
    """Posts of a gmina, what they are measured against, and who says so."""
    if staff.posts is None:
        return ""
    return _(
        "full-time posts: %(posts)s; at least needed: %(wanted)s (residents: %(residents)s; families and persons in "
        "social work: %(cases)s) · %(source)s",
        posts=_posts(staff.posts),
        wanted=_posts(staff.wanted),
        residents=number(staff.residents),
        cases=number(staff.cases),
        source=staff.source,
    )


def _posts(count: float) -> str:
    return number(count, 0 if count == round(count) else 2)


def duty_rule(duty: Duty) -> str:
    """What is asked for a task that is met by posts; empty for others."""
    rule = staffing().get(duty.code)
    if rule is None:
        return ""
    return _(
        "One full-time post per %(residents)s residents or per %(cases)s families and persons in social work, as the "
        "gmina chooses, and at least %(least)s. Where the families are not known, only fewer than %(least)s posts are "
        "called missing.",
        residents=number(rule.residents_per_post),
        cases=number(rule.cases_per_post),
        least=number(rule.least_posts),
    )


def duty_level(duty: Duty) -> str:
    """Whose task it is, and whether an obligatory one."""
    return label(current_site().vocabularies.duty_levels[duty.level])


def _counts(states: list[DutyState]) -> tuple[tuple[Status, int], ...]:
    found = [(status, sum(state.status == status for state in states)) for status in STATUSES]
    return tuple((status, count) for status, count in found if count)
