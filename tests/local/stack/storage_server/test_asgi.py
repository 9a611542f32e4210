"""The API behind a server: what comes in parts, and what is cut off."""

import asyncio
from typing import Any

import pytest

from local.stack.storage_server.api import Api
from local.stack.storage_server.asgi import application
from tests.local.stack.storage_server.asked import OBJECTS, UPLOADS, request

HTTP = {"type": "http", "method": "POST", "headers": [(b"Content-Type".lower(), b"a/b")]}


def sent(api: Api, scope: dict[str, Any], *events: dict[str, Any]) -> list[Any]:
    """Have a request come in some events; return what is answered."""
    given, answered = iter(events), list[Any]()

    async def receive() -> dict[str, Any]:
        return next(given)

    async def send(event: Any) -> None:
        answered.append(event)

    asyncio.run(application(api)(scope, receive, send))
    return answered


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    """Return an event with a part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.fixture
def scope() -> dict[str, Any]:
    """Return the scope of an upload of `a b`."""
    query = b"uploadType=media&name=a+b"
    return {**HTTP, "raw_path": UPLOADS.encode(), "query_string": query}


def test_a_body_of_several_parts_is_one(api: Api, scope: dict[str, Any]) -> None:
    """Query and headers are read, and the answer has its length."""
    start, body = sent(api, scope, part(b"he", more=True), part(b"llo"))
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert start["headers"] == [
        (b"content-type", b"application/json; charset=UTF-8"),
        (b"content-length", f"{len(body['body'])}".encode()),
    ]
    found = api.answer(request("GET", f"{OBJECTS}/a%20b?alt=media"))
    assert (found.body, found.headers["content-type"]) == (b"hello", "a/b")


def test_what_an_event_leaves_out_is_empty(api: Api, scope: dict[str, Any]) -> None:
    """An event without body and without more to come ends a request; an empty value is one."""
    start, _ = sent(api, scope, {"type": "http.request"})
    assert start["status"] == 200
    assert api.answer(request("GET", f"{OBJECTS}/a%20b?alt=media")).body == b""
    scope["query_string"] += b"&fields="
    start, _ = sent(api, scope, part(b""))
    assert start["status"] == 501


def test_half_an_upload_is_none(api: Api, scope: dict[str, Any], finalized: list[Any]) -> None:
    """A client that dies on its way leaves no object, and no event of one."""
    assert sent(api, scope, part(b"he", more=True), {"type": "http.disconnect"}) == []
    assert finalized == []


def test_what_is_no_http_is_left_alone(api: Api) -> None:
    """Such as a WebSocket: the server refuses it by itself."""
    assert sent(api, {"type": "websocket"}) == []
