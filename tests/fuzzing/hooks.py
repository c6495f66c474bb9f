"""What no schema can say of a valid question: what holds between two parameters, and languages within one.

Only questions that are meant to be valid are mended; hostile ones go out as they are.
"""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

FILTERS = {"cql2-json": '{{"op": "isNull", "args": [{{"property": "{name}"}}]}}', "": "{name} IS NOT NULL"}
BOX = "16.9,51.0,17.2,51.2"
TABLE = "Nazwa klubu;Adres;Telefon\nKlub Seniora;Rynek 1, 57-300 Kłodzko;74 865 12 34\n"
MAPPING = '{"columns": {"Nazwa klubu": "name"}, "constants": {"type": "klub_sen"}}'
MOST_OF_JSON = 1_000
MOST_FULL = 200


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Mend a question that is valid in each parameter and not as a whole."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    query, path = case.query or {}, case.path_parameters or {}
    if case.path == "/api/validate":
        # no schema makes a table, or a mapping that is JSON of its headings
        kwargs["files"] = {"file": ("kluby.csv", TABLE.encode(), "text/csv"), "mapping": (None, MAPPING)}
        kwargs.pop("data", None)
    _boxes(query, is_standard=case.path.startswith("/api/ogc"))
    _languages(query, case.path)
    _together(query, path)
    if case.path == "/api/services":
        _changes(query)
    _numbers(query)
    if "z" in path:
        most = 2 ** int(path["z"]) - 1
        path["x"], path["y"] = min(int(path["x"]), most), min(int(path["y"]), most)
    for name in {"record_id", "featureId"} & path.keys():
        path[name] = quote(_id_of(context.operation.base_url, case.path.rpartition("/{")[0]))


def _boxes(query: dict[str, Any], *, is_standard: bool) -> None:
    if not query.get("bbox"):
        return
    if is_standard:  # its numbers depend on bbox-crs
        query["bbox"] = BOX
        query.pop("bbox-crs", None)
        return
    written = query["bbox"]
    box = [float(side) for side in (written.split(",") if isinstance(written, str) else written)]
    (west, east), (south, north) = sorted(box[::2]), sorted(box[1::2])
    query["bbox"] = f"{west},{south},{east},{north}" if west < east and south < north else BOX


def _languages(query: dict[str, Any], address: str) -> None:
    if query.get("filter"):
        names = {"gminas": "name", "powiats": "name", "subregions": "name", "coverage": "area_name"}
        collection = re.search("|".join(names), address)
        name = names[collection[0]] if collection else "organization_name"
        query["filter"] = FILTERS.get(query.get("filter-lang", ""), FILTERS[""]).format(name=name)
    if query.get("datetime"):
        query["datetime"] = "2026-01-01T00:00:00Z/.."
    if query.get("place"):
        query["place"] = "Kłodzko"


def _together(query: dict[str, Any], path: dict[str, Any]) -> None:
    if "proximity" in query and not query.get("postcode"):
        query["postcode"] = "57-300"
    if not str(path.get("ending", "csv")).startswith("csv"):
        query.pop("variant", None)


def _changes(query: dict[str, Any]) -> None:
    """Changes are asked for from the start or from a moment, and not beside what depends on other listings."""
    if query.get("cursor") or ("cursor" in query and query.get("modified_since")):
        query["cursor"] = "start" if not query.get("modified_since") else ""
    if query.get("cursor") or query.get("modified_since"):
        for name in ("q", "place", "near", "within_km", "open", "open_at", "verified", "offset"):
            query.pop(name, None)
        if query.get("limit"):
            query["limit"] = min(int(query["limit"]), MOST_OF_JSON)


def _numbers(query: dict[str, Any]) -> None:
    if query.get("format") != "geojson" and "place" in query and query.get("limit"):
        query["limit"] = min(int(query["limit"]), MOST_OF_JSON)
    if query.get("per_page"):
        query["per_page"] = min(int(query["per_page"]), MOST_FULL)


@cache
def _id_of(root: str, address: str) -> str:
    """The id of the first record or feature of a list."""
    with urlopen(f"{root}{address}") as answer:
        page = json.load(answer)
    return str((page.get("contents") or page["features"])[0]["id"])
