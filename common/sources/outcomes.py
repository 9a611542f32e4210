"""The outcome of a scrape, with the bytes that are stored for it."""

import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from common.messages.labels import Outcome
from common.redaction import redact
from common.scrapers.model import Parsed, Target
from common.sources.errors import SAMPLE_BYTES_MAX, SourceError, Verdict

EMPTY_OUTCOMES: frozenset[Outcome] = frozenset({"NO_DATA", "NOT_READY"})
_JSON = "application/json"


@dataclass(frozen=True)
class AskedSource:
    """A route that was asked, and what the attempt shows of it."""

    source: str
    route: str
    host: str
    verdict: Verdict


@dataclass(frozen=True)
class Scraped:
    """The outcome of one scrape.

    Attributes:
        outcome: the exact outcome.
        status: the status of the log row; NO_DATA and NOT_READY are successes with 0 records.
        records: the count that the scraper itself gives.
        body: what is stored: the envelope, the PDF, or the error envelope.
        content_type: the media type of the body.
        error_class: the name of the error's class; None unless the status is FAILED.
        error_message: what failed and what to do; None unless the status is FAILED.
        http_status: the status of the deciding answer; None when there was no answer.
        sample: the first 4 KiB of an answer that could not be read.
        reason: why there are no records; None unless the outcome is NO_DATA or NOT_READY.
        verdict: what the scrape shows of the source.
        warnings: what of the answer was left out, or is not known.
        asked: the routes in the order in which they were asked; the last gave the outcome.
    """

    outcome: Outcome
    status: Literal["SUCCESS", "FAILED"]
    records: int
    body: bytes
    content_type: str
    error_class: str | None = None
    error_message: str | None = None
    http_status: int | None = None
    sample: bytes | None = None
    reason: str | None = None
    verdict: Verdict = "unasked"
    warnings: tuple[str, ...] = ()
    asked: tuple[AskedSource, ...] = ()


WARNINGS_KEPT_MAX = 20
"""How many warnings an object holds: a season may have a thousand."""


def success(body: bytes, content_type: str, parsed: Parsed) -> Scraped:
    """Build a SUCCESS from what is stored and what was read."""
    return Scraped(
        "SUCCESS",
        "SUCCESS",
        parsed.count,
        body,
        content_type,
        http_status=200,
        verdict="ok",
        warnings=parsed.warnings,
    )


def without_answer(target: Target, error: SourceError) -> Scraped:
    """Build the outcome of a source that gave nothing to read."""
    if error.outcome in EMPTY_OUTCOMES:
        return empty(target, error.outcome, str(error), error.http_status)
    return failure(
        target,
        error.outcome,
        error.verdict,
        error,
        http_status=error.http_status,
        sample=error.sample,
    )


def broken_contract(target: Target, error: Exception, answer: bytes) -> Scraped:
    """Build a CONTRACT failure from an answer that could not be read."""
    return failure(target, "CONTRACT", "changed", error, sample=answer[:SAMPLE_BYTES_MAX])


def mismatch(target: Target, error: Exception, answer: bytes, parsed: Parsed) -> Scraped:
    """Build a MISMATCH failure, which keeps the records that did not fit the question."""
    found = failure(target, "MISMATCH", "empty", error, sample=answer[:SAMPLE_BYTES_MAX])
    document = json.loads(found.body)
    kept = {"record_count": parsed.count, "records": parsed.records}
    return replace(found, body=_json({**document, **kept}))


def empty(
    target: Target,
    outcome: Outcome,
    reason: str,
    http_status: int | None = None,
    warnings: tuple[str, ...] = (),
) -> Scraped:
    """Build a NO_DATA or NOT_READY: a success with 0 records and the reason."""
    reason = redact(reason)
    body = envelope(target, outcome, Parsed([], 0, warnings), reason=reason)
    return Scraped(
        outcome,
        "SUCCESS",
        0,
        body,
        _JSON,
        http_status=http_status,
        reason=reason,
        verdict="empty",
        warnings=warnings,
    )


def failure(
    target: Target,
    outcome: Outcome,
    verdict: Verdict,
    error: Exception,
    *,
    http_status: int | None = 200,
    sample: bytes,
) -> Scraped:
    """Build a failure with its error envelope."""
    error_class = type(error).__name__
    message = redact(_utf8(str(error) or error_class).decode())
    text = sample.decode("utf-8", "replace")
    if (safe := redact(text)) != text:
        text, sample = safe, safe.encode()
    document = {
        "schema": "scrape-failure",
        "version": 1,
        **_ids(target),
        "outcome": outcome,
        "error_class": error_class,
        "error_message": message,
        "http_status": http_status,
        "sample": text or None,
    }
    return Scraped(
        outcome,
        "FAILED",
        0,
        _json(document),
        _JSON,
        error_class=error_class,
        error_message=message,
        http_status=http_status,
        sample=sample or None,
        verdict=verdict,
    )


def envelope(target: Target, outcome: Outcome, parsed: Parsed, **further: str | list[str]) -> bytes:
    """Build the JSON that is stored for records; empty further fields are left out.

    Raises:
        ValueError: a record contains NaN or Infinity, which JSON cannot express.
    """
    warnings = {"warnings": [redact(each) for each in parsed.warnings[:WARNINGS_KEPT_MAX]]}
    return _json(
        {
            "schema": "scraped",
            "version": 1,
            **_ids(target),
            "outcome": outcome,
            **{name: value for name, value in (further | warnings).items() if value},
            "record_count": parsed.count,
            "records": parsed.records,
        }
    )


def _ids(target: Target) -> dict[str, str | None]:
    return {
        "scraper": target.scraper,
        "target_date": target.target_date.isoformat(),
        "game_id": target.game.game_id if target.game else None,
    }


def _json(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _utf8(text)


def _utf8(text: str) -> bytes:
    """Encode a text. A lone surrogate, which JSON allows and UTF-8 does not, becomes `?`."""
    return text.encode("utf-8", "replace")
