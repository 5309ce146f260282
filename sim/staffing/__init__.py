"""Staffing: who is needed when, by formula and by simulation, and shifts, rosters and hiring to have them."""

from sim.staffing.agents import agents_for, scheduled_for, service_grade, square_root_agents
from sim.staffing.capacity import CapacityPlan, capacity
from sim.staffing.demand import Demand, demand_from_table
from sim.staffing.erlang import erlang_a, erlang_b, erlang_c, performance
from sim.staffing.evening import evened
from sim.staffing.frontier import frontier
from sim.staffing.gap import Gap, explain_gap
from sim.staffing.offered import agents_over_time, offered_load
from sim.staffing.outlook import needed_by_week, weekly_volume, with_service
from sim.staffing.plans import ShiftPlan
from sim.staffing.requirement import Requirement, requirement
from sim.staffing.rosters import Roster, roster, team_of
from sim.staffing.shifts import schedule
from sim.staffing.targets import Goal, goals_of
from sim.staffing.timetables import shifts_from_table

__all__ = [
    "CapacityPlan",
    "Demand",
    "Gap",
    "Goal",
    "Requirement",
    "Roster",
    "ShiftPlan",
    "agents_for",
    "agents_over_time",
    "capacity",
    "demand_from_table",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "evened",
    "explain_gap",
    "frontier",
    "goals_of",
    "needed_by_week",
    "offered_load",
    "performance",
    "requirement",
    "roster",
    "schedule",
    "scheduled_for",
    "service_grade",
    "shifts_from_table",
    "square_root_agents",
    "team_of",
    "weekly_volume",
    "with_service",
]
