"""One question on its way: baseline and what-if under the same luck, over more and more days."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner_app.answers.glance import Glance
from planner_app.live.lean import glance_of
from planner_app.running.report import WHAT_IF
from planner_app.services import Step
from planner_app.studies.stacks import read_variant
from sim import Experiment
from sim.errors import RunCancelledError
from sim.results import Comparison

SEED = 1
"""Of everything live: the first days of a run with this seed are the same days."""


class Question:
    """A baseline and what is stacked on it, simulated further whenever there is time.

    Baseline and what-if grow together in the caller's thread: sharing the baseline's days among questions
    would save half of a few hundredths of a second.
    """

    def __init__(self, baseline: str, steps: Sequence[Step]) -> None:
        """Raises ``ScenarioError`` when a step does not fit, or asks for what is not simulated."""
        base, variant = read_variant(baseline, steps)
        variants = {} if variant is None else {WHAT_IF: variant}
        self._experiment = Experiment(base, variants, seed=SEED, workers=1)
        self._found: Comparison | None = None

    def grow(self, replications: int, stop: Callable[[], bool]) -> int:
        """Go on to ``replications`` in all, unless told to stop; returns how many there are now."""
        try:
            self._found = self._experiment.grow(replications, cancel=stop)
        except RunCancelledError:
            return 0
        return self._found.replications

    def glance(self) -> Glance:
        """What the days so far say."""
        if self._found is None:
            raise ValueError("nothing is simulated yet; grow first")
        return glance_of(self._found)
