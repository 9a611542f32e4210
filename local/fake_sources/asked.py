"""One request to the fake sources, and the answer to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from pydantic_core import to_json

from local.fake_sources.slate import Slate

HTML = {"Content-Type": "text/html"}


@dataclass(frozen=True)
class Answer:
    """Status, headers (content type among them) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Ask:
    """One request: the groups of its path, its query, the slate, and the instant (aware)."""

    found: tuple[str, ...]
    params: Mapping[str, str]
    slate: Slate
    now: datetime


Route = tuple[str, Callable[[Ask], Answer]]
"""A pattern of paths, and what answers there."""


def as_json(
    payload: object, code: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Answer:
    """Answer with JSON."""
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(code, {**kind, **(headers or {})}, to_json(payload))


def as_file(payload: object) -> Answer:
    """Answer with the JSON of a file that may not exist: None is a 404, as the CDN answers."""
    return as_json(payload) if payload else as_json({"message": "Not found"}, HTTPStatus.NOT_FOUND)


def as_page(page: bytes | None) -> Answer:
    """Answer with an HTML page; None is a 404."""
    if page is None:
        body = b"<html><head><title>404 Not Found</title></head></html>"
        return Answer(HTTPStatus.NOT_FOUND, HTML, body)
    return Answer(HTTPStatus.OK, HTML, page)
