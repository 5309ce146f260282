"""What tests of what-ifs' effects share: the paired difference of a measure, and which way it must go."""

from __future__ import annotations

from collections.abc import Mapping

import sim


def change(comparison: sim.Comparison, scenario: str, measure: str) -> tuple[float, float]:
    """The paired difference from the baseline and its half-width; ``phone offered`` is the phone's."""
    *name, measure = measure.split()
    table = comparison.summary
    named = name[0] if name else "all"
    wanted = (table.scenario == scenario) & (table.name == named) & (table.measure == measure)
    [row] = table[wanted].to_dict("records")
    return float(row["delta"]), float(row["delta_half_width"])


def moves(comparison: sim.Comparison, scenario: str, expected: Mapping[str, str]) -> None:
    """Each measure goes up (``+``) or down (``-``) by more than its half-width, or not at all (``0``)."""
    for measure, direction in expected.items():
        delta, half_width = change(comparison, scenario, measure)
        if direction == "0":
            assert (delta, half_width) == (0, 0), f"{measure}: {delta} ± {half_width}"
        else:
            sign = 1 if direction == "+" else -1
            assert sign * delta > half_width, f"{measure}: {delta} ± {half_width}"
