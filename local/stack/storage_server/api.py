"""The requests that the storage server answers: https://cloud.google.com/storage/docs/json_api/v1."""

import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote, unquote

from local.stack.storage_server import refusals
from local.stack.storage_server.http import Answer, Request, refused, shown
from local.stack.storage_server.listings import page, partial
from local.stack.storage_server.objects import Held, Objects, bucket_resource, check_stated
from local.stack.storage_server.refusals import RefusalError
from local.stack.storage_server.uploads import Sessions, Upload, described, whole

_BUCKETS = "/storage/v1/b"
_OBJECTS = f"{_BUCKETS}/([^/]+)/o"
_OBJECT = f"{_OBJECTS}/([^/]+)"
_BYTES = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_SERVED = ("ifGenerationMatch", "ifMetagenerationMatch")
_REFUSED = ("if", "sourceGeneration", "x-goog-encryption-", "x-goog-copy-source-")
"""How parameters and headers begin that change what a request means."""


class Api:
    """Answers requests with the objects it is made for."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._sessions = Sessions()
        routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("POST", f"/upload{_OBJECTS}", self._upload),
            ("GET", _OBJECT, self._get),
            ("GET", f"/download{_OBJECT}", self._download),
            ("GET", _OBJECTS, self._list),
            ("PUT", f"/upload{_OBJECTS}", self._go_on),
            ("DELETE", _OBJECT, self._delete),
            ("PATCH", _OBJECT, self._patch),
            ("POST", f"{_OBJECT}/(?:rewriteTo|copyTo)/b/([^/]+)/o/([^/]+)", self._copy),
            ("POST", _BUCKETS, self._create_bucket),
            ("GET", _BUCKETS, self._list_buckets),
            ("GET", f"{_BUCKETS}/([^/]+)", self._get_bucket),
        ]
        self._routes = [(method, re.compile(path), handle) for method, path, handle in routes]

    def answer(self, request: Request) -> Answer:
        """Answer a request, with an error where it is refused."""
        try:
            return self._routed(request)
        except RefusalError as error:
            return refused(error)

    def _routed(self, request: Request) -> Answer:
        unknown = sorted(filter(_is_unknown, (*request.query, *request.headers)))
        if unknown:
            raise refusals.not_served(" and ".join(unknown))
        for method, path, handle in self._routes:
            if method == request.method and (found := path.fullmatch(request.path)):
                return handle(request, *map(unquote, found.groups()))
        raise refusals.not_served(f"{request.method} {request.path}")

    def _upload(self, request: Request, bucket: str) -> Answer:
        if request.query.get("uploadType") == "resumable":
            return self._begin(request, bucket)
        return self._written(whole(bucket, request.query, request.headers, request.body))

    def _begin(self, request: Request, bucket: str) -> Answer:
        given = described(request.body)
        if content_type := request.headers.get("x-upload-content-type"):
            given.setdefault("contentType", content_type)
        check_stated(given)
        upload = Upload(bucket, request.query, given)
        self._objects.check(bucket, upload.name, request.query)
        session = self._sessions.begin(upload)
        path = f"/upload{_BUCKETS}/{quote(bucket)}/o?uploadType=resumable&upload_id={session}"
        return Answer(
            HTTPStatus.OK, {"location": f"http://{request.headers.get('host', '')}{path}"}
        )

    def _go_on(self, request: Request, bucket: str) -> Answer:
        session = request.query.get("upload_id", "")
        content_range = request.headers.get("content-range", "")
        upload, ended = self._sessions.take(bucket, session, content_range, request.body)
        if ended:
            return self._written(upload)
        held = {"range": f"bytes=0-{len(upload.data) - 1}"} if upload.data else {}
        return Answer(HTTPStatus.PERMANENT_REDIRECT, held)

    def _written(self, upload: Upload) -> Answer:
        made = self._objects.write(
            upload.bucket, upload.name, bytes(upload.data), upload.given, upload.query
        )
        return shown(partial(made, upload.query.get("fields")))

    def _get(self, request: Request, bucket: str, name: str) -> Answer:
        if request.query.get("alt") == "media":
            return self._download(request, bucket, name)
        found = self._objects.find(bucket, name, request.query)
        return shown(partial(found.resource, request.query.get("fields")))

    def _download(self, request: Request, bucket: str, name: str) -> Answer:
        held = self._objects.find(bucket, name, request.query)
        headers, size = _described(held), len(held.data)
        wanted = _wanted(request.headers.get("range", ""), size)
        if wanted is None:
            return Answer(HTTPStatus.OK, headers, held.data)
        first, last = wanted
        if first > last:
            return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
        shares = {**headers, "content-range": f"bytes {first}-{last}/{size}"}
        return Answer(HTTPStatus.PARTIAL_CONTENT, shares, held.data[first : last + 1])

    def _list(self, request: Request, bucket: str) -> Answer:
        return shown(page(self._objects.bucket(bucket), request.query))

    def _delete(self, request: Request, bucket: str, name: str) -> Answer:
        self._objects.delete(bucket, name, request.query)
        return Answer(HTTPStatus.NO_CONTENT, {})

    def _patch(self, request: Request, bucket: str, name: str) -> Answer:
        given = described(request.body)
        return shown(self._objects.patch(bucket, name, given, request.query))

    def _copy(self, request: Request, bucket: str, name: str, other: str, new: str) -> Answer:
        held = self._objects.find(bucket, name, {})
        given = {**held.resource, **described(request.body)}
        made = self._objects.write(other, new, held.data, given, request.query)
        if "/copyTo/" in request.path:
            return shown(made)
        sizes = {"totalBytesRewritten": made["size"], "objectSize": made["size"]}
        kind = "storage#rewriteResponse"
        return shown({"kind": kind, **sizes, "done": True, "resource": made})

    def _create_bucket(self, request: Request) -> Answer:
        return shown(self._objects.create_bucket(described(request.body).get("name")))

    def _list_buckets(self, _: Request) -> Answer:
        return shown({"kind": "storage#buckets", "items": self._objects.buckets()})

    def _get_bucket(self, _: Request, bucket: str) -> Answer:
        self._objects.bucket(bucket)
        return shown(bucket_resource(bucket))


def _is_unknown(name: str) -> bool:
    return name.startswith(_REFUSED) and name not in _SERVED


def _wanted(text: str, size: int) -> tuple[int, int] | None:
    """Return the first and the last byte that a Range header wants; None for all of them."""
    found = _BYTES.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    if found[2] and int(found[2]) < int(found[1]):  # RFC 9110 has it ignored
        return None
    return int(found[1]), min(int(found[2] or size), size - 1)


def _described(held: Held) -> dict[str, str]:
    """Describe an object in the headers of its bytes."""
    known = held.resource
    encoding = known.get("contentEncoding")
    return {
        "content-type": known["contentType"],
        "etag": known["etag"],
        "x-goog-generation": known["generation"],
        "x-goog-metageneration": known["metageneration"],
        "x-goog-hash": f"crc32c={known['crc32c']},md5={known['md5Hash']}",
        "x-goog-stored-content-length": known["size"],
        "x-goog-stored-content-encoding": encoding or "identity",
        **({"content-encoding": encoding} if encoding else {}),
    }
