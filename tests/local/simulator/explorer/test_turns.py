"""Workers take turns as a schedule has it, and its faults happen where it has them."""

import threading
from contextvars import ContextVar
from functools import partial
from threading import Event

import pytest
from google.api_core.exceptions import ServiceUnavailable

from local.simulator.explorer.schedule import parse_schedule
from local.simulator.explorer.turns import Turns, Work
from local.simulator.ports.intercepted import Call, Crash


def _played(schedule: str, *, letters: str = "AB", name: str = "create") -> tuple[str, Turns]:
    """Let each worker make three calls and go on after an error; return what happened."""
    seen: list[str] = []

    def work(letter: str) -> None:
        for number in (1, 2, 3):
            try:
                turns.around(Call(name, ("b", "o")), partial(seen.append, f"{letter}{number}"))
            except ServiceUnavailable as error:
                seen.append(f"({error.message})")

    works: dict[str, Work] = {letter: partial(work, letter) for letter in letters}
    turns = Turns(parse_schedule(schedule), works, lambda seconds: seen.append(f"{seconds} s"))
    turns.run()
    return " ".join(seen), turns


@pytest.mark.parametrize(
    ("schedule", "happened"),
    [
        ("AB:", "A1 A2 A3 B1 B2 B3"),
        ("BA:", "B1 B2 B3 A1 A2 A3"),
        ("AB:A2", "A1 B1 B2 B3 A2 A3"),
        ("AB:A1", "B1 B2 B3 A1 A2 A3"),
        ("AB:A2,B2", "A1 B1 A2 A3 B2 B3"),
        ("AB:A3,B3,B2", "A1 A2 B1 A3 B2 B3"),
        ("BA:B2,A3", "B1 A1 A2 B2 B3 A3"),
        ("AB:A3,B3", "A1 A2 B1 B2 A3 B3"),
        ("AB:A9", "A1 A2 A3 B1 B2 B3"),
        ("AB:A2!crash", "A1 B1 B2 B3"),
        ("AB:A2!gone", "A1 A2 B1 B2 B3"),
        ("AB:A2!error", "A1 (A2!error: no answer to create o) A3 B1 B2 B3"),
        ("AB:A2!lost", "A1 A2 (A2!lost: no answer to create o) A3 B1 B2 B3"),
        ("AB:A2!late", "A1 (A2!late: no answer to create o) A3 B1 B2 B3"),
        ("AB:A2!lease", "A1 661.0 s A2 A3 B1 B2 B3"),
        ("AB:A2,A2!crash", "A1 B1 B2 B3"),
        ("AB:A2!lost,A2!crash", "A1 A2 (A2!lost: no answer to create o) A3 B1 B2 B3"),
        ("AB:A2!gone,A2", "A1 B1 B2 B3 A2"),
        ("AB:B1!crash", "A1 A2 A3"),
        ("AB:A2,B2!crash", "A1 B1 A2 A3"),
    ],
)
def test_workers_do_what_a_schedule_has(schedule: str, happened: str) -> None:
    """A switch is before its call, and a fault at it; who is gone does nothing more."""
    assert _played(schedule)[0] == happened


def test_three_workers_go_on_in_the_order_and_begin_it_anew() -> None:
    """At a switch the next one of the order goes on, after the last one the first."""
    happened, _ = _played("CAB:C2,A2,B2", letters="ABC")
    assert happened == "C1 A1 B1 C2 C3 A2 A3 B2 B3"


@pytest.mark.parametrize(
    ("schedule", "name", "late"),
    [
        ("AB:A2!late", "create", ["A2"]),
        ("AB:A2!late,B1!late", "publish", ["A2", "B1"]),
        ("AB:A2!late", "read", []),
        ("AB:A2!lost", "create", []),
        ("AB:A2!error", "create", []),
    ],
)
def test_a_late_write_is_kept_to_be_done_later(schedule: str, name: str, late: list[str]) -> None:
    """Only what writes is kept, only if it is late, each with what it does."""
    _, turns = _played(schedule, name=name)
    assert [do.args[0] for do in turns.late if isinstance(do, partial)] == late


@pytest.mark.parametrize(
    ("schedule", "calls"),
    [("AB:", [3, 3]), ("AB:A2", [3, 3]), ("AB:A2!crash", [2, 3]), ("AB:A2!error", [3, 3])],
)
def test_the_calls_of_each_worker_are_counted(schedule: str, calls: list[int]) -> None:
    """Each call counts once, also one that goes wrong; after a death none does."""
    _, turns = _played(schedule)
    assert [worker.calls for worker in turns.workers.values()] == calls


def test_a_call_of_nobody_is_carried_out_at_once() -> None:
    """What no worker asks for has no turn and no fault, and returns what the port does."""
    turns = Turns(parse_schedule("AB:A1!crash"), {}, lambda _: None)
    assert turns.around(Call("read", ("b", "o")), lambda: "held") == "held"


@pytest.mark.parametrize("schedule", ["A:", "A:A1", "A:A1!lease", "AB:A1,B1"])
def test_each_call_has_its_own_answer(schedule: str) -> None:
    """After a switch as well, and where a lease ran out before it."""
    found: list[object] = []

    def work(answer: str) -> None:
        found.append(turns.around(Call("read", ("b", "o")), lambda: answer))

    letters = schedule.partition(":")[0]
    works = {letter: partial(work, letter.lower()) for letter in letters}
    turns = Turns(parse_schedule(schedule), {**works}, lambda _: None)
    turns.run()
    assert found == [*letters.lower()]


@pytest.mark.parametrize("schedule", ["AB:", "BA:B2,A2,B3", "AB:A1!crash"])
def test_no_thread_is_left_behind(schedule: str) -> None:
    """Each is over when `run` returns; one that is stuck does not keep the process from ending."""
    before = {*threading.enumerate()}
    made: list[threading.Thread] = []

    def work() -> None:
        made.append(threading.current_thread())
        for _ in range(3):
            turns.around(Call("create", ("b", "o")), lambda: None)

    turns = Turns(parse_schedule(schedule), {"A": work, "B": work}, lambda _: None)
    turns.run()
    assert [thread.daemon for thread in made] == [True, True]
    assert {*threading.enumerate()} <= before


def test_who_is_dead_does_nothing_more() -> None:
    """A handler that cleans up after its death writes nothing."""
    seen: list[str] = []

    def work() -> None:
        try:
            turns.around(Call("create", ("b", "o")), lambda: seen.append("first"))
        finally:
            turns.around(Call("create", ("b", "o")), lambda: seen.append("second"))

    turns = Turns(parse_schedule("A:A1!gone"), {"A": work}, lambda _: None)
    turns.run()
    assert seen == ["first"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("order", ["AB", "BA"])
def test_the_error_of_any_worker_is_raised_after_all_have_ended(
    order: str, error: type[BaseException]
) -> None:
    """The other one has done its work, whichever of them began."""
    seen: list[str] = []

    def fails() -> None:
        raise error("no process's death")

    def unanswered() -> None:
        seen.append("done")
        raise Crash

    for works in ({"A": fails, "B": unanswered}, {"A": unanswered, "B": fails}):
        turns = Turns(parse_schedule(f"{order}:"), {**works}, lambda _: None)
        with pytest.raises(error, match="no process's death"):
            turns.run()
    assert seen == ["done", "done"]


@pytest.mark.parametrize("schedule", ["A:A1!crash", "A:A1!gone", "A:A1!error", "A:A1!lost"])
def test_work_that_answers_nobody_may_end_in_its_fault(schedule: str) -> None:
    """A death or a call without an answer is no error of the explorer."""
    call = Call("create", ("b", "o"))
    turns = Turns(
        parse_schedule(schedule), {"A": lambda: turns.around(call, lambda: None)}, lambda _: None
    )
    turns.run()
    assert turns.workers["A"].is_over


def test_work_that_never_ends_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedule is named when patience is over."""
    monkeypatch.setattr("local.simulator.explorer.turns.PATIENCE_SECONDS", 0.01)
    goes_on = Event()
    turns = Turns(parse_schedule("A:A3"), {"A": goes_on.wait}, lambda _: None)
    try:
        with pytest.raises(TimeoutError, match=r"^schedule A:A3 is stuck$"):
            turns.run()
    finally:
        goes_on.set()


def test_each_worker_works_in_the_context_of_who_runs_it() -> None:
    """What is silent there is silent in its threads; what one changes stays its own."""
    loud = ContextVar("loud", default="loud")
    seen: list[str] = []

    def work(name: str) -> None:
        seen.append(loud.get())
        loud.set(name)

    held = loud.set("silent")
    Turns(parse_schedule("AB:"), {name: partial(work, name) for name in "AB"}, lambda _: None).run()
    assert [*seen, loud.get()] == ["silent"] * 3
    loud.reset(held)
