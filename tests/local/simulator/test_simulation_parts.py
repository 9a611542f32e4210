"""What a simulation is made of, and what each of its parts is given."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from common.eastern import at
from common.settings import Settings
from local.fake_sources.answers import Answer
from local.fake_sources.odds import event_id
from local.fake_sources.season import SCHEDULE_DAYS_BACK
from local.simulator import simulation as simulated
from local.simulator.ports.late_warehouse import LateWarehouse
from local.simulator.ports.port_faults import identity
from local.simulator.run import SimulateOptions, make_simulation
from local.simulator.simulation import DATA_KEPT_FOR, Simulation
from local.simulator.transport import Delivery
from tests.kit.seasons import season_of, write_season
from tests.local.simulator.test_run import DAYS, FIRST

HOUR = timedelta(hours=1)
NEXT = FIRST + timedelta(days=1)
REAL = "real-2025-26"


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """Write a season."""
    return write_season(tmp_path / "season.json", season_of(DAYS))


class Noting:
    """Stands for a class of a part: notes what each is made with, and which calls it gets."""

    def __init__(self, **answers: Any) -> None:
        self.made: list[tuple[Any, ...]] = []
        self.asked: list[tuple[Any, ...]] = []
        self.answers = answers

    def __call__(self, *given: Any) -> "Noting":
        """Make one."""
        self.made.append(given)
        return self

    def __getattr__(self, name: str) -> Any:
        """Take any call."""

        def call(*given: Any) -> Any:
            self.asked.append((name, *given))
            return self.answers.get(name)

        return call


def noting(monkeypatch: pytest.MonkeyPatch, name: str, **answers: Any) -> Noting:
    """Have a part of simulations noted."""
    part = Noting(**answers)
    monkeypatch.setattr(simulated, name, part)
    return part


def made(season: Path, faults: str = "", first: date = FIRST, **given: Any) -> Simulation:
    """Make a simulation with seed 5."""
    return make_simulation(SimulateOptions(season, first, first + HOUR * 24, 5, faults, **given))


def delivery(simulation: Simulation, body: dict[str, Any] | None = None, number: int = 1) -> Any:
    """Publish a request, and return one of its deliveries."""
    publisher = simulation.world.publisher
    publisher.publish("scraper-requests", body or {"scraper": "a", "task_id": "t"}, {})
    now = simulation.world.clock.now()
    return Delivery(now, number, "scraper_runner", publisher.published[-1], number)


def named(sent: Any, attempt: int = 1) -> str:
    """Write what a fault of a request's delivery is about."""
    return f"scraper_runner {crc32(identity(sent.message.body).encode()):08x} try {attempt}"


@pytest.mark.parametrize(("first", "has_past"), [(FIRST, False), (NEXT, True)])
def test_a_past_are_games_before_the_first_date(
    season: Path, first: date, *, has_past: bool
) -> None:
    """Those of the date itself are none, and nothing before it is collected."""
    found = made(season, first=first)
    assert found.has_past is has_past
    assert found.world.runtime.settings.collect_since == found.first_day == first
    assert found.world.clock.now() == at(first, datetime.min.time())


@pytest.mark.parametrize("only", [None, frozenset[Any]()])
def test_only_the_named_faults_happen(season: Path, only: frozenset[Any] | None) -> None:
    """None names all of them, an empty set none."""
    found = made(season, "drop=100%", only=only)
    assert found.chance.seed == 5
    arrived = len([*found.world.transport.arrivals(delivery(found))])
    assert arrived == (0 if only is None else 1)


@pytest.mark.parametrize(("faults", "late"), [("", False), ("bigquery=late:1%", True)])
def test_rows_may_come_late_where_bigquery_has_faults(
    season: Path, faults: str, *, late: bool
) -> None:
    """Otherwise the tables hold each row at once."""
    assert isinstance(made(season, faults).world.warehouse, LateWarehouse) is late


def test_a_real_season_begins_with_the_first_game_in_the_cloud(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its days are counted from the opening; stats.nba.com is not asked, as in the cloud."""
    told = Answer(418, {}, b"real")
    real = noting(monkeypatch, "RealSeason", lateness=HOUR, answer=told, reaches=True)
    sources = noting(monkeypatch, "Sources")
    found = made(season, REAL)
    assert real.made == [(FIRST, found.chance)]
    assert found.world.runtime.settings.sources["nba_stats"].url is None
    assert made(season).world.runtime.settings.sources["nba_stats"].url is not None
    _, late, _, reaches = sources.made[0]
    game = next(iter(found.world.slate.by_id.values()))
    assert (late(game.game_id), reaches(NEXT)) == (HOUR, True)
    assert found.world.answer("/a", {"b": "c"}) == told
    now = found.world.clock.now()
    asked = ("answer", "/a", {"b": "c"}, now, found.sources.answer)
    assert [each[:4] for each in real.asked] == [
        ("lateness", game),
        ("reaches", NEXT),
        asked[:4],
    ]


def test_sources_know_the_season_its_lateness_and_how_far_work_looks_back(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each game is late by a share of its own; no day's schedule has all later games."""
    sources = noting(monkeypatch, "Sources")
    found = made(season, "late=10h")
    given, late, back, reaches = sources.made[0]
    assert given.slate.games
    assert back == SCHEDULE_DAYS_BACK
    assert not reaches(NEXT)
    drawn = {name: 10 * HOUR * found.chance.share("late", name) for name in ("g", "h")}
    assert {name: late(name) for name in drawn} == drawn
    assert drawn["g"] != drawn["h"]


@pytest.mark.parametrize(("hours", "days"), [(96, 4 + 2 + 2), (48, SCHEDULE_DAYS_BACK)])
def test_a_schedule_reaches_back_as_far_as_catch_up_looks(
    season: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, days: int
) -> None:
    """Two dates more, since a span ends within dates, and two nights of an outage before it."""
    sources = noting(monkeypatch, "Sources")
    text = Settings().workflows_file.read_text()
    assert "span_hours: 72" in text
    other = tmp_path / "workflows.yaml"
    other.write_text(text.replace("span_hours: 72", f"span_hours: {hours}"))
    made(season, workflows=other)
    assert sources.made[0][2] == days


def test_rules_are_those_of_its_world(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its seed; each delivery is checked at its end, and each object of data noted."""
    rules = noting(monkeypatch, "Invariants")
    found = made(season)
    world = found.world
    assert rules.made == [(world.runtime, world.rows, 5)]
    assert world.around(delivery(found), lambda: 200) == 200
    assert rules.asked == [("after_event", world.clock.now())]
    settings = world.runtime.settings
    for bucket in (settings.data_bucket, settings.state_bucket):
        world.storage.create(bucket, "a/b.json", b"{}")
    noted = [each[1].bucket for each in rules.asked if each[0] == "finalized"]
    assert noted == [settings.data_bucket]


def test_calls_are_named_by_the_delivery_that_makes_them(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its beginning to its end; function, content and attempt tell deliveries apart."""
    ports = noting(monkeypatch, "PortFaults")
    found = made(season)
    body = next(
        each
        for each in ({"scraper": "a", "number": number} for number in range(999))
        if crc32(identity(each).encode()) < 1 << 28
    )
    for sent in (delivery(found), delivery(found, body, 3)):
        ports.asked.clear()
        found.world.around(sent, lambda: ports.asked.append(("run",)) or 200)
        about = named(sent, sent.attempt)
        assert ports.asked == [("begin", about), ("run",), ("begin", "")]
    assert re_digest(about).startswith("0")


def re_digest(about: str) -> str:
    """Return the digest of what a fault is about: eight digits."""
    digest = about.split(" ")[1]
    assert len(digest) == 8
    return digest


def test_each_outage_refuses(season: Path) -> None:
    """Not only the first that is named."""
    spans = (f"outage={name}:{FIRST}T00:00/1h" for name in ("scraper_logger", "scraper_runner"))
    found = made(season, ",".join(spans))
    assert found.world.around(delivery(found), lambda: 200) == simulated.REFUSED
    assert found.refused == 1


@pytest.mark.parametrize(("part", "faults"), [("Sources", ""), ("RealSeason", REAL)])
def test_a_source_has_a_clock_of_its_own(
    season: Path, monkeypatch: pytest.MonkeyPatch, part: str, faults: str
) -> None:
    """It answers of the true instant, also to an instance whose clock is off."""
    sources = noting(monkeypatch, part)
    found = made(season, faults)
    clock = found.world.clock
    true = clock.now()
    clock.error = HOUR
    found.world.answer("/a", {"b": "c"})
    (asked,) = sources.asked
    assert asked[:4] == ("answer", "/a", {"b": "c"}, true)


def test_a_source_fails_in_each_of_the_ways_that_are_named(season: Path) -> None:
    """Every rate is drawn by itself, for the delivery; its answer is "no"."""
    found = made(season, "source=403:1%,source=404:100%")
    seen: list[Answer] = []

    def ask() -> int:
        seen.append(found.world.answer("/a", {}))
        return 200

    sent = delivery(found)
    found.world.around(sent, ask)
    assert [(each.status, each.body) for each in seen] == [(404, b"no")]
    (fired,) = found.chance.fired
    assert (fired.point, fired.about) == ("a", named(sent))


def test_a_message_s_lateness_is_drawn_by_what_it_is_about(season: Path) -> None:
    """What delays it, what overtakes it and its duplicate each draw alone; a resend draws anew."""
    found = made(season, "delay=1h:100%,reorder,duplicate=100%")
    sent = delivery(found)
    share = found.chance.share
    for number in (1, 2, 3):
        found.chance.fired.clear()
        arrivals = [*found.world.transport.arrivals(sent)]
        about = f"{named(sent)} #{number + 1}"  # the first is of its publication
        assert {each.about for each in found.chance.fired} == {about}
        due = sent.due + HOUR * share("delayed", about)
        if any(each.kind == "reorder" for each in found.chance.fired):
            due += simulated.OVERTAKEN_DELAY_MAX * share("overtaken", about)
        again = simulated.DUPLICATE_DELAY_MAX * share("again", about)
        assert arrivals == [due, due + again]
    sent.attempt = 2
    assert len([*found.world.transport.arrivals(sent)]) == 2
    assert found.chance.fired[-1].about == f"{named(sent, 2)} #1"


def test_messages_to_the_dead_letter_topic_are_counted(season: Path) -> None:
    """And no others."""
    found = made(season)
    for topic in ("dead-letters", "scraper-requests", "dead-letters"):
        found.world.publisher.publish(topic, {}, {})
    assert found.dead_letters == 2


def test_a_switch_has_the_instant_at_which_it_was_noted(season: Path) -> None:
    """The world's, not that of a game."""
    found = made(season)
    world = found.world
    world.clock.move(world.clock.now() + HOUR)
    state = world.runtime.settings.state_bucket
    world.storage.create(state, simulated.switch("a"), b'{"to": "x"}')
    assert found.switches == [(world.clock.now(), "a", "x")]


def test_what_only_tests_look_at_is_forgotten(season: Path) -> None:
    """Answers, messages and what reads have cached; what was logged counts before it goes."""
    found = made(season)
    world = found.world
    game = next(each for each in world.slate.by_id.values() if each.tipoff)
    assert game.tipoff
    (before,) = found.cover([game])
    books = [{"markets": [{"outcomes": [{"price": 2}]}]}]
    held = {"records": [{"id": event_id(game.game_id), "bookmakers": books}]}
    bucket = world.runtime.settings.data_bucket
    world.storage.create(bucket, "a/b.json", json.dumps(held).encode())
    row = {"scraper_name": before.no_lines[0], "gcs_path": f"gs://{bucket}/a/b.json"}
    row |= {"triggered_at": game.tipoff - HOUR, "target_date": game.game_date, "game_id": None}
    world.rows["scraper_execution_log"].append({**row, "outcome": "SUCCESS"})
    world.clock.move(world.clock.now() + DATA_KEPT_FOR + HOUR)
    world.answers.append(("a", 200, ""))
    delivery(found)
    views: list[int] = []
    world.warehouse.forget_views = lambda: views.append(1)  # type: ignore[method-assign] # notes
    found.forget()
    assert ([*world.answers], [*world.publisher.published], views) == ([], [], [1])
    (after,) = found.cover([game])
    assert after.no_lines == before.no_lines[1:]
