"""``/tiles``: vector tiles of services and areas, each layer described by its TileJSON."""

import gzip
import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Annotated, Any, Final, cast

from cachetools import LRUCache
from flask import Blueprint, Flask, Response, current_app, make_response, request
from flask.blueprints import BlueprintSetupState
from pydantic import Field, JsonValue

from mapapp.directory import tiles as of_services
from mapapp.directory.release import Release, current_release
from mapapp.territory import tiles as of_areas
from mapapp.territory.tiles import AreaTileLayer, Tile
from mapapp.web.api.sent_again import SentAgain
from mapapp.web.declared import VOCABULARY
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import MOST_VALUES, Question, parse, parse_error
from mapapp.web.problems import ParameterError, ParametersError
from mapapp.web.representations import JSON
from mapapp.web.session import current_session
from mapapp.web.site import current_site

tiles = Blueprint("tiles", __name__, url_prefix="/tiles")

MVT: Final = "application/vnd.mapbox-vector-tile"
MOST_BYTES: Final = 64 * 1024 * 1024
# A map asks for dozens of tiles at once: whether something was published is looked up once a second, not for each.
SECONDS_TRUSTED: Final = 1.0
MAX_AGE: Final = 60
# shorter ones are sent as they are
WORTH_COMPRESSING: Final = 400
LONGEST_NUMBER: Final = 8
DEEPEST: Final[Mapping[str, int]] = {
    "services": of_services.DEEPEST,
    **{str(layer): of_areas.DEEPEST for layer in of_areas.LAYERS},
}
LAYER: Final = f"<any({', '.join(DEEPEST)}):tile_layer>"
AREA_FIELDS: Final = {"code": "String", "name": "String", "kind": "String", "parent_code": "String"}
SERVICE_FIELDS: Final = {
    "id": "String",
    "location_id": "String",
    "type": "String",
    "group": "String",
    "access": "String",
    "is_sample": "Boolean",
    "point_count": "Number",
}

Key = tuple[str, str, Tile, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class KeptTile:
    """A tile as it is sent."""

    plain: bytes
    tag: str

    @cached_property
    def compressed(self) -> bytes:
        """The same compressed, when somebody first wants it so; empty where that is not worth it."""
        return gzip.compress(self.plain, mtime=0) if len(self.plain) > WORTH_COMPRESSING else b""

    @property
    def size(self) -> int:
        """Bytes in memory at most, roughly."""
        return 2 * len(self.plain) + 500


@dataclass(slots=True)
class Tiles:
    """What one process keeps: the tiles least recently asked for are given up first."""

    cache: "LRUCache[Key, KeptTile]" = field(
        default_factory=lambda: LRUCache(MOST_BYTES, getsizeof=lambda kept: kept.size)
    )
    lock: Lock = field(default_factory=Lock)
    release: Release | None = None
    looked_up: float = 0.0

    def trusted(self) -> str | None:
        """The tag of the release, where it was looked up a moment ago."""
        release, is_fresh = self.release, time.monotonic() - self.looked_up <= SECONDS_TRUSTED
        return release.tag if release is not None and is_fresh else None


def _codes(vocabulary: str) -> dict[str, JsonValue]:
    return {"items": {"type": "string", VOCABULARY: vocabulary}}


class TileQuestion(Question):
    """Which services a tile shows; areas have no filters."""

    type: Annotated[tuple[str, ...], Field(json_schema_extra=_codes("types"))] = ()
    group: Annotated[tuple[str, ...], Field(json_schema_extra=_codes("groups"))] = ()


EVERY_SERVICE: Final = TileQuestion()


@tiles.record_once
def _prepare(state: BlueprintSetupState) -> None:
    app, mine = cast(Flask, state.app), Tiles()
    app.extensions["tiles"] = mine
    app.wsgi_app = SentAgain(app.wsgi_app, mine.trusted)  # type: ignore[method-assign] # Flask's way


@tiles.get(f"/{LAYER}.json")
def description(tile_layer: str) -> Response:
    """The layer's TileJSON 3.0."""
    question = _question(tile_layer)
    release = _release()
    response = make_response(json.dumps(_tilejson(tile_layer, question, release), ensure_ascii=False))
    response.mimetype = JSON
    response.set_etag(hashlib.sha256(response.data).hexdigest()[:32])
    return _kept_for_a_while(response)


@tiles.get(f"/{LAYER}/<z>/<x>/<y>.mvt")
def tile(tile_layer: str, z: str, x: str, y: str) -> Response:
    """One tile; 204 where nothing is on it."""
    question, square = _question(tile_layer), _square(tile_layer, z, x, y)
    kept = _tile(tile_layer, square, question)
    is_compressed = request.accept_encodings.quality("gzip") > 0 and bool(kept.compressed)
    response = make_response(kept.compressed if is_compressed else kept.plain, 200 if kept.plain else 204)
    response.mimetype = MVT
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{kept.tag}-gzip" if is_compressed else kept.tag)
    return _kept_for_a_while(response)


def _kept_for_a_while(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.make_conditional(request)
    return response


def _question(layer: str) -> TileQuestion:
    if not request.query_string:
        return EVERY_SERVICE
    question = parse(TileQuestion, request.args)
    words = current_site().vocabularies
    _check("type", question.type, words.types, layer)
    _check("group", question.group, words.groups, layer)
    return question


def _check(name: str, codes: tuple[str, ...], known: Mapping[str, object], layer: str) -> None:
    if codes and layer != "services":
        raise parse_error(name, "extra_forbidden")
    if len(codes) > MOST_VALUES:
        raise parse_error(name, "many", most=MOST_VALUES)
    for code in codes:
        if code not in known:
            raise parse_error(name, "code", value=code[:40], codes=", ".join(known))


def _square(layer: str, z: str, x: str, y: str) -> Tile:
    """The tile that the address names. Raises ParametersError."""
    deepest = DEEPEST[layer]
    zoom = _number("z", z, deepest)
    return Tile(zoom, _number("x", x, 2**zoom - 1), _number("y", y, 2**zoom - 1))


def _number(name: str, written: str, most: int) -> int:
    is_number = written.isascii() and written.isdigit() and len(written) <= LONGEST_NUMBER
    if not is_number or int(written) > most:
        expected = _("a number from %(least)s to %(most)s was expected", least=0, most=most)
        raise ParametersError([ParameterError(name, expected)])
    return int(written)


def _release() -> Release:
    mine = _mine()
    if mine.release is None or mine.trusted() is None:
        now = time.monotonic()
        mine.release, mine.looked_up = current_release(current_session()), now
    return mine.release


def _mine() -> Tiles:
    return cast(Tiles, current_app.extensions["tiles"])


def _tile(layer: str, square: Tile, question: TileQuestion) -> KeptTile:
    mine = _mine()
    key: Key = (_release().tag, layer, square, tuple(sorted(set(question.type))), tuple(sorted(set(question.group))))
    with mine.lock:
        kept: KeptTile | None = mine.cache.get(key)
    if kept is None:
        kept = _made(layer, square, key[3], key[4])
        with mine.lock, suppress(ValueError):  # one larger than the whole cache is simply not kept
            mine.cache[key] = kept
    return kept


def _made(layer: str, square: Tile, types: tuple[str, ...], groups: tuple[str, ...]) -> KeptTile:
    if layer == "services":
        kept = None if types or groups else of_services.kept_tile(current_site().open_reader(), square)
        plain = of_services.services_tile(current_session(), square, types, groups) if kept is None else kept
    else:
        plain = of_areas.area_tile(current_session(), cast(AreaTileLayer, layer), square)
    return KeptTile(plain, hashlib.sha256(plain).hexdigest()[:32])


def _tilejson(layer: str, question: TileQuestion, release: Release) -> dict[str, Any]:
    root = current_site().settings.public_url or request.root_url.rstrip("/")
    filters = "&".join(f"{name}={code}" for name in ("type", "group") for code in sorted(set(getattr(question, name))))
    bounds = (release.bbox if layer == "services" else None) or release.region_bbox
    fields = SERVICE_FIELDS if layer == "services" else AREA_FIELDS
    return {
        "tilejson": "3.0.0",
        "name": layer,
        "tiles": [f"{root}/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt{'?' if filters else ''}{filters}"],
        "minzoom": 0,
        "maxzoom": DEEPEST[layer],
        **({"bounds": [round(side, 5) for side in bounds]} if bounds else {}),
        "attribution": release.attribution or "",
        "vector_layers": [{"id": layer, "fields": fields}],
        "samples": release.has_samples and layer == "services",
        "boundaries": release.boundaries,
    }
