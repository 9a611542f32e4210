"""The table of sequential calls is what the code does, and is current."""

import pytest

from local.bench.calls.chains import CHAINS, Counted, count_calls
from local.bench.calls.path import REMOTE
from local.bench.page import BASE, LAST, PAGE, load, render
from local.costs.prices import load_prices
from local.simulator.world import ROUTES

Calls = dict[str, Counted]


@pytest.fixture(scope="module")
def calls() -> Calls:
    """Count the day once."""
    prices = load_prices()
    return {"warm": count_calls(prices, cold=False), "cold": count_calls(prices, cold=True)}


def test_the_table_is_current(calls: Calls) -> None:
    """docs/bench.md is what this checkout counts and was measured last, beside the base."""
    again = "run: python -m local bench --calls --write"
    assert render(calls, load(LAST), load(BASE)) == PAGE.read_text(), again


def test_a_chain_is_the_sum_of_its_kinds(calls: Calls) -> None:
    """Every call on a chain is of one kind."""
    for counted in calls.values():
        assert list(counted["chains"]) == [chain.name for chain in CHAINS]
        for held in counted["chains"].values():
            assert held["calls"] == sum(held[kind] for kind in REMOTE) > 0


def test_a_cold_chain_is_never_shorter(calls: Calls) -> None:
    """An instance that has just started has to read what a warm one remembers."""
    warm, cold = calls["warm"]["chains"], calls["cold"]["chains"]
    assert all(cold[name]["calls"] >= warm[name]["calls"] for name in warm)
    assert any(cold[name]["calls"] > warm[name]["calls"] for name in warm)
    assert all(cold[name]["seconds"] > warm[name]["seconds"] for name in warm)


def test_the_modelled_seconds_add_up(calls: Calls) -> None:
    """By hand for the plan: one function, four storage calls and an INSERT behind one message."""
    prices = load_prices()
    plan = calls["warm"]["chains"]["tick → rows of the plan"]
    own = prices.measured["schedule_locker"]
    waits = sum(plan[kind] * prices.seconds(kind) for kind in prices.latencies if kind in plan)
    computes = own.warm / prices.assumed.vcpu
    assert plan["seconds"] == pytest.approx(prices.seconds("push") + computes + waits, abs=0.01)


def test_every_function_is_counted(calls: Calls) -> None:
    """All seven of them worked on that day, and none without a remote call."""
    for counted in calls.values():
        assert list(counted["functions"]) == list(ROUTES)
        assert all(held["median"] > 0 for held in counted["functions"].values())
