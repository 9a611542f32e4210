"""Locks the day's plan.

Trigger     topic `tick-schedule-locker` (05:00 ET), or a call with the bare JSON of a tick.
Reads       the newest schedule object; the workflow configuration.
Writes      the day's rows of `daily_expected_schedule`; publishes nothing.
No-op       the date is locked already, or nothing is needed (no rows). A forced lock adds what
            the schedule has brought since.
Acknowledged  a malformed tick, dead-lettered.
Raised      no schedule stored yet, a service that fails for now, a broken configuration: the
            platform retries until it is mended.
Duplicates  one claim a date, and one after the other for forced locks; the INSERT job's id
            derives from it.
"""

import sys
from pathlib import Path

import functions_framework
from flask import Request

# The framework puts only this folder on the path, and the platform sets PYTHONPATH as it likes.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.entry.respond import Handle, Reply, serve
from common.messages.models import Tick


@functions_framework.http
def schedule_locker(request: Request) -> Reply:
    """Lock the plan of the tick's Eastern date."""
    return serve(request, "schedule_locker", Tick, _handler)


def _handler() -> Handle[Tick]:
    from common.handlers.schedule_locker import lock  # noqa: PLC0415 - a refused event loads no handler

    return lock
