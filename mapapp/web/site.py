"""What every request of one running site shares, put together once by the factory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import current_app

from mapapp.directory.vocabulary import Vocabularies
from mapapp.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from mapapp.database import Reader

EXTENSION = "mapapp"


@dataclass(frozen=True, slots=True)
class Site:
    """Settings, words and the way to the database."""

    settings: Settings
    names: Mapping[str, str]  # language -> the site's name
    vocabularies: Vocabularies
    open_session: Callable[[], "Session"]
    open_reader: Callable[[], "Reader"]  # for questions that are each complete in one statement
    close: Callable[[], None]  # every connection, where the site ends before its process
    is_unavailable: Callable[[Exception], bool]  # whether an error means that the database is away
    kept: dict[str, object] = field(default_factory=dict)  # answers that hold for all visitors


def current_site() -> Site:
    """The site that answers this request."""
    site = current_app.extensions[EXTENSION]
    assert isinstance(site, Site)  # noqa: S101 - tells mypy what the factory put there
    return site
