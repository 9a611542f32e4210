"""The scraper of the teams' rosters, from the data that NBA.com's roster pages embed."""

import re
from collections.abc import Sequence
from datetime import datetime

from common.scrapers.agreement import distinct, same
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.nba.teams import TEAMS, asked_teams, check_teams
from common.scrapers.shape import load, need, objects

PAGE_DATA = re.compile(rb'<script id="__NEXT_DATA__"[^>]*>(.*?)</script>', re.DOTALL)


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [
        Call("nba_www", f"/team/{TEAMS[team].team_id}/{TEAMS[team].slug}/roster", {}, team)
        for team in asked_teams(target)
    ]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    rosters = [_roster(body, target.scraper) for body in bodies]
    check_teams([team for team, _ in rosters], target)
    players = [player for _, own in rosters for player in own]
    return Parsed(players, len(players))


def _roster(page: bytes, where: str) -> tuple[str, list[Record]]:
    """Return a page's team, and its players with the team's tricode."""
    data = PAGE_DATA.search(page)
    if data is None:
        raise ContractError(
            f"{where}: {len(page)} bytes without __NEXT_DATA__; starts {page[:40]!r}"
        )
    inner = load(data[1], where)
    for field in ("props", "pageProps", "team"):
        inner = need(inner, field, dict, where)
    info = need(inner, "info", dict, where)
    tricode = need(info, "TEAM_ABBREVIATION", str, where)
    team_id = need(info, "TEAM_ID", int, where)
    players = objects(need(inner, "roster", list, where), where)
    if not players:
        raise ContractError(f"{where}: roster of {tricode} is empty")
    distinct("PLAYER_ID", (need(player, "PLAYER_ID", int, where) for player in players), where)
    for player in players:
        same(f"TeamID of {player.get('PLAYER')}", player.get("TeamID"), team_id, where)
    return tricode, [{"TEAM_ABBREVIATION": tricode, **player} for player in players]


ROSTER = Scraper(
    "nbac_roster",
    "team",
    _calls,
    _parse,
    always=True,
    off="waits until a workflow asks for it; thirty pages a task",
)
