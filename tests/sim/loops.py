"""Compiled functions of single numbers over arrays, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.compiling import compiled


def over(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of an array's numbers, and of further arguments that stay the same."""

    @compiled
    def loop(x: Any, found: Any, further: Any) -> None:
        for j in range(x.size):
            found[j] = function(x[j], *further)

    @compiled
    def alone(x: Any, found: Any) -> None:
        for j in range(x.size):
            found[j] = function(x[j])

    def each(x: Any, *further: Any, dtype: Any = np.float64) -> Any:
        x = np.ascontiguousarray(x)
        found = np.empty(x.shape, dtype=dtype)
        if further:
            loop(x, found, further)
        else:
            alone(x, found)
        return found

    return each


def relative(found: Any, exact: Any) -> float:
    """The largest relative error."""
    exact = np.asarray(exact, dtype=np.longdouble)
    return float(np.max(np.abs((found - exact) / np.where(exact == 0, 1, exact))))
