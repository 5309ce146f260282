"""Random small scenarios that are sound and that every engine can simulate, for hypothesis.

Everything that the engines simulate occurs often (``tests/twins`` holds them to it). Durations are drawn from
few values, and cases come in a few neighbouring intervals in which staff, opening hours and incidents change
too, so that queues form and events often fall on the same tick. The length of a list is drawn first: left to
itself, hypothesis makes most lists too short for anything to happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

from scenarios import Scenario

MODES = {
    "phone": "live",
    "email": "deferred",
    "chat": "concurrent",
    "portal": "self_service",
    "sms": "concurrent",
    "video": "live",
    "letter": "deferred",
    "app": "self_service",
}
"""Channels and how they work: two of each mode."""
OUTCOMES = {
    "self_service": ("failed", "blocked", "closed"),
    "live": ("abandoned", "unresolved", "disconnected", "blocked", "closed"),
    "concurrent": ("abandoned", "unresolved", "disconnected", "blocked", "closed"),
    "deferred": ("unresolved", "blocked", "closed"),
}
GROUPS = ("red", "green", "blue", "black", "white", "grey")
SLOWDOWNS = ((1, 1, 1, 1), (1, 1.25, 1.5, 1.75), (1, 2, 3, 4), (1, 1.2, 1.45, 2), None)
FRUSTRATIONS = ((0, 0), (0.5, -1), (-0.25, 0.5), (0.5, -0.5), (0.5, -1), None)
"""On handle time and on patience, per failed attempt; ``None`` leaves it to the library."""
DAY = 86_400
INTERVALS = (900, 1800, 3600)
BUSY = 4
"""Cases come in so many neighbouring intervals of a day."""
THEMES = (
    "anything",
    "interruptions",
    "closing",
    "chats",
    "callbacks",
    "anything",
    "closing",
    "outage",
    "tiers",
    "callbacks",
    "campaign",
    "conditions",
)
"""Some scenarios are made for what needs several things at once: long deferred work that chats interrupt
while staff changes; agents who go home as channels close with customers waiting; chats in two channels;
queues long enough for callbacks; channels that pass contacts on to each other; self-service that fails, and
customers who tell an agent of it; customers on a list, called between those who call; groups that help others
under conditions."""


def scenarios_strategy(max_cases: int = 40) -> st.SearchStrategy[Scenario]:
    """Sound scenarios of 1-3 days with 1-4 channels, 1-6 groups and at most ``max_cases`` cases expected."""
    return scenario_fields(max_cases).map(lambda fields: Scenario(**fields))


@dataclass(frozen=True)
class Setting:
    """What the parts of a scenario share."""

    theme: str
    interval: int
    busy: int
    """The first interval of the day in which cases come."""
    intents: tuple[str, ...]
    segments: tuple[str, ...]
    channels: tuple[str, ...]
    called: tuple[str, ...]
    """Channels with a dialler."""
    hours: dict[str, str]
    stages: bool
    """Whether channels have fronts, wrap and so on, and skills conditions: half of the scenarios keep to
    the bare essentials, in which what those are about happens more often."""

    @property
    def per_day(self) -> int:
        return DAY // self.interval

    @property
    def served(self) -> tuple[str, ...]:
        return tuple(name for name in self.channels if MODES[name] != "self_service")

    @property
    def entered(self) -> tuple[str, ...]:
        """Channels to which customers come."""
        return tuple(name for name in self.channels if name not in self.called)


@st.composite
def scenario_fields(draw: st.DrawFn, max_cases: int = 40) -> dict[str, Any]:
    """The same as plain data, as a scenario file writes it."""
    theme = draw(_of(*THEMES))
    interval = draw(_of(*INTERVALS)) if theme != "interruptions" else INTERVALS[0]
    per_day = DAY // interval
    busy = draw(_of(per_day // 2, 0, per_day - BUSY))
    days = draw(_of(1, 1, 2, 1, 3))
    channels = draw(CHANNELS[theme])
    stages = draw(_of(False, True))
    at = Setting(
        theme=theme,
        interval=interval,
        busy=busy,
        intents=("billing", "refund")[: draw(_of(1, 2))],
        segments=("young", "old")[: draw(_of(1, 2))],
        channels=channels,
        called=draw(_called(theme, channels, stages)),
        hours=draw(_hours(interval, busy)),
        stages=stages,
    )
    shares = (0.25, 0.75) if len(at.segments) > 1 else (1.0,)
    most = max_cases // len(at.intents) // days // BUSY
    intents = {name: draw(_intent(at, most)) for name in at.intents}
    channels = {name: draw(_channel(at, name)) for name in at.channels}
    if any(any(intent["volume"]["per_interval"]) for intent in intents.values()):
        for name in at.served:
            if backlog := draw(_backlog(at, name)):
                channels[name]["backlog"] = backlog
    groups = draw(_groups(at, channels)) if at.served else {}
    for name in at.channels:
        if MODES[name] == "live" and at.stages and draw(_of(True, True, False)):
            channels[name]["consult"] = draw(_consult(at, tuple(groups)))
    warm_up = interval * draw(_of(0, 0, busy + 1, 0, busy + 2, 0))
    return {
        "name": "random",
        "calendar": {
            "start": "2026-03-02",
            "timezone": "UTC",
            "days": days,
            "interval": interval,
            "warm_up": warm_up,
        },
        "segments": {
            name: draw(_segment(at.channels, share)) for name, share in zip(at.segments, shares, strict=True)
        },
        "intents": intents,
        "channels": channels,
        "next_steps": draw(_next_steps(at, channels)),
        "max_attempts": draw(_of(3, 4, 2) if theme in ("callbacks", "tiers") else _of(3, 4, 2, 1)),
        "retry_draws": draw(_of("anew", "anew", "kept")),
        "frustration": draw(_frustration()),
        "groups": groups,
        "incidents": [
            draw(_incident(at)) for _ in range(draw(_of(1, 2) if theme == "outage" else _of(0, 1, 4)))
        ]
        if at.entered
        else [],
        "routing": draw(_routing(at)),
    }


# -- kinds of value --------------------------------------------------------------------------------


@lru_cache(maxsize=None, typed=True)
def _of(*values: Any) -> st.SearchStrategy[Any]:
    """One of the values. The first is the simplest; one listed twice comes twice as often."""
    return st.sampled_from(values)


@cache
def _some(names: tuple[str, ...], sizes: tuple[int, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the names in any order; how many is one of ``sizes``, or all if there are fewer."""
    return st.tuples(st.permutations(names), _of(*sizes)).map(lambda drawn: tuple(drawn[0][: drawn[1]]))


@cache
def _law(*seconds: int) -> st.SearchStrategy[Any]:
    """Laws of durations around the given values: one of them, some of them, or spread."""
    value = _of(*seconds)
    mean = _of(*(second or 60 for second in seconds))
    return st.one_of(
        value,
        st.builds(lambda *values: {"empirical": {"values": list(values)}}, value, value, value),
        st.builds(lambda mean, zero: {"exponential": {"mean": mean, "zero": zero}}, mean, _of(0, 0.5)),
        st.builds(lambda mean, cv: {"lognormal": {"mean": mean, "cv": cv}}, mean, _of(0.5, 1.0)),
        st.builds(lambda high: {"uniform": {"low": 0, "high": high}}, mean),
    )


HANDLE_TIME = _law(900, 1800, 3600, 900, 1800, 300, 60, 0)
PATIENCE = _law(900, 3600, 300, 3600, 60, 0) | _of("unlimited")
DELAY = _law(0, 20 * 3600, 900, 60, 6 * 3600)
FRONT = _of(60, 0, 300, 900) | _law(60, 300)
WRAP = _of(300, 900, 60, 0) | _law(60, 900)
LONG = _law(3600, 1800, 7200)
SHORT = _law(300, 60, 600)
PATIENCE_FOR = {
    "interruptions": LONG | _of("unlimited"),
    "callbacks": LONG | HANDLE_TIME,
    "closing": _of(1800, 900, "unlimited", 3600, 1800),
}
SHARE = _of(0.5, 1.0, 0.0)
KEPT = {
    "closing": "together",
    "interruptions": "always",
    "callbacks": "always",
    "outage": "always",
    "conditions": "always",
    "campaign": "together",
}
"""Whether channels are always open, or keep hours together."""
CHANNELS = {
    "anything": _some(tuple(MODES), (3, 4, 2, 1)),
    "closing": st.tuples(_of("phone", "chat"), _of("video", "sms"), _of("email", "portal")),
    "interruptions": st.tuples(st.just("email"), _of("chat", "sms"), _of("phone", "portal", "letter")),
    "chats": _of(("sms", "chat"), ("email", "chat", "sms"), ("chat", "portal", "sms")),
    "callbacks": _of(("phone",), ("phone", "video"), ("video", "email", "phone"), ("phone", "chat")),
    "tiers": _of(("phone", "video"), ("phone", "email"), ("chat", "video"), ("phone", "sms", "letter")),
    "campaign": _of(("phone", "video"), ("phone", "video", "email"), ("phone",), ("phone", "video", "chat")),
    "conditions": st.tuples(_of("phone", "chat"), _of("email", "letter", "sms"), _of("video", "portal")),
    "outage": st.tuples(_of("portal", "app", "video"), _of("phone", "chat"), _of("email", "sms", "letter")),
}
OFFERS = _of(0, 60, 300)
"""Expected waits above which a callback is offered."""


@cache
def _by_intent(values: st.SearchStrategy[Any], intents: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return values | st.fixed_dictionaries({"default": values}, optional=dict.fromkeys(intents, values))


@cache
def _split(channels: tuple[str, ...], whole: bool) -> st.SearchStrategy[dict[str, float]]:
    """Shares of channels in eighths, which add up to 1 (``whole``) or to less."""

    def shares(parts: list[int]) -> dict[str, float]:
        total = sum(parts) if whole else 8 * len(parts)
        return {name: part / total for name, part in zip(channels, parts, strict=True) if part}

    if len(channels) == 1 and whole:
        return st.builds(lambda: {channels[0]: 1.0})  # a new one each time: tests change what they get
    parts = _of(4, 8, 1) if whole else _of(4, 8, 0)
    return st.tuples(*[parts] * len(channels)).map(shares)


# -- customers -------------------------------------------------------------------------------------


@st.composite
def _segment(draw: st.DrawFn, channels: tuple[str, ...], share: float) -> dict[str, Any]:
    segment: dict[str, Any] = {"share": share}
    if draw(_of(False, True)):
        segment["first_channel"] = draw(_split(channels, whole=True))
    if len(channels) > 1 and draw(_of(False, True)):
        segment["adoption"] = {channels[0]: 0.5}
    segment["patience"] = draw(_of(1.0, 0.5, 2.0))
    segment["self_service_success"] = draw(_of(1.0, 0.5, 3.0))
    return segment


@st.composite
def _intent(draw: st.DrawFn, at: Setting, most: int) -> dict[str, Any]:
    volumes = [0.0] * at.per_day
    for interval in range(at.busy, at.busy + BUSY):
        cases = draw(_of(most // 2, most, 1, 0))
        volumes[interval] = cases if cases < 5 else cases - 0.5
    return {
        "volume": {
            "per_interval": volumes,
            "counts": draw(_of("exact", "poisson")),
            "day_factor_cv": draw(_of(0.0, 0.2)),
        },
        "demand": draw(_of("value", "failure")),
        "first_channel": draw(_split(at.channels, whole=True)),
    }


@st.composite
def _next_steps(draw: st.DrawFn, at: Setting, channels: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    everyone: dict[str, str] = {}
    one_intent, one_segment = {"intents": at.intents[0]}, {"segments": at.segments[0]}
    for name in at.channels:
        outcomes = OUTCOMES[MODES[name]]
        if name in at.called:
            outcomes = ("unreached", "abandoned", "disconnected")
        if at.theme == "outage" and name == at.channels[0]:
            # Whom the outage fails turns to an agent, and tells of it.
            missing = ["failed"] if MODES[name] == "self_service" else ["blocked", "abandoned"]
            rows.append({"after": name, "outcome": missing, "go": {at.channels[1]: 1.0}})
            continue
        if "front" in channels[name] and draw(_of(False, True)):
            outcomes = draw(_of(("contained", "transferred"), ("contained",))) + outcomes
        elif "transfer" in channels[name] and draw(_of(False, False, False, True)):
            outcomes = ("transferred", *outcomes)
        for outcome in draw(_some(outcomes, (2, 4, 1, 0))):
            for only in draw(
                st.sampled_from([[everyone], [everyone], [one_intent], [everyone, one_segment]])
            ):
                go = draw(_split(at.channels, draw(_of(True, False))))
                row = {"after": name, "outcome": outcome, "go": go}
                if draw(_of(False, True)):
                    row["delay"] = draw(DELAY)
                rows.append(row | only)
    return rows


@st.composite
def _frustration(draw: st.DrawFn) -> dict[str, float]:
    factors = draw(_of(*FRUSTRATIONS))
    return {} if factors is None else dict(zip(("handle_time", "patience"), factors, strict=True))


# -- channels --------------------------------------------------------------------------------------


@st.composite
def _channel(draw: st.DrawFn, at: Setting, name: str) -> dict[str, Any]:
    mode = MODES[name]
    channel: dict[str, Any] = {"mode": mode}
    kept = KEPT.get(at.theme) or draw(_of("always", "always", "together", "alone"))
    if kept != "always":
        channel["open"] = at.hours if kept == "together" else draw(_hours(at.interval, at.busy))
    lines = draw(_of(None, None, None, None, 3, 6, 0))
    if lines is not None:
        channel["lines"] = lines
    work = _by_intent(_work(at.theme, mode), at.intents)
    if mode == "self_service":
        work = SHORT if at.theme == "outage" else work
        return channel | {"duration": draw(work), "success": draw(_by_intent(SHARE, at.intents))}
    if at.stages:
        channel |= draw(_stages(at, mode))
    if name in at.called:
        channel = {**channel, "dialler": draw(_dialler())}
        channel.pop("front", None)
    somewhere = any(other not in at.called for other in at.served)
    if somewhere and (at.theme == "tiers" or (at.stages and draw(_of(False, True)))):
        channel["transfer"] = draw(_transfer(at, name))
    channel["handle_time"] = draw(work)
    channel["resolution"] = draw(_by_intent(SHARE, at.intents))
    if mode == "deferred":
        return channel | {"interruptible": draw(_of(True, True, True, False))}
    drops = at.theme == "closing" and (name == at.channels[0] or name in at.called)
    channel["at_close"] = "drop" if drops else draw(_of("serve", "drop"))
    if at.theme == "campaign" and name in at.called:
        channel["at_close"] = draw(_of("drop", "serve", "drop"))
    if name in at.called:
        pass
    elif mode == "live" and (at.theme == "callbacks" or (at.stages and draw(_of(False, True)))):
        channel["callback"] = draw(_callback())
    channel["patience"] = draw(_by_intent(PATIENCE_FOR.get(at.theme, PATIENCE), at.intents))
    if mode == "concurrent":
        channel["cap"] = draw(_of(2, 4, 3, 4, 1))
        if (slowdown := draw(_of(*SLOWDOWNS))) is not None:
            channel["slowdown"] = list(slowdown)
    return channel


@cache
def _callback() -> st.SearchStrategy[dict[str, Any]]:
    """Offers that are often made, often taken and often in vain."""
    return st.fixed_dictionaries(
        {
            "offer_above": OFFERS,
            "take_up": _of(1.0, 0.5),
            "connect": _of(0.5, 1.0, 0.0),
            "attempts": _of(2, 1, 3),
            "retry": _of(900, 60, 0, 3600),
            "ring": _of(60, 0, 300, 900),
            "estimate": _of("head_of_line", "last_wait", "queue"),
        }
    )


def _called(theme: str, channels: tuple[str, ...], stages: bool) -> st.SearchStrategy[tuple[str, ...]]:
    """The channels in which agents call customers."""
    live = tuple(name for name in channels if MODES[name] == "live")
    if theme == "campaign":
        return _of(live[-1:], live[-1:], live)
    if not live or theme not in ("anything", "closing", "conditions"):
        return st.just(())
    return _of((), (), live[-1:]) if stages or theme == "closing" else st.just(())


@cache
def _dialler() -> st.SearchStrategy[dict[str, Any]]:
    """Calls that are often in vain."""
    return st.fixed_dictionaries(
        {
            "calls_per_agent": _of(1, 2.5, 1, 0.5, 20),
            "reached": _of(0.5, 1.0, 0.25, 0.0),
            "ring": _of(60, 300, 0, 900),
            "attempts": _of(2, 3, 1),
            "retry": _of(900, 60, 3600, 0),
        }
    )


@st.composite
def _stages(draw: st.DrawFn, at: Setting, mode: str) -> dict[str, Any]:
    """What may happen to a contact besides being handled."""
    stages: dict[str, Any] = {}
    if draw(_of(False, True, False)):
        stages["front"] = {
            "duration": draw(FRONT),
            "containment": draw(_by_intent(_of(0.25, 0.0), at.intents)),
            "hang_up": draw(_of(0.0, 0.25)),
            "misroute": draw(_of(0.25, 0.0, 0.5)),
            "transfer_part": draw(_of(0.25, 1.0, 0.0)),
        }
    if draw(_of(False, True)):
        stages["wrap"] = draw(WRAP)
    if mode in ("live", "concurrent") and draw(_of(False, False, True)):
        stages["balk"] = draw(_of(0.25, 1.0))
    if mode == "concurrent" and draw(_of(True, False)):
        stages["silent_abandonment"] = draw(_of(0.5, 1.0))
        stages["silent_time"] = draw(WRAP)
    return stages


@st.composite
def _transfer(draw: st.DrawFn, at: Setting, name: str) -> dict[str, Any]:
    """What agents pass on, to another channel if there is one, or to their own."""
    there = [other for other in at.served if other in at.entered]
    others = [other for other in there if other != name] or there
    return {
        "share": draw(_by_intent(_of(0.5, 1.0, 0.0), at.intents)),
        "to": draw(_of(*others, *others, *there)),
        "part": draw(_of(1.0, 0.25, 0.0)),
        "when_busy": draw(_of("queue", "skip", "lose")),
    }


def _consult(at: Setting, groups: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """What takes two agents."""
    return st.fixed_dictionaries(
        {
            "share": _by_intent(_of(1.0, 0.5), at.intents),
            "group": _of(*groups[-1:], *groups),
            "part": _of(0.5, 1.0, 0.25, 0.0),
            "when_busy": _of("wait", "skip"),
        }
    )


def _backlog(at: Setting, name: str) -> st.SearchStrategy[int]:
    if at.theme == "conditions" and MODES[name] == "deferred":
        return _of(5, 8, 0)
    return _of(0, 0, 0, 3, 8) if name in at.called else _of(0, 0, 0, 0, 0, 5)


def _work(theme: str, mode: str) -> st.SearchStrategy[Any]:
    if theme == "interruptions" or (theme == "conditions" and mode == "deferred"):
        return LONG if mode == "deferred" else SHORT
    if theme == "callbacks" and mode == "live":
        return LONG
    return HANDLE_TIME if mode in ("live", "concurrent") else LONG | HANDLE_TIME


@st.composite
def _hours(draw: st.DrawFn, interval: int, busy: int) -> dict[str, str]:
    """One or two windows that close while cases come; two may adjoin, and are one then."""
    begins, half = busy * interval, interval // 2
    opens, closes = draw(_of(0, begins, begins + half)), begins + draw(_of(6, 4, 5, 6, 7)) * half
    windows = f"{_clock(opens)}-{_clock(closes)}"
    again = closes + draw(_of(half, 0, interval))
    if again < DAY and draw(_of(False, False, True)):
        windows += f", {_clock(again)}-{_clock(draw(_of(again + half, DAY)))}"
    return {draw(_of(*["daily"] * 8, "mon", "tue-sun")): windows}


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


@st.composite
def _incident(draw: st.DrawFn, at: Setting) -> dict[str, Any]:
    outage = at.theme == "outage"
    begins = (at.busy + draw(st.integers(0, 1 if outage else BUSY - 1))) * at.interval // 60
    ends = min(begins + draw(_of(240, 90) if outage else _of(60, 1, 90)), 24 * 60 - 1)
    incident = {
        "name": draw(_of("fault", "outage")),
        "channel": at.channels[0] if outage else draw(_of(*at.entered)),
        "window": [_moment(min(begins, ends - 1)), _moment(ends)],
        "failure": draw(
            _of(1.0, 0.5) if outage else _of(0.5, 0.25, 1.0, 0.0) if at.stages else _of(0.5, 0.25, 1.0)
        ),
    }
    if at.stages:
        incident["slow_down"] = draw(_of(1.0, 2.0, 0.5))
    if outage or (at.stages and draw(_of(False, True))):
        incident |= draw(_detection(outage))
    return incident


@cache
def _detection(announced: bool) -> st.SearchStrategy[dict[str, Any]]:
    """How an incident is detected, and what follows."""
    monitoring, reports = _of(900, 0, 3600, 1800), _of(1, 2, 3)
    by = st.one_of(
        st.fixed_dictionaries({"reports": reports}),
        st.fixed_dictionaries({"monitoring": monitoring}),
        st.fixed_dictionaries({"monitoring": monitoring, "reports": reports}),
    )
    announcement = st.fixed_dictionaries(
        {"after": _of(0, 300), "heeded": _of(1.0, 0.5), "return_within": _of(1800, 0, 7200)}
    )
    follows = {"fix": DELAY | _of(1800), "announcement": announcement}
    always = {"detection": by, "announcement": announcement} if announced else {"detection": by}
    return st.fixed_dictionaries(
        always, optional={name: values for name, values in follows.items() if name not in always}
    )


def _moment(minutes: int) -> str:
    return f"2026-03-02 {minutes // 60:02d}:{minutes % 60:02d}"


# -- agents ----------------------------------------------------------------------------------------


@st.composite
def _groups(draw: st.DrawFn, at: Setting, channels: dict[str, Any]) -> dict[str, Any]:
    groups = {}
    few = {"interruptions": (2, 1, 2, 3), "conditions": (2, 3)}
    number = draw(_of(*few.get(at.theme, (2, 1, 3, 2, 3, 6))))
    for name in GROUPS[:number]:
        groups[name] = {
            "skills": {
                channel: draw(_skill(at, "transfer" in channels[channel]))
                for channel in draw(_some(at.served, (4, 1, 2, 1)))
            },
            "staff": draw(_staff(at)),
            "shrinkage": draw(_of(0.0, 0.0, 0.3)),
        }
        if draw(_of(False, False, False, True)):
            groups[name]["absence"] = draw(_of(0.25, 0.5, 0.1))
        if draw(_of(False, False, False, True)):
            groups[name]["shifts"] = draw(_shifts(at))
        if at.theme == "campaign" and at.stages:
            for channel in at.called:
                groups[name]["skills"].get(channel, {})["keep_idle"] = draw(_of(0, 1))
    if at.theme == "conditions":
        # The second group has its own work, and helps with all the rest.
        groups["green"]["skills"] = {
            channel: {"priority": 1} if MODES[channel] == "deferred" else draw(_help())
            for channel in at.served
        }
    # Whatever the others can do, the first group takes every channel and intent.
    groups["red"]["skills"] |= {
        channel: {"priority": draw(_of(1, 2, 3))}
        for channel in at.served
        if "intents" in groups["red"]["skills"].get(channel, {"intents": ()})
    }
    return groups


@st.composite
def _skill(draw: st.DrawFn, at: Setting, passes_on: bool) -> dict[str, Any]:
    skill: dict[str, Any] = {"priority": draw(_of(1, 1, 2, 3)), "handle_time": draw(_of(1.0, 0.5, 1.25))}
    if draw(_of(False, False, False, True)):
        skill["intents"] = list(at.intents[:1])
    if at.theme == "conditions" or (at.stages and draw(_of(False, False, True))):
        skill["only_if"] = draw(_only_if())
    if at.stages:
        skill["overflow_after"] = draw(_of(0, 0, 60, 900, 300))
        skill["keep_idle"] = draw(_of(0, 0, 1, 2))
        skill["weight"] = draw(_of(1.0, 1.0, 2.0, 0.5))
        if draw(_of(False, False, True)):
            skill["resolution"] = draw(_of(0.25, 1.0, 0.0))
        if passes_on and draw(_of(False, True)):
            skill["transfer"] = draw(_of(0.25, 1.0, 0.0))
    return skill


@cache
def _only_if() -> st.SearchStrategy[dict[str, Any]]:
    """Conditions that sometimes hold."""
    return st.fixed_dictionaries(
        {},
        optional={
            "queue_at_least": _of(2, 1, 3, 1, 6),
            "own_queue_below": _of(1, 2, 4),
            "busy_below": _of(1.0, 0.5, 0.75),
        },
    )


@cache
def _help() -> st.SearchStrategy[dict[str, Any]]:
    conditions: list[dict[str, Any]] = [
        {"queue_at_least": 1},
        {"queue_at_least": 2},
        {"own_queue_below": 3},
        {"own_queue_below": 1, "queue_at_least": 2},
    ]
    return st.sampled_from(conditions).map(lambda condition: {"priority": 2, "only_if": condition})


@st.composite
def _shifts(draw: st.DrawFn, at: Setting) -> list[dict[str, Any]]:
    """One or two shifts, of which some begin on the evening before and some have a break."""
    shifts = []
    for _ in range(draw(_of(1, 2))):
        length = at.interval * draw(_of(4, 2, 8))
        shift = {
            "start": _clock((at.busy + draw(_of(0, 1, -2))) % at.per_day * at.interval)[:5],
            "length": length,
            "agents": draw(_of(1, 2)),
        }
        if draw(_of(False, True)):
            shift["breaks"] = [{"after": at.interval, "length": at.interval}]
        if draw(_of(False, False, True)):
            shift["days"] = draw(_of("mon", "tue-sun"))
        shifts.append(shift)
    return shifts


@st.composite
def _routing(draw: st.DrawFn, at: Setting) -> dict[str, str]:
    if not at.stages:
        return {}
    return {
        "contact_order": draw(
            _of("weighted_wait", "priority_then_oldest", "oldest_over_all", "growing_score")
        ),
        "agent_order": draw(_of("longest_idle", "least_loaded", "fill_first", "random")),
    }


@st.composite
def _staff(draw: st.DrawFn, at: Setting) -> Any:
    """Agents by clock time, changing while the cases come, or one number for each interval."""
    numbers = draw(st.tuples(*[_of(1, 2, 0, 3)] * (BUSY + 1)))
    if at.theme == "interruptions" and draw(_of(True, True, True, False)):
        # Everybody is to leave, and those who are still there stay after all.
        numbers = tuple(0 if step % 2 else numbers[0] or 1 for step in range(len(numbers)))
    if at.theme == "closing":
        goes = draw(_of(1, 2, 3))
        numbers = (*numbers[:goes], *[0] * (BUSY + 1 - goes))
    before, after = numbers[0], numbers[-1]
    if draw(_of(True, False)):
        return [*[before] * at.busy, *numbers, *[after] * at.per_day][: at.per_day]
    staff = {"00:00": before}
    for step, number in enumerate(numbers):
        start = (at.busy + step) * at.interval
        if start < DAY:
            staff[f"{start // 3600:02d}:{start // 60 % 60:02d}"] = number
    return staff
