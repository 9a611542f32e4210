"""Conversations with a source in which absence, throttling and a moved address look alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from common.eastern import EASTERN
from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.injury_report import CANDIDATE_NAMES_MAX, OTHER_NAMES_MAX
from common.scrapers.model import Target
from common.settings import Settings
from common.sources.client import Source
from common.sources.outcomes import Scraped
from common.sources.scrape import scrape
from local.fake_sources.answers import ACCESS_DENIED
from local.fake_sources.overrides import switched_on
from local.fake_sources.pdfs import injury_report
from local.fake_sources.slate import Slate
from local.samples import GAME as SAMPLED
from tests.kit.samples import sample
from tests.kit.situations import game

DAY = date(2025, 12, 22)
EMPTY_BOX = (
    b'{"boxScoreTraditional":{"gameId":"0022500001",'
    b'"awayTeam":{"players":[]},"homeTeam":{"players":[]}}}'
)
GAME = GameRef(game_id="0022500001", away="MIL", home="CHA")
SLATE = Slate((game(1, "2025-12-22 19:00"),), "2025-26")
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Clock:
    """A clock that stands still."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def sleep(self, seconds: float) -> None:
        """Return at once."""


NAMES = CANDIDATE_NAMES_MAX + OTHER_NAMES_MAX
"""How many names of a report are tried once it is due: those in the other form too."""


@dataclass
class Host:
    """A source that answers paths it knows with a body, and all others alike."""

    status: int
    body: bytes = b""
    known: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        name = request.url.path.rsplit("/", 1)[-1]
        self.asked.append(name)
        if name in self.known:
            return httpx.Response(200, content=self.known[name])
        return httpx.Response(self.status, content=self.body)


def et(*clock: int, day: int = 22) -> datetime:
    """Return an Eastern instant of December 2025."""
    return datetime(2025, 12, day, *clock, tzinfo=EASTERN)


def ask(name: str, host: Host, now: datetime, **target: Any) -> Scraped:
    """Scrape a source once at an instant."""
    settings = Settings.model_validate({"source_interval_seconds": 0, **switched_on(key="k" * 32)})
    source = Source(settings, Clock(now), httpx.MockTransport(host.answer))
    return scrape(get(name), Target(name, DAY, "2025-26", **target), source, now)


def report(name: str, *clock: int) -> dict[str, bytes]:
    """Return a report of the day under a name."""
    return {f"Injury-Report_2025-12-{name}.pdf": injury_report(SLATE, et(*clock))}


@pytest.mark.parametrize(
    ("now", "known"),
    [
        (et(18, 10), report("22_06_00PM", 18)),
        (et(9, day=23), report("22_11_45PM", 23, 45)),
        (et(8, 40), report("22_08AM", 8, 30)),
        (et(8, 40), report("22_08_30AM", 8, 30)),
    ],
)
def test_fs02_the_report_is_found_on_the_day_of_the_change(
    now: datetime, known: dict[str, bytes]
) -> None:
    """The evening's report has minutes in its name, the morning's has none; both are found."""
    found = ask("nbac_injury_report", Host(403, ACCESS_DENIED, known), now)
    assert found.outcome == "SUCCESS"


def test_fs16_refusals_after_the_due_time_are_a_block() -> None:
    """When a name that exists is refused as well, the source refuses us: BLOCKED, with its name."""
    host = Host(403, ACCESS_DENIED)
    found = ask("nbac_injury_report", host, et(14, 5))
    assert (found.outcome, found.status, found.verdict) == ("BLOCKED", "FAILED", "failed")
    assert len(host.asked) == NAMES + 1
    assert host.asked[-1] == "Injury-Report_2025-12-21_05PM.pdf"
    exists = "nor is Injury-Report_2025-12-21_05PM.pdf, which exists: the source refuses us"
    assert (found.error_message or "").endswith(f"the file is not there; {exists}")
    assert (found.http_status, found.sample) == (403, ACCESS_DENIED)


def test_fs16_a_source_that_has_an_older_report_is_only_late() -> None:
    """When the name that exists is answered, today's report is absent: NOT_READY."""
    host = Host(403, ACCESS_DENIED, {"Injury-Report_2025-12-21_05PM.pdf": b"%PDF"})
    found = ask("nbac_injury_report", host, et(14, 5))
    assert (found.outcome, found.verdict, len(host.asked)) == ("NOT_READY", "empty", NAMES + 1)


def test_fs16_before_the_due_time_nothing_more_is_asked() -> None:
    """Before 14:00 ET a report may be absent."""
    host = Host(403, ACCESS_DENIED)
    found = ask("nbac_injury_report", host, et(13, 55))
    assert (found.outcome, len(host.asked)) == ("NOT_READY", 8)


@pytest.mark.parametrize("status", [500, 403])
def test_fs16_a_canary_that_fails_is_the_failure(status: int) -> None:
    """A host that is down, or that blocks with a page, when the canary is asked fails as such."""
    host = Host(403, ACCESS_DENIED)
    answer = host.answer

    def then(request: httpx.Request) -> httpx.Response:
        found = answer(request)
        return httpx.Response(status) if len(host.asked) > NAMES else found

    host.answer = then  # type: ignore[method-assign]  # the source changes while it is asked
    found = ask("nbac_injury_report", host, et(14, 5))
    assert found.outcome == ("FAILED" if status == 500 else "BLOCKED")
    assert found.error_class == ("UnavailableError" if status == 500 else "BlockedError")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nbac_schedule_api", ", although it always has something: set its new base URL"),
        ("nbac_player_list", ", although it always has something: set its new base URL"),
        (
            "nbac_injury_report",
            "; nor has it Injury-Report_2025-12-21_05PM.pdf, which exists: set its new base URL",
        ),
    ],
)
def test_fs20_a_404_of_what_always_exists_is_a_changed_source(name: str, said: str) -> None:
    """A source that always has something and answers 404 has moved: CONTRACT, never NO_DATA."""
    found = ask(name, Host(404, b"none"), et(14, 5))
    assert (found.outcome, found.error_class) == ("CONTRACT", "MovedError")
    assert (found.verdict, found.http_status, found.sample) == ("changed", 404, b"none")
    assert (found.error_message or "").endswith(f"answered 404: it has nothing there{said}")


def test_fs20_a_404_of_what_may_be_absent_is_no_data() -> None:
    """A source that may have nothing for a date has nothing."""
    assert ask("nbac_referee_assignments", Host(404), et(14, 5)).outcome == "NO_DATA"


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("nbac_team_boxscore", 200, EMPTY_BOX),
        ("nbac_play_by_play", 404, b""),
        ("nbac_gamebook_pdf", 403, ACCESS_DENIED),
        ("nbac_gamebook_pdf", 404, b""),
    ],
)
def test_fs07_a_finished_game_without_data_is_overdue_from_noon(
    name: str, status: int, body: bytes
) -> None:
    """Until noon ET of the next day an absent answer may be late; then it is a failure."""
    host = Host(status, body)
    early = ask(name, host, et(11, 59, day=23), game=GAME)
    assert early.outcome in {"NO_DATA", "NOT_READY"}
    late = ask(name, host, et(12, 0, day=23), game=GAME)
    assert (late.outcome, late.error_class, late.status) == ("FAILED", "OverdueError", "FAILED")
    assert "due by 2025-12-23 12:00 ET" in (late.error_message or "")
    assert late.verdict == "empty"


def test_a_box_score_that_is_being_written_is_asked_for_again() -> None:
    """Sums that differ are a MISMATCH, not a changed source, wherever they are found."""
    box = json.loads(sample("nbac_boxscore"))
    box["game"]["awayTeam"]["players"].pop(0)
    host = Host(404, b"", {f"boxscore_{SAMPLED.game_id}.json": json.dumps(box).encode()})
    found = ask("nbac_boxscore", host, et(12), game=SAMPLED)
    assert (found.outcome, found.error_class, found.verdict) == (
        "MISMATCH",
        "MismatchError",
        "empty",
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"message":"Usage quota has been reached. See usage plans at https://the-odds-api.com"}',
        b'{"message":"You are out of usage credits."}',
        b'{"message":"x","error_code":"OUT_OF_USAGE_CREDITS"}',
    ],
)
def test_fs18_used_up_credits_are_told_by_the_message_too(body: bytes) -> None:
    """An older body without an error code is QuotaError as well, not a block."""
    found = ask("oddsa_events", Host(401, body), et(12))
    assert (found.outcome, found.error_class) == ("FAILED", "QuotaError")


def test_fs18_another_401_is_a_block() -> None:
    """A wrong key is no matter of credits."""
    body = b'{"message":"API key is not valid.","error_code":"INVALID_KEY"}'
    assert ask("oddsa_events", Host(401, body), et(12)).outcome == "BLOCKED"
