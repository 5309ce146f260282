"""Terms: what tables need to know of a scenario that no engine does: targets, prices, weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios.channels import Deferred, SelfService
from scenarios.model import Scenario
from scenarios.parameters import default_of
from sim.clock import timeline_of, to_ticks
from sim.contract import Bools, Floats, Ints, Plan, Ticks
from sim.effort import Weights
from sim.money import Loyalty
from sim.plan.agents import on_pay

OF = ("offered", "answered", "abandons_good")
"""Definitions of service level, in the order of the numbers in :attr:`Terms.target_of`."""


@dataclass(frozen=True)
class Terms:
    """Targets, prices and weights of one scenario. Sizes as in :class:`~sim.contract.Plan`."""

    has_target: Bools
    """[C] false for self-service."""
    target_share: Floats
    """[C]."""
    target_within: Ticks
    """[C]."""
    target_of: Ints
    """[C] index into :data:`OF`."""
    reply: Bools
    """[C] the target is on the end of handling, not its start: deferred channels."""
    open_clock: Bools
    """[C] the target's time is only that for which the channel is open; waits in tables never are."""
    short_abandon: Ticks
    """[C]."""
    contact_cost: Floats
    """[C] money per contact."""
    paid: Floats
    """[G, K] agents paid (:func:`scenarios.schedules.paid`)."""
    pay_per_hour: Floats
    """[G] money."""
    overtime_factor: float
    """Pay for overtime as a multiple of pay."""
    notice_fixed: Floats
    """[N] money for each announcement of an incident; 0 where none is made."""
    notice_each: Floats
    """[N] money for each customer told."""
    failure_intent: Bools
    """[I] demand that exists only because something went wrong."""
    weights: Weights
    loyalty: Loyalty

    def of(self, definition: str) -> Bools:
        """[C] whether service level follows a definition, one of :data:`OF`."""
        return np.asarray(self.target_of == OF.index(definition))


def terms_of(scenario: Scenario, plan: Plan) -> Terms:
    """Read the terms of a scenario, in the order of its plan's names."""
    channels = [scenario.channels[name] for name in plan.channels]
    targets = [None if isinstance(channel, SelfService) else channel.target for channel in channels]
    groups = [scenario.groups[name] for name in plan.groups]
    notices = [incident.announcement for incident in scenario.incidents]
    return Terms(
        has_target=np.array([target is not None for target in targets]),
        target_share=np.array([target.share if target else 0.0 for target in targets]),
        target_within=np.array([to_ticks(target.within) if target else 0 for target in targets]),
        target_of=np.array([OF.index(target.of) if target else 0 for target in targets]),
        reply=np.array([isinstance(channel, Deferred) for channel in channels]),
        open_clock=np.array([target is not None and target.clock == "open_hours" for target in targets]),
        short_abandon=np.array([to_ticks(getattr(channel, "short_abandon", 0.0)) for channel in channels]),
        contact_cost=np.array([channel.cost_per_contact for channel in channels]),
        paid=on_pay(scenario, timeline_of(scenario.calendar)),
        pay_per_hour=np.array([group.pay_per_hour for group in groups]),
        overtime_factor=float(default_of("money.overtime_factor")),
        notice_fixed=np.array([one.fixed_cost if one else 0.0 for one in notices], np.float64),
        notice_each=np.array([one.cost_per_customer if one else 0.0 for one in notices], np.float64),
        failure_intent=np.array([scenario.intents[name].demand == "failure" for name in plan.intents]),
        weights=_weights(scenario),
        loyalty=Loyalty.from_library(),
    )


def _weights(scenario: Scenario) -> Weights:
    """Weights of effort; of telling again in expectation, where some agents see what was told."""
    library = Weights.from_library()
    told_again = 1.0 - scenario.frustration.context_carried
    return replace(library, repeating_information=library.repeating_information * told_again)
