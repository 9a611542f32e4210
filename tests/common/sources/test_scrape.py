"""One scrape: its outcome, and what is stored for it."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from common.errors import BadInputError
from common.messages.models import GameRef
from common.scrapers import REGISTRY, get
from common.scrapers.model import (
    Call,
    ContractError,
    Expectation,
    NotReadyError,
    Parsed,
    Scraper,
    Target,
)
from common.sources.client import AskOptions, Source
from common.sources.errors import (
    BlockedError,
    NotFoundError,
    NotPublishedError,
    SourceError,
    TooLargeError,
    UnavailableError,
)
from common.sources.outcomes import Scraped
from common.sources.scrape import scrape

NOW = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
DAY = date(2025, 11, 12)
GAME = GameRef(game_id="0022500213", away="MIL", home="CHA")


class FakeSource:
    """A source that answers by a call's label, with bytes or by raising an error."""

    def __init__(self, answers: Mapping[str, bytes | SourceError], takes: float = 0) -> None:
        self.answers, self.takes = answers, takes
        self.asked: list[str] = []
        self.clock = self
        self.instant = NOW

    def now(self) -> datetime:
        """Return the instant; each fetch takes its time."""
        return self.instant

    def host(self, call: Call, options: AskOptions) -> str:
        """Return the host of a call."""
        return f"{options.route.name if options.route else 'own'}.{call.source}"

    def fetch(self, call: Call, options: AskOptions) -> bytes:
        """Return the answer for the label."""
        del options
        self.asked.append(call.label)
        self.instant += timedelta(seconds=self.takes)
        found = self.answers[call.label]
        if isinstance(found, SourceError):
            raise found
        return found


def scraper(
    labels: Sequence[str] = ("a",),
    parsed: Parsed | Exception | None = None,
    **changes: Any,
) -> Scraper:
    """Return a scraper whose parser gives one record a body, or what `parsed` holds."""

    def parse(bodies: Sequence[bytes], _target: Target) -> Parsed:
        if isinstance(parsed, Exception):
            raise parsed
        return parsed or Parsed([{"body": body.decode()} for body in bodies], len(bodies))

    calls = [Call("odds_api", f"/{label}", {}, label) for label in labels]
    return Scraper("made_up", "date", lambda _target, _now: calls, parse, **changes)


def run(
    declared: Scraper, answers: Mapping[str, bytes | SourceError], takes: float = 0
) -> tuple[Scraped, list[str]]:
    """Scrape, and return the outcome and the labels that were asked."""
    source = FakeSource(answers, takes)
    target = Target("made_up", DAY, "2025-26")
    ways = [AskOptions(deadline=NOW + timedelta(minutes=7))]
    return scrape(declared, target, cast("Source", source), NOW, lambda _: ways), source.asked


def stored(scraped: Scraped) -> dict[str, Any]:
    """Return the stored JSON."""
    document: dict[str, Any] = json.loads(scraped.body)
    return document


def test_success_stores_the_envelope() -> None:
    """A success stores the records, the scraper's count and the ids, and no error."""
    found, _ = run(scraper(), {"a": b"x"})
    assert (found.outcome, found.status, found.records) == ("SUCCESS", "SUCCESS", 1)
    assert found.content_type == "application/json"
    assert (found.error_class, found.error_message, found.sample, found.reason) == (None,) * 4
    assert stored(found) == {
        "schema": "scraped",
        "version": 1,
        "scraper": "made_up",
        "target_date": "2025-11-12",
        "game_id": None,
        "outcome": "SUCCESS",
        "record_count": 1,
        "records": [{"body": "x"}],
    }


HALF = "\ud83d"
"""Half a surrogate pair: JSON can hold it, UTF-8 cannot."""


@pytest.mark.parametrize("parsed", [Parsed([{"name": HALF}], 1), ContractError(f"team {HALF}")])
def test_half_a_surrogate_pair_is_stored_as_a_question_mark(parsed: Parsed | Exception) -> None:
    """A lone surrogate is stored as `?`; raising would ask and pay the source at every delivery."""
    found, _ = run(scraper(parsed=parsed), {"a": b"x"})
    told = stored(found)
    assert (found.outcome, told.get("records"), found.error_message) in (
        ("SUCCESS", [{"name": "?"}], None),
        ("CONTRACT", None, "team ?"),
    )


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_record_that_json_cannot_hold_breaks_the_contract(number: float) -> None:
    """A record that JSON cannot express is a CONTRACT failure, and nothing is raised."""
    found, _ = run(scraper(parsed=Parsed([{"rating": number}], 1)), {"a": b"x"})
    assert (found.outcome, found.error_class, found.sample) == ("CONTRACT", "ValueError", b"x")
    assert "JSON" in str(found.error_message)
    assert stored(found)["schema"] == "scrape-failure"


def test_s1_count_is_the_scrapers_own() -> None:
    """The scraper's own count is stored: one record may hold 203 players."""
    found, _ = run(scraper(parsed=Parsed([{"players": 203}], 203)), {"a": b"x"})
    assert found.records == stored(found)["record_count"] == 203


def test_s1_long_answer_without_records_breaks_the_contract() -> None:
    """An answer over 1 KB without records is a CONTRACT failure."""
    found, _ = run(scraper(parsed=Parsed([], 0)), {"a": b"x" * 1025})
    assert (found.outcome, found.status, found.error_class) == (
        "CONTRACT",
        "FAILED",
        "ContractError",
    )
    assert found.sample == b"x" * 1025


def test_short_answer_without_records_is_no_data() -> None:
    """A short answer without records is NO_DATA, with a reason and without an error."""
    found, _ = run(scraper(parsed=Parsed([], 0)), {"a": b"[]"})
    assert (found.outcome, found.status, found.records) == ("NO_DATA", "SUCCESS", 0)
    assert found.error_message is None
    assert stored(found)["reason"] == found.reason
    assert stored(found)["records"] == []


def test_s1_scraper_that_always_has_records_says_so() -> None:
    """An answer without records is a CONTRACT failure for a scraper that always has some."""
    found, _ = run(scraper(parsed=Parsed([], 0), always=True), {"a": b"[]"})
    assert found.outcome == "CONTRACT"


@pytest.mark.parametrize(
    ("error", "outcome", "status"),
    [
        (NotFoundError("gone", 404), "NO_DATA", "SUCCESS"),
        (NotPublishedError("later", 403), "NOT_READY", "SUCCESS"),
        (BlockedError("no", 403), "BLOCKED", "FAILED"),
        (UnavailableError("down", 503), "FAILED", "FAILED"),
        (TooLargeError("big", 200), "FAILED", "FAILED"),
    ],
)
def test_s2_s3_source_errors_are_outcomes(error: SourceError, outcome: str, status: str) -> None:
    """Each error of a source becomes an outcome of its own, and none is raised."""
    found, _ = run(scraper(), {"a": error})
    assert (found.outcome, found.status, found.http_status) == (outcome, status, error.http_status)
    assert str(error) in (found.reason or found.error_message or "")


def test_x16_failure_tells_class_message_and_status() -> None:
    """The error envelope holds the class, message and status, and a sample of the answer."""
    found, _ = run(scraper(), {"a": UnavailableError("down", 503, b"\xff<html>")})
    assert (found.error_class, found.error_message) == ("UnavailableError", "down")
    assert found.sample == b"\xff<html>"
    assert stored(found) == {
        "schema": "scrape-failure",
        "version": 1,
        "scraper": "made_up",
        "target_date": "2025-11-12",
        "game_id": None,
        "outcome": "FAILED",
        "error_class": "UnavailableError",
        "error_message": "down",
        "http_status": 503,
        "sample": "\ufffd<html>",
    }


@pytest.mark.parametrize("error", [ContractError("changed"), KeyError("teams"), ValueError()])
def test_s8_parser_that_stumbles_is_a_broken_contract(error: Exception) -> None:
    """Whatever the parser raises is a CONTRACT failure, with 4 KiB of the answer."""
    found, _ = run(scraper(parsed=error), {"a": b"y" * 5000})
    assert (found.outcome, found.error_class) == ("CONTRACT", type(error).__name__)
    assert found.error_message
    assert found.http_status == 200
    assert found.sample == b"y" * 4096


def test_not_ready_of_the_parser() -> None:
    """An answer that comes too early is NOT_READY, which is a success."""
    found, _ = run(scraper(parsed=NotReadyError("half time")), {"a": b"x"})
    assert (found.outcome, found.status, found.reason) == ("NOT_READY", "SUCCESS", "half time")


def test_s6_failed_call_names_what_is_missing() -> None:
    """A failed call ends the task, and the error names the ids that were not collected."""
    answers = {"e1": b"1", "e2": UnavailableError("down", 503), "e3": b"3"}
    found, asked = run(scraper(["e1", "e2", "e3"]), answers)
    assert (found.outcome, found.status, found.records) == ("FAILED", "FAILED", 0)
    assert "got 1 of 3, missing: e2, e3" in (found.error_message or "")
    assert asked == ["e1", "e2"]


@pytest.mark.parametrize(("first", "outcome"), [(b"1", "FAILED"), (None, "BLOCKED")])
def test_s6_block_in_the_middle_is_a_partial_failure(first: bytes | None, outcome: str) -> None:
    """A block of the first call is BLOCKED; a later one is FAILED with what is missing."""
    blocked = BlockedError("no", 403)
    found, _ = run(scraper(["e1", "e2"]), {"e1": first or blocked, "e2": blocked})
    assert found.outcome == outcome
    assert "e2" in (found.error_message or "")


def test_event_that_is_gone_does_not_fail_the_others() -> None:
    """An event that ended meanwhile is named as absent beside the records."""
    answers = {"e1": b"1", "e2": NotFoundError("e2 is over", 404)}
    found, _ = run(scraper(["e1", "e2"]), answers)
    assert (found.outcome, found.records) == ("SUCCESS", 1)
    assert stored(found)["absent"] == ["e2 is over"]


def test_all_events_gone_is_no_data() -> None:
    """A task of which every event is gone is NO_DATA."""
    found, _ = run(scraper(["e1"]), {"e1": NotFoundError("over", 404)})
    assert found.outcome == "NO_DATA"


def test_first_candidate_that_is_there_is_taken() -> None:
    """The first name that exists is taken, and later names are not asked for."""
    answers = {"new": NotPublishedError("x", 403), "old": b"o", "older": b"oo"}
    found, asked = run(scraper(["new", "old", "older"], takes="first"), answers)
    assert stored(found)["records"] == [{"body": "o"}]
    assert asked == ["new", "old"]


def test_no_candidate_there_is_not_ready() -> None:
    """One name that is not published yet outweighs another's 404."""
    answers = {"new": NotPublishedError("x", 403), "old": NotFoundError("y", 404)}
    found, _ = run(scraper(["new", "old"], takes="first"), answers)
    assert found.outcome == "NOT_READY"


def test_blocked_candidate_ends_the_search() -> None:
    """A block ends the search among candidate names (S2)."""
    answers = {"new": BlockedError("no", 403), "old": b"o"}
    found, asked = run(scraper(["new", "old"], takes="first"), answers)
    assert found.outcome == "BLOCKED"
    assert asked == ["new"]


@pytest.mark.parametrize(("takes", "outcome"), [("first", "NOT_READY"), ("all", "NO_DATA")])
def test_nothing_to_ask(takes: str, outcome: str) -> None:
    """A task without calls is NOT_READY when no name is due, and NO_DATA when no event is known."""
    found, _ = run(scraper([], takes=takes), {})
    assert (found.outcome, found.status) == (outcome, "SUCCESS")
    assert found.reason


def test_x9_time_budget_ends_the_task() -> None:
    """A task ends at its deadline, and names the rest as missing."""
    labels = [f"e{number}" for number in range(12)]
    found, asked = run(scraper(labels), dict.fromkeys(labels, b"1"), takes=100)
    assert (found.outcome, found.error_class) == ("TIMEOUT", "TimedOutError")
    assert "no time left" in (found.error_message or "")
    assert len(asked) == 5


def test_warnings_are_kept_with_the_records(capsys: pytest.CaptureFixture[str]) -> None:
    """The object has the first twenty warnings, the outcome has all, and one line counts them."""
    warnings = tuple(f"game {number} is left out" for number in range(30))
    found, _ = run(scraper(parsed=Parsed([{"x": 1}], 1, warnings)), {"a": b"x"})
    assert (found.outcome, found.warnings) == ("SUCCESS", warnings)
    assert stored(found)["warnings"] == [*warnings[:20]]
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line == {
        "severity": "WARNING",
        "message": "Parts of an answer are left out or not known; look at the first of them",
        "scraper": "made_up",
        "target_date": "2025-11-12",
        "rows": 30,
        "error": "; ".join(warnings[:3]),
    }


def test_warnings_of_an_empty_answer_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """What was left out is reported as well when nothing is left."""
    found, _ = run(scraper(parsed=Parsed([], 0, ("e1 is left out",))), {"a": b"[]"})
    assert (found.outcome, stored(found)["warnings"]) == ("NO_DATA", ["e1 is left out"])
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_fs05_a_mismatch_keeps_its_records() -> None:
    """An answer that lacks a game is a failure of its own; its records are not thrown away."""
    records = [{"GAME_ID": "0022500999", "PTS": 10}]
    declared = scraper(parsed=Parsed(records, 1), expects=Expectation(game="GAME_ID"))
    source = cast("Source", FakeSource({"a": b"x"}))
    target = Target("made_up", DAY, "2025-26", games=(GAME,))
    found = scrape(declared, target, source, NOW)
    assert (found.outcome, found.status, found.records) == ("MISMATCH", "FAILED", 0)
    assert (found.error_class, found.verdict) == ("MissingGamesError", "empty")
    kept = stored(found)
    assert (kept["schema"], kept["record_count"]) == ("scrape-failure", 1)
    assert kept["records"] == records
    assert GAME.game_id in kept["error_message"]


def test_pdf_is_stored_whole() -> None:
    """A gamebook's bytes are stored unchanged."""
    pdf = b"%PDF-1.4\n...\n%%EOF\n"
    target = Target("nbac_gamebook_pdf", DAY, "2025-26", GAME)
    source = cast("Source", FakeSource({GAME.game_id: pdf}))
    found = scrape(get("nbac_gamebook_pdf"), target, source, NOW)
    assert (found.body, found.content_type, found.records) == (pdf, "application/pdf", 1)


def test_an_answer_leads_to_further_calls() -> None:
    """The further bodies come after the others, and only the last stage shows how its source is."""
    further = Call("nba_cdn", "/b", {}, "b")
    leading = scraper(then=lambda _bodies, _target: [further])
    found, labels = run(leading, {"a": b"one", "b": b"two"})
    assert stored(found)["records"] == [{"body": "one"}, {"body": "two"}]
    assert labels == ["a", "b"]
    assert [(asked.source, asked.verdict) for asked in found.asked] == [("nba_cdn", "ok")]


def test_a_further_call_that_fails_is_the_outcome() -> None:
    """The failure is of the second source; the first one's answer closes no circuit of it."""
    answers = {"a": b"one", "b": BlockedError("refused", 403)}
    further = Call("nba_cdn", "/b", {}, "b")
    found, _ = run(scraper(then=lambda _bodies, _target: [further]), answers)
    assert (found.outcome, found.http_status) == ("BLOCKED", 403)
    assert [(asked.source, asked.verdict) for asked in found.asked] == [("nba_cdn", "failed")]


@pytest.mark.parametrize(
    ("error", "outcome"), [(ContractError("x"), "CONTRACT"), (NotReadyError("x"), "NOT_READY")]
)
def test_an_answer_that_leads_nowhere_is_the_outcome(error: Exception, outcome: str) -> None:
    """Nothing further is asked, and the first source is the one that is judged."""

    def then(_bodies: Sequence[bytes], _target: Target) -> Sequence[Call]:
        raise error

    found, _ = run(scraper(then=then), {"a": b"one"})
    assert found.outcome == outcome
    assert [asked.source for asked in found.asked] == ["odds_api"]


def test_game_is_named_in_the_envelope() -> None:
    """The envelope of a per-game object contains the game's id."""
    target = Target("nbac_play_by_play", DAY, "2025-26", GAME)
    source = cast("Source", FakeSource({GAME.game_id: NotFoundError("none", 404)}))
    found = scrape(get("nbac_play_by_play"), target, source, NOW)
    assert stored(found)["game_id"] == GAME.game_id


@pytest.mark.parametrize("name", sorted(n for n, s in REGISTRY.items() if s.scope == "game"))
def test_per_game_scraper_without_a_game_is_refused(name: str) -> None:
    """A per-game target without a game is our own error, and is raised."""
    with pytest.raises(BadInputError, match="game"):
        scrape(get(name), Target(name, DAY, "2025-26"), cast("Source", FakeSource({})), NOW)
