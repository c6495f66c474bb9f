"""Who sits at the command line."""

from getpass import getuser


def whoami() -> str:
    """The system's name of the user; "cli" where the system has none, as in some containers."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "cli"
