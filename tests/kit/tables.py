"""Tables of a few rows of which a test gives only what it is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from common.cloud.ports import Row
from common.runtime import Runtime
from tests.kit.desk import AFTERNOON, scheduled

TIMES = ("triggered_at", "cleanup_time", "slot", "decision_time", "expected_run_time", "logged_at")
LISTS = ("quarantined", "scrapers", "game_ids")


class Tables:
    """Answers each read with the rows of its span and values; a column that lacks is empty."""

    def __init__(self, held: Mapping[str, Sequence[Row]]) -> None:
        self._held = held

    def select(
        self, table: str, columns: Sequence[str], *, since: datetime, until: datetime, **asked: Any
    ) -> list[Row]:
        """Return the rows whose `at` is within the span."""
        where = asked.get("where") or {}
        made = (
            {
                **dict.fromkeys(columns),
                **dict.fromkeys(LISTS, ()),
                **dict.fromkeys(TIMES, row["at"]),
                **row,
            }
            for row in self._held.get(table, ())
            if since <= row["at"] < until
        )
        return [
            row
            for row in made
            if all(
                row[name] == values if isinstance(values, str) else row[name] in values
                for name, values in where.items()
            )
        ]

    def view(self, _: str, _columns: Sequence[str]) -> list[Row]:
        """No view has a row."""
        return []


def holding(now: datetime = AFTERNOON, **held: Sequence[Row]) -> Runtime:
    """Return a place whose tables hold these rows, at an instant."""
    place = scheduled().but(warehouse=cast("Any", Tables(held)))
    return place.but(clock=cast("Any", Still(now)))


class Still:
    """A clock that stands."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The instant."""
        return self._instant
