"""Refuses workflows that have a valid form and still cannot work.

Each check yields defects: a place in the file, and what cannot work there with what to write
instead.
"""

from collections.abc import Iterator
from pathlib import Path

from common.calendar.slots import parse_cron
from common.configuration.advice import nearest
from common.configuration.overlap_checks import overlap_defects
from common.configuration.step import REFRESH, STEPS_MAX, Step
from common.configuration.tick_grid import Ticks
from common.configuration.topology import Topology
from common.configuration.window_checks import window_defects
from common.configuration.workflows import (
    CatchUp,
    PostGame,
    Workflow,
    WorkflowFile,
    WorkflowSource,
    read_workflows,
)
from common.configuration.yaml_file import Defect
from common.scrapers import REGISTRY

CONTROLLER_TOPIC = "tick-master-controller"
"""The topic whose job in the topology has the controller's cron."""
_GAME_SCRAPERS = frozenset(n for n, scraper in REGISTRY.items() if scraper.scope == "game")


def load_checked(path: Path, topology: Topology) -> dict[str, Workflow]:
    """Return the enabled workflows of a file by name, in the file's order.

    Raises:
        ConfigError: a workflow cannot work; the message names file, line and field, and what to
            write instead.
    """
    source = read_workflows(path)
    check(source, topology)
    return source.file.enabled


def check(source: WorkflowSource, topology: Topology) -> None:
    """Refuse a file with defects; the error names the first one.

    Raises:
        ConfigError: the file has a defect.
    """
    for place, text in defects(source.file, topology):
        raise source.document.refuse(place, text)


def defects(file: WorkflowFile, topology: Topology) -> Iterator[Defect]:
    """Yield every defect of a file.

    Args:
        file: the file.
        topology: when the controller ticks, and which scrapers its jobs ask for.

    Raises:
        ConfigError: the topology has no job for the controller, or one with a malformed cron.
    """
    ticks = Ticks(parse_cron(topology.cron_for(CONTROLLER_TOPIC)))
    asked = {str(job.message["scraper"]) for job in topology.jobs if "scraper" in job.message}
    for name, flow in file.enabled.items():
        for checked in (
            _unknown(flow, file),
            _alternative_defects(flow, file),
            _step_defects(flow),
            window_defects(flow, ticks),
        ):
            for place, text in checked:
                yield ("workflows", name, *place), text
    yield from overlap_defects(file.enabled, _GAME_SCRAPERS, ticks)
    yield from _untriggered(file, asked)


def _unknown(flow: Workflow, file: WorkflowFile) -> Iterator[Defect]:
    """Yield scrapers that do not exist, are disabled (D8), or are named twice."""
    seen: set[str] = set()
    for number, step in enumerate(flow.steps):
        for position, scraper in enumerate(step.scrapers):
            place = ("steps", number, "scrapers", position)
            if scraper not in REGISTRY:
                yield place, f"unknown scraper {scraper!r}; {nearest(scraper, tuple(REGISTRY))}"
            elif why := file.disabled_scrapers.get(scraper):
                said = f"{scraper} is disabled ({why})"
                yield place, f"{said}; take it out of the steps or out of disabled_scrapers"
            elif scraper in seen:
                yield place, f"{scraper} is in these steps already; name it once"
            seen.add(scraper)


def _alternative_defects(flow: Workflow, file: WorkflowFile) -> Iterator[Defect]:
    """Yield alternatives that cannot stand in, and scrapers that cannot be collected again."""
    rounds = sum(len(others) for step in flow.steps for others in step.alternatives.values())
    if len(flow.steps) + rounds > STEPS_MAX:
        said = f"an execution would have {len(flow.steps) + rounds} steps with its alternatives"
        yield ("steps",), f"{said}; at most {STEPS_MAX} are possible, so take some out"
    for number, step in enumerate(flow.steps):
        for field in ("alternatives", "again_hours"):
            for name in (each for each in getattr(step, field) if each not in step.scrapers):
                said = f"{name} is no scraper of this step; {nearest(name, step.scrapers)}"
                yield ("steps", number, field, name), said
        for name in step.again_hours:
            if name in REGISTRY and name not in _GAME_SCRAPERS:
                said = f"{name} collects a whole date, which has no end; take it out"
                yield ("steps", number, "again_hours", name), said
        for name, others in step.alternatives.items():
            for position, other in enumerate(others):
                if why := _unfit(other, name, step, file) or _asked_twice(other, name, flow):
                    yield ("steps", number, "alternatives", name, position), why


def _unfit(other: str, name: str, step: Step, file: WorkflowFile) -> str:
    """Return why a scraper cannot stand in for another; empty where it can."""
    if other not in REGISTRY:
        return f"unknown scraper {other!r}; {nearest(other, tuple(REGISTRY))}"
    if why := file.disabled_scrapers.get(other):
        return f"{other} is disabled ({why}); take it out of one of the two"
    if other == name or step.alternatives[name].count(other) > 1:
        return f"{other} is asked already; name another owner's scraper, once"
    if name in REGISTRY and (other in _GAME_SCRAPERS) != (name in _GAME_SCRAPERS):
        one, two = ("a game", "a date") if other in _GAME_SCRAPERS else ("a date", "a game")
        return f"{other} collects {one} and {name} {two}; name one that collects the same"
    if any(REGISTRY[each].needs_events for each in (other, name) if each in REGISTRY):
        return f"{other} or {name} goes by event, which an alternative cannot; take it out"
    return ""


def _asked_twice(other: str, name: str, flow: Workflow) -> str:
    """Return why an alternative would be asked for the same data twice; empty where it is not."""
    firsts = [
        first
        for step in flow.steps
        for first, others in step.alternatives.items()
        if other in others and first != name
    ]
    if firsts:
        return f"{other} stands in for {firsts[0]} already; name another one here"
    beside = [step for step in flow.steps if other in step.scrapers and name not in step.scrapers]
    return f"{other} is in another step of its own; take it out of one of the two" if beside else ""


def _step_defects(flow: Workflow) -> Iterator[Defect]:
    """Yield steps that could never run because no earlier step fetches what they need."""
    earlier: set[str] = set()
    for number, step in enumerate(flow.steps):
        place = ("steps", number)
        if step.events_from and step.events_from not in earlier:
            yield (*place, "events_from"), _not_earlier(flow, number, step.events_from)
        if step.games == "final" and REFRESH not in earlier:
            said = "'final' reads the schedule that an earlier step fetched"
            yield (*place, "games"), f"{said}; put {REFRESH} into one"
        if not step.events_from:
            for name in step.scrapers:
                if name in REGISTRY and REGISTRY[name].needs_events:
                    yield place, f"{name} goes by event; write events_from: oddsa_events"
        earlier.update(step.scrapers)
    yield from _game_defects(flow)


def _game_defects(flow: Workflow) -> Iterator[Defect]:
    """Yield per-game scrapers in a kind without games, and kinds of games without a scraper."""
    of_games = [name for name in flow.scrapers if name in _GAME_SCRAPERS]
    if not isinstance(flow, PostGame | CatchUp):
        for name in of_games:
            said = f"{name} runs once a finished game, and a {flow.kind} has none"
            yield ("steps",), f"{said}; put it into a post_game or catch_up workflow"
    elif not of_games and all(step.games != "final" for step in flow.steps):
        yield ("steps",), "collect nothing of a game; add a step with games: final"


def _not_earlier(flow: Workflow, number: int, wanted: str) -> str:
    """Return why no earlier step finds the events that a step needs."""
    for other, step in enumerate(flow.steps):
        if wanted not in step.scrapers:
            continue
        if other == number:
            return f"{wanted!r} is in this same step, a cycle; put it into a step before"
        cycle = ", a cycle" if step.events_from in flow.steps[number].scrapers else ""
        return f"{wanted!r} is in the later step {other}{cycle}; move that step before this one"
    return f"{wanted!r} is in no earlier step; put it into one"


def _untriggered(file: WorkflowFile, asked: set[str]) -> Iterator[Defect]:
    """Yield scrapers without a workflow, a job or a reason to be off (S9)."""
    for name in file.disabled_scrapers:
        place = ("disabled_scrapers", name)
        if name not in REGISTRY:
            yield place, f"unknown scraper; {nearest(name, tuple(REGISTRY))}"
        elif name in asked:
            yield place, "a job of config/topology.yaml asks for it; take it out of one of the two"
    used = {name for flow in file.enabled.values() for name in flow.every_scraper}
    off = {name for name, scraper in REGISTRY.items() if scraper.off}
    for name in sorted(REGISTRY.keys() - used - asked - off - file.disabled_scrapers.keys()):
        said = f"nothing triggers {name}; put it into a step of an enabled workflow"
        yield ("disabled_scrapers",), f"{said}, or write why not: '{name}: <reason>'"
