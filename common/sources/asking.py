"""Asks a source for what a task needs: its routes in turn, and what absence means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

from common.eastern import eastern
from common.logs import log
from common.scrapers.model import Call, Scraper, Target
from common.sources.client import AskOptions, Source
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
from common.sources.outcomes import AskedSource
from common.sources.routes import PRIMARY

Outcome = bytes | SourceError
"""What a call brought: a body, or why there is none."""


@dataclass(frozen=True)
class Question:
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
class Answers:
    """The bodies of the calls that were answered, and why others were not."""

    bodies: list[bytes]
    absent: list[str]

    def and_then(self, further: "Answers") -> "Answers":
        """Return these answers with those of the calls that they led to."""
        return Answers(self.bodies + further.bodies, self.absent + further.absent)


def ask(
    question: Question,
    source: Source,
    choices: Sequence[AskOptions],
    asked: list[AskedSource],
) -> Answers:
    """Return the answers of the first route that gives any; add each route to `asked`.

    Raises:
        SourceError: no route gave any; the last one's error.
    """
    call = question.calls[0]
    for number, options in enumerate(choices, 1):
        host = source.host(call, options)
        route = options.route.name if options.route else PRIMARY
        asked.append(AskedSource(call.source, route, host, "ok"))
        try:
            return _collect(question, source, options)
        except SourceError as error:
            if number == len(choices) or not error.elsewhere:
                raise
            asked[-1] = replace(asked[-1], verdict=error.verdict)
            log(
                "WARNING",
                "A source failed; its next route is asked",
                scraper=question.scraper.name,
                host=host,
                code=error.code,
                error_class=type(error).__name__,
                error=error,
            )
    raise AssertionError("a source always has a route")


def _collect(question: Question, source: Source, options: AskOptions) -> Answers:
    """Gather the answers in the calls' order; what is absent is left out if there is any other."""
    outcomes = (_at_once if _begin_together(question, options) else _one_by_one)(
        question, source, options
    )
    if failures := [each for each in outcomes if _is_failure(each)]:
        raise _partial(failures[0], question.calls, outcomes) from None
    bodies = [each for each in outcomes if isinstance(each, bytes)]
    absent = [each for each in outcomes if isinstance(each, SourceError)]
    if not bodies:
        raise _absence(question, absent, source, options)
    is_enough = question.scraper.takes == "first"
    return Answers(bodies, [] if is_enough else [str(each) for each in absent])


def _begin_together(question: Question, options: AskOptions) -> bool:
    return bool(options.threads and question.scraper.takes == "all" and len(question.calls) > 1)


def _one_by_one(question: Question, source: Source, options: AskOptions) -> list[Outcome]:
    """Make the calls in order, until one fails or is enough."""
    found: list[Outcome] = []
    for call in question.calls:
        found.append(outcome := _outcome(source, options, call))
        is_enough = isinstance(outcome, bytes) and question.scraper.takes == "first"
        if is_enough or _is_failure(outcome):
            break
    return found


def _at_once(question: Question, source: Source, options: AskOptions) -> list[Outcome]:
    """Begin all calls, each of which waits for its turn; the first that fails ends them."""
    assert options.threads is not None
    failed: list[Outcome] = []

    def outcome(call: Call) -> Outcome:
        if failed:
            return failed[0]
        found = _outcome(source, options, call)
        if not _is_failure(found):
            return found
        failed.append(found)
        if options.turns:
            options.turns.stop()
        return failed[0]

    if options.turns:
        host = source.host(question.calls[0], options)
        options.turns.reserve(host, len(question.calls), options.deadline)
    return [*options.threads.map(outcome, question.calls)]


def _outcome(source: Source, options: AskOptions, call: Call) -> Outcome:
    try:
        if source.clock.now() > options.deadline:
            raise TimedOutError(f"no time left for {call.label}")
        return source.fetch(call, options)
    except SourceError as error:
        return error


def _is_failure(outcome: Outcome) -> TypeGuard[SourceError]:
    return not isinstance(outcome, bytes | NotFoundError | NotPublishedError)


def _absence(
    question: Question, absent: Sequence[SourceError], source: Source, options: AskOptions
) -> SourceError:
    """Return what it means that a source has nothing of what was asked for."""
    last = next((each for each in absent if isinstance(each, NotPublishedError)), absent[-1])
    scraper = question.scraper
    if scraper.canary and scraper.is_due(question.target, question.now):
        return _canary(scraper.canary(question.target), last, source, options)
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


def _partial(error: SourceError, calls: Sequence[Call], outcomes: Sequence[Outcome]) -> SourceError:
    """Return the same error with the ids that were not collected (S6).

    The first failure ends the task: a host that refuses one call, or is down, fails the next too.
    """
    if len(calls) == 1:
        return error
    reached = zip(calls, outcomes, strict=False)
    missing = [call.label for call, outcome in reached if _is_failure(outcome)]
    missing += [call.label for call in calls[len(outcomes) :]]
    got = len(calls) - len(missing)
    text = f"{error}; got {got} of {len(calls)}, missing: {', '.join(missing)}"
    kind = PartlyBlockedError if got and isinstance(error, BlockedError) else type(error)
    return kind(text, error.http_status, error.sample)
