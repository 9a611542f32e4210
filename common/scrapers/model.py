"""What a scraper is: a declaration of its calls, and a function that reads their answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from common.errors import BadInputError, OrchestrationError
from common.messages.models import GameRef

SourceName = Literal[
    "nba_cdn", "nba_stats", "nba_official", "nba_injury", "nba_gamebook", "odds_api"
]
Record = dict[str, Any]

# An empty answer of these APIs is shorter; a longer one without records hides some (S1).
EMPTY_BYTES = 1024


class ContractError(OrchestrationError):
    """A source answered in a form we do not know; names scraper, field and value."""

    code = "SOURCE_CONTRACT"


class NotReadyError(OrchestrationError):
    """The source answered, but what was asked for has not happened or is not published yet."""

    code = "SOURCE_NOT_READY"


@dataclass(frozen=True)
class Target:
    """What one task is to collect.

    Attributes:
        scraper: a key of the registry.
        target_date: the Eastern date, fixed by the decision (R4).
        season: such as `2025-26`.
        game: of a per-game scraper only.
        event_ids: of The Odds API, for the scrapers that go by event.
        season_type: how stats.nba.com files the date's games; see `messages.models.season_type`.
    """

    scraper: str
    target_date: date
    season: str
    game: GameRef | None = None
    event_ids: tuple[str, ...] = ()
    season_type: str = "Regular Season"


@dataclass(frozen=True)
class Call:
    """One GET below a source's base URL.

    Attributes:
        source: which base URL, headers and key apply.
        path: from the root, with its leading slash.
        params: the query without any key.
        label: what is missing when this call fails (S6): an event id, a file name.
    """

    source: SourceName
    path: str
    params: Mapping[str, str]
    label: str


@dataclass(frozen=True)
class Parsed:
    """What a scraper read; `count` is its own (S1), never guessed from the stored form."""

    records: list[Record]
    count: int


@dataclass(frozen=True)
class Scraper:
    """One source of data.

    Attributes:
        name: the registry key, which is also what is logged (S10).
        scope: one task a date, or one a game.
        calls: the requests for a target at an instant (aware UTC).
        parse: reads their bodies in order; raises ContractError or NotReadyError.
        takes: every call's body, or the first that is there (candidate file names).
        suffix: of the stored object; a pdf is stored whole.
        empty_bytes: a longer answer without a record breaks the contract; None where an empty
            answer is long by nature.
        needs_events: goes by The Odds API's event ids, which an earlier step finds.
        always: an answer without a record breaks the contract, whatever its length.
        due: Eastern time of the target date from which there is something on every game day;
            None where an empty answer says nothing of the source.
    """

    name: str
    scope: Literal["date", "game"]
    calls: Callable[[Target, datetime], Sequence[Call]]
    parse: Callable[[Sequence[bytes], Target], Parsed]
    takes: Literal["all", "first"] = "all"
    suffix: Literal["json", "pdf"] = "json"
    empty_bytes: int | None = EMPTY_BYTES
    always: bool = False
    needs_events: bool = False
    due: time | None = None

    @property
    def folder(self) -> str:
        """First segment of its object names, such as `oddsa-events`."""
        return self.name.replace("_", "-")

    @property
    def content_type(self) -> str:
        """Media type of what it stores on success."""
        return "application/pdf" if self.suffix == "pdf" else "application/json"


def game_of(target: Target) -> GameRef:
    """The target's game.

    Raises:
        BadInputError: it names none, although the scraper is per game.
    """
    if target.game is None:
        raise BadInputError(
            f"scraper {target.scraper} collects one game a task, but the target names none; "
            "add game_id, away and home"
        )
    return target.game
