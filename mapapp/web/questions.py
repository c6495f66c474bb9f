"""The search as query strings ask it: the same words on the page, for the map, in the API and for files."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

from mapapp.directory.open_when import Occasion
from mapapp.web.moments import Moment
from mapapp.web.parameters import (
    Box,
    Near,
    Question,
    Text,
    Whole,
    between,
    choice_of,
    code_of,
    codes_of,
    number,
    pattern,
)

MOST_RESULTS: Final = 1_000
MOST_ON_A_MAP: Final = 5_000
PAGE_SIZE: Final = 20


class SearchQuestion(Question):
    """What, where, for whom and when."""

    q: Text = ""
    situation: Annotated[str, code_of("situations")] | None = None
    place: Text = ""
    near: Near | None = None
    within_km: Annotated[float, BeforeValidator(number), between(0.1, 500)] | None = None
    type: codes_of("types") = ()  # type: ignore[valid-type] # made for each vocabulary
    group: codes_of("groups") = ()  # type: ignore[valid-type]
    audience: codes_of("audiences") = ()  # type: ignore[valid-type]
    profile: Annotated[str, code_of("profiles")] | None = None
    open: Annotated[str, choice_of(*Occasion)] | None = None
    open_at: Moment | None = None
    cost: codes_of("cost_kinds") = ()  # type: ignore[valid-type]
    language: codes_of("languages") = ()  # type: ignore[valid-type]
    mode: codes_of("place_modes") = ()  # type: ignore[valid-type]
    sector: codes_of("sectors") = ()  # type: ignore[valid-type]
    care: codes_of("care_settings") = ()  # type: ignore[valid-type]
    verified: Annotated[str, choice_of("yes")] | None = None
    gmina: Annotated[str, pattern(r"[0-9]{6}[1-5]", "0264011")] | None = None
    powiat: Annotated[str, pattern(r"[0-9]{4}", "0264")] | None = None
    subregion: Annotated[str, pattern(r"PL[0-9A-Z]{3}", "PL514")] | None = None


class PageQuestion(SearchQuestion):
    """A page of the list."""

    page: Annotated[Whole, between(1, 500)] = 1


class ServicesQuestion(SearchQuestion):
    """A request of the API."""

    format: Literal["json", "geojson"] | None = None
    bbox: Box | None = None
    limit: Annotated[Whole, between(1, MOST_ON_A_MAP)] | None = None
    offset: Annotated[Whole, between(0, 100_000)] = 0
    # instead of a page of the list: what changed since then, or since the page that gave the cursor
    modified_since: Moment | None = None
    cursor: Text = ""
