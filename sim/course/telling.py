"""Telling: courses in a sentence or two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from scenarios.channels import Live
from sim.measures import Scope

if TYPE_CHECKING:
    from sim.course.results import CourseComparison, CourseResult


def of_course(result: CourseResult) -> str:
    """What the weeks did to the main phone channel, and what drives it."""
    if not result.results:
        return "No week was finished."
    parts = [*_service(result), *_occupancy(result), *_trap(result)]
    if not parts:
        return "There is no phone channel to tell of: read the tables."
    return ". ".join(part[0].upper() + part[1:] for part in parts) + "."


def _service(result: CourseResult) -> Iterator[str]:
    phone = main_phone(result)
    if phone is None:
        return
    found = result.over_weeks("service_level", phone, "channel")
    before = result.base.value("service_level", phone, "channel")
    if not (found["verdict"] != "no clear difference").any():
        yield f"service level on {phone} stays at {before:.0%} in all {len(result.results)} weeks"
        return
    if not (found["verdict"] == "lower").any():
        last = found.iloc[-1]
        now = f"{last['mean']:.0%} in week {last['week']}"
        yield f"service level on {phone} is {before:.0%} as things stand and {now}"
        return
    worst, last = found.iloc[int(found["mean"].argmin())], found.iloc[-1]
    yield (
        f"service level on {phone} is {before:.0%} as things stand, {worst['mean']:.0%} at worst (week "
        f"{worst['week']}) and {last['mean']:.0%} in week {last['week']}{_recovery(result, phone)}"
    )


def _recovery(result: CourseResult, phone: str) -> str:
    week = result.recovered("service_level", phone, "channel")
    if week is None:
        return ", and has not recovered by then"
    return f"; from week {week} on it is as good as it was" if week > 1 else ""


def _occupancy(result: CourseResult) -> Iterator[str]:
    burnout = result.course.burnout
    rows = result.weeks[(result.weeks["measure"] == "occupancy") & (result.weeks["scope"] == "group")]
    if burnout is None or rows.empty:
        return
    most = rows.iloc[int(rows["mean"].argmax())]
    if most["mean"] > burnout.ceiling:
        state = result.state
        slower = _most(state, "handle-time factor") - 1
        away = _most(state, "absence")
        yield (
            f"{most['name']} work at {most['mean']:.0%} occupancy in week {most['week']}, above the ceiling "
            f"of {burnout.ceiling:.0%}: handle times up to {slower:.1%} longer, {away:.1%} more agents away"
        )


def _most(state: pd.DataFrame, what: str) -> float:
    return float(state.loc[state["what"] == what, "value"].max())


def _trap(result: CourseResult) -> Iterator[str]:
    if not result.course.launches:
        return
    weeks = result.assisted.loc[result.assisted["trap"], "week"].tolist()
    last = result.assisted.iloc[-1]
    without = last["mean"] - last["delta"]
    size = f"{abs(last['delta']) / without:.1%}" if without else "all"
    change = f"{size} {'more' if last['delta'] > 0 else 'fewer'}"
    if weeks:
        clear = last["verdict"] != "no clear difference"
        end = f"; in week {len(result.results)} they have {change}" if clear else ""
        yield f"a deflection trap: agents have more contacts than as things stand in {span(weeks)}{end}"
    elif last["verdict"] != "no clear difference":
        yield f"agents have {change} contacts in week {len(result.results)}"


def of_comparison(comparison: CourseComparison) -> str:
    """What each course costs against the reference, and when that is recovered."""
    sentences = []
    for name, result in comparison.results.items():
        if name == comparison.reference or not result.results:
            continue
        rows = comparison.whole[comparison.whole["course"] == name].set_index("total")
        cost = rows.loc["cost"]
        if cost["verdict"] == "no clear difference":
            said = f"{name} costs neither clearly more nor less than {comparison.reference}"
        else:
            side = "more" if cost["delta"] > 0 else "less"
            money = f"{cost['unit']}{abs(cost['delta']):,.0f} ± {cost['delta_half_width']:,.0f}"
            weeks = len(result.results)
            said = f"{name} costs {money} {side} than {comparison.reference} over {weeks} weeks"
        sentences.append(f"{said}; {_repaid(comparison, name)}{_lost(rows)}.")
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)


def _repaid(comparison: CourseComparison, name: str) -> str:
    rows = comparison.break_even
    row = rows[(rows["course"] == name) & (rows["total"] == "work_hours")].iloc[0]
    if pd.isna(row["week"]):
        return "agents' hours spent on it are not repaid in these weeks"
    if row["week"] == 1:
        return "it takes no more of agents' hours in any week"
    latest = "later than these weeks" if pd.isna(row["latest"]) else str(row["latest"])
    return f"agents' hours spent on it are repaid in week {row['week']} ({row['earliest']} to {latest})"


def _lost(totals: pd.DataFrame) -> str:
    """Work that looks saved because its customers gave up."""
    given_up = totals.loc["given_up"]
    if given_up["verdict"] != "higher":
        return ""
    return f", and {given_up['delta']:,.0f} more customers gave up, whose work was not done"


def main_phone(result: CourseResult) -> str | None:
    """The live channel with most contacts."""
    scope: Scope = "channel"
    live = [name for name, channel in result.base.scenario.channels.items() if isinstance(channel, Live)]
    return max(live, key=lambda name: result.base.value("offered", name, scope), default=None)


def span(weeks: list[int]) -> str:
    """Weeks as people say them: ``weeks 2–5 and 7``."""
    runs: list[list[int]] = []
    for week in weeks:
        if runs and runs[-1][-1] == week - 1:
            runs[-1].append(week)
        else:
            runs.append([week])
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    said = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return f"week{'s' if len(weeks) > 1 else ''} {said}"
