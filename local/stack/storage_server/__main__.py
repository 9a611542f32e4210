"""Serves Cloud Storage on 127.0.0.1: `python -m local.stack.storage_server --port N`."""

import argparse
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn

from common.clock import FileClock, SystemClock
from local.processes.process import HOST
from local.stack.storage_server.api import Api
from local.stack.storage_server.http import Request
from local.stack.storage_server.notices import Notices, Target
from local.stack.storage_server.objects import Objects

_IDLE_SECONDS_MAX = 3600
"""How long a client's connection stays open: a client must not meet one that closes just now."""


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
        _app(Api(Objects(clock, finalized))),
        host=HOST,
        port=asked.port,
        log_level="warning",
        lifespan="off",
        access_log=False,
        timeout_keep_alive=_IDLE_SECONDS_MAX,
    )


def _app(api: Api) -> Any:  # noqa: ANN401 - ASGI has no type of its own here
    """Return the API as an ASGI application."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as above
        body, more = b"", True
        while more:
            part = await receive()
            body += part.get("body", b"")
            more = part.get("more_body", False)
        answer = api.answer(_request(scope, body))
        headers = {**answer.headers, "content-length": str(len(answer.body))}
        await send(
            {
                "type": "http.response.start",
                "status": int(answer.status),
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    return app


def _request(scope: Any, body: bytes) -> Request:  # noqa: ANN401 - as above
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode(),
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
    )


if __name__ == "__main__":
    main()
