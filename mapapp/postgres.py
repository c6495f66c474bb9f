"""The PostgreSQL that is installed: its programs, and whom they run as.

Used by the setup before any package is installed: standard library only, Linux.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACCOUNT = "postgres"
OLDEST_MAJOR = 15  # the first with --locale-provider=icu
VAR = Path(__file__).resolve().parent.parent / "var"
UNPACKED_PACKAGES = VAR / "packages"
OWN_SERVER = VAR / "server"  # the system's programs with a dictionary of ours, where its folders are closed to us
POLISH_DICTIONARY = "pl_pl"
FOLDED_DICTIONARY = "pl_folded"


class ClusterError(RuntimeError):
    """The private cluster cannot do what was asked."""


class ServerNotFound(ClusterError, LookupError):
    """No suitable PostgreSQL with PostGIS 3 is installed."""


class AccountNotFound(ClusterError, LookupError):
    """Root has no account to run the server as."""


class ServerFailed(ClusterError):
    """A PostgreSQL program reported a failure."""


@dataclass(frozen=True, slots=True)
class ServerBinaries:
    """One installed PostgreSQL that has PostGIS."""

    programs: Path
    share: Path
    major: int
    environment: dict[str, str] = field(default_factory=dict)

    def has_dictionary(self, name: str) -> bool:
        """Whether full-text search can use the hunspell dictionary of that name."""
        return all((self.share / "tsearch_data" / f"{name}.{part}").exists() for part in ("affix", "dict"))

    def run(self, program: str, *arguments: str, account: pwd.struct_passwd | None) -> str:
        """What the program prints, run as the account. Raises ServerFailed."""
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        result: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - programs of the system
            [self.programs / program, *arguments],
            env=surroundings | {"LC_ALL": "C.UTF-8"} | self.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **run_as(account),
        )
        if result.returncode != 0:
            said = f"{result.stdout}\n{result.stderr}".strip()
            raise ServerFailed(f"{program} {arguments[0]} ended with {result.returncode}: {said}")
        return result.stdout


def find_server(major: int | None = None) -> ServerBinaries | None:
    """The newest PostgreSQL with PostGIS of the system, or else of the packages unpacked here; or None.

    With ``major`` only that version counts. ``MAPAPP_SYSTEM_PACKAGES=no`` overlooks the system's.
    """
    roots = [UNPACKED_PACKAGES]
    if os.environ.get("MAPAPP_SYSTEM_PACKAGES", "yes") != "no":
        roots = [*([] if os.geteuid() == 0 else [OWN_SERVER]), Path("/"), UNPACKED_PACKAGES]
    servers = (server for root in roots for server in _servers_under(root))
    return next((server for server in servers if major in (None, server.major)), None)


def _servers_under(root: Path) -> Iterator[ServerBinaries]:
    """Every usable server in a Debian file tree, the newest first."""
    environment = _environment_of_unpacked(root) if root == UNPACKED_PACKAGES else {}
    versions = [int(path.name) for path in (root / "usr/lib/postgresql").glob("[0-9][0-9]")]
    for major in sorted(versions, reverse=True):
        programs, share = root / f"usr/lib/postgresql/{major}/bin", root / f"usr/share/postgresql/{major}"
        is_whole = (programs / "initdb").exists() and (share / "extension/postgis.control").exists()
        if is_whole and major >= OLDEST_MAJOR:
            yield ServerBinaries(programs, share, major, environment)


def library_folders(root: Path) -> str:
    """The search path of shared libraries in packages that were unpacked outside their place.

    Installing would also link some from folders of their own, such as BLAS; hence those too.
    """
    usual = [path for pattern in ("lib/*-linux-*", "usr/lib/*-linux-*") for path in root.glob(pattern)]
    own = [path for folder in usual for path in sorted(folder.iterdir()) if any(path.glob("lib*.so*"))]
    return ":".join(map(str, usual + own))


def _environment_of_unpacked(root: Path) -> dict[str, str]:
    """Where programs unpacked outside their place find libraries and data."""
    return {
        "LD_LIBRARY_PATH": library_folders(root),
        "PROJ_LIB": str(root / "usr/share/proj"),
        "GDAL_DATA": str(root / "usr/share/gdal"),
    }


def server_account() -> pwd.struct_passwd | None:
    """Whom root runs the server as; None for anyone else, who runs it as themselves.

    Raises AccountNotFound.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise AccountNotFound(
            f"PostgreSQL will not run as root, and there is no account {ACCOUNT}: create it or start as another user"
        ) from None


def run_as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """The arguments of ``subprocess.run`` for running as the account; none for oneself."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def can_enter(account: pwd.struct_passwd, directory: Path) -> bool:
    """Whether the account may reach the directory: tried, since mode bits are not all that decides."""
    command = ["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(directory)]
    return subprocess.run(command, check=False, cwd="/", **run_as(account)).returncode == 0  # noqa: S603 - constant


def works_in(pid: int, directory: Path) -> bool:
    """Whether the process lives in the directory, as every process of a server does in its data."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == directory
    except OSError:
        return False
