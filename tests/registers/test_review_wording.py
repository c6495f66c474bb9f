"""Differences in Polish: every field has a name, details are read out, nothing reaches the terminal as a command."""

from dataclasses import replace

import pytest

from mapapp.directory.editable import EDITABLE
from mapapp.directory.rows import DETAIL_OWNERS
from mapapp.registers.problems import RowProblem
from mapapp.registers.review import wording
from mapapp.registers.review.records import DECISIONS, Difference, FieldDifference, Staged


def test_names_every_field_decision_and_action_in_polish() -> None:
    editable = {(table, field) for table, fields in EDITABLE.items() for field in fields}
    details = {(owner.removesuffix("_id"), table) for table, owner in DETAIL_OWNERS.items()}
    nameless = [field for table, field in editable | details if field in wording.field_name(table, field).split(": ")]
    # the same word in both languages
    assert nameless in ([], ["status"])
    assert wording.ACTIONS.keys() == wording.COUNTED.keys() == DECISIONS.keys()
    assert {decision for allowed in DECISIONS.values() for decision in allowed} == wording.DECISIONS.keys()


@pytest.mark.parametrize(
    ("field", "told", "expected"),
    [
        ("phone", '[{"number": "+48146882180", "display": "14 688 21 80"}, {"display": "112"}]', "14 688 21 80; 112"),
        (
            "address",
            '[{"address_1": "Rynek 1", "postal_code": "50-001", "city": "Wrocław"}]',
            "Rynek 1, 50-001 Wrocław",
        ),
        (
            "service_capacity",
            '[{"kind": "approved", "as_of": "2026-05-31", "maximum": 90, "available": 0, "target": "women"}]',
            "zatwierdzone, kobiety na 2026-05-31: razem 90, wolne 0",
        ),
        (
            "places.approved",
            '{"as_of": "2026-05-31", "maximum": 90, "available": 0}',
            "na 2026-05-31: razem 90, wolne 0",
        ),
        (
            "schedule_exception",
            '[{"day": "2026-12-24", "last_day": "2027-01-02", "reason": "remont"}]',
            "2026-12-24–2027-01-02 zamknięte (remont)",
        ),
        ("service_area", '[{"teryt": ["0201011", "0201"]}]', "0201011, 0201"),
        ("service_at_location", '[{"branch": "branch", "capacity_share": 20}]', "filia (miejsca: 20)"),
        ("audiences", '["older", "all"]', "older; all"),
        ("status", "defunct", "zakończona"),
        ("point", "SRID=4326;POINT(17 51)", "POINT(17 51)"),
        ("description", "[nie JSON", "[nie JSON"),
        ("description", "a\x1b[31m\nb", "a?[31m b"),
        ("email", None, "–"),
        ("phone", "[]", "–"),
    ],
)
def test_reads_values_out(field: str, told: str | None, expected: str) -> None:
    assert wording.value(field, told) == expected


def test_lets_no_command_of_a_terminal_through() -> None:
    record = Staged("rjps", "OPS 1", "Zły\x1b]0;tytuł\x07", "added", "", sheet="Dane", line=3)
    assert wording.title(record) == "Zły?]0;tytuł? (OPS 1, arkusz „Dane”, wiersz 3): nowa"
    assert "\x1b" not in wording.flat_difference(Difference("\x1b[2J", "name", "a", "\x1b"))


def test_names_fields_in_words_in_the_report_of_an_import() -> None:
    changed = Difference("OPS", "opening_hours", None, "24/7", "location")
    assert wording.flat_difference(changed) == "OPS: miejsce: godziny (zapis OSM): – → 24/7"
    assert wording.flat_difference(Difference("OPS")) == "OPS: nowa"
    found = RowProblem(3, "phone", "12", "za krótki")
    assert wording.problem(found) == "wiersz 3, pole telefon (phone) „12”: za krótki"
    assert wording.problem(replace(found, field="telefon")) == "wiersz 3, pole telefon „12”: za krótki"


def test_tells_all_three_values_of_a_conflict() -> None:
    change = FieldDifference("organization", "x", "email", "anna@a.pl", "nowy@a.pl", True, "dawny@a.pl")
    told = "e-mail: ręcznie wpisano anna@a.pl, rejestr podaje teraz nowy@a.pl (przedtem dawny@a.pl)"
    assert wording.difference(change) == told
