"""A workflow is paused and resumed without a deployment."""

from datetime import time, timedelta

import pytest

from common.eastern import at
from common.errors import BadInputError
from common.look.why import explained
from common.state.pauses import Pause, read_pauses, write_pauses
from local.operate.pauses import pause, resume
from local.simulator.world import World
from tests.kit.operated import day_gone_wrong
from tests.kit.world import DAY, SLOT, slate


def decisions(world: World, workflow: str) -> list[tuple[str, str]]:
    """Return action and code of each decision of a workflow, in order."""
    rows = (row for row in world.rows["workflow_decisions"] if row["workflow_name"] == workflow)
    return [(row["action"], row["reason_code"]) for row in rows]


def test_a_paused_workflow_leaves_a_row_at_each_tick_and_runs_again_afterwards() -> None:
    """13:00 and 14:00 are skipped, with the pause among the inputs; 15:00 runs."""
    world = day_gone_wrong(at(DAY, time(12, 30)))
    pause(world.runtime, "betting_lines", by="ann", why="no credits")
    for hour in (13, 14):
        world.tick("tick-master-controller", at(DAY, time(hour)))
    ended = resume(world.runtime, "betting_lines")
    world.tick("tick-master-controller", at(DAY, time(15)))
    assert ended
    assert (ended.by, ended.why) == ("ann", "no credits")
    assert decisions(world, "betting_lines")[-3:] == [
        ("SKIP", "PAUSED"),
        ("SKIP", "PAUSED"),
        ("RUN", "READY"),
    ]
    assert decisions(world, "injury_discovery")[-3][0] == "RUN"


def test_a_paused_decision_is_the_same_when_it_is_judged_again() -> None:
    """Its inputs keep who paused it; without the pause it would have run."""
    world = day_gone_wrong(at(DAY, time(12, 30)))
    pause(world.runtime, "betting_lines", by="ann", why="no credits")
    world.tick("tick-master-controller", at(DAY, time(13)))
    (row,) = (one for one in world.rows["workflow_decisions"] if one["reason_code"] == "PAUSED")
    began = "Paused by ann since 2025-11-12 12:30: no credits; else RUN: Ready"
    assert row["reason"].startswith(began)
    assert row["scrapers"] == row["game_ids"] == []
    assert (row["alert_level"], row["next_check"]) == ("INFO", at(DAY, time(14)))
    found = explained(world.runtime, row)
    assert (found.again.action, found.again.reason) == (row["action"], row["reason"])
    assert found.flips == ["the workflow had not been paused"]


def test_a_forced_tick_does_not_run_what_is_paused() -> None:
    """Somebody has stopped it on purpose."""
    world = day_gone_wrong(at(DAY, time(13, 30)))
    pause(world.runtime, "betting_lines", by="ann", why="")
    world.tick("tick-master-controller", at(DAY, time(13)), force=True)
    world.settle()
    forced = [row for row in world.rows["workflow_decisions"] if row["forced"]]
    codes = {row["workflow_name"]: row["reason_code"] for row in forced}
    assert codes["betting_lines"] == "PAUSED"
    assert "PAUSED" not in {code for name, code in codes.items() if name != "betting_lines"}


def test_a_late_tick_stays_expired() -> None:
    """The pause hides no tick that came too late."""
    world = day_gone_wrong(at(DAY, time(12, 30)))
    pause(world.runtime, "betting_lines", by="ann", why="")
    world.clock.move(at(DAY, time(14, 30)))
    world.tick(
        "tick-master-controller", world.clock.now(), scheduled_time=at(DAY, time(13)).isoformat()
    )
    assert decisions(world, "betting_lines")[-1] == ("SKIP", "SLOT_EXPIRED")


def test_two_pauses_are_kept_beside_each_other() -> None:
    """To resume one leaves the other."""
    place = World(slate(), SLOT).runtime
    first = pause(place, "betting_lines", by="ann", why="no credits")
    other = pause(place, "injury_discovery", by="bob", why="")
    assert first == Pause(by="ann", since=SLOT, why="no credits")
    assert read_pauses(place.state)[0] == {"betting_lines": first, "injury_discovery": other}
    assert resume(place, "betting_lines") == first
    assert read_pauses(place.state)[0] == {"injury_discovery": other}


def test_what_is_not_enabled_any_more_can_be_resumed() -> None:
    """Its pause would else be there when it is enabled again."""
    place = World(slate(), SLOT).runtime
    pause(place, "betting_lines", by="ann", why="")
    assert resume(place.but(configured={}), "betting_lines")
    assert read_pauses(place.state)[0] == {}


def test_what_cannot_be_paused_or_resumed_is_refused() -> None:
    """The errors name what is known, what is paused and by whom."""
    place = World(slate(), SLOT).runtime
    with pytest.raises(BadInputError, match="no workflow 'lines' is enabled; known are morning_"):
        pause(place, "lines", by="ann", why="")
    with pytest.raises(BadInputError, match="no workflow 'lines' is enabled"):
        resume(place, "lines")
    assert resume(place, "betting_lines") is None
    pause(place, "betting_lines", by="ann", why="")
    said = r"betting_lines was paused already, by ann since 2025-11-12 18:00:00\+00:00$"
    with pytest.raises(BadInputError, match=said):
        pause(place, "betting_lines", by="bob", why="")


@pytest.mark.parametrize(
    ("by", "why", "said"),
    [
        ("", "", "--by '' names nobody; write who pauses it"),
        (" ", "", "--by ' ' names nobody"),
        ("a" * 201, "", "--by has 201 characters; write at most 200"),
        ("ann", "x" * 201, "--why has 201 characters; write at most 200"),
        ("a\nb", "", r"--by holds '\\n'; write plain text on one line"),
        ("ann", "bad\udcff", r"--why holds '\\udcff'; write plain text"),
        ("ann", "\x1b[31mred", r"--why holds '\\x1b'"),
        ("ann", "one\u2028two", r"--why holds '\\u2028'"),
        ("ann", "one\x9ftwo", r"--why holds '\\x9f'"),
    ],
)
def test_a_text_that_no_line_can_hold_pauses_nothing(by: str, why: str, said: str) -> None:
    """The error names the option, what is wrong with it and what to write."""
    place = World(slate(), SLOT).runtime
    with pytest.raises(BadInputError, match=said):
        pause(place, "betting_lines", by=by, why=why)
    assert read_pauses(place.state)[0] == {}


def test_the_longest_texts_are_taken() -> None:
    """They may have letters of any script."""
    place = World(slate(), SLOT).runtime
    made = pause(place, "betting_lines", by="J\u014dki\u0107", why="x" * 200)
    assert (made.by, len(made.why)) == ("J\u014dki\u0107", 200)


def test_of_two_operators_at_once_one_is_told_to_run_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the look and the write somebody else has paused another workflow."""
    place = World(slate(), SLOT).runtime
    seen = read_pauses(place.state)
    pause(place, "betting_lines", by="ann", why="")
    monkeypatch.setattr("local.operate.pauses.read_pauses", lambda _: seen)
    with pytest.raises(BadInputError, match="somebody else paused or resumed"):
        pause(place, "injury_discovery", by="bob", why="")
    assert write_pauses(place.state, {}, read_pauses(place.state)[1])
    assert timedelta(0) <= place.clock.now() - SLOT
