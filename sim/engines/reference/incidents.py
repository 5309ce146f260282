"""Incidents: windows in which a channel fails, or in which all in it takes longer."""

from __future__ import annotations

from collections.abc import Iterator

from sim.contract import Plan, scaled


class Incidents:
    """What the incidents of a moment do to a channel. They combine in the order of the plan."""

    def __init__(self, plan: Plan) -> None:
        self._of = [_of_channel(plan, channel) for channel in range(len(plan.channels))]

    def failure(self, channel: int, now: int) -> float:
        """Probability that an attempt fails, the incidents being independent causes; 0 without one."""
        works = 1.0
        for failure, _ in self._active(channel, now):
            works *= 1.0 - failure
        return 1.0 - works

    def slowed(self, time: int, channel: int, now: int) -> int:
        """What takes ``time`` otherwise, if it begins now."""
        factor = 1.0
        for _, slowdown in self._active(channel, now):
            factor *= slowdown
        return scaled(time, factor)

    def _active(self, channel: int, now: int) -> Iterator[tuple[float, float]]:
        for begins, ends, failure, slowdown in self._of[channel]:
            if begins <= now < ends:
                yield failure, slowdown


def _of_channel(plan: Plan, channel: int) -> list[tuple[int, int, float, float]]:
    mine = plan.incident_channel == channel
    return list(
        zip(
            plan.incident_from[mine].tolist(),
            plan.incident_until[mine].tolist(),
            plan.incident_failure[mine].tolist(),
            plan.incident_slowdown[mine].tolist(),
            strict=True,
        )
    )
