"""Decides a post-game window: at a time of day it collects the night's finished games."""

from datetime import datetime, timedelta

from common.configuration.workflows import PostGame
from common.decisions.kinds.collection import collect, lacking, targets_of
from common.decisions.situation import Decision, Situation, count, skip
from common.eastern import at, eastern_date


def decide(flow: PostGame, _name: str, situation: Situation) -> Decision:
    """Decide a post-game window.

    The night is taken from the date of the window's middle, so that a window over midnight
    collects one night (scenario T1). Only finished games that lack data become targets.
    """
    window = _window(flow, situation)
    day = eastern_date(window or situation.slot)
    night = day - timedelta(days=1) if flow.games_of == "yesterday" else day
    outside = window is None
    if situation.check("the slot is outside the window", outside, at=flow.at, window=window):
        reason = f"Not in time window ({flow.at:%H:%M} ±{flow.tolerance_minutes}min)"
        return skip("OUTSIDE_WINDOW", reason, night, situation.next_at(flow.at))
    games = situation.games_on(night)
    again = situation.next_tick()
    if situation.check("no game was played that night", not games, night=night, games=games):
        return skip("NO_GAMES", f"No games on {night}", night, again)
    over = [game for game in games if situation.is_over(game)]
    if situation.check("none of its games is over", not over, over=over):
        reason = f"None of {count(len(games), 'game')} of {night} is final yet"
        return skip("NOTHING_FINAL", reason, night, again)
    targets = targets_of(flow, over, situation)
    busy = not targets and any(lacking(flow, game, situation) for game in over)
    if situation.check("a run is collecting what is missing", busy):
        return skip("IN_FLIGHT", "The run before is still under way", night, again)
    if situation.check("every finished game is collected", not targets, lacking=targets):
        reason = f"All {len(over)} finished of {count(len(games), 'game')} are collected"
        return skip("ALL_COLLECTED", reason, night, again)
    reason = f"Ready: {len(targets)} of {count(len(games), 'game')} final and not collected"
    return collect(flow, situation, reason, night, targets)


def _window(flow: PostGame, situation: Situation) -> datetime | None:
    """Return the middle of the window that the slot falls into; None outside every window."""
    tolerance = timedelta(minutes=flow.tolerance_minutes)
    days = (situation.day + timedelta(days=offset) for offset in (-1, 0, 1))
    moments = (at(day, flow.at) for day in days)
    return next((one for one in moments if abs(situation.slot - one) <= tolerance), None)
