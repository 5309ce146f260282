"""The dispatcher: which agent for a contact, which contact for an agent. Every rule of matching is here.

The rules are those of DESIGN.md, "Rules of the simulation"; the reference engine's dispatcher says the same
in plain Python. What concludes a contact is in :mod:`sim.engines.compiled.journeys`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiling import Int, compiled, inlined, lowest_bit
from sim.contract import FAR, AgentOrder, Chance, Estimate, Kind, Mode, Outcome
from sim.engines.compiled import fortune
from sim.engines.compiled.agenda import cross_out, foresee
from sim.engines.compiled.attention import begin, end, ends_at
from sim.engines.compiled.centre import (
    OPEN,
    agent_ranks,
    agents,
    busy_below,
    channels,
    choices,
    contacts,
    crews,
    first_choice,
    free,
    frustration,
    hands,
    intent,
    keep_idle,
    offers,
    overflow,
    own_below,
    priority,
    queue_least,
    queue_of,
    queue_staff,
    queue_work,
    queues,
    room_for,
    rouses,
    selective,
    waiting,
    weight,
)
from sim.engines.compiled.consulting import join_in, next_in_line
from sim.engines.compiled.floor import (
    change,
    meter,
    put_back,
    shelf_interruptible,
    shelf_with_room,
    take_off,
)
from sim.engines.compiled.journeys import conclude, is_open
from sim.engines.compiled.queues import head, join, leave, sooner, stop_clock
from sim.engines.compiled.records import NONE, PASSED_ON, SILENT, UNATTENDED, WAITING
from sim.engines.compiled.sheet import WORD

_END = np.uint8(Kind.END)
_PATIENCE = np.uint8(Kind.PATIENCE)
_OVERFLOW = np.uint8(Kind.OVERFLOW)
_ABANDONED, _CALLED_BACK = np.uint8(Outcome.ABANDONED), np.uint8(Outcome.CALLED_BACK)
_LONGEST_IDLE, _LEAST_LOADED, _FILL_FIRST, _RANDOM = (int(order) for order in AgentOrder)
_HEAD_OF_LINE, _LAST_WAIT = int(Estimate.HEAD_OF_LINE), int(Estimate.LAST_WAIT)
_TAKES_CALLBACK, _AGENT = int(Chance.TAKES_CALLBACK), int(Chance.AGENT)
_DEFERRED = np.uint8(Mode.DEFERRED)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)


@compiled
def enter(centre: Any, contact: Int) -> None:
    """A contact asks for an agent: one takes it at once if free, or is freed for it; else it waits."""
    contacts(centre)[contact].entered = centre.now
    agent = _free_agent(centre, contact)
    if agent != NONE:
        _give(centre, contact, agent)
        settle(centre, agent)
    elif not _interrupt_for(centre, contact):
        channel = channels(centre)[contacts(centre)[contact].channel]
        if channel.callback and _takes_callback(centre, contact):
            conclude(centre, contact, _CALLED_BACK)
        elif channel.balk and _balks(centre, contact):
            conclude(centre, contact, _ABANDONED)
        else:
            join(centre, contact)
            _foresee_patience(centre, contact)


@compiled
def _takes_callback(centre: Any, contact: Int) -> bool:
    """Whether a callback is offered, for the wait that is to be expected, and accepted."""
    record = contacts(centre)[contact]
    attempt = np.int64(record.attempt)
    if record.mark & PASSED_ON or attempt + 1 == centre.attempts:
        return False
    offer = offers(centre)[record.channel]
    if _expected_wait(centre, np.int64(record.queue), offer.estimate) <= offer.above:
        return False
    return fortune.chance(centre, record.case, _TAKES_CALLBACK, attempt) < offer.take_up


@compiled
def _expected_wait(centre: Any, place: Int, estimate: Int) -> Int:
    queue = queues(centre)[place]
    if estimate == _LAST_WAIT:
        return queue.last_wait
    if estimate == _HEAD_OF_LINE:
        first = head(centre, np.uint32(place))
        return centre.now - contacts(centre)[first].entered if first != NONE else np.int64(0)
    staff = queue_staff(centre)[place, centre.interval]
    return (queue.length + 1) * queue_work(centre)[place] // staff if staff > 0 else np.int64(FAR)


@compiled
def ring_back(centre: Any, contact: Int) -> None:
    """A callback asks for an agent: for the first time, or again after a try that nobody answered."""
    record = contacts(centre)[contact]
    if record.tries == 0:
        record.entered = centre.now
    agent = _free_agent(centre, contact)
    if agent != NONE:
        _give(centre, contact, agent)
        settle(centre, agent)
        return
    join(centre, contact)
    record.updated = centre.horizon
    if record.tries == 0 and queues(centre)[record.queue].overflows:
        _foresee_waiting(centre, contact)


@compiled
def is_somebody_free(centre: Any, contact: Int, channel: Int) -> bool:
    """Whether an agent could take the contact at once if it were passed on to a channel."""
    record = contacts(centre)[contact]
    own, queue, entered = np.uint8(record.channel), np.uint16(record.queue), np.int64(record.entered)
    record.channel = channel
    record.queue = queue_of(centre)[channel, intent(centre)[record.case]]
    record.entered = centre.now
    agent = _free_agent(centre, contact)
    record.channel, record.queue, record.entered = own, queue, entered
    return agent != NONE


@compiled
def _balks(centre: Any, contact: Int) -> bool:
    record = contacts(centre)[contact]
    if record.mark & PASSED_ON or channels(centre)[record.channel].mode == _DEFERRED:
        return False
    return fortune.balks(centre, record.case, np.int64(record.channel), np.int64(record.attempt))


@compiled
def skill_opens(centre: Any, contact: Int) -> None:
    """A contact has waited so long that another skill opens to it."""
    if not _is_served(centre, contact):
        _foresee_waiting(centre, contact)


@compiled
def _is_served(centre: Any, contact: Int) -> bool:
    """Whether an agent takes a contact that waits, or is freed for it."""
    agent = _free_agent(centre, contact)
    if agent != NONE:
        stop_waiting(centre, contact)
        _give(centre, contact, agent)
        settle(centre, agent)
        return True
    return not contacts(centre)[contact].mark & UNATTENDED and _interrupt_for(centre, contact)


@compiled
def reconsider(centre: Any) -> None:
    """Conditions of skills may have changed: whoever waits first is offered again, until nobody is served."""
    again = True
    while again:
        again = False
        for queue in range(centre.queues_count):
            if queues(centre)[queue].watched:
                contact = head(centre, np.uint32(queue))
                while contact != NONE and _is_served(centre, contact):
                    again = True
                    contact = head(centre, np.uint32(queue))


@compiled
def lose_patience(centre: Any, contact: Int) -> None:
    """A customer gives up, with a sign or without: then an agent will have to find out."""
    if channels(centre)[contacts(centre)[contact].channel].silent and _leaves_silently(centre, contact):
        record = contacts(centre)[contact]
        stop_clock(centre, contact)
        record.mark |= SILENT
        record.updated = centre.horizon
        _foresee_waiting(centre, contact)
    else:
        stop_waiting(centre, contact)
    conclude(centre, contact, _ABANDONED)


@compiled
def _leaves_silently(centre: Any, contact: Int) -> bool:
    record = contacts(centre)[contact]
    return fortune.leaves_silently(centre, record.case, np.int64(record.channel), np.int64(record.attempt))


@compiled
def find_work(centre: Any, agent: Int) -> None:
    """The agent helps a colleague who asks, or takes contacts until it has no room or none is found."""
    record = agents(centre)[agent]
    if centre.consulting and record.load == 0 and not record.leaving:
        asks = next_in_line(centre, np.int64(record.group))
        if asks != NONE:
            join_in(centre, asks, agent)
    while record.load < record.limit:
        contact = _next_contact(centre, agent)
        if contact == NONE:
            break
        stop_waiting(centre, contact)
        _give(centre, contact, agent)
    settle(centre, agent)


# -- choosing an agent for a contact ---------------------------------------------------------------


@compiled
def _free_agent(centre: Any, contact: Int) -> Int:
    """Smallest (priority, contacts open, turn) among agents with room; NONE without one."""
    record = contacts(centre)[contact]
    queue = queues(centre)[record.queue]
    if centre.agent_order != _LONGEST_IDLE or queue.conditional:
        return _agent_by_order(centre, contact)
    loads = np.uint64(channels(centre)[record.channel].cap)
    for rank in range(queue.first_rank, queue.last_rank):
        for load in range(loads):
            agent = _longest_at_it(centre, rank, load)
            if agent != NONE:
                return agent
    return NONE


@compiled
def _agent_by_order(centre: Any, contact: Int) -> Int:
    """The same for any order of agents, and where skills have conditions."""
    record = contacts(centre)[contact]
    queue = queues(centre)[record.queue]
    loads = np.int64(channels(centre)[record.channel].cap)
    first, ranks = np.int64(queue.first_rank), np.int64(queue.last_rank) - np.int64(queue.first_rank)
    by_load = centre.agent_order == _LEAST_LOADED
    for step in range(ranks * loads):
        rank = step % ranks if by_load else step // loads
        load = step // ranks if by_load else step % loads
        if centre.agent_order == _FILL_FIRST:
            load = loads - 1 - load
        if centre.agent_order == _RANDOM:
            agent = _any_who_may(centre, contact, first + rank, load)
        else:
            agent = _longest_who_may(centre, contact, first + rank, load)
        if agent != NONE:
            return agent
    return NONE


@compiled
def _any_who_may(centre: Any, contact: Int, rank: Int, load: Int) -> Int:
    """One at random of those with so many contacts open in a rank's groups; NONE without one."""
    record = contacts(centre)[contact]
    number = _walk(centre, contact, rank, load, np.int64(-1))[0]
    if number == 0:
        return NONE
    drawn = fortune.chance(centre, record.case, _AGENT, np.int64(record.attempt))
    return _walk(centre, contact, rank, load, np.int64(drawn * number))[1]


@compiled
def _walk(centre: Any, contact: Int, rank: Int, load: Int, wanted: Int) -> tuple[Int, Int]:
    """How many there are, or how many come before the one ``wanted``, and who that is."""
    number = np.int64(0)
    for word in range(free(centre).shape[1]):
        groups = free(centre)[load, word] & agent_ranks(centre)[rank, word]
        while groups != _ZERO:
            group = np.int64(lowest_bit(groups)) + word * WORD
            groups &= groups - _ONE
            if _may(centre, group, contact, 1 if load == 0 else 0):
                shelf = shelf_with_room(centre, group, load)
                agent = agents(centre)[shelf].next
                while agent != shelf:
                    if number == wanted:
                        return number, agent
                    number += 1
                    agent = agents(centre)[agent].next
    return number, NONE


@compiled
def _longest_who_may(centre: Any, contact: Int, rank: Int, row: Int) -> Int:
    """:func:`_longest_at_it` of the groups whose skill's conditions hold for a contact."""
    longest = NONE
    for word in range(free(centre).shape[1]):
        groups = free(centre)[row, word] & agent_ranks(centre)[rank, word]
        while groups != _ZERO:
            group = np.int64(lowest_bit(groups)) + word * WORD
            groups &= groups - _ONE
            if row < centre.most_cap:
                shelf = shelf_with_room(centre, group, row)
            else:
                shelf = shelf_interruptible(centre, group)
            agent = agents(centre)[shelf].next
            sooner_turn = longest == NONE or agents(centre)[agent].turn < agents(centre)[longest].turn
            if sooner_turn and _may(centre, group, contact, 1 if row == 0 else 0):
                longest = agent
    return longest


@compiled
def _may(centre: Any, group: Int, contact: Int, takers: Int) -> bool:
    """Whether a skill's conditions hold; ``takers`` on the idle shelf (1 or 0) would take the contact."""
    keep = keep_idle(centre)[group, np.int64(contacts(centre)[contact].queue)]
    enough = keep == 0 or _idle(centre, group, keep + takers) >= keep + takers
    return enough and _is_open_to(centre, group, contact) and _conditions_hold(centre, group, contact)


@compiled
def _conditions_hold(centre: Any, group: Int, contact: Int) -> bool:
    """Whether a skill's queue is long, its group's own queues are short and its people free enough."""
    queue = np.int64(contacts(centre)[contact].queue)
    if not queues(centre)[queue].watched:
        return True
    if queues(centre)[queue].length < queue_least(centre)[group, queue]:
        return False
    crew = crews(centre)[group]
    if np.float64(crew.busy) >= busy_below(centre)[group, queue] * np.float64(crew.here):
        return False
    rank, own = priority(centre)[group, queue], np.int64(0)
    for other in range(centre.queues_count):
        if 0 < priority(centre)[group, other] < rank:
            own += queues(centre)[other].length
    return own < own_below(centre)[group, queue]


@inlined
def _is_open_to(centre: Any, group: Int, contact: Int) -> bool:
    """Whether the contact has waited long enough for the skill."""
    record = contacts(centre)[contact]
    return centre.now - record.entered >= overflow(centre)[group, np.int64(record.queue)]


@compiled
def _idle(centre: Any, group: Int, enough: Int) -> Int:
    """How many of a group are idle; no more than ``enough`` are counted."""
    shelf = shelf_with_room(centre, group, 0)
    agent, found = agents(centre)[shelf].next, 0
    while agent != shelf and found < enough:
        agent = agents(centre)[agent].next
        found += 1
    return found


@inlined
def _longest_at_it(centre: Any, rank: Int, row: Int) -> Int:
    """Of a rank's groups, the agent with the smallest turn on the shelves that a row of ``free`` tells."""
    longest = NONE
    for word in range(free(centre).shape[1]):
        groups = free(centre)[row, word] & agent_ranks(centre)[rank, word]
        while groups != _ZERO:
            group = np.int64(lowest_bit(groups)) + word * WORD
            groups &= groups - _ONE
            if row < centre.most_cap:
                shelf = shelf_with_room(centre, group, row)
            else:
                shelf = shelf_interruptible(centre, group)
            agent = agents(centre)[shelf].next
            if longest == NONE or agents(centre)[agent].turn < agents(centre)[longest].turn:
                longest = agent
    return longest


@compiled
def _interrupt_for(centre: Any, contact: Int) -> bool:
    """Take an agent off deferred work: smallest (priority, turn). Whether there was one."""
    record = contacts(centre)[contact]
    if channels(centre)[record.channel].mode == _DEFERRED:
        return False
    queue = queues(centre)[record.queue]
    for rank in range(queue.first_rank, queue.last_rank):
        if queue.conditional:
            agent = _longest_who_may(centre, contact, rank, centre.most_cap)
        else:
            agent = _longest_at_it(centre, rank, centre.most_cap)
        if agent != NONE:
            interrupted = hands(centre)[agent, 0]
            release(centre, interrupted)
            if record.mark & WAITING:
                stop_waiting(centre, contact)
            _give(centre, contact, agent)
            find_work(centre, agent)
            _resume(centre, interrupted)
            return True
    return False


@compiled
def _resume(centre: Any, interrupted: Int) -> None:
    agent = _free_agent(centre, interrupted)
    if agent != NONE:
        _give(centre, interrupted, agent)
        settle(centre, agent)
    else:
        join(centre, interrupted)


# -- choosing a contact for an agent ---------------------------------------------------------------


@compiled
def _next_contact(centre: Any, agent: Int) -> Int:
    """Smallest (deferred last, priority, place) among the heads of queues the agent may take."""
    record = agents(centre)[agent]
    group, load = np.uint64(record.group), np.uint64(record.load)
    if selective(centre)[group]:
        return _contact_by_conditions(centre, agent)
    for rank in range(first_choice(centre)[group], first_choice(centre)[group + _ONE]):
        first = NONE
        for word in range(len(waiting(centre))):
            heads = waiting(centre)[word] & choices(centre)[rank, word] & room_for(centre)[load, word]
            while heads != _ZERO:
                queue = np.uint32(lowest_bit(heads)) + np.uint32(word * WORD)
                heads &= heads - _ONE
                if not record.leaving or _serves_out(centre, queue):
                    contact = head(centre, queue)
                    if first == NONE or sooner(centre, contact, first):
                        first = contact
        if first != NONE:
            return first
    return NONE


@compiled
def _contact_by_conditions(centre: Any, agent: Int) -> Int:
    """The same where skills have conditions or weights: of equal standing, the largest weight x wait."""
    record = agents(centre)[agent]
    group, load = np.uint64(record.group), np.uint64(record.load)
    for rank in range(first_choice(centre)[group], first_choice(centre)[group + _ONE]):
        first, most = NONE, -1.0
        for word in range(len(waiting(centre))):
            heads = waiting(centre)[word] & choices(centre)[rank, word] & room_for(centre)[load, word]
            while heads != _ZERO:
                queue = np.uint32(lowest_bit(heads)) + np.uint32(word * WORD)
                heads &= heads - _ONE
                if record.leaving and not _serves_out(centre, queue):
                    continue
                contact = head(centre, queue)
                # One who leaves keeps nobody idle.
                if not record.leaving and not _may(centre, np.int64(group), contact, 0):
                    continue
                if not _is_open_to(centre, np.int64(group), contact):
                    continue
                waited = np.float64(centre.now - contacts(centre)[contact].entered)
                score = weight(centre)[group, np.uint64(queue)] * waited
                if first == NONE or score > most or (score == most and sooner(centre, contact, first)):
                    first, most = contact, score
        if first != NONE:
            return first
    return NONE


@inlined
def _serves_out(centre: Any, queue: Int) -> bool:
    """Whether the channel has closed, and those still waiting are served before agents go home."""
    channel = queues(centre)[queue].channel
    return channels(centre)[channel].mode != _DEFERRED and not is_open(centre, channel)


# -- handling --------------------------------------------------------------------------------------


@compiled
def _give(centre: Any, contact: Int, agent: Int) -> None:
    """The agent opens the contact; :func:`settle` must follow."""
    take_off(centre, agent)
    begin(centre, agent, contact)
    change(centre, meter(agents(centre)[agent].group, OPEN), 1)


@compiled
def release(centre: Any, contact: Int) -> Int:
    """The agent puts the contact down; :func:`settle` must follow."""
    cross_out(centre, contact)
    agent = end(centre, contact)
    take_off(centre, agent)
    change(centre, meter(agents(centre)[agent].group, OPEN), -1)
    return agent


@compiled
def settle(centre: Any, agent: Int) -> None:
    """The agent has come to a new load: file it, and see whether that lets a colleague take something."""
    _file(centre, agent)
    record = agents(centre)[agent]
    if record.load == 0 and rouses(centre)[record.group] and not record.leaving:
        _rouse(centre, np.int64(record.group))


@compiled
def _rouse(centre: Any, group: Int) -> None:
    """An agent has gone idle, so colleagues may take what the group's skills keep agents idle for."""
    for queue in range(centre.queues_count):
        if keep_idle(centre)[group, queue] > 0:
            contact = head(centre, np.uint32(queue))
            while contact != NONE:
                agent = _free_agent(centre, contact)
                if agent == NONE:
                    break
                stop_waiting(centre, contact)
                _give(centre, contact, agent)
                _file(centre, agent)
                contact = head(centre, np.uint32(queue))


@compiled
def _file(centre: Any, agent: Int) -> None:
    """File the agent under its new load, and foresee when its contacts end."""
    put_back(centre, agent)
    load = np.uint64(agents(centre)[agent].load)
    for place in range(load):
        contact = hands(centre)[agent, place]
        record = contacts(centre)[contact]
        tick = ends_at(centre, contact, load)
        if tick != record.tick:
            cross_out(centre, contact)
            foresee(centre, contact, tick, _END)


# -- waiting ---------------------------------------------------------------------------------------


@compiled
def stop_waiting(centre: Any, contact: Int) -> None:
    """The contact leaves its queue; its patience is no longer asked."""
    cross_out(centre, contact)
    leave(centre, contact)


@compiled
def _foresee_patience(centre: Any, contact: Int) -> None:
    """Foresee when the customer gives up, unless answered before; deferred contacts never do."""
    record = contacts(centre)[contact]
    if channels(centre)[record.channel].mode == _DEFERRED:
        record.updated = centre.horizon
    else:
        drawn = fortune.patience(centre, record.case, np.int64(record.channel), np.int64(record.attempt))
        record.updated = centre.now + fortune.scaled(drawn, frustration(centre)[record.failed, 1])
    if queues(centre)[record.queue].overflows:
        _foresee_waiting(centre, contact)
    else:
        foresee(centre, contact, record.updated, _PATIENCE)


@compiled
def _foresee_waiting(centre: Any, contact: Int) -> None:
    """Foresee the end of patience, or the opening of another skill if that is first or at the same tick."""
    record = contacts(centre)[contact]
    queue, waited = np.int64(record.queue), centre.now - record.entered
    opens_after = centre.horizon
    for group in range(centre.groups_count):
        after = overflow(centre)[group, queue]
        if waited < after < opens_after:
            opens_after = after
    opens_at = record.entered + opens_after
    if opens_at <= record.updated:
        foresee(centre, contact, opens_at, _OVERFLOW)
    else:
        foresee(centre, contact, record.updated, _PATIENCE)
