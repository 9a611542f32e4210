"""Decides a pre-game workflow: every few hours from the lead time to the last tip-off."""

from datetime import datetime, timedelta

from common.calendar.games import Game
from common.configuration.workflows import PreGame
from common.decisions.situation import (
    Decision,
    Situation,
    count,
    hours,
    skip,
    wall,
    with_dependencies,
)
from common.eastern import at, minutes_between


def decide(flow: PreGame, name: str, situation: Situation) -> Decision:
    """Decide a pre-game workflow.

    Games without a tip-off time do not count for the window. If nothing succeeded today and the
    next tip-off is nearer than `abort_minutes`, the decision is an ABORT (WARNING).
    """
    assert situation.history is not None
    day = situation.day
    games = situation.games_on(day)
    tips = sorted(game.tipoff for game in games if game.tipoff is not None)
    upcoming = [tip for tip in tips if tip > situation.judged]
    if situation.check("no tip-off lies ahead today", not upcoming, tips=tips):
        return _nothing_ahead(games, tips, situation)
    lead = timedelta(hours=flow.lead_hours)
    early = upcoming[0] - situation.judged > lead
    if situation.check("it is before the lead time", early, next=upcoming[0], lead=lead):
        wait = f"first game in {hours(upcoming[0] - situation.now)}, lead time {hours(lead)}"
        opens = max(upcoming[0] - lead, at(day, flow.start))
        return skip("TOO_EARLY", f"Too early ({wait})", day, situation.ahead(opens))
    outside = not at(day, flow.start) <= situation.slot <= at(day, flow.end)
    if situation.check("the slot is outside the hours", outside, start=flow.start, end=flow.end):
        band = f"{flow.start:%H:%M}-{flow.end:%H:%M}"
        opens = situation.next_at(flow.start)
        return skip("OUTSIDE_HOURS", f"Outside hours ({band})", day, opens)
    return _this_period(flow, name, situation, upcoming)


def _nothing_ahead(games: tuple[Game, ...], tips: list[datetime], situation: Situation) -> Decision:
    day, again = situation.day, situation.next_tick()
    if situation.check("no game is played today", not games):
        return skip("NO_GAMES", "No games today", day, again)
    if situation.check("no tip-off time is known", not tips, games=games):
        reason = f"Tip-off times of {count(len(games), 'game')} are to be determined"
        return skip("TIME_TBD", reason, day, again, alert="INFO")
    return skip("AFTER_LAST_TIPOFF", f"Last game tipped off at {wall(tips[-1])}", day, again)


def _this_period(
    flow: PreGame, name: str, situation: Situation, upcoming: list[datetime]
) -> Decision:
    assert situation.history is not None
    day, history = situation.day, situation.history
    every = timedelta(hours=flow.every_hours)
    ran = {name: situation.attempts(flow, name, day).succeeded for name in flow.scrapers}
    due = [name for name, when in ran.items() if when is None or when + every <= situation.slot]
    running = history.in_flight(name, day, situation.slot)
    done = not due or running
    if situation.check(
        "all ran in this period or are running", done, every=every, due=due, run=running
    ):
        times = [running.slot] if running else sorted(when for when in ran.values() if when)
        following = max(times[0] + every, situation.next_tick())
        so_far = "Under way since" if running else "Ran at"
        reason = f"{so_far} {wall(times[-1])}, next run at {wall(following)}"
        return skip("RAN_THIS_PERIOD", reason, day, following)
    idle = not any(ran.values())
    if idle and (nearness := _too_near(flow, situation, upcoming[0])):
        return nearness
    return _run(flow, situation, upcoming, due)


def _too_near(flow: PreGame, situation: Situation, tip: datetime) -> Decision | None:
    near = minutes_between(situation.judged, tip) < flow.abort_minutes
    if not situation.check("nothing succeeded and the next tip-off is too near", near, next=tip):
        return None
    minutes = max(0, round(minutes_between(situation.now, tip)))
    lead = hours(timedelta(hours=flow.lead_hours))
    reason = f"Missed window (first game in {minutes} min, needed {lead} lead time)"
    return Decision("ABORT", "MISSED_WINDOW", reason, situation.day, "WARNING")


def _run(flow: PreGame, situation: Situation, upcoming: list[datetime], due: list[str]) -> Decision:
    day = situation.day
    games = situation.games_on(day)
    ahead = [game for game in games if game.tipoff is None or game.tipoff > situation.judged]
    until = hours(upcoming[0] - situation.now)
    reason = f"Ready: {count(len(games), 'game')} today, {until} until first game"
    if len(ahead) < len(games):
        reason = f"Ready: {len(ahead)} of {len(games)} games ahead, {until} until next tip-off"
    return Decision(
        "RUN",
        "READY",
        reason,
        day,
        scrapers=with_dependencies(flow, due),
        game_ids=tuple(game.game_id for game in ahead),
    )
