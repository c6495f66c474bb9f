"""Debian packages: installed by root, otherwise unpacked into a folder of our own; elsewhere a clear message."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from setup.console import VAR, SetupError, StepFailed, run, say

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
NEVER_READ = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/lib/locale")  # half of what is unpacked
WAIT = ("-o", "DPkg::Lock::Timeout=300")


@dataclass(frozen=True)
class Packages:
    """What a purpose needs: the names to install, and the names to unpack where nothing may be installed.

    ``{major}`` stands for the version of PostgreSQL that the distribution carries.
    """

    purpose: str
    installed: tuple[str, ...]
    unpacked: tuple[str, ...]
    folder: Path
    elsewhere: str  # what to install where there is no apt


def may_use_system() -> bool:
    """Whether the system's packages count; ``MAPAPP_SYSTEM_PACKAGES=no`` keeps to unpacked ones."""
    return os.environ.get("MAPAPP_SYSTEM_PACKAGES", "yes") != "no"


def provide(packages: Packages) -> None:
    """Install the packages as root, otherwise unpack them into their folder. Raises SetupError."""
    if shutil.which("apt-get") is None:
        raise SetupError(administrator(packages))
    try:
        if os.geteuid() == 0 and may_use_system():
            _install(packages)
        else:
            _unpack(packages)
    except StepFailed as failure:
        raise SetupError(f"{failure}\n\n{administrator(packages)}") from failure


def administrator(packages: Packages) -> str:
    """What an administrator must do where the setup may not or cannot."""
    if shutil.which("apt-get"):
        command = shlex.join(["apt-get", "install", "--no-install-recommends", "-y", *packages.installed])
        advice = f"an administrator must run:\n\n    {command}\n"
    else:
        advice = f"this system has no apt-get; an administrator must install:\n\n    {packages.elsewhere}\n"
    return f"{packages.purpose} cannot be set up from here: {advice}\nThen start again."


def _install(packages: Packages) -> None:
    try:
        run("Reading the package lists", ("apt-get", "update", *WAIT), QUIET)
    except StepFailed:
        say("  they could not be renewed; going on with those at hand")
    names = packages.installed
    run(f"Installing {packages.purpose}: {' '.join(names)}", (*INSTALL, *WAIT, *names), QUIET)


def _unpack(packages: Packages) -> None:
    """Unpack the packages, and those they need that the system lacks.

    apt checks signatures and digests as always; only its state lies in our folder, so no root is needed.
    """
    apt = VAR / "apt"
    shutil.rmtree(apt, ignore_errors=True)
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True)
    run("Reading the package lists", ("apt-get", "update", *_own_state(apt)))
    names = [name.format(major=_postgresql_major(apt)) for name in packages.unpacked]
    download = (*INSTALL, *_own_state(apt), "--download-only", "--reinstall", *names)
    run(f"Downloading {packages.purpose}: {' '.join(names)}", download)
    unfinished = packages.folder.with_name(packages.folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    each = 'for package in "$1"/*.deb; do dpkg-deb --extract "$package" "$2" || exit 1; done'
    run(f"Unpacking {packages.purpose}", ("sh", "-c", each, "sh", apt / "cache/archives", unfinished))
    for outdated in (apt, packages.folder, *(unfinished / name for name in NEVER_READ)):
        shutil.rmtree(outdated, ignore_errors=True)
    unfinished.rename(packages.folder)


def _own_state(apt: Path) -> tuple[str, ...]:
    options = {
        "Dir::State": apt / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": apt / "cache",
        "Debug::NoLocking": "true",
        "APT::Sandbox::User": "",
    }
    return tuple(word for name, value in options.items() for word in ("-o", f"{name}={value}"))


def _postgresql_major(apt: Path) -> str:
    command = ("apt-cache", "depends", *_own_state(apt), "postgresql")
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"Depends: postgresql-(\d+)", answer)
    if not found:
        raise SetupError("the package lists of this system name no version of PostgreSQL")
    return found[1]
