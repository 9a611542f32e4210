"""Which effect of its tick ends a chain, and so how long the chain is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from common.eastern import at
from local.bench.calls.chains import CHAINS, Chain
from local.bench.calls.day import DAY, MeteredDay
from local.bench.calls.meter import Effect
from local.bench.calls.path import Path
from local.scheduler import Tick
from local.simulator.ports.memory_publisher import Published
from tests.kit.state import NOON

LINES, NIGHT, OTHER = "betting_lines", "post_game_window_2", "morning_operations"


def message(workflow: str, action: str = "RUN", **more: str) -> Published:
    """Make a message about a workflow."""
    return Published("m", "t", b"{}", {"action": action, "workflow_name": workflow, **more}, NOON)


def row(table: str, workflow: str | None = None) -> Mapping[str, Any]:
    """Make a row; some tables' rows are of no workflow."""
    return {"table": table, **({"workflow_name": workflow} if workflow else {})}


DONE = (
    None,
    message(LINES, "SKIP"),
    message(OTHER),
    message(LINES, attempt="2"),
    *[message(LINES)] * 2,
    *(row("workflow_decisions", workflow) for workflow in (LINES, NIGHT)),
    row("workflow_executions", OTHER),
    *[row("workflow_executions", LINES)] * 2,
    *[row("workflow_executions", NIGHT)] * 2,
    *[row("cleanup_operations")] * 2,
    *[row("daily_expected_schedule", OTHER)] * 2,
)
"""What a tick leads to, each one call later than the one before."""
ENDS = {
    "tick → RUN of betting_lines published": 4,
    "tick → execution row of betting_lines (12 games)": 9,
    "tick → execution row of post_game_window_2 (9 games)": 11,
    "tick → row of an idle sweep": 13,
    "tick → rows of the plan": 15,
}
"""The place of the effect that ends each chain."""


def effects(trigger: str, before: int) -> tuple[Effect, ...]:
    """Return all that a tick leads to, so many calls after it."""
    ways = (Path(calls, {"query": calls}) for calls in range(before, before + len(DONE)))
    return tuple(Effect(trigger, "f", Path(), *each) for each in zip(ways, DONE, strict=True))


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_a_chain_ends_with_the_first_effect_of_its_own_kind(chain: Chain) -> None:
    """No other tick ends it, nor another workflow's row or message, nor another table's row."""
    when = at(DAY, chain.when)
    ticks = {
        "later": Tick(when + timedelta(hours=1), "job", chain.topic),
        "other": Tick(when, "job", "t"),
        "own": Tick(when, "job", chain.topic),
    }
    all_of_them = [each for trigger in ticks for each in effects(trigger, 100 * (trigger != "own"))]
    assert chain.path(MeteredDay(ticks, tuple(all_of_them))).calls == ENDS[chain.name]
