"""The real register of social assistance centres: what it lists twice is proposed, merged, kept so, and undone."""

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mapapp.directory.duplicates import pairs
from mapapp.directory.listing import refresh_listings
from mapapp.directory.tables import Organization
from mapapp.registers.loading import import_register
from tests.directory.checksums import checksums
from tests.registers.test_batches import VOCABULARIES, voivodeship  # noqa: F401 - a fixture

PROPOSED = {
    "Ośrodek Pomocy Społecznej w Jabłonce": "sure",
    "Gminny Ośrodek Pomocy Społecznej w Tarnowie": "doubtful",
    "Gminny Ośrodek Pomocy Społecznej w Biskupicach z siedzibą w Trąbkach": "doubtful",
    "Gminny Ośrodek Pomocy Społecznej w Szczawie": "doubtful",
}


@pytest.fixture
def register(shared: Path) -> Path:
    return shared / "registers" / "ops_malopolska_geo.csv"


def test_proposes_merges_and_keeps_merged_what_the_register_lists_twice(
    voivodeship: Session,  # noqa: F811
    register: Path,
) -> None:
    import_register(voivodeship, register, VOCABULARIES)
    refresh_listings(voivodeship)
    found = pairs.find(voivodeship)
    proposed = {
        name: each.verdict
        for each in pairs.pairs(voivodeship)
        for name in (each.one_name, each.other_name)
        if name in PROPOSED
    }
    assert proposed == PROPOSED
    assert found == pairs.Found(waiting=len(PROPOSED), new=len(PROPOSED))
    before = checksums(voivodeship)
    likeliest, *_ = pairs.pairs(voivodeship)
    keep = 1 if likeliest.one_name in PROPOSED else 2
    done = pairs.merge(voivodeship, likeliest.id, keep=keep, taken=(), decided_by="Ewa")
    merged = checksums(voivodeship)
    assert voivodeship.scalar(text("SELECT count(*) FROM organization")) == 194
    names = voivodeship.execute(select(Organization.name, Organization.alternate_name)).all()
    assert ("Ośrodek Pomocy Społecznej w Jabłonce", "GOPS Jabłonka") in names
    again = import_register(voivodeship, register, VOCABULARIES)
    assert (again.saved.created, again.saved.updated, again.saved.unchanged) == (0, 0, 195)
    assert {name for name, sum_of in checksums(voivodeship).items() if sum_of != merged[name]} <= {"source_register"}
    pairs.undo(voivodeship, done.id)
    assert {name for name, sum_of in checksums(voivodeship).items() if sum_of != before[name]} <= {"source_register"}
