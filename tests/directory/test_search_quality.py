"""How well the search box understands Polish: questions as people put them, judged by the first right answer's rank.

The questions were written before they were first asked; that time the mean reciprocal rank was 0.947. Other names were
then added to the vocabulary, first of all for people who say that they want to die, so the figure now is not one of
unseen questions.
"""

import csv
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.queries import search_services, understand_query
from mapapp.directory.service_search import ServiceSearch
from mapapp.territory.commands import load_territory
from mapapp.territory.embedded import read_embedded
from mapapp.territory.regions import region as region_named
from tests.directory.hand_made import KLODZKO

KINDS = {"name", "inflected", "plain", "misspelt", "colloquial", "place"}


def _questions() -> list[dict[str, str]]:
    with Path(__file__).with_name("search_quality.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@pytest.fixture
def region(every_type: Session) -> Session:
    """One service of every type, and all places of Lower Silesia."""
    load_territory(every_type, read_embedded(region_named("dolnoslaskie")))
    return every_type


def _reciprocal_rank(session: Session, row: dict[str, str], near: Position | None) -> float:
    """1 where the first answer is of a wanted type, 1/2 where the second is …; 0 where another place was understood."""
    understood = understand_query(session, row["question"])
    if (understood.place.name if understood.place else "") != row["place"]:
        return 0.0
    found = [
        hit.facility_type
        for hit in search_services(session, ServiceSearch(q=understood.what, near=near, limit=20)).hits
    ]
    wanted = set(row["types"].split("|"))
    return next((1 / rank for rank, code in enumerate(found, start=1) if code in wanted), 0.0)


@pytest.mark.parametrize(("near", "least"), [(None, 0.9), (KLODZKO, 0.9)], ids=["anywhere", "around a place"])
def test_the_first_answers_are_what_people_mean(region: Session, near: Position | None, least: float) -> None:
    by_kind: dict[str, list[float]] = defaultdict(list)
    poor: dict[str, float] = {}
    for row in _questions():
        rank = _reciprocal_rank(region, row, near)
        by_kind[row["kind"]].append(rank)
        if rank < 1:
            poor[row["question"]] = round(rank, 2)
    ranks = [rank for each in by_kind.values() for rank in each]
    figures = {kind: f"{mean(each):.3f} of {len(each)}" for kind, each in sorted(by_kind.items())}
    print(f"mean reciprocal rank {mean(ranks):.3f} of {len(ranks)} questions; {figures}; not first: {poor}")  # noqa: T201 - the figure is wanted
    assert set(by_kind) == KINDS
    assert len(ranks) >= 150
    assert mean(ranks) >= least
