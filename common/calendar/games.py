"""Games as NBA.com's season schedule (scheduleLeagueV2) lists them.

Source: https://cdn.nba.com/static/json/staticData/scheduleLeagueV2.json, or the same games as
the `nbac_schedule_api` scraper stores them.
"""

import re
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeGuard

from pydantic_core import from_json

from common.calendar.game_ids import (
    COLLECTED,
    NBA,
    broken,
    league_of,
    season_of_game,
    why_foreign,
)
from common.calendar.playing import is_called_final, is_called_off, unknown_fields
from common.calendar.tipoff import tipoff_of
from common.errors import BadInputError

SCHEDULED, LIVE, FINAL = 1, 2, 3
SEASON_FIRST_MONTH = 8
"""August: a date from this month on belongs to the season that begins in its year."""
UNKNOWN_TEAM = "TBD"
"""Tricode of a side that is still undecided, as in Cup knockouts and playoffs."""

SEASONS_ENDED_LATE = {2020: date(2020, 10, 12)}
"""By year, the first date that is no longer of the season before, where that was after July."""

_GAME_ID, _TRICODE = re.compile("[0-9]{10}"), re.compile("[A-Z]{3}")
"""The forms that our messages require (`common/messages/models.py`)."""


@dataclass(frozen=True, slots=True)
class Game:
    """One game on one date.

    Attributes:
        game_id: ten digits, such as `0022500213`.
        game_date: the Eastern date it is listed under.
        away: tricode of the visitors; `TBD` while undecided.
        home: tricode of the hosts; `TBD` while undecided.
        tipoff: aware UTC; None while the time is to be determined.
        status: 1 scheduled, 2 live, 3 final.
        has_score: both scores exist and are not both zero.
        postponed: the game will not be played on this date.
        season: such as `2025-26`.
        score: points of visitors and hosts; None while one of them is missing.
    """

    game_id: str
    game_date: date
    away: str
    home: str
    tipoff: datetime | None
    status: int
    has_score: bool
    postponed: bool
    season: str
    score: tuple[int, int] | None = None

    @property
    def is_final(self) -> bool:
        """Return whether the game was played to its end and has a score (S5)."""
        return self.status == FINAL and self.has_score and not self.postponed

    @property
    def code(self) -> str:
        """Return NBA.com's own name of the game, such as `20251112/MILCHA`."""
        return f"{self.game_date:%Y%m%d}/{self.away}{self.home}"


Calendar = Mapping[date, tuple[Game, ...]]
"""Games by the Eastern date they are listed under."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A season's games in order of date and id.

    Attributes:
        games: the games, without preseason and All-Star.
        warnings: one sentence for each field that is unknown or contradicts another, whose game is
            kept, and for each game of another league or of an unknown kind and each listing after
            a final one, which are left out.
        season: such as `2025-26`; empty when the document names none and lists no game.
    """

    games: tuple[Game, ...]
    warnings: tuple[str, ...]
    season: str


def season_of(day: date) -> str:
    """Name the season that a date belongs to, such as `2025-26`."""
    begins = SEASONS_ENDED_LATE.get(day.year, date(day.year, SEASON_FIRST_MONTH, 1))
    first = day.year if day >= begins else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def parse_schedule(document: Mapping[str, Any], kinds: Collection[str] = COLLECTED) -> Schedule:
    """Read a scheduleLeagueV2 document.

    Args:
        document: `{"leagueSchedule": {"seasonYear": …, "gameDates": [{"gameDate", "games"}]}}`.
        kinds: the kinds of games to read.

    Returns:
        The season's games, and the warnings about their fields.

    Raises:
        BadInputError: a field is missing or has another form; the message names game and field.
    """
    league = _field(document, "leagueSchedule", dict, "schedule")
    days = _field(league, "gameDates", list, "schedule")
    named = league.get("leagueId")
    return _schedule(_dated(days), league.get("seasonYear") or "", kinds=kinds, league=named)


def parse_schedule_body(body: bytes) -> Schedule:
    """Read stored bytes: the scraper's envelope, or an uploaded scheduleLeagueV2 file.

    Raises:
        BadInputError: the bytes are neither; the message names what is wrong.
    """
    try:
        document = from_json(body.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        raise BadInputError(f"the schedule is not JSON ({error}); fetch it again") from error
    if not isinstance(document, dict):
        raise BadInputError("the schedule is not a JSON object; fetch it again")
    if document.get("schema") != "scraped":
        return parse_schedule(document)
    records = _objects(_field(document, "records", list, "schedule"), "schedule: records")
    return _schedule(((record.get("gameDate"), record) for record in records), "")


def schedule_records(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the NBA's games of a document as served, each with its `gameDate` added.

    Raises:
        BadInputError: the document has another form.
    """
    league = _field(document, "leagueSchedule", dict, "schedule")
    days = _field(league, "gameDates", list, "schedule")
    named = league.get("leagueId")
    return [
        {**game, "gameDate": listed}
        for listed, game in _dated(days)
        if league_of(_game_id(game), game, named) == NBA
    ]


def _dated(days: Iterable[object]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for day in _objects(days, "schedule: gameDates"):
        where = f"schedule day {day.get('gameDate')!r:.80}"
        for game in _objects(_field(day, "games", list, where), where):
            yield day.get("gameDate"), game


def _objects(values: Iterable[object], where: str) -> Iterator[dict[str, Any]]:
    for value in values:
        if not isinstance(value, dict):
            raise BadInputError(f"{where} holds {value!r:.80}, not an object")
        yield value


def _schedule(
    listed: Iterable[tuple[Any, dict[str, Any]]],
    season: str,
    *,
    kinds: Collection[str] = COLLECTED,
    league: object = NBA,
) -> Schedule:
    warnings: list[str] = []
    listings: dict[str, dict[date, Game]] = defaultdict(dict)
    days: dict[str, date] = {}
    for day, raw in listed:
        game_id = _game_id(raw)
        if foreign := why_foreign(game_id, raw, league):
            warnings.append(foreign)
        if foreign or game_id[:3] not in kinds:
            continue
        listed_on = str(day)
        if listed_on not in days:
            days[listed_on] = _day(game_id, listed_on)
        game, own = _game(game_id, days[listed_on], raw, warnings), listings[game_id]
        other = own.get(game.game_date)
        if other is not None:
            warnings.append(f"game {game_id} is listed twice on {game.game_date}; one is left out")
        own[game.game_date] = other if other is not None and other.is_final else game
    found = (game for own in listings.values() for game in _settled(own, warnings))
    games = sorted(found, key=lambda game: (game.game_date, game.game_id))
    return Schedule(tuple(games), tuple(warnings), season or (games[0].season if games else ""))


def _settled(listings: Mapping[date, Game], warnings: list[str]) -> Iterator[Game]:
    """Yield one game's listings: it is played on one date, and was moved from the ones before (S5).

    It is played on the date of its latest final listing, else on its latest date. A listing after
    a final one is stale, and is left out with a warning.
    """
    games = [listings[day] for day in sorted(listings)]
    played = next((game for game in reversed(games) if game.is_final), games[-1])
    for game in games:
        if game.game_date < played.game_date:
            yield replace(game, postponed=True)
        elif game is played:
            yield game
        else:
            warnings.append(
                f"game {game.game_id} is final on {played.game_date} and listed again on "
                f"{game.game_date}; the listing of {game.game_date} is left out"
            )


def _game(game_id: str, day: date, raw: dict[str, Any], warnings: list[str]) -> Game:
    away, home = _team(game_id, raw, "awayTeam"), _team(game_id, raw, "homeTeam")
    status = raw.get("gameStatus")
    if status not in (SCHEDULED, LIVE, FINAL):
        raise broken(game_id, "gameStatus", status, "1, 2 or 3")
    warnings += (
        f"game {game_id}: {field} is {value!r:.80}, whose meaning is not known; the game is kept"
        for field, value in unknown_fields(raw)
    )
    scores = (away.get("score"), home.get("score"))
    has_score = None not in scores and scores != (0, 0)
    is_played = status == FINAL and has_score and is_called_final(raw)
    if is_played and is_called_off(raw):
        warnings.append(f"game {game_id} is final, but called off by its letter; it was played")
    return Game(
        game_id=game_id,
        game_date=day,
        away=away.get("teamTricode") or UNKNOWN_TEAM,
        home=home.get("teamTricode") or UNKNOWN_TEAM,
        tipoff=tipoff_of(game_id, day, raw, warnings),
        status=status,
        has_score=has_score,
        postponed=(is_called_off(raw) and not is_played) or (status == FINAL and not has_score),
        season=season_of_game(game_id),
        score=scores if _are_points(scores) else None,
    )


def _are_points(scores: tuple[object, object]) -> TypeGuard[tuple[int, int]]:
    return all(type(score) is int for score in scores)


def _day(game_id: str, value: str) -> date:
    try:
        month, day, year = value.split(" ", maxsplit=1)[0].split("/")
        return date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        raise broken(game_id, "gameDate", value, "a date such as 11/12/2025 00:00:00") from None


def _game_id(raw: dict[str, Any]) -> str:
    value = raw.get("gameId")
    if not (isinstance(value, str) and _GAME_ID.fullmatch(value)):
        raise broken("(unnamed)", "gameId", value, "ten digits")
    return value


def _team(game_id: str, raw: dict[str, Any], name: str) -> dict[str, Any]:
    team = raw.get(name)
    if not isinstance(team, dict):
        raise broken(game_id, name, team, "an object")
    code = team.get("teamTricode") or UNKNOWN_TEAM
    if not (isinstance(code, str) and _TRICODE.fullmatch(code)):
        raise broken(game_id, f"{name}.teamTricode", code, "three capital letters")
    return team


def _field(holder: Mapping[str, Any], name: str, kind: type, where: str) -> Any:  # noqa: ANN401 - JSON
    value = holder.get(name)
    if not isinstance(value, kind):
        raise BadInputError(
            f"{where}: {name} is {value!r:.80}, not a JSON {kind.__name__}; "
            "give NBA.com's scheduleLeagueV2 document"
        )
    return value
