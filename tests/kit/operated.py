"""A day that went partly wrong, for the commands that operate a deployment."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import pytest
from click.testing import CliRunner, Result

from common.eastern import at, eastern_date
from local.commands.cli import main
from local.fake_sources.answers import Answer, answer
from local.operate import reach, subscription
from local.operate.letters import Letter, read_letter
from local.scheduler import ticks_of
from local.simulator.world import ACKNOWLEDGED, World
from tests.kit.world import DAY, slate

FAILING = {
    "/get-game-officials": "nbac_referee_assignments",
    "/static/json/liveData/playbyplay": "nbac_play_by_play",
    "/pdfs/": "nbac_gamebook_pdf",
}
"""Three scrapers, by what their requests' paths contain."""


def day_gone_wrong(
    until: datetime | None = None, *, day: date = DAY, since: date | None = None
) -> World:
    """Live a day on which the sources of `FAILING` refuse; it ends at midnight, or earlier.

    Catch-up collects the day before as well, or what `since` has.
    """
    world = World(slate(), at(day, time()), collect_since=since or day - timedelta(days=1))
    refuse(world)
    live_on(world, until or at(day + timedelta(days=1), time()))
    return world


def live_on(world: World, until: datetime) -> None:
    """Let a world's ticks come, and handle what follows, up to an instant."""
    start, day = world.clock.now(), eastern_date(world.clock.now())
    while at(day, time()) < until:
        for tick in ticks_of(world.runtime.topology, day):
            if start <= tick.instant <= until:
                world.settle(tick.instant)
                world.clock.move(tick.instant)
                world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
        day += timedelta(days=1)
    world.settle(until)
    world.clock.move(until)


def gone_wrong() -> World:
    """Return one such day at its end, for tests that only look at it.

    A test that patches something asks for it before: else the day would be lived under its patches,
    and be there for all tests after it. One that publishes lives a day of its own.
    """
    world, published = _gone_wrong()
    changed = len(world.publisher.published) - published
    assert not changed, "a test has published in the day that all share; use day_gone_wrong"
    return world


@lru_cache(maxsize=1)
def _gone_wrong() -> tuple[World, int]:
    """Live the day; return it with how many messages were published in it."""
    world = day_gone_wrong()
    refused = [one for one in world.answers if one[1] != ACKNOWLEDGED]
    assert not refused, f"the day was lived under a test's patches: {refused[0]}"
    return world, len(world.publisher.published)


@lru_cache(maxsize=1)
def forced_ahead() -> World:
    """Return such a day at 23:50, the slot of 06:00 forced five minutes before, to look at."""
    world = day_gone_wrong(at(DAY, time(23, 45)))
    force_at(world, at(DAY + timedelta(days=1), time(6)))
    live_on(world, at(DAY, time(23, 50)))
    return world


def force_at(world: World, slot: datetime) -> None:
    """Force a slot at the world's instant."""
    body = {"schema": "tick", "version": 1, "scheduled_time": slot.isoformat(), "force": True}
    world.publisher.publish("tick-master-controller", body, {})


def refuse(world: World, parts: Collection[str] = FAILING) -> None:
    """Let sources answer 503 where a request's path has one of the parts."""

    def ask(path: str, params: Mapping[str, str]) -> Answer:
        if any(part in path for part in parts):
            return Answer(503, {}, b"down for maintenance")
        return answer(path, params, world.slate, world.clock.now())

    world.ask = ask


def mend(world: World) -> None:
    """Let every source answer again."""
    world.ask = lambda path, params: answer(path, params, world.slate, world.clock.now())


class PatientClock:
    """The clock of a world that handles its messages while somebody waits."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        """Return the world's instant."""
        return self._world.clock.now()

    def sleep(self, seconds: float) -> None:
        """Handle what is due in the next seconds."""
        until = self.now() + timedelta(seconds=seconds)
        self._world.settle(until)
        self._world.clock.move(until)


class Letters:
    """The dead letters of a world, as `DeadLetters` shows those of a subscription."""

    def __init__(self, world: World) -> None:
        self._world = world

    @contextmanager
    def leased(self, _: int) -> Iterator[dict[str, Letter]]:
        """Hold all of them."""
        topology, sent = self._world.runtime.topology, self._world.publisher.published
        yield {
            one.message_id: read_letter(
                one.message_id, one.publish_time, one.data, one.attributes, topology
            )
            for one in sent
            if one.topic == topology.delivery.dead_letter_topic
        }


def run(world: World, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """Run `python -m local WORDS`, which reaches a world; assert that no bug shows."""
    place = world.runtime.but(clock=PatientClock(world))
    monkeypatch.setattr(reach, "reach", lambda *_: place)
    monkeypatch.setattr(subscription, "dead_letters", lambda _: Letters(world))
    done = CliRunner().invoke(main, words)
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    return done
