"""Runs one scraper for one date or one game.

Trigger     topic `scraper-requests`: an execution's task, the scheduled schedule refresh, or an
            operator's request.
Reads       the source over HTTP, retried within the run.
Writes      one object to the data bucket: the data, or an error envelope below `failed/`.
            Publishes nothing: the bucket's finalize notification is the signal.
No-op       the task has its object already.
Acknowledged  a malformed request, an unknown scraper, a game missing or out of place:
            dead-lettered. A source that fails is an outcome, not an error.
Raised      storage failing for now.
Duplicates  one claim a task; the object's name derives from the first claim, so that a takeover
            finds what was written.
"""

import sys
from pathlib import Path

import functions_framework
from flask import Request

# The framework puts only this folder on the path, and the platform sets PYTHONPATH as it likes.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.entry.respond import Handle, Reply, serve
from common.messages.models import ScraperRequest


@functions_framework.http
def scraper_runner(request: Request) -> Reply:
    """Run the requested scraper once."""
    return serve(request, "scraper_runner", ScraperRequest, _handler)


def _handler() -> Handle[ScraperRequest]:
    from common.handlers.scraper_runner import run  # noqa: PLC0415 - a refused event loads no handler

    return run
