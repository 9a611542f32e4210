"""The decision core: a pure function of configuration, games, history and instant (rule R1)."""

from dataclasses import replace
from typing import assert_never

from common.calendar.days import month_of, weekday_of
from common.calendar.slots import is_expired
from common.configuration.workflows import (
    CatchUp,
    DailyWindow,
    Discovery,
    PostGame,
    PreGame,
    Workflow,
)
from common.decisions.kinds import catch_up, daily_window, discovery, post_game, pre_game
from common.decisions.situation import Decision, Situation, skip
from common.eastern import eastern


def decide(name: str, flow: Workflow, situation: Situation, *, forced: bool = False) -> Decision:
    """Decide one workflow in one slot.

    Args:
        name: the workflow's name.
        flow: the workflow's configuration.
        situation: everything the decision depends on.
        forced: an operator forced the tick, so the slot does not expire.

    Returns:
        Exactly one decision; it is an ABORT with the cause when schedule or history could not be
        read (rule R5).
    """
    expired = is_expired(situation.slot, situation.now) and not forced
    if situation.check("the tick came too late for its slot", expired, now=situation.now):
        late = round((situation.now - situation.slot).total_seconds() / 60)
        reason = f"Slot expired (tick came {late} min late, limit 60 min)"
        return skip("SLOT_EXPIRED", reason, situation.day, situation.next_tick(), alert="WARNING")
    return _paused(_unpaused(name, flow, situation), name, situation)


def _unpaused(name: str, flow: Workflow, situation: Situation) -> Decision:
    if only := _only_on(flow, situation):
        return skip("OTHER_DAY", only, situation.day, situation.next_tick())
    unread = situation.history is None or (situation.calendar is None and needs_games(flow))
    if situation.check("schedule or history is unreadable", unread, cause=situation.cause):
        what = "history" if situation.history is None else "schedule"
        reason = f"Could not read the {what}: {situation.cause}"
        code = f"{what.upper()}_UNAVAILABLE"
        return Decision("ABORT", code, reason[:500], situation.day, "ERROR")
    doubted = situation.stale and needs_games(flow) and not situation.games_on(situation.day)
    if situation.check("a stale schedule lists no game today", doubted, stale=situation.stale):
        reason = "No games today, but the schedule is stale; refresh nbac_schedule_api"
        return Decision("ABORT", "SCHEDULE_STALE", reason, situation.day, "ERROR")
    return _owned(_by_kind(name, flow, situation), flow, situation)


def _only_on(flow: Workflow, situation: Situation) -> str:
    """Return on which days a workflow runs where the slot's is none of them; else nothing."""
    weekday, month = weekday_of(situation.day), month_of(situation.day)
    other = weekday not in flow.weekdays
    if flow.weekdays and situation.check("it is another weekday", other, weekday=weekday):
        return f"Only on {', '.join(flow.weekdays)}"
    other = month not in flow.months
    if flow.months and situation.check("it is another month", other, month=month):
        return f"Only in {', '.join(flow.months)}"
    return ""


def _paused(made: Decision, name: str, situation: Situation) -> Decision:
    """Return the SKIP of a workflow that an operator has paused, forced or not; else the decision.

    What would have been decided is in the reason, and what it would have been made from is kept.
    """
    held = situation.pauses.get(name)
    if held is None:
        return made
    situation.check("an operator has paused it", held, by=held.by, since=held.since)
    why = f": {held.why}" if held.why else ""
    since = f"{eastern(held.since):%Y-%m-%d %H:%M}"
    reason = f"Paused by {held.by} since {since}{why}; else {made.action}: {made.reason}"
    return skip("PAUSED", reason[:500], made.target_date, situation.next_tick(), alert="INFO")


def _owned(made: Decision, flow: Workflow, situation: Situation) -> Decision:
    """Return a decision that says so where its games are another owner's."""
    if made.action != "RUN" or not needs_games(flow):
        return made
    if not situation.has_file:
        said = "no season file was ever read: games and their ids are ESPN's"
        return replace(made, reason_code="NO_SEASON_FILE", reason=f"{made.reason}; {said}")
    if made.target_date in situation.boards:
        return replace(made, reason=f"{made.reason}; as ESPN lists them, the schedule is old")
    return made


def needs_games(flow: Workflow) -> bool:
    """Return whether a workflow's decision depends on the schedule."""
    return not isinstance(flow, DailyWindow)


def _by_kind(name: str, flow: Workflow, situation: Situation) -> Decision:
    match flow:
        case DailyWindow():
            return daily_window.decide(flow, name, situation)
        case PreGame():
            return pre_game.decide(flow, name, situation)
        case PostGame():
            return post_game.decide(flow, name, situation)
        case Discovery():
            return discovery.decide(flow, name, situation)
        case CatchUp():
            return catch_up.decide(flow, name, situation)
        case _:
            assert_never(flow)
