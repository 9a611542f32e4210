"""What an execution is to do: its workflow's steps, each followed by those of its alternatives."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import Field

from common import ids
from common.configuration.step import Step
from common.configuration.workflows import Workflow
from common.errors import BadInputError
from common.messages.models import Message, Name, ScraperRequest, WorkflowDecision


class PlannedStep(Step):
    """A step of a workflow, or the one after it that asks an alternative for what is lacking.

    `instead_of` names the scrapers that were asked before: the workflow's own first, then the
    alternatives before this one. It is empty for a step of the workflow, which keeps its
    `alternatives`: scrapers of one step may stand in for each other.
    """

    instead_of: tuple[Name, ...] = ()


class StepTasks(Message):
    """The requests of a step, and what of it cannot be asked for, in words."""

    requests: tuple[ScraperRequest, ...] = ()
    blocked: tuple[str, ...] = ()
    not_ready: tuple[str, ...] = ()


class Manifest(Message):
    """What an execution is to do, fixed when it starts: later configuration cannot change it.

    `first` holds the tasks of the first step, so that one write starts an execution.
    """

    execution_id: str
    decision: WorkflowDecision
    steps: tuple[PlannedStep, ...]
    per_game: tuple[str, ...]
    per_event: tuple[str, ...]
    started: datetime = Field()
    first: StepTasks = StepTasks()


def manifest_of(
    decision: WorkflowDecision,
    flow: Workflow,
    *,
    per_game: Sequence[str],
    per_event: Sequence[str],
    started: datetime,
) -> Manifest:
    """The manifest of a RUN decision: its workflow's steps, narrowed to the decided scrapers."""
    return Manifest(
        execution_id=ids.execution_id(decision.decision_id),
        decision=decision,
        steps=tuple(planned_steps(flow.steps, set(decision.scrapers))),
        per_game=tuple(per_game),
        per_event=tuple(per_event),
        started=started,
    )


def planned_steps(steps: Sequence[Step], wanted: set[str]) -> Iterator[PlannedStep]:
    """Yield the steps of the wanted scrapers, each followed by one for every alternative."""
    for step in steps:
        scrapers = tuple(name for name in step.scrapers if name in wanted)
        if not scrapers:
            continue
        kept = {name: others for name, others in step.alternatives.items() if name in scrapers}
        yield PlannedStep(
            scrapers=scrapers, games=step.games, events_from=step.events_from, alternatives=kept
        )
        for scraper, others in kept.items():
            for place, name in enumerate(others):
                if name not in scrapers:  # else it was asked with the others
                    before = (scraper, *others[:place])
                    yield PlannedStep(scrapers=(name,), games=step.games, instead_of=before)


def check_known(
    workflows: Mapping[str, Workflow], workflow_name: str, scrapers: Sequence[str]
) -> None:
    """Refuse a decision that this deployment's configuration does not know.

    Raises:
        BadInputError: the workflow or a scraper is not known here.
    """
    flow = workflows.get(workflow_name)
    if flow is None:
        raise BadInputError(
            f"WorkflowDecision.workflow_name: {workflow_name!r} is not configured; known "
            f"are {', '.join(workflows)}"
        )
    unknown = set(scrapers) - set(flow.scrapers)
    if unknown:
        raise BadInputError(
            f"WorkflowDecision.scrapers: {', '.join(sorted(unknown))} not in the steps of "
            f"{workflow_name}; known are {', '.join(flow.scrapers)}"
        )
