"""The declaration of a scraper: the calls that it makes, and how their answers are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from common.eastern import at
from common.errors import BadInputError, OrchestrationError
from common.messages.models import GameRef

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


class MismatchError(OrchestrationError):
    """A source answered in the right form, but not as was asked; the text has both values."""

    code = "SOURCE_MISMATCH"


class MissingGamesError(MismatchError):
    """An answer lacks games that were asked for; the text names them."""

    code = "SOURCE_GAMES_MISSING"


@dataclass(frozen=True)
class Target:
    """What one task collects.

    Attributes:
        scraper: the name of the scraper.
        target_date: the Eastern date, which the decision has fixed (R4).
        season: the season, such as `2025-26`.
        game: the game; None unless the scraper is per game.
        games: the finished games that the answer for a date must contain.
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
    games: tuple[GameRef, ...] = ()

    @property
    def asked(self) -> tuple[GameRef, ...]:
        """The games that the answer must contain."""
        return (self.game,) if self.game else self.games


@dataclass(frozen=True)
class Call:
    """One GET request to a source.

    Attributes:
        source: the name of its declaration, which decides the base URL, the headers and the key.
        path: the path from the root, with its leading slash.
        params: the query, without any key.
        label: names what is missing when this call fails (S6), such as an event id or a file name.
    """

    source: str
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
        warnings: one sentence for each thing that was left out, or whose meaning is not known.
    """

    records: list[Record]
    count: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """Which fields of a record show what it is about; an empty name where none does.

    Attributes:
        key: the fields that no two records share; without one, no two records are the same. None
            where the reader warns of a record that is there twice.
        day: the date, as `2025-11-12`.
        game: the game's id.
        team: the team's tricode.
        points: the points of a player or of a team.
        score: returns the final points of visitors and hosts that one game's records end with.
    """

    key: tuple[str, ...] | None = ()
    day: str = ""
    game: str = ""
    team: str = ""
    points: str = ""
    score: Callable[[Sequence[Record], GameRef], tuple[int, int]] | None = None


NOTHING_EXPECTED = Expectation()


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
        expects: the fields by which an answer is held against the question.
        overdue: the Eastern time on the day after the target date from which a game without data is
            a failure; only of scrapers of one game, which are asked for finished games.
        by_nba_id: whether a game is asked for by NBA.com's id, which a game that only another owner
            lists does not have; only of scrapers of one game.
        rewritten: whether its source corrects a game's answer after the game; a later answer is
            then compared with the one before.
        depends_on: the source that it needs, and that is off by default: while it is, workflows
            leave the scraper out. Empty where its sources can be asked as they are.
        canary: returns a call that the source can always answer, for a source whose refusals look
            like absence (FS16); None where they differ.
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
    expects: Expectation = NOTHING_EXPECTED
    overdue: time = time(12)
    canary: Callable[[Target], Call] | None = None
    by_nba_id: bool = True
    rewritten: bool = False
    depends_on: str = ""

    @property
    def needs_events(self) -> bool:
        """Whether the calls need The Odds API's event ids, which an earlier step finds."""
        return self.scope == "event"

    @property
    def folder(self) -> str:
        """The first segment of its object names, such as `oddsa-events`."""
        return self.name.replace("_", "-")

    def is_due(self, target: Target, now: datetime) -> bool:
        """Return whether the target date's data must have been published by now (aware)."""
        return self.due is not None and now >= at(target.target_date, self.due)

    def is_overdue(self, target: Target, now: datetime) -> bool:
        """Return whether the absence of a finished game's data is a failure by now (aware)."""
        return target.game is not None and now >= self.overdue_at(target)

    def overdue_at(self, target: Target) -> datetime:
        """Return the instant (aware) from which the absence of a game's data is a failure."""
        return at(target.target_date + timedelta(days=1), self.overdue)

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
