"""The declaration of a scraper: the calls that it makes, and how their answers are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from common.errors import BadInputError, OrchestrationError
from common.messages.models import GameRef

SourceName = Literal[
    "nba_cdn",
    "nba_stats",
    "nba_official",
    "nba_injury",
    "nba_gamebook",
    "odds_api",
    "espn_site",
    "espn_web",
    "espn_www",
    "nba_www",
    "bettingpros",
]
Scope = Literal["date", "game", "team", "event"]
Record = dict[str, Any]

EMPTY_ANSWER_BYTES_MAX = 1024
"""An empty answer of these APIs is no longer; a longer one without records contains some that
were not recognized (S1)."""


class ContractError(OrchestrationError):
    """A source answered in an unknown form; the text names the scraper, the field and the value."""

    code = "SOURCE_CONTRACT"


class NotReadyError(OrchestrationError):
    """The source answered, but what was asked for has not happened or is not published yet."""

    code = "SOURCE_NOT_READY"


@dataclass(frozen=True)
class Target:
    """What one task collects.

    Attributes:
        scraper: the name of the scraper.
        target_date: the Eastern date, which the decision has fixed (R4).
        season: the season, such as `2025-26`.
        game: the game; None unless the scraper is per game.
        event_ids: the ids of The Odds API's events, for a scraper that makes one call an event.
        season_type: the heading under which stats.nba.com lists the date's games; see
            `messages.models.season_type`.
        teams: the tricodes of the teams, for a scraper that makes one call a team; empty means all.
        instant: the instant (aware) that a request names by its scheduled time; None where it
            names none. A historical scraper asks for the snapshot of this instant.
    """

    scraper: str
    target_date: date
    season: str
    game: GameRef | None = None
    event_ids: tuple[str, ...] = ()
    season_type: str = "Regular Season"
    teams: tuple[str, ...] = ()
    instant: datetime | None = None


@dataclass(frozen=True)
class Call:
    """One GET request to a source.

    Attributes:
        source: decides the base URL, the headers and the key.
        path: the path from the root, with its leading slash.
        params: the query, without any key.
        label: names what is missing when this call fails (S6), such as an event id or a file name.
    """

    source: SourceName
    path: str
    params: Mapping[str, str]
    label: str


@dataclass(frozen=True)
class Parsed:
    """What a scraper has read.

    Attributes:
        records: the records as they are stored.
        count: how many there are by the scraper's own rule (S1), which may differ from the length
            of the list.
    """

    records: list[Record]
    count: int


@dataclass(frozen=True)
class Scraper:
    """The declaration of one scraper.

    Attributes:
        name: the key in the registry, which is also logged (S10).
        scope: what one task collects: the whole date or one game, by as many calls as there are
            teams (`team`) or event ids of an earlier step (`event`).
        calls: returns the requests for a target at an instant (aware UTC).
        parse: reads their bodies in order; raises ContractError or NotReadyError.
        takes: whether every call's body is read, or the first that exists (candidate file names).
        suffix: the suffix of the stored object; a pdf is stored whole.
        empty_bytes_max: a longer answer without a record breaks the contract; None where an empty
            answer may be long.
        always: whether an answer without a record breaks the contract, however short it is.
        due: the Eastern time of the target date from which there is data on every game day; None
            where an empty answer shows nothing of the source.
        then: returns the further calls that the answers so far lead to, such as a page whose id
            the first answer contains; raises as `parse` does. Their bodies come after the others.
        off: why no workflow needs to trigger the scraper; empty where one must. A step that names
            the scraper switches it on.
    """

    name: str
    scope: Scope
    calls: Callable[[Target, datetime], Sequence[Call]]
    parse: Callable[[Sequence[bytes], Target], Parsed]
    takes: Literal["all", "first"] = "all"
    suffix: Literal["json", "pdf"] = "json"
    empty_bytes_max: int | None = EMPTY_ANSWER_BYTES_MAX
    always: bool = False
    due: time | None = None
    then: Callable[[Sequence[bytes], Target], Sequence[Call]] | None = None
    off: str = ""

    @property
    def needs_events(self) -> bool:
        """Whether the calls need The Odds API's event ids, which an earlier step finds."""
        return self.scope == "event"

    @property
    def folder(self) -> str:
        """The first segment of its object names, such as `oddsa-events`."""
        return self.name.replace("_", "-")

    @property
    def content_type(self) -> str:
        """The media type of what it stores on success."""
        return "application/pdf" if self.suffix == "pdf" else "application/json"


def game_of(target: Target) -> GameRef:
    """Return the game of a target.

    Raises:
        BadInputError: the target has no game, although the scraper is per game.
    """
    if target.game is None:
        raise BadInputError(
            f"scraper {target.scraper} collects one game a task, but the target names none; "
            "add game_id, away and home"
        )
    return target.game
