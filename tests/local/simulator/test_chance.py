"""Chance draws the same of the same, whatever else is drawn."""

from datetime import UTC, datetime

import pytest

from local.simulator.chance import Chance, Fired

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
TASKS = [f"task {number}" for number in range(400)]


def hit(chance: Chance, share: float = 0.25, kind: str = "lose", point: str = "p") -> list[str]:
    """Return the tasks that a fault hits."""
    return [each for each in TASKS if chance.happens(share, kind, point, each, NOON)]


def test_a_fault_depends_on_the_seed_and_on_all_that_it_is_about() -> None:
    """Another seed, kind or point hits others; what was drawn before changes nothing."""
    drawn = Chance(1)
    drawn.pick("abc", "x")
    drawn.share("y")
    assert hit(drawn) == hit(Chance(1))
    others = [hit(Chance(2)), hit(Chance(1), kind="double"), hit(Chance(1), point="q")]
    assert all(other != hit(Chance(1)) for other in others)
    assert 70 < len(hit(Chance(1))) < 130


@pytest.mark.parametrize(("share", "number"), [(-1.0, 0), (0.0, 0), (1.0, len(TASKS))])
def test_what_never_or_always_happens(share: float, number: int) -> None:
    """A share of 0 hits none, and one of 1 all."""
    assert len(hit(Chance(1), share)) == number


def test_more_of_a_fault_hits_those_that_less_of_it_does() -> None:
    """A history with a smaller share has a part of the faults."""
    assert set(hit(Chance(1), 0.1)) < set(hit(Chance(1), 0.5))


def test_the_faults_that_happened_are_remembered() -> None:
    """Those that are left out by their keys are not, nor those that were drawn in vain."""
    chance = Chance(1)
    tasks = hit(chance)
    assert chance.fired == [Fired("lose", "p", each, NOON) for each in tasks]
    kept = Chance(1, {("lose", "p", tasks[1]), ("lose", "p", "no such task")})
    assert hit(kept) == [tasks[1]]
    assert [fault.about for fault in kept.fired] == [tasks[1]]
    assert hit(Chance(1, ())) == []


def test_a_pick_is_of_all_choices_and_about_something() -> None:
    """Each choice is drawn about as often; it is another draw than whether a fault happens."""
    picked = [Chance(1).pick("abcd", each) for each in TASKS]
    assert all(70 < picked.count(choice) < 130 for choice in "abcd")
    assert picked != ["abcd"[int(4 * Chance(1).share(each))] for each in TASKS]
    assert picked != [Chance(2).pick("abcd", each) for each in TASKS]


def test_a_fault_is_a_line_of_a_report() -> None:
    """Its key leaves out the instant."""
    fault = Fired("lose", "p", "task 1", NOON)
    assert str(fault) == "2025-11-12 17:00:00Z lose p (task 1)"
    assert fault.key == ("lose", "p", "task 1")


def test_what_a_draw_is_about_does_not_run_together() -> None:
    """The same letters in other parts are something else."""
    assert Chance(1).share("a", "bc") != Chance(1).share("ab", "c")
    assert Chance(1).share("a") != Chance(11).share("a")
    assert Chance(1).share("1", "a") != Chance(11).share("a")
