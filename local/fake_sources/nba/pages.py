"""Makes a team's roster page, and the file of signings.

Of the page's data only the team is made: its other parts are the site's furniture.
"""

import json
from functools import cache
from typing import Any

from common.scrapers.nba.teams import TEAMS as NBA_TEAMS
from local.fake_sources.teams import DIVISIONS, TEAMS, Person, Team, inactive, roster

Payload = dict[str, Any]
_SEASON = "2025-26"
_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body>'
    '<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{data}</script>'
    "</body></html>"
)
_COLUMNS = [
    {"Name": name, "DataType": kind}
    for name, kind in (
        ("Transaction_Type", "String"),
        ("TRANSACTION_DATE", "DateTime"),
        ("TRANSACTION_DESCRIPTION", "String"),
        ("TEAM_ID", "Decimal"),
        ("TEAM_SLUG", "String"),
        ("PLAYER_ID", "Decimal"),
        ("PLAYER_SLUG", "String"),
        ("Additional_Sort", "Decimal"),
        ("GroupSort", "String"),
    )
]


def roster_page(team_id: str) -> bytes | None:
    """Make `/team/{id}/{slug}/roster`; None for an id that no team has."""
    found = next((side for side in TEAMS.values() if str(side.team_id) == team_id), None)
    return _page(found) if found else None


@cache
def _page(side: Team) -> bytes:
    slug = NBA_TEAMS[side.tricode].slug
    team = {
        "id": str(side.team_id),
        "slug": slug,
        "info": _info(side, slug),
        "roster": [_row(side, person) for person in _people(side)],
    }
    data = {
        "props": {"pageProps": {"team": team}},
        "page": "/team/[[...props]]",
        "query": {"props": [team["id"], slug, "roster"]},
    }
    title = f"{side.full_name} Roster | NBA.com"
    return _PAGE.format(title=title, data=json.dumps(data, separators=(",", ":"))).encode()


def _people(side: Team) -> tuple[Person, ...]:
    return (*roster(side.tricode), *inactive(side.tricode))


def _info(side: Team, slug: str) -> Payload:
    division = DIVISIONS[side.tricode]
    return {
        "TEAM_ID": side.team_id,
        "SEASON_YEAR": _SEASON,
        "TEAM_CITY": side.city,
        "TEAM_NAME": side.name,
        "TEAM_ABBREVIATION": side.tricode,
        "TEAM_CONFERENCE": division.conference,
        "TEAM_DIVISION": division.name,
        "TEAM_CODE": slug,
        "TEAM_SLUG": slug,
        "W": 0,
        "L": 0,
        "PCT": 0.0,
        "CONF_RANK": 1,
        "DIV_RANK": 1,
        "MIN_YEAR": "1946",
        "MAX_YEAR": "2025",
    }


def _row(side: Team, person: Person) -> Payload:
    """Make a player's row; the last player of a team has no number yet."""
    numbered = person != inactive(side.tricode)[-1]
    return {
        "TeamID": side.team_id,
        "SEASON": _SEASON[:4],
        "LeagueID": "00",
        "PLAYER": person.name,
        "NICKNAME": person.first,
        "PLAYER_SLUG": person.slug,
        "NUM": str(person.rank + 1) if numbered else None,
        "POSITION": "GGFFCFC"[person.rank],
        "HEIGHT": f"6-{3 + person.rank}",
        "WEIGHT": str(195 + 5 * person.rank),
        "BIRTH_DATE": f"JAN 15, {2003 - person.rank}",
        "AGE": 22 + person.rank,
        "EXP": str(1 + person.rank) if person.rank else "R",
        "SCHOOL": "Memphis",
        "PLAYER_ID": person.person_id,
        "HOW_ACQUIRED": "Signed on 07/06/25",
    }


@cache
def player_movement() -> Payload:
    """Make `/js/data/playermovement/NBA_Player_Movement.json`: each player's signing."""
    rows = [_signing(side, person) for side in TEAMS.values() for person in _people(side)]
    return {"NBA_Player_Movement": {"rows": rows, "columns": _COLUMNS}}


def _signing(side: Team, person: Person) -> Payload:
    """Make a signing; the source writes ids with a decimal point."""
    return {
        "Transaction_Type": "Signing",
        "TRANSACTION_DATE": "2025-07-06T00:00:00",
        "TRANSACTION_DESCRIPTION": f"{side.full_name} signed {person.name} to a Contract.",
        "TEAM_ID": float(side.team_id),
        "TEAM_SLUG": NBA_TEAMS[side.tricode].slug,
        "PLAYER_ID": float(person.person_id),
        "PLAYER_SLUG": person.slug,
        "Additional_Sort": 0.0,
        "GroupSort": f"Signing {person.person_id}",
    }
