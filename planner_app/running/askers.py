"""Askers: which browser asks, so that long questions are answered fairly between people.

A random cookie per browser; it says nothing about anybody and is needed for nothing else.
"""

from __future__ import annotations

import re
import secrets

import flask

COOKIE = "planner-browser"
_SOUND = re.compile(r"^[A-Za-z0-9_-]{16,64}$")


def register(server: flask.Flask) -> None:
    """Give every browser a cookie of its own."""

    @server.after_request
    def mark(response: flask.Response) -> flask.Response:
        if flask.request.method == "GET" and not asker():
            response.set_cookie(COOKIE, secrets.token_urlsafe(18), httponly=True, samesite="Lax")
        return response


def asker() -> str:
    """The browser that asks now; empty where nobody does, or it keeps no cookies."""
    if not flask.has_request_context():
        return ""
    found = flask.request.cookies.get(COOKIE, "")
    return found if _SOUND.match(found) else ""
