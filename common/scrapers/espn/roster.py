"""The scraper of the teams' rosters, with injuries, from ESPN's site API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType

from common.scrapers.agreement import distinct, same
from common.scrapers.espn.games import tricode
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.nba.teams import asked_teams, check_teams
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need

PATH = "/apis/site/v2/sports/basketball/nba/teams"
IDS: Mapping[str, int] = MappingProxyType(
    {
        "ATL": 1,
        "BOS": 2,
        "BKN": 17,
        "CHA": 30,
        "CHI": 4,
        "CLE": 5,
        "DAL": 6,
        "DEN": 7,
        "DET": 8,
        "GSW": 9,
        "HOU": 10,
        "IND": 11,
        "LAC": 12,
        "LAL": 13,
        "MEM": 29,
        "MIA": 14,
        "MIL": 15,
        "MIN": 16,
        "NOP": 3,
        "NYK": 18,
        "OKC": 25,
        "ORL": 19,
        "PHI": 20,
        "PHX": 21,
        "POR": 22,
        "SAC": 23,
        "SAS": 24,
        "TOR": 28,
        "UTA": 26,
        "WAS": 27,
    }
)
"""ESPN's ids by NBA.com's tricode."""


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [
        Call("espn_web", f"{PATH}/{IDS[team]}", {"enable": "roster"}, team)
        for team in asked_teams(target)
    ]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    rosters = [_roster(body, target.scraper) for body in bodies]
    check_teams([team for team, _, _ in rosters], target)
    players = [player for _, own, _ in rosters for player in own]
    warnings = tuple(warning for _, _, own in rosters for warning in own)
    return Parsed(players, len(players), warnings)


def _roster(body: bytes, where: str) -> tuple[str, list[Record], tuple[str, ...]]:
    """Return an answer's team, its players with the team's tricode, and warnings of the others."""
    team = need(load(body, where), "team", dict, where)
    name = tricode(need(team, "abbreviation", str, where))
    same(f"id of {name}", need(team, "id", str, where), str(IDS.get(name)), where)
    rows = need(team, "athletes", list, where)
    if not rows:
        raise ContractError(f"{where}: athletes of {name} is empty")
    players, warnings = without_odd(rows, partial(_player, team=name, where=where), where)
    distinct("id", (player["id"] for player in players), where)
    return name, players, warnings


def _player(player: Record, team: str, where: str) -> Record:
    where = f"{where}: {team}: player {player.get('id')!r:.40} {player.get('displayName')!r:.40}"
    for field in ("id", "displayName"):
        need(player, field, str, where)
    return {"teamTricode": team, **player}


ROSTER = Scraper(
    "espn_roster",
    "team",
    _calls,
    _parse,
    always=True,
)
