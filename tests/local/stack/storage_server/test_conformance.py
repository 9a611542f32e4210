"""Ours answers as somebody else's server does; where the two differ, Google's documents decide."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.stack.gcs import start_gcs
from local.stack.storage_server.http import Request
from tests.kit.fake_gcs import start_fake_gcs
from tests.local.stack.storage_server.asked import OBJECTS, UPLOADS, request, upload

pytestmark = pytest.mark.stack
MEDIA = f"/download{OBJECTS}"
FIELDS = ("name", "bucket", "size", "contentType", "md5Hash", "crc32c", "metadata")
"""What both must say alike of an object; ids, tags and times are each server's own."""

SAME = (
    request("POST", "/storage/v1/b", b'{"name": "nba"}'),
    request("POST", "/storage/v1/b", b'{"name": "nba"}'),
    request("GET", "/storage/v1/b/nba"),
    request("GET", "/storage/v1/b/none"),
    request(
        "POST", f"{UPLOADS}?uploadType=media&name=a/b.txt", b"hello", {"content-type": "text/plain"}
    ),
    request("POST", f"{UPLOADS}?uploadType=media", b"hello"),
    request("POST", f"{UPLOADS}?uploadType=odd&name=x", b"hello"),
    request("POST", "/upload/storage/v1/b/none/o?uploadType=media&name=x", b"x"),
    upload({"name": "m/1", "metadata": {"k": "v"}}, b"{}", "&ifGenerationMatch=0"),
    upload({"name": "m/1"}, b"{}", "&ifGenerationMatch=0"),
    upload({"name": "m/2"}, b"{}", "&ifGenerationMatch=5"),
    upload({"name": "m/1", "metadata": {"k": "w"}}, b"new"),
    request("GET", f"{OBJECTS}/m%2F1"),
    request("GET", f"{OBJECTS}/m%2F1?alt=media"),
    request("GET", f"{MEDIA}/m%2F1?alt=media"),
    request("GET", f"{OBJECTS}/none"),
    request("GET", f"{MEDIA}/none?alt=media"),
    request("GET", "/storage/v1/b/none/o/none"),
    request("GET", f"{OBJECTS}/m%2F1?generation=1"),
    request("GET", f"{OBJECTS}/m%2F1?generation=x"),
    *(
        request("GET", f"{MEDIA}/a%2Fb.txt?alt=media", headers={"range": f"bytes={wanted}"})
        for wanted in ("1-2", "3-", "0-99", "4-4", "9-")
    ),
    request("GET", f"{OBJECTS}?prefix="),
    request("GET", f"{OBJECTS}?prefix=m/"),
    request("GET", f"{OBJECTS}?delimiter=/"),
    request("GET", f"{OBJECTS}?delimiter=/&prefix=m/"),
    request("GET", f"{OBJECTS}?startOffset=b&endOffset=z"),
    request("GET", "/storage/v1/b/none/o"),
    request("PATCH", f"{OBJECTS}/m%2F1", b'{"metadata": {"a": "b"}, "contentType": "p/q"}'),
    request("PATCH", f"{OBJECTS}/none", b"{}"),
    request("GET", f"{OBJECTS}/m%2F1"),
    request("POST", f"{OBJECTS}/m%2F1/rewriteTo/b/nba/o/c%2F1", b"{}"),
    request("POST", f"{OBJECTS}/none/rewriteTo/b/nba/o/c", b"{}"),
    request("POST", f"{OBJECTS}/m%2F1/copyTo/b/nba/o/c%2F2", b"{}"),
    request("GET", f"{OBJECTS}?prefix=c/"),
    request("DELETE", f"{OBJECTS}/none"),
)
DELETED = request("DELETE", f"{OBJECTS}/m%2F1")
DIFFERENT = (
    # "If successful, this method returns an empty response body" with 204.
    (DELETED, 204, 200),
    (DELETED, 404, 404),
    # A broken body is the client's fault.
    (
        request(
            "POST", f"{UPLOADS}?uploadType=multipart", b"x", {"content-type": "a/b; boundary=x"}
        ),
        400,
        500,
    ),
    # Preconditions hold for reads too: https://cloud.google.com/storage/docs/request-preconditions
    (request("GET", f"{OBJECTS}/a%2Fb.txt?ifGenerationMatch=1"), 412, 200),
)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[httpx.Client]]:
    """Start both, without buckets, and yield a client of each."""
    folder = tmp_path_factory.mktemp("storage")
    ours, theirs = start_gcs("p", folder / "ours.log"), start_fake_gcs(folder / "theirs.log")
    # A connection of its own for each request: one that is kept may be closed just as it is used.
    none = httpx.Limits(max_keepalive_connections=0)
    yield [httpx.Client(base_url=server.endpoint, limits=none) for server in (ours, theirs)]
    theirs.stop()
    ours.stop()


def test_both_answer_the_same_requests_alike(pair: list[httpx.Client]) -> None:
    """One after another, so that the objects of both are the same at each request."""
    for asked in SAME:
        ours, theirs = (sent(client, asked) for client in pair)
        about = f"{asked.method} {asked.path} {dict(asked.query)}"
        assert (about, ours.status_code) == (about, theirs.status_code)
        assert (about, seen(ours)) == (about, seen(theirs))
    for asked, wanted, other in DIFFERENT:
        ours, theirs = (sent(client, asked) for client in pair)
        assert (asked.method, ours.status_code, theirs.status_code) == (asked.method, wanted, other)


def sent(client: httpx.Client, asked: Request) -> httpx.Response:
    """Send a request to a server."""
    headers = {name: value for name, value in asked.headers.items() if name != "host"}
    url = f"{asked.path}?{httpx.QueryParams(dict(asked.query))}"
    return client.request(asked.method, url, content=asked.body, headers=headers)


def seen(answer: httpx.Response) -> Any:
    """Return what both servers must give alike."""
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        return None
    hashes = answer.headers.get("x-goog-hash"), answer.headers.get("content-range")
    try:
        document = json.loads(answer.content)
    except ValueError:
        return answer.content, hashes
    if "items" in document:
        return document["kind"], [described(item) for item in document["items"]]
    if "prefixes" in document:
        return document["kind"], document["prefixes"]
    resource = document.get("resource", document)
    return document.get("kind", "storage#object"), described(resource), hashes


def described(resource: dict[str, Any]) -> dict[str, Any]:
    """Return what is compared of an object."""
    return {field: resource[field] for field in FIELDS if resource.get(field)}
