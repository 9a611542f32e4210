"""The scraper of the teams' rosters, with injuries, from ESPN's site API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from common.scrapers.agreement import distinct, same
from common.scrapers.espn.games import tricode
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.nba.teams import asked_teams, check_teams
from common.scrapers.shape import load, need, objects

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
    check_teams([team for team, _ in rosters], target)
    players = [player for _, own in rosters for player in own]
    return Parsed(players, len(players))


def _roster(body: bytes, where: str) -> tuple[str, list[Record]]:
    """Return an answer's team, and its players with the team's tricode."""
    team = need(load(body, where), "team", dict, where)
    name = tricode(need(team, "abbreviation", str, where))
    same(f"id of {name}", need(team, "id", str, where), str(IDS.get(name)), where)
    players = objects(need(team, "athletes", list, where), where)
    if not players:
        raise ContractError(f"{where}: athletes of {name} is empty")
    for player in players:
        need(player, "displayName", str, where)
    distinct("id", (need(player, "id", str, where) for player in players), where)
    return name, [{"teamTricode": name, **player} for player in players]


ROSTER = Scraper(
    "espn_roster",
    "team",
    _calls,
    _parse,
    always=True,
)
