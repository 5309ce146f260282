"""Buttons that open something: the button itself carries the state, as screen readers expect.

The component library wraps what opens a menu in a box and puts ``aria-expanded`` on the box; so the
box is made the button.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component


def menu(
    face: Any, items: Sequence[Component], *, look: str, label: str = "", width: int | None = None
) -> Component:
    """A button that opens a menu; ``face`` is what stands on it, ``look`` its class.

    A long menu scrolls in what room there is on the screen.
    """
    return dmc.Menu(
        [
            dmc.MenuTarget(face, boxWrapperProps=_button(look, label)),
            dmc.MenuDropdown(list(items), style={"overflowY": "auto"}),
        ],
        position="bottom-end",
        shadow="md",
        width=width,
        middlewares={"flip": True, "shift": True, "size": {"padding": 8}},
    )


def popover(face: Any, content: Component, *, look: str, label: str = "") -> Component:
    """A button that opens a note."""
    return dmc.Popover(
        [dmc.PopoverTarget(face, boxWrapperProps=_button(look, label)), dmc.PopoverDropdown(content)],
        width=320,
        position="bottom-end",
        shadow="md",
        withArrow=True,
        returnFocus=True,
    )


def _button(look: str, label: str) -> dict[str, Any]:
    named = {"aria-label": label} if label else {}
    return {"component": "button", "type": "button", "className": look, **named}
