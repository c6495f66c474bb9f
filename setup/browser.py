"""The Chromium that the browser tests drive."""

import shutil
from pathlib import Path

from mapapp.postgres import library_folders
from setup import debian
from setup.console import VAR

PROGRAMS = VAR / "bin"
PACKAGES = debian.Packages(
    purpose="Chromium for the browser tests",
    installed=("chromium", "fonts-dejavu-core"),
    unpacked=("chromium", "chromium-common", "fonts-dejavu-core", "fontconfig-config"),
    folder=VAR / "browser",
    elsewhere="Chromium",
)
STARTER = """#!/bin/sh
# Chromium from packages that were unpacked, not installed
export LD_LIBRARY_PATH='{libraries}' FONTCONFIG_FILE='{fonts}'
exec '{root}/usr/lib/chromium/chromium' "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{root}/usr/share/fonts</dir><cachedir>{root}/cache</cachedir></fontconfig>
"""


def ensure() -> None:
    """See that ``chromium`` is on the path of the tests. Raises SetupError."""
    if (debian.may_use_system() and shutil.which("chromium")) or (PROGRAMS / "chromium").exists():
        return
    debian.provide(PACKAGES)
    if PACKAGES.folder.exists():
        _make_starter(PACKAGES.folder)


def _make_starter(root: Path) -> None:
    fonts = root / "fonts.conf"
    fonts.write_text(FONTS.format(root=root))
    PROGRAMS.mkdir(exist_ok=True)
    starter = PROGRAMS / "chromium"
    starter.write_text(STARTER.format(libraries=library_folders(root), fonts=fonts, root=root))
    starter.chmod(0o755)
