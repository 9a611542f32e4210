"""Healing attempts are bounded."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from common.errors import TransientError
from common.healing.attempts import Try, attempt, heal_each, in_time, quarantine, quarantined
from common.runtime import Runtime
from common.settings import Settings
from local.simulator.memory import MemoryStorage
from local.simulator.world import ManualClock

SPACING = timedelta(minutes=10)


@pytest.fixture
def runtime() -> Runtime:
    """Make a runtime with a clock and a storage."""
    clock = ManualClock(datetime(2025, 11, 12, 17, tzinfo=UTC))
    return Runtime(Settings(), clock=clock, storage=MemoryStorage(clock))


def later(runtime: Runtime, item: str, sent: list[str] | None = None) -> Try:
    """Attempt an item in the next sweep."""
    runtime.clock.sleep(SPACING.total_seconds())
    return attempt(runtime, item, lambda: (sent if sent is not None else []).append(item))


def test_c5_an_item_is_sent_three_times(runtime: Runtime) -> None:
    """Then it is quarantined, which is reported once; other items have their own attempts."""
    sent: list[str] = []
    tries = [later(runtime, "objects/a", sent) for _ in range(5)]
    assert tries == [Try.SENT, Try.SENT, Try.SENT, Try.LAST, Try.SPENT]
    assert later(runtime, "objects/b", sent) is Try.SENT
    assert sent == ["objects/a"] * 3 + ["objects/b"]


def test_c5_sweeps_at_once_use_up_one_try(runtime: Runtime) -> None:
    """Ten minutes must pass between two attempts."""
    sent: list[str] = []
    for number in (1, 2, 3):
        assert later(runtime, "objects/a", sent) is Try.SENT
        runtime.clock.sleep((SPACING - timedelta(seconds=1)).total_seconds())
        assert attempt(runtime, "objects/a", lambda: sent.append("a")) is Try.WAITING
        assert len(sent) == number
    runtime.clock.sleep(1)
    assert attempt(runtime, "objects/a", lambda: sent.append("a")) is Try.LAST


def test_c5_an_item_whose_receiver_was_out_has_its_tries_once_more(runtime: Runtime) -> None:
    """Three attempts count during the receiver's silence, and three after it."""
    sent: list[str] = []
    began = runtime.clock.now()

    def swept(last_logged: datetime) -> Try:
        runtime.clock.sleep(SPACING.total_seconds())
        return attempt(runtime, "objects/a", lambda: sent.append("a"), last_logged)

    assert [swept(began) for _ in range(5)] == [Try.SENT] * 3 + [Try.LAST, Try.SPENT]
    assert quarantined(runtime, "objects", began) == {"objects/a"}
    back = runtime.clock.now()
    assert quarantined(runtime, "objects", back) == set()
    assert [swept(back) for _ in range(5)] == [Try.SENT] * 3 + [Try.LAST, Try.SPENT]
    assert swept(runtime.clock.now()) is Try.SPENT
    assert quarantined(runtime, "objects", runtime.clock.now()) == {"objects/a"}
    assert len(sent) == 6


def test_c5_an_item_whose_receiver_was_at_work_has_its_tries_only_once(runtime: Runtime) -> None:
    """If the receiver logged something after the first attempt, the item is at fault."""
    tries = [later(runtime, "objects/a")]
    for _ in range(4):
        runtime.clock.sleep(SPACING.total_seconds())
        last_logged = runtime.clock.now()
        tries.append(attempt(runtime, "objects/a", lambda: None, last_logged))
    assert tries == [Try.SENT] * 3 + [Try.LAST, Try.SPENT]


def test_a_try_that_could_not_be_sent_does_not_count(runtime: Runtime) -> None:
    """An outage uses up no attempt."""

    def fail() -> None:
        raise ConnectionError

    for _ in range(5):
        with pytest.raises(ConnectionError):
            attempt(runtime, "objects/a", fail)
    assert attempt(runtime, "objects/a", lambda: None) is Try.SENT


def test_two_sweeps_of_one_try_count_one(runtime: Runtime) -> None:
    """If another sweep counted the attempt meanwhile, two attempts are left."""

    def other() -> None:
        attempt(runtime, "objects/a", lambda: None)

    assert attempt(runtime, "objects/a", other) is Try.SENT
    left = [later(runtime, "objects/a") for _ in range(3)]
    assert left == [Try.SENT, Try.SENT, Try.LAST]


def test_an_item_can_be_left_alone_without_a_try(runtime: Runtime) -> None:
    """An item that can never be sent is reported once, too."""
    assert [quarantine(runtime, "decisions/a") for _ in range(2)] == [Try.LAST, Try.SPENT]
    assert attempt(runtime, "decisions/a", lambda: None) is Try.SPENT


def test_what_is_left_alone_of_a_kind_is_listed(runtime: Runtime) -> None:
    """The list has no item with attempts left, and none of another kind."""
    attempt(runtime, "objects/a", lambda: None)
    for item in ("objects/b", "decisions/c"):
        quarantine(runtime, item)
    assert quarantined(runtime, "objects") == {"objects/b"}


def test_what_is_left_alone_is_told_as_an_error_once(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alert goes by a log line with severity ERROR and the item."""
    for _ in range(3):
        quarantine(runtime, "decisions/a")
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["severity"], line["result"]) == ("ERROR", "decisions/a")


def test_every_item_has_its_turn_and_the_first_error_is_raised() -> None:
    """An item that cannot be healed does not stop the others."""
    healed: list[int] = []

    def heal(item: int) -> None:
        if item % 2:
            raise LookupError(str(item))
        healed.append(item)

    with pytest.raises(LookupError, match="1"):
        heal_each(range(5), heal)
    assert healed == [0, 2, 4]


def test_what_time_does_not_suffice_for_is_said_to_be_left() -> None:
    """When time runs out, an error says that the next sweep goes on."""
    healed: list[int] = []
    with pytest.raises(TransientError, match="next sweep"):
        heal_each(range(5), healed.append, lambda: len(healed) < 3)
    assert healed == [0, 1, 2]


def test_a_sweep_heals_for_four_minutes(runtime: Runtime) -> None:
    """The sweep's last steps and its row have to fit into the function's timeout."""
    may = in_time(runtime, runtime.clock.now())
    runtime.clock.sleep(239)
    assert may()
    runtime.clock.sleep(1)
    assert not may()
