"""How faults are read: what each key means, and how far it goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.configuration.topology import load_topology
from common.errors import BadInputError
from common.settings import Settings
from local.simulator.fault_spec import (
    BIGQUERY,
    PUBSUB,
    READERS,
    SERVICES,
    STORAGE,
    Faults,
    Outage,
    Rate,
    parse_faults,
)
from local.simulator.world import ROUTES

TOPOLOGY = load_topology(Settings().topology_file)
NONE = Faults()
SIX = datetime(2025, 1, 15, 11, tzinfo=UTC)
"""06:00 ET."""
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("", {}),
        (" , ", {}),
        ("duplicate=5%", {"duplicate": 0.05}),
        ("duplicate=100%", {"duplicate": 1}),
        ("duplicate=0%", {"duplicate": 0}),
        ("duplicate=0.5%", {"duplicate": 0.005}),
        ("reorder", {"reorder": 1}),
        ("reorder=3%", {"reorder": 0.03}),
        ("drop=1%, crash=2%", {"drop": 0.01, "crash": 0.02}),
        ("clock=4%", {"clock": 0.04}),
        ("delay=5%", {"delay": 0.05, "delay_by": timedelta(minutes=30)}),
        ("delay=2h:5%", {"delay": 0.05, "delay_by": 2 * HOUR}),
        ("late=45h", {"late": 45 * HOUR}),
        ("late=30m", {"late": timedelta(minutes=30)}),
        ("late=2d", {"late": timedelta(days=2)}),
        ("late=99999h", {"late": 99999 * HOUR}),
        ("storage=1%", {"storage": (Rate(0.01, STORAGE),)}),
        ("bigquery=1%", {"bigquery": (Rate(0.01, BIGQUERY),)}),
        ("pubsub=1%", {"pubsub": (Rate(0.01, PUBSUB),)}),
        ("source=1%", {"source": (Rate(0.01, ("503",)),)}),
        (
            "source=garbage:1%,source=404:2%",
            {"source": (Rate(0.01, ("garbage",)), Rate(0.02, ("404",)))},
        ),
        (
            "outage=storage:2025-01-15T06:00/3h",
            {"outages": (Outage("storage", SIX, SIX + 3 * HOUR),)},
        ),
        (
            "outage=scraper_runner:2025-01-15T06:00+00:00/3h",
            {"outages": (Outage("scraper_runner", SIX - 5 * HOUR, SIX - 2 * HOUR),)},
        ),
        ("real-2025-26", {"real": True}),
    ],
)
def test_a_key_has_its_value(text: str, changes: dict[str, object]) -> None:
    """Shares are of one, spans have units, and a time without a zone is Eastern."""
    assert parse_faults(text, TOPOLOGY) == replace(NONE, **changes)


@pytest.mark.parametrize("text", ["duplicate=100.1%", "real-2025-26=1%", "drop=1%,drop=1%", "drop"])
def test_a_key_with_another_value_is_refused_by_its_own_words(text: str) -> None:
    """The part that is wrong is quoted alone."""
    with pytest.raises(BadInputError) as caught:
        parse_faults(f"crash=1%,{text}", TOPOLOGY)
    assert f"--faults '{text.rpartition(',')[2]}'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x=1%", f"unknown; known are {', '.join(READERS)}"),
        ("drop=.5%", "give a percentage such as 1%"),
        ("late=100000h", "give a span such as 45h, 30m or 2d, of up to five digits"),
        ("outage=storage:9999-12-31T06:00/2d", "date value out of range"),
        ("real-2025-26=x", "it takes no value"),
        (
            "outage=x:2025-01-15T06:00/3h",
            f"no function or service 'x'; known are {', '.join(sorted({*ROUTES, *SERVICES}))}",
        ),
        (
            "outage=storage",
            "give NAME:START/SPAN, as in master_controller:2025-01-15T06:00/48h",
        ),
        ("pubsub=late:1%", f"no kind 'late'; known are {', '.join(PUBSUB)}"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(text: str, said: str) -> None:
    """The whole text, in an order that does not change."""
    with pytest.raises(BadInputError) as caught:
        parse_faults(text, TOPOLOGY)
    assert str(caught.value) == f"--faults {text!r}: {said}"


PORTS, TRANSIT, CHANGE = "in_ports", "in_transit", "change_decisions"
HOLD, LOSE = "hold_up", "lose_ticks"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("", set()),
        ("late=1h", {CHANGE}),
        ("duplicate=1%", {TRANSIT}),
        ("reorder=1%", {TRANSIT}),
        ("drop=1%", {TRANSIT, CHANGE, HOLD, LOSE}),
        ("delay=1%", {TRANSIT, CHANGE, HOLD}),
        ("crash=1%", {PORTS, CHANGE, HOLD}),
        ("clock=1%", {CHANGE}),
        ("storage=1%", {PORTS, CHANGE, HOLD}),
        ("bigquery=1%", {PORTS, CHANGE, HOLD}),
        ("pubsub=1%", {PORTS, CHANGE, HOLD}),
        ("source=1%", {CHANGE}),
        ("outage=pubsub:2025-01-15T06:00/3h", {PORTS, CHANGE, HOLD, LOSE}),
        ("outage=scraper_runner:2025-01-15T06:00/3h", {CHANGE, HOLD, LOSE}),
        ("real-2025-26", {CHANGE}),
    ],
)
def test_each_fault_relaxes_its_own_rules(text: str, means: set[str]) -> None:
    """What may go wrong with it, and no more, is what the invariants allow."""
    faults = parse_faults(text, TOPOLOGY)
    names = (PORTS, TRANSIT, CHANGE, HOLD, LOSE)
    assert {name for name in names if getattr(faults, name)} == means


@pytest.mark.parametrize(("hours", "is_down"), [(-1, False), (0, True), (2, True), (3, False)])
def test_an_outage_is_of_one_part_and_ends(hours: int, *, is_down: bool) -> None:
    """Its end is no longer of it."""
    outage = Outage("storage", SIX, SIX + 3 * HOUR)
    assert outage.covers("storage", SIX + hours * HOUR) is is_down
    assert not outage.covers("pubsub", SIX + hours * HOUR)
