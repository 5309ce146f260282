"""A difference in any field is found, and told so that a person can follow it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.contract import Trace
from sim.engines import get
from tests.golden.given import Case, email, go, group, phone, scenario
from tests.twins.compare import agree
from tests.twins.days import Day, given_by_hand

NOON = ("2026-03-02 12:00", "2026-03-02 13:00")


@pytest.fixture(scope="module")
def day() -> Day:
    asked = scenario(
        {"phone": phone(), "email": email()},
        {"agents": group({"phone": {}, "email": {}}, {"00:00": 1, "00:01": 2})},
        next_steps=[go("phone", "unresolved", "phone")],
        incidents=[{"name": "noise", "channel": "phone", "window": NOON, "failure": 0.0}],
    )
    cases = Case(30, "phone", resolves=[False, True], next=["phone"]), Case(35, "phone"), Case(40, "email")
    return given_by_hand(asked, cases)


@pytest.mark.parametrize("field", dataclasses.fields(Trace), ids=lambda field: field.name)
def test_a_difference_in_any_field_is_found(day: Day, field: dataclasses.Field[np.ndarray]) -> None:
    trace = get("reference")(day.plan, day.draws())
    agree(day, trace, trace)
    right = getattr(trace, field.name)
    one_more = right.copy()
    one_more.flat[-1] += 1
    for wrong in (one_more, right[:-1], right.astype(np.int32)):
        with pytest.raises(AssertionError, match="the engines part"):
            agree(day, trace, dataclasses.replace(trace, **{field.name: wrong}))


def test_it_is_told_where_they_part_first(day: Day) -> None:
    trace = get("reference")(day.plan, day.draws())
    ended, length = trace.ended.copy(), trace.queue_length.copy()
    ended[1:3] += 500_000, 1_000_000
    length[0, 0] += 1_000_000
    with pytest.raises(AssertionError) as told:
        agree(day, trace, dataclasses.replace(trace, ended=ended, queue_length=length))
    message = str(told.value)
    assert "name: golden" in message
    assert "Case(at=35, channel='phone'" in message
    assert message.endswith(
        """\
2 contacts differ; the first in time is case 1, attempt 0
                            reference               compiled
  channel                       phone                  phone
  group                        agents                 agents
  arrived                 35.000000 s            35.000000 s
  entered                 35.000000 s            35.000000 s
  answered                40.000000 s            40.000000 s
  ended                   50.000000 s            51.000000 s   <--
  queued                   5.000000 s             5.000000 s
  handled                 10.000000 s            10.000000 s
  wrapped                  0.000000 s             0.000000 s
  helper                            -                      -
  helped                   0.000000 s             0.000000 s
  rung                              0                      0
  outcome                    resolved               resolved
  next_channel                      -                      -
1 cells of queue_length differ; the first is phone in interval 0
                          15.000000 s            16.000000 s"""
    )
