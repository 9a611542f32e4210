"""Refuses windows that no tick reaches, and budgets that do not fit their band."""

from collections.abc import Iterator
from math import inf

from common.calendar.slots import JITTER_MAX
from common.configuration.tick_grid import DAY, Ticks, clock, minutes
from common.configuration.workflows import (
    CatchUp,
    DailyWindow,
    Discovery,
    PostGame,
    PreGame,
    Workflow,
)
from common.configuration.yaml_file import Fault

EDGE = JITTER_MAX.total_seconds() / 60


def window_faults(flow: Workflow, ticks: Ticks) -> Iterator[Fault]:
    """What is wrong with a workflow's times, below the workflow's own place."""
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


def _band(flow: DailyWindow | PreGame | Discovery, ticks: Ticks) -> Iterator[Fault]:
    first, last = minutes(flow.start), minutes(flow.end)
    if first >= last:
        said = f"{clock(last)} is not after start ({clock(first)}), and a band lies within one day"
        yield ("end",), f'{said}; write for example "{clock(min(first + 60, DAY - 1))}"'
    elif not ticks.between(first, last):
        said = f"no tick falls into {clock(first)}-{clock(last)} (they come at {ticks})"
        near = clock(ticks.nearest(first))
        yield ("start",), f'{said}; write a band around one, such as "{near}"'


def _every(flow: PreGame | Discovery, ticks: Ticks) -> Iterator[Fault]:
    wanted = round(flow.every_hours * 60, 3)
    if wanted % ticks.spacing:
        lower = wanted // ticks.spacing * ticks.spacing
        fitting = [span / 60 for span in (lower, lower + ticks.spacing) if span]
        said = f"{flow.every_hours:g} h is no multiple of the ticks' {ticks.spacing} min"
        yield ("every_hours",), f"{said}; write {' or '.join(f'{span:g}' for span in fitting)}"


def _lead(flow: PreGame, ticks: Ticks) -> Iterator[Fault]:
    """Between the lead time and the abort time before any tip-off there must be a tick."""
    widest = ticks.widest(minutes(flow.start), minutes(flow.end))
    if flow.lead_hours * 60 - flow.abort_minutes < widest:
        said = f"no tick may come between {flow.lead_hours:g} h and {flow.abort_minutes} min"
        least = (widest + flow.abort_minutes) / 60
        yield ("lead_hours",), f"{said} before a tip-off; write at least {least:g}"


def _budget(flow: Discovery, ticks: Ticks) -> Iterator[Fault]:
    """The attempts fit the band, and are not spent before anything is published (D17)."""
    tries = _tries(flow, ticks)
    before = sum(tick < minutes(flow.published) for tick in tries)
    there = f"{flow.published:%H:%M}"
    if tries and before == len(tries):
        said = f"{there} is after the band's last attempt ({clock(tries[-1])})"
        yield ("published",), f"{said}; write an earlier time, or end the band later"
    elif tries and flow.attempts <= before:
        said = f"all {flow.attempts} are spent before it is published ({there})"
        yield ("attempts",), f"{said}; write at least {before + 1}, or start the band later"
    elif tries and flow.attempts > len(tries):
        band = f"{flow.start:%H:%M}-{flow.end:%H:%M} every {flow.every_hours:g} h"
        yield ("attempts",), f"{flow.attempts} do not fit {band}; write at most {len(tries)}"


def _tries(flow: Discovery, ticks: Ticks) -> list[int]:
    """The ticks in which a discovery tries while it finds nothing."""
    tries: list[int] = []
    last = -inf
    for tick in ticks.between(minutes(flow.start), minutes(flow.end)):
        if tick - last >= flow.every_hours * 60:
            tries.append(tick)
            last = tick
    return tries


def _post_game(flow: PostGame, ticks: Ticks) -> Iterator[Fault]:
    """A tick lies in the window, and none so near to its edge that seconds could decide (T14)."""
    window = f"{flow.at:%H:%M} ±{flow.tolerance_minutes} min"
    if not _inside(flow, flow.tolerance_minutes, ticks):
        said = f"no tick falls into {window} (they come at {ticks})"
        yield ("at",), f"{said}; {_instead(flow, ticks)}"
    else:
        for tick in _on_edge(flow, flow.tolerance_minutes, ticks):
            said = f"the tick at {clock(tick)} is within {EDGE:g} min of the edge of {window}"
            yield ("tolerance_minutes",), f"{said}, so jitter decides; {_instead(flow, ticks)}"


def _distances(flow: PostGame, ticks: Ticks) -> Iterator[tuple[int, int]]:
    """Each tick, and how far it is from the window's middle, over midnight as well."""
    for tick in ticks.minutes:
        apart = abs(tick - minutes(flow.at))
        yield tick, min(apart, DAY - apart)


def _inside(flow: PostGame, tolerance: int, ticks: Ticks) -> list[int]:
    return [tick for tick, apart in _distances(flow, ticks) if apart <= tolerance]


def _on_edge(flow: PostGame, tolerance: int, ticks: Ticks) -> list[int]:
    return [tick for tick, apart in _distances(flow, ticks) if abs(apart - tolerance) <= EDGE]


def _instead(flow: PostGame, ticks: Ticks) -> str:
    """The nearest tolerance that works; else a time that does."""
    for other in sorted(range(1, 181), key=lambda t: abs(t - flow.tolerance_minutes)):
        if _inside(flow, other, ticks) and not _on_edge(flow, other, ticks):
            near = clock(ticks.nearest(minutes(flow.at)))
            return f'write tolerance_minutes: {other}, or at: "{near}"'
    return f'write at: "{clock(ticks.nearest(minutes(flow.at)))}"'


def _catch_up(flow: CatchUp, ticks: Ticks) -> Iterator[Fault]:
    """A tick comes after `after`, and before a game of any hour of the night is out of reach."""
    late = ticks.between(minutes(flow.after), DAY)
    if not late:
        latest = clock(ticks.minutes[-1])
        yield ("after",), f'no tick comes after {flow.after:%H:%M}; write "{latest}" or earlier'
    elif flow.span_hours * 60 < DAY + late[0]:
        begins = clock(late[0])
        said = (
            f"{flow.span_hours:g} h from an early game's end do not reach the next day's {begins}"
        )
        yield ("span_hours",), f"{said}; write at least {(DAY + late[0]) / 60:g}"
