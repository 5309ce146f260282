"""From a scenario to a plan."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from scenarios.channels import Deferred
from scenarios.check import check
from scenarios.errors import ScenarioError
from scenarios.model import Scenario
from sim.clock import Clock, to_ticks
from sim.contract import Keys, Plan
from sim.luck.hashing import key_of
from sim.plan import agents, channels, demand, journeys
from sim.plan.incidents import incidents
from sim.plan.laws import LawTable


def build(scenario: Scenario) -> Plan:
    """The plan of a scenario.

    Raises :class:`~scenarios.errors.ScenarioError` listing every problem when it is not sound, and
    :class:`~sim.errors.EngineError` for laws of which truncation leaves next to nothing.
    """
    if problems := check(scenario):
        raise ScenarioError(problems)
    calendar = scenario.calendar
    clock = Clock.of(calendar)
    interval_ticks = to_ticks(calendar.interval)
    timeline = clock.timeline(interval_ticks)
    exact = [intent.volume.counts == "exact" for intent in scenario.intents.values()]
    table = LawTable()
    work_law = channels.work_laws(scenario, table)
    patience_law = channels.patience_laws(scenario, table)
    delay_law = journeys.delay_laws(scenario, table)
    stages = channels.stages(scenario, table)
    opens, closes, open_index = channels.windows(scenario, clock)
    struck = incidents(scenario, clock, table)
    skills = agents.skills(scenario)
    rate = demand.rates(scenario, clock, timeline)
    staffed = agents.staff(scenario, timeline)
    segment_share, first_share = demand.segment_shares(scenario), demand.first_shares(scenario)
    expected = rate.sum(axis=1)[:, np.newaxis] * np.einsum("s,isc->ic", segment_share, first_share)
    frustration = scenario.frustration
    return Plan(
        intents=tuple(scenario.intents),
        segments=tuple(scenario.segments),
        channels=tuple(scenario.channels),
        groups=tuple(scenario.groups),
        interval_ticks=interval_ticks,
        intervals=timeline.intervals,
        day_index=timeline.index,
        horizon=clock.horizon,
        warm_up=to_ticks(calendar.warm_up) // interval_ticks,
        rate=rate,
        exact_counts=np.array(exact),
        # A volume that is to be met exactly is not multiplied by a busy day's factor.
        day_factor_cv=np.array(
            [
                0.0 if intent.volume.counts == "exact" else intent.volume.day_factor_cv
                for intent in scenario.intents.values()
            ]
        ),
        segment_share=segment_share,
        first_share=first_share,
        **channels.backlogs(scenario, expected, opens, open_index)._asdict(),
        mode=np.array(
            [channels.MODES[channel.mode] for channel in scenario.channels.values()], dtype=np.int64
        ),
        open_from=opens,
        open_until=closes,
        open_index=open_index,
        drop_at_close=np.array(
            [getattr(channel, "at_close", "serve") == "drop" for channel in scenario.channels.values()]
        ),
        lines=np.array(
            [
                channels.UNLIMITED_LINES if channel.lines is None else channel.lines
                for channel in scenario.channels.values()
            ],
            dtype=np.int64,
        ),
        cap=channels.caps(scenario),
        **stages._asdict(),
        **channels.callbacks(scenario)._asdict(),
        **channels.diallers(scenario)._asdict(),
        **channels.transfers(scenario)._asdict(),
        **channels.consults(scenario)._asdict(),
        speed=channels.speeds(scenario),
        interruptible=np.array(
            [
                isinstance(channel, Deferred) and channel.interruptible
                for channel in scenario.channels.values()
            ]
        ),
        success=channels.successes(scenario),
        **struck._asdict(),
        queue_of=skills.queue_of,
        queue_channel=skills.queue_channel,
        wrong_queue=agents.wrong_queues(skills.queue_channel),
        skill_priority=skills.priority,
        skill_factor=skills.factor,
        skill_overflow=skills.overflow,
        skill_keep_idle=skills.keep_idle,
        skill_queue_least=skills.queue_least,
        skill_own_below=skills.own_below,
        skill_busy_below=skills.busy_below,
        skill_resolution=skills.resolution,
        skill_transfer=skills.transfer,
        queue_work=agents.queue_work(
            skills.queue_of, channels.work_means(scenario), rate.sum(axis=1), len(skills.queue_channel)
        ),
        queue_staff=agents.queue_staff(skills.priority, staffed.staff),
        choice_rank=agents.choice_ranks(scenario.routing, skills.priority),
        choice_weight=agents.choice_weights(scenario.routing, skills.weight),
        agent_order=agents.AGENT_ORDERS[scenario.routing.agent_order],
        **staffed._asdict(),
        laws=table.freeze(),
        work_law=work_law,
        patience_law=patience_law,
        patience_factor=np.array(
            [segment.patience for segment in scenario.segments.values()], dtype=np.float64
        ),
        delay_law=delay_law,
        intent_key=_keys(scenario.intents),
        segment_key=_keys(scenario.segments),
        channel_key=_keys(scenario.channels),
        group_key=_keys(scenario.groups),
        next_row=journeys.rows(scenario),
        next_share=journeys.shares(scenario),
        max_attempts=scenario.max_attempts,
        keeps_draws=scenario.retry_draws == "kept",
        frustration_work=journeys.frustration(frustration.handle_time, scenario.max_attempts),
        frustration_patience=journeys.frustration(frustration.patience, scenario.max_attempts),
    )


def _keys(names: Iterable[str]) -> Keys:
    return np.array([key_of(name) for name in names], dtype=np.uint64)
