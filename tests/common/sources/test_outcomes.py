"""What is stored for each outcome of a scrape, and what its row says."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers.model import Parsed, Target
from common.sources.errors import (
    SAMPLE_BYTES_MAX,
    BlockedError,
    NotFoundError,
    NotPublishedError,
    SourceError,
    TimedOutError,
)
from common.sources.outcomes import (
    WARNINGS_KEPT_MAX,
    Scraped,
    broken_contract,
    empty,
    envelope,
    mismatch,
    success,
    without_answer,
)

GAME = GameRef(game_id="0022500213", away="MIL", home="CHA")
TARGET = Target("nbac_boxscore", date(2025, 11, 12), "2025-26", game=GAME)
IDS = {"scraper": "nbac_boxscore", "target_date": "2025-11-12", "game_id": "0022500213"}
PARSED = Parsed([{"a": 1}], 1, ("odd",))
FAILURE = {"schema": "scrape-failure", "version": 1, **IDS}
SCRAPED = {"schema": "scraped", "version": 1, **IDS}
NO_RECORDS = {"record_count": 0, "records": []}


def told(found: Scraped) -> dict[str, Any]:
    """Return what a scrape came to, with its body read, and without what is not set."""
    held = {**asdict(found), "body": json.loads(found.body)}
    return {name: value for name, value in held.items() if value not in (None, (), 0)}


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (
            success(b"1", "application/pdf", PARSED),
            {
                "outcome": "SUCCESS",
                "status": "SUCCESS",
                "records": 1,
                "body": 1,
                "content_type": "application/pdf",
                "http_status": 200,
                "verdict": "ok",
                "warnings": ("odd",),
            },
        ),
        (
            empty(TARGET, "NO_DATA", "of https://u:p@h", 404, ("odd",)),
            {
                "outcome": "NO_DATA",
                "status": "SUCCESS",
                "http_status": 404,
                "verdict": "empty",
                "reason": "of https://(hidden)@h",
                "warnings": ("odd",),
                "content_type": "application/json",
                "body": {
                    **SCRAPED,
                    "outcome": "NO_DATA",
                    "reason": "of https://(hidden)@h",
                    "warnings": ["odd"],
                    **NO_RECORDS,
                },
            },
        ),
        (
            broken_contract(TARGET, ValueError("no list"), b"x" * 5000),
            {
                "outcome": "CONTRACT",
                "status": "FAILED",
                "http_status": 200,
                "verdict": "changed",
                "error_class": "ValueError",
                "error_message": "no list",
                "content_type": "application/json",
                "sample": b"x" * SAMPLE_BYTES_MAX,
                "body": {
                    **FAILURE,
                    "outcome": "CONTRACT",
                    "error_class": "ValueError",
                    "error_message": "no list",
                    "http_status": 200,
                    "sample": "x" * 4096,
                },
            },
        ),
        (
            mismatch(TARGET, KeyError(), b"", Parsed([{"a": 1}], 7)),
            {
                "outcome": "MISMATCH",
                "status": "FAILED",
                "http_status": 200,
                "verdict": "empty",
                "error_class": "KeyError",
                "error_message": "KeyError",
                "content_type": "application/json",
                "body": {
                    **FAILURE,
                    "outcome": "MISMATCH",
                    "error_class": "KeyError",
                    "error_message": "KeyError",
                    "http_status": 200,
                    "sample": None,
                    "record_count": 7,
                    "records": [{"a": 1}],
                },
            },
        ),
        (
            without_answer(TARGET, BlockedError("403 of ?key=abc", 403, b"token=1 \xff")),
            {
                "outcome": "BLOCKED",
                "status": "FAILED",
                "http_status": 403,
                "verdict": "failed",
                "error_class": "BlockedError",
                "error_message": "403 of ?key=(hidden)",
                "sample": b"token=1 \xff",
                "content_type": "application/json",
                "body": {
                    **FAILURE,
                    "outcome": "BLOCKED",
                    "error_class": "BlockedError",
                    "error_message": "403 of ?key=(hidden)",
                    "http_status": 403,
                    "sample": "token=1 \ufffd",
                },
            },
        ),
    ],
    ids=lambda value: value.outcome if isinstance(value, Scraped) else "",
)
def test_an_outcome_is_told_by_all_its_fields(found: Scraped, wanted: dict[str, Any]) -> None:
    """The row takes class, message and status from them, the object is the body."""
    assert told(found) == wanted


@pytest.mark.parametrize(
    ("error", "outcome", "status", "http_status"),
    [
        (NotFoundError("none", 404), "NO_DATA", "SUCCESS", 404),
        (NotPublishedError("none", 403), "NOT_READY", "SUCCESS", 403),
        (TimedOutError("late"), "TIMEOUT", "FAILED", None),
    ],
)
def test_r7_what_is_absent_is_no_failure(
    error: SourceError, outcome: str, status: str, http_status: int | None
) -> None:
    """NO_DATA and NOT_READY are successes of no record; without an answer there is no status."""
    found = without_answer(TARGET, error)
    assert (found.outcome, found.status, found.http_status) == (outcome, status, http_status)
    assert (found.reason or found.error_message) == str(error)


@pytest.mark.parametrize(
    "found",
    [
        mismatch(TARGET, KeyError(), b"x" * 4097, PARSED),
        broken_contract(TARGET, KeyError(), b"x" * 4097),
        without_answer(TARGET, BlockedError("no", 403, b"x" * 4097)),
    ],
    ids=lambda found: found.outcome,
)
def test_a_sample_is_the_first_4_kib_of_an_answer(found: Scraped) -> None:
    """An answer may have 32 MiB, an object of a failure should not."""
    assert found.sample == b"x" * 4096


def test_a_secret_in_a_sample_is_hidden_in_both_places() -> None:
    """The object and what is logged show the same text."""
    found = without_answer(TARGET, BlockedError("no", 403, b'{"api_key": "0123"}'))
    assert found.sample == b'{"api_key": "(hidden)"}'
    assert json.loads(found.body)["sample"] == found.sample.decode()


def test_an_object_holds_so_many_warnings_and_no_secret_of_one() -> None:
    """A season may have a thousand; what an odd row holds may be a login."""
    warnings = ("https://u:p@h", *(str(number) for number in range(WARNINGS_KEPT_MAX)))
    kept = json.loads(envelope(TARGET, "SUCCESS", Parsed([], 0, warnings)))["warnings"]
    assert kept == ["https://(hidden)@h", *map(str, range(WARNINGS_KEPT_MAX - 1))]
    assert "warnings" not in json.loads(envelope(TARGET, "SUCCESS", Parsed([], 0)))


def test_the_stored_json_is_compact_and_any_text() -> None:
    """Names keep their letters; half a letter becomes a question mark; NaN is refused."""
    held = envelope(TARGET, "SUCCESS", Parsed(["Dončić", "\ud800"], 2))
    assert '"records":["Dončić","?"]'.encode() in held
    with pytest.raises(ValueError, match="JSON compliant"):
        envelope(TARGET, "SUCCESS", Parsed([float("nan")], 1))


def test_a_date_has_no_game() -> None:
    """Its envelope says so."""
    whole = Target("nbac_player_boxscore", date(2025, 11, 12), "2025-26")
    assert json.loads(envelope(whole, "SUCCESS", Parsed([], 0)))["game_id"] is None
