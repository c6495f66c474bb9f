"""The application, put together: the only place that knows every part of it."""

import hashlib
import tomllib
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
from flask import Flask
from flask_compress import Compress
from psycopg.errors import UndefinedTable
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import sessionmaker

from mapapp.database import Reader, make_keyed_engine, make_public_engine
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.provision import database_url
from mapapp.settings import ROOT, Settings
from mapapp.web.api.boundaries import boundaries
from mapapp.web.api.export import export
from mapapp.web.api.feed import feed
from mapapp.web.api.hsds import hsds
from mapapp.web.api.map_view import map_view
from mapapp.web.api.ogc import ogc
from mapapp.web.api.reference import reference
from mapapp.web.api.services import services
from mapapp.web.api.template import template
from mapapp.web.api.tiles import tiles
from mapapp.web.favourites import favourites
from mapapp.web.health import health
from mapapp.web.i18n import LANGUAGES, init_i18n
from mapapp.web.icons import icons, static_url
from mapapp.web.kept import CompressedBodies, body_key
from mapapp.web.needs import needs
from mapapp.web.open_data import open_data
from mapapp.web.payments import payments
from mapapp.web.planner import planner
from mapapp.web.problems import init_problems
from mapapp.web.resident import resident
from mapapp.web.security import init_security
from mapapp.web.session import init_sessions
from mapapp.web.site import EXTENSION, Site
from mapapp.web.statements import statements
from mapapp.web.suggesting import suggesting
from mapapp.web.take_along import take_along
from mapapp.web.translated import KeptFragments, TranslatedEnvironment
from mapapp.web.validator import validator
from mapapp.web.warming import follow_publications, warm_in_background
from mapapp.web.widget import widget

COMPRESSED = [
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "application/jsonl",
    "application/schema+json",
    "application/vnd.oai.openapi+json",
    "application/x-ndjson",
    "application/atom+xml",
    "application/ld+json",
    "text/turtle",
    "text/calendar",
    "text/vcard",
    "application/rss+xml",
    "application/vnd.google-earth.kml+xml",
    "text/csv",
]
STATIC = ROOT / "static"


def create_app(settings: Settings) -> Flask:
    """A site that answers; it starts whether or not its database is there."""
    app = Flask(
        "mapapp",
        template_folder=str(ROOT / "templates"),
        static_folder=str(STATIC),
        # a new version of any file has a new address, so that browsers may keep the old one for ever
        static_url_path=f"/static/{fingerprint(STATIC)}",
    )
    app.jinja_environment = TranslatedEnvironment
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600
    app.config["COMPRESS_MIMETYPES"] = COMPRESSED
    app.config["COMPRESS_CACHE_BACKEND"] = CompressedBodies
    app.config["COMPRESS_CACHE_KEY"] = body_key
    # of a page of 80 kB: zstd 14 kB in 0.1 ms, brotli 13 kB in 0.6, gzip 15 kB in 0.3 (at its level 6 13 kB in 0.9)
    app.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    app.config["COMPRESS_ALGORITHM_STREAMING"] = ["zstd", "br", "deflate"]
    app.config["COMPRESS_LEVEL"] = 3
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    url = database_url(settings)
    engine = make_public_engine(url, settings.database_pool)
    keyed = make_keyed_engine(url, max(1, settings.database_pool // 2))
    site = Site(
        settings=settings,
        names=_names(settings.region),
        vocabularies=load_vocabularies(ROOT / "data" / "vocabularies"),
        open_session=sessionmaker(engine),
        open_reader=partial(Reader, engine, keyed),
        close=partial(_dispose, engine, keyed),
        is_unavailable=is_unavailable,
    )
    app.extensions[EXTENSION] = site
    Compress(app)
    app.jinja_env.globals |= {"static": static_url, "icons": icons}
    app.jinja_env.add_extension(KeptFragments)
    for init in (init_i18n, init_sessions, init_problems):
        init(app)
    init_security(app, settings)
    pages = (
        resident,
        needs,
        planner,
        widget,
        open_data,
        reference,
        validator,
        suggesting,
        statements,
        take_along,
        favourites,
        payments,
    )
    for blueprint in (*pages, services, map_view, boundaries, export, template, feed, hsds, ogc, tiles, health):
        app.register_blueprint(blueprint)
    if settings.environment != "test":
        warm_in_background(site)
        follow_publications(site, Event())
    return app


def is_unavailable(error: Exception) -> bool:
    """Whether an error means that the database is away, overloaded, or not yet prepared."""
    if isinstance(error, ProgrammingError):
        return isinstance(error.orig, UndefinedTable)
    # of SQLAlchemy, and of the driver where it is asked directly
    away = OperationalError | InterfaceError | PoolTimeout | psycopg.OperationalError | psycopg.InterfaceError
    return isinstance(error, away | UndefinedTable)


def _dispose(*engines: Engine) -> None:
    for engine in engines:
        engine.dispose()


def fingerprint(folder: Path) -> str:
    """A short hash of every file's name and content in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _names(region: str) -> dict[str, str]:
    regions = tomllib.loads((ROOT / "data" / "regions.toml").read_text(encoding="utf-8"))
    if region not in regions:
        raise LookupError(f"MAPAPP_REGION is {region!r}, expected one of {', '.join(regions)} (data/regions.toml)")
    return {language: regions[region][f"name_{language}"] for language in LANGUAGES}
