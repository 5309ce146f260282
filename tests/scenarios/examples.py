"""Scenarios that the tests share: the smallest one, and one that uses every field."""

from __future__ import annotations

import copy
from typing import Any

from scenarios import Scenario

_SMALL: dict[str, Any] = {
    "name": "Desk",
    "calendar": {"start": "2026-03-02"},
    "intents": {"help": {"volume": {"per_day": 100}}},
    "channels": {"phone": {"mode": "live"}},
    "groups": {"team": {"skills": {"phone": {}}, "staff": {"08:00": 5, "18:00": 0}}},
}

FULL_TEXT = """\
# A clinic with every kind of channel.
name: Clinic, one Tuesday
description: "Bookings and results: a website first"
currency: €

calendar: {start: 2026-03-03, timezone: Europe/Paris, days: 1, interval: 30 min, warm_up: 0}

segments:
  regular: {share: 0.8, adoption: {chat: 0.05}}         # most of them
  newcomer:
    share: 0.2
    first_channel: {website: 0.2, phone: 0.8}
    patience: 1.5
    self_service_success: 0.9

intents:
  booking:
    demand: value
    volume: {per_day: 900, profile: contact_centre_day, day_factor_cv: 0.05, weekday_index: {tue: 1}}
    first_channel: {website: 0.5, phone: 0.4, letters: 0.1}
  complaint:
    demand: failure
    volume: {per_interval: complaints.csv, counts: exact}
    first_channel: {phone: 1}

channels:
  website:
    mode: self_service
    duration: {default: 3 min, complaint: {gamma: {mean: 6 min, cv: 0.5}}}
    success: {default: 0.7, complaint: 0.1}
    lines: 500
    cost_per_contact: 0.05
  phone:
    mode: live
    open: {mon-fri: "08:00-12:00, 13:00-18:00", sat: "09:00-12:00"}
    at_close: drop
    lines: 40
    front:
      duration: {triangular: {low: 10 s, mode: 30 s, high: 2 min}}
      containment: {default: 0.1, complaint: 0}
      hang_up: 0.02
      misroute: 0.03
    handle_time:
      default: {lognormal: {mean: 4 min 30 s, cv: 0.8}}
      complaint: {weibull: {mean: 8 min, shape: 1.4}}
    wrap: {erlang: {mean: 45 s, phases: 3}}
    patience: {exponential: {mean: 4 min, zero: 0.02, at_most: 30 min}}
    balk: 0.01
    resolution: {default: 0.8, complaint: 0.5}
    target: {share: 0.75, within: 30 s, of: answered}
    short_abandon: 10 s
    callback:
      {offer_above: 3 min, take_up: 0.4, connect: 0.7, attempts: 2, retry: 5 min, ring: 20 s, estimate: queue}
    transfer: {share: {default: 0.1, complaint: 0.3}, to: chat, part: 0.5, when_busy: skip}
    cost_per_contact: 0.02
  chat:
    mode: concurrent
    open: {daily: "07:30-21:00"}
    at_close: serve
    cap: 2
    slowdown: [1, 1.3]
    handle_time: {uniform: {low: 2 min, high: 12 min}}
    patience: unlimited
    balk: 0
    silent_abandonment: 0.3
    resolution: 0.6
    target: {share: 0.9}
    short_abandon: 15
  letters:
    mode: deferred
    handle_time: {empirical: {values: [2 min, 4 min, 10 min], weights: [2, 5, 1]}}
    interruptible: false
    resolution: 0.9
    target: {within: 2 d}

next_steps:
  - {after: website, outcome: failed, go: {phone: 0.5, chat: 0.2}, delay: {exponential: 4 min}}
  - {after: website, outcome: failed, intents: complaint, go: {phone: 0.9}}
  - {after: phone, outcome: [abandoned, disconnected], segments: [regular], go: {phone: 0.4}, delay: 10 min}
  - after: phone
    outcome: unresolved
    go: {phone: 0.5, letters: 0.1}
    delay: {lognormal: {mean: 3 h, cv: 2}}
max_attempts: 5

frustration: {handle_time: 0.05, patience: -0.2}

groups:
  nurses:
    skills:
      phone:
        {priority: 1, handle_time: 0.9, weight: 2, overflow_after: 20 s, keep_idle: 1, resolution: 0.85,
         transfer: 0}
      chat: {priority: 2, intents: booking}
    staff: {"07:30": 6, "13:00": 8, "21:00": 0}
    shrinkage: 0.25
    pay_per_hour: 30
  office:
    skills: {chat: {}, letters: {priority: 5}}
    staff: staff.csv

incidents:
  - name: slow site
    channel: website
    window: ["2026-03-03 09:00", "2026-03-03 10:15"]
    failure: 0.4
    slow_down: 1.5
    detection: {monitoring: 20 min, reports: 3}
    fix: {exponential: 10 min}
    announcement: {after: 1 min, heeded: 0.5, return_within: 40 min}

routing: {contact_order: priority_then_oldest, agent_order: longest_idle}
"""

COMPLAINTS_CSV = "time,cases\n08:00,4\n09:00,8\n10:00,2\n"
STAFF_CSV = "from;agents\n08:00;4\n12:00;6\n18:00;0\n"


def small(**changes: Any) -> dict[str, Any]:
    """Plain data of the smallest sound scenario, with some top-level fields replaced."""
    return {**copy.deepcopy(_SMALL), **changes}


def small_scenario(**changes: Any) -> Scenario:
    return Scenario(**small(**changes))
