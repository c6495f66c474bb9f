"""Absolute addresses, for those who read them elsewhere."""

from flask import request

from mapapp.web.i18n import DEFAULT_LANGUAGE, current_language, language_links
from mapapp.web.site import current_site


def absolute(path: str) -> str:
    """The address of a path of this site, as the public reaches it."""
    return f"{current_site().settings.public_url or request.root_url.rstrip('/')}{path}"


def head_links() -> list[dict[str, str]]:
    """The ``link`` elements that tell search engines this page's own address, and those in the other languages.

    Search engines want whole addresses. Where settings name neither the public address nor the trusted hosts, only the
    visitor's Host header could give one, which anybody can write: then the addresses are paths, and none is canonical.
    """
    settings, links = current_site().settings, language_links()
    is_known = bool(settings.public_url or settings.trusted_hosts)
    whole = {link["code"]: absolute(link["url"]) if is_known else link["url"] for link in links}
    found = [{"rel": "alternate", "hreflang": code, "href": address} for code, address in whole.items()]
    if is_known and links:
        found.append({"rel": "alternate", "hreflang": "x-default", "href": whole[DEFAULT_LANGUAGE]})
        found.append({"rel": "canonical", "href": whole[current_language()]})
    return found
