"""Sizes of files as people read them."""

from mapapp.web.i18n import decimal
from mapapp.web.i18n import gettext as _


def size_words(size: float) -> str:
    """A size, in thousands or millions of bytes."""
    if size < 1_000_000:
        return _("%(size)s kB", size=decimal(max(size / 1000, 1), "#,##0"))
    return _("%(size)s MB", size=decimal(size / 1_000_000, "#,##0.0"))


def about(size: float) -> str:
    """A size that is only known by and large."""
    return _("about %(size)s", size=size_words(size))
