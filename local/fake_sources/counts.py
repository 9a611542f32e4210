"""What each player does in a game, which every box score writes in a form of its own.

A team's counts are the sums of its players', as in the recordings.
"""

from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from common.calendar.games import LIVE, SCHEDULED, Game
from local.fake_sources.slate import score_in
from local.fake_sources.teams import Person, roster

MINUTES = 48
"""How long each of a team's five players is on the court; half as long while a game goes on."""
PERIODS = 4
_SHARES = (0.32, 0.24, 0.18, 0.14)
"""Shares of a team's points, best scorer first; the rest goes to the last player."""
_USUAL = {"offensive": 1, "defensive": 4, "assists": 3, "steals": 1, "turnovers": 2, "fouls": 3}


class Counts(NamedTuple):
    """The counts of a player or of a team; `free` are free throws."""

    minutes: int = 0
    points: int = 0
    made: int = 0
    tried: int = 0
    threes: int = 0
    threes_tried: int = 0
    free: int = 0
    free_tried: int = 0
    offensive: int = 0
    defensive: int = 0
    assists: int = 0
    steals: int = 0
    blocks: int = 0
    turnovers: int = 0
    fouls: int = 0

    @property
    def rebounds(self) -> int:
        """The rebounds of players; a team's own are not among them."""
        return self.offensive + self.defensive


class Side(NamedTuple):
    """One side of a game: points for and against, and each player's counts, best scorer first."""

    tricode: str
    points: int
    against: int
    players: tuple[tuple[Person, Counts], ...]

    @property
    def total(self) -> Counts:
        """The team's counts."""
        return Counts(*map(sum, zip(*(counts for _, counts in self.players), strict=True)))

    @property
    def margin(self) -> int:
        """How many points the side is ahead."""
        return self.points - self.against


@lru_cache(maxsize=256)
def box(game: Game, state: int, *, is_corrected: bool) -> tuple[Side, Side]:
    """Count visitors and hosts in a state of a game.

    Args:
        game: the game.
        state: its status; half of everything is played while it is live.
        is_corrected: whether the count that the league corrects later is corrected already.
    """
    away, home = score_in(game, state)
    minutes = 0 if state == SCHEDULED else MINUTES // 2 if state == LIVE else MINUTES
    visitors = Side(game.away, away, home, _players(game.away, away, minutes))
    hosts = Side(game.home, home, away, _players(game.home, home, minutes))
    return (visitors, _corrected(hosts, game.game_id)) if is_corrected else (visitors, hosts)


def quarters(points: int, state: int) -> tuple[int, ...]:
    """Split a side's final points over the periods that are played in a state of a game."""
    played = {SCHEDULED: 0, LIVE: PERIODS // 2}.get(state, PERIODS)
    marks = [points * period // PERIODS for period in range(played + 1)]
    return tuple(end - start for start, end in pairwise(marks))


def _players(tricode: str, points: int, minutes: int) -> tuple[tuple[Person, Counts], ...]:
    scored = [int(points * share) for share in _SHARES]
    own = [*scored, points - sum(scored)]
    return tuple(
        (person, _counts(each, minutes)) for person, each in zip(roster(tricode), own, strict=True)
    )


def _counts(points: int, minutes: int) -> Counts:
    """Return counts that make the points."""
    if not minutes:
        return Counts()
    threes = points // 9
    free = (points - 3 * threes) % 2 + 2
    made = (points - 3 * threes - free) // 2 + threes
    return Counts(minutes, points, made, made * 2, threes, threes * 3, free, free, **_USUAL)


def _corrected(side: Side, game_id: str) -> Side:
    """Give one of the players a rebound or an assist more."""
    digest = sha256(game_id.encode()).digest()
    rank, field = digest[3] % len(side.players), ("defensive", "assists")[digest[4] % 2]
    players = list(side.players)
    person, counts = players[rank]
    players[rank] = person, counts._replace(**{field: getattr(counts, field) + 1})
    return side._replace(players=tuple(players))
