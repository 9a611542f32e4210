"""One scrape: fetch what the scraper declares, parse it, and return the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from common.eastern import eastern
from common.logs import log
from common.messages.labels import Outcome
from common.scrapers.expectations import hold
from common.scrapers.model import (
    Call,
    ContractError,
    MismatchError,
    NotReadyError,
    Parsed,
    Scraper,
    Target,
)
from common.sources.client import DEFAULT_OPTIONS, AskOptions, Source
from common.sources.errors import (
    BlockedError,
    MovedError,
    NotFoundError,
    NotPublishedError,
    OverdueError,
    PartlyBlockedError,
    SourceError,
    TimedOutError,
)
from common.sources.outcomes import (
    AskedSource,
    Scraped,
    broken_contract,
    empty,
    envelope,
    mismatch,
    success,
    without_answer,
)

ChooseOptions = Callable[[Sequence[Call]], Sequence[AskOptions]]
"""Returns how a task's calls may be made, the best first; raises SourceError when none may."""


WARNINGS_SHOWN_MAX = 3


@dataclass(frozen=True)
class _Task:
    """What is asked, and when."""

    scraper: Scraper
    target: Target
    calls: Sequence[Call]
    now: datetime

    def overdue(self, error: SourceError) -> SourceError:
        """Return the failure that an absence is for a finished game after its due time (FS07)."""
        absent = isinstance(error, NotFoundError | NotPublishedError)
        if not (absent and self.scraper.is_overdue(self.target, self.now)):
            return error
        return OverdueError(self.overdue_text(error), error.http_status, error.sample)

    def overdue_text(self, error: Exception) -> str:
        """Return the text of an absence that has become a failure."""
        due = eastern(self.scraper.overdue_at(self.target))
        return (
            f"{error}; the game is over and its data was due by {due:%Y-%m-%d %H:%M} ET: "
            "the source is late, or no longer serves it there"
        )


@dataclass(frozen=True)
class _Collected:
    bodies: list[bytes]
    absent: list[str]


def only_default(_calls: Sequence[Call]) -> Sequence[AskOptions]:
    """Return the source's own URL, without a deadline."""
    return (DEFAULT_OPTIONS,)


def scrape(
    scraper: Scraper,
    target: Target,
    source: Source,
    now: datetime,
    choose: ChooseOptions = only_default,
) -> Scraped:
    """Collect a target once.

    Args:
        scraper: an entry of the registry.
        target: what to collect; its date is passed on unchanged (R4).
        source: the HTTP interface.
        now: the instant (aware); it decides which of several file names are due.
        choose: decides how the source may be asked.

    Returns:
        The outcome with what to store. A source that fails is an outcome, never an exception.

    Raises:
        BadInputError: the target lacks what the scraper needs.
    """
    task = _Task(scraper, target, scraper.calls(target, now), now)
    if not task.calls:
        outcome: Outcome = "NOT_READY" if scraper.takes == "first" else "NO_DATA"
        return empty(target, outcome, "nothing to ask for: no report is due, or no event known")
    asked: list[AskedSource] = []
    try:
        found = _read(task, _ask(task, source, choose(task.calls), asked))
    except SourceError as error:
        found = without_answer(target, task.overdue(error))
    _warn(scraper, target, found)
    if asked:
        asked[-1] = replace(asked[-1], verdict=found.verdict)
    return replace(found, asked=tuple(asked))


def _warn(scraper: Scraper, target: Target, found: Scraped) -> None:
    if found.warnings:
        log(
            "WARNING",
            "Parts of an answer are left out or not known; look at the first of them",
            scraper=scraper.name,
            target_date=target.target_date,
            rows=len(found.warnings),
            error="; ".join(found.warnings[:WARNINGS_SHOWN_MAX]),
        )


def _ask(
    task: _Task, source: Source, choices: Sequence[AskOptions], asked: list[AskedSource]
) -> _Collected:
    """Return the answers of the first base URL that gives any; add each URL to `asked`."""
    for number, options in enumerate(choices, 1):
        host = source.host(task.calls[0], options)
        asked.append(AskedSource(task.calls[0].source, options.route, host, "ok"))
        try:
            return _collect(task, source, options)
        except SourceError as error:
            if number == len(choices) or not error.elsewhere:
                raise
            asked[-1] = replace(asked[-1], verdict=error.verdict)
            log(
                "WARNING",
                "A source failed; its fallback is asked next",
                scraper=task.scraper.name,
                host=host,
                code=error.code,
                error_class=type(error).__name__,
                error=error,
            )
    raise AssertionError("a source always has a base URL")


def _collect(task: _Task, source: Source, options: AskOptions) -> _Collected:
    """Fetch the calls in order; what the source lacks is left out if it has anything else."""
    absent: list[SourceError] = []
    bodies: list[bytes] = []
    for position, call in enumerate(task.calls):
        try:
            if source.clock.now() > options.deadline:
                raise TimedOutError(f"no time left for {call.label}")
            bodies.append(source.fetch(call, options))
        except (NotFoundError, NotPublishedError) as error:
            absent.append(error)
            continue
        except SourceError as error:
            raise _partial(error, task.calls, position) from None
        if task.scraper.takes == "first":
            return _Collected(bodies, [])
    if not bodies:
        raise _absence(task, absent, source, options)
    return _Collected(bodies, [str(each) for each in absent])


def _absence(
    task: _Task, absent: Sequence[SourceError], source: Source, options: AskOptions
) -> SourceError:
    """Return what it means that a source has nothing of what was asked for."""
    last = next((each for each in absent if isinstance(each, NotPublishedError)), absent[-1])
    scraper = task.scraper
    if scraper.canary and scraper.is_due(task.target, task.now):
        return _canary(scraper.canary(task.target), last, source, options)
    if scraper.always and scraper.takes == "all":
        text = f"{last}, although it always has something: set its new base URL"
        return MovedError(text, last.http_status, last.sample)
    return last


def _canary(call: Call, last: SourceError, source: Source, options: AskOptions) -> SourceError:
    """Ask for a name that exists, because a throttled source refuses as if nothing were there."""
    try:
        source.fetch(call, options)
    except NotPublishedError:
        text = f"{last}; nor is {call.label}, which exists: the source refuses us"
        return BlockedError(text, last.http_status, last.sample)
    except NotFoundError:
        text = f"{last}; nor has it {call.label}, which exists: set its new base URL"
        return MovedError(text, last.http_status, last.sample)
    except SourceError as error:
        return error
    return last


def _partial(error: SourceError, calls: Sequence[Call], position: int) -> SourceError:
    """Return the same error with the ids that were not collected (S6).

    The first failure ends the task: a host that refuses one call, or is down, fails the next too.
    """
    if len(calls) == 1:
        return error
    missing = ", ".join(call.label for call in calls[position:])
    text = f"{error}; got {position} of {len(calls)}, missing: {missing}"
    blocked = position and isinstance(error, BlockedError)
    kind = PartlyBlockedError if blocked else type(error)
    return kind(text, error.http_status, error.sample)


def _read(task: _Task, collected: _Collected) -> Scraped:
    scraper, target = task.scraper, task.target
    answer = max(collected.bodies, key=len)
    try:
        return _held(scraper, target, scraper.parse(collected.bodies, target), collected)
    except NotReadyError as error:
        if not scraper.is_overdue(target, task.now):
            return empty(target, "NOT_READY", str(error), 200)
        return without_answer(target, OverdueError(task.overdue_text(error), 200, answer))
    except Exception as error:  # noqa: BLE001 - whatever a parser raises, the form is unknown
        return broken_contract(target, error, answer)


def _held(scraper: Scraper, target: Target, parsed: Parsed, collected: _Collected) -> Scraped:
    """Hold what was read against the question, and build the outcome."""
    answer = max(collected.bodies, key=len)
    try:
        hold(scraper.expects, target, parsed)
        _check_count(scraper, parsed, collected.bodies)
    except MismatchError as error:
        return mismatch(target, error, answer, parsed)
    except ContractError as error:
        return replace(broken_contract(target, error, answer), warnings=parsed.warnings)
    if parsed.count == 0:
        reason = "the source answered with an empty list"
        return empty(target, "NO_DATA", reason, 200, parsed.warnings)
    body = _stored(scraper, target, parsed, collected)
    return success(body, scraper.content_type, parsed)


def _stored(scraper: Scraper, target: Target, parsed: Parsed, collected: _Collected) -> bytes:
    if scraper.suffix == "pdf":
        return collected.bodies[0]
    return envelope(target, "SUCCESS", parsed, absent=collected.absent)


def _check_count(scraper: Scraper, parsed: Parsed, bodies: Sequence[bytes]) -> None:
    if parsed.count:
        return
    longest = max(len(body) for body in bodies)
    if scraper.always:
        raise ContractError(f"{scraper.name}: no record, although there is always one")
    if scraper.empty_bytes_max is not None and longest > scraper.empty_bytes_max:
        raise ContractError(f"{scraper.name}: {longest} bytes without a record (S1)")
