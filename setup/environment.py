"""The virtual environment ``.venv``: the packages of the lock files, and the product itself."""

import importlib.util
import shutil
import sys
from pathlib import Path

from setup import debian
from setup.console import ROOT, VAR, run
from setup.stamps import fingerprint, is_current, mark

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ROOT / "requirements" / "runtime.txt"
DEVELOPMENT = ROOT / "requirements" / "development.txt"  # has all of the runtime's, at the same versions
PIP = ("--disable-pip-version-check", "--no-input", "--progress-bar=off")
TRANSLATIONS = ROOT / "translations"
ENGINE = ROOT / "geo"
PIP_WHEEL = debian.Packages(
    purpose="Python's venv",
    installed=(f"python3.{sys.version_info.minor}-venv",),
    unpacked=("python3-pip-whl",),
    folder=VAR / "python",
    elsewhere="Python's modules venv and ensurepip",
)


def ensure(*, development: bool) -> None:
    """See that ``.venv`` holds what the lock files say; made anew when the runtime's changes. Raises SetupError."""
    runtime = fingerprint(sys.base_prefix, sys.version[:4], str(ROOT), RUNTIME)
    tools = fingerprint(DEVELOPMENT)
    if not is_current(VENV, runtime, "runtime"):
        _make()
        _install(DEVELOPMENT if development else RUNTIME)
        mark(VENV, runtime, "runtime")
        if development:
            mark(VENV, tools, "development")
    elif development and not is_current(VENV, tools, "development"):
        _install(DEVELOPMENT)
        mark(VENV, tools, "development")
    _install_product()
    _compile_translations()
    warm_engine()


def _make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        run("Making a virtual environment", (sys.executable, "-m", "venv", VENV))
        return
    wheel = _unpacked_pip()
    if wheel is None:
        debian.provide(PIP_WHEEL)
        wheel = _unpacked_pip()
    if wheel is None:  # installed: ensurepip is there now
        run("Making a virtual environment", (sys.executable, "-m", "venv", VENV))
        return
    run("Making a virtual environment", (sys.executable, "-m", "venv", "--without-pip", VENV))
    run("Installing pip in it", (PYTHON, wheel / "pip", "install", "--no-index", wheel))


def _unpacked_pip() -> Path | None:
    return next(PIP_WHEEL.folder.glob("usr/share/python-wheels/pip-*.whl"), None)


def _install(lock: Path) -> None:
    install = (PYTHON, "-m", "pip", "install", *PIP, "--require-hashes", "-r", lock)
    run(f"Installing Python packages ({lock.stem})", install)


def _install_product() -> None:
    made_from = fingerprint(ROOT / "pyproject.toml")
    if is_current(VENV, made_from, "product"):
        return
    install = (PYTHON, "-m", "pip", "install", *PIP, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    run("Installing the command mapapp", install)
    mark(VENV, made_from, "product")


def _compile_translations() -> None:
    catalogues = sorted(TRANSLATIONS.rglob("*.po"))
    made_from = fingerprint(*(part for path in catalogues for part in (str(path.relative_to(ROOT)), path)))
    if catalogues and not is_current(VAR, made_from, "translations"):
        run("Compiling translations", (VENV / "bin" / "pybabel", "compile", "-d", TRANSLATIONS))
        mark(VAR, made_from, "translations")


def warm_engine() -> None:
    """Compile the coverage engine's loops where numba is installed, so that no planner waits for it."""
    numba = next(VENV.glob("lib/python*/site-packages/numba-*.dist-info"), None)
    if numba is None:
        return
    made_from = fingerprint(numba.name, *sorted(ENGINE.glob("*.py")))
    if not is_current(VENV, made_from, "engine"):
        run("Compiling the coverage engine", (PYTHON, "-m", "geo.warm"))
        mark(VENV, made_from, "engine")
