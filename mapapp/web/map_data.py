"""What the scripts of the map are given with the page: words in its language, types, where to ask."""

from flask import url_for

from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import label
from mapapp.web.parameters import arguments_of
from mapapp.web.questions import PageQuestion
from mapapp.web.site import current_site

# the list's own parameters say nothing to the map
OF_THE_LIST = {"page", "lang"}


def services_url(question: PageQuestion, unknown_place: str = "") -> str:
    """Where the map finds every place that the list's question asks for; a place nobody knows is left out."""
    left_out = OF_THE_LIST | ({"place"} if unknown_place else set())
    arguments = {name: value for name, value in arguments_of(question).items() if name not in left_out}
    return url_for("services.search", format="geojson", **arguments)  # type: ignore[arg-type] # lists repeat a name


def map_types() -> dict[str, list[str]]:
    """Each type's label, marker group and shape."""
    words = current_site().vocabularies
    return {
        code: [label(kind), kind.marker_group, words.marker_groups[kind.marker_group].shape]
        for code, kind in words.types.items()
    }


def map_words() -> dict[str, str]:
    """The words that scripts show; {number} and {name} are filled there."""
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "close": _("Close"),
        "open": _("Open the page of this place"),
        "here": _("{number} services here"),
        "powiat": _("powiat {name}"),
        "sample": _("sample data"),
        "you": _("The place you search from"),
        "failed": _("The map could not load its places. The list is complete."),
        "shown": _("The map shows {number} places."),
        "selected": _("Shown on the map: {name}"),
    }
