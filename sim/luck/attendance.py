"""Who is absent: the number of agents on the floor in one replication."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled
from sim.contract import HALF_UP, Ints
from sim.luck.hashing import folded, uniform
from sim.luck.prepared import Luck, Purpose

_ABSENCE = np.uint64(Purpose.ABSENCE)
_0 = np.uint64(0)


@compiled
def draw_attendance(luck: Luck, seed: np.uint64, replication: np.uint64, staff: Ints) -> None:
    """Fill ``staff`` [G, K]: of groups with absence, those scheduled who are present, less shrinkage.

    A person is absent for all of a day, or of the shift that begins on it; whether, depends on the seed, the
    replication, the group's name, the day and the person's number alone.
    """
    groups, intervals = luck.staff.shape
    for group in range(groups):
        drawn = luck.absence[group] > 0.0
        for interval in range(intervals):
            staff[group, interval] = 0 if drawn else luck.staff[group, interval]
    root = folded(folded(folded(_0, np.uint64(seed)), np.uint64(replication)), _ABSENCE)
    for row in range(luck.duty.shape[0]):
        group, day, interval = luck.duty[row, 0], luck.duty[row, 1], luck.duty[row, 2]
        first, until = luck.duty[row, 3], luck.duty[row, 4]
        key = folded(folded(root, luck.group_key[group]), np.uint64(day))
        for person in range(first, until):
            if uniform(folded(key, np.uint64(person)), _0) >= luck.absence[group]:
                staff[group, interval] += 1
    for group in range(groups):
        if luck.absence[group] > 0.0:
            for interval in range(intervals):
                present = staff[group, interval] * luck.attending[group]
                staff[group, interval] = math.floor(present + HALF_UP)
