"""What is shown of a replay while it runs, on a terminal and in a file."""

import threading
from io import StringIO

from rich.console import Console

from local.day.replay import Progress
from local.day.report import Watch
from local.scheduler import Tick
from local.stack.state import ChainState
from tests.kit.situations import et

NOON = et("2025-11-12 12:00")
ROWS = {
    "daily_expected_schedule": 11,
    "workflow_decisions": 12,
    "cleanup_operations": 13,
    "scraper_execution_log": 14,
    "workflow_executions": 15,
}
COUNTS = "rows: plan 11  decisions 12  cleanups 13  log 14  executions 15"


def step(rows: dict[str, int], failed: int = 2, disturbances: int = 0) -> Progress:
    """Return the progress at noon: the third of ten ticks."""
    chain = ChainState(
        idle=True, next_due=None, handled=7, failed=failed, disturbances=disturbances
    )
    return Progress(Tick(NOON, "a-job", "a-topic"), 3, 10, chain, rows)


def shown(*steps: Progress, terminal: bool = False) -> str:
    """Return what a console is sent while the steps are watched."""
    text = StringIO()
    console = Console(
        file=text,
        width=200,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
    )
    with Watch(console) as watch:
        for each in steps:
            watch.show(each)
    return text.getvalue()


def test_a_file_gets_a_line_an_hour() -> None:
    """A replay that is not watched on a terminal prints the steps that counted rows."""
    assert shown(step({})) == ""
    told = f"12:00 ET  tick 3/10  events 7  failures 2  {COUNTS}\n"
    assert shown(step({}), step(ROWS), step({})) == told


def test_a_terminal_has_one_line_that_is_gone_at_the_end() -> None:
    """The count of rows stays until the next; failures are red once there is one."""
    began, tick = "\x1b[1m12:00 ET\x1b[0m", "  tick 3/10  events 7"
    rows = f"\x1b[36m  {COUNTS}\x1b[0m"
    failing = f"{began}{tick}\x1b[31m  failures 2\x1b[0m{rows}"
    disturbed = f"{began}{tick}\x1b[2m  failures 0\x1b[0m\x1b[33m  disturbances 4\x1b[0m{rows}"
    hide, again, show, erase = "\x1b[?25l", "\r\x1b[2K", "\x1b[?25h", "\r\x1b[1A\x1b[2K"
    told = f"{hide}{failing}{again}{disturbed}{again}{disturbed}\n{show}{erase}"
    assert shown(step(ROWS), step({}, failed=0, disturbances=4), terminal=True) == told


def test_a_watch_draws_when_it_is_told_alone() -> None:
    """A watch starts no thread that would draw beside the replay."""
    before = set(threading.enumerate())
    with Watch(Console(file=StringIO(), force_terminal=True)) as watch:
        watch.show(step(ROWS))
        assert set(threading.enumerate()) <= before
