"""When a scraper's circuit is open, from what lately happened to its source."""

from datetime import UTC, datetime, timedelta

import pytest

from common.settings import Settings
from common.sources.circuit import circuit_of
from common.sources.errors import Verdict
from common.sources.health import SourceEvent

NOW = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
FIVE: list[Verdict] = ["failed"] * 5
SETTINGS = Settings(circuit_failures=5, circuit_seconds=900)


def events(*says: Verdict, route: str = "primary") -> list[SourceEvent]:
    """One event a minute, the last one now."""
    return [
        SourceEvent(NOW - timedelta(minutes=len(says) - number), each, route, "-", "x")
        for number, each in enumerate(says, 1)
    ]


@pytest.mark.parametrize("failures", range(8))
def test_x7_five_failures_in_a_row_open_it(failures: int) -> None:
    """Until a quarter of an hour after the last one."""
    circuit = circuit_of(events(*FIVE[:1] * failures), "primary", SETTINGS)
    assert circuit.is_open(NOW) == (failures >= 5)
    assert circuit.failures == failures
    assert not circuit.is_open(NOW + timedelta(seconds=900))


@pytest.mark.parametrize("between", ["ok", "empty", "changed"])
def test_x7_anything_else_closes_it(between: Verdict) -> None:
    """A source that answers is not down, whatever it answers."""
    mixed = events("failed", "failed", "failed", "failed", "failed", between, "failed")
    assert circuit_of(mixed, "primary", SETTINGS).failures == 1


def test_x7_the_first_failure_afterwards_opens_it_anew() -> None:
    """No further five are needed."""
    old = [
        SourceEvent(event.at - timedelta(hours=1), event.says, event.route, "-", "x")
        for event in events(*FIVE)
    ]
    assert not circuit_of(old, "primary", SETTINGS).is_open(NOW)
    assert circuit_of([*old, *events("failed")], "primary", SETTINGS).is_open(NOW)


def test_s7_the_fallback_has_a_circuit_of_its_own() -> None:
    """Neither its success nor its failure is the other's."""
    both = [*events(*FIVE), *events("ok", route="fallback")]
    assert circuit_of(both, "primary", SETTINGS).is_open(NOW)
    assert circuit_of(both, "fallback", SETTINGS).until is None
