"""Measures: the registry is sound, and the estimators do what they say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim import measures
from sim.estimates import half_width, percentiles, ratio, ratio_of_sums, verdict
from sim.measures import INTERVAL_MEASURES, MEASURES, QUANTITIES, SCOPES, in_scope, measure

UNITS = {"s", "h", "share", "contacts", "calls", "cases", "channels", "points", "money", "1–7"}

# -- the registry ----------------------------------------------------------------------------------


def test_every_measure_is_built_of_known_quantities():
    for item in MEASURES:
        for scope in item.scopes:
            known = QUANTITIES[scope]
            assert item.numerator in known, (item.name, scope)
            assert item.denominator is None or item.denominator in known, (item.name, scope)


def test_every_measure_has_one_definition_in_each_scope():
    for scope in SCOPES:
        names = [item.name for item in in_scope(scope)]
        assert len(names) == len(set(names)), scope
    for item in MEASURES:
        assert item.unit in UNITS, item.name
        assert item.definition.endswith("."), item.name
        assert item.title[0].isupper()


def test_every_quantity_serves_a_measure_or_a_table():
    used = {name for item in MEASURES for name in (item.numerator, item.denominator)}
    tables = {"contained", "called_back", "queued", "abandoned_in_time", "ended"}
    everything = {name for quantities in QUANTITIES.values() for name in quantities}
    assert everything - used <= tables


def test_parts_of_effort_are_measures_of_their_own():
    drivers = [item for item in in_scope("all") if item.name.startswith("effort_")]
    assert len(drivers) == 6
    assert all(item.denominator == "cases" for item in drivers)


def test_interval_measures_are_measures_of_channels():
    for name in INTERVAL_MEASURES.values():
        item = measure(name, "channel")
        assert item.numerator in measures.CHANNEL_QUANTITIES


def test_an_unknown_measure_is_answered_with_those_there_are():
    with pytest.raises(KeyError, match="asa_seconds"):
        measure("asa", "channel")


# -- estimators ------------------------------------------------------------------------------------

sums = st.lists(
    st.tuples(st.floats(0, 1e4), st.floats(0.5, 1e4)), min_size=2, max_size=12
)  # numerators and denominators


@settings(deadline=None)
@given(sums)
def test_a_ratio_is_sum_over_sum_with_the_delta_methods_half_width(pairs):
    numerator, denominator = (np.array(column) for column in zip(*pairs, strict=True))
    found = ratio(numerator, denominator)
    n = len(pairs)
    expected = sum(x for x, _ in pairs) / sum(y for _, y in pairs)
    assert found.mean == pytest.approx(expected)
    # The textbook formula, with variances and the covariance spelt out.
    mean = sum(y for _, y in pairs) / n
    covariance = np.cov(numerator, denominator)
    variance = covariance[0, 0] - 2 * expected * covariance[0, 1] + expected**2 * covariance[1, 1]
    width = stats.t.ppf(0.975, n - 1) * math.sqrt(max(variance, 0.0) / n) / mean
    assert found.half_width == pytest.approx(width, rel=1e-4, abs=1e-6 * (1 + expected))
    assert found.each.tolist() == pytest.approx([x / y for x, y in pairs])


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
def test_with_a_denominator_of_one_a_ratio_is_the_mean(values):
    found = ratio(np.array(values), np.ones(len(values)))
    spread = np.std(values, ddof=1)
    assert found.mean == pytest.approx(np.mean(values), abs=1e-6)
    width = stats.t.ppf(0.975, len(values) - 1) * spread / math.sqrt(len(values))
    assert found.half_width == pytest.approx(width, rel=1e-6, abs=1e-6)


def from_sums(x, y=None):
    """A ratio from sums over replications of whole numbers, and from the numbers themselves."""
    above, below = np.array([x], object), np.array([y or [1] * len(x)], object)
    expected = ratio(above[0].astype(float), below[0].astype(float))
    terms = [above, above**2] if y is None else [above, above**2, below, above * below, below**2]
    return ratio_of_sums(len(x), *(term.sum(axis=1) for term in terms)), expected


counts = st.integers(0, 10_000) | st.integers(0, 2**52)


@settings(deadline=None)
@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=12))
def test_sums_of_whole_numbers_give_the_same_ratio(pairs):
    x, y = ([pair[place] for pair in pairs] for place in (0, 1))
    for below in (None, y):
        (mean, width), expected = from_sums(x, below)
        spread = float(np.abs(expected.influence).max()) if np.isfinite(expected.mean) else 0.0
        assert mean[0] == pytest.approx(float(expected.mean), rel=1e-12, nan_ok=True)
        tiny = 1e-11 * (spread + abs(float(np.nan_to_num(expected.mean))))
        assert width[0] == pytest.approx(float(expected.half_width), rel=1e-9, abs=tiny, nan_ok=True)


@pytest.mark.parametrize("replications", [2, 3, 1000])
def test_what_is_always_the_same_has_no_width_at_all(replications):
    """However large the numbers, and when only the ratio is the same."""
    alike = [7_654_321_987_654_321] * replications
    assert from_sums(alike)[0][1][0] == 0
    assert from_sums(alike, [3] * replications)[0][1][0] == 0
    counted = list(range(3, 3 * replications + 3, 3))
    assert from_sums([2 * number // 3 for number in counted], counted)[0][1][0] == 0


def test_a_hardly_varying_sum_keeps_its_width():
    """One tick more in one of 100 replications of 100 days of waiting: far below what floats can tell."""
    base = 100 * 86_400 * 1_000_000
    (mean, width), _ = from_sums([base] * 99 + [base + 1])
    assert mean[0] == base + 0.01
    assert width[0] == pytest.approx(stats.t.ppf(0.975, 99) * 0.1 / 10)


def test_one_replication_has_a_mean_and_no_half_width():
    found = ratio(np.array([[3.0, 0.0]]), np.array([[4.0, 0.0]]))
    assert found.mean[0] == 0.75
    assert np.isnan(found.mean[1])
    assert np.isnan(found.half_width).all()
    (mean, width), _ = from_sums([3], [4])
    assert mean[0] == 0.75
    assert np.isnan(width[0])


def test_a_replication_without_a_denominator_adds_nothing():
    found = ratio(np.array([6.0, 0.0, 2.0]), np.array([8.0, 0.0, 2.0]))
    assert found.mean == 0.8
    assert found.influence[1] == 0.0
    assert np.isnan(found.each[1])


@settings(deadline=None)
@given(
    st.integers(1, 6),
    st.integers(1, 4),
    st.data(),
)
def test_percentiles_leave_out_replications_without_a_value(replications, names, data):
    values = data.draw(
        st.lists(
            st.lists(st.floats(0, 100) | st.just(math.nan), min_size=names, max_size=names),
            min_size=replications,
            max_size=replications,
        )
    )
    found = percentiles(np.array(values))
    for column in range(names):
        present = [row[column] for row in values if not math.isnan(row[column])]
        expected = np.quantile(present, (0.1, 0.5, 0.9)) if present else [math.nan] * 3
        assert found[:, column].tolist() == pytest.approx(list(expected), nan_ok=True)


def test_the_half_width_of_a_ratio_covers_the_truth_as_often_as_it_says():
    """1,000 experiments of 20 replications, each a quiet or a busy day with exponential waits.

    The truth is 60 s (a busy day's waits are longer): E[sum of waits] / E[contacts]. Coverage should be 95%;
    3.3 standard errors of 1,000 trials are 2.3 points, and the delta method may lose a point or two more.
    """
    rng = np.random.default_rng(11)
    experiments, replications = 1000, 20
    contacts = rng.poisson(np.where(rng.random((replications, experiments)) < 0.3, 150, 50)).astype(float)
    mean_wait = np.where(contacts > 100, 90.0, 36.6)
    waits = rng.gamma(np.maximum(contacts, 1), mean_wait)
    samples = rng.poisson(np.where(rng.random(1_000_000) < 0.3, 150, 50))
    truth = (samples * np.where(samples > 100, 90.0, 36.6)).sum() / samples.sum()
    found = ratio(waits, contacts)
    covered = np.abs(found.mean - truth) <= found.half_width
    assert 0.905 <= covered.mean() <= 0.973


def test_a_paired_difference_is_narrower_than_its_parts():
    rng = np.random.default_rng(5)
    common = rng.normal(100, 30, 40)
    old = ratio(common + rng.normal(0, 1, 40), np.ones(40))
    new = ratio(common + 2 + rng.normal(0, 1, 40), np.ones(40))
    width = half_width(new.influence - old.influence)
    assert width < 0.1 * (old.half_width + new.half_width)
    assert verdict(float(new.mean - old.mean), float(width)) == "higher"


def test_verdicts():
    assert verdict(1.0, 0.5) == "higher"
    assert verdict(-1.0, 0.5) == "lower"
    assert verdict(0.5, 0.5) == "no clear difference"
    assert verdict(0.0, 0.0) == "no clear difference"
    assert verdict(3.0, 0.0) == "higher"
    assert verdict(3.0, math.nan) == "no clear difference"
