"""Which calls the faults of the ports hit: each is drawn by itself."""

from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from google.api_core import exceptions as google

from local.simulator.chance import Chance
from local.simulator.fault_spec import Rate
from local.simulator.ports.intercepted import Call, Crash
from local.simulator.ports.late_warehouse import LateWarehouse
from local.simulator.ports.port_faults import PortFaults
from local.simulator.world import ManualClock
from tests.local.simulator.ports.test_port_faults import READ, WRITE, faulty


def begun(**given: Any) -> tuple[PortFaults, Chance]:
    """Begin a delivery with some faults, at noon."""
    clock = ManualClock(datetime(2025, 11, 12, 17, tzinfo=UTC))
    return faulty(clock, LateWarehouse(clock.now), **given)


CALLS = [Call("create", ("state", f"claims/{number}/lease", b"")) for number in range(60)]


def hit(service: str, **given: Any) -> list[str]:
    """Return what came of each of sixty claims: the name of its error, or `done`."""
    faults, _ = begun(**given)
    found: list[str] = []
    for call in CALLS:
        faults.begin("scraper_runner 1 try 1")
        try:
            found.append(faults.around(service, call, lambda: "done"))
        except (Crash, google.GoogleAPICallError) as error:
            found.append(type(error).__name__)
    return found


def test_each_call_of_a_point_has_a_draw_of_its_own() -> None:
    """Some fail in one way and some in the other; another service's calls are others."""
    rates = (Rate(0.5, ("429", "503")),)
    found = {
        service: hit(service, storage=rates, bigquery=rates, pubsub=rates)
        for service in ("storage", "bigquery", "pubsub")
    }
    for each in found.values():
        assert {*each} == {"done", "TooManyRequests", "ServiceUnavailable"}
        assert 15 < each.count("done") < 45
    failed = {tuple(one == "done" for one in each) for each in found.values()}
    assert len(failed) == len(found)


def test_a_process_dies_before_or_after_a_write() -> None:
    """Each is drawn by itself for each call; what it dies after is done."""
    faults, chance = begun(crash=0.4)
    done: list[int] = []
    for number, call in enumerate(CALLS):
        faults.begin("scraper_runner 1 try 1")
        with suppress(Crash):
            faults.around("storage", call, partial(done.append, number))
    died = [(one.point, int(one.about.split("/")[1])) for one in chance.fired]
    before = {number for point, number in died if point == "scraper_runner before claim"}
    after = {number for point, number in died if point == "scraper_runner after claim"}
    assert len(before) + len(after) == len(died)
    assert 10 < len(before) < 40
    assert 5 < len(after) < 30
    assert done == [number for number in range(len(CALLS)) if number not in before]


def test_a_kind_that_does_not_suit_a_call_leaves_it_to_the_next() -> None:
    """Of several rates the first one that hits a call in a way that it can fail."""
    rates = (Rate(0, ("500",)), Rate(1, ("lost",)), Rate(1, ("429",)), Rate(1, ("503",)))
    faults, _ = begun(storage=rates)
    with pytest.raises(google.TooManyRequests):
        faults.around("storage", READ, lambda: 5)
    with pytest.raises(ConnectionError):
        faults.around("storage", WRITE, lambda: 5)
