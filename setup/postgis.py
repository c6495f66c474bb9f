"""PostgreSQL with PostGIS and the Polish dictionary, for the private cluster."""

import os
from pathlib import Path

from mapapp.postgres import FOLDED_DICTIONARY, OLDEST_MAJOR, POLISH_DICTIONARY, UNPACKED_PACKAGES, find_server
from setup import debian, dictionary
from setup.console import SetupError, say

PACKAGES = debian.Packages(
    purpose="PostgreSQL with PostGIS 3",
    installed=("postgresql-postgis", "hunspell-pl"),
    unpacked=(
        "postgresql-{major}",
        "postgresql-client-{major}",
        "postgresql-{major}-postgis-3",
        "postgresql-{major}-postgis-3-scripts",
        "hunspell-pl",
    ),
    folder=UNPACKED_PACKAGES,
    elsewhere=f"PostgreSQL {OLDEST_MAJOR} or newer with PostGIS 3, "
    "or set MAPAPP_DATABASE_URL to one that runs elsewhere",
)


def ensure(*, private: bool) -> None:
    """See that there is a server to start, unless one runs elsewhere. Raises SetupError.

    With ``private`` one is needed even though MAPAPP_DATABASE_URL names another: for the tests.
    """
    if os.environ.get("MAPAPP_DATABASE_URL") and not private:
        return
    server = find_server()
    if server is None:
        debian.provide(PACKAGES)
        complete_unpacked(UNPACKED_PACKAGES)
    elif not server.has_dictionary(POLISH_DICTIONARY):
        _add_dictionary()
    server = find_server()
    if server is None:
        raise SetupError(f"PostgreSQL was installed but is not found.\n\n{debian.administrator(PACKAGES)}")
    if server.has_dictionary(POLISH_DICTIONARY) and not server.has_dictionary(FOLDED_DICTIONARY):
        dictionary.fold(server)


def _add_dictionary() -> None:
    """Search works without the dictionary, if less well: whoever cannot install it may go on."""
    if os.geteuid() == 0 and debian.may_use_system():
        debian.provide(debian.Packages("the Polish dictionary", ("hunspell-pl",), (), UNPACKED_PACKAGES, "hunspell-pl"))
    else:
        say("! Search will not know Polish word forms until an administrator installs the package hunspell-pl")


def complete_unpacked(root: Path) -> None:
    """Do for unpacked packages what Debian does when it installs them."""
    for share in (root / "usr/share/postgresql").glob("[0-9]*"):
        for control in (share / "extension").glob("*-3.control"):
            usual = control.with_name(control.name.replace("-3.control", ".control"))
            usual.unlink(missing_ok=True)
            usual.symlink_to(control.name)
        dictionary.install(root / "usr/share/hunspell", share / "tsearch_data")
