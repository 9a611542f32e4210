"""Once a day inside a window: RUN until every scraper has succeeded."""

from common.configuration.workflows import DailyWindow
from common.decisions.situation import Decision, Situation, skip
from common.eastern import at


def decide(flow: DailyWindow, name: str, situation: Situation) -> Decision:
    """Judge a daily window.

    Off on days without games. In the window and not yet done: RUN what is missing. After it: done,
    or missed (WARNING).
    """
    assert situation.history is not None
    day, slot = situation.day, situation.slot
    opens, closes = at(day, flow.start), at(day, flow.end)
    band = f"{flow.start:%H:%M}-{flow.end:%H:%M}"
    # Without a schedule to believe the window runs: it is what fetches one (D7, X13).
    believed = situation.calendar is not None and not situation.stale
    games = situation.games_on(day) if believed else None
    if situation.holds("the schedule lists no game today", games == (), games=games):
        return skip("OFF_DAY", "No games today", day, situation.next_tick())
    if situation.holds("the window has not opened yet", slot < opens, opens=opens):
        return skip("TOO_EARLY", f"Too early (window {band})", day, situation.ahead(opens))
    missing = [
        scraper
        for scraper in flow.scrapers
        if (done := situation.history.of(scraper, day).succeeded) is None or done < opens
    ]
    tomorrow = situation.next_at(flow.start)
    if situation.holds("every scraper has succeeded since", not missing, missing=missing):
        return skip("DONE", f"Already done today (window {band})", day, tomorrow)
    running = situation.history.in_flight(name, day, slot)
    if situation.holds("a run is under way", running, run=running):
        return skip("IN_FLIGHT", "The run before is still under way", day, situation.next_tick())
    if situation.holds("the window has closed", slot > closes, closes=closes):
        reason = f"Window missed ({band}, not done: {', '.join(missing)})"
        return skip("MISSED_WINDOW", reason, day, tomorrow, alert="WARNING")
    return Decision(
        "RUN",
        "IN_WINDOW",
        f"Ready: daily window {band} is open",
        day,
        scrapers=tuple(missing),
    )
