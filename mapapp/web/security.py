"""Headers that keep a hostile record, frame or proxy from doing harm. One place, every answer."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from mapapp.settings import Settings

# Nothing is uploaded yet; a question fits in far less.
LONGEST_BODY = 64 * 1024
# the server reads request lines of 8,190 bytes at most, and would refuse longer ones in words of its own
LONGEST_QUERY = 7_800

# open data: any page may read it, and no answer depends on who asks
OPEN = ("/api/", "/tiles/")
OPEN_ALONE = {"/healthz", "/readyz"}
SHOWN = "Allow, Content-Crs, Content-Disposition, ETag, Link, Retry-After"
A_DAY = 24 * 3600
# the only page that others may put into theirs, and the one that shows how
WIDGET = "/widget"
WIDGET_MAKER = "/widget/kreator"

# of this process, and never sent: nobody can put it into a record or a question
NONCE_TO_BE = secrets.token_urlsafe(16)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

KEPT_HERE = {"Cross-Origin-Resource-Policy": "same-origin"}
YIELDING = HEADERS.keys() | KEPT_HERE.keys()
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def content_policy(
    nonce: str | None, basemap_url: str | None, ancestors: Sequence[str] = ("'none'",), frames: str = "'none'"
) -> str:
    """The Content-Security-Policy of one answer: who may frame it, and what it may frame.

    Without a nonce the answer has no scripts of its own.
    """
    own = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    images = ["'self'", "data:"]
    if basemap_url and basemap_url.startswith("http"):
        # {s} stands for the subdomain that Leaflet puts in
        host = urlsplit(basemap_url.replace("{s}", "*"))
        images.append(f"{host.scheme}://{host.netloc}")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {own}",
            f"style-src {own}",
            f"img-src {' '.join(images)}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"frame-src {frames}",
            f"frame-ancestors {' '.join(ancestors)}",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def csp_nonce() -> str:
    """The nonce of this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


@contextmanager
def nonce_left_open() -> Iterator[None]:
    """What is rendered meanwhile has ``NONCE_TO_BE`` for its nonce, to be replaced in each answer that it becomes."""
    g.csp_nonce = NONCE_TO_BE
    try:
        yield
    finally:
        del g.csp_nonce


def init_security(app: Flask, settings: Settings) -> None:
    """Guard every answer, and trust only the hosts and the proxy that settings name."""
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_BODY
    app.config["MAX_FORM_PARTS"] = 100
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts) or None
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign] # Flask's way

    @app.before_request
    def refuse_long_addresses() -> None:
        if request.routing_exception is None and len(request.query_string) > LONGEST_QUERY:
            raise RequestURITooLarge

    always = dict(HEADERS)
    if settings.public_url and settings.public_url.startswith("https://"):
        always["Strict-Transport-Security"] = "max-age=31536000"
    without_scripts = content_policy(None, settings.basemap_url)

    @app.after_request
    def guard(response: Response) -> Response:
        wanted = dict(always)
        if "csp_nonce" in g or request.path in {WIDGET, WIDGET_MAKER}:
            _frame(settings, wanted)
        else:
            wanted["Content-Security-Policy"] = without_scripts
        wanted |= _sharing(response) if is_open(request.path) else KEPT_HERE
        _put(response, wanted)
        return response


def _put(response: Response, wanted: Mapping[str, str]) -> None:
    """Each header once; what a view has said itself holds where it is one of ``HEADERS``.

    Most are not there yet, and Werkzeug looks through all of them for each: one look for all takes a third of the time.
    """
    given = {name.lower() for name, _value in response.headers}
    for name, value in wanted.items():
        if name.lower() not in given:
            response.headers.add(name, value)
        elif name not in YIELDING:
            response.headers[name] = value


def is_open(path: str) -> bool:
    """Whether this is an address of the APIs, whose answers any page may read."""
    return path.startswith(OPEN) or path in OPEN_ALONE


def refuse_other_sites() -> None:
    """Refuse a form that another site sends on a visitor's behalf. Browsers say where it comes from."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") in {"cross-site", "same-site"}:
        raise Forbidden


def _frame(settings: Settings, headers: dict[str, str]) -> None:
    """Nobody may frame a page but the widget's own: those that the settings name, and this site to show it."""
    policy = partial(content_policy, csp_nonce(), settings.basemap_url)
    if request.path == WIDGET:
        headers["Content-Security-Policy"] = policy(("'self'", *settings.widget_parents))
        del headers["X-Frame-Options"]  # it knows no list, and the policy says it better
    else:
        frames = "'self'" if request.path == WIDGET_MAKER else "'none'"
        headers["Content-Security-Policy"] = policy(frames=frames)


def _sharing(response: Response) -> dict[str, str]:
    """What lets any page read the answer."""
    if request.method != "OPTIONS":
        return SHARED | {"Access-Control-Expose-Headers": SHOWN}
    return SHARED | {
        "Access-Control-Allow-Methods": response.headers.get("Allow", ""),
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": str(A_DAY),
    }
