"""Shows the day, its games, decisions and runs, and the system's health, as pages.

Trigger     a GET from a person's browser, through Identity-Aware Proxy or
            `gcloud run services proxy`; never a topic.
Reads       the five tables and the views, the schedule and the scraped objects (data bucket);
            manifests, results, pauses and what is known of sources (state bucket).
Writes      nothing, and publishes nothing: its account has viewer rights alone.
No-op       every request is one.
Refused     another method than GET or HEAD: 405; an address that names nothing: 404 or 400, with
            what to do.
Raised      nothing: a port that fails for now is a page with 503.
Duplicates  the same address at the same instant shows the same.
"""

import sys
from pathlib import Path

import functions_framework
from flask import Request

# The framework puts only this folder on the path, and the platform sets PYTHONPATH as it likes.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.entry.show import Page, Show, show


@functions_framework.http
def console(request: Request) -> Page:
    """Answer with a page, or with the same as JSON."""
    return show(request, _handler)


def _handler() -> Show:
    from common.handlers.console import answer  # noqa: PLC0415 - a refused method loads no handler

    return answer
