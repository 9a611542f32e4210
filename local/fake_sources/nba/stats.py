"""Makes stats.nba.com's result sets: the player index, the game log and the empty old box score."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from common.calendar.games import FINAL, Game
from common.messages.models import season_type
from common.scrapers.nba.teams import TEAMS as NBA_TEAMS
from local.fake_sources.counts import Counts, Side, box
from local.fake_sources.nba.figures import share
from local.fake_sources.slate import Slate, is_corrected, status
from local.fake_sources.teams import TEAMS, Person, Team, inactive, roster, team

Payload = dict[str, Any]
_COUNTS = "MIN FGM FGA FG_PCT FG3M FG3A FG3_PCT FTM FTA FT_PCT OREB DREB REB AST STL BLK"
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
    return result("playerindex", params, ("PlayerIndex", _INDEX.split(), _index_rows()))


def game_log(slate: Slate, params: Mapping[str, str], now: datetime) -> Payload:
    """Make `/stats/leaguegamelog`: the players of the finished games between two dates."""
    first, last = (_us_date(params.get(name, "")) for name in ("DateFrom", "DateTo"))
    kind = params.get("SeasonType", "Regular Season")
    rows = [
        row
        for game in slate.by_id.values()
        if first <= game.game_date <= last
        and status(game, now) == FINAL
        and season_type(game.game_id) == kind
        for row in _log_rows(game, is_corrected=is_corrected(game, now))
    ]
    return result("leaguegamelog", params, ("LeagueGameLog", _LOG.split(), rows))


def retired_box_score(params: Mapping[str, str]) -> Payload:
    """Make `/stats/boxscoretraditionalv2`: its three sets are empty since October 2025 (FS07)."""
    return result(
        "boxscore",
        params,
        ("PlayerStats", _PLAYER.split(), []),
        ("TeamStats", _TEAM.split(), []),
        ("TeamStarterBenchStats", _BENCH.split(), []),
    )


def result(
    resource: str, params: Mapping[str, str], *sets: tuple[str, Sequence[str], Sequence[Payload]]
) -> Payload:
    """Write rows as result sets; the answer repeats the parameters of the request."""
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


def _us_date(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").replace(tzinfo=UTC).date()


@cache
def _index_rows() -> tuple[Payload, ...]:
    return tuple(
        _index_row(side, person)
        for side in TEAMS.values()
        for person in (*roster(side.tricode), *inactive(side.tricode))
    )


def _index_row(side: Team, person: Person) -> Payload:
    """Make a player's row; one player in seven was never drafted and has no number."""
    undrafted = person.rank == len(roster(side.tricode))
    draft = {"DRAFT_YEAR": 2020, "DRAFT_ROUND": 1, "DRAFT_NUMBER": person.rank + 1}
    return {
        "PERSON_ID": person.person_id,
        "PLAYER_LAST_NAME": person.last,
        "PLAYER_FIRST_NAME": person.first,
        "PLAYER_SLUG": person.slug,
        "TEAM_ID": side.team_id,
        "TEAM_SLUG": NBA_TEAMS[side.tricode].slug,
        "IS_DEFUNCT": 0,
        "TEAM_CITY": side.city,
        "TEAM_NAME": side.name,
        "TEAM_ABBREVIATION": side.tricode,
        "JERSEY_NUMBER": None if undrafted else str(person.rank + 1),
        "POSITION": "GGFFCFC"[person.rank],
        "HEIGHT": f"6-{3 + person.rank}",
        "WEIGHT": str(195 + 5 * person.rank),
        "COLLEGE": "Memphis",
        "COUNTRY": "USA",
        **({} if undrafted else draft),
        "ROSTER_STATUS": 1.0,
        "FROM_YEAR": "2020",
        "TO_YEAR": "2025",
        "STATS_TIMEFRAME": "Season",
    }


def _log_rows(game: Game, *, is_corrected: bool) -> Iterator[Payload]:
    for side in box(game, FINAL, is_corrected=is_corrected):
        at_home = side.tricode == game.home
        about = {
            "SEASON_ID": "2" + game.season[:4],
            "TEAM_ID": team(side.tricode).team_id,
            "TEAM_ABBREVIATION": side.tricode,
            "TEAM_NAME": team(side.tricode).full_name,
            "GAME_ID": game.game_id,
            "GAME_DATE": game.game_date.isoformat(),
            "MATCHUP": f"{game.home} vs. {game.away}" if at_home else f"{game.away} @ {game.home}",
            "WL": "W" if side.margin > 0 else "L",
            "VIDEO_AVAILABLE": 1,
        }
        for person, counts in side.players:
            yield {**about, **_log_row(person, counts, side)}


def _log_row(person: Person, counts: Counts, side: Side) -> Payload:
    return {
        "PLAYER_ID": person.person_id,
        "PLAYER_NAME": person.name,
        "MIN": counts.minutes,
        "FGM": counts.made,
        "FGA": counts.tried,
        "FG_PCT": share(counts.made, counts.tried),
        "FG3M": counts.threes,
        "FG3A": counts.threes_tried,
        "FG3_PCT": share(counts.threes, counts.threes_tried) if counts.threes_tried else None,
        "FTM": counts.free,
        "FTA": counts.free_tried,
        "FT_PCT": share(counts.free, counts.free_tried) if counts.free_tried else None,
        "OREB": counts.offensive,
        "DREB": counts.defensive,
        "REB": counts.rebounds,
        "AST": counts.assists,
        "STL": counts.steals,
        "BLK": counts.blocks,
        "TOV": counts.turnovers,
        "PF": counts.fouls,
        "PTS": counts.points,
        "PLUS_MINUS": side.margin,
        "FANTASY_PTS": _fantasy_points(counts),
    }


def _fantasy_points(counts: Counts) -> float:
    good = counts.points + 1.2 * counts.rebounds + 1.5 * counts.assists
    return round(good + 3 * (counts.steals + counts.blocks) - counts.turnovers, 1)
