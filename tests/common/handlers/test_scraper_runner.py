"""The name of a task's object."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import httpx
import pytest

from common.handlers.scraper_runner import Task, names_of, run, season_of
from common.messages.envelope import Event
from common.messages.models import ScraperRequest
from common.runtime import Runtime
from common.scrapers import get
from common.settings import Settings
from common.sources.client import Source
from common.state.claims import Claim
from local.fake_sources.answers import Answer
from local.fake_sources.overrides import switched_on
from tests.kit.world import new_world

STARTED = datetime(2025, 11, 12, 18, 30, 45, tzinfo=UTC)
CLAIM = Claim("scraper_runner/x", "me", STARTED, takeover=False, generation=1)
GAME = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}


def named(scraper: str, *, failed: bool = False, tagged: bool = False) -> str:
    """Return the name of a task's object."""
    found = get(scraper)
    game = GAME if found.scope == "game" else None
    request = ScraperRequest.model_validate({"scraper": scraper, "game": game})
    task = Task("0a1b2c3d-0000-4000-8000-000000000000", found, request, date(2025, 11, 12))
    return names_of(task, CLAIM, failed=failed)[tagged]


def test_names_follow_the_seed() -> None:
    """The name is `folder/date/game/time` in Eastern time; failures are below `failed/`."""
    assert named("oddsa_events") == "oddsa-events/2025-11-12/133045.json"
    assert named("nbac_play_by_play") == "nbac-play-by-play/2025-11-12/0022500213/133045.json"
    assert named("nbac_gamebook_pdf").endswith("/133045.pdf")
    assert named("oddsa_events", failed=True) == "failed/oddsa-events/2025-11-12/133045.json"
    assert named("nbac_gamebook_pdf", failed=True).endswith("/133045.json")


def test_the_second_task_of_a_second_is_tagged() -> None:
    """A short task id precedes the suffix."""
    assert named("oddsa_events", tagged=True) == "oddsa-events/2025-11-12/133045-0a1b2c3d.json"


@pytest.mark.parametrize(
    ("answering", "host"), [(0, "stats.nba.com"), (1, "one.example"), (2, "two.example")]
)
def test_an_object_names_the_host_of_the_route_that_answered(answering: int, host: str) -> None:
    """Not one of those that were asked before it and failed."""
    world = new_world()
    hosts = ("stats.nba.com", "one.example", "two.example")
    given = "https://one.example,https://two.example"
    settings = Settings.model_validate({**switched_on(), "nba_stats_routes": given})

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.host == hosts[answering] else 403)

    source = Source(settings, world.clock, httpx.MockTransport(answer))
    ports = {"storage": world.storage, "publisher": world.publisher, "source": source}
    runtime = Runtime(settings, clock=world.clock, elapsed=lambda: 0.0, **ports)
    request = ScraperRequest(scraper="nbac_player_list", target_date=date(2025, 11, 12))
    made = run(runtime, Event(shape="push", data={}, message_id="asked here"), request)
    stored = world.storage.stat(settings.data_bucket, str(made["object"]))
    assert stored is not None
    assert stored.metadata["source_host"] == host


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2025, 10, 21), "2025-26"),
        (date(2026, 6, 20), "2025-26"),
        (date(2025, 7, 31), "2024-25"),
        (date(2025, 8, 1), "2025-26"),
        (date(1999, 12, 31), "1999-00"),
    ],
)
def test_x12_a_date_belongs_to_the_season_that_began_before_it(day: date, season: str) -> None:
    """A spring date belongs to the season of the year before."""
    assert season_of(day) == season


@pytest.mark.parametrize(
    ("game_ids", "season", "season_type"),
    [
        ((), "2025-26", "Regular Season"),
        (("0022400001", "0042300001"), "2024-25", "Regular Season"),
        (("0042300001", "0022400001"), "2023-24", "Playoffs"),
        (("espn-401",), "2025-26", "Regular Season"),
    ],
)
def test_a_date_s_task_is_of_the_season_and_type_of_its_first_game(
    game_ids: tuple[str, ...], season: str, season_type: str
) -> None:
    """Without a game, or with one that only ESPN lists, of the date's season."""
    world = new_world()
    asked: list[Mapping[str, str]] = []

    def answer(_: str, params: Mapping[str, str]) -> Answer:
        asked.append(params)
        return Answer(404, {}, b"")

    world.ask = answer
    games = [{"game_id": one, "away": "MIL", "home": "CHA"} for one in game_ids]
    request = {"scraper": "nbac_player_boxscore", "target_date": "2025-11-12", "games": games}
    world.publisher.publish(
        "scraper-requests", {"schema": "scraper-request", "version": 1, **request}, {}
    )
    world.settle()
    assert {(one["Season"], one["SeasonType"]) for one in asked} == {(season, season_type)}
