"""Sweeps: a grid of scenarios, one tidy table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence, Sized
from concurrent.futures import Executor
from typing import Any

import pandas as pd

from scenarios.errors import Problem, ScenarioError
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
    _check(grid)
    paths = list(grid)
    combinations = list(itertools.product(*(list(grid[path]) for path in paths)))
    try:
        scenarios = [_cell(base, paths, values) for values in combinations]
    except ScenarioError:
        _try(base, grid)
        raise
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


def _cell(base: Scenario, paths: Sequence[str], values: Sequence[Any]) -> tuple[str, Scenario]:
    """One combination: its label and its scenario."""
    scenario = base
    for path, value in zip(paths, values, strict=True):
        scenario = replace(scenario, path, value)
    return ", ".join(f"{path} = {value}" for path, value in zip(paths, values, strict=True)), scenario


def _check(grid: Any) -> None:
    """Raise RunError unless there is something to do, and no more than can be done."""
    problems = []
    if not isinstance(grid, Mapping):
        cure = "write {path: [value, …]}"
        problems.append(Problem("grid", grid, "a mapping from paths of fields to lists of values", cure))
    else:
        for path, values in grid.items():
            if not isinstance(path, str):
                problems.append(Problem("grid", path, "the path of a field, as text", "put it in quotes"))
            if (
                isinstance(values, str | Mapping)
                or not isinstance(values, Sized)
                or not isinstance(values, Iterable)
            ):
                problems.append(Problem(f"grid {path}", values, "a list of values", "put it in [ ]"))
    if not problems:
        combinations = math.prod(len(values) for values in grid.values())
        if not grid or not 1 <= combinations <= MOST_COMBINATIONS:
            problem = Problem(
                "grid",
                combinations if grid else None,
                f"one path or more with one value or more each, at most {MOST_COMBINATIONS} combinations",
                "name a field and its values, or fewer of them",
            )
            problems.append(problem)
    if problems:
        raise RunError("this sweep cannot start", problems)


def _try(base: Scenario, grid: Mapping[str, Sequence[Any]]) -> None:
    """Raise ScenarioError with every path and value that the base does not take by itself."""
    problems: list[Problem] = []
    for path, values in grid.items():
        for value in values:
            try:
                replace(base, path, value)
            except ScenarioError as error:
                problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ScenarioError(problems)
