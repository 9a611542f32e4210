"""What is known of sources and failing functions is read from small objects of the state bucket."""

from datetime import timedelta

from common.executions.alternatives import Switch
from common.look.sources import Failure, failures_since, sources_of
from common.sources.health import SourceEvent, note
from common.sources.quota import Credits, Usage
from common.state import names
from tests.kit.world import new_world


def test_a_function_that_failed_is_told_with_its_hour() -> None:
    """The latest first; older hours, and the marks of sources beside them, are left out."""
    world = new_world()
    now, state = world.clock.now(), world.runtime.state
    for hours, error in ((1, "BadInputError"), (5, "ServiceUnavailable"), (80, "BadInputError")):
        state.mark(names.incident(now - timedelta(hours=hours), "scraper_runner", error))
    state.mark(names.source_alert("CIRCUIT_OPEN", "nbac_boxscore", now, "start"))
    found = failures_since(world.runtime, now - timedelta(days=2))
    assert found == [
        Failure("scraper_runner", f"{now - timedelta(hours=1):%Y-%m-%dT%H}", "BadInputError"),
        Failure("scraper_runner", f"{now - timedelta(hours=5):%Y-%m-%dT%H}", "ServiceUnavailable"),
    ]


def test_a_route_shows_its_circuit_and_who_is_asked_instead() -> None:
    """Five failures in a row open it; the other route has its own; credits are as last reported."""
    world = new_world()
    now, state = world.clock.now(), world.runtime.state
    assert sources_of(world.runtime).routes == ()
    for number in range(5):
        event = SourceEvent(now + timedelta(seconds=number), "failed", "primary", "-", "x")
        note(state, "nbac_boxscore", event, f"task-{number}")
    note(state, "nbac_boxscore", SourceEvent(now, "ok", "route-1", "-", "x"), "task-9")
    state.swap(names.switch("nbac_boxscore"), Switch(to="espn_boxscore").model_dump(), 0)
    Credits(state).keep(Usage(7, 3, 1, now))
    found = sources_of(world.runtime)
    assert [(one.scraper, one.route) for one in found.routes] == [
        ("nbac_boxscore", "primary"),
        ("nbac_boxscore", "route-1"),
    ]
    circuits = {one.route: one.circuit.is_open(now) for one in found.routes}
    assert circuits == {"primary": True, "route-1": False}
    last = {one.route: one.last.at for one in found.routes}
    assert last == {"primary": now + timedelta(seconds=4), "route-1": now}
    assert found.replaced == {"nbac_boxscore": "espn_boxscore"}
    assert found.usage == Usage(7, 3, 1, now)
