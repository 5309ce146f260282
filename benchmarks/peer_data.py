"""The problems that :mod:`benchmarks.peer_staffing` compares: data only, so that either side may import them.

From pyworkforce's README (0.5.1) and its rostering example, and from OR-Tools' guide to employee scheduling.
"""

REQUIRED = (
    (9, 11, 17, 9, 7, 12, 5, 11, 8, 9, 18, 17, 8, 12, 16, 8, 7, 12, 11, 10, 13, 19, 16, 7),
    (13, 13, 12, 15, 18, 20, 13, 16, 17, 8, 13, 11, 6, 19, 11, 20, 19, 17, 10, 13, 14, 23, 16, 8),
)
"""Agents by hour, of two days."""
STARTS = {"Morning": 5, "Afternoon": 13, "Night": 21, "Mixed": 9}
"""Hour at which each shift of 8 hours begins; the night's last hours are the first of the same day."""
MOST_AT_ONCE, MOST_A_SHIFT = 27, 25

NAMES = tuple(f"agent {number}" for number in range(1, 56))
SHIFT_HOURS = {"Morning": 8, "Afternoon": 8, "Night": 8, "Mixed": 6}
BY_DAY = {
    "Morning": (9, 12, 8, 10, 13, 10, 14),
    "Afternoon": (11, 13, 10, 11, 9, 11, 7),
    "Night": (8, 7, 5, 15, 7, 8, 6),
    "Mixed": (2, 4, 18, 7, 10, 5, 17),
}
"""Agents by shift and day of a week, to be shared out among 55; nobody has a morning after a night."""
NURSES, NURSE_SHIFTS, NURSE_DAYS = 4, 3, 3
