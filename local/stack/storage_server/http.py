"""Requests and answers of the storage server, apart from the server that carries them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from local.stack.storage_server.refusals import RefusalError

_JSON = {"content-type": "application/json; charset=UTF-8"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        method: HTTP's.
        path: still quoted, as an object's name may hold slashes.
        query: its parameters.
        headers: their names in lower case.
        body: whole.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def shown(document: object) -> Answer:
    """Answer with a JSON document."""
    return Answer(HTTPStatus.OK, _JSON, json.dumps(document, separators=(",", ":")).encode())


def refused(error: RefusalError) -> Answer:
    """Answer with an error: https://cloud.google.com/storage/docs/json_api/v1/status-codes."""
    text = str(error)
    detail = {"message": text, "domain": "global", "reason": error.reason}
    document = {"error": {"code": error.status.value, "message": text, "errors": [detail]}}
    return Answer(error.status, _JSON, json.dumps(document).encode())
