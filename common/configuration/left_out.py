"""Workflows without the scrapers whose source is off, such as one that waits for a proxy."""

from collections.abc import Collection
from itertools import chain

from common.configuration.step import Step
from common.configuration.workflows import Workflow


def without(flow: Workflow, off: Collection[str]) -> Workflow:
    """Return a workflow without some scrapers; an alternative takes a scraper's place.

    A workflow of which nothing would be left is returned as it is, so that its failures are seen.
    """
    steps = tuple(kept for step in flow.steps if (kept := _without(step, off)))
    return flow.model_copy(update={"steps": steps}) if steps else flow


def alone(flow: Workflow) -> Workflow:
    """Return a workflow in which no scraper stands in for another."""
    others = {name for step in flow.steps for held in step.alternatives.values() for name in held}
    firsts = {step.scrapers[0] for step in flow.steps}
    left = without(flow, others - firsts)
    steps = tuple(step.model_copy(update={"alternatives": {}}) for step in left.steps)
    return left.model_copy(update={"steps": steps})


def _without(step: Step, off: Collection[str]) -> Step | None:
    if set(off).isdisjoint((*step.scrapers, *chain(*step.alternatives.values()))):
        return step
    lines: dict[str, tuple[str, ...]] = {}
    for name in step.scrapers:
        line = (name, *step.alternatives.get(name, ()))
        first, *others = [each for each in line if each not in off] or [""]
        lines[first] = tuple(dict.fromkeys((*lines.get(first, ()), *others)))
    lines.pop("", None)
    if not lines:
        return None
    return step.model_copy(
        update={
            "scrapers": tuple(lines),
            "alternatives": {name: others for name, others in lines.items() if others},
            "again_hours": {n: hours for n, hours in step.again_hours.items() if n in lines},
        }
    )
