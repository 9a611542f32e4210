"""Refuses windows that no tick reaches, budgets that do not fit their band, and limits likewise."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import inf

from common.calendar.slots import JITTER_MAX
from common.configuration.fresh_by import Moment
from common.configuration.tick_grid import DAY_MINUTES, Ticks, clock, minutes
from common.configuration.workflows import (
    CatchUp,
    DailyWindow,
    Discovery,
    PostGame,
    PreGame,
    Workflow,
)
from common.configuration.yaml_file import Defect

EDGE_MINUTES_MIN = JITTER_MAX.total_seconds() / 60
"""How far a tick must be from a window's edge, so that a late tick cannot cross it."""


_MOMENTS: Mapping[str, Moment] = {"pre_game": "tip-off", "post_game": "final", "catch_up": "final"}
"""What a limit may be counted from, by the kind of its workflow."""


def window_defects(flow: Workflow, ticks: Ticks) -> Iterator[Defect]:
    """Yield the defects of a workflow's times; places start at the workflow."""
    match flow:
        case PostGame():
            yield from _post_game(flow, ticks)
        case CatchUp():
            yield from _catch_up(flow, ticks)
        case DailyWindow() | PreGame() | Discovery():
            yield from _band(flow, ticks)
    match flow:
        case PreGame():
            yield from _every(flow, ticks)
            yield from _lead(flow, ticks)
        case Discovery():
            yield from _every(flow, ticks)
            yield from _budget(flow, ticks)
    yield from _limits(flow)


def _limits(flow: Workflow) -> Iterator[Defect]:
    """Yield a `fresh_by` in a kind without games, from another moment, or before the first look."""
    moment = _MOMENTS.get(flow.kind)
    for number, step in enumerate(flow.steps):
        place, limit = ("steps", number, "fresh_by"), step.fresh_by
        if limit is None:
            continue
        if moment is None:
            yield place, f"a {flow.kind} collects no games, which have the times; take it out"
        elif limit.moment != moment:
            example = "tip-off - 60 min" if moment == "tip-off" else "final + 9 h"
            yield place, f"a {flow.kind} counts from {moment}; write for example {example}"
        elif isinstance(flow, PreGame) and -limit.after >= timedelta(hours=flow.lead_hours):
            said = f"nothing is asked for earlier than lead_hours ({flow.lead_hours:g} h)"
            yield place, f"{said} before a tip-off; write a shorter time"


def _band(flow: DailyWindow | PreGame | Discovery, ticks: Ticks) -> Iterator[Defect]:
    """Yield a band that ends before it starts, or contains no tick."""
    first, last = minutes(flow.start), minutes(flow.end)
    if first >= last:
        said = f"{clock(last)} is not after start ({clock(first)}), and a band lies within one day"
        yield ("end",), f'{said}; write for example "{clock(min(first + 60, DAY_MINUTES - 1))}"'
    elif not ticks.between(first, last):
        said = f"no tick falls into {clock(first)}-{clock(last)} (they come at {ticks})"
        near = clock(ticks.nearest(first))
        yield ("start",), f'{said}; write a band around one, such as "{near}"'


def _every(flow: PreGame | Discovery, ticks: Ticks) -> Iterator[Defect]:
    """Yield a period that is no multiple of the ticks' spacing."""
    wanted = round(flow.every_hours * 60, 3)
    if wanted % ticks.spacing:
        lower = wanted // ticks.spacing * ticks.spacing
        fitting = [span / 60 for span in (lower, lower + ticks.spacing) if span]
        said = f"{flow.every_hours:g} h is no multiple of the ticks' {ticks.spacing} min"
        yield ("every_hours",), f"{said}; write {' or '.join(f'{span:g}' for span in fitting)}"


def _lead(flow: PreGame, ticks: Ticks) -> Iterator[Defect]:
    """Yield a lead time that may contain no tick before the abort time of a tip-off."""
    widest = ticks.widest(minutes(flow.start), minutes(flow.end))
    if flow.lead_hours * 60 - flow.abort_minutes < widest:
        said = f"no tick may come between {flow.lead_hours:g} h and {flow.abort_minutes} min"
        least = (widest + flow.abort_minutes) / 60
        yield ("lead_hours",), f"{said} before a tip-off; write at least {least:g}"


def _budget(flow: Discovery, ticks: Ticks) -> Iterator[Defect]:
    """Yield a budget that does not fit the band or is spent before the publication (D17)."""
    attempts = _attempts(flow, ticks)
    before = sum(tick < minutes(flow.published) for tick in attempts)
    there = f"{flow.published:%H:%M}"
    if attempts and before == len(attempts):
        said = f"{there} is after the band's last attempt ({clock(attempts[-1])})"
        yield ("published",), f"{said}; write an earlier time, or end the band later"
    elif attempts and flow.attempts <= before:
        said = f"all {flow.attempts} are spent before it is published ({there})"
        yield ("attempts",), f"{said}; write at least {before + 1}, or start the band later"
    elif attempts and flow.attempts > len(attempts):
        band = f"{flow.start:%H:%M}-{flow.end:%H:%M} every {flow.every_hours:g} h"
        yield ("attempts",), f"{flow.attempts} do not fit {band}; write at most {len(attempts)}"


def _attempts(flow: Discovery, ticks: Ticks) -> list[int]:
    """Return the ticks in which a discovery makes an attempt while nothing is found."""
    attempts: list[int] = []
    last = -inf
    for tick in ticks.between(minutes(flow.start), minutes(flow.end)):
        if tick - last >= flow.every_hours * 60:
            attempts.append(tick)
            last = tick
    return attempts


def _post_game(flow: PostGame, ticks: Ticks) -> Iterator[Defect]:
    """Yield a window without a tick, or with a tick so near its edge that jitter decides (T14)."""
    window = f"{flow.at:%H:%M} ±{flow.tolerance_minutes} min"
    if not _inside(flow, flow.tolerance_minutes, ticks):
        said = f"no tick falls into {window} (they come at {ticks})"
        yield ("at",), f"{said}; {_instead(flow, ticks)}"
    else:
        for tick in _on_edge(flow, flow.tolerance_minutes, ticks):
            near = f"within {EDGE_MINUTES_MIN:g} min of the edge of {window}"
            said = f"the tick at {clock(tick)} is {near}"
            yield ("tolerance_minutes",), f"{said}, so jitter decides; {_instead(flow, ticks)}"


def _distances(flow: PostGame, ticks: Ticks) -> Iterator[tuple[int, int]]:
    """Yield each tick with its minutes from the window's middle, over midnight as well."""
    for tick in ticks.minutes:
        apart = abs(tick - minutes(flow.at))
        yield tick, min(apart, DAY_MINUTES - apart)


def _inside(flow: PostGame, tolerance: int, ticks: Ticks) -> list[int]:
    return [tick for tick, apart in _distances(flow, ticks) if apart <= tolerance]


def _on_edge(flow: PostGame, tolerance: int, ticks: Ticks) -> list[int]:
    return [
        tick
        for tick, apart in _distances(flow, ticks)
        if abs(apart - tolerance) <= EDGE_MINUTES_MIN
    ]


def _instead(flow: PostGame, ticks: Ticks) -> str:
    """Return advice: the nearest tolerance that works, else a time that works."""
    for other in sorted(range(1, 181), key=lambda t: abs(t - flow.tolerance_minutes)):
        if _inside(flow, other, ticks) and not _on_edge(flow, other, ticks):
            near = clock(ticks.nearest(minutes(flow.at)))
            return f'write tolerance_minutes: {other}, or at: "{near}"'
    return f'write at: "{clock(ticks.nearest(minutes(flow.at)))}"'


def _catch_up(flow: CatchUp, ticks: Ticks) -> Iterator[Defect]:
    """Yield a catch-up without a tick, or whose span ends before its first tick."""
    late = ticks.between(minutes(flow.after), DAY_MINUTES)
    if not late:
        latest = clock(ticks.minutes[-1])
        yield ("after",), f'no tick comes after {flow.after:%H:%M}; write "{latest}" or earlier'
    elif flow.span_hours * 60 < DAY_MINUTES + late[0]:
        begins = clock(late[0])
        said = (
            f"{flow.span_hours:g} h from an early game's end do not reach the next day's {begins}"
        )
        yield ("span_hours",), f"{said}; write at least {(DAY_MINUTES + late[0]) / 60:g}"
