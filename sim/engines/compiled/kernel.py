"""The kernel: one replication from the first event to the last, and what it leaves as a trace.

What the calendar brings, first attempts, closings and changes of staff, is sorted before and read by
two pointers; everything else comes from the agenda. At each step the first of the three happens, by
the contract's order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiling import Apart, Int, compiled, entry, inlined
from sim.contract import (
    ID_BITS,
    NOBODY,
    Busy,
    Front,
    IncidentFact,
    Integrals,
    Ints,
    Kind,
    Mode,
    Outcome,
    Rows,
)
from sim.engines.compiled import fortune
from sim.engines.compiled.agenda import cross_out_first, foresee, next_before
from sim.engines.compiled.attention import begin_wrap, would_pass_on, wrap_time
from sim.engines.compiled.centre import (
    CENTRE,
    METERS,
    arrival,
    buckets,
    changes,
    channels,
    contacts,
    diallers,
    first_channel,
    first_contact,
    helped,
    helper,
    incidents,
    intent,
    meters,
    offers,
    passing_on,
    planned_channels,
    planned_queues,
    queue_of,
    queues,
    segment,
    skill_resolution,
    staff,
    success,
    wrong_queue,
)
from sim.engines.compiled.consulting import ask, clear_lines, help_so_far, is_to_ask, part
from sim.engines.compiled.dialling import answers, clear_lists, next_on_list, place_calls, put_on_list
from sim.engines.compiled.dispatcher import (
    enter,
    find_work,
    is_somebody_free,
    lose_patience,
    reconsider,
    release,
    ring_back,
    settle,
    skill_opens,
    stop_waiting,
)
from sim.engines.compiled.floor import clear_floor, come, fewer, take_off
from sim.engines.compiled.incidents import (
    clear_incidents,
    detect,
    has_incidents,
    meets_incident,
    slowed,
)
from sim.engines.compiled.journeys import (
    conclude,
    find_window,
    finish,
    is_open,
    new_contact,
)
from sim.engines.compiled.queues import clear_queues, head, sooner
from sim.engines.compiled.records import (
    CALLBACK,
    DOOMED,
    MISROUTED,
    NO_EVENT,
    NONE,
    PASSED_ON,
    SILENT,
    WAITING,
    WITHOUT_CUSTOMER,
)
from sim.luck.prepared import FRONT as FRONT_STAGE

_ARRIVAL, _END, _FRONT, _PATIENCE = (
    np.uint8(int(kind)) for kind in (Kind.ARRIVAL, Kind.END, Kind.FRONT, Kind.PATIENCE)
)
_CONTAINS, _LOSES, _MISROUTES = int(Front.CONTAINS), int(Front.LOSES), int(Front.MISROUTES)
_ARRIVAL_ORDER, _STAFFING, _DETECTION, _CLOSING = (
    np.int64(kind) for kind in (Kind.ARRIVAL, Kind.STAFFING, Kind.DETECTION, Kind.CLOSING)
)
_WAITS_THERE, _IS_LOST = int(Busy.QUEUE), int(Busy.LOSE)
_DETECTED, _ENDED, _FAILED_BY, _REPORTED, _HEEDED, _TOLD = (np.uint64(int(fact)) for fact in IncidentFact)
_SELF_SERVICE = np.uint8(Mode.SELF_SERVICE)
(
    _RESOLVED, _CONTAINED, _UNRESOLVED, _FAILED, _ABANDONED, _BLOCKED, _CLOSED, _TRANSFERRED, _DISCONNECTED,
    _UNFINISHED, _UNREACHED,
) = (
    np.uint8(int(outcome))
    for outcome in (
        Outcome.RESOLVED, Outcome.CONTAINED, Outcome.UNRESOLVED, Outcome.FAILED, Outcome.ABANDONED,
        Outcome.BLOCKED, Outcome.CLOSED, Outcome.TRANSFERRED, Outcome.DISCONNECTED, Outcome.UNFINISHED,
        Outcome.UNREACHED,
    )
)  # fmt: skip
_IDENTITY = (1 << ID_BITS) - 1

OUT_OF_ROOM = -1
"""What :func:`simulate` returns when the workspace has no room for another contact."""


def _simulate(centre: Any, number: Int) -> Int:
    """Simulate the first ``number`` of the centre's cases; returns the number of contacts, or OUT_OF_ROOM."""
    _begin(centre, number)
    horizon, per_case = centre.horizon, centre.attempts
    case, change_at = np.uint32(0), np.uint32(0)
    case_tick = _first_attempt(centre, case, number)
    change_at = _next_change(centre, change_at)
    change_tick, change_order = changes(centre)[change_at].tick, changes(centre)[change_at].order
    while True:
        case_order = (_ARRIVAL_ORDER << ID_BITS) | (np.int64(case) * per_case)
        begins = case_tick < change_tick or (case_tick == change_tick and case_order < change_order)
        tick = case_tick if begins else change_tick
        order = case_order if begins else change_order
        contact = next_before(centre, tick, order)
        if contact != NONE:
            _advance(centre, contacts(centre)[contact].tick)
            _happens(centre, contact)
        elif tick >= horizon:
            break
        elif begins:
            _advance(centre, tick)
            _case_begins(centre, case)
            case += np.uint32(1)
            case_tick = _first_attempt(centre, case, number)
        else:
            _advance(centre, tick)
            _staff_or_close(centre, change_at)
            change_at = _next_change(centre, change_at + np.uint32(1))
            change_tick, change_order = changes(centre)[change_at].tick, changes(centre)[change_at].order
        if centre.looks_round:
            _look_round(centre)
        if centre.full:
            return OUT_OF_ROOM
    return np.int64(centre.new_contact) - centre.queues_count


SIMULATE = Apart(_simulate, CENTRE, 1)
simulate = SIMULATE.caller("simulate_address")
"""``simulate(centre, (number,))``; see :func:`_simulate`."""


@inlined
def _first_attempt(centre: Any, case: Int, number: Int) -> Int:
    """The tick of a case's first attempt; the horizon when there are no more cases."""
    return arrival(centre)[case] if case < number else centre.horizon


@inlined
def _next_change(centre: Any, place: Int) -> Int:
    """The place of the next change of the calendar, from ``place`` on, that is one in this replication."""
    while changes(centre)[place].by == 0 and changes(centre)[place].order >> ID_BITS == _STAFFING:
        place += np.uint32(1)
    return place


@compiled
def _look_round(centre: Any) -> None:
    """After an event: what skills' conditions now allow, and calls to customers."""
    if centre.conditions:
        reconsider(centre)
    if centre.dialling:
        place_calls(centre)


@compiled
def _attend(centre: Any) -> None:
    """The calendar's changes of staff become those of this replication."""
    for place in range(len(changes(centre))):
        change = changes(centre)[place]
        if change.order >> ID_BITS == _STAFFING:
            group, interval = change.order & _IDENTITY, change.tick // centre.interval_ticks
            before = staff(centre)[group, interval - 1] if interval > 0 else 0
            change.by = staff(centre)[group, interval] - before


@compiled
def _begin(centre: Any, number: Int) -> None:
    """Midnight: nobody is there, nothing is foreseen."""
    centre.now = 0
    centre.interval = 0
    centre.interval_begins = 0
    centre.interval_ends = centre.interval_ticks
    centre.cursor = 0
    centre.opened = NOBODY
    centre.opened_last = NONE
    centre.new_contact = centre.queues_count
    centre.full = 0
    _blank(centre)
    clear_floor(centre)
    for queue in range(centre.queues_count):
        queues(centre)[queue] = planned_queues(centre)[queue]
    clear_queues(centre)
    clear_incidents(centre, number)
    clear_lines(centre)
    clear_lists(centre)
    if centre.absent:
        _attend(centre)
    for channel in range(centre.channels_count):
        channels(centre)[channel] = planned_channels(centre)[channel]
        find_window(centre, channel)
    for row in range(meters(centre).shape[0]):
        for interval in range(meters(centre).shape[1]):
            level = meters(centre)[row, interval]
            level.rest = 0
            level.change = 0
    for case in range(number):
        first_contact(centre)[case] = NONE


@compiled
def _blank(centre: Any) -> None:
    """A contact of which nothing is known yet, in the last record: new ones are copies of it."""
    record = contacts(centre)[centre.blank]
    record.tick = NOBODY
    record.entered = NOBODY
    record.left = NOBODY
    record.agent = NONE
    record.answered = NOBODY
    record.ended = NOBODY
    record.queued = 0
    record.handled = 0
    record.wrapped = 0
    record.failed = 0
    record.following = NONE
    record.group = NOBODY
    record.next_channel = NOBODY
    record.outcome = _UNFINISHED
    record.event = NO_EVENT
    record.mark = 0
    record.tries = 0


@compiled
def clear_agenda(centre: Any) -> None:
    """Nothing is foreseen: needed after a replication that was not finished."""
    for bucket in range(len(buckets(centre))):
        buckets(centre)[bucket] = NONE


@inlined
def _advance(centre: Any, tick: Int) -> None:
    centre.now = tick
    while tick >= centre.interval_ends:
        centre.interval += 1
        centre.interval_begins = centre.interval_ends
        centre.interval_ends += centre.interval_ticks


# -- what happens ----------------------------------------------------------------------------------


@compiled
def _happens(centre: Any, contact: Int) -> None:
    """What was foreseen of a contact."""
    kind = contacts(centre)[contact].event
    cross_out_first(centre, contact)
    record = contacts(centre)[contact]
    if kind == _ARRIVAL:
        _arrive(centre, contact)
    elif kind == _END:
        if channels(centre)[record.channel].mode == _SELF_SERVICE:
            _self_service_ends(centre, contact)
        else:
            _handling_ends(centre, contact)
    elif kind == _PATIENCE:
        lose_patience(centre, contact)
    elif kind == _FRONT:
        _front_ends(centre, contact)
    else:
        skill_opens(centre, contact)


@compiled
def _case_begins(centre: Any, case: Int) -> None:
    contact = new_contact(centre, case, np.int64(0), first_channel(centre)[case], NONE)
    if contact != NONE:
        _arrive(centre, contact)


@compiled
def _arrive(centre: Any, contact: Int) -> None:
    """The customer tries a channel: it may be closed, full or out of order, else the contact enters."""
    record = contacts(centre)[contact]
    channel, case = np.int64(record.channel), record.case
    place = channels(centre)[channel]
    if record.tries == 0:
        record.arrived = centre.now
        record.queue = queue_of(centre)[channel, intent(centre)[case]]
    if place.dials:
        if record.tries > 0 and place.drops and not is_open(centre, channel):
            finish(centre, contact, _DISCONNECTED)
        else:
            put_on_list(centre, contact)
    elif record.mark & CALLBACK:
        if record.tries > 0 and place.drops and not is_open(centre, channel):
            finish(centre, contact, _DISCONNECTED)
        else:
            ring_back(centre, contact)
    elif record.mark & PASSED_ON:
        place.inside += 1
        enter(centre, contact)
    elif not is_open(centre, channel):
        finish(centre, contact, _CLOSED)
    elif place.inside >= place.lines:
        finish(centre, contact, _BLOCKED)
    elif place.mode == _SELF_SERVICE:
        _enter_self_service(centre, contact)
    elif has_incidents(centre, channel) and meets_incident(centre, contact):
        record.mark = DOOMED
        finish(centre, contact, _BLOCKED)
    else:
        place.inside += 1
        if place.front:
            _enter_front(centre, contact)
        else:
            enter(centre, contact)


@compiled
def _enter_self_service(centre: Any, contact: Int) -> None:
    record = contacts(centre)[contact]
    channel = np.int64(record.channel)
    duration = fortune.work(centre, record.case, channel, np.int64(record.attempt))
    if has_incidents(centre, channel):
        duration = slowed(centre, channel, duration)
        if meets_incident(centre, contact):
            record.mark = DOOMED
    channels(centre)[channel].inside += 1
    foresee(centre, contact, centre.now + duration, _END)


@compiled
def _enter_front(centre: Any, contact: Int) -> None:
    record = contacts(centre)[contact]
    duration = fortune.stage(
        centre, record.case, np.int64(record.channel), np.int64(record.attempt), FRONT_STAGE
    )
    foresee(centre, contact, centre.now + duration, _FRONT)


@compiled
def _front_ends(centre: Any, contact: Int) -> None:
    """The automated front contains the contact, loses the customer, or passes it on to a queue."""
    record = contacts(centre)[contact]
    channel, attempt = np.int64(record.channel), np.int64(record.attempt)
    if channels(centre)[channel].dials:
        _ringing_ends(centre, contact)
        return
    ending = fortune.front_ends(centre, record.case, channel, attempt)
    if ending == _CONTAINS:
        conclude(centre, contact, _CONTAINED)
    elif ending == _LOSES:
        conclude(centre, contact, _ABANDONED)
    elif channels(centre)[channel].drops and not is_open(centre, channel):
        conclude(centre, contact, _DISCONNECTED)
    else:
        if ending == _MISROUTES and attempt + 1 < centre.attempts:
            record.mark |= MISROUTED
            record.queue = wrong_queue(centre)[record.queue]
        enter(centre, contact)


@compiled
def _ringing_ends(centre: Any, contact: Int) -> None:
    """Who answers a dialler's call asks for an agent; others are called again, if not too often yet."""
    record = contacts(centre)[contact]
    place, dialler = channels(centre)[record.channel], diallers(centre)[record.channel]
    if answers(centre, contact):
        if place.drops and not is_open(centre, np.int64(record.channel)):
            record.tries += 1  # it counts as a call, but nobody asked for an agent
            conclude(centre, contact, _DISCONNECTED)
        else:
            enter(centre, contact)
        return
    record.tries += 1
    if record.tries == dialler.tries:
        conclude(centre, contact, _UNREACHED)
    else:
        place.inside -= 1
        if centre.now + dialler.retry < centre.horizon:
            foresee(centre, contact, centre.now + dialler.retry, _ARRIVAL)


@compiled
def _self_service_ends(centre: Any, contact: Int) -> None:
    record = contacts(centre)[contact]
    succeeds = record.mark != DOOMED and _is_lucky(centre, contact, _success(centre, contact))
    conclude(centre, contact, _RESOLVED if succeeds else _FAILED)


@inlined
def _success(centre: Any, contact: Int) -> float:
    record = contacts(centre)[contact]
    return success(centre)[record.channel, intent(centre)[record.case], segment(centre)[record.case]]


@inlined
def _is_lucky(centre: Any, contact: Int, share: float) -> bool:
    """Whether the contact is among the share of those that resolve their case."""
    record = contacts(centre)[contact]
    channel, attempt = np.int64(record.channel), np.int64(record.attempt)
    return fortune.resolution_luck(centre, record.case, channel, attempt) < share


@compiled
def _handling_ends(centre: Any, contact: Int) -> None:
    """The customer goes, and the agent, after writing up if there is that, to other work."""
    record = contacts(centre)[contact]
    if record.mark & WITHOUT_CUSTOMER:
        find_work(centre, release(centre, contact))
        return
    if record.mark & CALLBACK and record.answered == NOBODY:
        _nobody_answers(centre, contact)
        return
    if channels(centre)[record.channel].consults:
        _consult_or_end(centre, contact)
    else:
        _end(centre, contact)


@compiled
def _consult_or_end(centre: Any, contact: Int) -> None:
    """The agent asks for a second one; or both are done, the first of them first."""
    if is_to_ask(centre, contact):
        second = ask(centre, contact)
        if second != NONE:
            settle(centre, second)
    else:
        second = part(centre, contact)
        _end(centre, contact)
        if second != NONE:
            find_work(centre, second)


@compiled
def _end(centre: Any, contact: Int) -> None:
    """The customer goes."""
    if channels(centre)[contacts(centre)[contact].channel].wrap:
        time = wrap_time(centre, contact)
        if time > 0:
            _write_up(centre, contact, time)
            return
    agent = release(centre, contact)
    conclude(centre, contact, _outcome(centre, contact))
    find_work(centre, agent)


@compiled
def _nobody_answers(centre: Any, contact: Int) -> None:
    """The customer who is rung back does not answer: another try later, if there is one left."""
    agent = release(centre, contact)
    record = contacts(centre)[contact]
    offer = offers(centre)[record.channel]
    record.left = NOBODY
    record.tries += 1
    if record.tries == offer.tries:
        finish(centre, contact, _ABANDONED)
    elif centre.now + offer.retry < centre.horizon:
        foresee(centre, contact, centre.now + offer.retry, _ARRIVAL)
    find_work(centre, agent)


@compiled
def _outcome(centre: Any, contact: Int) -> Int:
    """How a contact that an agent has handled ends for the customer."""
    record = contacts(centre)[contact]
    if record.mark & MISROUTED:
        return _TRANSFERRED
    group, queue = np.int64(record.group), np.int64(record.queue)
    if channels(centre)[record.channel].passes_on and would_pass_on(centre, contact, group):
        way = passing_on(centre)[record.channel]
        if way.busy == _WAITS_THERE or is_somebody_free(centre, contact, np.int64(way.to)):
            return _TRANSFERRED
        if way.busy == _IS_LOST:
            return _DISCONNECTED
    share = skill_resolution(centre)[group, queue] if centre.by_group else np.nan
    if np.isnan(share):
        share = _success(centre, contact)
    return _RESOLVED if _is_lucky(centre, contact, share) else _UNRESOLVED


@compiled
def _write_up(centre: Any, contact: Int, time: Int) -> None:
    """The customer goes; the contact stays on the agent's desk."""
    agent = contacts(centre)[contact].agent
    take_off(centre, agent)
    begin_wrap(centre, contact, time)
    conclude(centre, contact, _outcome(centre, contact))
    settle(centre, agent)


@compiled
def _staff_or_close(centre: Any, place: Int) -> None:
    """A channel that drops those waiting closes, a number on the floor changes, an incident is noticed; or a
    channel that dials opens, which :func:`_look_round` sees."""
    change = changes(centre)[place]
    who, kind = change.order & _IDENTITY, change.order >> ID_BITS
    if kind == _STAFFING:
        if change.by < 0:
            fewer(centre, who, -change.by)
        for _ in range(change.by):
            find_work(centre, come(centre, who))
    elif kind == _DETECTION:
        detect(centre, change.by)
    elif kind == _CLOSING:
        _drop(centre, who)


@compiled
def _drop(centre: Any, channel: Int) -> None:
    """Disconnect all those waiting in a channel, in order of place, then those who are to be called."""
    while True:
        first = NONE
        for place in range(len(queues(centre))):
            if queues(centre)[place].channel == channel:
                contact = head(centre, np.uint32(place))
                if contact != NONE and (first == NONE or sooner(centre, contact, first)):
                    first = contact
        if first == NONE:
            break
        stop_waiting(centre, first)
        if contacts(centre)[first].mark & CALLBACK:
            finish(centre, first, _DISCONNECTED)
        elif not contacts(centre)[first].mark & SILENT:
            conclude(centre, first, _DISCONNECTED)
    if channels(centre)[channel].dials:
        contact = next_on_list(centre, channel)
        while contact != NONE:
            finish(centre, contact, _DISCONNECTED)
            contact = next_on_list(centre, channel)


# -- the record ------------------------------------------------------------------------------------


@compiled
def write_trace(centre: Any, number: Int, rows: Rows, integrals: Integrals) -> None:
    """Write what happened, ordered by case and attempt."""
    row = np.uint64(0)
    for case in range(number):
        contact = first_contact(centre)[case]
        while contact != NONE:
            _write_row(centre, contact, rows, row)
            contact = contacts(centre)[contact].following
            row += np.uint64(1)
    for group in range(centre.groups_count):
        _write_integral(centre, METERS * group, integrals.present, group)
        _write_integral(centre, METERS * group + 1, integrals.busy, group)
        _write_integral(centre, METERS * group + 2, integrals.overtime, group)
        _write_integral(centre, METERS * group + 3, integrals.contacts_open, group)
    for place in range(len(incidents(centre))):
        _write_incident(centre, place, integrals.incidents)
    for channel in range(centre.channels_count):
        row = METERS * centre.groups_count + channel
        _write_integral(centre, row, integrals.queue_length, channel)


@inlined
def _write_row(centre: Any, contact: Int, rows: Rows, row: Int) -> None:
    """What has not ended by the horizon is unfinished: its wait and handling are cut there."""
    record, horizon = contacts(centre)[contact], centre.horizon
    ended, queued, handled, wrapped = record.ended, record.queued, record.handled, record.wrapped
    if ended == NOBODY:
        ended = horizon
        if record.mark & WAITING:
            queued += horizon - record.since
        if record.agent != NONE:
            if record.answered != NOBODY:
                handled += horizon - record.since
            else:
                wrapped += horizon - record.since
    elif record.agent != NONE:
        wrapped += horizon - record.since
    rows.case[row] = record.case
    rows.attempt[row] = record.attempt
    rows.channel[row] = record.channel
    rows.group[row] = record.group
    rows.arrived[row] = record.arrived
    rows.entered[row] = record.entered
    rows.answered[row] = record.answered
    rows.ended[row] = ended
    rows.queued[row] = queued
    rows.handled[row] = handled
    rows.wrapped[row] = wrapped
    rows.helper[row] = NOBODY
    rows.helped[row] = 0
    if centre.consulting:
        rows.helper[row] = helper(centre)[contact]
        rows.helped[row] = helped(centre)[contact]
        if record.ended == NOBODY and channels(centre)[record.channel].consults:
            rows.helped[row] = help_so_far(centre, contact) if record.agent != NONE else 0
    rows.rung[row] = _calls_to(centre, contact) if centre.ringing else 0
    rows.outcome[row] = record.outcome
    rows.next_channel[row] = record.next_channel


@compiled
def _calls_to(centre: Any, contact: Int) -> Int:
    """Calls to the customer that were answered or in vain."""
    record = contacts(centre)[contact]
    if channels(centre)[record.channel].dials:
        return np.int64(record.tries) + (1 if record.entered != NOBODY else 0)
    if record.mark & CALLBACK:
        return np.int64(record.tries) + (1 if record.answered != NOBODY else 0)
    return np.int64(0)


@compiled
def _write_incident(centre: Any, place: Int, into: Ints) -> None:
    incident = incidents(centre)[place]
    row = np.uint64(incident.place)
    into[row, _DETECTED] = incident.detected
    into[row, _ENDED] = incident.ends
    into[row, _FAILED_BY] = incident.failed
    into[row, _REPORTED] = incident.reported
    into[row, _HEEDED] = incident.waits
    into[row, _TOLD] = incident.told


@compiled
def _write_integral(centre: Any, meter: Int, into: Ints, row: Int) -> None:
    """A change holds for the rest of its interval, and for all later ones whole."""
    level, ticks = np.int64(0), centre.interval_ticks
    for interval in range(meters(centre).shape[1]):
        level += meters(centre)[meter, interval].change
        into[row, interval] = level * ticks + meters(centre)[meter, interval].rest


@entry
def simulate_once(desk: NDArray[np.void], number: Int) -> Int:
    """:func:`_simulate`, from Python: ``desk`` is the record of the centre's desk."""
    return simulate(desk[0], (number,))


@entry
def write_once(desk: NDArray[np.void], number: Int, rows: Rows, integrals: Integrals) -> None:
    """:func:`write_trace`, from Python."""
    write_trace(desk[0], number, rows, integrals)


@entry
def clear_once(desk: NDArray[np.void]) -> None:
    """:func:`clear_agenda`, from Python."""
    clear_agenda(desk[0])
