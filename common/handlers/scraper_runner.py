"""Runs one task: one scraper for one date or game, one object in the data bucket.

Every outcome is an object, failures too (below `failed/`), so that logging has one path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from common import ids
from common.calendar.game_ids import is_known, season_of_game
from common.calendar.games import season_of
from common.eastern import eastern_date
from common.errors import BadInputError
from common.messages.envelope import Event
from common.messages.labels import TEXT_CHARACTERS_MAX, Labels
from common.messages.models import ScraperRequest, event_time, season_type
from common.messages.object_names import game_folder, object_name, stem
from common.runtime import Runtime
from common.scrapers import get
from common.scrapers.model import Scraper, Target
from common.sources.guard import SourceGuard
from common.sources.health import recent
from common.sources.outcomes import Scraped
from common.sources.quota import Credits
from common.sources.scrape import scrape
from common.state import names
from common.state.claims import Claim, claimed
from common.state.correction import Correction, Earlier, earlier_answer
from common.state.own_objects import SECRET, create_noted, find_noted, note

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import StoredObject


@dataclass(frozen=True)
class Task:
    """A checked request."""

    task_id: str
    scraper: Scraper
    request: ScraperRequest
    target_date: date

    @property
    def game_id(self) -> str | None:
        """The game of a per-game task."""
        return self.request.game.game_id if self.request.game else None


def run(runtime: Runtime, event: Event, request: ScraperRequest) -> Mapping[str, object]:
    """Run a requested scraper once.

    Raises:
        BadInputError: an unknown scraper, or a game missing or out of place.
    """
    task = _task(runtime, event, request)
    with claimed(runtime.state, names.task_key(task.task_id)) as claim:
        if claim is None:
            return {"result": "already run", "task_id": task.task_id}
        if claim.takeover and (found := _written_before(runtime, task)):
            return {"result": "was written", "object": found.name, "task_id": task.task_id}
        return _scrape(runtime, task, claim)


def _scrape(runtime: Runtime, task: Task, claim: Claim) -> Mapping[str, object]:
    began = runtime.elapsed()
    earlier = runtime.threads.submit(_earlier, runtime, task)
    guard = _guard(runtime, task)
    scraped = scrape(task.scraper, guard.target, runtime.source, claim.started, guard.choose)
    lease_ends = guard.began + timedelta(seconds=runtime.settings.lease_seconds)
    shared = claim.takeover or runtime.clock.now() > lease_ends
    if shared and (found := _written_before(runtime, task)):
        # This delivery or the one before it took longer than the lease: both may have written.
        return {"result": "was written", "object": found.name, "task_id": task.task_id}
    new_events = guard.new_events(scraped)
    code = guard.code(scraped, new_events)
    labels = _labels(task, claim, scraped, runtime.elapsed() - began)
    stored_before = earlier.result() if scraped.outcome == "SUCCESS" else None
    correction = stored_before.corrected_by(scraped.body) if stored_before else None
    metadata = _metadata(labels, scraped, code, correction)
    if correction and task.game_id:  # before it is stored: saying it again is harmless
        correction.log(task.scraper.name, task.game_id, task.task_id)
    stored = _store(runtime, task, claim, scraped, metadata)
    guard.settle(scraped, new_events, code)
    return {
        "result": "stored",
        "scraper": task.scraper.name,
        "outcome": scraped.outcome,
        "object": stored.name,
        "task_id": task.task_id,
        "reason_code": code,
    }


def _task(runtime: Runtime, event: Event, request: ScraperRequest) -> Task:
    scraper = get(request.scraper)
    if (scraper.scope == "game") != (request.game is not None):
        needed = "needs" if scraper.scope == "game" else "takes no"
        raise BadInputError(
            f"ScraperRequest.game: {request.scraper} {needed} game; see docs/messages.md"
        )
    if request.event_ids and scraper.scope != "event":
        raise BadInputError(
            f"ScraperRequest.event_ids: {request.scraper} takes no event; see docs/messages.md"
        )
    happened = event_time(request, event, runtime.clock.now())
    task_id = (
        request.execution.task_id
        if request.execution
        else ids.request_id(event.message_id or runtime.new_owner())
    )
    return Task(task_id, scraper, request, request.target_date or eastern_date(happened))


def _guard(runtime: Runtime, task: Task) -> SourceGuard:
    now, target = runtime.clock.now(), _target(task)
    events = runtime.threads.submit(recent, runtime.state, task.scraper.name, now)
    quota = Credits(runtime.state)
    if any(call.source == "odds_api" for call in task.scraper.calls(target, now)):
        quota.read()
    return SourceGuard(
        state=runtime.state,
        source=runtime.source,
        settings=runtime.settings,
        scraper=task.scraper,
        target=target,
        task_id=task.task_id,
        slot=task.request.execution.slot if task.request.execution else None,
        events=events.result(),
        quota=quota,
        threads=runtime.threads,
        began=now,
    )


def _target(task: Task) -> Target:
    request = task.request
    first = request.game or next(iter(request.games), None)
    return Target(
        scraper=task.scraper.name,
        target_date=task.target_date,
        season=_season(first.game_id if first else None, task.target_date),
        game=request.game,
        event_ids=request.event_ids,
        season_type=season_type(first.game_id) if first else request.season_type,
        games=request.games,
        instant=request.scheduled_time,
    )


def _season(game_id: str | None, day: date) -> str:
    return season_of_game(game_id) if game_id and is_known(game_id) else season_of(day)


def names_of(task: Task, claim: Claim, *, failed: bool) -> tuple[str, str]:
    """Return where a task's object may go: its name, and one with its tag where that is taken.

    The first claim decides, so a retry names the same.
    """
    suffix = "json" if failed else task.scraper.suffix
    begin = stem(task.scraper.name, task.target_date, task.game_id, claim.started)
    return (
        object_name(begin, suffix, failed=failed),
        object_name(begin, suffix, failed=failed, task_id=task.task_id),
    )


def _written_before(runtime: Runtime, task: Task) -> StoredObject | None:
    bucket = runtime.settings.data_bucket
    return find_noted(runtime.state, runtime.storage, bucket, task.task_id)


def _labels(task: Task, claim: Claim, scraped: Scraped, seconds: float) -> Labels:
    execution = task.request.execution
    return Labels(
        task_id=task.task_id,
        scraper=task.scraper.name,
        status=scraped.status,
        outcome=scraped.outcome,
        records=scraped.records,
        started_at=claim.started,
        duration_seconds=round(max(seconds, 0.0), 3),
        target_date=task.target_date,
        game_id=task.game_id,
        execution_id=execution.execution_id if execution else None,
        decision_id=execution.decision_id if execution else None,
        workflow_name=execution.workflow_name if execution else None,
        step=execution.step if execution else None,
        slot=execution.slot if execution else None,
        error_class=scraped.error_class,
        error_message=scraped.error_message[:TEXT_CHARACTERS_MAX]
        if scraped.error_message
        else None,
        http_status=scraped.http_status,
    )


def _earlier(runtime: Runtime, task: Task) -> Earlier | None:
    """Read what the task's answer may correct."""
    if not (task.scraper.rewritten and task.game_id):
        return None
    folder = game_folder(task.scraper.name, task.target_date, task.game_id)
    return earlier_answer(runtime.storage, runtime.settings.data_bucket, folder)


def _metadata(
    labels: Labels, scraped: Scraped, code: str | None, correction: Correction | None
) -> dict[str, str]:
    """The labels, which host gave the outcome, and what is wrong with it for more than this."""
    host = scraped.asked[-1].host if scraped.asked else None
    corrects = correction.of if correction else None
    further = {"source_host": host, "reason_code": code, "corrects": corrects}
    return labels.metadata() | {name: text for name, text in further.items() if text}


def _store(
    runtime: Runtime, task: Task, claim: Claim, scraped: Scraped, metadata: Mapping[str, str]
) -> StoredObject:
    """Note where the object goes, and create it there."""
    failed = scraped.status == "FAILED"
    held = note(runtime.state, task.task_id, names_of(task, claim, failed=failed))
    return create_noted(
        runtime.storage,
        runtime.settings.data_bucket,
        held,
        scraped.body,
        content_type=scraped.content_type,
        metadata={**metadata, SECRET: held.secret},
        custom_time=claim.started,
    )
