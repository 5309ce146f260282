"""The record: the trace of what happened."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from sim.contract import NOBODY, Ints, Trace
from sim.engines.reference.dispatcher import Dispatcher
from sim.engines.reference.incidents import Incidents
from sim.engines.reference.people import Contact


def record(contacts: list[Contact], horizon: int, dispatcher: Dispatcher, incidents: Incidents) -> Trace:
    """Write down all contacts, and what was measured besides, when the ``horizon`` has come."""
    for contact in contacts:
        _cut_at_horizon(contact, horizon)
    in_order = sorted(contacts, key=attrgetter("id"))
    floor = dispatcher.floor
    return Trace(
        case=_column(in_order, "case"),
        attempt=_column(in_order, "attempt"),
        channel=_column(in_order, "channel"),
        group=_column(in_order, "group"),
        arrived=_column(in_order, "arrived"),
        entered=_column(in_order, "entered"),
        answered=_column(in_order, "answered"),
        ended=_column(in_order, "ended"),
        queued=_column(in_order, "queued"),
        handled=_column(in_order, "handled"),
        wrapped=_column(in_order, "wrapped"),
        helper=_column(in_order, "helper"),
        helped=_column(in_order, "helped"),
        rung=_column(in_order, "rung"),
        outcome=_column(in_order, "outcome"),
        next_channel=_column(in_order, "next_channel"),
        present=floor.present,
        busy=floor.busy,
        overtime=floor.overtime,
        contacts_open=dispatcher.contacts_open,
        queue_length=dispatcher.queues.length,
        incidents=incidents.facts,
    )


def _cut_at_horizon(contact: Contact, horizon: int) -> None:
    """What has not ended by the horizon is unfinished: waits and agents' time are cut there."""
    if contact.waiting_since != NOBODY:
        contact.queued += horizon - contact.waiting_since
    if contact.agent is not None:
        contact.clock(horizon)
    if contact.second is not None:
        contact.helped = horizon - contact.joined
    if not contact.gone:
        contact.ended = horizon


def _column(contacts: list[Contact], name: str) -> Ints:
    return np.fromiter(map(attrgetter(name), contacts), np.int64, len(contacts))
