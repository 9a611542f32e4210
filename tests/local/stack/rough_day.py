"""A day with chaos, three of whose sources refuse, on real processes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from common.eastern import at
from local.day import replay as replayed
from local.stack.config import StackConfig
from local.stack.driver import RunningStack, start_stack
from tests.kit.seasons import season_of, write_season

DAY, BEFORE = date(2031, 11, 12), date(2031, 11, 11)
SEASON = season_of({BEFORE: ("19:00",), DAY: ("18:00", "22:30")})
"""An evening, and the night before it: every kind of run with few games."""
REFUSED = ("/get-game-officials", "/static/json/liveData/playbyplay", "/stats/playerindex")
"""Of a date, of a game, and of a date with another owner that could stand in."""


@dataclass(frozen=True)
class RoughDay:
    """Such a day at its end; its stack is still up.

    Attributes:
        stack: as `python -m local day` would leave it.
        outcome: what came of the day.
        lines: what chaos has done, as `chaos.jsonl` has it.
    """

    stack: RunningStack
    outcome: replayed.Outcome
    lines: list[dict[str, Any]]


@contextmanager
def lived_through(seed: int, folder: Path) -> Iterator[RoughDay]:
    """Replay the day with the chaos of a seed; nothing is under way at its end."""
    file = write_season(folder / "season.json", SEASON)
    config = StackConfig(
        folder=folder / "stack",
        instant=at(DAY, time()),
        slate=file,
        collect_since=BEFORE,
        refuse=REFUSED,
        chaos=seed,
    )
    with start_stack(config) as stack:
        outcome = replayed.replay(stack, replayed.load_slate(file, DAY), DAY, lambda _: None)
        replayed.write_disturbances(stack, folder / "out")
        chain = stack.wait_idle(20)
        assert (chain.idle, chain.next_due) == (True, None)
        text = (folder / "out" / "chaos.jsonl").read_text()
        yield RoughDay(stack, outcome, [json.loads(line) for line in text.splitlines()])
