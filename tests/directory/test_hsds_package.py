"""The data package: HSDS's tables, complete and of one release, the same bytes each time."""

import csv
import io
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mapapp.directory import tables
from mapapp.directory.hsds_dictionary import MEANINGS
from mapapp.directory.hsds_package import PIECE, ReleaseChangedError, hsds_package
from mapapp.directory.hsds_tables import TABLES
from mapapp.directory.listing import refresh_listings
from tests.hsds_schemas import lists, package, pages

# columns that stand for an object of the nested form
NOT_IN_TABULAR = {"service_at_location_id"}


def rows(files: dict[str, str], path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[path])))


def zipped(session: Session) -> bytes:
    return b"".join(hsds_package(lambda: nullcontext(session), "Directory")[1])


def test_has_the_tables_and_columns_of_the_specification(every_type: Session, shared: Path) -> None:
    content = (shared / "conformance" / "hsds-3.1" / "compiled" / "tabular.json").read_text(encoding="utf-8")
    specified: dict[str, Any] = {
        each["items"]["path"]: each["items"] for each in json.loads(content)["properties"].values()
    }
    files = package(every_type)
    for path, table in specified.items():
        if path in {"metadata.csv", "meta_table_descriptions.csv"}:
            continue
        required = {*table["required"], *table.get("tabular_required", ())}
        ours = next(csv.reader(io.StringIO(files[path])))
        assert required <= set(ours), path
        assert {name for name in ours if not name.startswith("x_")} <= set(table["properties"]) | NOT_IN_TABULAR, path
        for row in rows(files, path):
            # an address whose postal code nobody knows says so
            assert all(row[name] for name in required - {"postal_code"}), (path, row)


def test_describes_every_column(every_type: Session) -> None:
    files = package(every_type)
    description = json.loads(files.pop("datapackage.json"))
    assert description["profile"] == "tabular-data-package"
    resources = {resource["path"]: resource["schema"] for resource in description["resources"]}
    assert resources.keys() == files.keys()
    for path, schema in resources.items():
        assert [field["name"] for field in schema["fields"]] == next(csv.reader(io.StringIO(files[path])))
        assert all("description" in field for field in schema["fields"] if field["name"].startswith("x_")), path
    used = {name for table in TABLES for name in table.columns}
    assert MEANINGS.keys() <= used


CASTS: dict[str, Any] = {
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "array": json.loads,
    "object": json.loads,
}


def test_has_values_of_the_types_that_it_says(every_type: Session) -> None:
    files = package(every_type)
    for resource in json.loads(files["datapackage.json"])["resources"]:
        for row in rows(files, resource["path"]):
            for field in resource["schema"]["fields"]:
                if value := row[field["name"]]:
                    CASTS.get(field["type"], str)(value)
                    if field.get("format") == "uuid":
                        UUID(value)


def test_refers_only_to_rows_that_are_there(every_type: Session) -> None:
    files = package(every_type)
    resources = {each["name"]: each for each in json.loads(files["datapackage.json"])["resources"]}
    known = {name: {row["id"] for row in rows(files, each["path"])} for name, each in resources.items()}
    for resource in resources.values():
        table = rows(files, resource["path"])
        assert len({row["id"] for row in table}) == len(table), resource["path"]
        for reference in resource["schema"]["foreignKeys"]:
            there = known[reference["reference"]["resource"]]
            assert {row[reference["fields"]] for row in table} - {""} <= there, (resource["path"], reference)


def test_has_as_many_records_as_the_lists(every_type: Session) -> None:
    files, wanted = package(every_type), lists(every_type)
    paths = {"services.csv": "service_list", "organizations.csv": "organization_list"}
    paths |= {"service_at_location.csv": "service_at_location_list", "taxonomy_terms.csv": "taxonomy_term"}
    for path, name in paths.items():
        listed = [item["id"] for page in pages(every_type, wanted[name]) for item in page["contents"]]
        assert [row["id"] for row in rows(files, path)] == listed
        assert len(listed) > 50


def test_says_the_same_as_the_api(every_type: Session) -> None:
    files = package(every_type)
    whole = {row["id"]: row for row in rows(files, "services.csv")}
    for page in pages(every_type, lists(every_type)["service_list"]):
        for item in page["contents"]:
            for name, text in whole[item["id"]].items():
                value = item.get(name)
                said = json.loads(text) if isinstance(value, bool | list) else text
                assert said == ("" if value is None else str(value) if isinstance(said, str) else value), name


def test_is_the_same_bytes_for_the_same_release(every_type: Session) -> None:
    assert zipped(every_type) == zipped(every_type)
    release, _ = hsds_package(lambda: nullcontext(every_type), "Directory")
    assert json.loads(package(every_type)["datapackage.json"])["version"] == release


def test_comes_in_pieces(every_type: Session) -> None:
    sizes = [len(piece) for piece in hsds_package(lambda: nullcontext(every_type), "Directory")[1]]
    assert len(sizes) > len(TABLES)
    assert max(sizes) < 2 * PIECE


def test_breaks_off_rather_than_mix_releases(every_type: Session) -> None:
    _, pieces = hsds_package(lambda: nullcontext(every_type), "Directory")
    next(pieces)
    service = every_type.scalars(select(tables.Service.id).order_by(tables.Service.id)).first()
    assert service is not None
    every_type.execute(update(tables.Service).where(tables.Service.id == service).values(status="defunct"))
    refresh_listings(every_type, [service])
    with pytest.raises(ReleaseChangedError):
        list(pieces)
