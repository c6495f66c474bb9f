"""One OpenAPI 3.1 document of all APIs, put together from the routes, their questions and the document of OGC."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import current_app
from werkzeug.routing import Rule

from mapapp.web.api.ogc_openapi import openapi_document as ogc_document
from mapapp.web.api.ogc_parameters import FARTHEST
from mapapp.web.api.openapi_operations import OPERATIONS, TAGS, UNCHANGED, Operation
from mapapp.web.api.openapi_parameters import parameters
from mapapp.web.api.openapi_schemas import PROBLEM, Schema, ref, schemas
from mapapp.web.i18n import current_language
from mapapp.web.questions import ServicesQuestion
from mapapp.web.site import current_site

OGC: Final = "/api/ogc"
# <converter(arguments):name>
PART: Final = re.compile(r"<(?:(?P<converter>\w+)(?:\((?P<choices>[^)]*)\))?:)?(?P<name>\w+)>")
PROBLEMS: Final[Mapping[str, tuple[str, str]]] = {
    "400": ("BadRequest", "A parameter is unknown, repeated or cannot be answered; every one at fault is named."),
    "404": ("NotFound", "Nothing public stands at this address."),
    "405": ("MethodNotAllowed", "The address does not know this method; Allow names those it knows."),
    "410": ("Gone", "The list of changes has to be asked for from its start again."),
    "413": ("ContentTooLarge", "The body is larger than this site accepts."),
    "414": ("UriTooLong", "The address is longer than this site accepts."),
    "500": ("Mistake", "Our mistake; `instance` is its number."),
    "503": ("Unavailable", "The data cannot be reached just now; Retry-After says when to ask again."),
}
_HEADERS: Final[Mapping[str, Schema]] = {
    "405": {"Allow": {"required": True, "schema": {"type": "string"}}},
    "503": {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 0}}},
}


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a route, each of its fixed choices made."""

    path: str  # with {name} where a value goes
    endpoint: str
    choice: str
    methods: tuple[str, ...]


class _Chosen(dict[str, str]):
    """What is not chosen stays as it is written."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def addresses() -> Iterator[Address]:
    """Every address that this document describes itself, from the routes of the application."""
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint in OPERATIONS:
            yield from _of_rule(rule)


def _of_rule(rule: Rule) -> Iterator[Address]:
    fixed = {
        part["name"]: part["choices"].replace(" ", "").split(",")
        for part in PART.finditer(rule.rule)
        if part["converter"] == "any"
    }
    methods = tuple(sorted((rule.methods or set()) & {"GET", "POST"}))
    for values in product(*fixed.values()):
        chosen = dict(zip(fixed, values, strict=True))
        path = PART.sub(lambda part: f"{{{part['name']}}}", rule.rule).format_map(_Chosen(chosen))
        yield Address(path, rule.endpoint, values[0] if values else "", methods)


def openapi_document(root: str) -> Schema:
    """The document; ``root`` is where the site is reached."""
    ogc = ogc_document()
    paths: dict[str, Schema] = {}
    for address in sorted(addresses(), key=lambda each: each.path):
        paths[address.path] = {method.lower(): _operation(address, method, root) for method in address.methods}
    for path, item in ogc["paths"].items():
        paths[f"{OGC}{path.rstrip('/')}"] = _shared_with_ogc(_of_ogc(item))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": current_site().names[current_language()],
            "version": "1.0.0",
            "summary": "All APIs of the directory of social support.",
            "description": "Public data, no key. Every address also answers HEAD and OPTIONS, and any page may ask it. "
            "Unknown and repeated parameters are refused; empty ones count as not given.",
        },
        "servers": [{"url": root}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas()
            | {f"ogc_{name}": _of_ogc(each) for name, each in ogc["components"]["schemas"].items()},
            "parameters": {
                f"ogc_{name}": _parameter_of_ogc(name, each) for name, each in ogc["components"]["parameters"].items()
            },
            "responses": {name: _problem(status, text) for status, (name, text) in PROBLEMS.items()},
        },
    }


def _operation(address: Address, method: str, root: str) -> Schema:
    told = OPERATIONS[address.endpoint](address.choice)
    answers: dict[str, Any] = {"200": _answer(told)}
    answers |= {status: {"description": text} for status, text in told.others.items()}
    answers |= {status: {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"} for status in _problems(told)}
    name = ".".join(part for part in (address.endpoint, address.choice, method.lower()) if part)
    operation = {
        "operationId": name,
        "summary": told.summary,
        "tags": [told.tag],
        "parameters": [*_path_parameters(told), *_query_parameters(told)],
        "responses": answers,
    }
    if told.parts:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": told.parts}}}
        sent = "".join(f" -F '{name}={value}'" for name, value in told.example.items())
        operation["x-codeSamples"] = [{"lang": "Shell", "source": f"curl{sent} '{root}{address.path}'"}]
    elif method == "GET" and not told.after:
        operation["x-codeSamples"] = [{"lang": "Shell", "source": f"curl '{root}{example(address.path, told)}'"}]
    return operation


def example(path: str, told: Operation) -> str:
    """The address of the operation's example."""
    in_path = {name: str(value) for name, value in told.example.items() if name in told.path}
    in_query = {name: value for name, value in told.example.items() if name not in told.path}
    for name, value in in_path.items():
        path = path.replace(f"{{{name}}}", quote(value))
    return f"{path}?{urlencode(in_query, safe=',')}" if in_query else path


def _problems(told: Operation) -> Iterator[str]:
    for status in PROBLEMS:
        if status == "400" and told.question is None:
            continue
        if status == "410" and told.question is not ServicesQuestion:
            continue
        if status != "404" or told.path:
            yield status


def _answer(told: Operation) -> Schema:
    return {
        "description": told.summary,
        "headers": {"Access-Control-Allow-Origin": {"required": True, "schema": {"const": "*"}}},
        "content": {media_type: {"schema": schema} for media_type, schema in told.answers.items()},
    }


def _path_parameters(told: Operation) -> Iterator[Schema]:
    for name, schema in told.path.items():
        parameter = {"name": name, "in": "path", "required": True, "schema": schema}
        yield parameter | ({"example": told.example[name]} if name in told.example else {})


def _query_parameters(told: Operation) -> Iterator[Schema]:
    if told.question is not None:
        yield from parameters(told.question, current_site().vocabularies)


def _problem(status: str, text: str) -> Schema:
    answer = {"description": text, "content": {PROBLEM: {"schema": ref("problem")}}}
    return answer | ({"headers": dict(_HEADERS[status])} if status in _HEADERS else {})


def _shared_with_ogc(item: Schema) -> Schema:
    """What every address of this site may answer, also where the standard has no word for it."""
    for operation in item.values():
        for status, (name, _text) in PROBLEMS.items():
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
        operation["responses"] |= {"304": {"description": UNCHANGED["304"]}}
    return item


def _parameter_of_ogc(name: str, parameter: Schema) -> Schema:
    described: Schema = _of_ogc(parameter) | {"allowEmptyValue": True}
    if name == "limit":
        # the maximum is the size of the largest page, by which clients of the standard go; to ask for more is no error
        described["schema"]["maximum"] = FARTHEST
    return described


def _of_ogc(value: Any) -> Any:
    """A part of the OpenAPI 3.0 document as 3.1 has it, its names told from those of the others."""
    if isinstance(value, list):
        return [_of_ogc(each) for each in value]
    if not isinstance(value, dict):
        return value
    part = {name: _of_ogc(each) for name, each in value.items() if name != "nullable"}
    if value.get("nullable") is True:
        part |= {"type": [part["type"], "null"]} | ({"enum": [*part["enum"], None]} if "enum" in part else {})
    if isinstance(part.get("$ref"), str):
        part["$ref"] = re.sub(r"/(\w[\w-]*)$", r"/ogc_\1", part["$ref"])
    if "operationId" in part:
        part |= {"operationId": f"ogc.{part['operationId']}", "tags": ["ogc"]}
    return part
