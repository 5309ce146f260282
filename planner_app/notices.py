"""Short messages over the page, and the one place where an error becomes plain words."""

from __future__ import annotations

import logging
from typing import Any, Literal

import dash
import dash_mantine_components as dmc

from scenarios.errors import PlannerError

LOG = logging.getLogger(__name__)

Tone = Literal["good", "note", "bad"]

FAULT = (
    "Something went wrong in the planner itself. Nothing that was saved is lost: reload the page and try "
    "again. The planner's log says more."
)
_COLOURS: dict[Tone, str] = {"good": "teal", "note": "brand", "bad": "red"}
_CONTAINER = "notices"


def container() -> dmc.NotificationContainer:
    """Where notices appear; once in the layout of the app."""
    return dmc.NotificationContainer(id=_CONTAINER, position="bottom-right", limit=3, zIndex=400)


def show(title: str, message: str = "", tone: Tone = "note") -> None:
    """Show a notice from within a callback."""
    stays = tone == "bad"
    notice: dict[str, Any] = {
        "action": "show",
        "title": title,
        "message": message,
        "color": _COLOURS[tone],
        "autoClose": False if stays else 6000,
        "withBorder": True,
        "closeButtonProps": {"aria-label": "Close this message"},
    }
    dash.set_props(_CONTAINER, {"sendNotifications": [notice]})


def tell(error: Exception) -> None:
    """Say in plain words that a callback failed; the log gets the details."""
    if isinstance(error, PlannerError):
        show("That did not work", str(error), "bad")
        return
    LOG.error("a callback failed", exc_info=error)
    show("That did not work", FAULT, "bad")
