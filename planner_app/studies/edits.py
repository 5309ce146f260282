"""Edits of a study on its page: each is saved at once, and none overwrites another that it has not seen."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from dash import Output, ctx
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from planner_app import notices
from planner_app.moments import moment
from planner_app.services import Services, Step, Study
from planner_app.studies import run_panel, stack_view
from planner_app.studies.stacks import Stack, read_baseline, resolve
from scenarios import PlannerError

EDITED = {
    "study": Output("study", "data", allow_duplicate=True),
    "saved": Output("saved", "children", allow_duplicate=True),
    "stack": Output("stack", "children", allow_duplicate=True),
    "changes": Output("changes", "children", allow_duplicate=True),
    "undo": Output("undo", "children", allow_duplicate=True),
    "removed": Output("removed", "data", allow_duplicate=True),
    "focus": Output("focus", "data", allow_duplicate=True),
    "blocked": Output("run-start", "disabled", allow_duplicate=True),
    "reason": Output("run-reason", "children", allow_duplicate=True),
}
"""What every edit shows anew."""


class StudyGoneError(PlannerError):
    """The study was deleted while its page was open."""

    def __init__(self) -> None:
        super().__init__(
            "This study was deleted meanwhile. Restore it on the Scenarios page, or open another one."
        )


def stack_of(study: Study) -> Stack:
    """The study as the model sees it."""
    return resolve(read_baseline(study.baseline), study.steps)


def page_state(study: Study) -> dict[str, Any]:
    """What the page remembers of the study that it shows."""
    return {"id": study.id, "revision": study.revision}


def saved_text(study: Study) -> str:
    """When the study was saved."""
    return f"Saved {moment(study.updated)}"


def shown(
    study: Study,
    *,
    focus: Sequence[dict[str, Any]] = (),
    undo: Component | None = None,
    removed: Any = None,
) -> dict[str, Any]:
    """The page after an edit, in the shape of :data:`EDITED`.

    The first of the buttons ``focus`` that can be pressed gets the focus: the stack is drawn anew, and
    those who work by keyboard would lose their place.
    """
    stack = stack_of(study)
    reason = run_panel.why_not(stack)
    return {
        "study": page_state(study),
        "saved": saved_text(study),
        "stack": stack_view.stack_list(stack),
        "changes": stack_view.changes(stack),
        "undo": undo,
        "removed": removed,
        "focus": {"buttons": list(focus), "revision": study.revision},
        "blocked": reason is not None,
        "reason": reason or "",
    }


def edit(
    services: Services, page: dict[str, Any], change: Callable[[tuple[Step, ...]], Sequence[Step]]
) -> tuple[Study, bool]:
    """Save the changed steps, unless the study was saved elsewhere since the page was drawn.

    Returns the study as it is now, and whether the change is in it.
    """
    study = services.studies.get(page["id"])
    if study is None:
        raise StudyGoneError
    if study.revision != page["revision"]:
        notices.show(
            "Not changed yet",
            "This study was changed in another window. The page shows it as it is now; "
            "please make your change again.",
            "bad",
        )
        return study, False
    return services.studies.save(dataclasses.replace(study, steps=tuple(change(study.steps)))), True


def new_name(services: Services, name: str) -> str:
    """``name``, with a number when a study is called that already."""
    taken = {study.name for study in services.studies.all()}
    numbered = (f"{name} ({number})" for number in itertools.count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def moved(steps: Sequence[Step], index: int, by: int) -> tuple[Step, ...]:
    """The steps with the one at ``index`` moved by ``by`` places, as far as there are places.

    >>> [s.kind for s in moved([Step("a", {}), Step("b", {}), Step("c", {})], 2, -1)]
    ['a', 'c', 'b']
    """
    rest = [step for place, step in enumerate(steps) if place != index]
    target = min(max(index + by, 0), len(rest))
    return (*rest[:target], steps[index], *rest[target:])


def pressed() -> dict[str, Any]:
    """The id of the button that was pressed; buttons that were only drawn anew do not count."""
    if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(ctx.triggered_id, dict):
        raise PreventUpdate
    return dict(ctx.triggered_id)
