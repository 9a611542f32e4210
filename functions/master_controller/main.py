"""Decides every enabled workflow once a slot.

Trigger     topic `tick-master-controller` (hourly 06-23 ET), or a call with a tick's bare JSON.
Reads       the newest schedule object; the last days of decisions, executions and log.
Writes      one row a workflow to `workflow_decisions`, then publishes each decision to
            `workflow-decisions` (attribute `action`).
No-op       the slot is decided already, unless the tick is forced (for all, or its `workflow`).
Acknowledged  a malformed tick, or one for an unknown workflow: dead-lettered.
Raised      rows or messages that could not be written. Reads that fail for 30 s are not raised:
            they become ABORT rows with the cause, and the next tick judges anew.
Duplicates  one claim a slot; decisions are stored before they are written, so a redelivery
            repeats them (or decides anew what has no rows when the next slot has begun); row ids
            and the job id derive from (workflow, slot).
"""

import sys
from pathlib import Path

import functions_framework
from flask import Request

# The framework puts only this folder on the path, and the platform sets PYTHONPATH as it likes.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from common.entry.respond import Handle, Reply, serve
from common.messages.models import ControllerTick


@functions_framework.http
def master_controller(request: Request) -> Reply:
    """Decide the tick's slot."""
    return serve(request, "master_controller", ControllerTick, _handler)


def _handler() -> Handle[ControllerTick]:
    from common.handlers.master_controller import control  # noqa: PLC0415 - a refused event loads no handler

    return control
