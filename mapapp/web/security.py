"""Headers that keep a hostile record, frame or proxy from doing harm. One place, every answer."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from mapapp.settings import Settings

# Nothing is uploaded yet; a question fits in far less.
LONGEST_BODY = 64 * 1024

# of this process, and never sent: nobody can put it into a record or a question
NONCE_TO_BE = secrets.token_urlsafe(16)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def content_policy(nonce: str, basemap_url: str | None) -> str:
    """The Content-Security-Policy of one answer."""
    images = ["'self'", "data:"]
    if basemap_url and basemap_url.startswith("http"):
        # {s} stands for the subdomain that Leaflet puts in
        host = urlsplit(basemap_url.replace("{s}", "*"))
        images.append(f"{host.scheme}://{host.netloc}")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"img-src {' '.join(images)}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
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

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = content_policy(csp_nonce(), settings.basemap_url)
        if request.path.startswith("/api/"):
            # open data: any page may read it, and no answer depends on who asks
            response.headers["Access-Control-Allow-Origin"] = "*"
        else:
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.public_url and settings.public_url.startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
