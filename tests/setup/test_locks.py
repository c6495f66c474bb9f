"""What the lock files must be, whoever compiles them."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    return {pin["name"]: pin["version"] for pin in PIN.finditer(lock.read_text())}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_has_a_digest_for_each_package_and_no_address(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text())
    assert pins(lock)
    for entry in entries:
        assert not PIN.match(entry) or "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in lock.read_text()
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", lock.read_text(), re.MULTILINE)


def test_pins_in_both_locks_what_the_product_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    runtime, development = (pins(ROOT / "requirements" / f"{name}.txt") for name in ("runtime", "development"))
    for requirement in needed:
        name, version = re.sub(r"\[.*?\]|;.*", "", requirement).strip().split("==")
        assert runtime.get(name) == version, f"{requirement}: run `make lock`"
    assert runtime.items() <= development.items()


def test_locks_browser_packages_by_digest_and_without_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    wanted = json.loads((ROOT / "package.json").read_text())
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "resolved" not in json.dumps(lock)
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version
