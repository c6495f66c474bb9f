"""What the scripts of the map are given with the page: words in its language, types, where to ask."""

from collections.abc import Callable
from typing import Final

from flask import url_for

from mapapp.web.i18n import current_language, label, ngettext
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import arguments_of
from mapapp.web.questions import PageQuestion
from mapapp.web.site import current_site

# a number of each plural form, by its name in CLDR; fractions are not counted
SAMPLES: Final = {
    "en": {"one": 1, "other": 2},
    "pl": {"one": 1, "few": 2, "many": 5, "other": 5},
    "uk": {"one": 1, "few": 2, "many": 5, "other": 5},
}
# the list's own parameters say nothing to the map
OF_THE_LIST = {"page", "lang"}


def services_url(question: PageQuestion, unknown_place: str = "") -> str:
    """Where the map asks what it shows of the list's question; a place nobody knows is left out."""
    left_out = OF_THE_LIST | ({"place"} if unknown_place else set())
    arguments = {name: value for name, value in arguments_of(question).items() if name not in left_out}
    return url_for("map_view.signs", **arguments)  # type: ignore[arg-type] # lists repeat a name


def map_types() -> dict[str, list[str]]:
    """Each type's label, marker group and shape."""
    words = current_site().vocabularies
    return {
        code: [label(kind), kind.marker_group, words.marker_groups[kind.marker_group].shape]
        for code, kind in words.types.items()
    }


def map_words() -> dict[str, str | dict[str, str]]:
    """The words that scripts show; {number}, {name} and {type} are filled there.

    Where a number decides about the form of a word, all its forms.
    """
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "close": _("Close"),
        "open": _("Open the page of this place"),
        "here": _forms(lambda number: ngettext("{number} service here", "{number} services here", number)),
        "cluster": _forms(
            lambda number: ngettext(
                "{number} service, come closer", "{number} services close together, come closer", number
            )
        ),
        "sign": _("{name} – {type}"),
        "inList": _("Show in the list"),
        "nothing": _("There is no sign in view. Move the map, or zoom out."),
        "powiat": _("powiat {name}"),
        "gmina": _("gmina {name}"),
        "sample": _("sample data"),
        "you": _("The place you search from"),
        "failed": _("The map could not load its places. The list is complete."),
        "shown": _forms(
            lambda number: ngettext(
                "There is {number} service on the map.", "There are {number} services on the map.", number
            )
        ),
        "selected": _("Shown on the map: {name}"),
    }


def _forms(words: Callable[[int], str]) -> dict[str, str]:
    """Every form of a plural, by the name that ``Intl.PluralRules`` gives it in a browser."""
    return {form: words(number) for form, number in SAMPLES[current_language()].items()}
