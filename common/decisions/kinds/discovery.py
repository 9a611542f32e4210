"""Decides a workflow that asks for a publication until it is found, within a budget."""

from datetime import datetime, timedelta

from common.configuration.workflows import Discovery
from common.decisions.situation import Decision, Situation, hours, skip, wall
from common.eastern import at


def decide(flow: Discovery, name: str, situation: Situation) -> Decision:
    """Decide a discovery.

    A find counts for the date that the data is about, at any hour (scenario T4). Attempts are made
    inside the publication band only; requests outside the workflow are not charged to the budget
    (D17).
    """
    assert situation.history is not None
    day, slot = situation.day, situation.slot
    opens, closes = at(day, flow.start), at(day, flow.end)
    tomorrow = situation.next_at(flow.start)
    games = situation.games_on(day)
    if situation.check("no game is played today", not games, games=games):
        return skip("NO_GAMES", "No games today", day, situation.next_tick())
    attempts = [situation.attempts(flow, scraper, day) for scraper in flow.scrapers]
    missing = [
        scraper
        for scraper, made in zip(flow.scrapers, attempts, strict=True)
        if made.succeeded is None
    ]
    if situation.check("everything is found for the date", not missing, missing=missing):
        found = max(made.succeeded for made in attempts if made.succeeded)
        return skip("FOUND", f"Found for {day} at {wall(found)}", day, tomorrow)
    if situation.check("the publication band has not begun", slot < opens, opens=opens):
        reason = f"Too early (published from {flow.start:%H:%M})"
        return skip("TOO_EARLY", reason, day, situation.ahead(opens))
    spent = max(made.charged for made in attempts)
    over = spent >= flow.attempts or slot > closes
    if situation.check("the budget is spent or the band is over", over, spent=spent, closes=closes):
        return _given_up(flow, situation, spent)
    last = max((made.last for made in attempts if made.last), default=None)
    if waiting := _waiting(flow, name, situation, last):
        return waiting
    return Decision(
        "RUN",
        "NOT_FOUND_YET",
        f"Attempt {spent + 1} of {flow.attempts}: {flow.title.lower()} for {day} not found yet",
        day,
        scrapers=tuple(missing),
    )


def _waiting(
    flow: Discovery, name: str, situation: Situation, last: datetime | None
) -> Decision | None:
    """Return the SKIP of an attempt that is under way or too recent (FR5); None for neither."""
    assert situation.history is not None
    running = situation.history.in_flight(name, situation.day, situation.slot)
    if situation.check("an earlier run is under way", running, run=running):
        again = situation.next_tick()
        return skip("IN_FLIGHT", "The run before is still under way", situation.day, again)
    every = timedelta(hours=flow.every_hours)
    soon = last is not None and situation.slot < last + every
    if not situation.check("the last attempt was too recent", soon, last=last, every=every):
        return None
    assert last is not None
    reason = f"Too soon (tried at {wall(last)}, every {hours(every)})"
    return skip("TOO_SOON", reason, situation.day, max(last + every, situation.next_tick()))


def _given_up(flow: Discovery, situation: Situation, spent: int) -> Decision:
    day, tomorrow = situation.day, situation.next_at(flow.start)
    attempts = f"{spent} of {flow.attempts} attempts"
    if spent >= flow.attempts:
        reason = f"Budget spent: {attempts} for {day}"
        return skip("BUDGET_SPENT", reason, day, tomorrow, alert="WARNING")
    reason = f"Not found for {day} by {flow.end:%H:%M} ({attempts})"
    return skip("NOT_FOUND", reason, day, tomorrow, alert="WARNING")
