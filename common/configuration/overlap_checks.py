"""Refuses two workflows that would ask for the same data in one tick, or by different times."""

from collections.abc import Iterator, Mapping

from common.configuration.tick_grid import DAY_MINUTES, Ticks, clock, minutes
from common.configuration.workflows import CatchUp, Discovery, PostGame, Workflow
from common.configuration.yaml_file import Defect

_INSTEAD = "keep their times apart, or take the scraper out of one of the two"
Clash = tuple[str, str]
"""The field to change, and why."""


def overlap_defects(
    flows: Mapping[str, Workflow], per_game: frozenset[str], ticks: Ticks
) -> Iterator[Defect]:
    """Yield the overlaps of each workflow with those before it in the file.

    Args:
        flows: the enabled workflows by name, in the file's order.
        per_game: names of the scrapers that run once per game.
        ticks: when the controller ticks.
    """
    names = list(flows)
    for number, name in enumerate(names):
        for other in names[:number]:
            shared = set(flows[name].scrapers) & set(flows[other].scrapers)
            found = _clash(flows[name], flows[other], shared, shared & per_game, ticks)
            if found:
                field, why = found
                said = f"{why} as workflows.{other} does; {_INSTEAD}"
                yield ("workflows", name, field), said
            yield from _other_limits(name, flows[name], other, flows[other])


def _other_limits(name: str, flow: Workflow, other: str, first: Workflow) -> Iterator[Defect]:
    """Yield a `fresh_by` that differs from another workflow's for the same scraper."""
    for number, step in enumerate(flow.steps):
        for scraper in step.scrapers:
            if step.fresh_by and first.fresh_by(scraper) not in (None, step.fresh_by):
                said = (
                    f"{scraper} has another fresh_by in workflows.{other}; write the same in both"
                )
                yield ("workflows", name, "steps", number, "fresh_by"), said


def _clash(
    flow: Workflow, other: Workflow, shared: set[str], of_games: set[str], ticks: Ticks
) -> Clash | None:
    if isinstance(flow, Discovery) and isinstance(other, Discovery):
        if shared and flow.start <= other.end and other.start <= flow.end:
            band = f"{max(flow.start, other.start):%H:%M}-{min(flow.end, other.end):%H:%M}"
            return "start", f"spends attempts on {min(shared)} in {band}"
        return None
    both = _collects(flow, ticks) & _collects(other, ticks)
    if not of_games or not both:
        return None
    field = "at" if isinstance(flow, PostGame) else "after"
    return field, f"collects {min(of_games)} of the same games at {clock(min(both)[0])}"


def _collects(flow: Workflow, ticks: Ticks) -> set[tuple[int, int]]:
    """Return the ticks in which a workflow collects, each with a night in days from its date."""
    if isinstance(flow, PostGame):
        back = 1 if flow.games_of == "yesterday" else 0
        return {
            (tick, days - back)
            for tick in ticks.minutes
            for days in (-1, 0, 1)
            if abs(tick - minutes(flow.at) - days * DAY_MINUTES) <= flow.tolerance_minutes
        }
    if isinstance(flow, CatchUp):
        reach = int(flow.span_hours // 24) + 1
        return {
            (tick, -back)
            for tick in ticks.minutes
            for back in range(1, reach + 1)
            if back > 1 or tick >= minutes(flow.after)
        }
    return set()
