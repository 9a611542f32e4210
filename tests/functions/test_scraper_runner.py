"""The scraper runner writes one object for each request, whatever the source answers."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from common.cloud.ports import StoredObject
from common.sources.client import Source
from common.state.own_objects import SECRET, note
from local.simulator.world import World
from tests.kit.breaks import Break, deliver_through, die_after
from tests.kit.checks import defects
from tests.kit.sweeps import execution
from tests.kit.world import NOON, SLOT, Call, before, unnoticed

BUCKET = "nba-scraped-data"
REQUEST = {"schema": "scraper-request", "version": 1, "scraper": "oddsa_events"}
OBJECT = 4
"""Which write of a run is its object: after the lease, the host's turn and the note."""
GAME = {"game_id": "0022500207", "away": "TOR", "home": "BKN"}


def objects(world: World) -> list[StoredObject]:
    """List the objects of the data bucket without the schedule stored before."""
    held = world.storage.list(BUCKET, "")
    return [found for found in held if not found.name.startswith("nbac-schedule-api")]


def content(world: World, name: str) -> dict[str, Any]:
    """Read an object's JSON."""
    held = world.storage.read(BUCKET, name)
    assert held is not None
    body: dict[str, Any] = json.loads(held[0])
    return body


def answer_with(world: World, status: int, body: bytes = b"") -> None:
    """Let every source answer with a status and a body from now on."""
    answer_by(world, lambda _: httpx.Response(status, content=body))


def answer_by(world: World, answer: Callable[[httpx.Request], httpx.Response]) -> None:
    """Let every source answer as a function does from now on."""
    source = Source(world.runtime.settings, world.clock, httpx.MockTransport(answer))
    world.runtime = world.runtime.but(source=source)


def test_a_request_leaves_one_object_with_its_labels(world: World, call: Call) -> None:
    """The object is named by folder, date and time, and its labels carry the record count."""
    answer = call("scraper_runner", {**REQUEST, "target_date": "2025-11-12"})
    assert (answer.status, answer.body["outcome"]) == (200, "SUCCESS")
    (stored,) = objects(world)
    assert stored.name == answer.body["object"] == "oddsa-events/2025-11-12/124500.json"
    assert stored.custom_time is not None
    assert NOON <= stored.custom_time < NOON + timedelta(seconds=1)
    assert stored.metadata["scraper"] == "oddsa_events"
    assert stored.metadata["records"] == "12"
    assert stored.metadata["source_host"] == "api.the-odds-api.com"
    assert len(content(world, stored.name)["records"]) == 12


def test_a_game_is_part_of_its_object_s_name(world: World, call: Call) -> None:
    """The name is `folder/date/game/time`."""
    request = {"scraper": "nbac_play_by_play", "target_date": "2025-11-11", "game": GAME}
    call("scraper_runner", {**REQUEST, **request})
    (stored,) = objects(world)
    assert stored.name == "nbac-play-by-play/2025-11-11/0022500207/124500.json"
    assert stored.metadata["game_id"] == "0022500207"


@pytest.mark.parametrize(
    ("happened", "day"),
    [("2025-11-13T00:30:00Z", "2025-11-12"), ("2025-11-12T04:59:00Z", "2025-11-11")],
)
def test_without_a_date_it_is_the_eastern_date_of_the_event(
    world: World, call: Call, happened: str, day: str
) -> None:
    """At 00:30 UTC it is still that of the day before (T4), and a late delivery changes nothing."""
    call("scraper_runner", {**REQUEST, "scheduled_time": happened})
    assert objects(world)[0].metadata["target_date"] == day


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"games": [{"game_id": "0051900001", "away": "MEM", "home": "POR"}]}, "PlayIn"),
        ({"games": [{"game_id": "0041900161", "away": "ORL", "home": "MIL"}]}, "Playoffs"),
        ({}, "Regular Season"),
        ({"season_type": "IST"}, "IST"),
    ],
)
def test_fs06_the_season_is_that_of_the_games(
    world: World, call: Call, asked: dict[str, Any], kind: str
) -> None:
    """For a night of August 2020 the season is asked for that began in 2019, and its kind."""
    seen: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.params["Season"], request.url.params["SeasonType"]))
        return httpx.Response(404)

    transport = httpx.MockTransport(answer)
    world.runtime.__dict__["source"] = Source(world.runtime.settings, world.clock, transport)
    log = {"scraper": "nbac_player_boxscore", "target_date": "2020-08-15", **asked}
    assert call("scraper_runner", {**REQUEST, **log}).status == 200
    assert seen == [("2019-20", kind)]


def test_a_past_snapshot_is_that_of_the_request_s_instant(world: World, call: Call) -> None:
    """Its scheduled time names it."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["date"])
        return httpx.Response(404)

    answer_by(world, answer)
    instant = {"scraper": "oddsa_events_his", "scheduled_time": "2025-11-12T16:05:00Z"}
    assert call("scraper_runner", {**REQUEST, **instant}).status == 200
    assert asked == ["2025-11-12T16:05:00Z"]


def test_x16_a_long_error_is_cut_for_its_object_s_metadata(world: World, call: Call) -> None:
    """Its envelope has the whole text, such as the ids of all events that are missing."""
    answer_with(world, 400)
    events = {"scraper": "oddsa_player_props", "event_ids": [f"{n:064}" for n in range(40)]}
    assert call("scraper_runner", {**REQUEST, **events}).body["outcome"] == "FAILED"
    (stored,) = objects(world)
    whole = content(world, stored.name)["error_message"]
    assert len(whole) > 2000
    assert stored.metadata["error_message"] == whole[:1000]


def test_an_object_names_the_host_that_gave_its_outcome(world: World, call: Call) -> None:
    """A box score of ESPN's is on a page that its scoreboard leads to."""
    request = {"scraper": "espn_boxscore", "target_date": "2025-11-11", "game": GAME}
    assert call("scraper_runner", {**REQUEST, **request}).body["outcome"] == "SUCCESS"
    (stored,) = objects(world)
    assert stored.metadata["source_host"] == "www.espn.com"


@pytest.mark.parametrize(("status", "outcome"), [(404, "NO_DATA"), (403, "BLOCKED")])
def test_what_is_no_answer_corrects_none(
    world: World, call: Call, status: int, outcome: str
) -> None:
    """Without records a source has not taken anything back."""
    request = {"scraper": "nbac_boxscore", "target_date": "2025-11-12", "game": GAME}
    assert call("scraper_runner", {**REQUEST, **request}).body["outcome"] == "SUCCESS"
    answer_with(world, status)
    world.clock.sleep(3600)
    again = call("scraper_runner", {**REQUEST, **request})
    assert again.body["outcome"] == outcome
    assert not [found for found in objects(world) if "corrects" in found.metadata]


def test_fs05_a_log_without_an_asked_game_is_asked_for_again(world: World, call: Call) -> None:
    """The request's games must be in the answer; what lacks one is a MISMATCH that names it."""
    game = {"game_id": "0022500999", "away": "MIL", "home": "CHA"}
    log = {"scraper": "nbac_player_boxscore", "target_date": "2025-11-11", "games": [GAME, game]}
    answer = call("scraper_runner", {**REQUEST, **log})
    assert (answer.body["outcome"], answer.body["reason_code"]) == ("MISMATCH", "ANSWER_MISMATCH")
    (stored,) = objects(world)
    assert stored.name.startswith("failed/nbac-player-boxscore/2025-11-11/")
    assert stored.metadata["error_class"] == "MissingGamesError"
    assert stored.metadata["error_message"].endswith(": 0022500999")
    assert call("scraper_runner", {**REQUEST, **log, "games": [GAME]}).body["outcome"] == "SUCCESS"


def test_two_requests_of_one_second_have_two_objects(world: World, call: Call) -> None:
    """The later object's name contains a short task id."""
    for message_id in ("a", "b"):
        push = {"message": {"messageId": message_id, "data": REQUEST}, "subscription": "s"}
        world.clock.set(NOON)
        assert call("scraper_runner", push).status == 200
    plain, tagged = sorted((found.name for found in objects(world)), key=len)
    assert plain == "oddsa-events/2025-11-12/124500.json"
    assert tagged.startswith("oddsa-events/2025-11-12/124500-")


def test_x8_a_message_delivered_again_scrapes_nothing(world: World, call: Call) -> None:
    """A second delivery, at once or five hours later, writes no object."""
    delivery = before(world, "scraper_runner")
    assert call("scraper_runner", delivery.body()).status == 200
    count = len(objects(world))
    for hours in (0, 5):
        world.clock.move(SLOT + timedelta(hours=hours))
        answer = call("scraper_runner", delivery.body())
        assert (answer.status, answer.body["result"]) == (200, "already run")
    assert len(objects(world)) == count


def test_r6_a_takeover_does_not_ask_the_source_again(world: World, call: Call) -> None:
    """After a crash behind the object's write, the next delivery finds the object."""
    delivery = before(world, "scraper_runner")
    assert deliver_through(world, delivery, Break(OBJECT, die_after)) == 0
    asked: list[httpx.Request] = []
    answer_by(world, lambda request: asked.append(request) or httpx.Response(403))
    world.clock.sleep(700)
    answer = call("scraper_runner", delivery.body())
    assert (answer.status, answer.body["result"], asked) == (200, "was written", [])
    assert answer.body["object"] == "oddsa-events/2025-11-12/130000.json"
    assert [found.name for found in objects(world)] == [answer.body["object"]]


def test_r6_a_takeover_yields_to_what_the_first_one_wrote_meanwhile(
    world: World, call: Call
) -> None:
    """If the slow first delivery writes meanwhile, the second one writes no failure."""
    delivery = before(world, "scraper_runner")
    assert deliver_through(world, delivery, Break(1, die_after)) == 0
    name = "oddsa-events/2025-11-12/130000.json"
    task_id = delivery.message.body["execution"]["task_id"]

    def refuse(_: httpx.Request) -> httpx.Response:
        held = note(world.runtime.state, task_id, [name])
        with unnoticed(world):
            world.storage.create(BUCKET, name, b"{}", metadata={SECRET: held.secret})
        return httpx.Response(403)

    source = Source(world.runtime.settings, world.clock, httpx.MockTransport(refuse))
    world.runtime = world.runtime.but(source=source)
    world.clock.sleep(700)
    answer = call("scraper_runner", delivery.body())
    assert (answer.status, answer.body["result"]) == (200, "was written")
    assert [found.name for found in objects(world)] == [name]


@pytest.mark.parametrize(
    ("status", "outcome", "error_class"),
    [(403, "BLOCKED", "BlockedError"), (500, "FAILED", "UnavailableError")],
)
def test_s2_a_refusing_source_leaves_an_error_object(
    world: World, call: Call, status: int, outcome: str, error_class: str
) -> None:
    """The message is acknowledged, and the log row contains the source's failure (X16)."""
    answer_with(world, status)
    answer = call("scraper_runner", REQUEST)
    assert (answer.status, answer.body["outcome"]) == (200, outcome)
    (stored,) = objects(world)
    assert stored.name.startswith("failed/oddsa-events/2025-11-12/")
    assert content(world, stored.name)["error_class"] == error_class
    world.settle()
    row = world.rows["scraper_execution_log"][-1]
    assert (row["status"], row["error_class"]) == ("FAILED", error_class)
    assert row["http_status"] == status
    assert str(status) in row["error_message"]


def test_s1_an_answer_of_an_unknown_form_is_a_failure(world: World, call: Call) -> None:
    """The outcome is CONTRACT, and the object contains a sample of the answer."""
    answer_with(world, 200, b'{"unexpected": true}')
    assert call("scraper_runner", REQUEST).body["outcome"] == "CONTRACT"
    assert "unexpected" in content(world, objects(world)[0].name)["sample"]


def test_no_data_is_a_success_without_records(world: World, call: Call) -> None:
    """An empty list is neither blocked nor failed."""
    answer_with(world, 200, b"[]")
    assert call("scraper_runner", REQUEST).body["outcome"] == "NO_DATA"
    world.settle()
    row = world.rows["scraper_execution_log"][-1]
    assert (row["status"], row["records_processed"]) == ("SUCCESS", 0)


def test_x14_props_are_blocked_when_the_events_failed(world: World, call: Call) -> None:
    """The execution fails and names what blocked it; game lines need no events and run."""
    delivery = before(world, "scraper_runner")
    answer_with(world, 403)
    assert call("scraper_runner", delivery.body()).status == 200
    world.settle()
    row = execution(world)
    assert (row["status"], row["outcome"], row["scrapers_triggered"]) == ("failed", "FAILED", 2)
    error = row["error_message"]
    assert error.startswith("oddsa_player_props: BLOCKED_BY_DEPENDENCY (oddsa_events failed)")
    assert defects(world) == []


def test_r6_a_delivery_that_outlived_its_lease_yields_to_what_another_wrote(
    world: World, call: Call
) -> None:
    """Its own failure, of a task that is done, counts neither for the task nor for the source."""
    delivery = before(world, "scraper_runner")
    good, asked = world.runtime.source, []

    def slow(_: httpx.Request) -> httpx.Response:
        asked.append(1)
        if len(asked) == 1:
            world.clock.sleep(700)
            with world.with_ports(source=good):
                assert world.deliver(delivery) == 200
        return httpx.Response(403)

    source = Source(world.runtime.settings, world.clock, httpx.MockTransport(slow))
    with world.with_ports(source=source):
        answer = call("scraper_runner", delivery.body())
    assert (answer.status, answer.body["result"]) == (200, "was written")
    assert answer.body["object"].startswith("oddsa-events/2025-11-12/")
    state = world.runtime.settings.state_bucket
    assert [*world.storage.list(state, "sources/oddsa_events/")] == []
