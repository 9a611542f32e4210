"""The page of one run: decision, execution, steps, tasks, objects and rows, with times between."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from common.eastern import eastern_date
from common.look.run_life import RunLife, Task, life_of, passed
from common.look.runs import find_run
from common.pages.axis import Span
from common.pages.documents import of_life
from common.runtime import Runtime


@dataclass(frozen=True)
class RunPage:
    """One run.

    Attributes:
        now: when it was read, aware.
        life: the run with its steps.
    """

    template: ClassVar[str] = "run.html"
    now: datetime
    life: RunLife

    @property
    def title(self) -> str:
        """Its workflow."""
        return f"Run of {self.life.run.decision['workflow_name']}"

    @property
    def day(self) -> date:
        """The Eastern date of its slot."""
        return eastern_date(self.life.run.decision["slot"])

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        return of_life(self.life)

    @property
    def span(self) -> Span:
        """From the decision, or the start of a forced one, to the last thing known of the run."""
        begin = self._begin or self.now
        return Span(begin, max(begin, *self._instants()))

    @property
    def _begin(self) -> datetime | None:
        return self.life.decided or self.life.started

    def _instants(self) -> Iterator[datetime]:
        run = self.life.run
        yield run.ended["finished_at"] or run.ended["execution_time"] if run.ended else self.now
        for step in self.life.steps:
            yield from (task.row["logged_at"] for task in step.tasks if task.row)

    def after(self, instant: datetime | None) -> str:
        """Write how long after the decision, or the start of a forced one, something was."""
        if instant is None or self._begin is None:
            return ""
        return f"{passed(self._begin, instant).total_seconds():+.1f} s"

    @staticmethod
    def until_logged(task: Task) -> str:
        """Write how long after the end of its scrape a task's row was made."""
        if task.row is None or task.ended is None:
            return ""
        return f"{passed(task.ended, task.row['logged_at']).total_seconds():.1f} s"


def read_run(place: Runtime, day: date, name: str) -> RunPage:
    """Read a run of an Eastern date by the beginning of its execution's or decision's id.

    Raises:
        BadInputError: there is none.
    """
    return RunPage(place.clock.now(), life_of(place, find_run(place, name, day)))
