"""What ``make`` can be asked for."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mapapp.cluster import Cluster
from setup import browser, environment, frontend, postgis
from setup.console import ROOT, VAR, SetupError, alone, say
from setup.environment import VENV

PROGRAMS = VENV / "bin"
LINT = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("djlint", "--lint", "templates", "--quiet"),  # its formatter moves blanks that a reader sees
    ("mypy",),
    ("lint-imports",),
)
COMPILE = (
    *("pip-compile", "--quiet", "--no-header", "--generate-hashes", "--strip-extras", "--allow-unsafe"),
    *("--no-emit-index-url", "--no-emit-find-links", "--constraint", "requirements/constraints.in"),
)
LOCKS = (
    ("runtime.txt", "--build-deps-for", "editable", "pyproject.toml"),
    ("development.txt", "requirements/development.in"),
    ("node.txt", "requirements/node.in"),
)
BUILT = (".venv", "node_modules", "static/vendor", "build", "dist", "mapapp.egg-info")
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")
OF_SETUP = ("packages", "browser", "python", "node", "apt", "bin", "log", ".translations")


def run() -> None:
    """Set up what is missing and start the product."""
    _prepare(development=False)
    os.execv(PROGRAMS / "mapapp", ["mapapp", "serve"])  # noqa: S606 - this is the product


def test() -> None:
    """The whole check: lint, types, contracts, tests on a PostGIS of their own and in a browser."""
    _prepare(development=True)
    with alone():
        browser.ensure()
    _check_style()
    if _ask("python", "-m", "pytest", "-n", "auto", environment=environment_of_tests()) != 0:
        raise SetupError("tests failed")


def environment_of_tests() -> dict[str, str]:
    """The surroundings of the tests: none of our settings, which may name a database that somebody uses."""
    ours = {name for name in os.environ if name.startswith("MAPAPP_")} - {"MAPAPP_SYSTEM_PACKAGES"}
    path = os.pathsep.join([str(browser.PROGRAMS), str(PROGRAMS), os.environ.get("PATH", os.defpath)])
    return {name: value for name, value in os.environ.items() if name not in ours} | {"PATH": path}


def lint() -> None:
    """Format, lint, types and import contracts."""
    _prepare(development=True)
    _check_style()


def bench() -> None:
    """Measure speed on the region."""
    _prepare(development=True)
    if _ask("python", "-m", "benchmarks") != 0:
        raise SetupError("a benchmark failed")


def lock() -> None:
    """Compile the lock files from what pyproject.toml, requirements/*.in and package.json ask for."""
    _prepare(development=True)
    for target, *sources in LOCKS:
        if _ask(*COMPILE, "--output-file", f"requirements/{target}", *sources) != 0:
            raise SetupError(f"requirements/{target} was not compiled")
    frontend.lock()


def clean() -> None:
    """Remove what was installed and built here; the database in var/ stays."""
    with alone():
        for pid_file in VAR.glob("*/postmaster.pid"):
            Cluster(pid_file.parent).stop()
        for path in [ROOT / name for name in (*BUILT, *CACHES)] + [VAR / name for name in OF_SETUP]:
            _delete(path)
        for folder in ("mapapp", "geo", "tests", "benchmarks", "setup"):
            for path in (ROOT / folder).rglob("__pycache__"):
                _delete(path)
        for path in (ROOT / "translations").rglob("*.mo"):
            _delete(path)
    say(f"Clean. The database, if there was one, is still in {VAR}")


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _prepare(*, development: bool) -> None:
    with alone():
        postgis.ensure(private=development)
        environment.ensure(development=development)
        frontend.ensure(development=development)


def _check_style() -> None:
    """Every check is made, so that one run shows all that is wrong."""
    failed = [" ".join(command) for command in LINT if _ask(*command) != 0]
    if failed:
        raise SetupError(f"failed: {', '.join(failed)}")


def _ask(program: str, *arguments: str, environment: Mapping[str, str] | None = None) -> int:
    """Run a program of the virtual environment for all to see; its exit status."""
    say(f"» {' '.join((program, *arguments))}")
    return subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, env=environment, check=False).returncode
