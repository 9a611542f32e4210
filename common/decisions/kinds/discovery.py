"""Tries until something is published: within its publication band and its budget of attempts."""

from datetime import timedelta

from common.configuration.workflows import Discovery
from common.decisions.situation import Decision, Situation, hours, skip, wall
from common.eastern import at


def decide(flow: Discovery, name: str, situation: Situation) -> Decision:
    """Judge a discovery on a game day.

    Found counts for the date that the data is about, whatever the hour (scenario T4); requests
    outside the workflow are not charged to the budget (D17).
    """
    assert situation.history is not None
    day, slot, history = situation.day, situation.slot, situation.history
    opens, closes = at(day, flow.start), at(day, flow.end)
    tomorrow = situation.next_at(flow.start)
    games = situation.games_on(day)
    if situation.holds("no game is played today", not games, games=games):
        return skip("NO_GAMES", "No games today", day, situation.next_tick())
    tries = [history.of(scraper, day) for scraper in flow.scrapers]
    missing = [
        scraper
        for scraper, tried in zip(flow.scrapers, tries, strict=True)
        if tried.succeeded is None
    ]
    if situation.holds("it is found for the date", not missing, missing=missing):
        found = max(tried.succeeded for tried in tries if tried.succeeded)
        return skip("FOUND", f"Found for {day} at {wall(found)}", day, tomorrow)
    if situation.holds("its publication band has not begun", slot < opens, opens=opens):
        reason = f"Too early (published from {flow.start:%H:%M})"
        return skip("TOO_EARLY", reason, day, situation.ahead(opens))
    spent = max(tried.tried for tried in tries)
    over = spent >= flow.attempts or slot > closes
    if situation.holds("the budget or the band is over", over, spent=spent, closes=closes):
        return _given_up(flow, situation, spent)
    running = history.in_flight(name, day, slot)
    last = max((tried.last for tried in tries if tried.last), default=None)
    last = running.slot if running else last
    every = timedelta(hours=flow.every_hours)
    soon = last is not None and slot < last + every
    if situation.holds("the last try was too short ago", soon, last=last, every=every):
        assert last is not None
        reason = f"Too soon (tried at {wall(last)}, every {hours(every)})"
        return skip("TOO_SOON", reason, day, max(last + every, situation.next_tick()))
    return Decision(
        "RUN",
        "NOT_FOUND_YET",
        f"Attempt {spent + 1} of {flow.attempts}: {flow.title.lower()} for {day} not found yet",
        day,
        scrapers=tuple(missing),
    )


def _given_up(flow: Discovery, situation: Situation, spent: int) -> Decision:
    day, tomorrow = situation.day, situation.next_at(flow.start)
    attempts = f"{spent} of {flow.attempts} attempts"
    if spent >= flow.attempts:
        reason = f"Budget spent: {attempts} for {day}"
        return skip("BUDGET_SPENT", reason, day, tomorrow, alert="WARNING")
    reason = f"Not found for {day} by {flow.end:%H:%M} ({attempts})"
    return skip("NOT_FOUND", reason, day, tomorrow, alert="WARNING")
