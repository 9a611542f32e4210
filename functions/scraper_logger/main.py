"""Logs every object that was finalized in the data bucket.

Trigger     topic `scraped-objects` (the bucket's OBJECT_FINALIZE notification), or an Eventarc
            storage event.
Reads       the event; the object's metadata where the event does not carry it. Never its bytes.
Writes      one row to `scraper_execution_log`; publishes nothing.
No-op       the object version is logged already.
Acknowledged  a malformed event, another bucket's object: dead-lettered.
Raised      BigQuery or storage failing for now.
Duplicates  row id, claim and job id derive from bucket, name and generation.
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
def scraper_logger(request: Request) -> Reply:
    """Log a finalized object."""
    return serve(request, "scraper_logger", ObjectEvent, _handler)


def _handler() -> Handle[ObjectEvent]:
    from common.handlers.scraper_logger import write_log  # noqa: PLC0415 - a refused event loads no handler

    return write_log
