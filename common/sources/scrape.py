"""One scrape: fetch what the scraper declares, parse it, and return the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from common.logs import log
from common.messages.labels import Outcome
from common.scrapers.model import Call, ContractError, NotReadyError, Parsed, Scraper, Target
from common.sources.client import DEFAULT_OPTIONS, AskOptions, Source
from common.sources.errors import (
    BlockedError,
    NotFoundError,
    NotPublishedError,
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
    success,
    without_answer,
)
from common.sources.routes import PRIMARY

ChooseOptions = Callable[[Sequence[Call]], Sequence[AskOptions]]
"""Returns how a task's calls may be made, the best first; raises SourceError when none may."""


@dataclass(frozen=True)
class _Collected:
    bodies: list[bytes]
    absent: list[str]

    def with_further(self, other: "_Collected") -> "_Collected":
        """Return these answers with the later ones behind them."""
        return _Collected(self.bodies + other.bodies, self.absent + other.absent)


def only_default(_calls: Sequence[Call]) -> Sequence[AskOptions]:
    """Return the source's first route, without a deadline."""
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
    calls = scraper.calls(target, now)
    if not calls:
        outcome: Outcome = "NOT_READY" if scraper.takes == "first" else "NO_DATA"
        return empty(target, outcome, "nothing to ask for: no report is due, or no event known")
    asked: list[AskedSource] = []

    def ask(calls: Sequence[Call]) -> _Collected:
        # An answer that only leads to further calls must not close the circuit of their source.
        asked[:] = [each for each in asked if each.verdict != "ok"]
        return _ask(scraper, calls, source, choose(calls), asked)

    try:
        found = _read(scraper, target, ask(calls), ask)
    except SourceError as error:
        found = without_answer(target, error)
    if asked:
        asked[-1] = replace(asked[-1], verdict=found.verdict)
    return replace(found, asked=tuple(asked))


def _ask(
    scraper: Scraper,
    calls: Sequence[Call],
    source: Source,
    choices: Sequence[AskOptions],
    asked: list[AskedSource],
) -> _Collected:
    """Return the answers of the first route that gives any; add each route to `asked`."""
    for number, options in enumerate(choices, 1):
        host = source.host(calls[0], options)
        route = options.route.name if options.route else PRIMARY
        asked.append(AskedSource(calls[0].source, route, host, "ok"))
        try:
            return _collect(scraper, calls, source, options)
        except SourceError as error:
            if number == len(choices) or not error.elsewhere:
                raise
            asked[-1] = replace(asked[-1], verdict=error.verdict)
            log(
                "WARNING",
                "A source failed; its next route is asked",
                scraper=scraper.name,
                host=host,
                code=error.code,
                error_class=type(error).__name__,
                error=error,
            )
    raise AssertionError("a source always has a route")


def _collect(
    scraper: Scraper, calls: Sequence[Call], source: Source, options: AskOptions
) -> _Collected:
    """Fetch the calls in order; what the source lacks is left out if it has anything else."""
    absent: list[SourceError] = []
    bodies: list[bytes] = []
    for position, call in enumerate(calls):
        try:
            if source.clock.now() > options.deadline:
                raise TimedOutError(f"no time left for {call.label}")
            bodies.append(source.fetch(call, options))
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


def _read(
    scraper: Scraper,
    target: Target,
    collected: _Collected,
    ask: Callable[[Sequence[Call]], _Collected],
) -> Scraped:
    try:
        if scraper.then and (further := scraper.then(collected.bodies, target)):
            collected = collected.with_further(ask(further))
        parsed = scraper.parse(collected.bodies, target)
        _check_count(scraper, parsed, collected.bodies)
        body = _stored(scraper, target, parsed, collected)
    except NotReadyError as error:
        return empty(target, "NOT_READY", str(error), 200)
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a parser raises, the form is unknown
        return broken_contract(target, error, max(collected.bodies, key=len))
    if parsed.count == 0:
        return empty(target, "NO_DATA", "the source answered with an empty list", 200)
    return success(body, scraper.content_type, parsed.count)


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
