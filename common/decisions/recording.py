"""Decides a workflow and records what the decision was made from.

A decision reads the calendar and the history through wrappers that note each date, attempt and run
that it asks for. `common/decisions/inputs.py` stores them in the decision's row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from common.calendar.games import Calendar, Game
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import NO_ATTEMPTS, Attempts, History, Run
from common.decisions.inputs import Seen, inputs_of
from common.decisions.situation import Decision, Situation


class WatchedCalendar(Mapping[date, tuple[Game, ...]]):
    """A calendar that notes which dates a decision asks for."""

    def __init__(self, calendar: Calendar, seen: Seen) -> None:
        self._calendar = calendar
        self._seen = seen

    def __getitem__(self, day: date) -> tuple[Game, ...]:
        found = self._calendar[day]
        self._seen.days[day] = found
        return found

    def __iter__(self) -> Iterator[date]:
        return iter(self._calendar)

    def __len__(self) -> int:
        return len(self._calendar)


@dataclass(frozen=True)
class WatchedHistory(History):
    """A history that notes which attempts and runs a decision asks for."""

    seen: Seen = field(default_factory=Seen)

    def of(self, scraper: str, target: date, game_id: str | None = None) -> Attempts:
        """Return and note the attempts of one scraper."""
        found = super().of(scraper, target, game_id)
        if found is not NO_ATTEMPTS:
            self.seen.attempts[scraper, target, game_id] = found
        return found

    def in_flight(self, workflow: str, target: date, instant: datetime) -> Run | None:
        """Return and note the run under way, if there is one."""
        found = super().in_flight(workflow, target, instant)
        if found:
            self._note([found])
        return found

    def games_in_flight(self, instant: datetime) -> frozenset[str]:
        """Return the games that runs are collecting; note those runs."""
        self._note(self._open(instant))
        return super().games_in_flight(instant)

    def runs_for(self, workflow: str, game_id: str) -> tuple[datetime, ...]:
        """Return the slots of a workflow's runs for a game; note those runs."""
        self._note(run for run in self.runs if run.workflow == workflow and game_id in run.game_ids)
        return super().runs_for(workflow, game_id)

    def _note(self, runs: Iterable[Run]) -> None:
        self.seen.runs.update((id(run), run) for run in runs)


def decide_recorded(
    name: str,
    flow: Workflow,
    situation: Situation,
    *,
    forced: bool = False,
    config: str = "",
    off: Sequence[str] = (),
) -> Decision:
    """Decide one workflow; return the decision with its `inputs`.

    Args:
        name: the workflow's name.
        flow: the workflow's configuration.
        situation: everything the decision depends on.
        forced: an operator forced the tick.
        config: hash of the configuration file, stored with the inputs.
        off: the scrapers of the file's workflow that were left out of `flow`, stored likewise.
    """
    seen = Seen(pause=situation.pauses.get(name))
    calendar, history = situation.calendar, situation.history
    watched = replace(
        situation,
        calendar=None if calendar is None else WatchedCalendar(calendar, seen),
        history=None if history is None else WatchedHistory(history.attempts, history.runs, seen),
    )
    decision = decide(name, flow, watched, forced=forced)
    return replace(decision, inputs=inputs_of(seen, situation, decision, config, off))
