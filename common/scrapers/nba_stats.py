"""The scrapers of players and box scores, from stats.nba.com, which answers in result sets."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

from common.messages.models import GameRef
from common.scrapers.agreement import adds_up
from common.scrapers.model import (
    Call,
    ContractError,
    Expectation,
    NotReadyError,
    Parsed,
    Record,
    Scraper,
    Target,
    game_of,
)
from common.scrapers.nba import boxscore_v3
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need, result_set

TEAMS_PER_GAME = 2


def _list_calls(target: Target, _now: datetime) -> Sequence[Call]:
    params = {"LeagueID": "00", "Season": target.season, "Historical": "0", "TeamID": "0"}
    return [Call("nba_stats", "/stats/playerindex", params, target.season)]


def _parse_list(bodies: Sequence[bytes], target: Target) -> Parsed:
    columns = ("PERSON_ID", "PLAYER_LAST_NAME", "PLAYER_FIRST_NAME", "TEAM_ABBREVIATION")
    served = result_set(load(bodies[0], target.scraper), "PlayerIndex", columns, target.scraper)
    rows, warnings = without_odd(served, partial(_listed, where=target.scraper), target.scraper)
    return Parsed(rows, len(rows), warnings)


def _listed(row: Record, where: str) -> Record:
    need(row, "PERSON_ID", int, f"{where}: player {row['PLAYER_LAST_NAME']!r:.40}")
    return row


def _log_calls(target: Target, _now: datetime) -> Sequence[Call]:
    day = f"{target.target_date:%m/%d/%Y}"
    params = {
        "Counter": "0",
        "DateFrom": day,
        "DateTo": day,
        "Direction": "DESC",
        "LeagueID": "00",
        "PlayerOrTeam": "P",
        "Season": target.season,
        "SeasonType": target.season_type,
        "Sorter": "DATE",
    }
    return [Call("nba_stats", "/stats/leaguegamelog", params, day)]


def _parse_log(bodies: Sequence[bytes], target: Target) -> Parsed:
    columns = ("PLAYER_ID", "PLAYER_NAME", "TEAM_ABBREVIATION", "GAME_ID", "GAME_DATE", "PTS")
    rows = result_set(load(bodies[0], target.scraper), "LeagueGameLog", columns, target.scraper)
    for row in rows:
        need(row, "PLAYER_ID", int, target.scraper)
        need(row, "GAME_ID", str, target.scraper)
    return Parsed(rows, len(rows))


def _box_calls(target: Target, _now: datetime) -> Sequence[Call]:
    return boxscore_v3.calls("boxscoretraditionalv3", target)


def _parse_box(bodies: Sequence[bytes], target: Target) -> Parsed:
    where, game_id = target.scraper, game_of(target).game_id
    document = load(bodies[0], where)
    if isinstance(document, dict) and boxscore_v3.TRADITIONAL in document:
        return boxscore_v3.read(document, boxscore_v3.TRADITIONAL, target, ("points",))
    # A recorded answer of the second version, which is empty for games since October 2025.
    teams = result_set(document, "TeamStats", ("GAME_ID", "TEAM_ID", "PTS"), where)
    players = result_set(document, "PlayerStats", ("GAME_ID", "TEAM_ID", "PLAYER_ID", "PTS"), where)
    if not teams and not players:
        raise NotReadyError(f"{where}: game {game_id}: every result set is empty")
    for row in (*teams, *players):
        need(row, "PTS", (int, type(None)), where)
    if len(teams) != TEAMS_PER_GAME or not players:
        # Since December 2025 this API omits the teams of some games (S8).
        raise ContractError(f"{where}: game {game_id}: {len(teams)} teams, {len(players)} players")
    if any(row["GAME_ID"] != game_id for row in players):
        raise ContractError(f"{where}: GAME_ID of another game than the asked {game_id}")
    rows = [
        {**team, "PLAYERS": [row for row in players if row["TEAM_ID"] == team["TEAM_ID"]]}
        for team in teams
    ]
    for team in rows:
        points = (row["PTS"] or 0 for row in team["PLAYERS"])
        adds_up("the players' PTS", points, team["PTS"] or 0, f"{where}: game {game_id}")
    return Parsed(rows, len(rows))


def _score_of_box(rows: Sequence[Record], game: GameRef) -> tuple[int, int]:
    """Return the points of visitors and hosts, from the form of either version."""
    if "statistics" in rows[0]:
        points = {team["teamTricode"]: team["statistics"]["points"] for team in rows}
    else:
        points = {team["TEAM_ABBREVIATION"]: team["PTS"] for team in rows}
    return points.get(game.away, 0), points.get(game.home, 0)


PLAYER_LIST = Scraper(
    "nbac_player_list",
    "date",
    _list_calls,
    _parse_list,
    always=True,
    expects=Expectation(key=("PERSON_ID",)),
    depends_on="nba_stats",
)
PLAYER_BOXSCORE = Scraper(
    "nbac_player_boxscore",
    "date",
    _log_calls,
    _parse_log,
    due=time(),
    expects=Expectation(
        key=("GAME_ID", "PLAYER_ID"),
        day="GAME_DATE",
        game="GAME_ID",
        team="TEAM_ABBREVIATION",
        points="PTS",
    ),
    depends_on="nba_stats",
)
TEAM_BOXSCORE = Scraper(
    "nbac_team_boxscore",
    "game",
    _box_calls,
    _parse_box,
    due=time(),
    off="nbac_boxscore has the same figures, and needs no proxy",
    expects=Expectation(score=_score_of_box),
    depends_on="nba_stats",
)
