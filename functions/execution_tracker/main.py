"""Brings an execution on when one of its tasks has written its object.

Trigger     topic `scraped-objects`, the same events as the logger's.
Reads       manifest, tasks and results (state bucket); an earlier step's object where the next
            step is made from it.
Writes      the task's result; after a step's last one the next step's tasks to
            `scraper-requests`, or the finished row to `workflow_executions`.
No-op       an object outside any execution; a step completed already.
Acknowledged  a malformed event, a task that was never started: dead-lettered.
Raised      BigQuery, storage or Pub/Sub failing for now; a step that another delivery is
            completing.
Duplicates  results are created once; completing a step is a claim; row and job ids derive from
            the execution.
"""

import sys
from pathlib import Path

import functions_framework
from flask import Request

# The framework puts only this folder on the path, and the platform sets PYTHONPATH as it likes.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.entry.respond import Handle, Reply, serve
from common.messages.models import ObjectEvent


@functions_framework.http
def execution_tracker(request: Request) -> Reply:
    """Record a task's result and bring its execution on."""
    return serve(request, "execution_tracker", ObjectEvent, _handler)


def _handler() -> Handle[ObjectEvent]:
    from common.handlers.execution_tracker import track  # noqa: PLC0415 - a refused event loads no handler

    return track
