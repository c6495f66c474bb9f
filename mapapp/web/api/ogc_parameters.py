"""The parameters of OGC API – Features: what they mean, checked at the edge."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final, TypeVar

from flask import request
from pydantic import Field
from werkzeug.datastructures import MultiDict

from mapapp.directory.cql import LONGEST, Language, condition
from mapapp.directory.cql_values import FilterError, span
from mapapp.territory.feature_pages import CRS84, CRSS, DEGREES, Box, Collection, Condition, Crs, FeatureQuery
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import Question, Whole, parse
from mapapp.web.problems import ParameterError, ParametersError

PAGE_SIZE: Final = 100
MOST_FEATURES: Final = 5_000
FARTHEST: Final = 9_999_999
NUMBER: Final = re.compile(r"[+-]?(\d{1,9}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
# as the standard writes them -> as Python does
HYPHENATED: Final = {"bbox-crs": "bbox_crs", "filter-lang": "filter_lang", "filter-crs": "filter_crs"}
UNBOUNDED: Final = {"", ".."}

Short = Annotated[str, Field(max_length=200)]
Times = tuple[datetime | None, datetime | None]
Asked = TypeVar("Asked", bound=Question)
Value = TypeVar("Value")


class PageQuestion(Question):
    """What every address of the API understands: the representation, where Accept does not tell it."""

    f: Short = ""


class ItemQuestion(PageQuestion):
    """One feature."""

    crs: Short = ""


class ItemsQuestion(ItemQuestion):
    """A page of features."""

    limit: Whole | None = None
    offset: Whole = 0
    bbox: Short = ""
    bbox_crs: Short = ""
    datetime: Short = ""
    filter: Annotated[str, Field(max_length=max(LONGEST.values()))] = ""
    filter_lang: Short = ""
    filter_crs: Short = ""


def ask(model: type[Asked]) -> Asked:
    """The question of this request, its parameters named as the standard has them. Raises ParametersError."""
    arguments: MultiDict[str, str] = MultiDict()
    for name, value in request.args.items(multi=True):
        # an underscore is no hyphen: unknown like any other name
        arguments.add(HYPHENATED.get(name, f"{name}?" if name in HYPHENATED.values() else name), value)
    try:
        return parse(model, arguments)
    except ParametersError as error:
        names = {python: standard for standard, python in HYPHENATED.items()}
        raise ParametersError(
            [
                ParameterError(names.get(each.parameter, each.parameter.rstrip("?")), each.detail)
                for each in error.errors
            ]
        ) from None


def items_query(question: ItemsQuestion, collection: Collection) -> FeatureQuery:
    """Which page of the collection is asked for. Raises ParametersError naming all that are at fault."""
    errors: list[ParameterError] = []

    def checked(name: str, read: Callable[[], Value], default: Value) -> Value:
        try:
            return read()
        except ValueError as error:
            errors.append(ParameterError(name, str(error)))
            return default

    box_crs = checked("bbox-crs", lambda: known_crs(question.bbox_crs), CRS84)
    filter_crs = checked("filter-crs", lambda: known_crs(question.filter_crs), CRS84)
    text_by_default: Language = "cql2-text"
    language = checked("filter-lang", lambda: _language(question.filter_lang), text_by_default)
    always: Times = (None, None)
    since, until = checked("datetime", lambda: _times(question.datetime), always)
    no_boxes: tuple[Box, ...] = ()
    no_filter: Condition | None = None
    query = FeatureQuery(
        limit=checked("limit", lambda: _limit(question.limit), PAGE_SIZE),
        offset=question.offset,
        crs=checked("crs", lambda: known_crs(question.crs), CRS84),
        boxes=checked("bbox", lambda: _boxes(question.bbox, box_crs), no_boxes),
        box_crs=box_crs,
        since=since,
        until=until,
        condition=checked("filter", lambda: _filter(question.filter, language, collection, filter_crs), no_filter),
    )
    if errors:
        raise ParametersError(errors)
    return query


def known_crs(uri: str) -> Crs:
    """The CRS of this URI, CRS84 where none is given. Raises ValueError."""
    if not uri:
        return CRS84
    if uri not in CRSS:
        raise ValueError(_("expected one of: %(codes)s", codes=", ".join(CRSS)))
    return CRSS[uri]


def item_crs(question: ItemQuestion) -> Crs:
    """The CRS asked for. Raises ParametersError."""
    try:
        return known_crs(question.crs)
    except ValueError as error:
        raise ParametersError([ParameterError("crs", str(error))]) from None


def _limit(limit: int | None) -> int:
    """More than the most gives the most, as the standard demands (requirement /req/core/fc-limit-definition)."""
    if limit is None:
        return PAGE_SIZE
    if limit < 1:
        raise ValueError(_("a number from %(least)s to %(most)s was expected", least=1, most=MOST_FEATURES))
    return min(limit, MOST_FEATURES)


def _language(name: str) -> Language:
    if name == "cql2-json":
        return "cql2-json"
    if name in {"", "cql2-text"}:
        return "cql2-text"
    raise ValueError(_("expected one of: %(codes)s", codes=", ".join(LONGEST)))


def _boxes(bbox: str, crs: Crs) -> tuple[Box, ...]:
    """The box in x and y; two boxes where one in degrees crosses the antimeridian. Heights are left aside."""
    if not bbox:
        return ()
    parts = bbox.split(",")
    expected = _("four numbers were expected: the lower corner, then the upper, each in the axis order of the CRS")
    if len(parts) not in {4, 6} or not all(NUMBER.fullmatch(part) for part in parts):
        raise ValueError(expected)
    numbers = [float(part) for part in parts]
    x1, y1, x2, y2 = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if crs.is_y_first:
        x1, y1, x2, y2 = y1, x1, y2, x2
    west, south, east, north = crs.bounds
    if not (south <= y1 <= y2 <= north and west <= min(x1, x2) and max(x1, x2) <= east):
        raise ValueError(expected)
    if x1 <= x2:
        return ((x1, y1, x2, y2),)
    if crs.bounds != DEGREES:
        raise ValueError(expected)
    return (x1, y1, east, y2), (west, y1, x2, y2)


def _times(value: str) -> Times:
    """The first and last moment; an open end is None."""
    if not value:
        return None, None
    ends = value.split("/")
    try:
        if len(ends) == 1:
            return span(value)
        if len(ends) == 2 and not set(ends) <= UNBOUNDED:
            first, last = (None if end in UNBOUNDED else span(end) for end in ends)
            since, until = first[0] if first else None, last[1] if last else None
            if since is None or until is None or since <= until:
                return since, until
    except FilterError:
        pass
    raise ValueError(
        _("a time was expected, such as 2026-03-01T12:00:00Z, or an interval, such as 2026-03-01T00:00:00Z/..")
    )


def _filter(text: str, language: Language, collection: Collection, crs: Crs) -> Condition | None:
    if not text:
        return None
    try:
        return condition(text, language, collection, crs)
    except FilterError as error:
        raise ValueError(_("this filter cannot be answered: %(reason)s", reason=error)) from None
