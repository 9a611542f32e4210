"""One execution: its steps published, its results gathered, its terminal row written.

Its state is created once and never changed (`state/names.py`): the manifest with the first step's
requests, those of each later step, and one result a task, whose metadata carries the labels, so
that one listing tells all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from common import ids
from common.errors import ClaimBusyError
from common.executions.alternatives import note_switches
from common.executions.manifest import Manifest, StepTasks
from common.executions.outputs import Objects, outputs_for
from common.executions.result import Result
from common.executions.row import TABLE, finished_row
from common.executions.steps import Outputs, plan_step
from common.messages.labels import Labels
from common.messages.models import Message, ObjectEvent, ScraperRequest
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed
from common.state.store import unless_spoilt

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Publisher


M = TypeVar("M", bound=Message)
TOPIC = "scraper-requests"


def is_given_up(runtime: Runtime, claim_key: str) -> bool:
    """Whether the execution was given up in place of a claim's work: nothing late revives it."""
    return runtime.state.stat(names.given_up(claim_key)) is not None


def publish_requests(publisher: Publisher, requests: Sequence[ScraperRequest]) -> None:
    """Publish the requests of tasks, in one call."""
    publisher.publish_all(
        TOPIC, [(request.body(), {"scraper": request.scraper}) for request in requests]
    )


class Execution:
    """One execution as this delivery sees it; each state object is read at most once.

    Args:
        runtime: ports and settings.
        manifest: what it is to do.
        tolerant: take state that cannot be read for absent; cleanup must be able to end a run
            whose state an operator has spoilt.
        tasks: the requests of later steps that were read already.
    """

    def __init__(
        self,
        runtime: Runtime,
        manifest: Manifest,
        *,
        tolerant: bool = False,
        tasks: Mapping[int, StepTasks | None] | None = None,
    ) -> None:
        self.manifest = manifest
        self._runtime = runtime
        self._state = runtime.state
        self._tolerant = tolerant
        self._tasks: dict[int, StepTasks | None] = {0: manifest.first, **(tasks or {})}
        self._results: Mapping[int, list[Result]] | None = None

    @classmethod
    def start(cls, runtime: Runtime, manifest: Manifest) -> Self:
        """Start an execution, or go on with what an earlier delivery has started."""
        if manifest.steps:
            first = plan_step(manifest, 0, Outputs())
            manifest = manifest.model_copy(update={"first": first})
        name, body = names.manifest(manifest.execution_id), manifest.body()
        held = runtime.state.write_once(name, body)
        return cls(runtime, manifest if held is body else Manifest.model_validate(held))

    @classmethod
    def open(
        cls, runtime: Runtime, execution_id: str, *, tolerant: bool = False, step: int = 0
    ) -> Self | None:
        """Open an execution; None when it was never started, or cannot be read tolerantly.

        Args:
            runtime: ports and settings.
            execution_id: its id.
            tolerant: take state that cannot be read for absent.
            step: a later step, whose requests are read at the same time.
        """
        name, of_step = names.manifest(execution_id), names.tasks(execution_id, step)
        read = partial(_read, runtime, tolerant=tolerant)
        tasks = runtime.threads.submit(read, of_step, StepTasks) if step else None
        manifest = _read(runtime, name, Manifest, tolerant=tolerant)
        if manifest is None:
            return None
        known = {step: tasks.result()} if tasks else {}
        return cls(runtime, manifest, tolerant=tolerant, tasks=known)

    @property
    def execution_id(self) -> str:
        """Its id."""
        return self.manifest.execution_id

    def tasks_of(self, number: int) -> StepTasks | None:
        """Return the requests of a step; None when it was not published yet."""
        if number not in self._tasks:
            self._tasks[number] = self._read_tasks(number, tolerant=self._tolerant)
        return self._tasks[number]

    def results(self, number: int) -> list[Result]:
        """Return the results of a step's tasks that have reported."""
        if self._results is None:
            self._results = self._listed()
        return self._results.get(number, [])

    def _listed(self) -> Mapping[int, list[Result]]:
        """Return the results of all steps, which one listing tells."""
        found: dict[int, list[Result]] = defaultdict(list)
        for stored in self._state.list(names.steps(self.execution_id)):
            if (step := names.step_of_result(stored.name)) is not None:
                found[step].append(Result.model_validate(dict(stored.metadata)))
        return found

    def step_reached(self) -> int | None:
        """Return the last step whose tasks were asked for; None when none was."""
        last = None
        for number, step in enumerate(self.manifest.steps):
            tasks = self.tasks_of(number)
            if tasks is None and not step.instead_of:
                break
            last = number if tasks and tasks.requests else last
        return last

    def silent(self, number: int) -> list[ScraperRequest]:
        """Return a step's requests that have not reported."""
        tasks = self.tasks_of(number)
        reported = {result.task_id for result in self.results(number)}
        requests = tasks.requests if tasks else ()
        return [r for r in requests if r.execution and r.execution.task_id not in reported]

    def record(self, found: ObjectEvent, labels: Labels) -> None:
        """Keep a task's result; the first object of a task counts."""
        assert labels.step is not None
        tasks = self.tasks_of(labels.step)
        result = Result(
            **labels.model_dump(),
            log_id=ids.log_id(found.bucket, found.name, found.generation),
            object=found.name,
            generation=found.generation,
        )
        name = names.result(self.execution_id, labels.step, labels.task_id)
        content = {"object": found.name}
        held = self._state.write_once(name, content, metadata=result.metadata())
        is_only = labels.step == 0 and tasks is not None and len(tasks.requests) == 1
        # Of a first step's only task no listing is needed.
        self._results = {0: [result]} if is_only and held is content else None

    def publish_first(self, claim_key: str) -> int:
        """Publish the requests of the first step, which its start has stored; return how many.

        Raises:
            ClaimBusyError: the execution was given up meanwhile.
        """
        return self._publish(self.manifest.first, claim_key)

    def publish_step(self, number: int, claim_key: str, outputs: Outputs) -> int:
        """Publish the requests of a later step, as first computed; return how many.

        An alternative that nothing is lacking for is not stored: the same results say so again.

        Args:
            number: of the step.
            claim_key: of the claim under which it is published.
            outputs: of the steps before.

        Raises:
            ClaimBusyError: the execution was given up meanwhile.
        """
        tasks = plan_step(self.manifest, number, outputs)
        if self.manifest.steps[number].instead_of and not tasks.requests:
            return 0
        body = tasks.body()
        held = self._state.write_once(names.tasks(self.execution_id, number), body)
        stored = self._tasks[number] = tasks if held is body else StepTasks.model_validate(held)
        return self._publish(stored, claim_key)

    def _publish(self, tasks: StepTasks, claim_key: str) -> int:
        # Tasks first, then the look at the mark; giving up marks first and then looks at the tasks,
        # so that one of the two gives way though a lease ran out under its live owner (FR2).
        if not tasks.requests:
            return 0
        if is_given_up(self._runtime, claim_key):
            raise ClaimBusyError(f"execution {self.execution_id}: given up meanwhile")
        publish_requests(self._runtime.publisher, tasks.requests)
        return len(tasks.requests)

    def advance(self, number: int, *, look_first: bool) -> str:
        """Go on after a step: publish the next one that has tasks, or write the finished row.

        Args:
            number: of the finished step.
            look_first: an earlier delivery may have written the row.

        Returns:
            What it did, for the log.
        """
        results = [*self._results_up_to(number)]
        # The switches are noted while the next step is made.
        noting = self._runtime.threads.submit(self._note_switches, number, results)
        following = self._publish_next(number, results)
        noting.result()
        if following is not None:
            return f"step {following}"
        self._finish(results, look_first=look_first)
        return "finished"

    def _note_switches(self, number: int, results: Sequence[Result]) -> None:
        if self.manifest.steps:
            note_switches(self._state, self.manifest.steps[number], results)

    def _publish_next(self, number: int, results: Sequence[Result]) -> int | None:
        """Publish the next step that has tasks, and return its number; None when there is none."""
        runtime, decision = self._runtime, self.manifest.decision
        claim_key = names.step_key(self.execution_id, number)
        objects = Objects(
            runtime.storage, runtime.settings.data_bucket, runtime.clock.now(), runtime.threads
        )
        for following in range(number + 1, len(self.manifest.steps)):
            outputs = outputs_for(self.manifest.steps[following], decision, results, objects)
            if self.publish_step(following, claim_key, outputs):
                return following
        return None

    def give_up(self, claim_key: str, why: str, has_moved: Callable[[], bool]) -> bool:
        """End an execution that cannot go on with a failed row.

        Args:
            claim_key: of its next effect, so that no delivery goes on with it afterwards.
            why: the row's error message.
            has_moved: looks anew whether it has gone on since.

        Returns:
            False when the claim is done: the execution went on, or was ended.

        Raises:
            ClaimBusyError: a delivery is at it after all.
        """
        with claimed(self._state, claim_key) as claim:
            if claim is None:
                return False
            self._state.mark(names.given_up(claim_key))
            if has_moved():
                raise ClaimBusyError(f"claim {claim_key}: the execution went on")
            self._results = None  # read before the claim was ours
            results = [*self._results_up_to(len(self.manifest.steps) - 1)]
            self._finish(results, look_first=True, given_up=(why,))
            return True

    def _results_up_to(self, number: int) -> Iterator[Result]:
        for step in range(number + 1):
            yield from self.results(step)

    def _finish(
        self, results: Sequence[Result], *, look_first: bool, given_up: Sequence[str] = ()
    ) -> None:
        row = finished_row(
            self.manifest, results, [*given_up, *self._blocked()], self._runtime.clock.now()
        )
        key = f"execution-{self.execution_id}"
        self._runtime.warehouse.append(TABLE, [row], job_key=key, look_first=look_first)

    def _blocked(self) -> Iterator[str]:
        """What could not be asked for, in words; a row must come even where a step is spoilt."""
        for number, step in enumerate(self.manifest.steps):
            if step.instead_of:
                continue  # nothing blocks it
            held = self._tasks.get(number) or self._read_tasks(number, tolerant=True)
            yield from held.blocked if held else ()

    def _read_tasks(self, number: int, *, tolerant: bool) -> StepTasks | None:
        name = names.tasks(self.execution_id, number)
        return _read(self._runtime, name, StepTasks, tolerant=tolerant)


def _read(runtime: Runtime, name: str, model: type[M], *, tolerant: bool) -> M | None:
    def read() -> M | None:
        held = runtime.state.read_once(name)
        return model.model_validate(held) if held else None

    return unless_spoilt(read, runtime.state.bucket, name) if tolerant else read()
