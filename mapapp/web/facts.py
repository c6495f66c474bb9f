"""What changes only when something is loaded: asked once in a few seconds for all visitors, not by each page."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mapapp.directory.queries import DirectoryFacts, directory_facts
from mapapp.territory.queries import Area, AreaLayer, TerritoryFacts, areas, territory_facts
from mapapp.web.session import current_session
from mapapp.web.site import current_site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LAYERS: tuple[AreaLayer, ...] = ("subregion", "powiat", "gmina")
SECONDS_KEPT = 5.0


@dataclass(frozen=True, slots=True)
class Facts:
    """The region and the directory as a whole."""

    territory: TerritoryFacts | None
    directory: DirectoryFacts
    areas: Mapping[AreaLayer, tuple[Area, ...]]
    asked_at: float


def current_facts() -> Facts:
    """The facts as they were at most a few seconds ago."""
    site = current_site()
    kept = site.kept.get("facts")
    if not isinstance(kept, Facts) or time.monotonic() - kept.asked_at > SECONDS_KEPT:
        kept = _ask(current_session())
        site.kept["facts"] = kept
    return kept


def _ask(session: "Session") -> Facts:
    return Facts(
        territory=territory_facts(session),
        directory=directory_facts(session),
        areas={layer: areas(session, layer) for layer in LAYERS},
        asked_at=time.monotonic(),
    )
