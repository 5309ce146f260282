"""Growing and stopping: more replications cost only the new ones, and there are as many as it takes."""

import math
import threading

import numpy as np
import pytest

from sim import Experiment, Precision, RunCancelledError, RunError, compare, run
from sim.estimates import half_width
from sim.experiments import growing, precision, replicate
from sim.experiments.precision import LEAST, next_step
from sim.results import BASELINE
from tests.sim.desks import BIGGER, DESK, same

EASE = Precision("ease_score", relative=0.02)


@pytest.fixture
def done(monkeypatch):
    """The replications that were simulated, in order."""
    numbers = []
    perform = replicate.perform

    def noted(task):
        numbers.extend(range(task.first, task.first + task.size))
        return perform(task)

    monkeypatch.setattr(replicate, "perform", noted)
    return numbers


# -- growing -----------------------------------------------------------------------------------------


def test_growth_in_steps_is_the_one_run(done):
    whole = compare(DESK, [BIGGER], 9, seed=3, workers=1)
    experiment = Experiment(DESK, [BIGGER], seed=3, workers=1)
    done.clear()
    for to in (1, 4, 5, 3, 9):
        found = experiment.grow(to)
    assert done == list(range(9))
    assert experiment.replications == found.replications == 9
    for name, result in whole.results.items():
        same(found.results[name], result)
    same(found.base, run(DESK, 9, seed=3, workers=1))


def test_growing_less_far_gives_all_there_is(done):
    experiment = Experiment(DESK, workers=1)
    experiment.grow(4)
    done.clear()
    found = experiment.grow(2)
    assert (found.replications, found.complete, done) == (4, True, [])


def test_an_experiment_without_variants_has_a_base_only():
    assert list(Experiment(DESK, workers=1).grow(1).results) == [BASELINE]


def test_gaps_that_a_cancellation_left_are_filled(done):
    whole = run(DESK, 12, seed=3, workers=1)
    done.clear()
    experiment = Experiment(DESK, seed=3, workers=1)
    experiment._simulate([growing.replace(experiment._task, first=3, size=2)], 5, None, None)
    stop = threading.Event()
    found = experiment.grow(8, progress=lambda number, _: number == 4 and stop.set(), cancel=stop)
    assert (found.replications, found.complete) == (4, False)
    assert done == [3, 4, 0, 1]
    assert found.base.cases["replication"].unique().tolist() == [0, 1, 3, 4]
    told = []
    same(experiment.grow(12, progress=lambda *numbers: told.append(numbers)).base, whole)
    assert sorted(done) == list(range(12))
    assert told[0] == (5, 12)
    assert told[-1] == (12, 12)


def test_a_cancellation_before_anything_is_finished_leaves_an_experiment_that_can_grow():
    experiment = Experiment(DESK, workers=1)
    with pytest.raises(RunCancelledError):
        experiment.grow(3, cancel=lambda: True)
    assert experiment.replications == 0
    assert experiment.grow(3).complete
    assert experiment.grow(5, cancel=lambda: True).replications == 3


def test_a_failure_keeps_what_was_finished(monkeypatch):
    experiment = Experiment(DESK, seed=3, workers=1)
    perform = replicate.perform

    def broken(task):
        if task.first == 2:
            raise MemoryError("no room")
        return perform(task)

    monkeypatch.setattr(replicate, "perform", broken)
    with pytest.raises(RunError, match="replication 2 failed"):
        experiment.grow(4)
    monkeypatch.setattr(replicate, "perform", perform)
    assert experiment.replications == 2
    same(experiment.grow(4).base, run(DESK, 4, seed=3, workers=1))


def test_many_tasks_are_added_up_on_the_way(monkeypatch):
    monkeypatch.setattr(growing, "_JOINED_TOGETHER", 3)
    experiment = Experiment(DESK, seed=3, workers=1)
    most = []
    found = experiment.grow(11, progress=lambda *_: most.append(len(experiment._parts)))
    assert max(most) <= 3 + 3
    same(found.base, run(DESK, 11, seed=3, workers=1))


def test_what_an_experiment_is_made_of_is_checked():
    with pytest.raises(RunError) as caught:
        Experiment("desk", seed=-1, engine="wishful", workers=0)
    assert [problem.field for problem in caught.value.problems] == ["scenario", "seed", "engine", "workers"]
    with pytest.raises(RunError, match="replications"):
        Experiment(DESK).grow(0)


# -- stopping ----------------------------------------------------------------------------------------


def widths(result, number):
    """Of the ease score's mean, over the first so many replications."""
    each = result.estimates["all", "ease_score"]
    assert each.mean.shape == (1,)
    few = run(DESK, number, seed=result.seed, workers=1)
    return float(few.summary.set_index(["scope", "measure"]).loc[("all", "ease_score"), "half_width"])


def test_a_run_stops_when_it_is_precise_enough(done):
    wanted = Precision("ease_score", half_width=0.02)
    steps = []
    found = run(DESK, seed=3, until=wanted, workers=1, progress=lambda _, to: steps.append(to))
    looks = sorted(set(steps))
    assert looks[0] == LEAST
    assert len(looks) > 1
    assert found.reached is True
    assert found.complete
    assert found.replications == found.replications_asked == looks[-1] == len(done)
    assert widths(found, looks[-1]) <= 0.02 < widths(found, looks[-2])
    same(found, run(DESK, found.replications, seed=3, workers=1))


def test_a_comparison_stops_by_its_paired_differences():
    wanted = Precision("offered", "phone", "channel", half_width=1.2)
    found = compare(DESK, [BIGGER, DESK], seed=3, until=wanted, workers=1)
    rows = found.summary[
        (found.summary["scope"] == "channel")
        & (found.summary["name"] == "phone")
        & (found.summary["measure"] == "offered")
    ].set_index("scenario")
    assert (found.reached, found.complete) == (True, True)
    assert rows["delta_half_width"].max() <= 1.2 < rows.loc[BASELINE, "half_width"] / 5
    assert LEAST < found.replications < 100
    alone = run(DESK, 100, seed=3, until=wanted, workers=1)
    assert (alone.reached, alone.replications) == (False, 100)


def test_relative_precision_is_of_the_base_mean():
    found = Experiment(DESK, [BIGGER], seed=3, workers=1).grow(5)
    rows = found.summary[(found.summary["scope"] == "all") & (found.summary["measure"] == "ease_score")]
    width, mean = rows["delta_half_width"].iloc[1], rows["mean"].iloc[0]
    assert Precision("ease_score", relative=0.5).ratio(found) == pytest.approx(width / mean / 0.5)
    assert Precision("ease_score", half_width=0.5).ratio(found) == pytest.approx(width / 0.5)


def test_all_that_is_asked_for_must_be_reached():
    hard, easy = Precision("ease_score", half_width=0.02), Precision("cases", half_width=10**6)
    number = run(DESK, seed=3, until=hard, workers=1).replications
    assert run(DESK, seed=3, until=[easy, hard], workers=1).replications == number > LEAST
    assert run(DESK, seed=3, until=easy, workers=1).replications == LEAST


def test_how_many_it_takes_does_not_depend_on_who_computes():
    wanted = Precision("ease_score", half_width=0.02)
    one = run(DESK, seed=3, until=wanted, workers=1)
    same(run(DESK, seed=3, until=wanted, workers=3, engine="compiled"), one)


def test_a_budget_of_replications_ends_it():
    found = run(DESK, 25, seed=3, until=Precision("ease_score", half_width=1e-9), workers=1)
    assert (found.replications, found.complete, found.reached) == (25, True, False)
    few = run(DESK, 2, seed=3, until=Precision("cases", half_width=10**6), workers=1)
    assert (few.replications, few.reached) == (2, True)


def test_a_budget_of_time_ends_it():
    found = run(DESK, seed=3, until=Precision("ease_score", half_width=1e-9), seconds=1e-6, workers=1)
    assert (found.replications, found.complete, found.reached) == (1, True, False)


def test_a_cancellation_ends_it_and_is_no_success():
    told = []
    found = run(
        DESK, seed=3, until=Precision("ease_score", half_width=1e-9), workers=1,
        progress=lambda done, _: told.append(done), cancel=lambda: len(told) >= 23,
    )  # fmt: skip
    assert (found.replications, found.complete, found.reached) == (23, False, False)


def test_what_has_no_value_is_never_precise():
    nobody = Precision("asa_seconds", "phone", "channel", half_width=1e9)
    assert math.isinf(nobody.ratio(Experiment(DESK, workers=1).grow(1)))


def test_without_until_nothing_was_to_be_reached():
    assert run(DESK, 2, workers=1).reached is None
    assert compare(DESK, [BIGGER], 2, workers=1).reached is None


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (Precision("ease_scor", half_width=1), "write ease_score"),
        (Precision("asa_seconds", "phon", "channel", half_width=1), "write phone"),
        (Precision("asa_seconds", "portal", "channel", half_width=1), "a channel with agents"),
        (Precision("asa_seconds", "phone", "chanel", half_width=1), "one of all, channel"),
        (Precision("ease_score"), "give one of them"),
        (Precision("ease_score", half_width=1, relative=1), "give one of them"),
        (Precision("ease_score", half_width=0), "above 0"),
        (Precision("ease_score", relative=math.nan), "above 0"),
        (Precision("ease_score", half_width="2 s"), "above 0"),
        ("ease_score", "sim.Precision"),
        ([], "one precision or more"),
        ([EASE, 3], "sim.Precision"),
    ],
)
def test_what_cannot_be_reached_is_said(until, words):
    with pytest.raises(RunError, match=words):
        run(DESK, until=until)


def test_everything_that_is_wrong_with_stopping_is_told_at_once():
    wrong = Precision("easy", "nobody", half_width=-1)
    with pytest.raises(RunError) as caught:
        Experiment(DESK).reach([wrong, 5], most=0, seconds=-1)
    assert [problem.field for problem in caught.value.problems] == [
        "until measure", "until name", "until half_width", "until", "replications", "seconds",
    ]  # fmt: skip
    with pytest.raises(RunError, match="reaching until"):
        run(DESK, seconds=5)


def test_steps_are_few_and_never_stand_still():
    for ratio in (1.0001, 1.3, 5.0, math.inf):
        number, looks = LEAST, 0
        while number < 10_000:
            after = next_step(number, ratio, 10_000)
            assert number < after <= 2 * number
            number, looks = after, looks + 1
        assert looks < 75
    assert next_step(9_999, math.inf, 10_000) == 10_000


@pytest.mark.parametrize("needed", [20, 60, 200])
def test_intervals_of_the_rule_cover_as_the_docstring_says(needed):
    """Normal replications; the half-width asked for is what so many are expected to give."""
    luck = np.random.default_rng(needed)
    wanted = 1.96 / math.sqrt(needed)
    covered, trials = 0, 2_000
    for _ in range(trials):
        values, number = luck.standard_normal(4 * needed + 4 * LEAST), LEAST
        while True:
            mean = values[:number].mean()
            width = float(half_width(values[:number] - mean))
            if width <= wanted:
                break
            number = next_step(number, width / wanted, len(values))
        covered += abs(mean) <= width
    assert covered / trials >= 0.935 - 3 * math.sqrt(0.06 * 0.94 / trials)
    assert "93.5%" in str(precision.__doc__)
