"""Decides the collection of finished games that every window missed, per game with backoff."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from common.calendar.games import Game
from common.configuration.workflows import CatchUp
from common.decisions.kinds.collection import collect, targets_of
from common.decisions.situation import GAME_LENGTH, Decision, Situation, count, skip
from common.eastern import at
from common.messages.models import GameTarget

PAUSE_EXTRA_MAX = timedelta(hours=12)
"""How much longer than the backoff the pause between two runs for a game may be without counting as
an outage: no tick comes at night, and other dates have their turn first."""
OUTAGE_NIGHTS_MAX = 2
"""How many nights beyond the span are looked at, for games that an outage kept from collection."""


def decide(flow: CatchUp, name: str, situation: Situation) -> Decision:
    """Decide the catch-up: collect the oldest date with a game that is due.

    A decision has one target date (rule R4). If several dates lack data, each tick takes the oldest
    date that is due.
    """
    day = situation.day
    again = situation.next_tick()
    missing = 0
    for games in _nights(flow, name, situation):
        targets = targets_of(flow, games, situation)
        missing += len(targets)
        night = games[0].game_date
        due = tuple(t for t in targets if _is_due(flow, name, t, night, situation))
        asks = "finished games of the night lack data and are due"
        if situation.check(asks, due, night=night, lacking=targets, due=due):
            reason = f"Catching up {count(len(due), 'game')} of {night} without data"
            return collect(flow, situation, reason, night, due)
    if situation.check("all games without data wait for their backoff", missing, waiting=missing):
        reason = f"{count(missing, 'game')} without data, waiting to try again"
        return skip("BACKOFF", reason, day, again, alert="INFO")
    return skip("NOTHING_MISSING", "Nothing missing", day, again)


def _nights(flow: CatchUp, name: str, situation: Situation) -> Iterator[list[Game]]:
    """Yield the finished games that may still be collected, one date at a time, oldest first."""
    reach = int(flow.span_hours // 24) + 1 + OUTAGE_NIGHTS_MAX
    for back in range(reach, 0, -1):
        night = situation.day - timedelta(days=back)
        if situation.collect_since and night < situation.collect_since:
            continue
        if situation.slot < at(night + timedelta(days=1), flow.after):
            continue
        listed = situation.games_on(night)
        games = [game for game in listed if _in_reach(flow, name, game, situation)]
        if games:
            yield games


def _in_reach(flow: CatchUp, name: str, game: Game, situation: Situation) -> bool:
    """Return whether a game is over and its span, without outages, has not passed."""
    if not situation.is_over(game) or game.tipoff is None:
        return game.is_final
    ended, span = game.tipoff + GAME_LENGTH, timedelta(hours=flow.span_hours)
    if situation.slot - ended <= span:
        return True
    assert situation.history is not None
    runs = sorted(situation.history.runs_for(name, game.game_id))
    if not runs:
        return False
    # A longer pause was an outage; only `longest` of it counts, so that a late source still has
    # the whole span to answer.
    longest = timedelta(hours=max(flow.backoff_hours)) + PAUSE_EXTRA_MAX
    pauses = (min(later - run, longest) for run, later in pairwise([*runs, situation.slot]))
    return runs[0] - ended + sum(pauses, timedelta(0)) <= span


def _is_due(
    flow: CatchUp, name: str, target: GameTarget, night: date, situation: Situation
) -> bool:
    """Return whether a game's backoff is over.

    A run that found the game not ready made no attempt; it counts as one here (P2).
    """
    history = situation.history
    assert history is not None
    attempts = [history.of(scraper, night, target.game_id) for scraper in target.scrapers]
    runs = history.runs_for(name, target.game_id)
    last = max((*runs, *(made.last for made in attempts if made.last)), default=None)
    if last is None:
        return True
    spent = max(len(runs), *(made.charged for made in attempts), 1)
    wait = flow.backoff_hours[min(spent, len(flow.backoff_hours)) - 1]
    return situation.slot - last >= timedelta(hours=wait)
