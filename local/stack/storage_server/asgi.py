"""The API as an ASGI application: https://asgi.readthedocs.io/en/latest/specs/www.html."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from local.stack.storage_server.api import Api
from local.stack.storage_server.http import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def application(api: Api) -> Application:
    """Return the API as an ASGI application."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        parts, more = list[bytes](), scope["type"] == "http"
        while more:
            part = await receive()
            if part["type"] == "http.disconnect":  # half an upload is none
                return
            parts.append(part.get("body", b""))
            more = part.get("more_body", False)
        if scope["type"] != "http":
            return
        answer = api.answer(_request(scope, b"".join(parts)))
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


def _request(scope: Scope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode(),
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
    )
