"""The page of one decision: why it was made, rule by rule, and what would have changed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from common.cloud.ports import Row
from common.eastern import at
from common.errors import BadInputError
from common.look.decided import WITH_INPUTS, decisions_between
from common.look.runs import Run, runs_of
from common.look.why import Explained, explained
from common.pages.documents import iso, of_explained, of_row, of_run
from common.review.explain import shown
from common.runtime import Runtime

COLUMNS = (
    *("decision_id", "workflow_name", "slot", "decision_time", "target_date", "action"),
    *("reason_code", "reason", "alert_level", "scrapers", "game_ids", "forced"),
)


@dataclass(frozen=True)
class DecisionPage:
    """One decision.

    Attributes:
        day: the Eastern date whose slots it is looked for in.
        row: its row.
        made: how it is judged again; None where that cannot be done.
        unexplained: why it cannot.
        run: what came of a RUN.
        before: the workflow's decision before it on that date.
        after: the one after it.
    """

    template: ClassVar[str] = "decision.html"
    day: date
    row: Row
    made: Explained | None
    unexplained: str
    run: Run | None
    before: Row | None
    after: Row | None

    @property
    def title(self) -> str:
        """What was decided, and for which workflow."""
        return f"{self.row['workflow_name']}: {self.row['action']}"

    @property
    def has_changed(self) -> bool:
        """Whether the same facts lead to another decision now."""
        if self.made is None:
            return False
        again = self.made.again
        return (again.action, again.reason_code) != (self.row["action"], self.row["reason_code"])

    @property
    def next_check(self) -> datetime | None:
        """When the workflow is looked at again, as the decision said."""
        return self.made.again.next_check if self.made else None

    @property
    def teams(self) -> Mapping[str, str]:
        """The games that it knew of, by their ids."""
        calendar = (self.made.situation.calendar if self.made else None) or {}
        games = (game for listed in calendar.values() for game in listed)
        return {game.game_id: f"{game.away}@{game.home}" for game in games}

    @property
    def rules(self) -> list[tuple[str, bool, str]]:
        """What each rule asked, whether it held, and the facts that it saw."""
        asked = self.made.rules if self.made else ()
        return [(rule.asks, rule.held, _said(rule.facts)) for rule in asked]

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        return {
            **of_row(self.row, *COLUMNS),
            **({} if self.made is None else of_explained(self.made)),
            "next_check": iso(self.next_check),
            "unexplained": self.unexplained,
            "run": of_run(self.run) if self.run else None,
        }


def _said(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {shown(value)}" for name, value in facts.items())


def read_decision(place: Runtime, day: date, name: str) -> DecisionPage:
    """Read a decision of an Eastern date by its id.

    Raises:
        BadInputError: there is none.
    """
    start = at(day, time())
    made = decisions_between(place, start, start + timedelta(days=2), WITH_INPUTS)
    row = next((row for row in made if row["decision_id"] == name), None)
    if row is None:
        raise BadInputError(f"no decision {name!r} on {day}; its date is that of its slot")
    again, unexplained = _judged(place, row)
    before, after = _beside(
        [one for one in made if one["workflow_name"] == row["workflow_name"]], row
    )
    run = runs_of(place, [row])[0] if row["action"] == "RUN" else None
    return DecisionPage(day, row, again, unexplained, run, before, after)


def _judged(place: Runtime, row: Row) -> tuple[Explained | None, str]:
    try:
        return explained(place, row), ""
    except BadInputError as error:
        return None, str(error)


def _beside(rows: Sequence[Row], row: Row) -> tuple[Row | None, Row | None]:
    number = rows.index(row)
    return (rows[number - 1] if number else None), next(iter(rows[number + 1 :]), None)
