"""Makes stats.nba.com's box scores of the third version: two teams with their players."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from common.calendar.games import FINAL, Game
from common.scrapers.nba.teams import TEAMS
from local.fake_sources.counts import MINUTES, Counts, Side, box
from local.fake_sources.nba import figures
from local.fake_sources.slate import Slate, is_corrected, status
from local.fake_sources.teams import Person, inactive, team

Payload = dict[str, Any]
_Figures = Callable[[Counts, Side], Payload]
_REASON = "DNP - Coach's Decision"


@dataclass(frozen=True)
class Kind:
    """A kind of box score.

    Attributes:
        field: what holds it in the answer.
        player: returns the figures of a player, given the counts and the side.
        team: returns those of a team; the counts are its own.
        has_parts: whether a team's starters and bench are summed as well.
        no_minutes: what stands for the minutes of a player who did not play.
    """

    field: str
    player: _Figures
    team: _Figures
    has_parts: bool = False
    no_minutes: str = ""


KINDS: Mapping[str, Kind] = {
    "traditional": Kind(
        "boxScoreTraditional", figures.traditional, figures.traditional, has_parts=True
    ),
    "advanced": Kind("boxScoreAdvanced", figures.advanced, figures.team_advanced),
    "usage": Kind("boxScoreUsage", figures.usage, figures.usage),
    "playertrack": Kind(
        "boxScorePlayerTrack", figures.player_track, figures.team_track, no_minutes="0:00"
    ),
}
"""By the middle of their names, as in `boxscoreusagev3`."""


def box_score(name: str, slate: Slate, params: Mapping[str, str], now: datetime) -> Payload:
    """Make `/stats/boxscore{name}v3`: both teams without a player until the game is final."""
    game_id, kind = params.get("GameID", ""), KINDS[name]
    request = f"http://nba.cloud/games/{game_id}/boxscore{name}?Format=json"
    time = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    game = slate.by_id.get(game_id)
    held: Payload = {"homeTeam": {"players": []}, "awayTeam": {"players": []}}
    if game is not None and status(game, now) == FINAL:
        held = _teams(name, game, is_corrected=is_corrected(game, now))
    return {
        "meta": {"version": 1, "request": request, "time": time},
        kind.field: {"gameId": game_id, **held},
    }


@lru_cache(maxsize=128)
def _teams(name: str, game: Game, *, is_corrected: bool) -> Payload:
    away, home = box(game, FINAL, is_corrected=is_corrected)
    return {
        "awayTeamId": team(game.away).team_id,
        "homeTeamId": team(game.home).team_id,
        "homeTeam": _side(KINDS[name], home),
        "awayTeam": _side(KINDS[name], away),
    }


def _side(kind: Kind, side: Side) -> Payload:
    about, known = team(side.tricode), TEAMS.get(side.tricode)
    idle = inactive(side.tricode)[0]
    players = [_player(kind, person, counts, side) for person, counts in side.players]
    made: Payload = {
        "teamId": about.team_id,
        "teamCity": about.city,
        "teamName": about.name,
        "teamTricode": side.tricode,
        "teamSlug": known.slug if known else "",
        "players": [*players, _player(kind, idle, Counts(), side._replace(against=side.points))],
        "statistics": _figures(kind.team, f"{5 * MINUTES}:00", side.total, side),
    }
    if not kind.has_parts:
        return made
    return made | {"starters": _part(kind, side.total, side), "bench": _part(kind, Counts(), side)}


def _part(kind: Kind, counts: Counts, side: Side) -> Payload:
    """Sum the starters or the bench; such a part has no margin."""
    found = _figures(kind.team, f"{counts.minutes}:00", counts, side)
    del found["plusMinusPoints"]
    return found


def _player(kind: Kind, person: Person, counts: Counts, side: Side) -> Payload:
    played = counts.minutes > 0
    minutes = f"{counts.minutes}:00" if played else kind.no_minutes
    return {
        "personId": person.person_id,
        "firstName": person.first,
        "familyName": person.last,
        "nameI": f"{person.first[0]}. {person.last}",
        "playerSlug": person.slug,
        "position": "GGFFC"[person.rank] if played else "",
        "comment": "" if played else _REASON,
        "jerseyNum": str(person.rank + 1),
        "statistics": _figures(kind.player, minutes, counts, side),
    }


def _figures(make: _Figures, minutes: str, counts: Counts, side: Side) -> Payload:
    return {"minutes": minutes, **make(counts, side)}
