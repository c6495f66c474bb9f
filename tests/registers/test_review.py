"""A changed copy of the real register is staged, decided about, applied and taken back."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from mapapp.directory.editing import edit_record, editable_record
from mapapp.directory.listing import refresh_listings
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers.batches import NotAppliedError, NotStagedError, batch, report_of, undo
from mapapp.registers.loading import ImportReport, import_register, stage_register
from mapapp.registers.retention import close_old
from mapapp.registers.review.applying import UndecidedError, apply_batch, discard
from mapapp.registers.review.deciding import WrongDecisionError, decide, decide_all
from mapapp.registers.review.records import Decision, Staged
from mapapp.registers.review.storing import counts, staged_page, staged_records
from mapapp.settings import ROOT
from tests.directory.checksums import checksums

VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def register(malopolska: Engine, shared: Path) -> Iterator[Connection]:
    """The territory of Małopolska with the real register, applied once for all tests."""
    with malopolska.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            import_register(session, shared / "registers" / "ops_malopolska_geo.csv", VOCABULARIES)
            session.commit()
        yield connection
        outer.rollback()


@pytest.fixture
def loaded(register: Connection) -> Iterator[Session]:
    """The register; every change is rolled back."""
    outer = register.begin_nested()
    with Session(register, join_transaction_mode="create_savepoint") as session:
        yield session
    outer.rollback()


@pytest.fixture
def original(shared: Path) -> Path:
    return shared / "registers" / "ops_malopolska_geo.csv"


@pytest.fixture
def changed(original: Path, tmp_path: Path) -> Callable[[Callable[[Rows], None]], Path]:
    """Writes the register as a change left it, in another order, encoding and separator."""

    def write(change: Callable[[Rows], None]) -> Path:
        with original.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        change(rows)
        Random(1).shuffle(rows)
        path = tmp_path / "kwiecien.csv"
        with path.open("w", encoding="utf-16", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def four_changes(rows: Rows) -> None:
    """Two fields of one unit changed, one unit gone, one new."""
    rows.pop()
    rows[0] |= {"telefon": "14 688 21 81", "email": "nowy@tarnow.pl"}
    rows.append(rows[1] | {"id_jednostki": "99999.0", "nazwa": "Nowy Ośrodek Pomocy Społecznej"})


def staged(session: Session, path: Path) -> tuple[int, dict[str, list[Staged]]]:
    report = stage_register(session, path, VOCABULARIES)
    assert report.state == "staged"
    assert report.batch is not None
    by_action: dict[str, list[Staged]] = {}
    for each in staged_records(session, report.batch):
        by_action.setdefault(each.action, []).append(each)
    return report.batch, by_action


def units(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM organization")) or 0


def test_stages_exactly_what_differs_and_changes_nothing(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    before, all_units = checksums(loaded), units(loaded)
    number, found = staged(loaded, changed(four_changes))
    assert checksums(loaded) == before
    assert {action: len(records) for action, records in found.items()} == counts(loaded, number)
    assert counts(loaded, number) == {"added": 1, "changed": 1, "gone": 1, "unchanged": all_units - 2}
    (added,), (gone,), (unit,) = found["added"], found["gone"], found["changed"]
    assert (added.name, added.target, added.line is None) == ("Nowy Ośrodek Pomocy Społecznej", None, False)
    assert (gone.facility, gone.line, gone.effective) == (None, None, "keep")
    told = [(each.table, each.field, each.before, each.after) for each in unit.differences]
    assert [each[:2] for each in told] == [("organization", "email"), ("organization", "phone")]
    assert told[0][3] == "nowy@tarnow.pl"
    assert "14 688 21 80" in (told[1][2] or "")
    assert "14 688 21 81" in (told[1][3] or "")
    report = report_of(loaded, number)
    assert (report["saved"]["created"], report["saved"]["updated"], report["state"]) == (1, 1, "staged")


def test_applies_what_was_decided_and_takes_it_back_to_the_byte(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    before, all_units = checksums(loaded), units(loaded)
    path = changed(four_changes)
    number, found = staged(loaded, path)
    decide(loaded, number, found["added"][0].id or 0, "leave", "anna")
    assert decide_all(loaded, number, "gone", "end", "anna") == 1
    applied = apply_batch(loaded, number, "anna")
    assert (applied.saved.created, applied.saved.updated, applied.saved.unchanged) == (0, 1, all_units - 2)
    assert (applied.ended, applied.left_out, applied.stale) == (1, 1, ())
    assert units(loaded) == all_units
    ended = "SELECT DISTINCT status FROM service WHERE organization_id = :unit"
    assert loaded.scalars(text(ended), {"unit": found["gone"][0].target}).all() == ["defunct"]
    assert (batch(loaded, number).state, batch(loaded, number).applied_by) == ("applied", "anna")
    assert report_of(loaded, number)["saved"]["updated"] == 1
    again = stage_register(loaded, path, VOCABULARIES)
    assert (again.state, again.batch) == ("nothing_to_do", number)  # what was left out was decided
    undo(loaded, number)
    assert checksums(loaded) == before
    assert stage_register(loaded, path, VOCABULARIES).state == "staged"


def test_keeps_units_that_are_gone_and_does_not_ask_again(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    path = changed(lambda rows: rows.clear() if not rows[:20] else rows.__delitem__(slice(20, None)))
    number, found = staged(loaded, path)
    assert set(found) == {"gone", "unchanged"}
    applied = apply_batch(loaded, number, "anna")
    assert (applied.ended, applied.saved.updated) == (0, 0)
    again = stage_register(loaded, path, VOCABULARIES)
    assert (again.state, again.batch, len(again.no_longer_named)) == ("nothing_to_do", number, len(found["gone"]))
    undo(loaded, number)


def test_a_unit_whose_row_is_rejected_is_not_gone(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    def spoil(rows: Rows) -> None:
        rows[0]["typ"] = "OSP"
        del rows[1]

    report = stage_register(loaded, changed(spoil), VOCABULARIES)
    assert (report.rejected_rows, len(report.no_longer_named)) == (1, 1)


def test_keeps_the_record_of_a_renumbered_unit(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    def renumber(rows: Rows) -> None:
        four_changes(rows)
        rows[2] |= {"id_jednostki": "88888.0", "telefon": "12 345 67 89"}

    before, all_units = checksums(loaded), units(loaded)
    path = changed(renumber)
    number, found = staged(loaded, path)
    assert counts(loaded, number) == {"added": 1, "changed": 2, "gone": 1, "unchanged": all_units - 3}
    (unit,) = (each for each in found["changed"] if each.earlier_number)
    assert unit.source_id.endswith(" 88888")
    assert [(each.table, each.field) for each in unit.differences] == [
        ("organization", "phone"),
        ("organization", "source_id"),
    ]
    assert unit.differences[1].before == unit.earlier_number
    assert apply_batch(loaded, number, "anna").saved.updated == 2
    kept = "SELECT source_id FROM organization WHERE id = :id"
    assert loaded.scalars(text(kept), {"id": unit.target}).one() == unit.source_id
    services = "SELECT DISTINCT split_part(source_id, '#', 1) FROM service WHERE organization_id = :id"
    assert loaded.scalars(text(services), {"id": unit.target}).all() == [unit.source_id]
    again = stage_register(loaded, path, VOCABULARIES)
    assert (again.state, again.batch) == ("nothing_to_do", number)
    undo(loaded, number)
    assert checksums(loaded) == before


@pytest.mark.parametrize(("decision", "created", "updated"), [("same", 0, 1), ("new", 1, 0), ("leave", 0, 0)])
def test_waits_for_a_person_where_a_unit_may_be_another(
    loaded: Session,
    changed: Callable[[Callable[[Rows], None]], Path],
    decision: Decision,
    created: int,
    updated: int,
) -> None:
    def move(rows: Rows) -> None:
        rows[2] |= {"id_jednostki": "88888.0", "numer_domu": "77", "latitude": "", "longitude": ""}

    number, found = staged(loaded, changed(move))
    assert set(found) == {"doubtful", "unchanged"}
    (unit,) = found["doubtful"]
    assert unit.waits
    assert 0 < (unit.match_score or 0) <= 1
    with pytest.raises(UndecidedError):
        apply_batch(loaded, number, "anna")
    decide(loaded, number, unit.id or 0, decision, "anna")
    all_units = units(loaded)
    saved = apply_batch(loaded, number, "anna").saved
    assert (saved.created, saved.updated) == (created, updated)
    assert units(loaded) == all_units + created


def test_applies_nothing_at_once_where_a_person_is_needed(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    def move(rows: Rows) -> None:
        rows[2] |= {"id_jednostki": "88888.0", "numer_domu": "77", "latitude": "", "longitude": ""}

    before = checksums(loaded)
    report = import_register(loaded, changed(move), VOCABULARIES)
    assert (report.state, report.to_decide) == ("staged", 1)
    assert checksums(loaded) == before


def with_emails(rows: Rows) -> None:
    rows[0] |= {"email": "nowy@tarnow.pl", "telefon": "14 688 21 81"}


@pytest.fixture
def edited(loaded: Session) -> UUID:
    """The first unit of the register, whose e-mail and telephone a person wrote."""
    query = "SELECT id FROM organization WHERE name = 'Centrum Usług Społecznych w Tarnowie'"
    unit = loaded.scalars(text(query)).one()
    edit_record(loaded, unit, {"email": "anna@tarnow.pl", "phones": "14 688 21 99"}, VOCABULARIES, by="anna")
    return unit


def test_asks_where_a_person_and_the_register_both_say_something_new(
    loaded: Session, edited: UUID, original: Path, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    assert stage_register(loaded, original, VOCABULARIES).state == "nothing_to_do"  # the base again: the edit stays
    before = checksums(loaded)
    path = changed(with_emails)
    number, found = staged(loaded, path)
    assert set(found) == {"conflict", "unchanged"}
    (unit,) = found["conflict"]
    assert {each.field: (each.before, each.after) for each in unit.conflicts}["email"] == (
        "anna@tarnow.pl",
        "nowy@tarnow.pl",
    )
    with pytest.raises(UndecidedError):
        apply_batch(loaded, number, "jan")
    phones = next(each for each in unit.conflicts if each.field == "phones")
    with pytest.raises(WrongDecisionError, match="has no conflict in"):
        decide(loaded, number, unit.id or 0, "register", "jan", {"x": "manual"})
    decide(loaded, number, unit.id or 0, "register", "jan", {phones.key: "manual"})
    apply_batch(loaded, number, "jan")
    values = editable_record(loaded, edited)
    assert values.values["email"] == "nowy@tarnow.pl"
    assert values.values["phones"][0]["display"] == "14 688 21 99"
    assert [each.field for each in values.edits] == ["phones"]
    assert stage_register(loaded, path, VOCABULARIES).state == "nothing_to_do"
    undo(loaded, number)
    assert checksums(loaded) == before


def test_shows_an_edit_that_was_made_while_the_file_waited(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    number, found = staged(loaded, changed(with_emails))
    unit = found["changed"][0].target
    assert unit
    edit_record(loaded, unit, {"email": "anna@tarnow.pl"}, VOCABULARIES, by="anna")
    (stale,) = apply_batch(loaded, number, "jan").stale
    assert (stale.action, [each.field for each in stale.conflicts]) == ("conflict", ["email"])
    decide(loaded, number, stale.id or 0, "manual", "jan")
    apply_batch(loaded, number, "jan")
    values = editable_record(loaded, unit).values
    assert (values["email"], values["phones"][0]["display"]) == ("anna@tarnow.pl", "14 688 21 81")


def test_stages_the_same_content_once(loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]) -> None:
    first = stage_register(loaded, changed(four_changes), VOCABULARIES)
    second = stage_register(loaded, changed(lambda rows: (four_changes(rows), rows.reverse())[1]), VOCABULARIES)
    assert second.batch == first.batch
    assert second.differences == first.differences


def test_applies_nothing_that_changed_since_and_shows_it(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    number, found = staged(loaded, changed(four_changes))
    (unit,) = found["changed"]
    loaded.execute(
        text("UPDATE organization SET email = 'inny@tarnow.pl', version = version + 1 WHERE id = :id"),
        {"id": unit.target},
    )
    refresh_listings(loaded)
    before = checksums(loaded)
    applied = apply_batch(loaded, number, "anna")
    assert checksums(loaded) == before
    assert [(each.id, each.is_stale, each.waits) for each in applied.stale] == [(unit.id, True, True)]
    assert applied.stale[0].differences[0].before == "inny@tarnow.pl"
    assert batch(loaded, number).state == "staged"
    with pytest.raises(UndecidedError, match=r"records that wait for a decision: 1 \(Centrum Usług"):
        apply_batch(loaded, number, "anna")
    decide(loaded, number, unit.id or 0, "take", "anna")
    assert apply_batch(loaded, number, "anna").saved.updated == 1
    undo(loaded, number)
    assert checksums(loaded) == before


def test_needs_no_decision_where_somebody_made_the_same_change(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    def change(rows: Rows) -> None:
        rows.pop()
        rows[0].update(email="nowy@tarnow.pl")

    number, found = staged(loaded, changed(change))
    assert decide_all(loaded, number, "gone", "end", "anna") == 1
    for query, unit in (
        ("UPDATE organization SET email = 'nowy@tarnow.pl' WHERE id = :id", found["changed"][0]),
        ("UPDATE service SET status = 'defunct' WHERE organization_id = :id", found["gone"][0]),
    ):
        loaded.execute(text(query), {"id": unit.target})
    applied = apply_batch(loaded, number, "anna")
    assert (applied.stale, applied.saved.updated, applied.ended) == ((), 0, 0)


def test_refuses_decisions_that_do_not_fit(loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]) -> None:
    number, found = staged(loaded, changed(four_changes))
    record = found["added"][0].id or 0
    with pytest.raises(WrongDecisionError, match="'end', expected take, leave"):
        decide(loaded, number, record, "end", "anna")
    assert decide(loaded, number, record, "leave", "anna").decision == "leave"
    assert decide(loaded, number, record, None, "anna").decision is None
    with pytest.raises(NotAppliedError):
        undo(loaded, number)
    discard(loaded, number)
    for refused in (lambda: decide(loaded, number, record, "take", "anna"), lambda: apply_batch(loaded, number, "x")):
        with pytest.raises(NotStagedError):
            refused()
    assert list(staged_records(loaded, number)) == []


def test_reads_staged_records_page_by_page(loaded: Session, tmp_path: Path) -> None:
    number = loaded.scalar(text("SELECT max(id) FROM import_batch")) or 0
    everything = list(staged_records(loaded, number))
    first = staged_page(loaded, number, limit=10)
    second = staged_page(loaded, number, after=first[-1].id or 0, limit=10)
    assert [*first, *second] == everything[:20]
    assert replace(everything[0], facility=None).as_json()["target"] is None


def test_stages_nothing_of_a_file_without_a_good_row(loaded: Session, tmp_path: Path, original: Path) -> None:
    path = tmp_path / "pusty.csv"
    path.write_text(original.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8")
    report: ImportReport = stage_register(loaded, path, VOCABULARIES)
    assert (report.state, report.saved.created, report.no_longer_named) == ("nothing_to_do", 0, ())


def _ago(session: Session, number: int, days: int) -> None:
    column = "coalesce(undone_at, applied_at, staged_at)"
    moved = ", ".join(f"{name} = {name} - {column} + now() - make_interval(days => :days)" for name in _MOMENTS)
    session.execute(text(f"UPDATE import_batch SET {moved} WHERE id = :number"), {"days": days, "number": number})


_MOMENTS = ("staged_at", "applied_at", "undone_at")


def test_deletes_what_is_kept_of_imports_too_long_ago(
    loaded: Session, changed: Callable[[Callable[[Rows], None]], Path]
) -> None:
    first = loaded.scalars(text("SELECT id FROM import_batch WHERE state = 'applied'")).one()
    second, _found = staged(loaded, changed(four_changes))
    before = checksums(loaded)
    _ago(loaded, first, 400)
    _ago(loaded, second, 364)
    closed = close_old(loaded, 365)
    assert (closed.applied, closed.staged) == (1, 0)
    assert closed.rows > 195
    assert [batch(loaded, each).state for each in (first, second)] == ["closed", "staged"]
    with pytest.raises(NotAppliedError, match=f"import {first} is closed"):
        undo(loaded, first)
    assert checksums(loaded) == before
    assert report_of(loaded, first)["rows"] == 195
    assert "differences" not in report_of(loaded, first)
    assert sum(counts(loaded, second).values()) > 190
    closed = close_old(loaded, 364)
    assert (closed.applied, closed.staged, batch(loaded, second).state) == (0, 1, "discarded")
    left = "SELECT (SELECT count(*) FROM change_journal) + (SELECT count(*) FROM staged_record)"
    assert loaded.scalar(text(left)) == 0
    assert close_old(loaded, 0).rows == 0
