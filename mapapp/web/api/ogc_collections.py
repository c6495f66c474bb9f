"""Which collections there are: those of directory and territory, and released figures of coverage."""

from collections.abc import Mapping
from typing import Final

from mapapp.coverage.features import COVERAGE
from mapapp.directory.features import COLLECTIONS as OF_DIRECTORY_AND_TERRITORY
from mapapp.directory.features import OF_THE_DIRECTORY
from mapapp.territory.feature_pages import Collection
from mapapp.web.problems import NotFoundError

COLLECTIONS: Final[Mapping[str, Collection]] = {**OF_DIRECTORY_AND_TERRITORY, COVERAGE.name: COVERAGE}
# those whose rows may be samples, or come of them
MADE_WITH_SAMPLES: Final = OF_THE_DIRECTORY | {COVERAGE.name}


def known_collection(name: str) -> Collection:
    """The collection of that name. Raises NotFoundError."""
    if name not in COLLECTIONS:
        raise NotFoundError(f"there is no collection {name!r}, only {', '.join(COLLECTIONS)}")
    return COLLECTIONS[name]
