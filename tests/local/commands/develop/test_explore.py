"""`python -m local explore`: which schedules it tries, and what it says of them."""

from collections.abc import Iterable, Iterator
from itertools import repeat
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from local.commands.cli import main
from local.simulator.explorer.scenes import SCENES
from local.simulator.explorer.schedule import parse_schedule

EXPLORER = "local.simulator.explorer.explore"
SCENE = next(iter(SCENES))
FAILURE = SimpleNamespace(wrong=["rule R6", "rule R7"], scene="s", schedule="t", line="run it")


def explore(*options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["explore", *options])


@pytest.mark.parametrize(
    ("failure", "status", "said"),
    [(None, 0, "It holds.\n"), (FAILURE, 1, "rule R6\nrule R7\ns: t\nrun it\n")],
)
def test_one_schedule_is_tried_in_its_scene(
    monkeypatch: pytest.MonkeyPatch, failure: object, status: int, said: str
) -> None:
    """A schedule that is given is the only one that is tried, and its end is told either way."""
    asked: list[object] = []

    def tried(scene: object, schedules: Iterable[object]) -> Iterator[object]:
        asked.extend((scene, *schedules))
        yield failure

    monkeypatch.setattr(f"{EXPLORER}.tried", tried)
    monkeypatch.setattr(f"{EXPLORER}.smallest", lambda one: one)
    done = explore("--scene", SCENE, "--schedule", "AB:A3")
    assert (done.exit_code, done.stdout) == (status, said)
    assert asked == [SCENES[SCENE], parse_schedule("AB:A3")]


@pytest.mark.parametrize("name", ["", "nobody"])
def test_a_scene_that_is_unknown_lists_them(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A name is one of the scenes, also where it is empty."""
    monkeypatch.setattr(f"{EXPLORER}.tried_on_all_cores", lambda _: iter(()))
    done = explore("--scene", name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"--scene {name!r}: known are {', '.join(SCENES)}" in done.stderr


def test_progress_is_told_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is due ten seconds after the one before was printed, however long a schedule took."""
    ticks = iter((0.0, 9.0, 10.0, 19.0, 35.0, 40.0, 44.0, 45.0, 60.0))
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    monkeypatch.setattr(f"{EXPLORER}.tried_on_all_cores", lambda _: repeat(None))
    done = explore("--scene", SCENE)
    told = ["2 schedules, 10 s", "4 schedules, 35 s", "7 schedules, 45 s", "8 schedules, 60 s"]
    assert done.stderr.splitlines() == told
    assert done.stdout == "8 schedules of 1 scenes: none fails\n"
