"""What lately happened to a source, as names of objects."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.runtime import Runtime
from common.settings import Settings
from common.sources.health import SourceEvent, note, recent, slot_text
from local.simulator.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.situations import MANY

NOW = datetime(2025, 11, 12, 18, 30, 5, 123_456, tzinfo=UTC)
TASK = "0a1b2c3d-0000-4000-8000-000000000000"


def runtime() -> Runtime:
    """A runtime on a bucket of its own."""
    made = Runtime(Settings())
    made.__dict__["storage"] = MemoryStorage(ManualClock(NOW))
    return made


def event(minutes: float = 0, says: str = "failed", about: str = "0022500213") -> SourceEvent:
    """An event some minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    return SourceEvent(at, says, "primary", slot_text(NOW), about)  # type: ignore[arg-type] # a verdict


@MANY
@given(
    st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=3), NOW.replace(tzinfo=None)),
    st.sampled_from(("ok", "empty", "failed", "changed")),
    st.sampled_from(("primary", "fallback")),
    st.none() | st.just(NOW.replace(second=0, microsecond=0)),
)
def test_an_event_is_read_as_it_was_kept(
    at: datetime, says: str, route: str, slot: datetime | None
) -> None:
    """All of it, to the microsecond."""
    held = runtime()
    given_event = SourceEvent(at.replace(tzinfo=UTC), says, route, slot_text(slot), "2025-11-12")  # type: ignore[arg-type] # a verdict
    note(held, "oddsa_events", given_event, TASK)
    assert recent(held, "oddsa_events", NOW) == (given_event,)


def test_events_come_in_order_and_by_scraper() -> None:
    """The oldest first, whoever wrote when; another scraper's stay its own."""
    held = runtime()
    for minutes in (1, 30, 5):
        note(held, "oddsa_events", event(minutes), TASK)
    note(held, "oddsa_events_more", event(2), TASK)
    assert recent(held, "oddsa_events", NOW) == (event(30), event(5), event(1))


def test_what_is_older_than_three_days_is_not_read() -> None:
    """So that a listing stays short for ever."""
    held = runtime()
    note(held, "oddsa_events", event(3 * 24 * 60 + 1), TASK)
    assert recent(held, "oddsa_events", NOW) == ()


def test_a_foreign_object_is_passed_over() -> None:
    """Something that an operator left there stops nothing."""
    held = runtime()
    for name in ("20251112T183000000000.odd", "20251112T183000000000.a.b.c.d.e", "z"):
        held.storage.create(held.settings.state_bucket, f"sources/oddsa_events/{name}", b"")
    assert recent(held, "oddsa_events", NOW) == ()


def test_the_same_event_twice_is_one() -> None:
    """The client library writes again when an answer was lost."""
    held = runtime()
    for _ in range(2):
        note(held, "oddsa_events", event(), TASK)
    assert len(recent(held, "oddsa_events", NOW)) == 1
