"""Records: what the compiled engine keeps of contacts, agents, channels and queues.

A record's fields lie together, so that what is asked of a contact or an agent costs one or two cache
lines. Links between records are unsigned 32-bit indices, :data:`NONE` where there is none.
"""

from __future__ import annotations

import numpy as np

NONE = np.uint32(0xFFFF_FFFF)
"""No contact, no agent, no shelf."""

NO_EVENT = np.uint8(255)
"""The kind of event of a contact of which nothing is foreseen."""

DOOMED = np.uint8(1)
"""An incident will make this visit to self-service fail."""
RETURNED = np.uint8(2)
"""It was interrupted and waits among the others that were."""
SILENT = np.uint8(4)
"""The customer has left without a sign; the contact waits for an agent to find out, or has one who does."""
WRAPPING = np.uint8(8)
"""The customer is gone and the agent writes up."""
MISROUTED = np.uint8(16)
"""It is in the wrong queue; an agent will pass it on."""
PASSED_ON = np.uint8(32)
"""An agent has passed it on: it does not begin from outside."""
WAITING = np.uint8(64)
"""A customer waits in the queue."""
CALLBACK = np.uint8(128)
"""An agent rings the customer back."""
UNATTENDED = np.uint8(SILENT | CALLBACK)
"""Either of these, and no customer waits with the contact."""
WITHOUT_CUSTOMER = np.uint8(SILENT | WRAPPING)
"""Either of these, and the agent is alone with the contact."""

CONTACT = np.dtype(
    [
        ("tick", np.int64),  # of the event foreseen; while handled, the tick at which it will end
        ("entered", np.int64),  # when it asked for an agent: its place in the queue
        ("since", np.int64),  # when it began to wait, or when its agent began
        ("updated", np.int64),  # when `left` was true; while it waits, the tick at which patience ends
        ("left", np.int64),  # to be done: work units, or ticks of an undivided agent; NOBODY before the first
        ("next_event", np.uint32),
        ("previous_event", np.uint32),
        ("agent", np.uint32),
        ("case", np.uint32),
        # in the queue; in the heap of the returned: the left and the right child; while an agent who may have
        # to consult has it open: the second agent or how far that is, and who waits for one behind it
        ("ahead", np.uint32),
        ("behind", np.uint32),
        # the second cache line: what the trace wants
        ("arrived", np.int64),
        ("answered", np.int64),
        ("ended", np.int64),
        ("queued", np.int64),
        ("handled", np.int64),
        ("wrapped", np.int64),
        ("following", np.uint32),  # the next attempt of the case
        ("queue", np.uint16),
        ("group", np.int16),
        ("channel", np.uint8),
        ("next_channel", np.int8),
        ("attempt", np.uint8),
        ("failed", np.uint8),  # earlier attempts of the case that failed
        ("outcome", np.uint8),
        ("event", np.uint8),  # Kind of the event foreseen
        ("mark", np.uint8),  # DOOMED and so on
        ("tries", np.uint8),  # calls to the customer that nobody answered
    ],
    align=True,
)

AGENT = np.dtype(
    [
        ("turn", np.int64),
        ("next", np.uint32),
        ("previous", np.uint32),
        ("shelf", np.uint32),  # the sentinel of the shelf it stands on, or NONE
        ("group", np.uint16),
        ("load", np.uint16),  # contacts open
        ("limit", np.uint16),
        ("leaving", np.uint8),
        ("busy", np.uint8),
        ("interruptible", np.uint8),
        ("mask", np.uint8),  # of a sentinel: its row in `free`, or NO_MASK
    ],
    align=True,
)

NO_MASK = np.uint8(255)

CHANNEL = np.dtype(
    [
        ("lines", np.int64),
        ("inside", np.int64),
        ("opens", np.int64),  # the present or next window of opening
        ("closes", np.int64),
        ("window", np.uint32),
        ("last_window", np.uint32),  # one past it
        ("first_incident", np.uint32),
        ("last_incident", np.uint32),  # one past it
        ("cap", np.uint16),
        ("mode", np.uint8),
        ("interruptible", np.uint8),
        ("drops", np.uint8),  # those waiting at closing
        # which stages there are
        ("front", np.uint8),
        ("wrap", np.uint8),
        ("balk", np.uint8),
        ("silent", np.uint8),
        ("callback", np.uint8),
        ("passes_on", np.uint8),
        ("consults", np.uint8),
        ("dials", np.uint8),
    ],
    align=True,
)

QUEUE = np.dtype(
    [
        ("last_wait", np.int64),  # of the contact that an agent last opened for the first time
        ("length", np.int64),  # contacts that have a place
        ("returned", np.uint32),  # the root of the heap of the interrupted
        ("first_rank", np.uint32),
        ("last_rank", np.uint32),  # one past it
        ("channel", np.uint16),
        ("conditional", np.uint8),  # some skill opens late, keeps agents idle, or has conditions
        ("overflows", np.uint8),  # some skill opens late
        ("watched", np.uint8),  # some skill has conditions
    ],
    align=True,
)

CHANGE = np.dtype([("tick", np.int64), ("order", np.int64), ("by", np.int64)], align=True)
"""What the calendar brings: a closing, a change of a group's number on the floor, the detection of an
incident, which ``by`` names by its place, or the opening of a channel that dials."""

INCIDENT = np.dtype(
    [
        ("begins", np.int64),
        ("ends", np.int64),  # as things stand
        ("failure", np.float64),
        ("slowdown", np.float64),
        ("reports", np.int64),  # so many detect it; 0: they do not
        ("announced_after", np.int64),  # its detection, or NOBODY
        ("heeded", np.float64),
        ("returns_within", np.int64),
        ("place", np.int64),  # in the plan
        ("detected", np.int64),  # tick, or NOBODY
        ("failed", np.int64),
        ("reported", np.int64),
        ("told", np.int64),  # customers who heard the announcement
        ("waits", np.int64),  # those of them who heeded it
    ],
    align=True,
)

CALLBACK_OFFER = np.dtype(
    [
        ("above", np.int64),
        ("take_up", np.float64),
        ("connects", np.float64),
        ("retry", np.int64),
        ("ring", np.int64),
        ("estimate", np.uint8),
        ("tries", np.uint8),
    ],
    align=True,
)
"""When a channel offers a callback, and how it goes."""

DIALLER = np.dtype(
    [
        ("pace", np.float64),
        ("reaches", np.float64),
        ("ring", np.int64),
        ("retry", np.int64),
        ("ringing", np.int64),  # calls
        ("first", np.uint32),  # on the list, which is linked by `behind`
        ("last", np.uint32),
        ("tries", np.uint8),
    ],
    align=True,
)
"""How a channel's customers are called, and who is to be."""

CREW = np.dtype([("here", np.int64), ("busy", np.int64)])
"""Of a group: agents on the floor within schedule, and those of them who are busy."""

CONSULT = np.dtype(
    [("part", np.float64), ("group", np.int16), ("waits", np.uint8)],
    align=True,
)
"""How a channel's agents consult a second one."""

LINE = np.dtype([("first", np.uint32), ("last", np.uint32)])
"""Contacts, each with its agent, that wait for a second one; linked by ``behind``."""

PASSING_ON = np.dtype([("part", np.float64), ("to", np.int16), ("busy", np.uint8)], align=True)
"""How a channel's agents pass contacts on."""

METER = np.dtype([("rest", np.int64), ("change", np.int64)], align=True)
"""What a level's changes amount to in an interval: a change by d adds d for the rest of this interval
(``rest``, less what is gone of it) and d for each later one whole (``change``)."""
