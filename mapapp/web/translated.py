"""Templates compiled once for each language, with their messages in it: a constant text costs a page no look-up."""

from collections.abc import Callable, MutableMapping
from threading import Lock
from typing import Any, cast

from cachetools import LRUCache
from flask import request
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.visitor import NodeTransformer

from mapapp.web.i18n import catalog, current_language

GETTEXT = {"_", "gettext"}
MOST_KEPT = 200


class TranslatedEnvironment(Environment):
    """Flask's environment, with one of its kind beneath it for each language that pages are asked in."""

    # of those beneath
    language = ""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._by_language: dict[str, TranslatedEnvironment] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        """The template in the language of this request; what it extends and includes is in the same."""
        if self.language:
            return super().get_template(name, parent, globals)
        return self._in(current_language()).get_template(name, parent, globals)

    def _in(self, language: str) -> "TranslatedEnvironment":
        if language not in self._by_language:
            beneath = self.overlay()
            beneath.language = language
            self._by_language[language] = beneath
        return self._by_language[language]

    def _generate(self, source: nodes.Template, *given: Any, **options: Any) -> str:
        translated = _Translation(self.language).visit(source) if self.language else source
        return super()._generate(translated, *given, **options)


class _Translation(NodeTransformer):
    """Puts the text itself where a template names a message, as Jinja's newer style of gettext would when it runs."""

    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - by the name of the node
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return node
        if node.node.name == "current_language" and not node.args and not node.kwargs:
            return nodes.Const(self.language, lineno=node.lineno)
        if node.node.name not in GETTEXT or len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
            return node
        text = catalog(self.language).gettext(cast("str", node.args[0].value))
        if not node.kwargs:
            return nodes.TemplateData(text % {}, lineno=node.lineno)
        filled = [nodes.Pair(nodes.Const(each.key), each.value) for each in node.kwargs]
        return nodes.Mod(nodes.TemplateData(text), nodes.Dict(filled), lineno=node.lineno)


class KeptFragments(Extension):
    """The tag ``kept``. Nothing in it may depend on the request but its language and the root of its addresses."""

    tags = {"kept"}  # noqa: RUF012 - as Jinja declares it

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._texts: LRUCache[tuple[str, str, str], str] = LRUCache(MOST_KEPT)
        self._lock = Lock()

    def parse(self, parser: Parser) -> nodes.Node:
        """The text of the tag's body, from what is kept."""
        line = next(parser.stream).lineno
        name = parser.parse_expression()
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_text", [name]), [], [], body).set_lineno(line)

    def _text(self, name: str, caller: Callable[[], str]) -> str:
        language = cast("TranslatedEnvironment", self.environment).language
        with self._lock:
            text = self._texts.get((name, language, request.script_root))
        if text is None:
            text = caller()
            if language:
                with self._lock:
                    self._texts[name, language, request.script_root] = text
        return text
