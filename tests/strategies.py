"""Random small scenarios that are sound and that every engine can simulate, for hypothesis.

Durations are mostly whole seconds drawn from few values, and cases come in a few neighbouring intervals, so
that queues form and events often fall on the same tick.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scenarios import Scenario

NAMES = {"self_service": "portal", "live": "phone", "concurrent": "chat", "deferred": "email"}
OUTCOMES = {
    "self_service": ["failed", "blocked", "closed"],
    "live": ["unresolved", "abandoned", "blocked", "closed", "disconnected"],
    "concurrent": ["unresolved", "abandoned", "blocked", "closed", "disconnected"],
    "deferred": ["unresolved", "blocked", "closed"],
}
DAY = 86_400
INTERVALS = (900, 1800, 3600)


def scenarios_strategy(max_cases: int = 40) -> st.SearchStrategy[Scenario]:
    """Sound scenarios of one day with 1-3 channels, 1-3 groups and at most ``max_cases`` cases expected."""
    return scenario_fields(max_cases).map(lambda fields: Scenario(**fields))


@st.composite
def scenario_fields(draw: st.DrawFn, max_cases: int = 40) -> dict[str, Any]:
    """The same as plain data, as a scenario file writes it."""
    interval = draw(st.sampled_from(INTERVALS))
    modes = draw(st.lists(st.sampled_from(list(NAMES)), min_size=1, max_size=3, unique=True))
    intents = ["billing", "refund"][: draw(st.integers(1, 2))]
    segments = ["young", "old"][: draw(st.integers(1, 2))]
    channels = [NAMES[mode] for mode in modes]
    busy = draw(st.integers(0, DAY // interval - 4))
    served = [NAMES[mode] for mode in modes if mode != "self_service"]
    return {
        "name": "random",
        "calendar": {"start": "2026-03-02", "timezone": "UTC", "interval": interval},
        "segments": {
            name: draw(_segment(channels, share))
            for name, share in zip(segments, _shares(segments), strict=True)
        },
        "intents": {
            name: draw(_intent(channels, DAY // interval, busy, max_cases // len(intents)))
            for name in intents
        },
        "channels": {NAMES[mode]: draw(_channel(mode, intents)) for mode in modes},
        "next_steps": draw(_next_steps(modes, intents, segments)),
        "max_attempts": draw(st.integers(1, 4)),
        "frustration": draw(
            st.just({}) | st.fixed_dictionaries({"handle_time": st.sampled_from([0.0, 0.5, -0.25]),
                                                 "patience": st.sampled_from([0.0, 0.5, -0.5])})
        ),
        "groups": draw(_groups(served, intents, interval, busy)) if served else {},
        "incidents": draw(st.lists(_incident(channels, interval, busy), max_size=2)),
    }  # fmt: skip


def _shares(names: list[str]) -> list[float]:
    return [1.0] if len(names) == 1 else [0.25, 0.75]


def _seconds(longest: int = 3600) -> st.SearchStrategy[int]:
    return st.sampled_from([s for s in (0, 1, 2, 30, 60, 300, 900, 3600) if s <= longest])


def _law(longest: int = 3600) -> st.SearchStrategy[Any]:
    mean = st.sampled_from([seconds for seconds in (1, 60, 300, 900) if seconds <= longest])
    observed = st.lists(_seconds(longest), min_size=1, max_size=3)
    some_zero, spread = st.sampled_from([0, 0.5]), st.sampled_from([0.5, 1.0])
    return st.one_of(
        _seconds(longest),
        st.builds(lambda values: {"empirical": {"values": values}}, observed),
        st.builds(lambda value, zero: {"exponential": {"mean": value, "zero": zero}}, mean, some_zero),
        st.builds(lambda value, cv: {"lognormal": {"mean": value, "cv": cv}}, mean, spread),
        st.builds(lambda value: {"uniform": {"low": 0, "high": value}}, mean),
    )


def _by_intent(values: st.SearchStrategy[Any], intents: list[str]) -> st.SearchStrategy[Any]:
    return values | st.fixed_dictionaries({"default": values}, optional=dict.fromkeys(intents, values))


def _split(channels: list[str], whole: bool) -> st.SearchStrategy[dict[str, float]]:
    """Shares of channels in eighths, which add up to 1 (``whole``) or to less."""

    def shares(parts: list[int]) -> dict[str, float]:
        total = sum(parts) or 1
        return {
            name: (part / total if whole else part / 8 / len(parts))
            for name, part in zip(channels, parts, strict=True)
            if part or (whole and sum(parts) == 0)
        }

    if len(channels) == 1 and whole:
        return st.just({channels[0]: 1.0})
    least = 1 if whole else 0
    return st.lists(st.integers(least, 8), min_size=len(channels), max_size=len(channels)).map(shares)


@st.composite
def _segment(draw: st.DrawFn, channels: list[str], share: float) -> dict[str, Any]:
    segment: dict[str, Any] = {"share": share}
    if draw(st.booleans()):
        segment["first_channel"] = draw(_split(channels, whole=True))
    if len(channels) > 1 and draw(st.booleans()):
        segment["adoption"] = {channels[0]: 0.5}
    segment["patience"] = draw(st.sampled_from([1.0, 0.5, 2.0]))
    segment["self_service_success"] = draw(st.sampled_from([1.0, 0.5, 3.0]))
    return segment


@st.composite
def _intent(draw: st.DrawFn, channels: list[str], per_day: int, busy: int, most: int) -> dict[str, Any]:
    wave = draw(st.lists(st.integers(0, max(1, most // 4)), min_size=1, max_size=4))
    volumes = [0.0] * per_day
    for step, cases in enumerate(wave):
        volumes[busy + step] = cases if cases < 5 else cases - 0.5
    return {
        "volume": {
            "per_interval": volumes,
            "counts": draw(st.sampled_from(["exact", "poisson"])),
            "day_factor_cv": draw(st.sampled_from([0.0, 0.2])),
        },
        "demand": draw(st.sampled_from(["value", "failure"])),
        "first_channel": draw(_split(channels, whole=True)),
    }


@st.composite
def _channel(draw: st.DrawFn, mode: str, intents: list[str]) -> dict[str, Any]:
    channel: dict[str, Any] = {"mode": mode}
    if draw(st.booleans()):
        opens = draw(st.integers(0, 20))
        closes = draw(st.integers(opens + 1, 24))
        channel["open"] = {"daily": f"{opens:02d}:00-{closes:02d}:00"}
    if draw(st.booleans()):
        channel["lines"] = draw(st.integers(0, 6))
    share = st.sampled_from([0.0, 0.5, 1.0])
    if mode == "self_service":
        return channel | {
            "duration": draw(_by_intent(_law(), intents)),
            "success": draw(_by_intent(share, intents)),
        }
    channel["handle_time"] = draw(_by_intent(_law(), intents))
    channel["resolution"] = draw(_by_intent(share, intents))
    if mode == "deferred":
        return channel | {"interruptible": draw(st.booleans())}
    channel["at_close"] = draw(st.sampled_from(["serve", "drop"]))
    channel["patience"] = draw(_by_intent(_law() | st.just("unlimited"), intents))
    if mode == "concurrent":
        channel["cap"] = draw(st.integers(1, 3))
        channel["slowdown"] = draw(st.sampled_from([[1, 1, 1], [1, 1.25, 1.5], [1, 2, 3], [1.0, 1.2, 1.45]]))
    return channel


@st.composite
def _next_steps(
    draw: st.DrawFn, modes: list[str], intents: list[str], segments: list[str]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    channels = [NAMES[mode] for mode in modes]
    for mode in modes:
        for outcome in draw(st.lists(st.sampled_from(OUTCOMES[mode]), unique=True, max_size=4)):
            for only in draw(
                st.sampled_from([[{}], [{"intents": intents[0]}], [{}, {"segments": segments[0]}]])
            ):
                row = {
                    "after": NAMES[mode],
                    "outcome": outcome,
                    "go": draw(_split(channels, whole=draw(st.booleans()))),
                }
                if draw(st.booleans()):
                    row["delay"] = draw(_law())
                rows.append(row | only)
    return rows


@st.composite
def _groups(
    draw: st.DrawFn, served: list[str], intents: list[str], interval: int, busy: int
) -> dict[str, Any]:
    skills = st.fixed_dictionaries(
        {"priority": st.integers(1, 3), "handle_time": st.sampled_from([1.0, 0.5, 1.25])},
        optional={"intents": st.just(intents[:1])},
    )
    groups = {}
    for name in ["red", "green", "blue"][: draw(st.integers(1, 3))]:
        takes = draw(st.lists(st.sampled_from(served), unique=True, min_size=1))
        groups[name] = {
            "skills": {channel: draw(skills) for channel in takes},
            "staff": draw(_staff(interval, busy)),
            "shrinkage": draw(st.sampled_from([0.0, 0.3])),
        }
    # Whatever the others can do, the first group takes every channel and intent.
    groups["red"]["skills"] |= {
        channel: {"priority": draw(st.integers(1, 3))}
        for channel in served
        if "intents" in groups["red"]["skills"].get(channel, {"intents": ()})
    }
    return groups


@st.composite
def _staff(draw: st.DrawFn, interval: int, busy: int) -> Any:
    """Agents by clock time, changing while the cases come, or one number for each interval."""
    numbers = draw(st.lists(st.integers(0, 4), min_size=1, max_size=6))
    if draw(st.booleans()):
        per_day = DAY // interval
        series = [numbers[0]] * busy + numbers + [numbers[-1]] * per_day
        return series[:per_day]
    staff = {"00:00": numbers[0]}
    for step, number in enumerate(numbers):
        start = (busy + step) * interval
        if start < DAY:
            staff[f"{start // 3600:02d}:{start // 60 % 60:02d}"] = number
    return staff


@st.composite
def _incident(draw: st.DrawFn, channels: list[str], interval: int, busy: int) -> dict[str, Any]:
    begins = (busy + draw(st.integers(0, 3))) * interval // 60
    lasts = draw(st.integers(1, 90))
    ends = min(begins + lasts, 24 * 60 - 1)
    return {
        "name": "fault",
        "channel": draw(st.sampled_from(channels)),
        "window": [_moment(min(begins, ends - 1)), _moment(ends)],
        "failure": draw(st.sampled_from([1.0, 0.5])),
    }


def _moment(minutes: int) -> str:
    return f"2026-03-02 {minutes // 60:02d}:{minutes % 60:02d}"
