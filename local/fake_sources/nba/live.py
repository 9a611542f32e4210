"""Makes the files that NBA.com's pages load on a game day: play-by-play and referees."""

from datetime import date, datetime
from typing import Any

from common.calendar.games import FINAL, SCHEDULED, Game
from common.eastern import EASTERN, at
from local.fake_sources.counts import PERIODS
from local.fake_sources.slate import GAME_LENGTH, REFEREES_AT, Slate, score, status
from local.fake_sources.teams import team

_REFEREES = ("Ada Whistle", "Ben Whistle", "Cleo Whistle", "Dan Whistle", "Eva Whistle")
_FIRST_REFEREE = 9_900_000

Payload = dict[str, Any]
_REPLAY_COLUMNS = [
    {"Name": "game_date", "DataType": "String"},
    {"Name": "official_code", "DataType": "Int32"},
    {"Name": "replaycenter_official", "DataType": "String"},
]
_OFFICIALS = (
    "game_id game_date season game_code home_team_id home_team home_team_abbr away_team_id "
    "away_team away_team_abbr official1 official1_code official1_JNum official2 official2_code "
    "official2_JNum official3 official3_code official3_JNum official4 official4_code "
    "official4_JNum"
)


def play_by_play(slate: Slate, game_id: str, now: datetime) -> Payload | None:
    """Make the live file: None before the tip-off, and complete only once the game is final."""
    game = slate.by_id.get(game_id)
    if game is None or status(game, now) == SCHEDULED:
        return None
    is_over = status(game, now) == FINAL
    periods = PERIODS if is_over else PERIODS // 2
    away, home = score(game, now)
    actions = [
        _action(game, period, kind, (away * reached // periods, home * reached // periods))
        for period in range(1, periods + 1)
        for kind, reached in (("start", period - 1), ("end", period))
    ]
    if is_over:
        actions.append(_action(game, periods, "end", (away, home), "game"))
    for number, action in enumerate(actions, 1):
        action["actionNumber"], action["orderNumber"] = number * 2, number * 10000
    return {"meta": _meta(game_id, now), "game": {"gameId": game_id, "actions": actions}}


def _meta(game_id: str, now: datetime) -> Payload:
    return {
        "version": 1,
        "code": 200,
        "request": f"http://nba.cloud/games/{game_id}/playbyplay?Format=json",
        "time": f"{now.astimezone(EASTERN):%Y-%m-%d %H:%M:%S.%f}",
    }


def officials(slate: Slate, day: date, now: datetime) -> Payload:
    """List the referees of a date, published at 09:30 ET; other leagues have no games here."""
    out = now >= at(day, REFEREES_AT)
    columns = [
        {"Name": name, "DataType": "Int32" if name.endswith(("_code", "team_id")) else "String"}
        for name in _OFFICIALS.split()
    ]
    rows = [_officials_row(game) for game in slate.on(day)] if out else []
    empty: Payload = {"rows": [], "columns": columns}
    replays = {"rows": _replay_rows(day) if rows else [], "columns": _REPLAY_COLUMNS}
    return {
        "nba": {"Table": {"rows": rows, "columns": columns}, "Table1": replays},
        "gl": {"Table": empty, "Table1": replays},
        "wnba": {"Table": empty, "Table1": replays},
    }


def _replay_rows(day: date) -> list[Payload]:
    """List the referees of the replay center, who are the same for all leagues."""
    return [
        {
            "game_date": f"{day:%m/%d/%Y}",
            "official_code": _FIRST_REFEREE + number,
            "replaycenter_official": name,
        }
        for number, name in enumerate(_REFEREES[:3])
    ]


def _action(
    game: Game, period: int, kind: str, points: tuple[int, int], action: str = "period"
) -> Payload:
    """Make the start or end of a period or of the game."""
    assert game.tipoff is not None
    begins = kind == "start"
    happened = game.tipoff + GAME_LENGTH * (period - begins) / PERIODS
    return {
        "clock": "PT12M00.00S" if begins else "PT00M00.00S",
        "timeActual": f"{happened:%Y-%m-%dT%H:%M:%S.0Z}",
        "period": period,
        "periodType": "REGULAR",
        "actionType": action,
        "subType": kind,
        "qualifiers": [],
        "personId": 0,
        "x": None,
        "y": None,
        "possession": 0,
        "scoreHome": str(points[1]),
        "scoreAway": str(points[0]),
        "edited": f"{happened:%Y-%m-%dT%H:%M:%SZ}",
        "isTargetScoreLastPeriod": False,
        "xLegacy": None,
        "yLegacy": None,
        "isFieldGoal": 0,
        "side": None,
        "description": f"{action.title()} {kind.title()}",
        "personIdsFilter": [],
    }


def _officials_row(game: Game) -> Payload:
    away, home = team(game.away), team(game.home)
    row = dict.fromkeys(_OFFICIALS.split()) | {
        "game_id": game.game_id,
        "game_date": f"{game.game_date:%m/%d/%Y}",
        "season": "2" + game.season[:4],
        "game_code": game.code,
        "home_team_id": home.team_id,
        "home_team": home.city,
        "home_team_abbr": game.home,
        "away_team_id": away.team_id,
        "away_team": away.city,
        "away_team_abbr": game.away,
    }
    for place, (code, name) in enumerate(referees(game.game_id), 1):
        row |= {f"official{place}": name, f"official{place}_code": code}
        row[f"official{place}_JNum"] = str(code % 100 + 1)
    return row


def referees(game_id: str) -> tuple[tuple[int, str], ...]:
    """Choose a game's three referees, each an id and a name."""
    start = int(game_id) % len(_REFEREES)
    numbers = [(start + step) % len(_REFEREES) for step in range(3)]
    return tuple((_FIRST_REFEREE + number, _REFEREES[number]) for number in numbers)
