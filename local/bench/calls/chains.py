"""The sequential remote calls of each function and of whole chains, on one real day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from statistics import median

from common.eastern import at
from local.bench.calls.day import DAY, MeteredDay, metered_day
from local.bench.calls.meter import Effect
from local.bench.calls.path import REMOTE, Path
from local.costs.prices import Prices
from local.simulator.ports.memory_publisher import Published
from local.simulator.world import ROUTES

TICKS, SWEEPS, LOCKS = "tick-master-controller", "tick-cleanup-processor", "tick-schedule-locker"


@dataclass(frozen=True)
class Chain:
    """A tick, and the effect that ends the chain which it starts.

    Attributes:
        name: for the table.
        topic: of the tick.
        when: its Eastern time.
        ends: selects the effect; the first that is chosen counts.
    """

    name: str
    topic: str
    when: time
    ends: Callable[[Effect], bool]

    def path(self, day: MeteredDay) -> Path:
        """Return the way from the tick to the effect."""
        return next(filter(self.ends, day.after(self.topic, at(DAY, self.when)))).path


def _is_run(workflow: str) -> Callable[[Effect], bool]:
    """Select the published RUN of a workflow."""
    wanted = {"action": "RUN", "workflow_name": workflow}
    return lambda effect: isinstance(effect.done, Published) and effect.done.attributes == wanted


def _is_row(table: str, workflow: str | None = None) -> Callable[[Effect], bool]:
    """Select the row of a table, of one workflow where it is named."""
    return lambda effect: (
        isinstance(effect.done, Mapping)
        and effect.done["table"] == table
        and workflow in (None, effect.done.get("workflow_name"))
    )


CHAINS = (
    Chain("tick → RUN of betting_lines published", TICKS, time(15), _is_run("betting_lines")),
    Chain(
        "tick → execution row of betting_lines (12 games)",
        TICKS,
        time(15),
        _is_row("workflow_executions", "betting_lines"),
    ),
    Chain(
        "tick → execution row of post_game_window_2 (9 games)",
        TICKS,
        time(23),
        _is_row("workflow_executions", "post_game_window_2"),
    ),
    Chain("tick → row of an idle sweep", SWEEPS, time(13), _is_row("cleanup_operations")),
    Chain("tick → rows of the plan", LOCKS, time(5), _is_row("daily_expected_schedule")),
)


Counted = dict[str, dict[str, dict[str, float]]]
"""For `chains` and `functions`, by name: numbers of sequential calls, and modelled seconds."""


def count_calls(prices: Prices, *, cold: bool) -> Counted:
    """Count the sequential calls of the day, and model how long they take in the cloud.

    Args:
        prices: how long one thing of each kind takes there.
        cold: whether each delivery meets an instance that has just started.

    Returns:
        For each chain its `calls`, how many of each kind they are, and its `seconds`; for each
        function its `deliveries` and their calls from begin to answer, as `median` and `most`.
    """
    day = metered_day(cold=cold)
    modelled = metered_day(seconds_of_each(prices), cold=cold)
    chains = {chain.name: _kinds(chain.path(day)) for chain in CHAINS}
    for chain in CHAINS:
        chains[chain.name]["seconds"] = round(chain.path(modelled).length, 2)
    return {"chains": chains, "functions": _functions(day)}


def seconds_of_each(prices: Prices) -> dict[str, float]:
    """Return how long everything takes that a way can have on it.

    A function computes on a share of a processor; a new instance first loads its code.
    """
    vcpu, start = prices.assumed.vcpu, prices.seconds("start")
    starts = {
        f"start {name}": start + (own.cold - own.warm) / vcpu
        for name, own in prices.measured.items()
    }
    runs = {f"run {name}": own.warm / vcpu for name, own in prices.measured.items()}
    return {**{kind: held.seconds for kind, held in prices.latencies.items()}, **starts, **runs}


def _kinds(path: Path) -> dict[str, float]:
    return {"calls": path.calls, **{kind: path.kinds.get(kind, 0) for kind in REMOTE}}


def _functions(day: MeteredDay) -> dict[str, dict[str, float]]:
    calls: dict[str, list[int]] = {name: [] for name in ROUTES}
    for effect in day.effects:
        if effect.done is None:
            calls[effect.function].append(effect.path.calls - effect.begun.calls)
    return {
        name: {"deliveries": len(held), "median": median(held), "most": max(held)}
        for name, held in calls.items()
    }
