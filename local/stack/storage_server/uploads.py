"""What an upload brings: https://cloud.google.com/storage/docs/json_api/v1/how-tos/upload.

An object comes whole with what is stated of it (`multipart`), whole by itself (`media`), or in
parts that follow one another (`resumable`), of which the first request states what comes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from itertools import count
from typing import Any

from local.stack.storage_server import refusals
from local.stack.storage_server.objects import Query

_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.ASCII)


@dataclass(slots=True)
class Upload:
    """An object on its way.

    Attributes:
        bucket: is to take it.
        query: of the request that began it, with its preconditions.
        given: what is stated of it, as the API's resource.
        data: what has come of its bytes.
    """

    bucket: str
    query: Query
    given: dict[str, Any]
    data: bytearray = field(default_factory=bytearray)

    @property
    def name(self) -> str:
        """The object's name, from the resource or the query.

        Raises:
            RefusalError: neither has one.
        """
        name = self.given.get("name") or self.query.get("name")
        if not name:
            raise refusals.invalid("Required parameter: name")
        return str(name)


def whole(bucket: str, query: Query, headers: Mapping[str, str], body: bytes) -> Upload:
    """Read an upload that comes in one request.

    Raises:
        RefusalError: it is of no kind that the API knows, or its form is broken.
    """
    kind = query.get("uploadType")
    if kind == "media":
        return Upload(bucket, query, {"contentType": headers.get("content-type")}, bytearray(body))
    if kind == "multipart":
        return _multipart(bucket, query, headers, body)
    raise refusals.invalid(f"Invalid value for uploadType: {kind!r}")


def _multipart(bucket: str, query: Query, headers: Mapping[str, str], body: bytes) -> Upload:
    _, boundary = typed(headers.get("content-type", ""))
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))
    if not boundary or len(parts) != _PARTS or not parts[-1].startswith(b"--"):
        raise refusals.invalid("Missing end boundary in multipart body.")
    stated, data = (part.partition(b"\r\n\r\n") for part in parts[1:3])
    given = described(stated[2])
    content_type = re.search(rb"(?im)^content-type:[ \t]*(.*?)\r?$", data[0])
    if content_type:
        given.setdefault("contentType", content_type[1].decode("latin-1"))
    return Upload(bucket, query, given, bytearray(data[2]))


_PARTS = 4
"""Of a body of two parts, split at its boundaries: what is before, the two, and the end."""


def typed(content_type: str) -> tuple[str, str]:
    """Return a content type by itself, and its boundary."""
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type(), message.get_boundary("")


def described(body: bytes) -> dict[str, Any]:
    """Read what a request states of an object.

    Raises:
        RefusalError: it is no JSON object.
    """
    try:
        given = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise refusals.invalid(f"Parse Error: {error}") from error
    if not isinstance(given, dict):
        raise refusals.invalid("Parse Error: the resource is no object")
    return given


class Sessions:
    """The resumable uploads that have begun and not ended, by id."""

    def __init__(self) -> None:
        self._open: dict[str, Upload] = {}
        self._ids = count(1)

    def begin(self, upload: Upload) -> str:
        """Take an upload whose bytes will come, and return its id."""
        session = f"session-{next(self._ids)}"
        self._open[session] = upload
        return session

    def take(
        self, bucket: str, session: str, content_range: str, body: bytes
    ) -> tuple[Upload, bool]:
        """Add what a request brings, and return the upload and whether it is whole.

        https://cloud.google.com/storage/docs/performing-resumable-uploads

        Raises:
            RefusalError: the bucket has no such session; or the range cannot be read, is not as
                long as the body, or leaves a gap.
        """
        if session not in self._open or self._open[session].bucket != bucket:
            raise refusals.no_object("upload", session)
        upload = self._open[session]
        said = f"bytes 0-{len(body) - 1}/{len(body)}" if body else "bytes */0"
        given = _RANGE.fullmatch(content_range or said)
        if given is None:
            raise refusals.invalid_value("Content-Range", content_range)
        if given[1]:
            first, last = int(given[1]), int(given[2])
            if last - first + 1 != len(body) or first > len(upload.data):
                raise refusals.invalid_value("Content-Range", content_range)
            upload.data[first:] = body
        ended = given[3] == str(len(upload.data))
        if ended:
            del self._open[session]
        return upload, ended
