"""Starts the execution of a RUN decision.

Trigger     topic `workflow-decisions`, filtered to RUN (checked again here).
Reads       the workflow configuration, frozen into the manifest.
Writes      the manifest and the first step's tasks (state bucket); publishes one message a task
            to `scraper-requests`. A RUN without any task gets its finished row at once.
No-op       a decision other than RUN; an execution already started.
Acknowledged  a malformed decision, an unknown workflow or scraper: dead-lettered.
Raised      storage or Pub/Sub failing for now.
Duplicates  execution and task ids derive from the decision; manifest and tasks are created once,
            and a task published twice is claimed once.
"""

import sys
from pathlib import Path

import functions_framework
from flask import Request

# The framework puts only this folder on the path, and the platform sets PYTHONPATH as it likes.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.entry.respond import Handle, Reply, serve
from common.messages.models import WorkflowDecision


@functions_framework.http
def workflow_executor(request: Request) -> Reply:
    """Start a RUN decision's execution."""
    return serve(request, "workflow_executor", WorkflowDecision, _handler)


def _handler() -> Handle[WorkflowDecision]:
    from common.handlers.workflow_executor import execute  # noqa: PLC0415 - a refused event loads no handler

    return execute
