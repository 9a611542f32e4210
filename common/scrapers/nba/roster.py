"""The scraper of the teams' rosters, from the data that NBA.com's roster pages embed."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from common.scrapers.agreement import distinct, same
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.nba.teams import TEAMS, asked_teams, check_teams
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need

PAGE_DATA = re.compile(rb'<script id="__NEXT_DATA__"[^>]*>(.*?)</script>', re.DOTALL)


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [
        Call("nba_www", f"/team/{TEAMS[team].team_id}/{TEAMS[team].slug}/roster", {}, team)
        for team in asked_teams(target)
    ]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    rosters = [_roster(body, target.scraper) for body in bodies]
    check_teams([team for team, _, _ in rosters], target)
    players = [player for _, own, _ in rosters for player in own]
    warnings = tuple(warning for _, _, own in rosters for warning in own)
    return Parsed(players, len(players), warnings)


def _roster(page: bytes, where: str) -> tuple[str, list[Record], tuple[str, ...]]:
    """Return a page's team, its players with the team's tricode, and warnings of the others."""
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
    rows = need(inner, "roster", list, where)
    if not rows:
        raise ContractError(f"{where}: roster of {tricode} is empty")
    players, warnings = without_odd(rows, partial(_player, team_id=team_id, where=where), where)
    distinct("PLAYER_ID", (player["PLAYER_ID"] for player in players), where)
    return tricode, [{"TEAM_ABBREVIATION": tricode, **player} for player in players], warnings


def _player(player: Record, team_id: int, where: str) -> Record:
    same(f"TeamID of {player.get('PLAYER')}", player.get("TeamID"), team_id, where)
    need(player, "PLAYER_ID", int, f"{where}: {player.get('PLAYER')!r:.40}")
    return player


ROSTER = Scraper(
    "nbac_roster",
    "team",
    _calls,
    _parse,
    always=True,
    off="waits until a workflow asks for it; thirty pages a task",
)
