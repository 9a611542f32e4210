"""A season's sources on a virtual clock: each answers with what was known at its instant.

A game's state follows the clock, not the schedule file. To save time, answers are smaller than the
real ones where no decision depends on it: the schedule covers some days and lacks some fields, a
report has one game, and odds have one market.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from itertools import groupby
from pathlib import Path

from pydantic_core import from_json

from common.calendar.game_ids import LEFT_OUT
from common.calendar.games import FINAL, UNKNOWN_TEAM, Game, parse_schedule
from common.eastern import at, eastern_date
from common.scrapers.nba_schedule import PATH as SCHEDULE_PATH
from local.fake_sources.answers import Answer, answer
from local.fake_sources.nba.schedule import meta, served
from local.fake_sources.slate import Slate, load, status

SCHEDULE_DAYS_BACK, SCHEDULE_DAYS_AHEAD = 7, 2
"""Days of the schedule around today; a catch-up that reaches further back needs more."""
KNOCKOUT = ("004", "005", "006")
KNOCKOUT_KNOWN_BEFORE = timedelta(days=2)
"""How long before its date the sides and tip-off of a knockout game are known."""
AFTER_GAMES = (
    "/static/json/liveData/playbyplay/",
    "/static/json/liveData/boxscore/",
    "/stats/leaguegamelog",
    "/stats/boxscore",
    "/pdfs/",
)
"""Paths of the data of finished games, which faults may publish late: all box scores of the NBA are
late together. ESPN is another owner and is not late, nor are the scoreboards."""
_SPARED = frozenset(
    [
        "broadcasters",
        "pointsLeaders",
        "branchLink",
        "arenaName",
        "arenaState",
        "arenaCity",
        "awayTeamTime",
        "homeTeamTime",
        "gameTimeEst",
        "gameTimeUTC",
        "gameDateUTC",
        "day",
        "monthNum",
        "weekNumber",
        "weekName",
        "ifNecessary",
        "seriesGameNumber",
        "gameLabel",
        "gameSubLabel",
        "seriesText",
        "gameSubtype",
        "isNeutral",
        "gameSequence",
    ]
)
"""Fields of the schedule that no decision depends on: with them a season takes longer."""
_OF_A_GAME = re.compile(r"/static/json/liveData/[a-z]+/[a-z]+_(\d{10})\.json")
SMALL_PDF = b"%PDF-1.4\n% a gamebook that is stored whole and never read\n%%EOF\n"
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_PDF = {"Content-Type": "application/pdf"}
Late = Callable[[str], timedelta]


@dataclass(frozen=True)
class SeasonFile:
    """The content of a schedule file: games to collect, and games that are only listed."""

    slate: Slate
    listed_only: tuple[Game, ...]


def load_season(path: Path) -> SeasonFile:
    """Read a schedule; preseason and All-Star games are listed, as NBA.com does.

    Raises:
        BadInputError: the file is missing or not of a known form.
    """
    slate = load(path)
    document = from_json(path.read_bytes().removeprefix(BOM_UTF8))
    if "leagueSchedule" not in document:
        return SeasonFile(slate, ())
    return SeasonFile(slate, parse_schedule(document, kinds=LEFT_OUT).games)


def unknown(game: Game) -> Game:
    """Give a game a preseason id, so that it is listed and never collected."""
    return replace(game, game_id=min(LEFT_OUT) + game.game_id[3:])


class Sources:
    """The answers of all sources at any instant.

    Args:
        season: the games.
        late: how long after its end a game's data is published, by game id.
        back: days of the past that the schedule contains.
        reaches: whether the schedule of a date has all later games too.
    """

    def __init__(
        self,
        season: SeasonFile,
        late: Late,
        back: int = SCHEDULE_DAYS_BACK,
        reaches: Callable[[date], bool] = lambda _: False,
    ) -> None:
        self.season = season
        self._late = late
        self._back = back
        self._reaches = reaches
        self._day: date | None = None
        self._now = self._published = self._reported = Slate((), season.slate.season)
        self._books: dict[str, Game] = {}
        self._listed: tuple[Game, ...] = ()
        self._lines: dict[tuple[str, date, int, bool], str] = {}

    def answer(self, path: str, params: Mapping[str, str], now: datetime) -> Answer:
        """Answer one GET; see `local.fake_sources.answers`."""
        self._turn_to(eastern_date(now))
        if path == SCHEDULE_PATH:
            return self._schedule(now)
        if path.startswith("/referee/injury/"):
            return answer(path, params, self._reported, now)
        if not path.startswith(AFTER_GAMES):
            return answer(path, _one_market(params), self._now, now)
        if self._is_out_book(path, now):
            return Answer(HTTPStatus.OK, _PDF, SMALL_PDF)
        game_id = _game_of(path, params)
        if game_id:
            # Such an answer holds instants of the game, so not the game is later, but the answer.
            return answer(path, params, self._now, now - self._late(game_id))
        return answer(path, params, self._published, now)

    def _turn_to(self, day: date) -> None:
        """Select the games around a date."""
        if day == self._day:
            return
        first, last = day - timedelta(days=self._back), day + timedelta(days=SCHEDULE_DAYS_AHEAD)
        self._day = day
        self._now = self._around(self.season.slate.games, first, last)
        late = tuple(self._delayed(game) for game in self._now.games)
        self._published = Slate(late, self.season.slate.season)
        self._books = {game.code: game for game in self._published.by_id.values()}
        firsts = (next(games) for _, games in groupby(self._now.by_id.values(), _date))
        self._reported = Slate(tuple(firsts), self.season.slate.season)
        last = date.max if self._reaches(day) else last
        listed = self._around(self.season.slate.games, first, last).games
        others = self._around(self.season.listed_only, first, last).games
        both = (*listed, *others) or self._nearest(day)
        self._listed = tuple(sorted(both, key=lambda game: (game.game_date, game.game_id)))

    def _nearest(self, day: date) -> tuple[Game, ...]:
        """Select the game nearest to a date: NBA.com's schedule is never empty, even in summer."""
        known = (*self.season.slate.games, *self.season.listed_only)
        return tuple(sorted(known, key=lambda game: abs(game.game_date - day))[:1])

    def _around(self, games: Iterable[Game], first: date, last: date) -> Slate:
        near = (game for game in games if first <= game.game_date <= last)
        return Slate(tuple(near), self.season.slate.season)

    def _delayed(self, game: Game) -> Game:
        """Delay a game's tip-off, so that its data is published later."""
        delay = self._late(game.game_id)
        return replace(game, tipoff=game.tipoff + delay) if game.tipoff else game

    def _is_out_book(self, path: str, now: datetime) -> bool:
        """Whether a path is that of a game's book, and the game's data is out."""
        game = self._books.get(path.rsplit("/", 1)[1].removesuffix(".pdf").replace("_", "/"))
        return game is not None and status(game, now) == FINAL

    def _schedule(self, now: datetime) -> Answer:
        """Make the document; each game is written out once for each of its states."""
        days = ",".join(
            f'{{"gameDate":"{day:%m/%d/%Y} 00:00:00","games":'
            f"[{','.join(self._line(game, now) for game in games)}]}}"
            for day, games in groupby(self._listed, _date)
        )
        season = self.season.slate.season
        league = f'{{"seasonYear":{json.dumps(season)},"leagueId":"00","gameDates":[{days}]}}'
        body = f'{{"meta":{json.dumps(meta(season, now))},"leagueSchedule":{league}}}'
        return Answer(HTTPStatus.OK, _JSON, body.encode())

    def _line(self, game: Game, now: datetime) -> str:
        known = is_known(game, now)
        key = (game.game_id, game.game_date, status(game, now), known)
        found = self._lines.get(key)
        if found is None:
            shown = game if known else replace(game, away=UNKNOWN_TEAM, home=UNKNOWN_TEAM)
            shown = shown if known else replace(shown, tipoff=None)
            whole = served(shown, now)
            short = {field: held for field, held in whole.items() if field not in _SPARED}
            found = self._lines[key] = json.dumps(short, separators=(",", ":"))
        return found


def is_known(game: Game, now: datetime) -> bool:
    """Whether a game's sides and tip-off are known; those of a knockout game come late."""
    if not game.game_id.startswith(KNOCKOUT):
        return True
    return now >= at(game.game_date, time()) - KNOCKOUT_KNOWN_BEFORE


def _one_market(params: Mapping[str, str]) -> Mapping[str, str]:
    markets = params.get("markets")
    return {**params, "markets": markets.partition(",")[0]} if markets else params


def _game_of(path: str, params: Mapping[str, str]) -> str:
    """Return the id of the game that is asked for; empty where the question is about a date."""
    found = _OF_A_GAME.fullmatch(path)
    return found[1] if found else params.get("GameID", "")


def _date(game: Game) -> date:
    return game.game_date
