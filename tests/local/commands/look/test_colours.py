"""What stands out of the tables that an operator reads: what is wrong now, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from common.look.coverage import cover
from common.look.status import WorkflowToday, status_of
from tests.kit.incidents import incident_row
from tests.kit.operated import run
from tests.kit.world import DAY, SWEEP, new_world

RED, YELLOW, DIM = "\x1b[1;31m", "\x1b[33m", "\x1b[2m"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], StringIO]:
    """Let a command of this room print to a terminal with colours."""

    def of(command: str) -> StringIO:
        text = StringIO()
        console = Console(file=text, width=200, force_terminal=True, color_system="standard")
        monkeypatch.setattr(f"local.commands.look.{command}.make_console", lambda _: console)
        return text

    return of


def test_an_aborted_decision_stands_out(
    terminal: Callable[[str], StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last decision of a workflow is red where it was an ABORT; a long reason is cut at 70."""
    made = {"slot": SWEEP, "reason": "r" * 80}
    today = tuple(
        WorkflowToday(action.lower(), (), (), {**made, "action": action})
        for action in ("RUN", "SKIP", "ABORT")
    )
    monkeypatch.setattr(
        "common.look.status.status_of", lambda place: replace(status_of(place), workflows=today)
    )
    text = terminal("status")
    run(new_world(), monkeypatch, "status")
    shown = text.getvalue()
    reds = [line for line in shown.splitlines() if RED in line]
    assert len(reds) == 1
    assert f"{RED}13:30 ABORT: {'r' * 57}\x1b" in shown
    assert f"13:30 RUN: {'r' * 59} " in shown


def test_an_open_error_stands_out(
    terminal: Callable[[str], StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An incident is red while it lasts, and a warning never is."""
    world = new_world()
    error = {**incident_row("execution", "open", SWEEP), "level": "ERROR"}
    world.warehouse.views["incidents"] = [
        error,
        {**error, "key": "warned", "level": "WARNING"},
        {**error, "key": "over", "opened": SWEEP - timedelta(hours=1), "closed": SWEEP},
    ]
    text = terminal("incidents")
    run(world, monkeypatch, "incidents", "--all")
    (red,) = (line for line in text.getvalue().splitlines() if RED in line)
    assert " open " in red


def test_each_state_of_a_datum_has_its_colour(
    terminal: Callable[[str], StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is red, what came late yellow, what is not due dim, and the rest plain."""
    world = new_world()
    found = cover(world.runtime, DAY)
    (first, *_) = found.games
    scraper = first.data[0].scraper
    came = replace(first.data[0], state="there", when=SWEEP, by=scraper)
    states = [came, replace(came, state="late")]
    states += [replace(came, state=state, when=None) for state in ("waiting", "missing")]
    only = replace(found, games=(replace(first, data=tuple(states)),))
    monkeypatch.setattr("common.look.coverage.cover", lambda *_: only)
    text = terminal("games")
    run(world, monkeypatch, "games", f"{DAY}")
    (line,) = (line for line in text.getvalue().splitlines() if "MIL@CHA" in line)
    clock = line.split("│")[3].strip()
    assert "\x1b" not in clock
    for shown in (f"{YELLOW}late {clock}", f"{DIM}not due", f"{RED}MISSING"):
        assert shown in line
