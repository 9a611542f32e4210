"""Pieces of work that meet leave nothing lost and nothing twice."""

from itertools import islice
from random import Random

import pytest
from click.testing import CliRunner

from common.errors import BadInputError
from local.commands.cli import main
from local.simulator.explorer import explore
from local.simulator.explorer.explore import (
    at_random,
    every_schedule,
    first_failure,
    lengths_of,
    random_schedules,
    tried_on_all_cores,
    try_out,
)
from local.simulator.explorer.scenes import SCENES
from local.simulator.explorer.schedule import Point, Schedule, parse_schedule, systematic
from tests.kit.ablation import SAFEGUARDS

FIXED, RANDOM = 12, 6
"""How many schedules of each scene `make test` tries; `make explore` tries all of them."""


@pytest.mark.parametrize("name", SCENES)
def test_a_fixed_set_of_schedules_holds(name: str) -> None:
    """Of each scene the plain orders, some schedules of one or two events, and some random ones."""
    scene, draw = SCENES[name], Random(name)
    every = [*every_schedule(scene)]
    chosen = [Schedule("AB"), Schedule("BA"), *draw.sample(every, min(FIXED, len(every)))]
    endless = random_schedules(scene, draw)
    chosen += [next(endless) for _ in range(RANDOM)]
    failure, tried = first_failure(scene, chosen)
    assert failure is None, f"{failure.line}: {failure.wrong}"
    assert tried == len(chosen)


@pytest.mark.parametrize(
    ("fault", "scene", "schedule"),
    [
        ("FR1", "forger-beside-the-task", "AB:"),
        ("FP07", "rewrite-beside-the-tracker", "AB:"),
        ("FR2", "lost-beside-late-decision", "AB:A20!gone"),
        ("FR3", "forced-beside-plain", "AB:A7!crash"),
        ("FR3", "forced-beside-plain", "AB:A2,B6"),
        ("FR4", "neighbouring-slots", "AB:A2,B6"),
        ("FR5", "discovery-beside-its-run", "AB:"),
        ("FR8", "scraper_runner-twice", "AB:A6!late,A7"),
        ("FR8", "scraper_runner-twice", "AB:A5!lease,A6"),
        ("FR8", "refused-then-answered", "AB:A1!lease,A2"),
        ("FR9", "controller-held-up", "AB:A9!lease,A10"),
    ],
)
def test_what_failed_once_holds(fault: str, scene: str, schedule: str) -> None:
    """The smallest schedules of faults.md, section FR, each by its id."""
    assert try_out(SCENES[scene], parse_schedule(schedule))[0] == [], fault


def test_a_failure_is_printed_with_the_line_that_runs_it_again() -> None:
    """Without a safeguard the command names the smallest schedule, and exits with 1."""
    forged = next(one for one in SAFEGUARDS if one.scene == "forger-beside-the-task")
    with forged.taken():
        done = CliRunner().invoke(main, ["explore", "--scene", forged.scene, "--minutes", "0.1"])
    assert done.exit_code == 1
    line = f"python -m local explore --scene {forged.scene} --schedule AB:"
    assert done.output.splitlines()[-1] == line
    again = CliRunner().invoke(main, [*line.split()[3:]])
    assert (again.exit_code, again.output) == (0, "It holds.\n")


def test_all_cores_report_in_the_order_of_the_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    """What each schedule came to is where its schedule is, also beyond the first batch."""
    monkeypatch.setattr(explore, "BATCH", 2)
    forged = next(one for one in SAFEGUARDS if one.scene == "forger-beside-the-task")
    wanted = [(name, Schedule("AB")) for name in ("two-sweeps", forged.scene, "lost-message")]
    with forged.taken():
        found = [*tried_on_all_cores(iter(wanted))]
    assert [one and one.scene for one in found] == [None, forged.scene, None]


def test_each_scene_gets_schedules_of_its_own_workers_and_calls() -> None:
    """They come in turn; no event is further than two calls beyond its worker's last one."""
    scenes = [SCENES["two-sweeps"], SCENES["lost-message"]]
    lengths = {scene.name: lengths_of(scene) for scene in scenes}
    drawn = [*islice(at_random(scenes, Random(1)), 200)]
    assert [name for name, _ in drawn] == ["two-sweeps", "lost-message"] * 100
    for name, calls in lengths.items():
        points = [point for scene, one in drawn if scene == name for point in one.points]
        latest = [max(p.call for p in points if p.worker == worker) for worker in "AB"]
        assert latest == [count + 2 for count in calls]


def test_the_number_of_schedules_is_printed() -> None:
    """A search that finds nothing says how many schedules it tried."""
    done = CliRunner().invoke(main, ["explore", "--scene", "two-sweeps", "--minutes", "0.01"])
    assert done.exit_code == 0
    assert done.output.endswith(" schedules of 1 scenes: none fails\n")


@pytest.mark.parametrize("wrong", [["--scene", "x"], ["--schedule", "AB:"]])
def test_what_cannot_be_explored_is_refused(wrong: list[str]) -> None:
    """An unknown scene, and a schedule of no scene, name the option."""
    done = CliRunner().invoke(main, ["explore", *wrong])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {wrong[0]} ")


def test_a_schedule_is_read_as_it_is_printed() -> None:
    """Order, switches and faults come back."""
    made = Schedule("BA", (Point("A", 3), Point("B", 12, "lease")))
    assert str(made) == "BA:A3,B12!lease"
    assert parse_schedule(str(made)) == made


@pytest.mark.parametrize("text", ["", "AB", "AB:A", "AB:A3!boom", "XY:A3", "A3"])
def test_a_schedule_of_another_form_is_refused(text: str) -> None:
    """The error shows the text."""
    with pytest.raises(BadInputError, match="schedule"):
        parse_schedule(text)


def test_one_and_two_switches_are_tried_in_both_orders() -> None:
    """Of three and two calls there are two plain orders, three single switches, four double."""
    made = [str(one) for one in systematic([3, 2])]
    assert made == [
        "AB:",
        "AB:A2",
        "AB:A2,B2",
        "AB:A3",
        "AB:A3,B2",
        "BA:",
        "BA:B2",
        "BA:B2,A2",
        "BA:B2,A3",
    ]
