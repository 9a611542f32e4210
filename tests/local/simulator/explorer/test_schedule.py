"""Which schedules there are, and what stands where in one."""

import pytest

from common.errors import BadInputError
from local.simulator.explorer.schedule import (
    KINDS,
    Kind,
    Point,
    Schedule,
    parse_schedule,
    with_faults,
)


@pytest.mark.parametrize("kind", [None, *KINDS])
@pytest.mark.parametrize(("worker", "call"), [("A", 1), ("B", 10), ("C", 23)])
def test_every_point_is_read_as_it_is_printed(worker: str, call: int, kind: Kind | None) -> None:
    """Each worker, call and kind comes back."""
    made = Schedule("CAB", (Point("A", 2), Point(worker, call, kind)))
    assert parse_schedule(str(made)) == made


def test_the_kinds_of_faults() -> None:
    """Six things go wrong."""
    assert KINDS == ("crash", "gone", "error", "lost", "late", "lease")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AB:D1", "'D1' is no point"),
        ("AB:A1,B", "'B' is no point"),
        ("AB:A1!", "'A1!' is no point"),
        ("AB:A1!none", "'A1!none' is no point"),
        ("AB:A1!Crash", "'A1!Crash' is no point"),
        ("AB:A1!crashed", "'A1!crashed' is no point"),
        ("AB:A1 ", "'A1 ' is no point"),
        (":A1", "write the order first"),
        ("ABD:A1", "write the order first"),
        ("AB ", "write the order first"),
    ],
)
def test_what_is_no_schedule_is_refused_in_words(text: str, said: str) -> None:
    """The point that is wrong is named, or the order is asked for."""
    with pytest.raises(BadInputError, match="schedule") as refused:
        parse_schedule(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("worker", "call", "found"),
    [("A", 3, ["A3", "A3!late"]), ("B", 3, ["B3"]), ("A", 2, []), ("A", 4, []), ("C", 3, [])],
)
def test_all_that_happens_at_a_call_is_found(worker: str, call: int, found: list[str]) -> None:
    """Only what is of this worker and this call is, in its order."""
    schedule = parse_schedule("AB:A3,B3,A3!late")
    assert [str(point) for point in schedule.at(worker, call)] == found


def test_one_fault_is_tried_at_each_call_of_each_worker() -> None:
    """The worker with the fault begins; after a late write or a lease's end another goes on."""
    one = ["A1!crash", "A1!gone", "A1!error", "A1!lost"]
    made = [str(each) for each in with_faults([2, 1, 1])]
    assert made[:8] == [
        *(f"ABC:{point}" for point in one),
        *("ABC:A1!late", "ABC:A1!late,A2", "ABC:A1!lease", "ABC:A1!lease,A2"),
    ]
    orders = [each.partition("!")[0] for each in made]
    assert orders == ["ABC:A1"] * 8 + ["ABC:A2"] * 8 + ["BAC:B1"] * 8 + ["CAB:C1"] * 8
