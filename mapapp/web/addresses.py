"""Absolute addresses, for those who read them elsewhere."""

from flask import request

from mapapp.web.site import current_site


def absolute(path: str) -> str:
    """The address of a path of this site, as the public reaches it."""
    return f"{current_site().settings.public_url or request.root_url.rstrip('/')}{path}"
