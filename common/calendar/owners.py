"""Brings two owners' views of a date's games together: the schedule, and another one's scoreboard.

Games are the same when date and teams are; no two teams meet twice on a day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from common.calendar.game_ids import OTHER_OWNER
from common.calendar.games import FINAL, LIVE, SCHEDULED, UNKNOWN_TEAM, Game, season_of

FINAL_ANYWAY_AFTER = timedelta(hours=4, minutes=30)
"""How long after its tip-off a game is final although the owners disagree: the two and a half hours
of a game, and two more."""


@dataclass(frozen=True)
class Listing:
    """A game as the other owner lists it.

    Attributes:
        their_id: the other owner's id.
        tipoff: aware UTC.
        away, home: NBA.com's tricodes.
        status: 1 scheduled, 2 live, 3 final.
        postponed: it will not be played on its date.
        score: points of visitors and hosts; None before the game has begun.
    """

    their_id: str
    day: date
    tipoff: datetime
    away: str
    home: str
    status: int
    postponed: bool
    score: tuple[int, int] | None

    @property
    def teams(self) -> frozenset[str]:
        """The two teams, in no order: in a neutral arena owners may differ in who is at home."""
        return frozenset((self.away, self.home))

    def score_of(self, game: Game) -> tuple[int, int] | None:
        """Return the points of a game's visitors and hosts."""
        if self.score is None or (game.away, game.home) == (self.away, self.home):
            return self.score
        return self.score[::-1]


def settle(
    games: Iterable[Game], listings: Sequence[Listing], now: datetime, *, is_fresh: bool
) -> tuple[list[Game], list[str]]:
    """Bring the games of one date and the other owner's listings of it together.

    Args:
        games: the schedule's games of the date.
        listings: the other owner's games of the date.
        now: the instant (aware).
        is_fresh: whether the schedule could be asked for; if not, the listings say what has
            happened since, and games that only they have are added with ids of their own.

    Returns:
        The games, and a warning for each difference between owners that both answered.
    """
    # A game that is postponed and played on the same date is listed twice: the played one counts.
    theirs = {one.teams: one for one in sorted(listings, key=_weight)}
    settled: list[Game] = []
    warnings: list[str] = []
    for game in games:
        listing = theirs.pop(frozenset((game.away, game.home)), None)
        if listing is None and listings and not is_fresh and UNKNOWN_TEAM in (game.away, game.home):
            continue  # a knockout game's place in the old schedule: the listings have its teams
        if listing is None:
            settled.append(game)
        elif is_fresh:
            warnings += _differences(game, listing)
            settled.append(_agreed(game, listing, now))
        else:
            settled.append(_as_listed(game, listing))
    added = [] if is_fresh else [_added(listing) for listing in theirs.values()]
    if is_fresh:
        warnings += (
            f"{listing.day}: the other owner lists {listing.away}@{listing.home} "
            f"({listing.their_id}), and the schedule does not"
            for listing in theirs.values()
        )
    return settled + added, warnings


def _weight(listing: Listing) -> int:
    return 0 if listing.postponed else listing.status


def _differences(game: Game, listing: Listing) -> Iterator[str]:
    """Yield a warning with both values for each field in which the owners differ."""
    pairs = [("postponed", game.postponed, listing.postponed)]
    if not (game.postponed or listing.postponed):
        if game.tipoff is not None:
            pairs.append(("tip-off", f"{game.tipoff}", f"{listing.tipoff}"))  # type: ignore[arg-type]
        pairs.append(("final", game.is_final, listing.status == FINAL))
    if game.is_final and listing.status == FINAL:
        pairs.append(("score", game.score, listing.score_of(game)))  # type: ignore[arg-type]
    for field, ours, others in pairs:
        if ours != others:
            yield f"game {game.game_id}: {field} is {ours} in the schedule, {others} elsewhere"


def _agreed(game: Game, listing: Listing, now: datetime) -> Game:
    """Return a game, which is not final before the owners agree or two hours have passed."""
    both = game.is_final and listing.status == FINAL and game.score == listing.score_of(game)
    tipoff = game.tipoff or listing.tipoff
    if both or (game.is_final and now >= tipoff + FINAL_ANYWAY_AFTER):
        return game
    if now >= tipoff + FINAL_ANYWAY_AFTER and listing.status == FINAL and not game.postponed:
        return _as_listed(game, listing)
    return replace(game, status=LIVE) if game.is_final else game


def _as_listed(game: Game, listing: Listing) -> Game:
    score = listing.score_of(game)
    return replace(
        game,
        tipoff=listing.tipoff,
        status=SCHEDULED if listing.postponed else listing.status,
        has_score=bool(score and any(score)),
        postponed=listing.postponed,
        score=score,
    )


def _added(listing: Listing) -> Game:
    made = Game(
        game_id=f"{OTHER_OWNER}{listing.their_id}",
        game_date=listing.day,
        away=listing.away,
        home=listing.home,
        tipoff=listing.tipoff,
        status=SCHEDULED,
        has_score=False,
        postponed=False,
        season=season_of(listing.day),
    )
    return _as_listed(made, listing)
