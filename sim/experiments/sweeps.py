"""Sweeps: a grid of scenarios, one tidy table."""

from __future__ import annotations

import dataclasses
import itertools
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from scenarios.errors import Problem, ScenarioError
from scenarios.files import dumps
from scenarios.model import Scenario
from scenarios.paths import replace
from sim import engines
from sim.errors import RunCancelledError
from sim.experiments.asking import (
    check_experiment,
    check_policies,
    check_replications,
    check_watching,
    policies_of,
    refuse,
)
from sim.experiments.growing import model_of, results_of, version
from sim.experiments.replicate import Cancel, Progress, Stop, replicate, stopper
from sim.experiments.shelf import Shelf
from sim.experiments.tasks import Models, Part, Task, joined, split
from sim.experiments.workers import workers_for
from sim.policies import Policy
from sim.results import BASELINE, Result

MOST_COMBINATIONS = 10_000


@dataclass(frozen=True)
class _Cell:
    """One combination: its place in the grid, a value per path, and its scenario made on demand."""

    number: int
    base: Scenario
    values: Mapping[str, Any]

    @property
    def label(self) -> str:
        return ", ".join(f"{path} = {value}" for path, value in self.values.items())

    def scenario(self) -> Scenario:
        scenario = self.base
        for path, value in self.values.items():
            scenario = replace(scenario, path, value)
        return scenario


@dataclass
class _Begun:
    """A combination of which not all tasks are done."""

    cell: _Cell
    scenario: Scenario
    pieces: int
    parts: list[Part] = field(default_factory=list)


def sweep(
    base: Scenario,
    grid: Mapping[str, Sequence[Any]],
    replications: int = 50,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    policy: Policy | None = None,
) -> pd.DataFrame:
    """Simulate every combination of values and return their summaries below one another.

    ``grid`` maps paths of fields (``channels.portal.success.default``) to values. The table has a column
    per path, then those of ``result.summary``. All combinations share customers and luck, so rows that differ
    in one value may be compared. ``progress`` counts the replications of all combinations; a cancelled
    sweep has the combinations that were finished.

    With ``out``, a folder, every combination is kept there as Parquet as soon as it is finished, and the
    same sweep asked for again does only what is missing: a sweep that was killed goes on where it was, to
    the same table. Columns of values that are no numbers or texts hold JSON there. Needs pyarrow.

    ``policy`` is that of all combinations; a folder does not tell one from another, so it is refused with
    ``out``. Other arguments and errors are those of :func:`sim.run`; :class:`~sim.errors.RunError` too for a
    folder that cannot be used or holds another sweep.
    """
    refuse(
        [
            *check_experiment([("base", base)], seed, engine, executor, workers),
            *check_replications(replications),
            *check_watching(progress, cancel),
            *check_policies(policy, engine, [BASELINE]),
            *_check_folder(out, policy),
            *_check(grid),
        ],
        "this sweep",
    )
    asked = {path: list(values) for path, values in grid.items()}
    about = {
        "base": dumps(base),
        "grid": asked,
        "replications": replications,
        "seed": seed,
        "engine": engine,
        "version": version(),
    }
    shelf = None if out is None else Shelf(out, about, asked)
    combinations = itertools.product(*asked.values())
    cells = [
        _Cell(number, base, dict(zip(asked, values, strict=True)))
        for number, values in enumerate(combinations)
    ]
    missing = [cell for cell in cells if shelf is None or cell.number not in shelf]
    _try(base, asked, missing)
    tell = _counter(progress, replications * len(cells), replications * (len(cells) - len(missing)))
    policies = policies_of(policy, [BASELINE])
    task = Task(Models((model_of("", base),)), int(seed), engine, 0, replications, policies=policies)
    frames: dict[int, pd.DataFrame] = {}
    with workers_for(
        engine, task.cases * len(missing), replications * len(missing), executor, workers
    ) as pool:
        for cell, result in _simulated(task, missing, pool, tell, stopper(cancel)):
            if shelf is None:
                frames[cell.number] = result.summary
            else:
                shelf.put(cell.number, list(cell.values.values()), result.summary)
    if shelf is not None:
        frames = {cell.number: shelf.take(cell.number) for cell in cells if cell.number in shelf}
    if not frames:
        raise RunCancelledError("the sweep was cancelled before its first combination was finished")
    return pd.concat(
        [_labelled(frames[cell.number], cell) for cell in cells if cell.number in frames], ignore_index=True
    )


def _simulated(
    asked: Task, cells: Sequence[_Cell], pool: Executor | None, tell: Callable[[int], object], stop: Stop
) -> Iterator[tuple[_Cell, Result]]:
    """Results of combinations, as they are finished; only those under way are in memory."""
    begun: dict[Models, _Begun] = {}

    def tasks() -> Iterator[Task]:
        for cell in cells:
            scenario = cell.scenario()
            models = Models((model_of(cell.label, scenario),))
            pieces = list(split(dataclasses.replace(asked, models=models, label=cell.label)))
            begun[models] = _Begun(cell, scenario, len(pieces))
            yield from pieces

    with closing(replicate(tasks(), pool, stop)) as finished:
        for piece, part in finished:
            mine = begun[piece.models]
            mine.parts.append(part)
            tell(piece.size)
            if len(mine.parts) == mine.pieces:
                del begun[piece.models]
                yield mine.cell, results_of([mine.scenario], piece, joined(mine.parts), asked.size, 0.0)[0]


def _counter(progress: Progress | None, total: int, done: int) -> Callable[[int], object]:
    """Adds up replications for ``progress``, from those that are done already."""
    if progress is None:
        return lambda size: None
    if done:
        progress(done, total)

    def tell(size: int) -> None:
        nonlocal done
        done += size
        progress(done, total)

    return tell


def _labelled(frame: pd.DataFrame, cell: _Cell) -> pd.DataFrame:
    frame = frame.copy()
    for place, (path, value) in enumerate(cell.values.items()):
        frame.insert(place, path, [value] * len(frame))
    return frame


def _try(base: Scenario, grid: Mapping[str, Sequence[Any]], cells: Sequence[_Cell]) -> None:
    """Raise ScenarioError unless every combination is sound; with all values that are not by themselves."""
    try:
        for cell in cells:
            model_of(cell.label, cell.scenario())
    except ScenarioError:
        problems: list[Problem] = []
        for path, values in grid.items():
            for value in values:
                try:
                    replace(base, path, value)
                except ScenarioError as error:
                    problems += [problem for problem in error.problems if problem not in problems]
        if problems:
            raise ScenarioError(problems) from None
        raise


def _check_folder(out: object, policy: Policy | None) -> list[Problem]:
    if out is None or policy is None:
        return []
    allowed = "None, with a policy: the folder could not tell it from another"
    return [Problem("out", str(out), allowed, "leave it out, and keep the table that is returned")]


def _check(grid: Any) -> list[Problem]:
    """A problem unless there is something to do, and no more than can be done."""
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
    return problems
