"""Makes stats.nba.com's result sets: the player index, the game log and the box score."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from common.calendar.games import FINAL, Game
from common.messages.models import season_type
from local.fake_sources.slate import Slate, score, status
from local.fake_sources.teams import TEAMS, Person, Team, roster, team

Payload = dict[str, Any]
# Shares of a team's points, best scorer first; the rest goes to the last player.
_SHARES = (0.32, 0.24, 0.18, 0.14)
_COUNTS = "MIN FGM FGA FG_PCT FG3M FG3A FG3_PCT FTM FTA FT_PCT OREB DREB REB AST STL BLK"
_FIXED = "OREB DREB REB AST STL BLK TO PF"
_LOG = (
    "SEASON_ID PLAYER_ID PLAYER_NAME TEAM_ID TEAM_ABBREVIATION TEAM_NAME GAME_ID GAME_DATE "
    f"MATCHUP WL {_COUNTS} TOV PF PTS PLUS_MINUS FANTASY_PTS VIDEO_AVAILABLE"
)
_PLAYER = (
    "GAME_ID TEAM_ID TEAM_ABBREVIATION TEAM_CITY PLAYER_ID PLAYER_NAME NICKNAME START_POSITION "
    f"COMMENT {_COUNTS} TO PF PTS PLUS_MINUS"
)
_TEAM = f"GAME_ID TEAM_ID TEAM_NAME TEAM_ABBREVIATION TEAM_CITY {_COUNTS} TO PF PTS PLUS_MINUS"
_BENCH = f"GAME_ID TEAM_ID TEAM_NAME TEAM_ABBREVIATION TEAM_CITY STARTERS_BENCH {_COUNTS} TO PF PTS"
_INDEX = (
    "PERSON_ID PLAYER_LAST_NAME PLAYER_FIRST_NAME PLAYER_SLUG TEAM_ID TEAM_SLUG IS_DEFUNCT "
    "TEAM_CITY TEAM_NAME TEAM_ABBREVIATION JERSEY_NUMBER POSITION HEIGHT WEIGHT COLLEGE COUNTRY "
    "DRAFT_YEAR DRAFT_ROUND DRAFT_NUMBER ROSTER_STATUS FROM_YEAR TO_YEAR PTS REB AST "
    "STATS_TIMEFRAME"
)


def player_index(params: Mapping[str, str]) -> Payload:
    """Make `/stats/playerindex`: all players of the thirty teams."""
    rows = [_index_row(side, person) for side in TEAMS.values() for person in roster(side.tricode)]
    return _result("playerindex", params, ("PlayerIndex", _INDEX.split(), rows))


def game_log(slate: Slate, params: Mapping[str, str], now: datetime) -> Payload:
    """Make `/stats/leaguegamelog`: the players of the finished games between two dates."""
    first, last = _us_date(params.get("DateFrom")), _us_date(params.get("DateTo"))
    kind = params.get("SeasonType", "Regular Season")
    rows = [
        row
        for game in slate.by_id.values()
        if first <= game.game_date <= last
        and status(game, now) == FINAL
        and season_type(game.game_id) == kind
        for row in _log_rows(game, now)
    ]
    return _result("leaguegamelog", params, ("LeagueGameLog", _LOG.split(), rows))


def box_score(slate: Slate, params: Mapping[str, str], now: datetime) -> Payload:
    """Make `/stats/boxscoretraditionalv2`: three sets, all empty until the game is final."""
    game = slate.by_id.get(params.get("GameID", ""))
    players: list[Payload] = []
    teams: list[Payload] = []
    if game is not None and status(game, now) == FINAL:
        players = list(_player_rows(game, now))
        teams = [_team_row(game, side, now) for side in (game.away, game.home)]
    starters = [{**row, "STARTERS_BENCH": "Starters"} for row in teams]
    return _result(
        "boxscore",
        params,
        ("PlayerStats", _PLAYER.split(), players),
        ("TeamStats", _TEAM.split(), teams),
        ("TeamStarterBenchStats", _BENCH.split(), starters),
    )


def _result(
    resource: str, params: Mapping[str, str], *sets: tuple[str, list[str], Sequence[Payload]]
) -> Payload:
    return {
        "resource": resource,
        "parameters": dict(params),
        "resultSets": [
            {
                "name": name,
                "headers": headers,
                "rowSet": [[row.get(header) for header in headers] for row in rows],
            }
            for name, headers, rows in sets
        ],
    }


def _us_date(text: str | None) -> date:
    return datetime.strptime(text or "01/01/1900", "%m/%d/%Y").replace(tzinfo=UTC).date()


def _index_row(side: Team, person: Person) -> Payload:
    return {
        "PERSON_ID": person.person_id,
        "PLAYER_LAST_NAME": person.last,
        "PLAYER_FIRST_NAME": person.first,
        "PLAYER_SLUG": person.name.lower().replace(" ", "-"),
        "TEAM_ID": side.team_id,
        "IS_DEFUNCT": 0,
        "TEAM_CITY": side.city,
        "TEAM_NAME": side.name,
        "TEAM_ABBREVIATION": side.tricode,
        "JERSEY_NUMBER": str(person.rank + 1),
        "ROSTER_STATUS": 1.0,
        "STATS_TIMEFRAME": "Season",
    }


def _sides(game: Game, now: datetime) -> Iterator[tuple[str, str, int, int]]:
    away, home = score(game, now)
    yield game.away, f"{game.away} @ {game.home}", away, home
    yield game.home, f"{game.home} vs. {game.away}", home, away


def _log_rows(game: Game, now: datetime) -> Iterator[Payload]:
    for tricode, matchup, points, against in _sides(game, now):
        side = team(tricode)
        for row in _stat_rows(game, side, points, against):
            yield row | {
                "SEASON_ID": "2" + game.season[:4],
                "TEAM_NAME": side.full_name,
                "GAME_DATE": game.game_date.isoformat(),
                "MATCHUP": matchup,
                "WL": "W" if points > against else "L",
                "TOV": row["TO"],
                "VIDEO_AVAILABLE": 1,
            }


def _player_rows(game: Game, now: datetime) -> Iterator[Payload]:
    for tricode, _, points, against in _sides(game, now):
        yield from _stat_rows(game, team(tricode), points, against)


def _stat_rows(game: Game, side: Team, points: int, against: int) -> Iterator[Payload]:
    scored = [int(points * share) for share in _SHARES]
    for person, own in zip(roster(side.tricode), [*scored, points - sum(scored)], strict=True):
        yield _counts(own, 48) | {
            "GAME_ID": game.game_id,
            "TEAM_ID": side.team_id,
            "TEAM_ABBREVIATION": side.tricode,
            "TEAM_CITY": side.city,
            "PLAYER_ID": person.person_id,
            "PLAYER_NAME": person.name,
            "NICKNAME": person.first,
            "START_POSITION": "GGFFC"[person.rank],
            "COMMENT": "",
            "PLUS_MINUS": points - against,
        }


def _team_row(game: Game, tricode: str, now: datetime) -> Payload:
    points, against = score(game, now) if tricode == game.away else score(game, now)[::-1]
    side = team(tricode)
    return _counts(points, 240) | {
        "GAME_ID": game.game_id,
        "TEAM_ID": side.team_id,
        "TEAM_NAME": side.name,
        "TEAM_ABBREVIATION": tricode,
        "TEAM_CITY": side.city,
        "MIN": "240:00",
        "PLUS_MINUS": points - against,
    }


def _counts(points: int, minutes: int) -> Payload:
    threes = points // 9
    free = (points - 3 * threes) % 2 + 2
    made = (points - 3 * threes - free) // 2 + threes
    return {
        "MIN": minutes,
        "FGM": made,
        "FGA": made * 2,
        "FG_PCT": 0.5,
        "FG3M": threes,
        "FG3A": threes * 3,
        "FG3_PCT": 0.333,
        "FTM": free,
        "FTA": free,
        "FT_PCT": 1.0,
        "PTS": points,
        **dict(zip(_FIXED.split(), (1, 4, 5, 3, 1, 0, 2, 2), strict=True)),
    }
