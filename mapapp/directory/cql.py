"""Filters that a stranger writes, in a safe part of CQL2, as a condition on the rows of a collection.

The text is read by the parser of cql2-rs, JSON by Python's. What comes out is put into SQL word by word: properties are
those of the collection, operators those below, and every value is a parameter.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NoReturn

import cql2

from mapapp.directory.cql_values import MOST_VALUES, FilterError, literal, shape, shown, span
from mapapp.territory.feature_pages import CRS84, Collection, Condition, Crs, Kind, Property

Language = Literal["cql2-text", "cql2-json"]
LONGEST: Final[Mapping[Language, int]] = {"cql2-text": 2_000, "cql2-json": 8_000}
# Parentheses that fail to parse cost the parser of text 2 to the power of their depth; at 6 it stays below 0.1 s.
DEEPEST: Final[Mapping[Language, int]] = {"cql2-text": 6, "cql2-json": 24}
MOST_OPERATIONS: Final = 100
QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
QUOTED_JSON: Final = re.compile(r'"(?:[^"\\]|\\.)*"')

COMPARISONS = {"=", "<>", "<", ">", "<=", ">="}
ORDERED: Final[frozenset[Kind]] = frozenset({"text", "integer", "number", "date", "timestamp"})
SPATIAL = {
    f"s_{name}": f"ST_{name.capitalize()}"
    for name in ("intersects", "within", "contains", "disjoint", "equals", "touches", "crosses", "overlaps")
}
ARRAYS = {"a_contains": "@>", "a_containedby": "<@", "a_overlaps": "&&"}
FUNCTIONS = {"casei": "lower", "accenti": "public.unaccent"}
# :since and :until of the value, and the property's own moment
TEMPORAL = {
    "t_after": ("{moment} > {until}",),
    "t_before": ("{moment} < {since}",),
    "t_during": ("{moment} > {since}", "{moment} < {until}"),
    "t_intersects": ("{moment} >= {since}", "{moment} <= {until}"),
}
TYPES: Final[Mapping[Kind, str]] = {
    "text": "text",
    "integer": "double precision",
    "number": "double precision",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
    "codes": "text[]",
    "uuid": "uuid",
}


def condition(text: str, language: Language, collection: Collection, crs: Crs = CRS84) -> Condition:
    """What the filter demands of the collection's rows; geometries in it are in ``crs``. Raises FilterError."""
    writer = _Writer(collection, crs)
    return Condition(writer.boolean(_parsed(text, language)), writer.parameters)


def _parsed(text: str, language: Language) -> Any:
    if len(text) > LONGEST[language] or "\0" in text:
        raise FilterError(f"the filter has {len(text)} characters, expected at most {LONGEST[language]} and no NUL")
    if _depth(text, language) > DEEPEST[language]:
        raise FilterError(f"the filter nests deeper than {DEEPEST[language]} parentheses")
    if language == "cql2-json":
        try:
            return json.loads(text, parse_constant=_refused)
        except ValueError as error:
            raise FilterError(f"the filter is no JSON: {error}") from None
    if "\\'" in text:
        raise FilterError("a quote within a text is written as two quotes: ''")
    try:
        return cql2.parse_text(text).to_json()
    except cql2.ParseError as error:
        raise FilterError(f"the filter is no CQL2: {_first_line(str(error))}") from None


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _first_line(message: str) -> str:
    """Where the parser stopped and what it expected, without its drawing."""
    lines = [line.strip(" |=") for line in message.splitlines()]
    return "; ".join(line for line in (lines[0], lines[-1]) if line)[:200]


def _depth(text: str, language: Language) -> int:
    bare = (QUOTED if language == "cql2-text" else QUOTED_JSON).sub("", text)
    depth = deepest = 0
    for character in bare:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(0, depth - 1)
    return deepest


def queryables(collection: Collection) -> Mapping[str, Property]:
    """What a filter may name, besides ``geometry``."""
    mine = {name: each for name, each in collection.properties.items() if each.kind in TYPES}
    return {"id": Property("item.id", collection.id_kind), **mine}


class _Writer:
    """Writes one filter; collects its parameters."""

    def __init__(self, collection: Collection, crs: Crs) -> None:
        self.collection = collection
        self.crs = crs
        self.parameters: dict[str, Any] = {}
        self.operations = 0

    def boolean(self, node: Any) -> str:
        """A node that is true or false."""
        if isinstance(node, bool):
            return str(node).lower()
        if isinstance(node, Mapping) and "property" in node:
            return self._typed(node, "boolean")
        operator, args = self._operation(node)
        if operator in {"and", "or"} and len(args) >= 2:
            return "(" + f" {operator.upper()} ".join(self.boolean(each) for each in args) + ")"
        if operator == "not" and len(args) == 1:
            return f"(NOT {self.boolean(args[0])})"
        return self._predicate(operator, args)

    def _operation(self, node: Any) -> tuple[str, list[Any]]:
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise FilterError(f"the filter has more than {MOST_OPERATIONS} operations")
        if not (isinstance(node, Mapping) and isinstance(node.get("op"), str) and isinstance(node.get("args"), list)):
            raise FilterError(f"{shown(node)} stands where a condition was expected")
        return node["op"].lower(), node["args"]

    def _predicate(self, operator: str, args: list[Any], /) -> str:
        writers = dict.fromkeys(COMPARISONS, self._comparison)
        writers |= dict.fromkeys(SPATIAL, self._spatial) | dict.fromkeys(ARRAYS, self._array)
        writers |= dict.fromkeys(TEMPORAL, self._temporal)
        writers |= {"like": self._like, "between": self._between, "in": self._in, "isnull": self._is_null}
        arity = {"between": 3, "isnull": 1}.get(operator, 2)
        if operator not in writers:
            raise FilterError(f"{shown(operator)} is no operator that is known here")
        if len(args) != arity:
            raise FilterError(f"{operator} has {len(args)} arguments, expected {arity}")
        return writers[operator](operator, args)

    def _comparison(self, operator: str, args: list[Any], /) -> str:
        kind = self._kind(args)
        if operator not in {"=", "<>"} and kind not in ORDERED:
            raise FilterError(f"a property of kind {kind} has no order: {operator} cannot compare it")
        left, right = (self._typed(each, kind) for each in args)
        return f"{left} {operator} {right}"

    def _like(self, _operator: str, args: list[Any], /) -> str:
        pattern = args[1]
        while isinstance(pattern, Mapping) and pattern.get("args"):
            pattern = pattern["args"][0]
        if not isinstance(pattern, str):
            raise FilterError(f"{shown(args[1])} stands where a pattern was expected")
        if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
            raise FilterError(f"the pattern {shown(pattern)} ends within an escape")
        return f"{self._typed(args[0], 'text')} LIKE {self._typed(args[1], 'text')}"

    def _between(self, _operator: str, args: list[Any], /) -> str:
        kind = self._kind(args[:1])
        if kind not in ORDERED:
            raise FilterError(f"a property of kind {kind} has no order: between cannot compare it")
        value, low, high = (self._typed(each, kind) for each in args)
        return f"{value} BETWEEN {low} AND {high}"

    def _in(self, _operator: str, args: list[Any], /) -> str:
        kind = self._kind(args[:1])
        if not isinstance(args[1], list) or not 1 <= len(args[1]) <= MOST_VALUES:
            raise FilterError(f"{shown(args[1])} is no list of 1 to {MOST_VALUES} values")
        return f"{self._typed(args[0], kind)} IN ({', '.join(self._typed(each, kind) for each in args[1])})"

    def _is_null(self, _operator: str, args: list[Any], /) -> str:
        if args[0] == {"property": "geometry"}:
            return f"{self._shape(args[0])} IS NULL"
        return f"{self._property(args[0]).sql} IS NULL"

    def _array(self, operator: str, args: list[Any], /) -> str:
        left, right = (self._typed(each, "codes") for each in args)
        return f"{left} {ARRAYS[operator]} {right}"

    def _spatial(self, operator: str, args: list[Any], /) -> str:
        left, right = (self._shape(each) for each in args)
        return f"{SPATIAL[operator]}({left}, {right})"

    def _temporal(self, operator: str, args: list[Any], /) -> str:
        kind = self._kind(args[:1])
        if kind not in {"date", "timestamp"}:
            raise FilterError(f"{operator} compares a date or a time, and {shown(args[0])} is of kind {kind}")
        known = {"moment": self._typed(args[0], kind)}
        for name, value in zip(("since", "until"), span(args[1]), strict=True):
            if value is not None:
                known[name] = self._bound(value if kind == "timestamp" else value.date(), kind)
        # an unbounded end asks for nothing; after what never ends there is nothing
        asked = [
            each
            for each in TEMPORAL[operator]
            if all(f"{{{name}}}" not in each or name in known for name in ("since", "until"))
        ]
        return "(" + (" AND ".join(each.format(**known) for each in asked) or "false") + ")"

    def _kind(self, nodes: list[Any]) -> Kind:
        """Of the first property among the nodes: what it is compared with must be of the same."""
        for node in nodes:
            if isinstance(node, Mapping) and "property" in node:
                return self._property(node).kind
            if isinstance(node, Mapping) and str(node.get("op")).lower() in FUNCTIONS:
                return "text"
        raise FilterError(f"{shown(nodes)} has no property to compare")

    def _property(self, node: Any) -> Property:
        name = node.get("property") if isinstance(node, Mapping) and set(node) == {"property"} else None
        if not isinstance(name, str):
            raise FilterError(f"{shown(node)} stands where a property was expected")
        known = queryables(self.collection)
        if name not in known:
            raise FilterError(
                f"{shown(name)} is no property of {self.collection.name}; expected one of: {', '.join(known)}"
            )
        return known[name]

    def _typed(self, node: Any, kind: Kind) -> str:
        """A property, a function of a text, or a value, all of one kind."""
        if isinstance(node, Mapping) and "property" in node:
            found = self._property(node)
            if TYPES.get(found.kind) != TYPES.get(kind):
                raise FilterError(f"{node['property']} is of kind {found.kind}, expected {kind}")
            return found.sql
        if isinstance(node, Mapping) and str(node.get("op")).lower() in FUNCTIONS:
            operator, args = self._operation(node)
            if kind != "text" or len(args) != 1:
                raise FilterError(f"{operator} is of one text, expected {kind}")
            return f"{FUNCTIONS[operator]}({self._typed(args[0], 'text')})"
        return self._bound(literal(kind, node), kind)

    def _shape(self, node: Any) -> str:
        if isinstance(node, Mapping) and node.get("property") == "geometry":
            return self.collection.geometries[self.crs.srid]
        return f"ST_GeomFromWKB({self._named(shape(node, self.crs))}, {self.crs.srid})"

    def _bound(self, value: object, kind: Kind) -> str:
        return f"CAST({self._named(value)} AS {TYPES[kind]})"

    def _named(self, value: object) -> str:
        name = f"value{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"
