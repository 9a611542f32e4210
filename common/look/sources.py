"""What is known of the sources: their circuits by route, what is asked in their place, credits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.executions.alternatives import Switch
from common.runtime import Runtime
from common.scrapers import REGISTRY
from common.sources.health import Circuit, SourceEvent, circuit_of, recent
from common.sources.quota import Credits, Usage
from common.state import names

_AFTER_DIGITS = ":"
"""Follows 9: marks of sources, which begin with a letter, are told by their events."""


@dataclass(frozen=True)
class RouteSeen:
    """One scraper by one of its routes, as the last three days showed it.

    Attributes:
        scraper: the scraper.
        route: the name of the route.
        last: its latest event.
        circuit: how many failures in a row, and until when it is left alone.
    """

    scraper: str
    route: str
    last: SourceEvent
    circuit: Circuit


@dataclass(frozen=True)
class Sources:
    """What is known of all sources.

    Attributes:
        routes: those with an event in the last three days; a healthy source leaves none.
        replaced: the scraper that is asked in the place of another, by that one.
        usage: the credits of The Odds API as last reported; None where they never were.
    """

    routes: tuple[RouteSeen, ...]
    replaced: dict[str, str]
    usage: Usage | None


def sources_of(place: Runtime) -> Sources:
    """Read what the state bucket has about the sources."""
    now, state = place.clock.now(), place.state
    usage = place.threads.submit(lambda: Credits(state).read()[0])
    switches = place.threads.map(lambda name: _replaced(place, name), REGISTRY)
    events = place.threads.map(lambda name: recent(state, name, now), REGISTRY)
    seen = (
        route
        for name, found in zip(REGISTRY, events, strict=True)
        for route in _routes(place, name, found)
    )
    replaced = {name: to for name, to in zip(REGISTRY, switches, strict=True) if to}
    return Sources(tuple(seen), replaced, usage.result())


def _replaced(place: Runtime, scraper: str) -> str:
    held, _ = place.state.read_as(names.switch(scraper), Switch.model_validate_json)
    return held.to if held else ""


def _routes(place: Runtime, scraper: str, events: Sequence[SourceEvent]) -> Iterator[RouteSeen]:
    for route in dict.fromkeys(event.route for event in events):
        last = [event for event in events if event.route == route][-1]
        yield RouteSeen(scraper, route, last, circuit_of(events, route, place.settings))


@dataclass(frozen=True)
class Failure:
    """An hour in which a function failed or dead-lettered an event.

    Attributes:
        function: its name.
        hour: as its mark says, UTC.
        error: the class of the error.
    """

    function: str
    hour: str
    error: str


def failures_since(place: Runtime, since: datetime) -> list[Failure]:
    """Return the hours since an instant in which each function failed, the latest first."""
    functions = sorted({one.function for one in place.topology.subscriptions})
    start = f"{since:%Y-%m-%dT%H}"
    listed = place.threads.map(lambda name: _marks(place, name, start), functions)
    return sorted((one for some in listed for one in some), key=lambda one: one.hour, reverse=True)


def _marks(place: Runtime, function: str, start: str) -> list[Failure]:
    folder = names.incidents(function)
    listed = place.storage.list(
        place.settings.state_bucket,
        folder,
        start=f"{folder}{start}",
        end=f"{folder}{_AFTER_DIGITS}",
    )
    marks = (held.name.removeprefix(folder) for held in listed)
    return [Failure(function, mark[: len(start)], mark[len(start) + 1 :]) for mark in marks]
