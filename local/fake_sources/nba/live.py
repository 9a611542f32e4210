"""Makes the files that NBA.com's pages load on a game day: play-by-play and referees."""

from datetime import UTC, date, datetime
from typing import Any

from common.calendar.games import FINAL, SCHEDULED, Game
from common.eastern import at
from local.fake_sources.slate import REFEREES_AT, Slate, score, status
from local.fake_sources.teams import team

_REFEREES = ("Ada Whistle", "Ben Whistle", "Cleo Whistle", "Dan Whistle", "Eva Whistle")

Payload = dict[str, Any]
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
    periods = 4 if status(game, now) == FINAL else 2
    away, home = score(game, now)
    actions = [
        _action(game, period, kind, (away * period // periods, home * period // periods))
        for period in range(1, periods + 1)
        for kind in ("start", "end")
    ]
    if status(game, now) == FINAL:
        actions.append(_action(game, periods, "end", (away, home), "game"))
    for number, action in enumerate(actions, 1):
        action["actionNumber"], action["orderNumber"] = number * 2, number * 10000
    meta = {"version": 1, "code": 200, "time": f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}"}
    return {"meta": meta, "game": {"gameId": game_id, "actions": actions}}


def officials(slate: Slate, day: date, now: datetime) -> Payload:
    """List the referees of a date, published at 09:30 ET; other leagues have no games here."""
    out = now >= at(day, REFEREES_AT)
    columns = [
        {"Name": name, "DataType": "Int32" if name.endswith(("_code", "team_id")) else "String"}
        for name in _OFFICIALS.split()
    ]
    rows = [_officials_row(game) for game in slate.on(day)] if out else []
    empty: Payload = {"rows": [], "columns": columns}
    return {
        "nba": {"Table": {"rows": rows, "columns": columns}, "Table1": {"rows": [], "columns": []}},
        "gl": {"Table": empty, "Table1": {"rows": [], "columns": []}},
        "wnba": {"Table": empty, "Table1": {"rows": [], "columns": []}},
    }


def _action(
    game: Game, period: int, kind: str, points: tuple[int, int], action: str = "period"
) -> Payload:
    begins = kind == "start"
    return {
        "clock": "PT12M00.00S" if begins else "PT00M00.00S",
        "period": period,
        "periodType": "REGULAR",
        "actionType": action,
        "subType": kind,
        "personId": 0,
        "possession": 0,
        "scoreAway": str(points[0]),
        "scoreHome": str(points[1]),
        "isFieldGoal": 0,
        "description": f"{action.title()} {kind.title()} {game.away}@{game.home}",
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
    return tuple((9_900_000 + number, _REFEREES[number]) for number in numbers)
