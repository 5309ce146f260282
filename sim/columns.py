"""Columns: what every column of every result table holds, and its unit.

Times are seconds from the start of the simulation; shares are 0 to 1; money is in the scenario's currency.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its unit (empty for names and numbers of things in order) and what it holds."""

    unit: str
    meaning: str


_REPLICATION = Column("", "Number of the replication; 0 is the first.")
_DAY = Column("", "Number of the local day; 0 is the first.")
_INTERVAL = Column("", "Number of the interval from the start of the simulation; 0 is the first.")
_START = Column("s", "Start of the interval: time that has passed since the first midnight.")
_CHANNEL = Column("", "Channel.")
_GROUP = Column("", "Group of agents.")
_INTENT = Column("", "Why the customer came.")
_SEGMENT = Column("", "Who the customer is.")
_MEAN = Column("as the measure", "Estimate over replications: sum over sum for ratios.")
_HALF = Column("as the measure", "Half-width of its 95% confidence interval; NaN for one replication.")
_FROM = Column("", "Channel of the attempt that failed.")

_SUMMARY = {
    "scope": Column("", "What the row speaks of: all, channel, group, intent or segment."),
    "name": Column("", "Which one of them."),
    "measure": Column("", "Name of the measure; sim.measures has its definition."),
    "mean": _MEAN,
    "half_width": _HALF,
    "p10": Column("as the measure", "10th percentile of the replications' own values."),
    "p50": Column("as the measure", "Median of the replications' own values."),
    "p90": Column("as the measure", "90th percentile of the replications' own values."),
    "unit": Column("", "Unit of the measure; the currency for money."),
}
_INTERVAL_SUMMARY = {
    "channel": _CHANNEL,
    "interval": _INTERVAL,
    "start_seconds": _START,
    "measure": Column("", "Name of the measure, as in `intervals`."),
    "mean": _MEAN,
    "half_width": _HALF,
}
_COVERAGE = {
    "group": _GROUP,
    "interval": _INTERVAL,
    "start_seconds": _START,
    "scheduled": Column("agents", "On the floor by schedule, after shrinkage, when nobody is absent."),
    "required": Column(
        "agents", "Offered load: agent time of the work arriving in the interval over its length."
    ),
    "busy": Column("agents", "With at least one contact, overtime included, on average."),
    "present": Column("agents", "On the floor within schedule, on average: scheduled less absent."),
}
_SPILLOVER = {
    "from": _FROM,
    "to": Column("", "Channel of the next attempt, another one that the customer chose."),
    "outcome": Column("", "How the attempt in `from` ended."),
    "cases": Column("cases", "Per replication."),
    "cases_half_width": Column("cases", "Half-width of the 95% confidence interval of cases."),
    "share": Column("share", "Of contacts in `from` that ended so."),
    "share_half_width": Column("share", "Half-width of the 95% confidence interval of share."),
}
_JOURNEYS = {
    "attempt": Column("", "Number of the attempt in `from`; 0 is the first."),
    "from": Column("", "Channel of the attempt."),
    "to": Column("", "Channel of the next attempt, or `resolved`, `given up` or `unfinished`."),
    "outcome": Column("", "How the attempt ended."),
    "cases": Column("cases", "Per replication."),
}
_INCIDENTS = {
    "incident": Column("", "Name of the incident; numbered where several have the same."),
    "measure": Column(
        "",
        "detected (share of replications), minutes_to_detection (from its start, where detected), "
        "minutes_lasted (to its end, in time simulated or not), failed_attempts, told_an_agent, told "
        "(of the announcement, when an attempt failed and one was left) and heeded (customers).",
    ),
    "mean": _MEAN,
    "half_width": _HALF,
    "unit": Column("", "Unit of the measure."),
}
_SCENARIO = {"scenario": Column("", "`baseline`, or the name of the variant.")}

COLUMNS: dict[str, dict[str, Column]] = {
    "summary": _SUMMARY,
    "intervals": {
        "replication": _REPLICATION,
        "day": _DAY,
        "interval": _INTERVAL,
        "start_seconds": _START,
        "channel": _CHANNEL,
        "offered": Column("contacts", "Arrived in the interval; the counts below say what became of them."),
        "handled": Column("contacts", "Ran their course: resolved, unresolved, transferred or failed."),
        "contained": Column("contacts", "Resolved by an automated front."),
        "abandoned": Column("contacts", "Left before an answer, or were rung and not reached."),
        "short_abandoned": Column("contacts", "Of them, within the channel's short abandon."),
        "blocked": Column("contacts", "All lines taken, or an incident."),
        "closed": Column("contacts", "Outside opening hours."),
        "called_back": Column("contacts", "Left the queue for a callback."),
        "disconnected": Column(
            "contacts", "Waiting, or on a dialler's list, when the channel closed, and dropped."
        ),
        "unfinished": Column("contacts", "Cut off by the end of the simulation."),
        "unreached": Column("contacts", "Called by a dialler, as often as it may, in vain."),
        "answered": Column("contacts", "An agent began to handle them; callbacks left out."),
        "queued": Column(
            "contacts",
            "Offered to the queue: offered less blocked, closed, what ended in a front, callbacks with the "
            "contacts that asked for them, and whom a dialler has not reached.",
        ),
        "spilled_in": Column("contacts", "Came from another channel after an attempt there failed."),
        "repeated_in": Column("contacts", "Came again to the channel in which the attempt before failed."),
        "wait_seconds_sum": Column("s", "Waits of those offered to the queue, answered or not."),
        "wait_seconds_mean": Column("s", "Their mean; NaN where there are none."),
        "asa_seconds": Column("s", "Mean wait of those answered; NaN where there are none."),
        "service_level": Column(
            "share",
            "By the channel's own definition and clock, which may run only while the channel is open; NaN "
            "where nothing is decided.",
        ),
        "queue_length_mean": Column("contacts", "Waiting, averaged over the interval."),
    },
    "cases": {
        "replication": _REPLICATION,
        "case": Column("", "Number of the case within the replication."),
        "key": Column("", "Identity of the customer: the same in every scenario of a comparison."),
        "intent": _INTENT,
        "segment": _SEGMENT,
        "first_channel": Column("", "Channel of the first attempt."),
        "arrived_seconds": Column("s", "First attempt."),
        "contacts": Column("contacts", "Attempts made, those of a dialler that reached nobody included."),
        "channels": Column("channels", "Different channels used."),
        "transfers": Column("contacts", "Contacts that ended in a transfer."),
        "failures": Column("contacts", "Attempts that failed, as far as the customer knows of them."),
        "outcome": Column(
            "", "resolved, given_up (or nobody was reached), or unfinished when the simulation ended."
        ),
        "resolved": Column("", "Whether the case was resolved."),
        "wait_seconds": Column("s", "Waits of all contacts."),
        "elapsed_seconds": Column("s", "From the first attempt to the end of the last contact."),
        "effort": Column("points", "Sum of the six parts."),
        "effort_waiting": Column("points", "For waiting in live and concurrent channels."),
        "effort_repeat_contact": Column("points", "For contacts that the customer began after the first."),
        "effort_channel_switch": Column("points", "For changes of channel."),
        "effort_transfer": Column("points", "For transfers."),
        "effort_repeating_information": Column("points", "For telling an agent again."),
        "effort_failed_self_service": Column("points", "For self-service that failed."),
        "ease_score": Column("1–7", "7 is effortless."),
        "churn": Column("share", "Probability that the customer leaves because attempts failed."),
        "cost": Column("money", "Agents' time on the case at their pay, and costs per contact; no idle."),
    },
    "contacts": {
        "replication": _REPLICATION,
        "case": Column("", "Number of the case within the replication."),
        "attempt": Column("", "Number of the attempt within the case; 0 is the first."),
        "channel": _CHANNEL,
        "intent": _INTENT,
        "segment": _SEGMENT,
        "group": Column("", "Group that served, the last one for interrupted work; empty where nobody did."),
        "arrived": Column("s", "When the attempt was made."),
        "answered": Column("s", "When an agent began to handle it; NaN where nobody did."),
        "ended": Column("s", "When it ended; the end of the simulation for unfinished contacts."),
        "wait_seconds": Column(
            "s", "Until answered, or until it left the queue; 0 where nobody waits, as for a callback."
        ),
        "handle_seconds": Column("s", "Agent's clock time on the contact, wrap included."),
        "wrap_seconds": Column("s", "What of that is without the customer."),
        "outcome": Column("", "How it ended."),
        "next_channel": Column("", "Where the customer goes next; empty when nowhere."),
        "helper": Column("", "The group of the second agent who helped; empty when nobody did."),
        "helped_seconds": Column("s", "The second agent's clock time on it."),
        "rung": Column(
            "calls",
            "Placed to the customer by a dialler, or to call back, in vain or not; 0 for other contacts.",
        ),
    },
    "groups": {
        "replication": _REPLICATION,
        "day": _DAY,
        "interval": _INTERVAL,
        "start_seconds": _START,
        "group": _GROUP,
        "scheduled": Column(
            "s", "Agent time on the floor by schedule, after shrinkage, when nobody is absent."
        ),
        "absent": Column("s", "Of scheduled, what absent agents did not work; the rest is idle or busy."),
        "staffed": Column("s", "Agent time on the floor: idle + busy + overtime."),
        "busy": Column("s", "Agent time within schedule with at least one contact."),
        "idle": Column("s", "Agent time without a contact."),
        "overtime": Column("s", "Agent time beyond schedule, finishing a contact."),
        "contacts_open_seconds": Column("s", "Contacts being handled, integrated over time."),
        "occupancy": Column("share", "(busy + overtime) / staffed; NaN where nobody is on the floor."),
    },
    "spillover": _SPILLOVER,
    "journeys": _JOURNEYS,
    "interval_summary": _INTERVAL_SUMMARY,
    "coverage": _COVERAGE,
    "incidents": _INCIDENTS,
    "comparison.summary": {
        **_SCENARIO,
        **_SUMMARY,
        "delta": Column("as the measure", "Difference from the baseline, paired by replication."),
        "delta_half_width": Column("as the measure", "Half-width of the 95% confidence interval of delta."),
        "verdict": Column("", "higher, lower, no clear difference; empty for the baseline."),
    },
    "comparison.interval_summary": _SCENARIO | _INTERVAL_SUMMARY,
    "comparison.coverage": _SCENARIO | _COVERAGE,
    "comparison.spillover": _SCENARIO | _SPILLOVER,
    "comparison.journeys": _SCENARIO | _JOURNEYS,
    "comparison.incidents": _SCENARIO | _INCIDENTS,
}  # fmt: skip
"""By table, then column, in the order of the table."""
