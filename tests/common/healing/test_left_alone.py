"""Objects that were sent again in vain: they keep none of the others from being sent."""

from datetime import timedelta

import pytest

from common.errors import TransientError
from common.healing import objects as lost_objects
from common.healing.attempts import RESEND_WAIT_MIN
from common.runtime import Runtime
from tests.kit.unlogged import NOW, Swept, log, resent, sweep, write

FIRST, SECOND = "a/2025-11-12/1.json", "a/2025-11-12/2.json"
MINUTE = timedelta(minutes=1)


def swept(runtime: Runtime, number: int) -> Swept:
    """Sweep for the so-manieth time, as soon as an object may be sent again."""
    now = NOW + number * RESEND_WAIT_MIN
    runtime.clock.sleep((now - runtime.clock.now()).total_seconds())
    return sweep(runtime, now)


@pytest.fixture
def in_vain(runtime: Runtime) -> Runtime:
    """Make a deployment whose logger is out, and which has given up an object after its tries."""
    write(runtime, FIRST)
    tries = [swept(runtime, number) for number in range(4)]
    assert [resent(found) for found in tries] == [[FIRST]] * 3 + [[]]
    assert tries[-1].healed.quarantined == [f"gs://{runtime.settings.data_bucket}/{FIRST}"]
    return runtime


def test_what_is_left_alone_takes_no_other_object_s_place(
    in_vain: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the objects that one sweep may send it is none."""
    monkeypatch.setattr(lost_objects, "SWEEP_OBJECTS_MAX", 1)
    write(in_vain, SECOND)
    assert resent(swept(in_vain, 4)) == [SECOND]


def test_a_logger_that_is_back_gets_an_object_again(in_vain: Runtime) -> None:
    """It was out during all tries, and has logged another object since."""
    assert resent(swept(in_vain, 4)) == []
    log(in_vain, write(in_vain, SECOND, timedelta(0)))
    assert resent(swept(in_vain, 6)) == [FIRST]


def test_a_logger_that_is_at_work_does_not_get_an_object_again(runtime: Runtime) -> None:
    """It has logged another object after the first try."""
    write(runtime, FIRST)
    tries = [resent(swept(runtime, 0))]
    log(runtime, write(runtime, SECOND, timedelta(0)))
    tries += [resent(swept(runtime, number)) for number in range(1, 6)]
    assert tries == [[FIRST]] * 3 + [[]] * 3


def test_a_row_without_its_time_says_nothing_of_the_logger(runtime: Runtime) -> None:
    """An adopted table may have such rows."""
    stored = write(runtime, FIRST)
    row = {"gcs_path": f"gs://{stored.bucket}/{FIRST}", "object_generation": stored.generation}
    runtime.warehouse.rows.append((stored.created, {**row, "logged_at": None}))  # type: ignore[attr-defined]
    found = sweep(runtime)
    assert (found.missing, found.logger_seen) == (0, lost_objects.LONG_AGO)


@pytest.mark.parametrize(("late", "in_time"), [(4 * MINUTE, False), (4 * MINUTE / 2, True)])
def test_what_a_sweep_has_no_time_for_is_left_to_the_next(
    runtime: Runtime, late: timedelta, *, in_time: bool
) -> None:
    """It counts from the instant of the sweep."""
    write(runtime, FIRST)
    if in_time:
        assert resent(sweep(runtime, NOW - late)) == [FIRST]
    else:
        with pytest.raises(TransientError, match="not all healed in 0:04:00; the next sweep"):
            sweep(runtime, NOW - late)
