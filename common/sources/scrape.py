"""One scrape: fetch what the scraper declares, read it, and name the outcome."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from common.logs import log
from common.messages.labels import Outcome
from common.scrapers.model import (
    Call,
    ContractError,
    NotReadyError,
    Parsed,
    Scraper,
    SourceName,
    Target,
)
from common.sources.client import Source, Way
from common.sources.errors import (
    SAMPLE_BYTES,
    BlockedError,
    NotFoundError,
    NotPublishedError,
    PartlyBlockedError,
    SourceError,
    TimedOutError,
    Verdict,
)

Ways = Callable[[Sequence[Call]], Sequence[Way]]
"""How a task's calls may be made, the best first; raises SourceError when they may not be."""
EMPTY: frozenset[Outcome] = frozenset({"NO_DATA", "NOT_READY"})


@dataclass(frozen=True)
class Tried:
    """One base URL that was asked: what the attempt says of it."""

    source: SourceName
    route: str
    host: str
    says: Verdict


@dataclass(frozen=True)
class Scraped:
    """What one scrape came to, and the bytes to store for it.

    Attributes:
        outcome: the exact one.
        status: the log's; no data and not ready are successes with 0 records.
        records: the scraper's own count.
        body: the envelope, the PDF, or the error envelope.
        content_type: of the body.
        error_class: name of the error; None unless FAILED.
        error_message: what went wrong and what to do; None unless FAILED.
        http_status: of the answer that decided; None when there was none.
        sample: the first 4 KiB of an answer that could not be read.
        reason: why there is nothing; of NO_DATA and NOT_READY.
        says: what it says of the source.
        tried: the base URLs that were asked in turn; the last one gave the outcome.
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
    says: Verdict = "unasked"
    tried: tuple[Tried, ...] = ()


@dataclass(frozen=True)
class _Collected:
    bodies: list[bytes]
    absent: list[str]


def anyhow(_calls: Sequence[Call]) -> Sequence[Way]:
    """The source's own URL, at once and without a deadline."""
    return (Way(),)


def scrape(
    scraper: Scraper, target: Target, source: Source, now: datetime, ways: Ways = anyhow
) -> Scraped:
    """Collect a target once.

    Args:
        scraper: from the registry.
        target: what to collect; its date is passed on unchanged (R4).
        source: the HTTP interface.
        now: aware; which of several file names are due depends on it.
        ways: how the source may be asked.

    Returns:
        The outcome with what to store. Trouble of the source is an outcome, never an exception.

    Raises:
        BadInputError: the target lacks what the scraper needs.
    """
    calls = scraper.calls(target, now)
    if not calls:
        outcome: Outcome = "NOT_READY" if scraper.takes == "first" else "NO_DATA"
        return _empty(target, outcome, "nothing to ask for: no report is due, or no event known")
    tried: list[Tried] = []
    try:
        found = _read(scraper, target, _ask(scraper, calls, source, ways(calls), tried))
    except SourceError as error:
        found = _without_answer(target, error)
    if tried:
        tried[-1] = replace(tried[-1], says=found.says)
    return replace(found, tried=tuple(tried))


def _ask(
    scraper: Scraper,
    calls: Sequence[Call],
    source: Source,
    ways: Sequence[Way],
    tried: list[Tried],
) -> _Collected:
    """The answers of the first way that gives some; each way that was gone is added to `tried`."""
    for number, way in enumerate(ways, 1):
        host = source.host(calls[0], way)
        tried.append(Tried(calls[0].source, way.route, host, "ok"))
        try:
            return _collect(scraper, calls, source, way)
        except SourceError as error:
            if number == len(ways) or not error.elsewhere:
                raise
            tried[-1] = replace(tried[-1], says=error.says)
            log(
                "WARNING",
                "A source failed; its fallback is asked",
                scraper=scraper.name,
                host=host,
                error_class=type(error).__name__,
                error=error,
            )
    raise AssertionError("no way to ask")


def _collect(scraper: Scraper, calls: Sequence[Call], source: Source, way: Way) -> _Collected:
    """The answers; what a source does not have is left out as long as it has something."""
    absent: list[SourceError] = []
    bodies: list[bytes] = []
    for position, call in enumerate(calls):
        try:
            if source.clock.now() > way.deadline:
                raise TimedOutError(f"no time left for {call.label}")
            bodies.append(source.fetch(call, way))
        except (NotFoundError, NotPublishedError) as error:
            absent.append(error)
            continue
        except SourceError as error:
            raise _partial(error, calls, position) from None
        if scraper.takes == "first":
            return _Collected(bodies, [])
    if not bodies:
        raise next((each for each in absent if isinstance(each, NotPublishedError)), absent[-1])
    return _Collected(bodies, [str(each) for each in absent])


def _partial(error: SourceError, calls: Sequence[Call], position: int) -> SourceError:
    """The same error, with the ids that were not collected (S6).

    The first failure ends the task: a host that refuses one call, or is down, does so to the next.
    """
    if len(calls) == 1:
        return error
    missing = ", ".join(call.label for call in calls[position:])
    text = f"{error}; got {position} of {len(calls)}, missing: {missing}"
    blocked = position and isinstance(error, BlockedError)
    kind = PartlyBlockedError if blocked else type(error)
    return kind(text, error.http_status, error.sample)


def _read(scraper: Scraper, target: Target, collected: _Collected) -> Scraped:
    try:
        parsed = scraper.parse(collected.bodies, target)
        _check_count(scraper, parsed, collected.bodies)
        body = _stored(scraper, target, parsed, collected)
    except NotReadyError as error:
        return _empty(target, "NOT_READY", str(error), 200)
    except Exception as error:  # noqa: BLE001 - a parser that stumbles has met an unknown form
        sample = max(collected.bodies, key=len)[:SAMPLE_BYTES]
        return _failed(target, "CONTRACT", "changed", error, sample=sample)
    if parsed.count == 0:
        return _empty(target, "NO_DATA", "the source answered with an empty list", 200)
    kind = scraper.content_type
    return Scraped("SUCCESS", "SUCCESS", parsed.count, body, kind, http_status=200, says="ok")


def _stored(scraper: Scraper, target: Target, parsed: Parsed, collected: _Collected) -> bytes:
    if scraper.suffix == "pdf":
        return collected.bodies[0]
    return _envelope(target, "SUCCESS", parsed, absent=collected.absent)


def _check_count(scraper: Scraper, parsed: Parsed, bodies: Sequence[bytes]) -> None:
    if parsed.count:
        return
    longest = max(len(body) for body in bodies)
    if scraper.always:
        raise ContractError(f"{scraper.name}: no record, although there is always one")
    if scraper.empty_bytes is not None and longest > scraper.empty_bytes:
        raise ContractError(f"{scraper.name}: {longest} bytes without a record (S1)")


def _without_answer(target: Target, error: SourceError) -> Scraped:
    if error.outcome in EMPTY:
        return _empty(target, error.outcome, str(error), error.http_status)
    return _failed(
        target, error.outcome, error.says, error, http_status=error.http_status, sample=error.sample
    )


def _empty(
    target: Target, outcome: Outcome, reason: str, http_status: int | None = None
) -> Scraped:
    body = _envelope(target, outcome, Parsed([], 0), reason=reason)
    return Scraped(
        outcome,
        "SUCCESS",
        0,
        body,
        "application/json",
        http_status=http_status,
        reason=reason,
        says="empty",
    )


def _failed(
    target: Target,
    outcome: Outcome,
    says: Verdict,
    error: Exception,
    *,
    http_status: int | None = 200,
    sample: bytes,
) -> Scraped:
    error_class = type(error).__name__
    message = _utf8(str(error) or error_class).decode()
    body = _json(
        {
            "schema": "scrape-failure",
            "version": 1,
            **_ids(target),
            "outcome": outcome,
            "error_class": error_class,
            "error_message": message,
            "http_status": http_status,
            "sample": sample.decode("utf-8", "replace") if sample else None,
        }
    )
    return Scraped(
        outcome,
        "FAILED",
        0,
        body,
        "application/json",
        error_class=error_class,
        error_message=message,
        http_status=http_status,
        sample=sample or None,
        says=says,
    )


def _envelope(
    target: Target, outcome: Outcome, parsed: Parsed, **further: str | list[str]
) -> bytes:
    return _json(
        {
            "schema": "scraped",
            "version": 1,
            **_ids(target),
            "outcome": outcome,
            **{name: value for name, value in further.items() if value},
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
    """Bytes of a document; ValueError where it holds NaN or Infinity, which JSON cannot."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _utf8(text)


def _utf8(text: str) -> bytes:
    """Bytes of a text; half a surrogate pair, which JSON can hold and UTF-8 cannot, becomes `?`."""
    return text.encode("utf-8", "replace")
