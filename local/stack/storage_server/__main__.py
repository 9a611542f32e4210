"""Serves Cloud Storage on 127.0.0.1: `python -m local.stack.storage_server --port N`."""

import argparse
from pathlib import Path

import uvicorn

from common.clock import FileClock, SystemClock
from local.processes.process import HOST
from local.stack.storage_server.api import Api
from local.stack.storage_server.asgi import application
from local.stack.storage_server.notices import Notices, Target
from local.stack.storage_server.objects import Objects

_IDLE_SECONDS_MAX = 3600
"""How long an idle connection stays open: a client that uses it as it is closed gets an error."""


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clock", type=Path, help="the file of the virtual clock")
    parser.add_argument("--bucket", help="whose finalized objects are published")
    parser.add_argument("--pubsub", help="host:port of Pub/Sub's REST, which gets them")
    parser.add_argument("--topic", help="projects/…/topics/…, which gets them")
    asked = parser.parse_args()
    finalized = (
        Notices(asked.bucket, Target(asked.pubsub, asked.topic)).finalized
        if asked.bucket
        else lambda *_: None
    )
    clock = FileClock(asked.clock) if asked.clock else SystemClock()
    uvicorn.run(
        application(Api(Objects(clock, finalized))),
        host=HOST,
        port=asked.port,
        log_level="warning",
        lifespan="off",
        access_log=False,
        timeout_keep_alive=_IDLE_SECONDS_MAX,
    )


if __name__ == "__main__":
    main()
