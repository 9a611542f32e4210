"""Runs workers in threads of which one at a time goes on, as a schedule has it."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from google.api_core.exceptions import ServiceUnavailable

from local.simulator.explorer.schedule import Point, Schedule
from local.simulator.ports.intercepted import Call, Crash, Do

Work = Callable[[], object]
LEASE_SECONDS_EXCEEDED = 661.0
PATIENCE_SECONDS = 20.0
"""How long each worker may take to end before the schedule counts as stuck."""


@dataclass
class Worker:
    """A piece of work, and how far it is."""

    name: str
    work: Work
    calls: int = 0
    is_over: bool = False
    is_dead: bool = False
    error: BaseException | None = None
    turn: threading.Event = field(default_factory=threading.Event)


def _unanswered(text: str) -> Exception:
    """Return the error of a call without an answer."""
    made: Exception = ServiceUnavailable(text)  # type: ignore[no-untyped-call]  # the library has no types
    return made


class Turns:
    """The workers of one schedule.

    Args:
        schedule: who goes on when, and what goes wrong.
        works: the pieces of work, by the letters of the schedule.
        sleep: moves the clock on by seconds.

    Attributes:
        late: what seemed to fail and is to be done later.
        workers: by letter.
    """

    def __init__(
        self, schedule: Schedule, works: dict[str, Work], sleep: Callable[[float], None]
    ) -> None:
        self.late: list[Do] = []
        self.workers = {name: Worker(name, work) for name, work in works.items()}
        self._schedule = schedule
        self._sleep = sleep
        self._current = threading.local()

    def run(self) -> None:
        """Run all workers to their ends.

        Raises:
            TimeoutError: they are stuck.
            BaseException: the error of a worker that is none of a process's death.
        """
        threads = [
            threading.Thread(target=copy_context().run, args=(self._live, worker), daemon=True)
            for worker in self.workers.values()
        ]
        for thread in threads:
            thread.start()
        self._give_turn(None)
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
            if thread.is_alive():
                raise TimeoutError(f"schedule {self._schedule} is stuck")
        for worker in self.workers.values():
            if worker.error is not None:
                raise worker.error

    def around(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - whatever the port returns
        """Carry a call out when its worker's turn comes, or do what the schedule has there."""
        worker: Worker | None = getattr(self._current, "worker", None)
        if worker is None:
            return do()
        if worker.is_dead:
            raise Crash
        worker.calls += 1
        points = self._schedule.at(worker.name, worker.calls)
        if any(point.kind is None for point in points):
            self._give_turn(worker)
        for point in points:
            if point.kind is not None:
                return self._go_wrong(worker, point, call, do)
        return do()

    def _go_wrong(self, worker: Worker, point: Point, call: Call, do: Do) -> Any:  # noqa: ANN401 - as above
        match point.kind:
            case "crash":
                worker.is_dead = True
                raise Crash
            case "gone":
                do()
                worker.is_dead = True
                raise Crash
            case "lease":
                self._sleep(LEASE_SECONDS_EXCEEDED)
                return do()
            case "lost":
                do()
            case "late" if call.writes:
                self.late.append(do)
        raise _unanswered(f"{point}: no answer to {call.name} {call.subject}")

    def _live(self, worker: Worker) -> None:
        self._current.worker = worker
        worker.turn.wait()
        try:
            worker.work()
        except (Crash, ServiceUnavailable):
            pass  # of work that is no delivery: it has no answer to give
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            worker.error = error
        worker.is_over = True
        self._give_turn(worker)

    def _give_turn(self, last: Worker | None) -> None:
        """Let the next worker that lives go on; wait for the own next turn if there is one."""
        order = self._schedule.order
        start = order.index(last.name) + 1 if last else 0
        names = order[start:] + order[:start]
        after = next((self.workers[n] for n in names if not self.workers[n].is_over), None)
        if after is None:
            return
        if last is not None:
            last.turn.clear()
        after.turn.set()
        if last is not None and not last.is_over:
            last.turn.wait()
