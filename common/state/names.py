"""The name of every object in the state bucket, and the key of every claim.

docs/messages.md has the same list with writers and contents; a test compares the two.
"""

from datetime import UTC, date, datetime

from common import ids

CURSOR = "cleanup/cursor.json"
PAUSES = "pauses.json"
TOLD = "incidents/told.json"
ODDS_QUOTA = "quota/odds_api.json"
PASSING = (
    *("alerts/", "claims/", "cleanup/", "decided/", "executions/"),
    *("pacing/", "quota/", "sources/", "switches/", "tasks/"),
)
"""Begin the names of what is deleted by age (`terraform/storage.tf`); the rest stays."""
BATCHES = "decided/"
"""Begins the names of all batches."""
EVENT_STAMP = "%Y%m%dT%H%M%S%f"


def lease(key: str) -> str:
    """Name the lease of a claim."""
    return f"claims/{key}/lease"


def done(key: str) -> str:
    """Name the mark that a claim's work is done."""
    return f"claims/{key}/done"


def batch(key: str) -> str:
    """Name the stored decisions of a tick; `key` is its slot's stamp and what forced it."""
    return f"decided/{key}.json"


def batches(slot: datetime) -> str:
    """Begin the names of all batches of a slot."""
    return f"decided/{ids.stamp(slot)}"


def manifest(execution_id: str) -> str:
    """Name what an execution is to do."""
    return f"executions/{execution_id}/manifest.json"


def tasks(execution_id: str, step: int) -> str:
    """Name the requests of a step after the first."""
    return f"{steps(execution_id)}{step}/tasks.json"


def steps(execution_id: str) -> str:
    """Begin the names of the tasks and results of all steps."""
    return f"executions/{execution_id}/steps/"


def results(execution_id: str, step: int) -> str:
    """Begin the names of the results of a step."""
    return f"{steps(execution_id)}{step}/results/"


def step_of_result(name: str) -> int | None:
    """Return the step of a result; None for an object that is none."""
    parts = name.split("/")
    return int(parts[3]) if len(parts) == 6 and parts[4] == "results" else None  # noqa: PLR2004 - as above


def result(execution_id: str, step: int, task_id: str) -> str:
    """Name the result of a task."""
    return f"{results(execution_id, step)}{task_id}"


def given_up(claim_key: str) -> str:
    """Name the mark that an execution is given up in place of the work of a claim."""
    return f"claims/{claim_key}/given-up"


def note(task_id: str) -> str:
    """Name the note of where a task's object goes."""
    return f"tasks/{task_id}/note.json"


def version(task_id: str) -> str:
    """Name the version of a task's object that counts."""
    return f"tasks/{task_id}/version.json"


def attempts(item: str) -> str:
    """Begin the names of the marks of one item of healing, such as `objects/<log id>`."""
    return f"cleanup/{item}/"


def attempt(item: str, mark: str) -> str:
    """Name one mark of an item of healing: `try-1`, `quarantined`, `unheard`."""
    return f"{attempts(item)}{mark}"


def incidents(function: str) -> str:
    """Begin the names of the marks that a function's failures were logged."""
    return f"alerts/{function}/"


def incident(instant: datetime, function: str, error_class: str) -> str:
    """Name the mark that a function's failure was logged in an hour (UTC)."""
    return f"{incidents(function)}{instant.astimezone(UTC):%Y-%m-%dT%H}-{error_class}"


def source_alert(code: str, scraper: str, day: datetime, since: str) -> str:
    """Name the mark that an incident of a source was logged on a UTC date."""
    return f"alerts/scraper_runner/{code}/{scraper}/{day.astimezone(UTC):%Y-%m-%d}-{since}"


def turn(host: str, start: datetime) -> str:
    """Name the right to ask a host in the interval that begins at an instant."""
    return f"pacing/{host}/{start:%Y%m%dT%H%M%S.%f}"


def source_events(scraper: str) -> str:
    """Begin the names of what lately happened to a scraper's source."""
    return f"sources/{scraper}/"


def switch(scraper: str) -> str:
    """Name what was last logged of a scraper: that an alternative is asked, or that it is back."""
    return f"switches/{scraper}.json"


def start_key(execution_id: str) -> str:
    """Name the claim of starting an execution."""
    return f"workflow_executor/{execution_id}"


def step_key(execution_id: str, step: int) -> str:
    """Name the claim of completing a step."""
    return f"execution_tracker/{execution_id}/{step}"


def end_key(execution_id: str) -> str:
    """Name the claim of ending an execution whose own next claim is used up."""
    return f"cleanup_processor/ends/{execution_id}"


def task_key(task_id: str) -> str:
    """Name the claim of a task: it is run once, or written off once."""
    return f"scraper_runner/{task_id}"


def log_key(log_id: str) -> str:
    """Name the claim of logging one object version."""
    return f"scraper_logger/{log_id}"


def lock_key(day: date, number: int) -> str:
    """Name the claim of a lock of a date's plan; forced locks are numbered from 2."""
    return f"schedule_locker/{day}-{number}" if number > 1 else f"schedule_locker/{day}"


def slot_key(function: str, slot: datetime, forced_by: str) -> str:
    """Name the claim of a slot's tick; a forced tick has one of its own."""
    return f"{function}/{tick_stamp(slot, forced_by)}"


def tick_stamp(slot: datetime, forced_by: str) -> str:
    """Name a tick: its slot, and what forced it."""
    return f"{ids.stamp(slot)}-{forced_by}" if forced_by else ids.stamp(slot)
