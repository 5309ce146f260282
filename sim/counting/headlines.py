"""Headlines: what is kept of each replication, the quantities that the summary needs by scope."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiling import compiled
from sim.contract import Floats, IncidentFact, Integrals
from sim.counting.book import Book
from sim.counting.day import TOUCHED_CELLS, Day
from sim.counting.layout import CASE_FIELDS, CELL_FIELDS, CHANNEL, CHANNEL_FIELDS, GROUP_FIELDS, Counts
from sim.counting.totals import counted_of, good_of


class Headlines(NamedTuple):
    """A few kilobytes for each of R replications."""

    channels: Counts
    """[R, C, fields] of :data:`~sim.counting.layout.CHANNEL_FIELDS`."""
    waits: Floats
    """[R, C, 2] seconds: 90th percentile of waits, and the longest; NaN where nobody was queued."""
    groups: Counts
    """[R, G, fields] of :data:`~sim.counting.layout.GROUP_FIELDS`."""
    intents: Floats
    """[R, I, fields] of :data:`~sim.counting.layout.CASE_FIELDS`; effort in grains."""
    segments: Floats
    """[R, S, fields] the same."""
    incidents: Counts
    """[R, N, fields] of :class:`~sim.contract.IncidentFact`, warm-up or not."""


def headlines_of(book: Book, replications: int) -> Headlines:
    """Empty headlines."""
    return Headlines(
        np.zeros((replications, book.channels, len(CHANNEL_FIELDS)), np.int64),
        np.zeros((replications, book.channels, 2)),
        np.zeros((replications, book.groups, len(GROUP_FIELDS)), np.int64),
        np.zeros((replications, book.intents, len(CASE_FIELDS))),
        np.zeros((replications, book.segments, len(CASE_FIELDS))),
        np.zeros((replications, book.incidents, len(IncidentFact)), np.int64),
    )


_FIELDS = len(CELL_FIELDS)
_QUEUE, _MET, _HELD = CHANNEL["queue_ticks"], CHANNEL["intervals_met"], CHANNEL["intervals_counted"]


@compiled
def note_headline(book: Book, integrals: Integrals, day: Day, headlines: Headlines, row: int) -> None:
    """Write the headline of a replication into an empty row."""
    note_channels(book, integrals, day, headlines.channels, row)
    for channel in range(book.channels):
        headlines.waits[row, channel, 0] = day.quantiles[channel, 0]
        headlines.waits[row, channel, 1] = day.quantiles[channel, 1]
    for group in range(book.groups):
        present = busy = overtime = contacts_open = 0
        for interval in range(book.warm_up, book.intervals):
            present += integrals.present[group, interval]
            busy += integrals.busy[group, interval]
            overtime += integrals.overtime[group, interval]
            contacts_open += integrals.contacts_open[group, interval]
        headlines.groups[row, group, 0] = present
        headlines.groups[row, group, 1] = busy
        headlines.groups[row, group, 2] = overtime
        headlines.groups[row, group, 3] = contacts_open
    for intent in range(book.intents):
        for segment in range(book.segments):
            who = intent * book.segments + segment
            for field in range(day.sums.shape[1]):
                headlines.intents[row, intent, field] += day.sums[who, field]
                headlines.segments[row, segment, field] += day.sums[who, field]
    for incident in range(book.incidents):
        for fact in range(headlines.incidents.shape[2]):
            headlines.incidents[row, incident, fact] = integrals.incidents[incident, fact]


@compiled
def note_channels(book: Book, integrals: Integrals, day: Day, channels: Counts, row: int) -> None:
    """Add up cells by channel, and count the intervals that met the target."""
    for place in range(day.lengths[TOUCHED_CELLS]):
        cell = day.touched_cells[place]
        channel = book.channel_of[np.uint64(cell)]
        if cell - channel * book.intervals < book.warm_up:
            continue
        for field in range(_FIELDS):
            channels[row, channel, field] += day.cells[cell, field]
        counted = counted_of(book, day, channel, cell)
        if counted > 0:
            channels[row, channel, _HELD] += 1
            if good_of(book, day, channel, cell) >= book.target_share[channel] * counted:
                channels[row, channel, _MET] += 1
    for channel in range(book.channels):
        ticks = 0
        for interval in range(book.warm_up, book.intervals):
            ticks += integrals.queue_length[channel, interval]
        channels[row, channel, _QUEUE] = ticks
