"""Tokens of forms that change something: signed, timed, each for one form; no cookie, so no session to ride on.

A form is taken only with a token that this site made for it a short while ago. Another site cannot read one (its
scripts may not read our pages), and there is no signed-in visitor whose rights it could borrow.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Final

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer

from mapapp.web.site import current_site

# nobody reads and fills in a form in less; programs do
SHORTEST_SECONDS: Final = 3
LONGEST_SECONDS: Final = 12 * 3600


class StaleTokenError(ValueError):
    """The token is too old, or not one of this form."""


class TooFastError(ValueError):
    """The form came back sooner than a person can fill it in."""


def new_token(purpose: str) -> str:
    """A token for one form."""
    return _serializer(purpose).dumps(secrets.token_urlsafe(12))


def form_key(purpose: str, token: str) -> str:
    """The key of the form that the token was made for. Raises StaleTokenError, TooFastError."""
    try:
        key, made = _serializer(purpose).loads(token, max_age=LONGEST_SECONDS, return_timestamp=True)
    except BadData as error:
        raise StaleTokenError("the token is not one of this form, or too old") from error
    if (datetime.now(UTC) - made).total_seconds() < SHORTEST_SECONDS:
        raise TooFastError(f"the form came back within {SHORTEST_SECONDS} s")
    return str(key)


def sender() -> str:
    """Today's name of whoever sends this request: by it nobody can be found, and tomorrow it is another."""
    today = datetime.now(UTC).date().isoformat()
    told = f"{today} {_network(request.remote_addr or '')}"
    return hmac.new(_secret(), told.encode(), hashlib.sha256).hexdigest()[:32]


def comes_from_elsewhere() -> bool:
    """Whether the browser says that another site sends this form."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}


def _network(address: str) -> str:
    """The address; of IPv6 the half that names the subscriber, who has as many addresses as they like."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(int(found) >> 64) if isinstance(found, IPv6Address) else str(found)


def _secret() -> bytes:
    return current_site().settings.secret_key.get_secret_value().encode()


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt=f"form {purpose}")
