"""What the explorer's command refuses, and which schedules it runs."""

from itertools import repeat
from types import SimpleNamespace

import pytest

from tests.local.commands.command_line import run

EXPLORER = "local.simulator.explorer.explore"
NEEDS_SCENE = "say of which scene, with --scene"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--schedule", "AB:"], f"error: --schedule 'AB:': {NEEDS_SCENE}\n"),
        (["--schedule", ""], f"error: --schedule '': {NEEDS_SCENE}\n"),
        (
            ["--scene", "", "--schedule", "AB:"],
            "error: --scene '': known are ",
        ),
        (["--scene", "x"], "error: --scene 'x': known are schedule_locker-twice, "),
        (["--scene", "two-sweeps", "--schedule", ""], "error: schedule '': write the order first"),
        (
            ["--scene", "two-sweeps", "--schedule", "AB:A"],
            "error: schedule 'AB:A': 'A' is no",
        ),
    ],
)
def test_what_cannot_be_explored_is_refused_in_words(
    options: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal names the option or the text, ends with status 2, and tries nothing."""
    monkeypatch.setattr(f"{EXPLORER}.tried_on_all_cores", lambda _: pytest.fail("tried"))
    done = run("explore", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ([], 0, "It holds.\n"),
        (["rule R6", "rule R7"], 1, "rule R6\nrule R7\ntwo-sweeps: BA:A3\nrun it\n"),
    ],
)
def test_one_schedule_is_run_of_its_scene_alone(
    wrong: list[str], status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schedule that is named is tried once, of its scene, and every line of what broke told."""
    asked = []

    def tried(scene: SimpleNamespace, schedules: list[object]) -> list[SimpleNamespace | None]:
        asked.append((scene.name, [str(one) for one in schedules]))
        failure = SimpleNamespace(wrong=wrong, scene=scene.name, schedule="BA:A3", line="run it")
        return [failure if wrong else None]

    monkeypatch.setattr(f"{EXPLORER}.tried", tried)
    monkeypatch.setattr(f"{EXPLORER}.smallest", lambda one: one)
    done = run("explore", "--scene", "two-sweeps", "--schedule", "BA:A3")
    assert (done.returncode, done.stdout, done.stderr) == (status, said, "")
    assert asked == [("two-sweeps", ["BA:A3"])]


def test_progress_is_told_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is due ten seconds after the one before was printed, however long a schedule took."""
    ticks = iter((0.0, 9.0, 10.0, 19.0, 35.0, 40.0, 44.0, 45.0, 60.0))
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    monkeypatch.setattr(f"{EXPLORER}.tried_on_all_cores", lambda _: repeat(None))
    done = run("explore", "--scene", "two-sweeps")
    told = ["2 schedules, 10 s", "4 schedules, 35 s", "7 schedules, 45 s", "8 schedules, 60 s"]
    assert done.stderr.splitlines() == told
    assert done.stdout == "8 schedules of 1 scenes: none fails\n"
