"""Decides a workflow that runs once a day inside a window, until every scraper succeeded."""

from common.configuration.workflows import DailyWindow
from common.decisions.situation import Decision, Situation, skip
from common.eastern import at


def decide(flow: DailyWindow, name: str, situation: Situation) -> Decision:
    """Decide a daily window.

    Days without games are skipped. Inside the window the missing scrapers run; after it, missing
    scrapers are reported as a missed window (WARNING).
    """
    assert situation.history is not None
    day, slot = situation.day, situation.slot
    opens, closes = at(day, flow.start), at(day, flow.end)
    band = f"{flow.start:%H:%M}-{flow.end:%H:%M}"
    # Without a trusted schedule the window runs, because it fetches a new one (D7, X13).
    trusted = situation.calendar is not None and not situation.stale
    games = situation.games_on(day) if trusted else None
    if situation.check("the schedule lists no game today", games == (), games=games):
        return skip("OFF_DAY", "No games today", day, situation.next_tick())
    if situation.check("the window has not opened yet", slot < opens, opens=opens):
        return skip("TOO_EARLY", f"Too early (window {band})", day, situation.ahead(opens))
    missing = [
        scraper
        for scraper in flow.scrapers
        if (done := situation.attempts(flow, scraper, day).succeeded) is None or done < opens
    ]
    tomorrow = situation.next_at(flow.start)
    if situation.check("every scraper has succeeded since it opened", not missing, missing=missing):
        return skip("DONE", f"Already done today (window {band})", day, tomorrow)
    running = situation.history.in_flight(name, day, slot)
    if situation.check("an earlier run is under way", running, run=running):
        return skip("IN_FLIGHT", "The run before is still under way", day, situation.next_tick())
    if situation.check("the window has closed", slot > closes, closes=closes):
        reason = f"Window missed ({band}, not done: {', '.join(missing)})"
        return skip("MISSED_WINDOW", reason, day, tomorrow, alert="WARNING")
    return Decision(
        "RUN",
        "IN_WINDOW",
        f"Ready: daily window {band} is open",
        day,
        scrapers=tuple(missing),
    )
