"""Tornado: which assumption moves the answer most.

Each figure with a published range is set to the low and to the high end of it, all others as they are,
under the same customers and the same luck. One figure at a time: that two assumptions may matter
more together than each alone does not show here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from scenarios.assumptions import BEHIND_RESULTS, Assumption, assumptions, varied, varied_whatif
from scenarios.errors import Problem, ScenarioError
from scenarios.model import Scenario
from scenarios.whatifs import WhatIf
from scenarios.whatifs.stack import apply_stack
from scenarios.wording import near
from sim import engines, money
from sim.columns import Column
from sim.contract import Floats, Plan
from sim.effort import Weights
from sim.errors import EngineError, RunCancelledError
from sim.estimates import half_width, verdict
from sim.experiments.asking import check_experiment, check_replications, check_watching, refuse
from sim.experiments.growing import model_of
from sim.experiments.replicate import Cancel, Progress, replicate, stopper
from sim.experiments.tasks import Model, Models, Part, Task, joined, split
from sim.experiments.workers import workers_for
from sim.measures import SCOPES, Scope, in_scope
from sim.measures import measure as measure_called
from sim.summary import applies, by_scope, estimate, scope_names
from sim.terms import Terms

NO_CLEAR_DIFFERENCE = "no clear difference"
MOVES = "moves the answer"

COLUMNS: dict[str, Column] = {
    "parameter": Column("", "Entry of the parameter library."),
    "field": Column("", "Where it stands: paths of fields that hold the same figure and are moved together."),
    "title": Column("", "What people call it."),
    "origin": Column("", "Where the value comes from: library, scenario or what-if."),
    "grade": Column("", "How solid it is: A, B, C or X of a library figure, own of another."),
    "unit": Column("", "Unit of low, high and value."),
    "low": Column("as unit", "Lower end of the published range; of a law, of its mean."),
    "high": Column("as unit", "Upper end of it."),
    "value": Column("as unit", "The value in use."),
    "at_low": Column("as the measure", "The answer with the low value."),
    "at_base": Column("as the measure", "The answer as things are."),
    "at_high": Column("as the measure", "The answer with the high value."),
    "delta_low": Column("as the measure", "at_low less at_base."),
    "delta_low_half_width": Column("as the measure", "Half-width of its paired 95% confidence interval."),
    "delta_high": Column("as the measure", "at_high less at_base."),
    "delta_high_half_width": Column("as the measure", "Half-width of its paired 95% confidence interval."),
    "swing": Column("as the measure", "From the lowest to the highest of the three answers."),
    "verdict": Column(
        "", f"'{MOVES}', or '{NO_CLEAR_DIFFERENCE}' when the intervals of both differences contain zero."
    ),
    "note": Column("", "Why an end of the range could not be simulated; empty otherwise."),
    "replications": Column("", "Replications that every answer rests on."),
}
"""Columns of the table that :func:`tornado` returns."""

_WEIGHTS = {f"effort.{part.name}": part.name for part in fields(Weights)}
_OVERTIME = "money.overtime_factor"
_LOYALTY = {entry: part for part, entry in money.ENTRIES.items()}


@dataclass(frozen=True, eq=False)
class Bar:
    """Figures that move together: the same library entry, with the same value for the same reason."""

    figures: tuple[Assumption, ...]
    after: bool
    """Whether they exist, or hold this value, only once the what-ifs are applied."""

    @property
    def first(self) -> Assumption:
        """One of them; all have the same value, origin and library entry."""
        return self.figures[0]

    @property
    def field(self) -> str:
        """Where they stand."""
        return ", ".join(figure.field for figure in self.figures)

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high of the published range."""
        found = self.first.range
        assert found is not None
        return found


def tornado(
    base: Scenario,
    variant: WhatIf | Iterable[WhatIf] | None = None,
    measure: str = "asa_seconds",
    scope: Scope = "channel",
    name: str = "phone",
    parameters: Iterable[str] | None = None,
    replications: int = 50,
    seed: int = 1,
    engine: str = engines.DEFAULT,
    executor: Executor | None = None,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    workers: int | None = None,
) -> pd.DataFrame:
    """Simulate the ends of every published range, and say how far each moves one measure.

    The answer is the measure of ``base``; with ``variant``, a what-if or a stack of them, it is the
    difference that they make (variant less base), and their own figures are moved too. ``parameters`` names
    library entries (``phone.patience``) or fields (``channels.phone.patience``); all in use when left out.
    Fields that hold the same library entry, with the same value for the same reason, move together.

    A row per figure, the widest swing first; :data:`COLUMNS` says what its columns hold. ``progress`` counts
    replications of all scenarios; a cancelled tornado has the rows that were finished. The other arguments
    and errors are those of :func:`sim.run`.
    """
    stack = _stack(variant)
    problems = [
        *check_experiment([("base", base)], seed, engine, executor, workers),
        *check_replications(replications),
        *check_watching(progress, cancel),
        *_not_whatifs(stack),
    ]
    refuse(problems, "this tornado")
    question = _Question(base, tuple(stack), measure, scope, name)
    whole = question.models(None, None)
    refuse(question.problems([model.plan for model in whole]), "this tornado")
    every = bars(base, stack)
    refuse(_unknown(parameters, every), "this tornado")
    chosen = every if parameters is None else _named(every, parameters)
    whole_cell = _Cell(None, None)
    cells = [whole_cell, *(_Cell(bar, end) for bar in chosen for end in bar.ends if question.asks(bar, end))]
    task = Task(Models(whole), int(seed), engine, 0, int(replications))
    tell = _counter(progress, task.size * len(cells))
    found: dict[_Cell, _Answer] = {}
    with workers_for(engine, task.cases * len(cells), replications * len(cells), executor, workers) as pool:
        for cell, answer in _simulated(question, task, cells, pool, tell, stopper(cancel)):
            found[cell] = answer
    if whole_cell not in found:
        raise RunCancelledError("the tornado was cancelled before its base was finished")
    for bar in chosen:
        found |= {_Cell(bar, end): found[whole_cell] for end in bar.ends if not question.asks(bar, end)}
    finished = [bar for bar in chosen if all(_Cell(bar, end) in found for end in bar.ends)]
    rows = [_row(bar, found, found[whole_cell], task.size) for bar in finished]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def bars(base: Scenario, whatifs: Sequence[WhatIf] = ()) -> list[Bar]:
    """What a tornado moves: figures in use with a published range, those together that hold the same.

    Where a what-if writes one of its own figures into the scenario, the what-if's is moved.
    """
    here = {one.field: one for one in assumptions(base)}
    figures = [one for one in assumptions(base, whatifs) if one.range is not None]
    asked = {phrase for one in figures if one.step for phrase in one.by}
    groups: dict[tuple[Any, ...], list[Assumption]] = {}
    for one in figures:
        after = not one.step and (one.is_changed or one.field not in here)
        if after and one.is_changed and asked & set(one.by):
            continue
        assert one.parameter is not None
        groups.setdefault((one.parameter.name, one.number, one.grade, one.step, after), []).append(one)
    return [Bar(tuple(group), bool(key[-1])) for key, group in groups.items()]


# -- what is asked -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Cell:
    """One scenario of the tornado: a bar at one end, or (None) things as they are."""

    bar: Bar | None
    number: float | None

    @property
    def label(self) -> str:
        return "" if self.bar is None else f"{self.bar.field} = {self.number:g}"


@dataclass(frozen=True)
class _Answer:
    """The answer of a cell, over replications; ``note`` says why there is none."""

    value: float = np.nan
    influence: Floats | None = None
    note: str = ""


@dataclass(frozen=True)
class _Question:
    """Whose measure is asked for, and of which scenarios."""

    base: Scenario
    stack: tuple[WhatIf, ...]
    measure: str
    scope: Scope
    name: str

    def asks(self, bar: Bar, number: float) -> bool:
        """Whether there is anything to simulate: another number, and one that can reach the measure.

        Weights of effort and what follows from it are no part of measures of channels and groups.
        """
        unheard = bar.first.field in BEHIND_RESULTS and bar.first.field != _OVERTIME
        return number != bar.first.number and not (unheard and self.scope in ("channel", "group"))

    def models(self, bar: Bar | None, number: float | None) -> tuple[Model, ...]:
        """The base, and with what-ifs the variant, with the figures of ``bar`` at ``number``."""
        here, stack = self.base, list(self.stack)
        scenario_figures: list[Assumption] = []
        terms: list[str] = []
        for one in bar.figures if bar else ():
            assert number is not None
            if one.step:
                stack[one.step - 1] = varied_whatif(stack[one.step - 1], one, number)
            elif one.field in BEHIND_RESULTS:
                terms.append(one.field)
            else:
                scenario_figures.append(one)
        if bar is not None and not bar.after:
            here = _varied(here, scenario_figures, number)
        scenarios = [here]
        if stack:
            changed = apply_stack(here, stack)
            scenarios.append(_varied(changed, scenario_figures, number) if bar and bar.after else changed)
        label = _Cell(bar, number).label
        made = [model_of(label, scenario) for scenario in scenarios]
        return tuple(Model(model.plan, _retermed(model.terms, terms, number)) for model in made)

    def problems(self, plans: Sequence[Plan]) -> list[Problem]:
        """What is wrong with the measure, for these plans."""
        if self.scope not in SCOPES:
            return [Problem("scope", self.scope, f"one of {', '.join(SCOPES)}", "write one of these")]
        found = []
        known = [item.name for item in in_scope(self.scope)]
        if self.measure not in known:
            cure = near(str(self.measure), known, "write one of these")
            found.append(Problem("measure", self.measure, f"one of {', '.join(known)}", cure))
        for plan in plans:
            names = scope_names(plan)[self.scope]
            if self.name not in names:
                allowed = f"a {self.scope} of the base{' and of the variant' if self.stack else ''}: "
                cure = near(str(self.name), names, "write one of these")
                return [*found, Problem("name", self.name, allowed + ", ".join(names), cure)]
            place = names.index(self.name)
            if not found and not applies(plan, self.scope, place, measure_called(self.measure, self.scope)):
                allowed = "a channel with agents, for this measure"
                return [Problem("name", self.name, allowed, "choose another channel, or measure")]
        return found

    def answer(self, models: Sequence[Model], part: Part) -> _Answer:
        """The measure, or the difference that the what-ifs make to it."""
        definition = measure_called(self.measure, self.scope)
        value, influence = 0.0, np.zeros(len(part[0]))
        for model, counted, sign in zip(models, part, (-1.0, 1.0) if len(part) > 1 else (1.0,), strict=True):
            place = scope_names(model.plan)[self.scope].index(self.name)
            found = estimate(definition, by_scope(model.plan, model.terms, counted)[self.scope])
            value += sign * float(found.mean[place])
            influence = influence + sign * found.influence[:, place]
        return _Answer(value, influence)


def _stack(variant: Any) -> list[Any]:
    if variant is None:
        return []
    single = isinstance(variant, WhatIf | Scenario | str) or not isinstance(variant, Iterable)
    return [variant] if single else list(variant)


def _not_whatifs(stack: Sequence[object]) -> list[Problem]:
    cure = "give the what-ifs themselves, not the scenario that they make"
    wrong = [item for item in stack if not isinstance(item, WhatIf)]
    return [Problem("variant", item, "a what-if, or a stack of them", cure) for item in wrong]


def _unknown(parameters: Any, every: Sequence[Bar]) -> list[Problem]:
    if parameters is None:
        return []
    allowed = "library entries or fields with a published range that are in use"
    if isinstance(parameters, str) or not isinstance(parameters, Iterable):
        return [Problem("parameters", parameters, allowed, 'write ["phone.patience"]')]
    known = [name for bar in every for name in _names(bar)]
    return [
        Problem("parameters", item, allowed, near(str(item), known, "list them with scenarios.assumptions"))
        for item in parameters
        if item not in known
    ]


def _named(every: Sequence[Bar], parameters: Iterable[str]) -> list[Bar]:
    """The bars that are named, whole or by some of their fields."""
    wanted = set(parameters)
    found = []
    for bar in every:
        assert bar.first.parameter is not None
        some = tuple(one for one in bar.figures if one.field in wanted)
        if bar.first.parameter.name in wanted:
            found.append(bar)
        elif some:
            found.append(dataclasses.replace(bar, figures=some))
    return found


def _names(bar: Bar) -> list[str]:
    assert bar.first.parameter is not None
    return [bar.first.parameter.name, *(one.field for one in bar.figures)]


def _varied(scenario: Scenario, figures: Sequence[Assumption], number: float | None) -> Scenario:
    for one in figures:
        assert number is not None
        scenario = varied(scenario, one, number)
    return scenario


def _retermed(terms: Terms, names: Sequence[str], number: float | None) -> Terms:
    """The terms with another number for library figures that no field of a scenario sets."""
    for name in names:
        assert number is not None
        if name in _WEIGHTS:
            weights = dataclasses.replace(terms.weights, **{_WEIGHTS[name]: number})
            terms = dataclasses.replace(terms, weights=weights)
        elif name in _LOYALTY:
            loyalty = dataclasses.replace(terms.loyalty, **{_LOYALTY[name]: number})
            terms = dataclasses.replace(terms, loyalty=loyalty)
        else:
            terms = dataclasses.replace(terms, overtime_factor=number)
    return terms


# -- simulating --------------------------------------------------------------------------------------


@dataclass
class _Begun:
    """A cell of which not all tasks are done."""

    cell: _Cell
    pieces: int
    parts: list[Part] = field(default_factory=list)


def _simulated(
    question: _Question,
    asked: Task,
    cells: Sequence[_Cell],
    pool: Executor | None,
    tell: Callable[[int], object],
    stop: Callable[[], bool],
) -> Iterator[tuple[_Cell, _Answer]]:
    """Answers of cells as they are finished; only those under way are in memory."""
    begun: dict[Models, _Begun] = {}
    ready: list[tuple[_Cell, _Answer]] = []

    def tasks() -> Iterator[Task]:
        for cell in cells:
            try:
                models = asked.models if cell.bar is None else Models(question.models(cell.bar, cell.number))
            except (ScenarioError, EngineError, ValueError) as error:
                reason = str(error).partition("\n")[0]
                ready.append((cell, _Answer(note=f"{cell.number:g} is not possible: {reason}")))
                tell(asked.size)
                continue
            pieces = list(split(dataclasses.replace(asked, models=models, label=cell.label)))
            begun[models] = _Begun(cell, len(pieces))
            yield from pieces

    with closing(replicate(tasks(), pool, stop)) as finished:
        for piece, part in finished:
            mine = begun[piece.models]
            mine.parts.append(part)
            tell(piece.size)
            if len(mine.parts) == mine.pieces:
                del begun[piece.models]
                yield mine.cell, question.answer(tuple(piece.models), joined(mine.parts))
    yield from ready


def _counter(progress: Progress | None, total: int) -> Callable[[int], object]:
    """Adds up replications for ``progress``."""
    done = 0

    def tell(size: int) -> None:
        nonlocal done
        done += size
        if progress is not None:
            progress(done, total)

    return tell


# -- the table ---------------------------------------------------------------------------------------


def _row(bar: Bar, found: Mapping[_Cell, _Answer], base: _Answer, replications: int) -> tuple[Any, ...]:
    one = bar.first
    assert one.parameter is not None
    answers = [found[_Cell(bar, end)] for end in bar.ends]
    low, high = (_difference(answer, base) for answer in answers)
    values = [low[0], high[0], 0.0]
    known = [value for value in values if not np.isnan(value)]
    clear = any(verdict(*side) != NO_CLEAR_DIFFERENCE for side in (low, high))
    return (
        one.parameter.name, bar.field, one.title, one.origin, one.grade, one.parameter.unit,
        *bar.ends, one.number,
        answers[0].value, base.value, answers[1].value, *low, *high,
        max(known) - min(known) if len(known) > 1 else np.nan,
        MOVES if clear else NO_CLEAR_DIFFERENCE,
        "; ".join(answer.note for answer in answers if answer.note),
        replications,
    )  # fmt: skip


def _difference(answer: _Answer, base: _Answer) -> tuple[float, float]:
    """An answer less the base's, and its paired half-width."""
    if answer is base:
        return 0.0, 0.0
    if answer.influence is None or base.influence is None:
        return np.nan, np.nan
    delta = answer.value - base.value
    if abs(delta) <= 1e-12 * abs(base.value):  # the same numbers added up in another order
        delta = 0.0
    return delta, float(half_width(answer.influence - base.influence))
