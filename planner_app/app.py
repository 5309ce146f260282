"""The app: its pages at their addresses, its guards, and one way to say that something went wrong."""

from __future__ import annotations

import logging
from typing import Any

from dash import Dash, Input, Output

from planner_app import guards, missing, notices, shell, theme
from planner_app.assumed.swings import Tornados
from planner_app.pages import (
    assumptions,
    capacity,
    result,
    results_list,
    scenarios,
    staffing,
    stories,
    whatif,
)
from planner_app.running import askers
from planner_app.services import Services
from planner_app.settings import Settings
from scenarios.errors import PlannerError

LOG = logging.getLogger(__name__)

TITLE = "Contact-centre planner"


def create_app(settings: Settings, services: Services) -> Dash:
    """The Dash app on these services (see :func:`planner_app.running.runs.open_services`)."""
    app = Dash(
        __name__,
        title=TITLE,
        update_title="",
        index_string=theme.INDEX_STRING,
        suppress_callback_exceptions=True,
        compress=True,
        health_endpoint="health",
        on_error=notices.tell,
    )
    app.layout = lambda: theme.provider([notices.container(), shell.layout()])
    guards.guard(app.server, settings)
    askers.register(app.server)
    theme.serve_fonts(app.server)
    shell.register(app)
    for page in (stories, scenarios, whatif, results_list, result):
        page.register(app, services)
    assumptions.register(app, services, Tornados(background=services.background))
    for page in (staffing, capacity):
        page.register(app, services, services.background)

    @app.callback(Output("page", "children"), Input("url", "pathname"))
    def show(pathname: str | None) -> Any:
        return page_for(pathname or "/", services)

    return app


def page_for(pathname: str, services: Services) -> Any:
    """The page at an address; a helpful one where there is none."""
    parts = [part for part in pathname.split("/") if part]
    try:
        match parts:
            case []:
                content = stories.layout(services)
            case ["scenarios"]:
                content = scenarios.layout(services)
            case ["what-if"]:
                content = whatif.layout(services)
            case ["what-if", study_id]:
                content = whatif.layout(services, study_id)
            case ["what-if", study_id, "assumptions"]:
                content = assumptions.layout(services, "study", study_id)
            case ["results"]:
                content = results_list.layout(services)
            case ["results", run_id]:
                content = result.layout(services, run_id)
            case ["results", run_id, "assumptions"]:
                content = assumptions.layout(services, "run", run_id)
            case ["staffing"]:
                content = staffing.layout(services)
            case ["staffing", ("study" | "result") as kind, subject_id]:
                content = staffing.layout(services, kind, subject_id)
            case ["capacity"]:
                content = capacity.layout(services)
            case _:
                content = missing.layout()
    except PlannerError as error:
        LOG.warning("%s: %s", pathname, error)
        return missing.cannot_show(str(error))
    except Exception:
        LOG.exception("the page %s could not be shown", pathname)
        return missing.cannot_show(notices.FAULT)
    return content
