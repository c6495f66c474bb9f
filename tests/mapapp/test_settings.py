import re

import pytest
from pydantic import ValidationError

from mapapp.settings import ROOT, Settings


def test_are_all_in_the_readme_with_default_and_meaning() -> None:
    rows = dict(re.findall(r"^\| `(MAPAPP_[A-Z_]+)` \| (.+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE))
    expected = {
        f"MAPAPP_{name.upper()}": f"{Settings.readable_default(name)} | {field.description}"
        for name, field in Settings.model_fields.items()
    }
    assert rows == expected


def test_refuse_production_with_the_default_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_ENVIRONMENT", "production")
    with pytest.raises(ValidationError, match="MAPAPP_SECRET_KEY is the default"):
        Settings()


def test_refuse_production_with_a_short_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_ENVIRONMENT", "production")
    monkeypatch.setenv("MAPAPP_SECRET_KEY", "short")
    with pytest.raises(ValidationError, match="shorter than 32 characters"):
        Settings()


def test_start_production_with_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_ENVIRONMENT", "production")
    monkeypatch.setenv("MAPAPP_SECRET_KEY", "x" * 40)
    assert Settings().environment == "production"


def test_never_print_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_SECRET_KEY", "canary" * 8)
    monkeypatch.setenv("MAPAPP_DATABASE_URL", "postgresql://u:canary@h/d")
    assert "canary" not in repr(Settings())


def test_take_an_empty_variable_for_an_absent_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_TERRITORY_PACK", "")
    assert Settings().territory_pack is None


def test_refuse_a_basemap_without_attribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_BASEMAP_URL", "https://tiles.example.org/{z}/{x}/{y}.png")
    with pytest.raises(ValidationError, match="BASEMAP_ATTRIBUTION"):
        Settings()


def test_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().region = "malopolskie"  # type: ignore[misc] # that is the point
