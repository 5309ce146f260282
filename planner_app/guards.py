"""What the server refuses: requests from other sites, strange host names, uploads that are too large."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import flask

from planner_app.settings import UPLOAD_BYTES, Settings

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
)
"""Nothing is loaded from anywhere else, so the app works without a network and tells nobody."""

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def guard(server: flask.Flask, settings: Settings) -> None:
    """Check every request to ``server``, and mark every answer."""
    server.config["MAX_CONTENT_LENGTH"] = 2 * UPLOAD_BYTES  # an upload is a third larger in base 64
    names = frozenset({"localhost", settings.host, socket.gethostname(), *settings.hosts})

    @server.before_request
    def check() -> tuple[str, int] | None:
        host = _name(flask.request.host)
        # Without this, a page elsewhere could point its own name at this machine and read the studies.
        if host not in names and not _is_address(host):
            return f"The planner does not answer to the name {host}; add it to PLANNER_HOSTS.\n", 421
        origin = flask.request.headers.get("Origin")
        is_change = flask.request.method not in ("GET", "HEAD")
        if is_change and origin is not None and urlsplit(origin).netloc != flask.request.host:
            return "The planner takes changes only from its own pages.\n", 403
        return None

    @server.after_request
    def mark(response: flask.Response) -> flask.Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @server.errorhandler(413)
    def too_large(_error: Exception) -> tuple[str, int]:
        return f"That is too large: at most {UPLOAD_BYTES // 1_000_000} MB.\n", 413

    @server.errorhandler(500)
    def fault(_error: Exception) -> tuple[str, int]:
        return (
            "Something went wrong in the planner; its log says more. Nothing that was saved is lost.\n",
            500,
        )


def _name(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
