"""Measures: the one place where each is defined, named and given its unit.

A :class:`Measure` is a sum over a sum. Both sums are *quantities*: numbers that each replication yields
per channel, group, intent or segment (:data:`QUANTITIES` says what each is). A measure without a
denominator is the quantity itself, averaged over replications. Summaries, interval tables and
comparisons all apply the definitions below, so no table can mean something else by the same name.

Service level has three usual definitions. All judge the contacts *offered to the queue* (offered less
blocked and closed, which are counted apart; short abandons stay in), except those which the end of
the simulation leaves undecided: neither answered nor gone, with time left to be answered within
target. In deferred channels the question is whether the reply was sent, not begun, within the target.
A target whose clock is ``open_hours`` counts only time for which the channel is open, in all that the target
judges: service levels and intervals in target. Waits and ASA are elapsed time, always.

A dialler's contacts are offered to the queue when the customer answers a call; from there they wait. Whom
it did not reach, and who was not called yet, is in no rate of the queue, no failed attempt and no effort.
What the company does next with them (another call, a message) is no repeat, change of channel or failure
demand.
A case of which the customer noticed nothing is given up without having cost anything: it is left out where
customers are asked (CSAT, NPS, disloyalty) and of one-contact resolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["all", "channel", "group", "intent", "segment"]
Better = Literal["lower", "higher", "neutral"]
Needs = Literal["nothing", "agents", "callback", "dialler", "calls", "absence"]

SCOPES: tuple[Scope, ...] = ("all", "channel", "group", "intent", "segment")
"""What a summary row may speak of, in the order of the table."""


@dataclass(frozen=True)
class Measure:
    """One measure and its only definition."""

    name: str
    title: str
    unit: str
    """``s``, ``h``, ``share``, ``contacts``, ``calls``, ``cases``, ``agents``, ``points`` or ``money``."""
    definition: str
    """One plain sentence."""
    numerator: str
    """A quantity."""
    denominator: str | None
    """A quantity; ``None``: the numerator is averaged over replications."""
    better: Better
    """The direction that is good news."""
    scopes: tuple[Scope, ...]
    needs: Needs = "nothing"
    """Only for channels with agents (nobody waits for a portal), that offer callbacks, with a dialler, or
    with one of the two (*calls*); for cases if there is a dialler; for groups whose agents may be absent."""


CHANNEL: tuple[Scope, ...] = ("channel",)
GROUP: tuple[Scope, ...] = ("group",)
ALL: tuple[Scope, ...] = ("all",)
CASE: tuple[Scope, ...] = ("all", "intent", "segment")

CHANNEL_QUANTITIES: dict[str, str] = {
    "offered": "Contacts that arrived.",
    "handled": "Contacts that ran their course: resolved, unresolved, transferred or failed (self-service).",
    "contained": "Contacts that an automated front resolved.",
    "abandoned": "Contacts that left before an answer, short abandons and hang-ups in a front included.",
    "gave_up_waiting": "Abandoned contacts that had come to the queue; callbacks in vain left out.",
    "short_abandoned": "Abandoned contacts that waited no longer than the channel's short abandon.",
    "blocked": "Contacts that did not get through: all lines taken, or an incident.",
    "closed": "Contacts that arrived outside opening hours.",
    "called_back": "Contacts that left the queue for a callback.",
    "disconnected": "Contacts that were waiting, or on a dialler's list, when the channel closed and were "
    "dropped.",
    "unfinished": "Contacts that the end of the simulation cut off.",
    "unreached": "Contacts that a dialler called as often as it may, in vain.",
    "resolved": "Contacts that resolved the case.",
    "answered": "Contacts that an agent began to handle, callbacks left out.",
    "queued": "Contacts offered to the queue: offered less blocked, closed, what ended in a front, callbacks "
    "with the contacts that asked for them, and whom a dialler has not reached.",
    "rung": "Calls placed to customers, by a dialler or to call back, answered or in vain.",
    "reached": "Customers who answered a dialler's call and asked for an agent, or a callback.",
    "mismatched": "Customers who answered a dialler's call and left, or were dropped at closing, before an "
    "agent answered them.",
    "callbacks_answered": "Callbacks that reached the customer.",
    "callback_seconds": "Time from the consent to a callback to the customer's answer, where there was one.",
    "wait_seconds": "Waits of all contacts offered to the queue, answered or not.",
    "answer_seconds": "Waits of answered contacts.",
    "served": "Answered contacts that ran their course, callbacks among them.",
    "handle_seconds": "Agents' clock time on contacts that ran their course.",
    "answered_in_time": "Answered within the target's time (deferred: reply sent within it).",
    "abandoned_in_time": "Abandoned within the target's time.",
    "answered_or_abandoned_in_time": "Answered, or abandoned, within the target's time.",
    "judged": "Contacts offered to the queue on which the target has been decided.",
    "answered_judged": "Answered contacts (deferred: replies sent).",
    "good": "Contacts good by the channel's own definition of service level.",
    "counted": "Contacts that the channel's own definition of service level counts.",
    "spilled_in": "Contacts that came from another channel after an attempt there failed.",
    "repeated_in": "Contacts that came again to the channel in which the attempt before failed.",
    "queue_seconds": "Contacts waiting, integrated over time.",
    "simulated_seconds": "Time simulated.",
}
"""Per channel, also per interval (contacts belong to the interval in which they arrived)."""

CHANNEL_RUN_QUANTITIES: dict[str, str] = {
    "wait_seconds_p90": "The 90th percentile of the waits of contacts offered to the queue.",
    "wait_seconds_max": "The longest of these waits.",
    "intervals_met": "Intervals with a decided contact in which the target was met.",
    "intervals_counted": "Intervals with a decided contact.",
    "open_hours": "Hours for which the channel is open.",
}
"""Per channel, over the whole run only."""

GROUP_QUANTITIES: dict[str, str] = {
    "paid_hours": "Scheduled hours, shrinkage, paid breaks and absent agents included.",
    "absent_hours": "Hours on the floor by schedule that absent agents did not work.",
    "staffed_hours": "Hours of agents on the floor, overtime included: idle + busy + overtime.",
    "busy_hours": "Hours within schedule with at least one contact.",
    "overtime_hours": "Hours beyond schedule, finishing a contact.",
    "occupied_hours": "Busy and overtime hours.",
    "contact_hours": "Contacts being handled, integrated over time.",
    "agent_cost": "Pay for scheduled hours and for overtime.",
}
"""Per group."""

CASE_QUANTITIES: dict[str, str] = {
    "cases": "Cases that arrived.",
    "contacts": "Contacts of these cases.",
    "channels": "Different channels used, added up over cases.",
    "resolved": "Cases resolved.",
    "given_up": "Cases that the customer gave up, or whose customer nobody reached.",
    "never_reached": "Cases given up of which the customer noticed nothing, since a dialler reached nobody.",
    "in_touch": "Cases but for those that nobody reached.",
    "unfinished": "Cases still open when the simulation ended.",
    "ended": "Cases resolved or given up, but for those that nobody reached.",
    "one_contact": "Cases resolved by their first contact, in any channel.",
    "met_agent": "Cases in which an agent's first contact has ended.",
    "first_contact": "Cases which the first contact that an agent answered resolved.",
    "transfers": "Contacts that ended in a transfer.",
    "spilled_to_phone": "Contacts that customers began in a live channel after one in another channel.",
    "failure_demand": "Contacts of failure intents, and contacts begun because one before failed.",
    "effort": "Effort points.",
    "effort_waiting": "Points for waiting.",
    "effort_repeat_contact": "Points for contacts after the first.",
    "effort_channel_switch": "Points for changes of channel.",
    "effort_transfer": "Points for transfers.",
    "effort_repeating_information": "Points for telling an agent again.",
    "effort_failed_self_service": "Points for self-service that failed.",
    "ease": "Ease scores of cases, 1 to 7.",
    "satisfied": "Expected satisfied customers among ended cases.",
    "recommending": "Expected promoters less detractors among ended cases, times 100.",
    "disloyal": "Expected disloyal customers among ended cases.",
    "churned": "Expected customers lost.",
    "revenue_at_risk": "Yearly value of the expected customers lost.",
    "elapsed_seconds": "Time from first arrival to resolution of resolved cases.",
    "contact_cost": "Costs per contact other than pay.",
    "direct_cost": "Agents' time on the cases at their pay, and costs per contact; idle time is left out.",
}
"""Per intent and segment, and over all."""

TOTAL_QUANTITIES: dict[str, str] = {
    "agent_cost": "Pay for scheduled hours and for overtime, all groups.",
    "outreach_cost": "What announcements of incidents cost.",
    "cost_total": "Agents' pay, costs per contact, and announcements.",
}
"""Over all only."""

QUANTITIES: Mapping[Scope, dict[str, str]] = {
    "all": CASE_QUANTITIES | TOTAL_QUANTITIES,
    "channel": CHANNEL_QUANTITIES | CHANNEL_RUN_QUANTITIES,
    "group": GROUP_QUANTITIES,
    "intent": CASE_QUANTITIES,
    "segment": CASE_QUANTITIES,
}
"""What each replication yields in each scope, and what it means."""


def _m(
    scopes: tuple[Scope, ...],
    name: str,
    title: str,
    unit: str,
    better: Better,
    numerator: str,
    denominator: str | None,
    definition: str,
    needs: Needs = "nothing",
) -> Measure:
    return Measure(name, title, unit, definition, numerator, denominator, better, scopes, needs)


_OF = "contacts offered to the queue (offered less blocked, closed, what ended in a front, and callbacks)"

MEASURES: tuple[Measure, ...] = (
    # -- channels: contacts
    _m(CHANNEL, "offered", "Offered", "contacts", "neutral", "offered", None,
       "Contacts that arrived, whatever became of them."),
    _m(CHANNEL, "handled", "Handled", "contacts", "neutral", "handled", None,
       "Contacts that ran their course: resolved, unresolved, transferred, or failed in self-service."),
    _m(CHANNEL, "answered", "Answered", "contacts", "neutral", "answered", None,
       "Contacts that an agent began to handle, callbacks left out.", "agents"),
    _m(CHANNEL, "abandoned", "Abandoned", "contacts", "lower", "abandoned", None,
       "Contacts that ended before an answer: short abandons, hang-ups in a front and callbacks that reached "
       "nobody included.", "agents"),
    _m(CHANNEL, "short_abandoned", "Short abandons", "contacts", "neutral", "short_abandoned", None,
       "Abandoned contacts that waited no longer than the channel's short abandon.", "agents"),
    _m(CHANNEL, "blocked", "Blocked", "contacts", "lower", "blocked", None,
       "Contacts that did not get through, because all lines were taken or an incident struck."),
    _m(CHANNEL, "closed", "Closed", "contacts", "lower", "closed", None,
       "Contacts that arrived outside opening hours."),
    _m(CHANNEL, "disconnected", "Disconnected", "contacts", "lower", "disconnected", None,
       "Contacts dropped from the queue, or a dialler's list, when the channel closed.", "agents"),
    _m(CHANNEL, "unfinished", "Unfinished", "contacts", "neutral", "unfinished", None,
       "Contacts that the end of the simulation cut off."),
    _m(CHANNEL, "spillover_in", "Spillover in", "contacts", "lower", "spilled_in", None,
       "Contacts that came from another channel after an attempt there failed."),
    _m(CHANNEL, "repeat_in", "Repeats", "contacts", "lower", "repeated_in", None,
       "Contacts that came again to the channel in which the attempt before failed."),
    # -- channels: callbacks
    _m(CHANNEL, "callbacks", "Callbacks taken up", "contacts", "neutral", "called_back", None,
       "Contacts that left the queue for a callback.", "callback"),
    _m(CHANNEL, "callbacks_reached", "Callbacks reached", "share", "higher", "callbacks_answered",
       "called_back", "Share of callbacks taken up that the customer answered.", "callback"),
    _m(CHANNEL, "callback_seconds_mean", "Time to callback", "s", "lower", "callback_seconds",
       "callbacks_answered",
       "Mean time from the consent to a callback to the customer's answer, of callbacks that were answered.",
       "callback"),
    # -- channels: calls to customers
    _m(CHANNEL, "unreached", "Unreached", "contacts", "lower", "unreached", None,
       "Contacts whose customer answered none of the calls that the dialler may place.", "dialler"),
    _m(CHANNEL, "calls_placed", "Calls placed", "calls", "neutral", "rung", None,
       "Calls to customers, by a dialler or to call back, whether somebody answered or not.", "calls"),
    _m(CHANNEL, "calls_reached", "Calls that reach somebody", "share", "higher", "reached", "rung",
       "Share of calls placed that the customer answered; an answer after closing does not count.", "calls"),
    _m(CHANNEL, "mismatch", "Mismatch", "share", "lower", "mismatched", "reached",
       "Share of customers who answered the dialler and then got no agent: they left, or were dropped at "
       "closing, before one answered.", "dialler"),
    _m(CHANNEL, "reached_per_hour", "Reached per hour", "contacts", "higher", "reached", "open_hours",
       "Customers who answered the dialler per hour for which the channel is open.", "dialler"),
    # -- channels: waits
    _m(CHANNEL, "asa_seconds", "ASA", "s", "lower", "answer_seconds", "answered",
       "Average speed of answer: the mean wait of answered contacts.", "agents"),
    _m(CHANNEL, "wait_seconds_mean", "Mean wait", "s", "lower", "wait_seconds", "queued",
       f"Mean wait of all {_OF}, answered or not.", "agents"),
    _m(CHANNEL, "wait_seconds_p90", "Wait, 90th percentile", "s", "lower", "wait_seconds_p90", None,
       f"The wait that nine in ten {_OF} do not exceed, found in each replication and averaged.", "agents"),
    _m(CHANNEL, "wait_seconds_max", "Longest wait", "s", "lower", "wait_seconds_max", None,
       "The longest wait of each replication, averaged.", "agents"),
    _m(CHANNEL, "service_level", "Service level", "share", "higher", "good", "counted",
       f"Share within the target's time of {_OF}, by the definition and the clock that the channel's target "
       "names.", "agents"),
    _m(CHANNEL, "service_level_of_offered", "Service level of offered", "share", "higher",
       "answered_in_time", "judged",
       f"Share of {_OF} answered within the target's time (deferred: reply sent within it).", "agents"),
    _m(CHANNEL, "service_level_of_answered", "Service level of answered", "share", "higher",
       "answered_in_time", "answered_judged",
       "Share of answered contacts answered within the target's time (deferred: of replies sent).", "agents"),
    _m(CHANNEL, "service_level_abandons_good", "Service level, abandons good", "share", "higher",
       "answered_or_abandoned_in_time", "judged",
       f"Share of {_OF} answered, or abandoned, within the target's time.", "agents"),
    _m(CHANNEL, "intervals_in_target", "Intervals in target", "share", "higher",
       "intervals_met", "intervals_counted",
       "Share of intervals with contacts offered to the queue in which the service level met the target.",
       "agents"),
    _m(CHANNEL, "abandonment", "Abandonment", "share", "lower", "gave_up_waiting", "queued",
       f"Share of {_OF} that abandoned, short abandons included.", "agents"),
    _m(CHANNEL, "queue_length_mean", "Mean queue", "contacts", "lower", "queue_seconds",
       "simulated_seconds", "Contacts waiting, averaged over the time simulated.", "agents"),
    # -- channels: handling
    _m(CHANNEL, "aht_seconds", "AHT", "s", "neutral", "handle_seconds", "served",
       "Average handle time: agents' clock time per answered contact that ran its course, callbacks among "
       "them.", "agents"),
    _m(CHANNEL, "resolution", "Resolution", "share", "higher", "resolved", "handled",
       "Share of handled contacts that resolved the case."),
    # -- groups
    _m(GROUP, "paid_hours", "Paid hours", "h", "neutral", "paid_hours", None,
       "Scheduled agent hours, shrinkage, paid breaks and absent agents included."),
    _m(GROUP, "staffed_hours", "Staffed hours", "h", "neutral", "staffed_hours", None,
       "Agent hours on the floor, overtime included and absent agents left out: idle, busy and overtime."),
    _m(GROUP, "busy_hours", "Busy hours", "h", "neutral", "busy_hours", None,
       "Agent hours within schedule with at least one contact."),
    _m(GROUP, "overtime_hours", "Overtime", "h", "lower", "overtime_hours", None,
       "Agent hours beyond schedule, finishing a contact."),
    _m(GROUP, "absent_hours", "Absent hours", "h", "lower", "absent_hours", None,
       "Agent hours on the floor by schedule that absent agents did not work.", "absence"),
    _m(GROUP, "occupancy", "Occupancy", "share", "neutral", "occupied_hours", "staffed_hours",
       "Share of the hours on the floor in which agents had at least one contact."),
    _m(GROUP, "utilisation", "Utilisation", "share", "neutral", "occupied_hours", "paid_hours",
       "Hours with at least one contact as a share of paid hours, shrinkage included."),
    _m(GROUP, "concurrency", "Concurrency", "contacts", "neutral", "contact_hours", "occupied_hours",
       "Contacts open per agent who has at least one."),
    _m(GROUP, "agent_cost", "Agents' pay", "money", "lower", "agent_cost", None,
       "Pay for scheduled hours, shrinkage, paid breaks and absent agents included, and for overtime."),
    # -- cases
    _m(CASE, "cases", "Cases", "cases", "neutral", "cases", None,
       "Customers with a problem who made a first attempt."),
    _m(CASE, "contacts", "Contacts", "contacts", "neutral", "contacts", None,
       "Attempts in any channel."),
    _m(CASE, "contacts_per_case", "Contacts per case", "contacts", "lower", "contacts", "cases",
       "Contacts in any channel per case; what an agent passes on and a callback each count as one more."),
    _m(CASE, "channels_per_case", "Channels per case", "channels", "lower", "channels", "cases",
       "Different channels that a case used."),
    _m(CASE, "resolved_share", "Resolved", "share", "higher", "resolved", "cases",
       "Share of cases resolved."),
    _m(CASE, "given_up_share", "Given up", "share", "lower", "given_up", "cases",
       "Share of cases that the customer gave up, or whose customer nobody reached."),
    _m(CASE, "unreached_share", "Nobody reached", "share", "lower", "never_reached", "cases",
       "Share of cases that ended with no call of the dialler answered; they are among those given up.",
       "dialler"),
    _m(CASE, "unfinished_share", "Unfinished", "share", "neutral", "unfinished", "cases",
       "Share of cases still open when the simulation ended."),
    _m(CASE, "first_contact_resolution", "First-contact resolution", "share", "higher",
       "first_contact", "met_agent",
       "Share resolved by the first contact that an agent answered, of cases in which that contact ended."),
    _m(CASE, "one_contact_resolution", "One-contact resolution", "share", "higher",
       "one_contact", "in_touch",
       "Share of cases resolved by their very first contact, in any channel, or by the callback it led to; "
       "calls that reached nobody are no contact here."),
    _m(CASE, "transfers_per_case", "Transfers per case", "contacts", "lower", "transfers", "cases",
       "Contacts that ended in a transfer, per case."),
    _m(CASE, "spillover_to_phone", "Spillover to phone", "contacts", "lower", "spilled_to_phone", None,
       "Contacts that reached a live channel from another channel, after an attempt there failed."),
    _m(CASE, "failure_demand_share", "Failure demand", "share", "lower", "failure_demand", "contacts",
       "Share of contacts that belong to failure intents, or were begun because one before failed."),
    _m(CASE, "elapsed_seconds_mean", "Time to resolution", "s", "lower", "elapsed_seconds", "resolved",
       "Mean time from the first attempt to the end of the contact that resolved the case."),
    # -- effort and loyalty
    _m(CASE, "effort", "Effort", "points", "lower", "effort", "cases",
       "Effort points per case: the sum of the six drivers."),
    _m(CASE, "effort_waiting", "Effort: waiting", "points", "lower", "effort_waiting", "cases",
       "Points per case for the time spent waiting for an agent in live and concurrent channels."),
    _m(CASE, "effort_repeat_contact", "Effort: repeat contact", "points", "lower",
       "effort_repeat_contact", "cases",
       "Points per case for contacts that customers began after the first."),
    _m(CASE, "effort_channel_switch", "Effort: channel switch", "points", "lower",
       "effort_channel_switch", "cases", "Points per case for having to change channel."),
    _m(CASE, "effort_transfer", "Effort: transfer", "points", "lower", "effort_transfer", "cases",
       "Points per case for being transferred."),
    _m(CASE, "effort_repeating_information", "Effort: repeating information", "points", "lower",
       "effort_repeating_information", "cases",
       "Points per case for telling an agent what an earlier contact had been told."),
    _m(CASE, "effort_failed_self_service", "Effort: failed self-service", "points", "lower",
       "effort_failed_self_service", "cases", "Points per case for self-service that failed."),
    _m(CASE, "ease_score", "Ease score", "1–7", "higher", "ease", "cases",
       "Mean ease of a case from 1 (very hard) to 7 (effortless), by its effort points."),
    _m(CASE, "csat", "CSAT", "share", "higher", "satisfied", "ended",
       "Expected share of satisfied customers among cases resolved or given up."),
    _m(CASE, "nps", "NPS", "points", "higher", "recommending", "ended",
       "Expected share of promoters less detractors, times 100, among cases resolved or given up."),
    _m(CASE, "disloyal_share", "Disloyal", "share", "lower", "disloyal", "ended",
       "Expected share of customers made disloyal by effort, among cases resolved or given up."),
    _m(CASE, "churn_share", "Churn", "share", "lower", "churned", "cases",
       "Expected share of customers who leave because attempts failed."),
    # -- money
    _m(ALL, "agent_cost", "Agents' pay", "money", "lower", "agent_cost", None,
       "Pay for scheduled hours of all groups, shrinkage included, and for overtime."),
    _m(CASE, "contact_cost", "Contact costs", "money", "lower", "contact_cost", None,
       "Costs per contact other than agents' pay."),
    _m(ALL, "outreach_cost", "Outreach", "money", "lower", "outreach_cost", None,
       "Costs of announcing incidents: of each announcement, and of each customer told."),
    _m(ALL, "cost_total", "Cost", "money", "lower", "cost_total", None,
       "Agents' pay, costs per contact, and announcements of incidents."),
    _m(ALL, "cost_per_case", "Cost per case", "money", "lower", "cost_total", "cases",
       "All costs, idle and paid time included, per case."),
    _m(ALL, "cost_per_resolution", "Cost per resolution", "money", "lower", "cost_total", "resolved",
       "All costs, idle and paid time included, per resolved case."),
    _m(CASE, "direct_cost_per_case", "Direct cost per case", "money", "lower", "direct_cost", "cases",
       "Agents' time on the case at their pay, and costs per contact, without idle time."),
    _m(CASE, "revenue_at_risk", "Revenue at risk", "money", "lower", "revenue_at_risk", None,
       "Yearly value of the customers expected to leave because attempts failed."),
)  # fmt: skip

"""Every measure, in the order in which summaries list them."""

INTERVAL_MEASURES: Mapping[str, str] = {
    "offered": "offered",
    "answered": "answered",
    "asa_seconds": "asa_seconds",
    "service_level": "service_level",
    "abandoned": "abandoned",
    "spilled_in": "spillover_in",
    "queue_length_mean": "queue_length_mean",
}
"""What ``interval_summary`` shows: the name of its column in ``intervals`` and the measure it is."""


def in_scope(scope: Scope) -> tuple[Measure, ...]:
    """The measures that a scope has, in order.

    >>> [measure.name for measure in in_scope("group")][:2]
    ['paid_hours', 'staffed_hours']
    """
    return tuple(measure for measure in MEASURES if scope in measure.scopes)


def measure(name: str, scope: Scope) -> Measure:
    """The measure called ``name`` in a scope.

    Raises ``KeyError`` with the names there are.

    >>> measure("asa_seconds", "channel").definition
    'Average speed of answer: the mean wait of answered contacts.'
    """
    for candidate in MEASURES:
        if candidate.name == name and scope in candidate.scopes:
            return candidate
    names = ", ".join(candidate.name for candidate in in_scope(scope))
    raise KeyError(f"no measure {name!r} for {scope}; there are {names}")
