"""Finished games that every window missed: per game, with backoff, for three days."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from common.calendar.games import Game
from common.configuration.workflows import CatchUp
from common.decisions.kinds.collection import collect, targets_of
from common.decisions.situation import GAME_LENGTH, Decision, Situation, count, skip
from common.eastern import at
from common.messages.models import GameTarget

NIGHT = timedelta(hours=12)
"""What a night, and other dates' turns, may add to the backoff between two looks at a game."""
NIGHTS_LOST = 2
"""Nights beyond the span that an outage may have kept from being caught up."""


def decide(flow: CatchUp, name: str, situation: Situation) -> Decision:
    """Judge the catch-up: the oldest date that lacks data and whose backoff is over.

    A decision has one target date (rule R4); with several dates behind, each tick takes the
    oldest that is due, and the next tick the next.
    """
    day = situation.day
    again = situation.next_tick()
    missing = 0
    for games in _nights(flow, name, situation):
        targets = targets_of(flow, games, situation)
        missing += len(targets)
        night = games[0].game_date
        due = tuple(t for t in targets if _is_due(flow, name, t, night, situation))
        asks = "finished games of a night lack data, and their backoff is over"
        if situation.holds(asks, due, night=night, lacking=targets, due=due):
            reason = f"Catching up {count(len(due), 'game')} of {night} without data"
            return collect(flow, situation, reason, night, due)
    if situation.holds("games without data wait for their backoff", missing, waiting=missing):
        reason = f"{count(missing, 'game')} without data, waiting to try again"
        return skip("BACKOFF", reason, day, again, alert="INFO")
    return skip("NOTHING_MISSING", "Nothing missing", day, again)


def _nights(flow: CatchUp, name: str, situation: Situation) -> Iterator[list[Game]]:
    """Finished games in reach, a date at a time, oldest first."""
    reach = int(flow.span_hours // 24) + 1 + NIGHTS_LOST
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
    if not situation.is_over(game) or game.tipoff is None:
        return game.is_final
    since, span = game.tipoff + GAME_LENGTH, timedelta(hours=flow.span_hours)
    if situation.slot - since <= span:
        return True
    assert situation.history is not None
    looks = sorted(situation.history.runs_for(name, game.game_id))
    if not looks:
        return False
    # A longer pause was an outage: it must not use up the time in which a late source may answer.
    longest = timedelta(hours=max(flow.backoff_hours)) + NIGHT
    pauses = (min(later - look, longest) for look, later in pairwise([*looks, situation.slot]))
    return looks[0] - since + sum(pauses, timedelta(0)) <= span


def _is_due(
    flow: CatchUp, name: str, target: GameTarget, night: date, situation: Situation
) -> bool:
    """Whether the backoff is over; a run that found the game not ready counts as a try (P2)."""
    history = situation.history
    assert history is not None
    tries = [history.of(scraper, night, target.game_id) for scraper in target.scrapers]
    runs = history.runs_for(name, target.game_id)
    last = max((*runs, *(tried.last for tried in tries if tried.last)), default=None)
    if last is None:
        return True
    spent = max(len(runs), *(tried.tried for tried in tries), 1)
    wait = flow.backoff_hours[min(spent, len(flow.backoff_hours)) - 1]
    return situation.slot - last >= timedelta(hours=wait)
