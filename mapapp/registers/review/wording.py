"""Differences in the words of the people who keep registers: actions, decisions, fields and values in Polish."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from mapapp.registers.field_words import field_word
from mapapp.registers.problems import RowProblem, visible
from mapapp.registers.review.records import Action, Decision, Difference, FieldDifference, Staged

ACTIONS: Final[Mapping[Action, str]] = {
    "conflict": "konflikt ze zmianą ręczną",
    "doubtful": "może ta sama jednostka pod innym numerem",
    "added": "nowa",
    "changed": "zmieniona",
    "gone": "nie ma jej już w pliku",
    "unchanged": "bez zmian",
}
COUNTED: Final[Mapping[Action, str]] = {
    "conflict": "konflikty",
    "doubtful": "wątpliwe",
    "added": "nowe",
    "changed": "zmienione",
    "gone": "nieobecne w pliku",
    "unchanged": "bez zmian",
}
DECISIONS: Final[Mapping[Decision, str]] = {
    "take": "przyjmij",
    "leave": "pomiń",
    "keep": "zostaw",
    "end": "zakończ działalność",
    "register": "wartość z rejestru",
    "manual": "wartość wpisana ręcznie",
    "same": "ta sama jednostka",
    "new": "nowa jednostka",
}
NOTHING: Final = "–"
_TABLES: Final = {"organization": "jednostka", "location": "miejsce", "service": "usługa"}
_FIELDS: Final = {
    "source_id": "numer w rejestrze",
    "source_date": "stan na dzień",
    "is_sample": "dane przykładowe",
    "name": "nazwa",
    "alternate_name": "inna nazwa",
    "sector": "prowadzący",
    "email": "e-mail",
    "website": "strona www",
    "epuap": "ePUAP",
    "edoreczenia": "e-Doręczenia",
    "visibility": "widoczność",
    "phone": "telefony",
    "phones": "telefony",
    "address_1": "ulica i numer",
    "postal_code": "kod pocztowy",
    "city": "miejscowość",
    "region": "dzielnica lub powiat",
    "organization_identifier": "identyfikatory",
    "address": "adres",
    "point": "punkt na mapie",
    "geometry_quality": "dokładność punktu",
    "declared_gmina_teryt": "gmina (TERYT)",
    "location_type": "rodzaj miejsca",
    "transportation": "dojazd",
    "floor": "piętro",
    "opening_hours": "godziny (zapis OSM)",
    "opening_hours_text": "godziny (tekst)",
    "opening_hours_status": "rozpoznanie godzin",
    "opening_hours_notes": "uwagi do godzin",
    "accessibility": "dostępność",
    "facility_type": "rodzaj usługi",
    "description": "opis",
    "subtypes": "typy",
    "audiences": "dla kogo",
    "modes": "formy",
    "care_setting": "miejsce opieki",
    "law_fields": "obszary prawa",
    "minimum_age": "wiek od",
    "maximum_age": "wiek do",
    "application_process": "jak się zgłosić",
    "eligibility_description": "warunki przyjęcia",
    "legal_basis": "podstawa prawna",
    "alert": "komunikat",
    "assured_date": "data sprawdzenia",
    "status": "stan",
    "status_reason": "powód stanu",
    "organization_id": "prowadząca jednostka",
    "service_at_location": "gdzie jest udzielana",
    "service_area": "obszar działania",
    "cost_option": "koszty",
    "costs": "koszty",
    "service_capacity": "miejsca",
    "schedule_exception": "dni szczególne",
    "special_days": "dni szczególne",
    "language": "języki",
}
_STATUSES: Final = {
    "active": "działa",
    "inactive": "nie działa",
    "defunct": "zakończona",
    "temporarily closed": "zamknięta czasowo",
}
_KINDS: Final = {
    "approved": "zatwierdzone",
    "funded": "finansowane",
    "occupied": "zajęte",
    "directed": "osoby skierowane",
    "waiting": "osoby oczekujące",
}
# a detail that records of several kinds have
_OF_SEVERAL: Final = frozenset({"schedule_exception", "special_days"})
_BY_CODE: Final = {"access": "dostępność", "places": "miejsca"}
_PARTS: Final = {"women": "kobiety", "men": "mężczyźni"}


def field_name(table: str, field: str) -> str:
    """A field in Polish, with whose it is where several have one of that name."""
    label = _FIELDS.get(field) or _by_code(field) or field
    is_clear = table == "organization" or (field in _DETAILS and field not in _OF_SEVERAL)
    return label if is_clear else f"{_TABLES.get(table, table)}: {label}"


def _by_code(field: str) -> str:
    """Fields that stand before a code: a feature of a place, places of a kind."""
    name, _, code = field.partition(".")
    return f"{_BY_CODE[name]}: {_KINDS.get(code, code)}" if name in _BY_CODE else ""


def value(field: str, told: str | None) -> str:
    """A value to read; lists of details are joined."""
    return visible(_value(field, told)) if told else NOTHING


def _value(field: str, told: str) -> str:
    if field == "status":
        return _STATUSES.get(told, told)
    if field == "point":
        return told.removeprefix("SRID=4326;")
    if not told.startswith(("[", "{")):
        return told
    try:
        items = json.loads(told)
    except json.JSONDecodeError:
        return told  # a text that happens to start so
    if isinstance(items, dict):
        return _capacity({"kind": "", **items}).strip() if field.startswith("places.") else told
    return "; ".join(_item(field, each) for each in items) or NOTHING


def difference(change: FieldDifference) -> str:
    """One changed field as a line."""
    before, after = value(change.field, change.before), value(change.field, change.after)
    if change.is_conflict:
        base = value(change.field, change.base)
        label = field_name(change.table, change.field)
        return f"{label}: ręcznie wpisano {before}, rejestr podaje teraz {after} (przedtem {base})"
    return f"{field_name(change.table, change.field)}: {before} → {after}"


def flat_difference(change: Difference) -> str:
    """A unit that an import adds, or one field that it changes, as a line with the unit's name."""
    if not change.field:
        return visible(f"{change.name}: {ACTIONS['added']}")
    values = f"{value(change.field, change.before)} → {value(change.field, change.after)}"
    return visible(f"{change.name}: {field_name(change.table or '', change.field)}: {values}")


def problem(found: RowProblem) -> str:
    """A finding with its column in words; as the file calls it stands in brackets."""
    word = field_word(found.field, "pl")
    return str(replace(found, field=word if word == found.field else f"{word} ({found.field})"))


def title(record: Staged) -> str:
    """A unit as a heading: what becomes of it, its name and number, where it stands in the file."""
    sheet = f"arkusz „{record.sheet}”, " if record.sheet else ""
    where = f", {sheet}wiersz {record.line}" if record.line else ""
    likely = f" – zgodność {record.match_score:.0%}" if record.match_score and record.action == "doubtful" else ""
    earlier = f", dotąd {record.earlier_number}{likely}" if record.earlier_number else ""
    stale = "; katalog zmienił się po przygotowaniu" if record.is_stale else ""
    older = "; plik starszy niż katalog, tylko dawne liczby miejsc" if record.is_older else ""
    return visible(f"{record.name} ({record.source_id}{earlier}{where}): {ACTIONS[record.action]}{older}{stale}")


def _item(field: str, item: Any) -> str:
    return _DETAILS[field](item) if field in _DETAILS and isinstance(item, dict) else str(item)


def _capacity(item: dict[str, Any]) -> str:
    part = f", {_PARTS.get(item['target'], item['target'])}" if item.get("target") else ""
    numbers = [
        f"{label} {item[name]}"
        for name, label in (("maximum", "razem"), ("available", "wolne"), ("waiting_days", "dni oczekiwania"))
        if item.get(name) is not None
    ]
    return f"{_KINDS.get(item['kind'], item['kind'])}{part} na {item['as_of']}: {', '.join(numbers) or NOTHING}"


def _address(item: dict[str, Any]) -> str:
    town = " ".join(item[name] for name in ("postal_code", "city") if item.get(name))
    return ", ".join(each for each in (item.get("address_1"), town) if each)


def _offer(item: dict[str, Any]) -> str:
    branch = {"main": "siedziba", "branch": "filia"}.get(item.get("branch") or "", "jedyne miejsce")
    share = item.get("capacity_share")
    return branch if share is None else f"{branch} (miejsca: {share})"


def _special_days(item: dict[str, Any]) -> str:
    days = item["day"] if item["day"] == item["last_day"] else f"{item['day']}–{item['last_day']}"
    reason = f" ({item['reason']})" if item.get("reason") else ""
    only_there = " w jednym z miejsc" if item.get("service_at_location_id") else ""
    return f"{days} {item.get('opening_hours') or 'zamknięte'}{reason}{only_there}"


def _phone(item: dict[str, Any]) -> str:
    return " ".join(str(item[name]) for name in ("display", "description") if item.get(name))


_DETAILS: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "phone": _phone,
    "phones": _phone,
    "organization_identifier": lambda item: f"{item['identifier_scheme']} {item['identifier']}",
    "address": _address,
    "accessibility": lambda item: f"{item['feature']} = {item['value']}",
    "service_at_location": _offer,
    "service_area": lambda item: ", ".join(item["teryt"]),
    "costs": lambda item: item.get("amount_description") or item["cost_kind"],
    "cost_option": lambda item: item.get("amount_description") or item["cost_kind"],
    "service_capacity": _capacity,
    "schedule_exception": _special_days,
    "special_days": _special_days,
    "language": lambda item: str(item["code"]),
}
