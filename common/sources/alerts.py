"""Alert lines about sources: one an incident and day, however many tasks meet it.

Cloud Monitoring counts them by `jsonPayload.reason_code`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from common.errors import ConflictError
from common.logs import log
from common.runtime import Runtime
from common.sources.health import SourceEvent, last_ok, since_ok

Code = Literal["SOURCE_CHANGED", "CIRCUIT_OPEN", "QUOTA_SPENT"]
TEXTS: dict[Code, str] = {
    "SOURCE_CHANGED": "A source answers otherwise than before: mend its scraper or its base URL",
    "CIRCUIT_OPEN": "A source fails again and again and is left alone for a while",
    "QUOTA_SPENT": "The Odds API is not asked: its credits do not suffice",
}
EMPTY_SLOTS = 3
"""Slots without anything, on game days and when there should be something (S8)."""
EMPTY_GAMES = 2
"""One game whose data is late is no changed source."""


def has_changed(events: Sequence[SourceEvent], *, per_game: bool) -> bool:
    """Whether a source seems to have changed its form or its names.

    Args:
        events: of one scraper, the latest included.
        per_game: whether it collects one game a task.
    """
    lately = since_ok(events)
    if any(event.says == "changed" for event in lately):
        return True
    empty = [event for event in lately if event.says == "empty" and event.slot != "-"]
    slots, games = {event.slot for event in empty}, {event.about for event in empty}
    return len(slots) >= EMPTY_SLOTS and (not per_game or len(games) >= EMPTY_GAMES)


def alert_once(
    runtime: Runtime,
    code: Code,
    scraper: str,
    events: Sequence[SourceEvent],
    now: datetime,
    **fields: object,
) -> None:
    """Log an alert, unless this incident had its line today.

    Args:
        runtime: holds the mark that it was logged.
        code: what is wrong.
        scraper: whose source it is.
        events: its latest; an incident lasts until one brings data.
        now: aware.
        fields: of the line; only allow-listed ones are shown.
    """
    ok = last_ok(events)
    since = f"{ok.at:%Y%m%dT%H%M%S}" if ok else "start"
    name = f"alerts/{code}/{scraper}/{now.astimezone(UTC):%Y-%m-%d}-{since}"
    try:
        runtime.storage.create(runtime.settings.state_bucket, name, b"")
    except ConflictError:
        return
    log("ERROR", TEXTS[code], reason_code=code, scraper=scraper, **fields)
