"""Every scraper against a real source server, over HTTP, through a day."""

import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest

from common.clock import set_clock
from common.eastern import EASTERN
from common.scrapers import REGISTRY, get
from common.scrapers.model import GameRef, Target
from common.settings import ROOT, Settings
from common.sources.client import Source
from common.sources.outcomes import Scraped
from common.sources.scrape import scrape
from local.fake_sources.answers import answer
from local.fake_sources.odds import event_id
from local.fake_sources.overrides import switched_on
from local.fake_sources.server import SourceServer
from local.fake_sources.slate import load
from local.processes.process import held_port
from tests.kit.serving import serving

SLATE = ROOT / "config" / "slates" / "2025-11.json"
DAY = date(2025, 11, 12)
GAME = GameRef(game_id="0022500213", away="MIL", home="CHA")


class HandClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.instant = datetime(2025, 11, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant set last."""
        return self.instant

    def sleep(self, seconds: float) -> None:
        """Nothing here should wait."""
        pytest.fail(f"slept {seconds} s")


@pytest.fixture(scope="module")
def clock() -> HandClock:
    """Make the clock of server and client."""
    return HandClock()


@pytest.fixture(scope="module")
def server(clock: HandClock) -> Iterator[SourceServer]:
    """Start a server."""
    running = SourceServer(load(SLATE), clock)
    with serving(running):
        yield running


@pytest.fixture(scope="module")
def source(server: SourceServer, clock: HandClock) -> Iterator[Source]:
    """Make a client of the server for all hosts."""
    url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings.model_validate({**switched_on(url), "source_interval_seconds": 0})
    opened = Source(settings, clock)
    yield opened
    opened.close()


def run(name: str, source: Source, clock: HandClock, hour: int, minute: int = 0) -> Scraped:
    """Scrape 12 November at an Eastern time; hours past 24 are the next morning."""
    clock.instant = datetime(2025, 11, 12 + hour // 24, hour % 24, minute, tzinfo=EASTERN)
    scraper = get(name)
    game = GAME if scraper.scope == "game" else None
    games = load(SLATE).on(DAY)
    events = tuple(event_id(each.game_id) for each in games)
    return scrape(scraper, Target(name, DAY, "2025-26", game, events), source, clock.now())


@pytest.mark.parametrize(
    ("name", "clock_et", "expected"),
    [
        ("nbac_schedule_api", (4, 45), ("SUCCESS", 21)),
        ("nbac_player_list", (6, 0), ("SUCCESS", 210)),
        ("nbac_referee_assignments", (9, 29), ("NO_DATA", 0)),
        ("nbac_referee_assignments", (9, 30), ("SUCCESS", 12)),
        ("nbac_injury_report", (0, 10), ("NOT_READY", 0)),
        ("nbac_injury_report", (13, 29), ("NOT_READY", 0)),
        ("nbac_injury_report", (13, 30), ("SUCCESS", 54)),
        ("nbac_injury_report", (27, 0), ("SUCCESS", 54)),
        ("oddsa_events", (13, 30), ("SUCCESS", 12)),
        ("oddsa_events", (27, 0), ("NO_DATA", 0)),
        ("oddsa_player_props", (13, 30), ("SUCCESS", 12)),
        ("oddsa_player_props", (20, 0), ("SUCCESS", 4)),
        ("oddsa_player_props", (27, 0), ("NO_DATA", 0)),
        ("oddsa_game_lines", (13, 30), ("SUCCESS", 12)),
        ("oddsa_game_lines", (23, 0), ("NO_DATA", 0)),
        ("nbac_player_boxscore", (21, 29), ("NO_DATA", 0)),
        ("nbac_player_boxscore", (27, 0), ("SUCCESS", 120)),
        ("nbac_team_boxscore", (20, 0), ("NOT_READY", 0)),
        ("nbac_team_boxscore", (21, 30), ("SUCCESS", 2)),
        ("nbac_play_by_play", (18, 0), ("NO_DATA", 0)),
        ("nbac_play_by_play", (20, 0), ("NOT_READY", 0)),
        ("nbac_play_by_play", (21, 30), ("SUCCESS", 9)),
        ("nbac_gamebook_pdf", (21, 29), ("NO_DATA", 0)),
        ("nbac_gamebook_pdf", (21, 30), ("SUCCESS", 1)),
    ],
)
def test_s3_before_and_after_publication(
    source: Source,
    clock: HandClock,
    name: str,
    clock_et: tuple[int, int],
    expected: tuple[str, int],
) -> None:
    """Each scraper finds what is published by then, or reports that it is not."""
    found = run(name, source, clock, *clock_et)
    assert (found.outcome, found.records) == expected, found.error_message
    assert found.status == "SUCCESS"


def test_every_scraper_succeeds_at_some_time(source: Source, clock: HandClock) -> None:
    """The fake sources serve every scraper that a workflow must trigger."""
    found = {
        name: {run(name, source, clock, hour).outcome for hour in (14, 23)}
        for name, scraper in REGISTRY.items()
        if not scraper.off
    }
    assert all("SUCCESS" in outcomes for outcomes in found.values()), found


def test_injury_report_reads_as_the_real_one(source: Source, clock: HandClock) -> None:
    """It has today's players with their status, and tomorrow's teams as not yet submitted."""
    rows = json.loads(run("nbac_injury_report", source, clock, 14).body)["records"]
    today = [row for row in rows if row["game_date"] == "11/12/2025"]
    assert len(today) == 12 * 2 * 2
    assert today[0] == {
        "game_date": "11/12/2025",
        "game_time": "07:00 (ET)",
        "matchup": "MIL@CHA",
        "team": "Milwaukee Bucks",
        "player": "Bucks, Dario",
        "status": today[0]["status"],
        "reason": "Injury/Illness - Left Ankle; Sprain",
    }
    assert {row["team"] for row in today} >= {"Portland Trail Blazers", "LA Clippers"}
    later = [row for row in rows if row["game_date"] == "11/13/2025"]
    assert {row["reason"] for row in later} == {"NOT YET SUBMITTED"}
    assert len(later) == 6


def test_answers_follow_the_clock_back_and_forth(source: Source, clock: HandClock) -> None:
    """An answer cached for one instant is not served at another."""
    outcomes = [run("nbac_gamebook_pdf", source, clock, hour).outcome for hour in (14, 23, 14)]
    assert outcomes == ["NO_DATA", "SUCCESS", "NO_DATA"]


def test_an_answer_is_made_once(server: SourceServer, clock: HandClock) -> None:
    """Until the slate's state changes, the same answer is given again."""
    clock.instant = datetime(2025, 11, 12, 20, tzinfo=UTC)
    assert server.answer("/stats/playerindex") is server.answer("/stats/playerindex")


def test_a_small_answer_is_one_packet(
    server: SourceServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Head and body leave together: apart they cost 40 ms. Nothing of the query is logged."""
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    assert length
    assert 0 < int(length[1]) == len(body)
    assert head.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"\r\nContent-Type: application/json; charset=utf-8\r\n" in head
    assert capsys.readouterr() == ("", "")


def test_a_server_is_closed_though_a_client_stays(clock: HandClock) -> None:
    """It listens at the given port of this machine alone, and waits for nobody when it ends."""
    with held_port() as port:
        running = SourceServer(load(SLATE), clock, port)
    assert running.server_address == ("127.0.0.1", port)

    with socket.create_connection(("127.0.0.1", port)) as connection:

        def serve_once() -> None:
            with serving(running):
                connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
                assert connection.recv(65536)

        ending = Thread(target=serve_once, daemon=True)
        ending.start()
        ending.join(10)
        assert not ending.is_alive()


def test_command_tells_its_port_and_follows_the_clock_file(tmp_path: Path) -> None:
    """`python -m local.fake_sources` prints its port once it listens, and reads the clock file."""
    file = tmp_path / "clock.json"
    set_clock(file, datetime(2025, 11, 12, 14, 0, tzinfo=UTC))
    command = [
        sys.executable,
        "-m",
        "local.fake_sources",
        "--clock",
        str(file),
        "--slate",
        str(SLATE),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = json.loads(process.stdout.readline())["port"]
            assert referees(port) == 0
            set_clock(file, datetime(2025, 11, 12, 14, 30, tzinfo=UTC))
            assert referees(port) == 12
        finally:
            process.terminate()


def referees(port: int) -> int:
    """Count the crews that the server lists."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/wp-json/api/v1/get-game-officials?date=2025-11-12")
    served = json.loads(connection.getresponse().read())
    connection.close()
    return len(served["nba"]["Table"]["rows"])


def test_what_it_is_told_to_refuse_is_down_and_the_rest_answers(clock: HandClock) -> None:
    """A request whose path has one of the parts finds the source down for maintenance."""
    refusing = SourceServer(load(SLATE), clock, refuse=("/get-game-officials", "/pdfs/"))
    clock.instant = datetime(2025, 11, 12, 14, tzinfo=UTC)
    found = refusing.answer("/wp-json/api/v1/get-game-officials?date=2025-11-12")
    assert (found.status, found.body) == (503, b"down for maintenance")
    assert refusing.answer("/static/json/staticData/scheduleLeagueV2.json").status == 200
    assert refusing.answer("/static/json/staticData/scheduleLeagueV2.json?of=/pdfs/").status == 200
    refusing.server_close()


def test_a_query_reaches_the_sources_whole(server: SourceServer, clock: HandClock) -> None:
    """What is empty is not what is left out, and another query has an answer of its own."""
    clock.instant = datetime(2025, 11, 12, 17, tzinfo=UTC)
    path, asked = "/v4/sports/basketball_nba/odds", {"apiKey": "k", "regions": "us"}
    for markets in ({}, {"markets": ""}, {"markets": "totals"}):
        params = {**asked, **markets}
        found = server.answer(f"{path}?{urlencode(params)}")
        assert found == answer(path, params, load(SLATE), clock.instant)
        assert found is server.answer(f"{path}?{urlencode(params)}")


def test_command_refuses_a_bad_slate(tmp_path: Path) -> None:
    """It prints one line to standard error; the exit status is 2."""
    command = [sys.executable, "-m", "local.fake_sources", "--clock", "c", "--slate", "none.json"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr.startswith("local.fake_sources: slate none.json")
    assert len(found.stderr.splitlines()) == 1
