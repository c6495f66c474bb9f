"""``/widget``: a short list and a map for other people's pages; ``/widget/kreator`` makes the code to embed it.

It sets no cookie and knows nobody: what it shows is all in its address. Who may embed it is said in ``security``.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory, url_for
from markupsafe import escape

from mapapp.directory.queries import search_services
from mapapp.settings import ROOT
from mapapp.territory.queries import TerritoryFacts
from mapapp.web.asking import Asked, ask
from mapapp.web.facts import current_facts
from mapapp.web.filters import Option, area_options
from mapapp.web.i18n import gettext as _
from mapapp.web.kept import kept
from mapapp.web.parameters import Text, Whole, arguments_of, between, parse
from mapapp.web.questions import PageQuestion, SearchQuestion
from mapapp.web.search_page import Card, card
from mapapp.web.session import current_session
from mapapp.web.site import current_site
from mapapp.web.words import now

MOST: Final = 20
LOWEST, HIGHEST, HEIGHT = 200, 2_000, 700
AN_HOUR: Final = 3600

widget = Blueprint("widget", __name__, url_prefix="/widget")


class WidgetQuestion(SearchQuestion):
    """The search of the page, how many services to list, and a heading of one's own."""

    limit: Annotated[Whole, between(1, MOST)] = 5
    title: Text = ""


class MakerQuestion(WidgetQuestion):
    """The same, and how high the frame is until the widget has told its height."""

    height: Annotated[Whole, between(LOWEST, HIGHEST)] = HEIGHT


@dataclass(frozen=True, slots=True)
class WidgetPage:
    """Everything that the widget shows."""

    title: str
    question: PageQuestion
    territory: TerritoryFacts | None
    asked: Asked
    cards: tuple[Card, ...]
    total: int
    has_samples: bool
    all_url: str


@widget.get("")
def shown() -> Response:
    """The widget itself."""
    question = parse(WidgetQuestion, request.args)
    parents = [request.host_url.rstrip("/"), *current_site().settings.widget_parents]
    return _answer(render_template("widget/widget.html", page=_widget(question), parents=parents))


@widget.get("/kreator")
def maker() -> Response:
    """A form that makes the code, with the widget as it will look."""
    question = parse(MakerQuestion, request.args)
    root = current_site().settings.public_url or request.root_url.rstrip("/")
    asked = {name: value for name, value in arguments_of(question).items() if name != "height"}
    address = f"{url_for('widget.shown')}?{urlencode(asked, doseq=True)}" if asked else url_for("widget.shown")
    return _answer(
        render_template(
            "widget/maker.html",
            question=question,
            title=_title(question),
            preview=address,
            code=_code(question, f"{root}{address}", f"{root}{url_for('widget.script')}"),
            powiats=area_options(current_facts().areas["powiat"], question.powiat),
            subregions=area_options(current_facts().areas["subregion"], question.subregion),
            limits=[Option(str(number), str(number), is_chosen=number == question.limit) for number in (3, 5, 10, 20)],
            parents=current_site().settings.widget_parents,
        )
    )


@widget.get("/skrypt.js")
def script() -> Response:
    """For the embedding page: gives the frame the height of its content. The address stays the same for ever."""
    response = send_from_directory(ROOT / "static" / "js", "widget-frame.js", max_age=AN_HOUR)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _widget(question: WidgetQuestion) -> WidgetPage:
    asked = ask(current_session(), question, question.limit, 0)
    found = kept("widget", asked.search, lambda: search_services(current_session(), asked.search))
    as_page = _as_page(question)
    arguments: dict[str, Any] = arguments_of(as_page)
    return WidgetPage(
        title=_title(question),
        question=as_page,
        territory=current_facts().territory,
        asked=asked,
        cards=tuple(card(hit, question.profile, now()) for hit in found.hits),
        total=found.total,
        has_samples=found.has_samples,
        all_url=url_for("resident.search", **arguments),
    )


def _as_page(question: WidgetQuestion) -> PageQuestion:
    """The same search on the page of the whole map; it was checked already."""
    return PageQuestion.model_construct(**{name: getattr(question, name) for name in SearchQuestion.model_fields})


def _code(question: MakerQuestion, address: str, script_address: str) -> str:
    """What to paste into the other page."""
    frame = f'<iframe src="{escape(address)}" title="{escape(_title(question))}" '
    frame += f' height="{question.height}" loading="lazy" style="width:100%;border:0"></iframe>'
    return f'{frame}\n<script src="{escape(script_address)}" async></script>'


def _title(question: WidgetQuestion) -> str:
    return question.title or _("Support near you")


def _answer(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-cache"
    return response
