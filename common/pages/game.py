"""The page of one game: the story of each datum, from the decisions that asked to its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from common.calendar.games import Game
from common.cloud.ports import Row
from common.eastern import eastern_date
from common.errors import BadInputError
from common.ids import execution_id
from common.look.coverage import cover, was_asked
from common.look.datum import DateCoverage, Datum
from common.pages.documents import of_datum, of_row
from common.runtime import Runtime

TRIED = (
    "scraper_name",
    "outcome",
    "triggered_at",
    "records_processed",
    "gcs_path",
    "error_message",
)
DECIDED = ("decision_id", "workflow_name", "slot", "action", "reason_code", "reason")
QUIET_SHOWN_MAX = 12
"""How many decisions that asked for nothing are shown of a datum, the last ones."""


@dataclass(frozen=True)
class Story:
    """One datum, and the decisions about it.

    Attributes:
        datum: what came of it, and its attempts.
        asked: the decisions that asked for it.
        silent: others of its workflows about the date, which tell why it was not asked for.
    """

    datum: Datum
    asked: tuple[Row, ...]
    silent: tuple[Row, ...]

    @property
    def told(self) -> list[Row]:
        """All of them, in order of their slots."""
        return sorted((*self.asked, *self.silent), key=lambda row: row["slot"])


@dataclass(frozen=True)
class GamePage:
    """One game of a date, or what is collected once for the date itself.

    Attributes:
        day: the Eastern date.
        now: when it was read, aware.
        game: the game; None for the date itself.
        stories: one of each datum.
        decided: the Eastern date of the slot of each decision about the date, by its id.
    """

    template: ClassVar[str] = "game.html"
    day: date
    now: datetime
    game: Game | None
    stories: tuple[Story, ...]
    decided: Mapping[str, date]

    @property
    def title(self) -> str:
        """Its teams, or what the date's data are."""
        named = f"{self.game.away}@{self.game.home}" if self.game else "Data of the whole date"
        return f"{named}, {self.day}"

    @property
    def path(self) -> str:
        """Its address."""
        return f"/game/{self.day}/{self.game.game_id}" if self.game else f"/date/{self.day}"

    was_asked = staticmethod(was_asked)

    @staticmethod
    def run_of(row: Row) -> str:
        """Return the id of the execution that a row's decision led to."""
        return execution_id(row["decision_id"])

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        game = self.game
        return {
            "date": f"{self.day}",
            "game_id": game and game.game_id,
            "game": game and f"{game.away}@{game.home}",
            "data": [
                {
                    **of_datum(story.datum),
                    "tries": [of_row(row, *TRIED) for row in story.datum.tries],
                    "asked": [of_row(row, *DECIDED) for row in story.asked],
                    "silent": [of_row(row, *DECIDED) for row in story.silent],
                }
                for story in self.stories
            ],
        }


def read_game(place: Runtime, day: date, name: str) -> GamePage:
    """Read a game of an Eastern date by its id.

    Raises:
        BadInputError: the schedule lists no such game on the date.
    """
    found = cover(place, day)
    covered = next((each for each in found.games if each.game.game_id == name), None)
    if covered is None:
        raise BadInputError(f"the schedule lists no game {name!r} on {day}")
    return _page(place, found, covered.game, covered.data)


def read_date(place: Runtime, day: date) -> GamePage:
    """Read what is collected once for an Eastern date."""
    found = cover(place, day)
    return _page(place, found, None, found.data)


def _page(
    place: Runtime, found: DateCoverage, game: Game | None, data: tuple[Datum, ...]
) -> GamePage:
    stories = tuple(_story(one, game, found.decisions) for one in data)
    decided = {row["decision_id"]: eastern_date(row["slot"]) for row in found.decisions}
    return GamePage(found.day, place.clock.now(), game, stories, decided)


def _story(datum: Datum, game: Game | None, decisions: tuple[Row, ...]) -> Story:
    mine = [row for row in decisions if row["workflow_name"] in datum.wanted.flows]
    names = {*datum.wanted.line}
    asked = tuple(
        row
        for row in mine
        if names & {*row["scrapers"]} and (game is None or game.game_id in row["game_ids"])
    )
    silent = tuple(row for row in mine if row not in asked)
    return Story(datum, asked, silent[-QUIET_SHOWN_MAX:])
