"""The solver: against brute force, and what it says when there is no answer."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.staffing.solver import Programme, Solution

small = st.integers(-3, 6)


@settings(max_examples=40, deadline=None)
@given(
    cost=st.lists(st.integers(0, 9), min_size=3, max_size=3),
    matrix=st.lists(st.lists(small, min_size=3, max_size=3), min_size=2, max_size=2),
    least=st.lists(st.integers(-5, 15), min_size=2, max_size=2),
)
def test_it_finds_what_brute_force_finds(cost: list[int], matrix: list[list[int]], least: list[int]) -> None:
    programme = Programme()
    columns = programme.variables(3, cost, upper=4.0, integer=True)
    rows = np.repeat([0, 1], 3)
    programme.rows(least, math.inf, rows, np.tile(columns, 2), np.ravel(matrix))
    solution = programme.solve()
    choices = np.array(list(itertools.product(range(5), repeat=3)))
    feasible = choices[(choices @ np.array(matrix).T >= least).all(axis=1)]
    if not len(feasible):
        assert solution.status == "infeasible"
        assert not solution.found
        return
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx((feasible @ cost).min())
    assert (np.array(matrix) @ solution.values >= np.array(least) - 1e-6).all()
    assert solution.gap <= 1e-9
    relaxed = programme.solve(relaxed=True)
    assert relaxed.objective <= solution.objective + 1e-9


def test_without_rows_and_without_variables() -> None:
    programme = Programme()
    assert programme.solve().status == "optimal"
    programme.variables(3, 1.0, lower=2.0)
    assert programme.solve().values.tolist() == [2.0, 2.0, 2.0]


def test_what_costs_less_and_less_is_unbounded() -> None:
    programme = Programme()
    programme.variables(1, -1.0)
    assert programme.solve().status == "unbounded"


def test_entries_of_the_same_place_add_up_and_rows_are_numbered_on() -> None:
    programme = Programme()
    (x,) = programme.variables(1, 1.0)
    assert programme.rows(4.0, math.inf, [0, 0], [x, x], [1.0, 1.0]).tolist() == [0]
    assert programme.rows([1.0, 5.0], math.inf, [0, 1], [x, x], 1.0).tolist() == [1, 2]
    assert programme.solve().values.tolist() == [5.0]


def test_bounds_can_be_others_for_once_and_a_start_can_be_given() -> None:
    programme = Programme()
    x = programme.variables(2, [1.0, 2.0], integer=True)
    programme.rows(3.0, math.inf, [0, 0], x, 1.0)
    narrower = programme.solve(within=(np.zeros(2), np.array([1.0, 9.0])))
    assert narrower.values.tolist() == [1.0, 2.0]
    assert programme.solve(start=narrower.values).values.tolist() == [3.0, 0.0]


def test_fractions_tell_what_one_more_of_a_variable_costs() -> None:
    programme = Programme()
    x = programme.variables(2, [1.0, 3.0], integer=True)
    programme.rows(3.0, math.inf, [0, 0], x, 1.0)
    assert programme.solve(relaxed=True).reduced.tolist() == [0.0, 2.0]
    assert programme.solve().reduced.size == 0


def test_a_target_is_good_enough() -> None:
    programme = Programme()
    x = programme.variables(2, [1.0, 3.0], integer=True)
    programme.rows(3.0, math.inf, [0, 0], x, 1.0)
    assert programme.solve(target=9.0).objective <= 9.0
    assert programme.solve(target=1.0).objective == 3.0


def test_it_stops_when_told_to() -> None:
    asked = []

    def cancel() -> bool:
        asked.append(True)
        return True

    rng = np.random.default_rng(1)
    programme = Programme()
    x = programme.variables(60, rng.integers(20, 40, 60), upper=1.0, integer=True)
    weights = rng.integers(20, 60, (8, 60)).astype(float)
    rows = np.repeat(np.arange(8), 60)
    programme.rows(weights.sum(axis=1) // 2, math.inf, rows, np.tile(x, 8), weights.ravel())
    solution = programme.solve(cancel=cancel)
    assert asked
    assert solution.status in ("feasible", "unknown")


def test_the_gap_of_a_solution() -> None:
    assert Solution("feasible", np.zeros(1), 100.0, 95.0).gap == pytest.approx(0.05)
    assert Solution("feasible", np.zeros(1), 0.0, -1.0).gap == math.inf
    assert Solution("optimal", np.zeros(1), 0.0, 0.0).gap == 0.0
