"""What must hold in every run, on random scenarios full of ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import Scenario
from sim import plan as plans
from sim.contract import FAR, NOBODY, Mode, Outcome, Plan, Trace, scaled
from sim.engines import Engine, get
from sim.luck.streams import HashedDraws, draw
from tests.strategies import GROUPS, scenario_fields, scenarios_strategy
from tests.truths.watched import watch
from tests.twins.compare import same

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(scenarios_strategy(), st.integers(0, 2**64 - 1))
def test_truths(engine_name: str, asked: Scenario, seed: int) -> None:
    """The reference engine is watched at every event; of others, the trace is enough."""
    plan = plans.build(asked)
    draws = draw(plan, seed, 0)
    trace = watch(plan, draws) if engine_name == "reference" else get(engine_name)(plan, draws)
    cases_are_conserved(plan, draws, trace)
    contacts_are_conserved(plan, draws, trace)
    outcomes_follow_the_rules(plan, draws, trace)
    time_is_conserved(plan, draws, trace)
    littles_law(plan, trace)
    agents_time_is_conserved(plan, trace)
    nobody_waits_longer_than_patience(plan, draws, trace)
    assert same(trace, get(engine_name)(plan, draw(plan, seed, 0)))


def cases_are_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Every case makes its first attempt, the attempts of a case are a chain, and nothing else happens."""
    assert np.array_equal(np.unique(trace.case), np.arange(len(draws.key)))
    first = trace.attempt == 0
    assert np.array_equal(trace.arrived[first], draws.arrival)
    assert np.array_equal(trace.channel[first], draws.first_channel)
    for m in range(len(trace.case)):
        follows = m + 1 < len(trace.case) and trace.case[m + 1] == trace.case[m]
        if trace.next_channel[m] == NOBODY:
            assert not follows
            continue
        assert trace.outcome[m] not in (Outcome.RESOLVED, Outcome.UNFINISHED)
        case, attempt = int(trace.case[m]), int(trace.attempt[m])
        row = plan.next_row[trace.channel[m], trace.outcome[m], draws.intent[case], draws.segment[case]]
        if row == NOBODY:  # an agent passes the contact on
            assert trace.outcome[m] == Outcome.TRANSFERRED
            assert trace.next_channel[m] == trace.channel[m]
            arrival = trace.ended[m]
        else:
            assert draws.next_channel(int(row), attempt)[case] == trace.next_channel[m]
            arrival = trace.ended[m] + draws.delay(int(row), attempt)[case]
        assert follows == (arrival < plan.horizon)
        if follows:
            assert trace.attempt[m + 1] == attempt + 1 < plan.max_attempts
            assert trace.arrived[m + 1] == arrival
            assert trace.channel[m + 1] == trace.next_channel[m]


def passed_on(plan: Plan, draws: HashedDraws, trace: Trace) -> Any:
    """[m] whether the contact goes on from a transfer, rather than beginning from outside."""
    intent, segment = draws.intent[trace.case], draws.segment[trace.case]
    row = plan.next_row[trace.channel, trace.outcome, intent, segment]
    passes = (trace.outcome == Outcome.TRANSFERRED) & (row == NOBODY)
    return (trace.attempt > 0) & np.roll(passes, 1)


def failed_before(trace: Trace) -> Any:
    """[m] the case's earlier attempts that failed: all but those that were transferred."""
    failed = np.zeros(len(trace.case), np.int64)
    for m in np.flatnonzero(trace.attempt > 0):
        failed[m] = failed[m - 1] + (trace.outcome[m - 1] != Outcome.TRANSFERRED)
    return failed


def contacts_are_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Every offered contact has one of the outcomes that are simulated, per channel and interval."""
    simulated = set(Outcome) - {Outcome.CALLED_BACK}
    interval = trace.arrived // plan.interval_ticks
    cell = trace.channel * plan.intervals + interval
    offered = np.bincount(cell, minlength=len(plan.channels) * plan.intervals)
    by_outcome = [np.bincount(cell[trace.outcome == o], minlength=len(offered)) for o in simulated]
    assert np.array_equal(offered, np.sum(by_outcome, axis=0))
    unfinished = trace.outcome == Outcome.UNFINISHED
    assert np.array_equal(trace.ended == plan.horizon, unfinished)


def outcomes_follow_the_rules(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """What each outcome implies about times, agents and modes."""
    inside = passed_on(plan, draws, trace)
    for m in range(len(trace.case)):
        outcome, channel = Outcome(trace.outcome[m]), int(trace.channel[m])
        mode, arrived = Mode(plan.mode[channel]), int(trace.arrived[m])
        windows = slice(plan.open_index[channel], plan.open_index[channel + 1])
        is_open = bool(np.any((plan.open_from[windows] <= arrived) & (arrived < plan.open_until[windows])))
        assert (outcome is Outcome.CLOSED) == (not is_open and not inside[m])
        served, entered = trace.answered[m] != NOBODY, trace.entered[m] != NOBODY
        if not served and trace.group[m] != NOBODY:  # who found out that the customer had left silently
            assert outcome is Outcome.ABANDONED
            assert plan.silent[channel] > 0
            assert trace.handled[m] == 0
        assert not served or trace.group[m] != NOBODY
        if outcome is Outcome.TRANSFERRED:
            assert served
        if outcome is Outcome.CONTAINED:
            assert not entered
        if outcome in (Outcome.RESOLVED, Outcome.UNRESOLVED):
            assert served or mode is Mode.SELF_SERVICE
            assert draws.resolves(channel, int(trace.attempt[m]))[trace.case[m]] == (
                outcome is Outcome.RESOLVED
            )
        if outcome in (
            Outcome.ABANDONED,
            Outcome.DISCONNECTED,
            Outcome.BLOCKED,
            Outcome.CLOSED,
            Outcome.FAILED,
        ):
            assert not served
        if outcome in (Outcome.BLOCKED, Outcome.CLOSED):
            assert trace.ended[m] == arrived
        if outcome is Outcome.DISCONNECTED:
            assert plan.drop_at_close[channel]
            assert not entered or trace.ended[m] in plan.open_until[windows]


def time_is_conserved(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """A contact with agents is in the front, waiting or being handled; handling lasts as long as the work."""
    self_service = plan.mode[trace.channel] == Mode.SELF_SERVICE
    entered = trace.entered != NOBODY
    assert not np.any(entered & self_service)
    spent = trace.queued + trace.handled
    assert np.array_equal((trace.ended - trace.entered)[entered], spent[entered])
    assert np.all((spent + trace.wrapped)[~entered] == 0)
    answered = trace.answered != NOBODY
    assert np.all((trace.answered >= trace.entered)[answered])
    live = (plan.mode == Mode.LIVE)[trace.channel]
    assert np.array_equal((trace.answered - trace.entered)[answered & live], trace.queued[answered & live])
    fronts_last(plan, draws, trace)
    finished = np.isin(trace.outcome, (Outcome.RESOLVED, Outcome.UNRESOLVED))
    failed = failed_before(trace)
    for m in np.flatnonzero(finished & live):
        case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
        factor = plan.skill_factor[trace.group[m], plan.queue_of[channel, draws.intent[case]]]
        base = scaled(int(draws.work(channel, attempt)[case]), plan.frustration_work[failed[m]])
        assert trace.handled[m] == slowed(plan, channel, int(trace.answered[m]), scaled(base, factor))
        wrap = scaled(int(draws.wrap(channel, attempt)[case]), factor)
        assert trace.wrapped[m] == min(wrap, plan.horizon - trace.ended[m])


def fronts_last(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Who gets through the front has been in it as long as it takes; nobody is longer."""
    inside = passed_on(plan, draws, trace)
    for m in np.flatnonzero(plan.mode[trace.channel] != Mode.SELF_SERVICE):
        case, channel = int(trace.case[m]), int(trace.channel[m])
        has_front = plan.front_law[channel, draws.intent[case]] != NOBODY and not inside[m]
        front = int(draws.front(channel, int(trace.attempt[m]))[case]) if has_front else 0
        if trace.entered[m] != NOBODY:
            assert trace.entered[m] == trace.arrived[m] + front
        else:
            assert trace.ended[m] - trace.arrived[m] <= front


def slowed(plan: Plan, channel: int, tick: int, time: int) -> int:
    """What incidents make of a time that begins at a tick."""
    factor = 1.0
    for n in np.flatnonzero(plan.incident_channel == channel):
        if plan.incident_from[n] <= tick < plan.incident_until[n]:
            factor *= float(plan.incident_slowdown[n])
    return scaled(time, factor) if factor != 1.0 else time


def littles_law(plan: Plan, trace: Trace) -> None:
    """The integral of the queue is the sum of the waits, to the tick; likewise of contacts and handling."""
    for channel in range(len(plan.channels)):
        mine = trace.channel == channel
        assert int(plan_total(plan, trace.queue_length[channel])) == int(trace.queued[mine].sum())
        if plan.mode[channel] != Mode.DEFERRED:
            expected = np.zeros(plan.intervals, dtype=np.int64)
            for m in np.flatnonzero(mine & (trace.queued > 0)):
                add_presence(expected, int(trace.entered[m]), int(trace.entered[m] + trace.queued[m]), plan)
            assert np.array_equal(expected, trace.queue_length[channel])
    assert int(trace.contacts_open.sum()) == int((trace.handled + trace.wrapped).sum())


def plan_total(plan: Plan, row: Any) -> int:
    return int(row.sum())


def add_presence(row: Any, begins: int, ends: int, plan: Plan) -> None:
    for k in range(begins // plan.interval_ticks, (ends - 1) // plan.interval_ticks + 1):
        row[k] += min(ends, (k + 1) * plan.interval_ticks) - max(begins, k * plan.interval_ticks)


def agents_time_is_conserved(plan: Plan, trace: Trace) -> None:
    """present = idle + busy + overtime; the scheduled number is there, no more; nobody above the cap."""
    assert np.array_equal(trace.present - trace.overtime, plan.staff * plan.interval_ticks)
    idle = trace.present - trace.busy - trace.overtime
    for meter in (idle, trace.busy, trace.overtime, trace.contacts_open, trace.queue_length):
        assert np.all(meter >= 0)
    working = trace.busy + trace.overtime
    assert np.all(trace.contacts_open >= working)
    assert np.all(trace.contacts_open <= working * plan.cap.max(initial=1))


def nobody_waits_longer_than_patience(plan: Plan, draws: HashedDraws, trace: Trace) -> None:
    """Impatient contacts wait at most their patience; who abandons has waited exactly that, unless at once
    or in the front."""
    failed = failed_before(trace)
    for m in range(len(trace.case)):
        case, attempt, channel = int(trace.case[m]), int(trace.attempt[m]), int(trace.channel[m])
        gave_up = trace.outcome[m] == Outcome.ABANDONED and trace.entered[m] != NOBODY
        if Mode(plan.mode[channel]) in (Mode.LIVE, Mode.CONCURRENT):
            lasts = plan.frustration_patience[failed[m]]
            patience = scaled(int(draws.patience(channel, attempt)[case]), lasts)
            assert trace.queued[m] <= patience
            if gave_up and not (trace.queued[m] == 0 and draws.balks(channel, attempt)[case]):
                assert trace.queued[m] == patience < FAR
        else:
            assert not gave_up


# -- what must not matter --------------------------------------------------------------------------


def plain(skill: dict[str, Any]) -> dict[str, Any]:
    """Without a reserve, which is kept by each group for itself."""
    return {**skill, "keep_idle": 0}


def halves(fields: dict[str, Any], staff: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The scenario with steady staff, twice ``staff`` in each group; and with each group split in two."""
    groups = {
        name: {**group, "skills": {channel: plain(skill) for channel, skill in group["skills"].items()}}
        for name, group in fields["groups"].items()
    }
    whole = {
        name: {**group, "shrinkage": 0, "staff": {"00:00": 2 * staff[name]}} for name, group in groups.items()
    }
    split = {
        name + half: {**group, "staff": {"00:00": staff[name]}}
        for name, group in whole.items()
        for half in ("", "_too")
    }
    return {**fields, "groups": whole}, {**fields, "groups": split}


@few
@given(scenario_fields(), st.fixed_dictionaries({name: st.integers(0, 2) for name in GROUPS}))
def test_splitting_every_group_in_two_changes_nothing(
    engine: Engine, fields: dict[str, Any], staff: dict[str, int]
) -> None:
    traces = []
    for each in halves(fields, staff):
        plan = plans.build(Scenario(**each))
        traces.append(engine(plan, draw(plan, 1, 0)))
    whole, split = traces
    for name in (
        "case",
        "attempt",
        "channel",
        "arrived",
        "answered",
        "ended",
        "queued",
        "handled",
        "outcome",
    ):
        assert np.array_equal(getattr(whole, name), getattr(split, name)), name
    for name in ("present", "busy", "overtime", "contacts_open"):
        meter = getattr(split, name)
        assert np.array_equal(getattr(whole, name), meter[0::2] + meter[1::2]), name


@few
@given(scenario_fields())
def test_the_order_of_declaration_changes_nothing(engine: Engine, fields: dict[str, Any]) -> None:
    """Segments, channels and intents may be listed in any order (groups come on the floor in theirs), but
    for where misrouted contacts go and in which order a reserve is offered."""
    for group in fields["groups"].values():
        group["skills"] = {channel: plain(skill) for channel, skill in group["skills"].items()}
    for channel in fields["channels"].values():
        if "front" in channel:
            channel["front"] = {**channel["front"], "misroute": 0}
    turned = dict(fields)
    for name in ("segments", "channels", "intents"):
        turned[name] = dict(reversed(list(fields[name].items())))
    stories = []
    for each in (fields, turned):
        plan = plans.build(Scenario(**each))
        draws = draw(plan, 7, 3)
        trace = engine(plan, draws)
        columns = (
            trace.attempt,
            trace.arrived,
            trace.answered,
            trace.ended,
            trace.queued,
            trace.outcome,
            trace.group,
        )
        keys = draws.key[trace.case].tolist()
        names = [plan.channels[c] for c in trace.channel]
        stories.append(sorted(zip(keys, *(column.tolist() for column in columns), names, strict=True)))
    assert stories[0] == stories[1]


@pytest.mark.parametrize("seed", [-1, 2**70, 0])
def test_any_whole_number_is_a_seed(seed: int) -> None:
    asked = Scenario(
        name="seed",
        calendar={"start": "2026-03-02"},
        intents={"help": {"volume": {"per_day": 100}, "first_channel": {"portal": 1}}},
        channels={"portal": {"mode": "self_service"}},
    )  # fmt: skip
    plan = plans.build(asked)
    assert len(draw(plan, seed, 0).key) > 50
