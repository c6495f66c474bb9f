"""Releases of open data: folders of ready-made files, built whole or not at all, listed, pruned and taken back.

A release is known by the day and a hash of its data; the same data gives the same release, to the byte. Once something
in it has been made less public, it is not given out any more.
"""

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from sqlalchemy.orm import Session

from mapapp.directory.export_rows import read_one_snapshot
from mapapp.directory.published_changes import PublishedState, published_state
from mapapp.directory.release import current_release as public_state
from mapapp.registers.dcat import Description, Places, described
from mapapp.registers.exports import Release, current_release
from mapapp.registers.manifest import FILE, FileFacts, Manifest, read_manifest, write_manifest
from mapapp.registers.release_files import Frame, ReleaseFile, release_files
from mapapp.registers.writers.content import Words

NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{12}")
BEING_BUILT = ".being-built-"
SUMS = "SHA256SUMS"
DESCRIPTIONS = {"dcat.jsonld": ("json-ld", "application/ld+json"), "dcat.ttl": ("turtle", "text/turtle")}
DCAT = Words("Opis DCAT-AP", "DCAT-AP description")
PIECE = 1 << 20
SECONDS_OF_A_BUILD = 24 * 3600


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to; ``is_new`` is False where the release was there already."""

    manifest: Manifest
    folder: Path
    is_new: bool
    taken_back: tuple[str, ...]


Progress = Callable[[str], None]


def build(session: Session, folder: Path, region: str, description: Description, progress: Progress) -> Built:
    """Make the release of the data as it stands, unless it is there. To be given a session that has read nothing."""
    read_one_snapshot(session)
    folder.mkdir(parents=True, exist_ok=True)
    taken_back = _take_back(folder, published_state(session))
    release = current_release(session)
    name = f"{release.time.astimezone(UTC):%Y-%m-%d}-{release.tag('open data', _code(), region, description)[:12]}"
    if (folder / name / FILE).is_file():
        return Built(read_manifest(folder / name), folder / name, False, taken_back)
    beside = Path(tempfile.mkdtemp(dir=folder, prefix=BEING_BUILT))
    try:
        manifest = _write(session, release, beside, _empty(session, release, name, region), description, progress)
        beside.chmod(0o755)
        is_new = _put_in_place(beside, folder / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Built(manifest, folder / name, is_new, taken_back)


def kept_releases(folder: Path) -> Iterator[Manifest]:
    """The releases that are there, the newest first."""
    names = [path.name for path in folder.iterdir() if NAME.fullmatch(path.name)] if folder.is_dir() else []
    found = []
    for name in names:
        with suppress(OSError):  # pruned meanwhile
            found.append(read_manifest(folder / name))
    return iter(sorted(found, key=lambda each: (each.as_of or each.time, each.time, each.name), reverse=True))


def is_public(manifest: Manifest, state: PublishedState) -> bool:
    """Whether all that is in the release is still public."""
    return manifest.as_of is None or state.restricted_at is None or state.restricted_at <= manifest.as_of


def prune(folder: Path, keep: int) -> tuple[str, ...]:
    """Remove all but the ``keep`` newest releases, and what a killed build left; the names of those removed."""
    for left in folder.glob(f"{BEING_BUILT}*"):
        if time.time() - left.stat().st_mtime > SECONDS_OF_A_BUILD:
            shutil.rmtree(left, ignore_errors=True)
    names = tuple(each.name for each in list(kept_releases(folder))[keep:])
    for name in names:
        _remove(folder / name)
    return names


def _put_in_place(beside: Path, folder: Path) -> bool:
    """Whether it was put there; another build may have been quicker with the same."""
    try:
        beside.rename(folder)
    except OSError:
        if not (folder / FILE).is_file():
            raise
        return False
    return True


def _take_back(folder: Path, state: PublishedState) -> tuple[str, ...]:
    names = tuple(each.name for each in kept_releases(folder) if not is_public(each, state))
    for name in names:
        _remove(folder / name)
    return names


def _remove(folder: Path) -> None:
    # first out of the way: a release is there whole or not at all
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=BEING_BUILT))
    folder.rename(beside / folder.name)
    shutil.rmtree(beside)


def _empty(session: Session, release: Release, name: str, region: str) -> Manifest:
    public = public_state(session)
    return Manifest(
        name=name,
        release=release.code,
        region=region,
        time=release.time.astimezone(UTC),
        oldest=public.oldest.astimezone(UTC) if public.oldest else None,
        as_of=published_state(session).changed_at,
        bbox=public.region_bbox or public.bbox,
        has_samples=public.has_samples,
        is_schematic=public.is_schematic,
        origins=release.origins,
        files=(),
    )


def _write(
    session: Session, release: Release, folder: Path, manifest: Manifest, about: Description, progress: Progress
) -> Manifest:
    facts = []
    for each in release_files(session, release, Frame(f"/dane/{manifest.name}", about.titles.pl)):
        progress(each.name)
        facts.append(_written(each, folder))
    manifest = replace(manifest, files=tuple(facts))
    words = []
    for name, (form, media_type) in DESCRIPTIONS.items():
        text = described(manifest, about, Places(), form)
        words.append(_written(ReleaseFile(name, "description", DCAT, form, media_type, None, (text.encode(),)), folder))
    manifest = replace(manifest, files=(*manifest.files, *words))
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in manifest.files)
    (folder / SUMS).write_text(sums, encoding="utf-8")
    write_manifest(manifest, folder)
    return manifest


def _written(file: ReleaseFile, folder: Path) -> FileFacts:
    digest, size = hashlib.sha256(), 0
    with (folder / file.name).open("wb", buffering=PIECE) as target:
        for piece in file.pieces:
            digest.update(piece)
            size += target.write(piece)
    return FileFacts(
        file.name, file.part, file.title, file.format_title, file.media_type, size, digest.hexdigest(), file.rows
    )


def _code() -> str:
    """What changes when the making of releases does."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("open_data.py", "release_files.py", "manifest.py", "dcat.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()
