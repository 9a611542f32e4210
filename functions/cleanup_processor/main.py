"""Finds what a link of the chain lost, and sends its event again.

Trigger     topic `tick-cleanup-processor` (every 15 min), or a call with a tick's bare JSON.
Reads       the last days' objects, log rows, RUN decisions and executions; manifests of those
            that have not ended; the view `incidents`, and what was told of it.
Writes      one row to `cleanup_operations`, also when a lookup fails (status ERROR) or most
            looks lost (STORM: nothing is sent). Publishes what was lost, at most three times an
            item; writes the `failed/` object of a task that never reported, and the failed row of
            a run that nothing has finished for a day. Tells of incidents by log line and webhook;
            what cannot be sent is due at the next sweep.
No-op       the slot is swept already.
Acknowledged  a malformed tick, dead-lettered.
Raised      the row could not be written.
Duplicates  one claim a slot; whatever is published again is harmless to its receiver.
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
def cleanup_processor(request: Request) -> Reply:
    """Sweep once for the tick's slot."""
    return serve(request, "cleanup_processor", Tick, _handler)


def _handler() -> Handle[Tick]:
    from common.handlers.cleanup_processor import clean_up  # noqa: PLC0415 - a refused event loads no handler

    return clean_up
