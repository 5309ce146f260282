"""Which replication is replayed: the first, a typical or the worst one, simulated again as it was.

Replications are ranked by the mean wait of answered contacts in the main live channel, in the last scenario
of the run (the what-if where there is one).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

import sim
from planner_app.answers.readings import BASELINE, WHAT_IF
from planner_app.answers.replay import Film, busy_hours, film
from planner_app.running.report import phone_of
from planner_app.services import RunRow
from planner_app.studies.stacks import read_variant
from scenarios import Scenario
from sim import engines
from sim.contract import TICKS_PER_SECOND, Floats, Mode, Plan
from sim.counting.layout import CHANNEL
from sim.luck.streams import draw
from sim.plan import build
from sim.summary import told_apart

KINDS: dict[str, str] = {"typical": "A typical day", "first": "The first day", "worst": "The worst day"}
"""Which replication, and what menus call it where a replication is one day."""

MOST_RANKED = 100
"""So many days of a run are looked at for a typical and the worst replication."""

_KEPT = 4


@dataclass(frozen=True, eq=False)
class Ranked:
    """The replications of a run by their waits."""

    scenarios: dict[str, Scenario]
    plans: dict[str, Plan]
    channel: str
    waits: Floats
    """[R] seconds; NaN in a replication in which nobody was answered."""
    engine: str
    version: str

    def number(self, kind: str) -> int:
        """The replication of a kind (see :data:`KINDS`)."""
        known = np.flatnonzero(np.isfinite(self.waits))
        if kind == "first" or not len(known):
            return 0
        order = known[np.argsort(self.waits[known], kind="stable")]
        return int(order[-1] if kind == "worst" else order[(len(order) - 1) // 2])


@dataclass(frozen=True, eq=False)
class Showing:
    """A day of a replication in every scenario of its run."""

    kind: str
    number: int
    """Of the replication; 0 is the first."""
    day: int
    ranked: Ranked
    films: dict[str, Film]

    @property
    def wait(self) -> float:
        """The mean wait by which replications are ranked, seconds."""
        return float(self.ranked.waits[self.number])


_known: OrderedDict[tuple[str, int], Ranked] = OrderedDict()
_lock = threading.Lock()


def showing(run: RunRow, replications: int, kind: str, day: int) -> Showing:
    """A day of the replication of a kind, simulated again.

    Raises ``ScenarioError`` when the run's scenario cannot be read any more, and ``EngineError`` when it
    cannot be simulated.
    """
    ranked = ranking(run, min(replications, MOST_RANKED))
    number = ranked.number(kind)
    simulate = engines.get(ranked.engine)
    traces = {name: simulate(plan, draw(plan, run.seed, number)) for name, plan in ranked.plans.items()}
    first = ranked.plans[BASELINE]
    hours = busy_hours(first, list(traces.values()), day)
    films = {
        name: film(ranked.plans[name], trace, _incidents(ranked.scenarios[name]), hours)
        for name, trace in traces.items()
    }
    return Showing(kind, number, day, ranked, films)


def ranking(run: RunRow, replications: int) -> Ranked:
    """The first replications of a run, ranked; the latest few rankings are kept."""
    key = run.id, replications
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
        base, variant = read_variant(run.baseline, run.steps)
        scenarios = {BASELINE: base} if variant is None else {BASELINE: base, WHAT_IF: variant}
        last = base if variant is None else variant
        result = sim.run(last, replications=replications, seed=run.seed)
        plans = {name: result.plan if one is last else build(one) for name, one in scenarios.items()}
        place = _main_channel(last, result.plan)
        ticks, answered = (
            result.counted.headlines.channels[:, place, CHANNEL[name]]
            for name in ("answer_ticks", "answered")
        )
        waits = np.full(len(ticks), np.nan)
        np.divide(ticks / TICKS_PER_SECOND, answered, out=waits, where=answered > 0)
        found = Ranked(scenarios, plans, result.plan.channels[place], waits, result.engine, result.version)
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
        return found


def _main_channel(scenario: Scenario, plan: Plan) -> int:
    name: Any = phone_of(scenario)
    if name in plan.channels:
        return plan.channels.index(name)
    served = np.flatnonzero(plan.mode != Mode.SELF_SERVICE)
    return int(served[0]) if len(served) else 0


def _incidents(scenario: Scenario) -> list[str]:
    return told_apart([one.name for one in scenario.incidents])
