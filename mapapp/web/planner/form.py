"""The form of a planner's question and the ready-made questions: an ordinary GET form, all of it in the address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definitions
from mapapp.coverage.standards import COMPUTED, standards
from mapapp.coverage.travel import travel_modes
from mapapp.web.i18n import current_language, label
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.planner.amounts import group_words
from mapapp.web.planner.questions import CoverageAsked, ServicesAsked
from mapapp.web.planner.sentences import reference_label
from mapapp.web.site import current_site

AGES: Final = ("total", "0-2", "0-17", "18+", "60+", "65+", "75+", "80+")
DAY_HOMES: Final = ("ddp", "ddsp")
PRESETS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        _l("In which gminas do more than 500 people over 80 live farther than 30 minutes from a day home?"),
        {"measure": "beyond_people", "type": DAY_HOMES, "ages": "80+", "minutes": 30, "ponad": 500},
    ),
    (
        _l("Where are day homes missing, compared with the best quarter of the gminas?"),
        {"measure": "gap_places", "type": DAY_HOMES, "ages": "60+", "reference": "best_quartile"},
    ),
    (
        _l("How many places in nursing homes are there for people over 80, by powiat?"),
        {"measure": "places_per_10k", "type": ("dps",), "ages": "80+", "by": "powiat"},
    ),
    (
        _l("How easily do adults reach a place in a community self-help home?"),
        {"measure": "access_e2sfca", "type": ("sds",), "ages": "18+", "minutes": 45},
    ),
    (
        _l("How far is it to the nearest day support for children?"),
        {"measure": "nearest_minutes", "type": ("pwd",), "ages": "0-17"},
    ),
    (
        _l("Which part of the places is in the community, and not in institutions, by powiat?"),
        {"measure": "community_share", "by": "powiat"},
    ),
    (
        _l("Where do most people over 80 live?"),
        {"measure": "target_people", "ages": "80+"},
    ),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a field."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """A group of service types: itself as a choice, and its types."""

    own: Choice
    types: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The fields by name; ``chosen`` counts the services ticked."""

    services: tuple[ChoiceGroup, ...]
    fields: Mapping[str, tuple[Choice, ...]]
    chosen: int


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made question."""

    text: str
    url: str


def presets() -> list[Preset]:
    """The ready-made questions, each one click away."""
    return [Preset(str(text), url_for("planner.coverage", **asked)) for text, asked in PRESETS]


def form(data: CoverageData, asked: ServicesAsked) -> Form:
    """The form filled in with what was asked; the choice of the way is only there where there is one."""
    language = current_language()
    vocabularies = current_site().vocabularies
    fields = {
        "ages": _choices(((code, group_words(code)) for code in _with(AGES, asked.ages)), asked.ages),
        "mode": _choices(((code, _mode_label(data, code)) for code in travel_modes()), asked.mode),
        "access": _choices((("entitled", _("sites that they may use")), ("near", _("all sites nearby"))), asked.access),
        "reference": _choices(((code, reference_label(code)) for code in (*COMPUTED, *standards())), asked.reference),
        "audience": _choices(((code, label(term)) for code, term in vocabularies.audiences.items()), asked.audience),
    }
    if data.roads:
        ways = (("road", _("by road")), ("straight", _("in a straight line")))
        fields["way"] = _choices(ways, asked.way)
    if isinstance(asked, CoverageAsked):
        measures = ((code, each.label(language)) for code, each in definitions().items())
        profiles = ((code, label(term)) for code, term in vocabularies.profiles.items())
        by = (("gmina", _("gminas")), ("powiat", _("powiats")), ("subregion", _("subregions")))
        breaks = (("quantiles", _("as many areas in each class")), ("natural", _("natural breaks")))
        fields |= {
            "measure": _choices(measures, asked.measure),
            "by": _choices(by, asked.by),
            "breaks": _choices(breaks, asked.breaks),
            "profile": _choices(profiles, asked.profile),
        }
    return Form(_services(asked), fields, len(asked.type) + len(asked.group))


def _mode_label(data: CoverageData, code: str) -> str:
    """How people travel, and whether times by road are known for that."""
    label_of_mode = travel_modes()[code].label(current_language())
    return _("%(mode)s (by road)", mode=label_of_mode) if code in data.roads else label_of_mode


def _services(asked: ServicesAsked) -> tuple[ChoiceGroup, ...]:
    vocabularies = current_site().vocabularies
    return tuple(
        ChoiceGroup(
            Choice(code, label(group), code in asked.group),
            _choices(((kind.code, label(kind)) for kind in vocabularies.types_in(code)), *asked.type),
        )
        for code, group in vocabularies.groups.items()
    )


def _choices(options: Iterable[tuple[str, str]], *chosen: str | None) -> tuple[Choice, ...]:
    return tuple(Choice(value, text, value in chosen) for value, text in options)


def _with(known: tuple[str, ...], own: str | None) -> tuple[str, ...]:
    return known if own is None or own in known else (*known, own)
