"""Makes ESPN's page of a game's box score: a small page around the data that it embeds.

The recorded page is of a finished game. The furniture around its data (navigation, news,
standings) is left out.
"""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from common.calendar.games import FINAL, SCHEDULED, Game
from local.fake_sources.counts import PERIODS, Counts, Side, box, quarters
from local.fake_sources.espn.scoreboard import event
from local.fake_sources.espn.teams import (
    EspnTeam,
    athlete_id,
    espn_team,
    guid,
    nba_game_id,
    player_page,
)
from local.fake_sources.nba.arenas import arena
from local.fake_sources.nba.live import referees
from local.fake_sources.slate import Slate, final_score, status
from local.fake_sources.teams import Person, inactive

Payload = dict[str, Any]
KEYS = [
    "minutes",
    "fieldGoalsMade-fieldGoalsAttempted",
    "threePointFieldGoalsMade-threePointFieldGoalsAttempted",
    "freeThrowsMade-freeThrowsAttempted",
    "offensiveRebounds",
    "defensiveRebounds",
    "rebounds",
    "assists",
    "steals",
    "blocks",
    "turnovers",
    "fouls",
    "plusMinus",
    "points",
]
LABELS = [
    "MIN",
    "FG",
    "3PT",
    "FT",
    "OREB",
    "DREB",
    "REB",
    "AST",
    "STL",
    "BLK",
    "TO",
    "PF",
    "+/-",
    "PTS",
]
_PAGE = (
    '<!doctype html>\n<html lang="en"><head><title>{title}</title></head><body>'
    "<div id=\"espnfitt\"></div><script>window['__espnfitt__']={data};</script></body></html>\n"
)


def page(slate: Slate, espn_id: str, now: datetime) -> bytes | None:
    """Make `/nba/boxscore/_/gameId/{id}`; None for an id that no game has."""
    game = slate.by_id.get(nba_game_id(espn_id))
    return _page(game, status(game, now)) if game else None


@lru_cache(maxsize=256)
def _page(game: Game, state: int) -> bytes:
    about = event(game, state)
    content = {"gamepackage": _package(game, state)}
    data = {
        "app": {"uid": "espnfitt"},
        "page": {"key": "gamepackage", "type": "gamepackage", "content": content},
    }
    text = json.dumps(data, separators=(",", ":"))
    return _PAGE.format(title=f"{about['name']} - Box Score - ESPN", data=text).encode()


def _package(game: Game, state: int) -> Payload:
    about = event(game, state)
    players = [
        _box(side, state, at_home=side.tricode == game.home)
        for side in box(game, state, is_corrected=False)
    ]
    return {
        "compUID": about["competitions"][0]["uid"],
        "gmStrp": _strip(game, state),
        "lg": "nba",
        "lgUid": "s:40~l:46",
        "maxPeriods": PERIODS,
        "gmInfo": _info(game, state),
        "sbpg": "boxscore",
        "bxscr": players if state != SCHEDULED else [],
    }


def _strip(game: Game, state: int) -> Payload:
    about = event(game, state)
    kind = about["status"]["type"]
    away, home = (_side(game, side, state) for side in box(game, state, is_corrected=False))
    return {
        "uid": about["uid"],
        "gid": about["id"],
        "dt": about["date"],
        "isTdy": state != FINAL,
        "nm": "basketball",
        "possAvail": False,
        "seasonType": about["season"]["type"],
        "status": {
            "desc": kind["description"],
            "det": kind["detail"],
            "id": kind["id"],
            "state": kind["state"],
            "statusPrimary": kind["description"],
        },
        "statusState": kind["state"],
        "tbd": game.tipoff is None,
        "tms": [home, away],
        "isConferenceGame": False,
        "lgId": "46",
        "config": {"maxPeriods": PERIODS},
        "hasWinner": state == FINAL,
        "bxscrSrc": "full",
        "tmsOrdrd": [away, home],
    }


def _side(game: Game, side: Side, state: int) -> Payload:
    its, at_home = espn_team(side.tricode), side.tricode == game.home
    finals = final_score(game.game_id)
    periods = [{"displayValue": str(points)} for points in quarters(finals[at_home], state)]
    made = {
        **_looks(its),
        "recordSummary": "",
        "standingSummary": "",
        "records": [
            {"type": kind, "summary": "0-0", "displayValue": "0-0"}
            for kind in ("total", "home" if at_home else "road")
        ],
        "recordTotal": "0-0",
        "recordSupplemental": f"0-0 {'Home' if at_home else 'Away'}",
        "isHome": at_home,
        "linescores": periods,
        "calculatedLinescores": periods,
        "score": str(side.points),
    }
    return made | {"winner": True} if state == FINAL and side.margin > 0 else made


def _looks(its: EspnTeam) -> Payload:
    colour = f"#{its.colour}"
    return {
        "id": its.espn_id,
        "abbrev": its.abbreviation,
        "displayName": its.about.full_name,
        "shortDisplayName": its.about.name,
        "logo": its.logo,
        "teamColor": its.colour,
        "altColor": its.alternate,
        "uid": its.uid,
        "guid": guid(its.uid),
        "location": its.about.city,
        "links": f"/nba/team/_/name/{its.code}/{its.slug}",
        "logoDk": its.logo.replace("/500/", "/500-dark/"),
        "gmStrpClrV4": colour,
        "acsblClr": colour,
        "ltMdAcsblClr": colour,
        "logoMd": f"{its.logo}&cquality=80&h=64&w=64",
    }


def _info(game: Game, state: int) -> Payload:
    place = arena(game.home)
    about = event(game, state)
    return {
        "attnd": about["competitions"][0]["attendance"],
        "broadcasts": [{"type": "1", "market": "National", "name": "NBA TV"}],
        "cvrg": "NBA TV",
        "gameState": about["status"]["type"]["state"],
        "dtTmVld": game.tipoff is not None,
        "dtTm": about["date"],
        "refs": [{"dspNm": name, "pos": "Referee"} for _, name in referees(game.game_id)],
        "loc": place.name,
        "locAddr": {"city": place.city, "state": place.state},
    }


def _box(side: Side, state: int, *, at_home: bool) -> Payload:
    its = espn_team(side.tricode)
    starters = [_athlete(person, counts, side.margin) for person, counts in side.players]
    bench = [_did_not_play(inactive(side.tricode)[0])] if state == FINAL else []
    return {
        "tm": {
            "abbrev": its.abbreviation,
            "dspNm": its.about.full_name,
            "id": its.espn_id,
            "nm": its.about.name,
            "logo": its.logo,
            "hm": at_home,
        },
        "stats": [_group("starters", starters), _group("bench", bench), _totals(side.total)],
    }


def _group(kind: str, athletes: list[Payload]) -> Payload:
    return {"athlts": athletes, "keys": KEYS, "lbls": LABELS, "type": kind}


def _athlete(person: Person, counts: Counts, margin: int) -> Payload:
    return {"stats": _values(counts, str(counts.minutes), f"{margin:+d}"), "athlt": _about(person)}


def _did_not_play(person: Person) -> Payload:
    return {"stats": [], "athlt": _about(person), "dnpRsn": "DNP-COACH'S DECISION"}


def _about(person: Person) -> Payload:
    uid = f"s:40~l:46~a:{athlete_id(person)}"
    return {
        "id": athlete_id(person),
        "guid": guid(uid),
        "lnk": player_page(person),
        "uid": uid,
        "jersey": str(person.rank + 1),
        "shrtNm": f"{person.first[0]}. {person.last}",
        "dspNm": person.name,
    }


def _values(counts: Counts, minutes: str, margin: str) -> list[str]:
    """Write the counts in the order of the labels."""
    return [
        minutes,
        f"{counts.made}-{counts.tried}",
        f"{counts.threes}-{counts.threes_tried}",
        f"{counts.free}-{counts.free_tried}",
        str(counts.offensive),
        str(counts.defensive),
        str(counts.rebounds),
        str(counts.assists),
        str(counts.steals),
        str(counts.blocks),
        str(counts.turnovers),
        str(counts.fouls),
        margin,
        str(counts.points),
    ]


def _totals(total: Counts) -> Payload:
    made = (
        (total.made, total.tried),
        (total.threes, total.threes_tried),
        (total.free, total.free_tried),
    )
    shares = [f"{100 * part / whole if whole else 0:.1f}%" for part, whole in made]
    return {
        "pcts": ["", *shares, *[""] * (len(LABELS) - 1 - len(shares))],
        "ttls": _values(total, "", ""),
        "type": "totals",
    }
