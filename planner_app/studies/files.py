"""A study as files to take away: readable YAML that the command line takes too."""

from __future__ import annotations

import re
from typing import Any

from dash import dcc

from planner_app.services import Study
from planner_app.studies.stacks import read_baseline, read_variant, resolve
from scenarios import dumps
from scenarios.whatifs import dump_stack

DOWNLOADS = {
    "baseline": "The baseline",
    "what-ifs": "The what-ifs that are on",
    "scenario": "The baseline with the what-ifs in it",
}
"""What of a study can be taken away."""


def download(study: Study, kind: str) -> dict[str, Any]:
    """The file ``kind`` of a study, in the shape of ``dcc.Download.data``.

    Raises ``ScenarioError`` when a what-if does not fit.
    """
    return dcc.send_string(text_of(study, kind), f"{file_name(study.name)}-{kind}.yaml")


def text_of(study: Study, kind: str) -> str:
    """The text of the file ``kind``, a key of :data:`DOWNLOADS`."""
    if kind == "baseline":
        return study.baseline
    if kind == "what-ifs":
        enabled = resolve(read_baseline(study.baseline), study.steps).enabled
        return dump_stack([entry.whatif for entry in enabled if entry.whatif is not None])
    base, variant = read_variant(study.baseline, study.steps)
    return dumps(variant or base)


def file_name(name: str) -> str:
    """A name that every file system takes.

    >>> file_name("Retail bank, Monday: +10%")
    'retail-bank-monday-10'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "study"
