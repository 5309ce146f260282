"""Sweeps: a grid of scenarios, one tidy table."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import pandas as pd

from scenarios.errors import Problem
from scenarios.model import Scenario
from scenarios.paths import replace
from sim.errors import RunError
from sim.experiments.replicate import Cancel, Progress
from sim.experiments.runs import simulate_all

MOST_COMBINATIONS = 10_000


def sweep(
    base: Scenario,
    grid: Mapping[str, Sequence[Any]],
    replications: int = 50,
    seed: int = 1,
    engine: str = "reference",
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> pd.DataFrame:
    """Simulate every combination of values and return their summaries below one another.

    ``grid`` maps paths of fields (``channels.portal.success.default``) to values. The table has a column
    per path, then those of ``result.summary``. All combinations share customers and luck, so rows that differ
    in one value may be compared. Arguments and errors are otherwise those of :func:`sim.run`.
    """
    paths = list(grid)
    combinations = list(itertools.product(*(list(grid[path]) for path in paths)))
    if not paths or not 1 <= len(combinations) <= MOST_COMBINATIONS:
        problem = Problem(
            "grid",
            len(combinations) if paths else None,
            f"one path or more with one value or more each, at most {MOST_COMBINATIONS} combinations",
            "name a field and its values, or fewer of them",
        )
        raise RunError("this sweep cannot start", [problem])
    scenarios = []
    for values in combinations:
        scenario = base
        for path, value in zip(paths, values, strict=True):
            scenario = replace(scenario, path, value)
        label = ", ".join(f"{path} = {value}" for path, value in zip(paths, values, strict=True))
        scenarios.append((label, scenario))
    results = simulate_all(
        scenarios, replications, seed, engine, executor, progress, cancel, contacts=False, cases=False
    )
    frames = []
    for values, result in zip(combinations, results, strict=True):
        frame = result.summary.copy()
        for place, (path, value) in enumerate(zip(paths, values, strict=True)):
            frame.insert(place, path, [value] * len(frame))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
