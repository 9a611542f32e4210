"""Healing attempts are bounded."""

import json
from datetime import datetime, timedelta

import pytest

from common.errors import TransientError
from common.healing.attempts import Resend, heal_each, in_time, quarantine, quarantined, resend
from common.state.store import StateStore
from tests.kit.state import new_state

SPACING = timedelta(minutes=10)


@pytest.fixture
def state() -> StateStore:
    """Make a state store in memory."""
    return new_state()


def later(state: StateStore, item: str, sent: list[str] | None = None) -> Resend:
    """Attempt an item in the next sweep."""
    state.clock.sleep(SPACING.total_seconds())
    return resend(state, item, lambda: (sent if sent is not None else []).append(item))


def test_c5_an_item_is_sent_three_times(state: StateStore) -> None:
    """Then it is quarantined, which is reported once; other items have their own attempts."""
    sent: list[str] = []
    tries = [later(state, "objects/a", sent) for _ in range(5)]
    assert tries == [Resend.SENT, Resend.SENT, Resend.SENT, Resend.LAST, Resend.SPENT]
    assert later(state, "objects/b", sent) is Resend.SENT
    assert sent == ["objects/a"] * 3 + ["objects/b"]


def test_c5_sweeps_at_once_use_up_one_try(state: StateStore) -> None:
    """Ten minutes must pass between two attempts."""
    sent: list[str] = []
    for number in (1, 2, 3):
        assert later(state, "objects/a", sent) is Resend.SENT
        state.clock.sleep((SPACING - timedelta(seconds=1)).total_seconds())
        assert resend(state, "objects/a", lambda: sent.append("a")) is Resend.WAITING
        assert len(sent) == number
    state.clock.sleep(1)
    assert resend(state, "objects/a", lambda: sent.append("a")) is Resend.LAST


def test_c5_an_item_whose_receiver_was_out_has_its_tries_once_more(
    state: StateStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three attempts count during the receiver's silence, and three after it."""
    sent: list[str] = []
    began = state.clock.now()

    def swept(last_logged: datetime) -> Resend:
        state.clock.sleep(SPACING.total_seconds())
        return resend(state, "objects/a", lambda: sent.append("a"), last_logged)

    assert [swept(began) for _ in range(5)] == [Resend.SENT] * 3 + [Resend.LAST, Resend.SPENT]
    assert json.loads(capsys.readouterr().err)["result"] == "unheard"
    assert quarantined(state, "objects", began) == {"objects/a"}
    back = state.clock.now()
    assert quarantined(state, "objects", back) == set()
    assert [swept(back) for _ in range(5)] == [Resend.SENT] * 3 + [Resend.LAST, Resend.SPENT]
    assert swept(state.clock.now()) is Resend.SPENT
    assert quarantined(state, "objects", state.clock.now()) == {"objects/a"}
    assert len(sent) == 6


def test_c5_an_item_whose_receiver_was_at_work_has_its_tries_only_once(state: StateStore) -> None:
    """If the receiver logged something after the first attempt, the item is at fault."""
    tries = [later(state, "objects/a")]
    for _ in range(4):
        state.clock.sleep(SPACING.total_seconds())
        last_logged = state.clock.now()
        tries.append(resend(state, "objects/a", lambda: None, last_logged))
    assert tries == [Resend.SENT] * 3 + [Resend.LAST, Resend.SPENT]


def test_ft9_an_item_whose_receiver_was_heard_between_two_tries_has_no_more(
    state: StateStore,
) -> None:
    """The receiver worked after the first attempt, so its silence since excuses nothing."""
    tries = [later(state, "objects/a")]
    state.clock.sleep(60)
    last_logged = state.clock.now()
    for _ in range(3):
        state.clock.sleep(SPACING.total_seconds())
        tries.append(resend(state, "objects/a", lambda: None, last_logged))
    assert tries == [Resend.SENT] * 3 + [Resend.LAST]
    state.clock.sleep(SPACING.total_seconds())
    assert resend(state, "objects/a", lambda: None, state.clock.now()) is Resend.SPENT
    assert quarantined(state, "objects", state.clock.now()) == {"objects/a"}


def test_a_try_that_could_not_be_sent_does_not_count(state: StateStore) -> None:
    """An outage uses up no attempt."""

    def fail() -> None:
        raise ConnectionError

    for _ in range(5):
        with pytest.raises(ConnectionError):
            resend(state, "objects/a", fail)
    assert resend(state, "objects/a", lambda: None) is Resend.SENT


def test_two_sweeps_of_one_try_count_one(state: StateStore) -> None:
    """If another sweep counted the attempt meanwhile, two attempts are left."""

    def other() -> None:
        resend(state, "objects/a", lambda: None)

    assert resend(state, "objects/a", other) is Resend.SENT
    left = [later(state, "objects/a") for _ in range(3)]
    assert left == [Resend.SENT, Resend.SENT, Resend.LAST]


def test_an_item_can_be_left_alone_without_a_try(state: StateStore) -> None:
    """An item that can never be sent is reported once, too."""
    assert [quarantine(state, "decisions/a") for _ in range(2)] == [Resend.LAST, Resend.SPENT]
    assert resend(state, "decisions/a", lambda: None) is Resend.SPENT


def test_what_is_left_alone_of_a_kind_is_listed(state: StateStore) -> None:
    """The list has no item with attempts left, and none of another kind."""
    resend(state, "objects/a", lambda: None)
    for item in ("objects/b", "decisions/c"):
        quarantine(state, item)
    assert quarantined(state, "objects") == {"objects/b"}


def test_what_is_left_alone_is_told_as_an_error_once(
    state: StateStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alert goes by a log line with severity ERROR and the item."""
    for _ in range(3):
        quarantine(state, "decisions/a")
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    why = "An item was sent again 3 times and is still not handled; cleanup leaves it alone from "
    assert line == {
        "severity": "ERROR",
        "message": f"{why}now on",
        "item": "decisions/a",
        "result": "quarantined",
    }


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
    with pytest.raises(TransientError, match=r"^not all healed in 0:04:00; the next sweep goes"):
        heal_each(range(5), healed.append, lambda: len(healed) < 3)
    assert healed == [0, 1, 2]


def test_when_time_runs_out_the_first_error_there_was_counts() -> None:
    """It says more than that some are left."""
    tried: list[int] = []

    def heal(item: int) -> None:
        tried.append(item)
        raise LookupError(str(item))

    with pytest.raises(LookupError, match="0"):
        heal_each(range(5), heal, lambda: len(tried) < 3)
    assert tried == [0, 1, 2]


def test_a_sweep_heals_for_four_minutes(state: StateStore) -> None:
    """The sweep's last steps and its row have to fit into the function's timeout."""
    may = in_time(state.clock, state.clock.now())
    state.clock.sleep(239)
    assert may()
    state.clock.sleep(1)
    assert not may()


@pytest.mark.parametrize(("after", "left_alone"), [(-1, False), (0, False), (1, True)])
def test_c5_a_receiver_that_was_last_seen_at_the_first_try_was_silent_since(
    state: StateStore, after: int, *, left_alone: bool
) -> None:
    """What it did at that instant was no answer to it; what it did a second later may be."""
    assert later(state, "objects/a") is Resend.SENT
    seen = state.clock.now() + timedelta(seconds=after)
    assert [later(state, "objects/a") for _ in range(2)] == [Resend.SENT] * 2
    state.clock.sleep(SPACING.total_seconds())
    assert resend(state, "objects/a", lambda: None, seen) is Resend.LAST
    back = resend(state, "objects/a", lambda: None, state.clock.now() + timedelta(seconds=1))
    assert back is (Resend.SPENT if left_alone else Resend.SENT)


@pytest.mark.parametrize("after", [-1, 0, 1])
def test_c5_a_receiver_is_back_when_it_was_seen_after_an_item_was_given_up(
    state: StateStore, after: int
) -> None:
    """What it did at the very instant tells nothing yet; a list of what is left alone agrees."""
    for _ in range(3):
        later(state, "objects/a")
    state.clock.sleep(SPACING.total_seconds())
    given_up = state.clock.now()
    assert resend(state, "objects/a", lambda: None, given_up - 4 * SPACING) is Resend.LAST
    seen = given_up + timedelta(seconds=after)
    left_alone = quarantined(state, "objects", seen)
    assert left_alone == (set() if after > 0 else {"objects/a"})
    again = resend(state, "objects/a", lambda: None, seen)
    assert again is (Resend.SENT if after > 0 else Resend.SPENT)
