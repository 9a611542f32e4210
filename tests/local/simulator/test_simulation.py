"""What a long simulation keeps, and what goes wrong on the way of a delivery."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.errors import OrchestrationError
from common.settings import ROOT, Settings
from common.state.names import PAUSES, switch
from local.fake_sources.odds import event_id
from local.simulator.run import SimulateOptions, make_simulation
from local.simulator.simulation import DATA_KEPT_FOR, STATE_KEPT_FOR, Simulation
from local.simulator.transport import Delivery
from local.simulator.world import NO_ANSWER
from tests.kit.seasons import season_of, write_season
from tests.local.simulator.test_run import DAYS, FIRST

HOUR = timedelta(hours=1)


def test_state_is_deleted_by_age_as_in_the_cloud() -> None:
    """The age is the default of `state_retention_days`."""
    held = (ROOT / "terraform" / "variables.tf").read_text(encoding="utf-8")
    found = re.search(r'"state_retention_days" \{[^}]*?default += (\d+)', held)
    assert found
    assert timedelta(days=int(found[1])) == STATE_KEPT_FOR


def test_of_what_is_old_no_state_and_no_bytes_are_kept(tmp_path: Path) -> None:
    """Young objects and old pauses stay; old data stays listed, though nobody can read it."""
    file = write_season(tmp_path / "season.json", season_of(DAYS))
    simulation = make_simulation(SimulateOptions(file, FIRST, FIRST))
    world, settings = simulation.world, simulation.world.runtime.settings
    ages = {settings.state_bucket: STATE_KEPT_FOR, settings.data_bucket: DATA_KEPT_FOR}
    now = world.clock.now() + STATE_KEPT_FOR + HOUR
    for bucket, age in ages.items():
        for name, made in (("tasks/old", now - age - HOUR), ("tasks/young", now - age + HOUR)):
            world.clock.set(made)
            world.storage.create(bucket, name, name.encode())
    state, data = ages
    world.clock.set(now - STATE_KEPT_FOR - HOUR)
    world.storage.create(state, PAUSES, b"{}")
    world.clock.move(now)
    simulation.forget()
    assert [each.name for each in world.storage.list(state, "")] == [PAUSES, "tasks/young"]
    assert [each.name for each in world.storage.list(data, "")] == ["tasks/old", "tasks/young"]
    held = world.storage.read(data, "tasks/young")
    assert held
    assert held[0] == b"tasks/young"
    with pytest.raises(RuntimeError, match="bytes were dropped"):
        world.storage.read(data, "tasks/old")


def test_a_simulation_has_the_workflow_file_that_is_given(tmp_path: Path) -> None:
    """And not the committed one."""
    file = write_season(tmp_path / "season.json", season_of(DAYS))
    other = tmp_path / "workflows.yaml"
    other.write_text(Settings().workflows_file.read_text())
    made = make_simulation(SimulateOptions(file, FIRST, FIRST, workflows=other))
    assert made.world.runtime.settings.workflows_file == other


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """Write a season."""
    return write_season(tmp_path / "season.json", season_of(DAYS))


def faulty(season: Path, faults: str) -> tuple[Simulation, Delivery]:
    """Make a simulation with faults, and a request's first delivery."""
    made = make_simulation(SimulateOptions(season, FIRST, FIRST, 5, faults))
    made.world.publisher.publish("scraper-requests", {"scraper": "a", "task_id": "t"}, {})
    message = made.world.publisher.published[0]
    return made, Delivery(made.world.clock.now(), 1, "scraper_runner", message)


@pytest.mark.parametrize(("status", "refused"), [(200, 0), (400, 0), (503, 0), (NO_ANSWER, 1)])
def test_a_delivery_counts_and_has_its_answer(season: Path, status: int, refused: int) -> None:
    """A process that dies has answered nothing."""
    made, delivery = faulty(season, "")
    assert made.world.around(delivery, lambda: status) == status
    assert (made.events, made.refused, made.dead_letters) == (1, refused, 0)


def test_an_answer_that_nothing_excuses_ends_the_history(season: Path) -> None:
    """With the last error, the seed and the message."""
    made, delivery = faulty(season, "")
    for text in ("an older one", "the reason"):
        made.world.answers.append(("scraper_runner", 500, f'{{"error": "{text}"}}'))
    told = r"^scraper_runner failed with the reason at .* \(seed 5\) on .*'task_id': 't'"
    with pytest.raises(OrchestrationError, match=told):
        made.world.around(delivery, lambda: 500)


@pytest.mark.parametrize(("hours", "is_down"), [(-1, False), (0, True), (1, False)])
def test_a_function_that_is_down_refuses(season: Path, hours: int, *, is_down: bool) -> None:
    """With 503, from the start to before the end; nothing of it runs."""
    made, delivery = faulty(season, f"outage=scraper_runner:{FIRST}T06:00/1h")
    made.world.clock.move(made.world.clock.now() + (6 + hours) * HOUR)
    done: list[int] = []
    found = made.world.around(delivery, lambda: done.append(1) or 200)
    assert (found, made.refused, len(done)) == ((503, 1, 0) if is_down else (200, 0, 1))


@pytest.mark.parametrize(
    ("faults", "attempt", "earliest", "latest"),
    [
        ("", 1, [0], [0]),
        ("drop=100%", 1, [], []),
        ("drop=100%", 2, [0], [0]),
        ("delay=1h:100%", 1, [1], [3600]),
        ("delay=1h:100%", 2, [0], [0]),
        ("reorder", 2, [0], [5]),
        ("duplicate=100%", 1, [0, 0], [0, 120]),
        ("duplicate=100%", 3, [0, 0], [0, 120]),
        ("duplicate=100%", 4, [0], [0]),
    ],
)
def test_a_message_arrives_as_its_faults_let_it(
    season: Path, faults: str, attempt: int, earliest: list[int], latest: list[int]
) -> None:
    """Only a first attempt is lost or late, and only the first three come twice."""
    made, delivery = faulty(season, faults)
    delivery.attempt = attempt
    found = [*made.world.transport.arrivals(delivery)]
    late = [(when - delivery.due).total_seconds() for when in found]
    assert len(late) == len(earliest)
    for least, seconds, most in zip(earliest, late, latest, strict=True):
        assert least <= seconds <= most
    if "%" not in faults or attempt > 1:
        return
    assert {one.kind for one in made.chance.fired} == {faults.partition("=")[0]}


@pytest.mark.parametrize(("kind", "status"), [("503", 503), ("404", 404), ("garbage", 200)])
def test_a_source_fails_through_one_scrape(season: Path, kind: str, status: int) -> None:
    """A source that fails does so for the runner alone, and for as long as the scrape tries."""
    made, delivery = faulty(season, f"source={kind}:100%")
    seen: list[Any] = []

    def ask() -> int:
        seen.extend(made.world.answer("/no-such-path", {}) for _ in range(2))
        return 200

    made.world.around(delivery, ask)
    assert [answer.status for answer in seen] == [status] * 2
    assert (b"redecorating" in seen[0].body) is (kind == "garbage")
    assert [(one.kind, one.point) for one in made.chance.fired] == [(f"source {kind}", "a")]
    seen.clear()
    delivery.function = "scraper_logger"
    made.world.around(delivery, ask)
    assert b"redecorating" not in seen[0].body
    assert len(made.chance.fired) == 1


@pytest.mark.parametrize("service", ["storage", "bigquery", "pubsub"])
def test_a_service_that_fails_is_the_one_that_is_named(season: Path, service: str) -> None:
    """The functions' port of it, and not the world's own."""
    made, _ = faulty(season, f"{service}=503:100%")
    runtime, now = made.world.runtime, made.world.clock.now()
    span = {"since": now, "until": now + HOUR}
    uses: dict[str, Any] = {
        "storage": lambda: runtime.storage.stat("nba-state", "x"),
        "bigquery": lambda: runtime.warehouse.select("cleanup_operations", ["status"], **span),
        "pubsub": lambda: runtime.publisher.publish("dead-letters", {}, {}),
    }
    for name, use in uses.items():
        if name == service:
            with pytest.raises(ServiceUnavailable):
                use()
        else:
            use()
    made.world.publisher.publish("dead-letters", {}, {})


def test_a_clock_is_off_through_one_delivery(season: Path) -> None:
    """By up to 90 s in either direction."""
    made, delivery = faulty(season, "clock=100%")
    clock, off = made.world.clock, list[timedelta]()
    for number in range(40):
        delivery.attempt = number
        made.world.around(delivery, lambda: off.append(clock.error) or 200)
        assert clock.error == timedelta(0)
    assert timedelta(seconds=60) < max(off) <= timedelta(seconds=90)
    assert timedelta(seconds=-90) <= min(off) < timedelta(seconds=-60)


def test_a_switch_is_told_when_it_changes(season: Path) -> None:
    """Once for each scraper and who stands in for it, and once when it is back."""
    made, _ = faulty(season, "")
    world = made.world
    state = world.runtime.settings.state_bucket
    for name, to in (("a", "x"), ("b", "y"), ("a", "x"), ("a", ""), ("b", "z"), ("a", "x")):
        text = f'{{"to": "{to}"}}'.encode() if to else b"{}"
        held = world.storage.stat(state, switch(name))
        if held:
            world.storage.replace(state, held.name, text, generation=held.generation)
        else:
            world.storage.create(state, switch(name), text)
    assert [(name, to) for _, name, to in made.switches] == [
        ("a", "x"),
        ("b", "y"),
        ("a", ""),
        ("b", "z"),
        ("a", "x"),
    ]


def test_what_was_logged_since_the_last_time_counts_for_a_game(season: Path) -> None:
    """An object is read by the path in its row, once; one that is gone holds nothing."""
    made, _ = faulty(season, "")
    world = made.world
    game = next(each for each in world.slate.by_id.values() if each.tipoff)
    assert game.tipoff
    (before,) = made.cover([game])
    assert len(before.no_lines) == 2
    books = [{"markets": [{"outcomes": [{"price": 2}]}]}]
    held = {"records": [{"id": event_id(game.game_id), "bookmakers": books}]}
    bucket = world.runtime.settings.data_bucket
    world.storage.create(bucket, "a/lines.json", json.dumps(held).encode())
    about = {"triggered_at": game.tipoff - HOUR, "target_date": game.game_date, "game_id": None}
    for name, left in (("a/none.json", 2), ("a/lines.json", 1)):
        path = {"scraper_name": before.no_lines[0], "gcs_path": f"gs://{bucket}/{name}"}
        world.rows["scraper_execution_log"].append({**about, **path, "outcome": "SUCCESS"})
        for _ in range(2):
            (found,) = made.cover([game])
            assert found.no_lines == before.no_lines[-left:]
