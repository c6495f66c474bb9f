"""What templates say in each language is put in when they are compiled, and is what gettext would have said."""

from itertools import count

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader

from mapapp.web.i18n import init_i18n
from mapapp.web.translated import KeptFragments, TranslatedEnvironment

INNER = '{{ _("Search") }}|{{ current_language() }}'
OUTER = (
    '{% set said = _("Nothing found") %}{{ said }}|{{ _("Search") ~ "<" }}|{% include "inner.html" %}|'
    '{{ _("For: “%(words)s”.", words=asked) }}|{{ ngettext("%(num)s area", "%(num)s areas", 5) }}|{{ _(asked) }}|'
    '{% for word in (_("Map"), "100%%") %}{{ _("%(title)s (%(kind)s)", title=word, kind=asked) }}{% endfor %}'
)


@pytest.mark.usefixtures("compiled_catalogs")
def test_says_what_gettext_says() -> None:
    app = Flask("said")
    app.jinja_environment = TranslatedEnvironment
    app.jinja_loader = DictLoader({"outer.html": OUTER, "inner.html": INNER})
    init_i18n(app)
    said = set()
    for language in ("pl", "en", "uk", "pl"):
        with app.test_request_context(f"/?lang={language}"):
            text = render_template("outer.html", asked="<i> & 5%%")
            # text that is no file's is not compiled for a language: it asks gettext
            assert text == app.jinja_env.from_string(OUTER).render(asked="<i> & 5%%")
        assert "&lt;i&gt; &amp; 5%" in text and f"|{language}|" in text
        said.add(text)
    assert len(said) == 3


def test_keeps_a_fragment_for_each_language_and_root() -> None:
    app = Flask("kept")
    app.jinja_environment = TranslatedEnvironment
    app.jinja_loader = DictLoader({"page.html": '{% kept "n" %}{{ current_language() }}{{ count() }}{% endkept %}'})
    init_i18n(app)
    app.jinja_env.add_extension(KeptFragments)
    app.jinja_env.globals["count"] = count(1).__next__
    for address, root, text in (
        ("/?lang=pl", "/", "pl1"),
        ("/?lang=uk", "/", "uk2"),
        ("/?lang=pl&q=1", "/", "pl1"),
        ("/?lang=pl", "/below", "pl3"),
    ):
        with app.test_request_context(address, base_url=f"http://localhost{root}"):
            assert render_template("page.html") == text
