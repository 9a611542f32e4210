"""Requests to the local Cloud Storage, as clients send them."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from local.stack.storage_server.http import Request

OBJECTS = "/storage/v1/b/nba/o"
UPLOADS = f"/upload{OBJECTS}"
_MULTIPART = {"content-type": 'multipart/related; boundary="==x=="'}


def request(
    method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Request:
    """Return a request for a path with its query."""
    path, _, query = url.partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True))
    return Request(method, path, given, {"host": "gcs", **(headers or {})}, body)


def upload(stated: Mapping[str, object], data: bytes, query: str = "") -> Request:
    """Return an upload of one request, in the form of Google's client libraries."""
    lines = (b"--==x==", b"content-type: application/json; charset=UTF-8", b"")
    parts = (json.dumps(stated).encode(), b"--==x==", b"content-type: text/plain", b"", data)
    body = b"\r\n".join((*lines, *parts, b"--==x==--"))
    return request("POST", f"{UPLOADS}?uploadType=multipart{query}", body, _MULTIPART)
