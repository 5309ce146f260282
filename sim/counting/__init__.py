"""Counting: what happened in a replication, added up, and sums over replications that do not grow.

Two passes over the rows of a trace count a replication into a workspace of fixed size, the *day*. From
there a small row of *headlines* is kept for each replication, what the summary needs by scope, and
everything by interval and by step goes into *totals*, which take the same room however many there are.
"""

from sim.counting.counted import Counted, count_trace

__all__ = ["Counted", "count_trace"]
