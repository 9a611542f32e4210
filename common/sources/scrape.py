"""One scrape: ask, read, hold the answer against the question, name the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from common.calendar.game_ids import is_known
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
from common.sources.asking import Answers, Question, ask
from common.sources.client import DEFAULT_OPTIONS, AskOptions, Source
from common.sources.errors import NoNbaIdError, OverdueError, SourceError
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
_Ask = Callable[[Sequence[Call]], Answers]


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
    if scraper.by_nba_id and target.game and not is_known(target.game.game_id):
        return without_answer(target, _no_id(target.game.game_id))
    question = Question(scraper, target, scraper.calls(target, now), now)
    if not question.calls:
        outcome: Outcome = "NOT_READY" if scraper.takes == "first" else "NO_DATA"
        return empty(target, outcome, "nothing to ask for: no report is due, or no event known")
    asked: list[AskedSource] = []

    def ask_for(calls: Sequence[Call]) -> Answers:
        # An answer that only leads to further calls must not close the circuit of their source.
        asked[:] = [each for each in asked if each.verdict != "ok"]
        return ask(replace(question, calls=calls), source, choose(calls), asked)

    try:
        found = _read(question, ask_for(question.calls), ask_for)
    except SourceError as error:
        found = without_answer(target, question.overdue(error))
    _warn(scraper, target, found)
    if asked:
        asked[-1] = replace(asked[-1], verdict=found.verdict)
    return replace(found, asked=tuple(asked))


def _no_id(game_id: str) -> NoNbaIdError:
    return NoNbaIdError(
        f"game {game_id} has no id of NBA.com's: no season file lists it; the next schedule that "
        "is fetched or uploaded does (python -m local schedule put FILE)"
    )


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


def _read(question: Question, answers: Answers, ask_for: _Ask) -> Scraped:
    scraper, target = question.scraper, question.target
    try:
        if scraper.then and (further := scraper.then(answers.bodies, target)):
            answers = answers.and_then(ask_for(further))
        return _held(scraper, target, scraper.parse(answers.bodies, target), answers)
    except NotReadyError as error:
        if not scraper.is_overdue(target, question.now):
            return empty(target, "NOT_READY", str(error), 200)
        text = question.overdue_text(error)
        return without_answer(target, OverdueError(text, 200, _longest(answers)))
    except SourceError:
        raise
    except MismatchError as error:
        return mismatch(target, error, _longest(answers), Parsed([], 0))
    except Exception as error:  # noqa: BLE001 - whatever a parser raises, the form is unknown
        return broken_contract(target, error, _longest(answers))


def _longest(answers: Answers) -> bytes:
    return max(answers.bodies, key=len)


def _held(scraper: Scraper, target: Target, parsed: Parsed, answers: Answers) -> Scraped:
    """Hold what was read against the question, and build the outcome."""
    answer = _longest(answers)
    try:
        hold(scraper.expects, target, parsed)
        _check_count(scraper, parsed, answers.bodies)
    except MismatchError as error:
        return mismatch(target, error, answer, parsed)
    except ContractError as error:
        return replace(broken_contract(target, error, answer), warnings=parsed.warnings)
    if parsed.count == 0:
        reason = "the source answered with an empty list"
        return empty(target, "NO_DATA", reason, 200, parsed.warnings)
    body = _stored(scraper, target, parsed, answers)
    return success(body, scraper.content_type, parsed)


def _stored(scraper: Scraper, target: Target, parsed: Parsed, answers: Answers) -> bytes:
    if scraper.suffix == "pdf":
        return answers.bodies[0]
    return envelope(target, "SUCCESS", parsed, absent=answers.absent)


def _check_count(scraper: Scraper, parsed: Parsed, bodies: Sequence[bytes]) -> None:
    if parsed.count:
        return
    longest = max(len(body) for body in bodies)
    if scraper.always:
        raise ContractError(f"{scraper.name}: no record, although there is always one")
    if scraper.empty_bytes_max is not None and longest > scraper.empty_bytes_max:
        raise ContractError(f"{scraper.name}: {longest} bytes without a record (S1)")
