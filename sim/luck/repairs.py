"""How long it takes to fix each incident of a replication, once it is detected."""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.contract import FAR, NOBODY, Ints
from sim.luck.hashing import folded, uniform
from sim.luck.laws import duration
from sim.luck.prepared import Luck, Purpose

_FIX = np.uint64(Purpose.FIX)
_0 = np.uint64(0)


@compiled
def draw_repairs(luck: Luck, seed: np.uint64, replication: np.uint64, fix: Ints) -> None:
    """Fill ``fix`` [N], in ticks; :data:`~sim.contract.FAR` for what nothing fixes."""
    root = folded(folded(folded(_0, np.uint64(seed)), np.uint64(replication)), _FIX)
    for place in range(luck.fix_law.size):
        n = np.uint64(place)
        if luck.fix_law[n] == NOBODY:
            fix[n] = FAR
        else:
            u = uniform(folded(root, luck.incident_key[n]), _0)
            fix[n] = duration(luck.laws, luck.table, luck.fix_law[n], u, 1.0)
