"""Asks a source for what a task needs: its routes in turn, and what absence means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
    """Fetch the calls in order; what the source lacks is left out if it has anything else."""
    absent: list[SourceError] = []
    bodies: list[bytes] = []
    for position, call in enumerate(question.calls):
        try:
            if source.clock.now() > options.deadline:
                raise TimedOutError(f"no time left for {call.label}")
            bodies.append(source.fetch(call, options))
        except (NotFoundError, NotPublishedError) as error:
            absent.append(error)
            continue
        except SourceError as error:
            raise _partial(error, question.calls, position) from None
        if question.scraper.takes == "first":
            return Answers(bodies, [])
    if not bodies:
        raise _absence(question, absent, source, options)
    return Answers(bodies, [str(each) for each in absent])


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
