"""``/dane``: releases of open data as a page, as files, and described for catalogues that harvest it."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory, url_for

from mapapp.directory.published_changes import published_state
from mapapp.registers.dcat import Places, described
from mapapp.registers.manifest import FILE, FileFacts, Manifest
from mapapp.registers.open_data import DESCRIPTIONS, NAME, SUMS, is_public, kept_releases
from mapapp.registers.publisher import description, release_folder
from mapapp.web.addresses import absolute
from mapapp.web.i18n import current_language, decimal
from mapapp.web.parameters import Question, parse
from mapapp.web.problems import GoneError, NotFoundError
from mapapp.web.representations import unchanged_until
from mapapp.web.session import current_session
from mapapp.web.site import current_site
from mapapp.web.sizes import size_words

open_data = Blueprint("open_data", __name__)

# The bytes never change, but a release may have to be taken back: no cache shall give it out for longer.
SECONDS_KEPT: Final = 3600
SECONDS_DESCRIBED: Final = 300
FORMS: Final = {name.removeprefix("dcat."): form for name, form in DESCRIPTIONS.items()}
BESIDE: Final = {FILE: "application/json", SUMS: "text/plain"}
APIS: Final = (
    ("Wyszukiwarka (JSON, GeoJSON)", "/api/services"),
    ("OGC API – Features", "/api/ogc"),
    ("Open Referral HSDS 3.1", "/api/hsds/"),
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as the page shows it."""

    url: str
    title: str
    form: str
    size: str
    rows: str
    sha256: str


@open_data.get("/dane")
def page_newest() -> Response:
    """The newest release, and those before it."""
    parse(Question, request.args)
    kept = _kept()
    return _page(kept[0] if kept else None, kept)


@open_data.get("/dane/<release>/")
def page_release(release: str) -> Response:
    """One release."""
    parse(Question, request.args)
    return _page(_release(release), _kept())


@open_data.get("/dane/<release>/<file>")
def download(release: str, file: str) -> Response:
    """A file of a release, or a part of it."""
    manifest = _release(release)
    media_type, etag = BESIDE.get(file), manifest.release
    if media_type is None:
        facts = _file(manifest, file)
        media_type, etag = facts.media_type, facts.sha256
    response = send_from_directory(
        _folder() / release, file, mimetype=media_type, etag=etag, max_age=SECONDS_KEPT, conditional=True
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}, immutable"
    response.headers["Content-Disposition"] = f'attachment; filename="{_download_name(release, file)}"'
    return response


@open_data.get("/dane/dcat.<any(jsonld, ttl):syntax>")
def catalogue(syntax: str) -> Response:
    """The newest release for catalogues."""
    kept = _kept()
    if not kept:
        raise NotFoundError("there is no release yet")
    text = _described(kept[0], absolute(""), syntax)
    response = make_response(text)
    response.mimetype = DESCRIPTIONS[f"dcat.{syntax}"][1]
    response.headers["Access-Control-Allow-Origin"] = "*"
    return unchanged_until(hashlib.sha256(text.encode()).hexdigest()[:32], response, SECONDS_DESCRIBED)


@lru_cache(maxsize=8)
def _described(manifest: Manifest, root: str, syntax: str) -> str:
    places = Places(f"{root}/dane", f"{root}/dane/{manifest.name}", tuple((title, root + path) for title, path in APIS))
    return described(manifest, description(current_site().settings), places, FORMS[syntax][0])


def _folder() -> Path:
    return release_folder(current_site().settings).absolute()


def _kept() -> list[Manifest]:
    state = published_state(current_session())
    return [each for each in kept_releases(_folder()) if is_public(each, state)]


def _release(name: str) -> Manifest:
    if not NAME.fullmatch(name):
        raise NotFoundError(name[:40])
    state = published_state(current_session())
    for each in kept_releases(_folder()):
        if each.name == name:
            if not is_public(each, state):
                raise GoneError(name)
            return each
    raise NotFoundError(name)


def _file(manifest: Manifest, name: str) -> FileFacts:
    try:
        return manifest.file(name)
    except LookupError as error:
        raise NotFoundError(str(error)) from error


def _download_name(release: str, file: str) -> str:
    stem, dot, ending = file.partition(".")
    return f"{stem}_{release}{dot}{ending}"


def _page(manifest: Manifest | None, kept: list[Manifest]) -> Response:
    rows = [_row(manifest, each) for each in manifest.files] if manifest else []
    response = make_response(
        render_template(
            "open_data/page.html",
            release=manifest,
            rows=rows,
            others=[each for each in kept if manifest is None or each.name != manifest.name],
        )
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def _row(manifest: Manifest, file: FileFacts) -> FileRow:
    return FileRow(
        url=url_for("open_data.download", release=manifest.name, file=file.name),
        title=file.title.pl if current_language() == "pl" else file.title.en,
        form=file.format_title,
        size=size_words(file.bytes),
        rows="" if file.rows is None else decimal(file.rows, "#,##0"),
        sha256=file.sha256,
    )
