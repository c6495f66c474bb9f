"""Languages: Polish first, English and Ukrainian by ``?lang=``, kept on every link."""

from datetime import date
from functools import cache, lru_cache
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from babel.support import LazyProxy, NullTranslations, Translations
from flask import Flask, g, has_request_context, request, url_for

from mapapp.directory.terms import Term
from mapapp.settings import ROOT

DEFAULT_LANGUAGE = "pl"
LANGUAGES = {"pl": "Polski", "en": "English", "uk": "Українська"}  # each in its own words
# what people read; links to it keep the language
PAGES = (
    *("resident.", "needs.", "planner.", "widget.", "reference.page", "open_data.page", "validator.", "suggesting."),
    *("statements.", "take_along.", "favourites.", "payments."),
)
CATALOGS = ROOT / "translations"


@cache
def catalog(language: str) -> NullTranslations:
    """The messages of a language."""
    # the messages in the code are English, so English needs no catalog
    return NullTranslations() if language == "en" else Translations.load(CATALOGS, [language])


def gettext(message: str, **values: object) -> str:
    """The message in the language of this request, its %(name)s filled in."""
    found = catalog(current_language()).gettext(message)
    return found % values if values else found


def N_(message: str) -> str:  # noqa: N802 - by this name pybabel finds it
    """The message itself: marked for translation, to be put into a language elsewhere."""
    return message


def gettext_in(language: str, message: str) -> str:
    """The message in this language, for a text that stands on the page in another one."""
    return catalog(language).gettext(message)


def ngettext(one: str, more: str, number: int, **values: object) -> str:
    """The message in the plural form that the number needs; %(num)s is the number."""
    return catalog(current_language()).ngettext(one, more, number) % {"num": number, **values}


def lazy_gettext(message: str) -> str:
    """A message of a constant, put into the language of the request that shows it."""
    lazy: Any = LazyProxy(gettext, message, enable_cache=False)
    return lazy  # type: ignore[no-any-return] # it stands wherever a text may stand


def long_date(day: date) -> str:
    """A date in full: 22 listopada 2026."""
    return format_date(day, "long", locale=current_language())


def long_days(first: date, last: date) -> str:
    """Some days in full, what they share said once: 26–27 listopada 2026, 30 listopada – 2 grudnia 2026."""
    if first == last:
        return long_date(last)
    if (first.year, first.month) == (last.year, last.month):
        return long_date(last).replace(str(last.day), f"{first.day}–{last.day}", 1)
    if first.year == last.year:
        return f"{format_skeleton('MMMMd', first, locale=current_language())} – {long_date(last)}"
    return f"{long_date(first)} – {long_date(last)}"


def decimal(number: float, pattern: str) -> str:
    """A number as the language writes it: 2,3."""
    return _decimal(number, pattern, current_language())


@lru_cache(20_000)
def _decimal(number: float, pattern: str, language: str) -> str:
    # a map has hundreds of figures, most of them the same as those of the answer before
    return format_decimal(number, pattern, locale=language)


def current_language() -> str:
    """The language of this request; Polish where none or an unknown one is asked for."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    language: str | None = g.get("language")
    if language is None:
        asked = request.args.getlist("lang")
        g.language = language = asked[0] if len(asked) == 1 and asked[0] in LANGUAGES else DEFAULT_LANGUAGE
    return language


def _plural(one: str, more: str, number: int) -> str:
    # Jinja fills the placeholders itself
    return catalog(current_language()).ngettext(one, more, number)


def label(term: Term) -> str:
    """A vocabulary's term in the language of this request."""
    return term.label(current_language())


def plain(term: Term) -> str:
    """A vocabulary's plain sentence in the language of this request."""
    return term.plain(current_language())


def language_links() -> list[dict[str, str]]:
    """This same page in each language; only where the page was found."""
    if request.endpoint is None or request.view_args is None:
        return []
    arguments = {name: values for name, values in request.args.lists() if name != "lang"}
    return [
        {
            "code": code,
            "name": name,
            "url": url_for(request.endpoint, **{**arguments, **request.view_args, "lang": code}),
        }
        for code, name in LANGUAGES.items()
    ]


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    if values.get("lang") == DEFAULT_LANGUAGE:
        values["lang"] = None  # Polish has the plain address
    elif endpoint.startswith(PAGES) and "lang" not in values and current_language() != DEFAULT_LANGUAGE:
        values["lang"] = current_language()


def init_i18n(app: Flask) -> None:
    """Give templates the words of the request's language, and let links keep it."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, _plural, newstyle=True)  # type: ignore[attr-defined] # of i18n
    app.url_defaults(_keep_language)
    app.jinja_env.globals.update(
        current_language=current_language, language_links=language_links, label=label, plain=plain
    )
