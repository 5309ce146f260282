"""A roster in words: how much of it is given, and the hours of each agent beside the contract's."""

from __future__ import annotations

from scenarios.shifts import Contract
from sim.staffing.covering import DAYS_PER_WEEK
from sim.staffing.patterns import HOUR
from sim.staffing.rosters import Roster


def sentence(roster: Roster) -> str:
    """How many work how much, and what nobody works, figures with their units."""
    given = len(roster.given)
    missing = sum(number for _, number, _ in roster.left)
    working = len({agent.name for agent, _ in roster.given})
    hours = sum(one.paid_hours for _, one in roster.given)
    people = len(roster.team.agents)
    who = f"{working:,} of {people:,} agents work" if people != 1 else f"{roster.team.agents[0].name} works"
    text = f"{who} {_shifts(given)}, {hours:,.0f} paid hours"
    if missing:
        text += f"; {_shifts(missing)} {'goes' if missing == 1 else 'go'} to nobody"
    elif given:
        text += "; every shift has its agent"
    short = short_agents(roster)
    if short:
        who = "1 agent gets" if short == 1 else f"{short:,} agents get"
        text += f"; {who} fewer hours than the contract promises"
    return f"{text}."


def short_agents(roster: Roster) -> int:
    """Agents who get fewer hours than their contract promises, in whole weeks."""
    return int((roster.agents["short_hours"] > 1e-6).sum())


def promised(contract: Contract | None, days: int) -> str:
    """The hours of a contract, as they are compared with those that somebody gets.

    >>> from scenarios.shifts import load_shifts
    >>> promised(load_shifts("standard").contracts["full_time"], 7)
    '30 to 40 h a week'
    """
    if contract is None:
        return "no contract"
    least = contract.least_hours / HOUR if days >= DAYS_PER_WEEK else 0.0
    most = None if contract.most_hours is None else contract.most_hours / HOUR
    if most is None:
        return f"{least:g} h a week or more" if least else "any hours"
    return f"{least:g} to {most:g} h a week" if least else f"up to {most:g} h a week"


def _shifts(number: int) -> str:
    return "1 shift" if number == 1 else f"{number:,} shifts"
