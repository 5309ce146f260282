"""Packing: what comes back is what was packed, to the last bit, and nothing is packed that was not named."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from planner_app.staffing.kept import PACKING
from planner_app.store.packing import NotPackable, Packing
from scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Leaf:
    values: Any


@dataclass(frozen=True, eq=False)
class Pair:
    left: Any
    right: Any


packing = Packing({"Leaf": Leaf, "Pair": Pair})

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text()
    | st.dates()
    | st.datetimes().map(lambda moment: moment.replace(fold=0)),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=30, deadline=None)
@given(plain)
def test_plain_values_come_back(value: Any) -> None:
    found = packing.unpack(packing.pack(value))
    assert found == value
    assert repr(found) == repr(value)  # tuples stay tuples, 1.0 stays 1.0


def test_numbers_that_json_lacks_come_back() -> None:
    found = packing.unpack(packing.pack([math.inf, -math.inf, math.nan, -0.0]))
    assert found[:2] == [math.inf, -math.inf]
    assert math.isnan(found[2])
    assert math.copysign(1.0, found[3]) == -1.0


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.array([[1.5, math.nan], [-0.0, 1e-320]]),
        np.array([], dtype=np.float64),
        np.arange(12, dtype=np.int32).reshape(3, 4)[:, ::2],
        np.array([True, False]),
        np.array(["2026-03-02"], dtype="datetime64[s]"),
    ],
)
def test_arrays_come_back_with_kind_and_shape(array: np.ndarray[Any, Any]) -> None:
    found = packing.unpack(packing.pack(Leaf(array))).values
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.shape, found.flags.writeable) == (array.dtype, array.shape, True)


def test_tables_come_back_with_the_kinds_of_their_columns() -> None:
    table = pd.DataFrame(
        {
            "number": [1, 2],
            "share": [0.1, math.nan],
            "sure": [True, False],
            "name": ["a", "ü"],
            "start": [dt.datetime(2026, 3, 2, 8), dt.datetime(2026, 3, 2, 9)],
            "mixed": pd.Series([None, 3], dtype=object),
        }
    )
    pd.testing.assert_frame_equal(packing.unpack(packing.pack(Leaf(table))).values, table, check_exact=True)
    empty = packing.unpack(packing.pack(Leaf(pd.DataFrame()))).values
    assert empty.empty


def test_what_is_shared_is_written_once_and_shared_again() -> None:
    array = np.random.default_rng(1).random(20_000)
    once, twice = packing.pack(Leaf(array)), packing.pack(Pair(Leaf(array), Leaf(array)))
    assert len(twice) < len(once) + 1000
    found = packing.unpack(twice)
    assert found.left.values is found.right.values


def test_a_class_that_was_not_named_is_not_packed() -> None:
    with pytest.raises(NotPackable, match="Leaf"):
        Packing({"Pair": Pair}).pack(Pair(Leaf(1), 2))
    with pytest.raises(NotPackable):
        packing.pack(Leaf({1, 2}))
    with pytest.raises(NotPackable):
        packing.pack(Leaf(np.array([object()])))


@pytest.mark.parametrize("cut", [0, 1, 30, -1])
def test_bytes_that_are_cut_off_or_of_another_class_are_refused(cut: int) -> None:
    body = packing.pack(Leaf(np.arange(10)))
    with pytest.raises(NotPackable):
        packing.unpack(body[:cut])
    changed = Packing({"Leaf": Pair})
    with pytest.raises(NotPackable, match="other fields"):
        changed.unpack(body)
    with pytest.raises(NotPackable):
        Packing({}).unpack(body)


@pytest.mark.parametrize("name", scenarios.library())
def test_every_scenario_of_the_library_comes_back(name: str) -> None:
    scenario = scenarios.load(name)
    found = PACKING.unpack(PACKING.pack(scenario))
    assert isinstance(found, Scenario)
    assert found == scenario
