"""What GCS is asked for: pages of listings, and preconditions. fake-gcs-server ignores `fields`.

A page has at most 1,000 entries, and only what `fields` names is in the answer:
https://cloud.google.com/storage/docs/json_api/v1/objects/list and
https://cloud.google.com/storage/docs/json_api#partial-response
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from common.cloud.storage import GoogleStorage
from tests.kit.serving import serving

BUCKET = "nba-scraped-data"
PAGE_ENTRIES_MAX = 1000


class Pages(ThreadingHTTPServer):
    """Lists objects by pages.

    Attributes:
        names: of the objects, in order.
        asked: the query of each request.
        uploaded: the body of each upload.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.names = sorted(names)
        self.asked: list[dict[str, str]] = []
        self.uploaded: list[bytes] = []

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """Return the page that a query asks for."""
        self.asked.append(query)
        entries = self._prefixes() if "delimiter" in query else self.names
        size = min(int(query.get("maxResults", PAGE_ENTRIES_MAX)), PAGE_ENTRIES_MAX)
        start = int(query.get("pageToken", 0))
        shown = entries[start : start + size]
        whole: dict[str, Any] = (
            {"prefixes": shown} if "delimiter" in query else {"items": [*map(described, shown)]}
        )
        if start + size < len(entries):
            whole["nextPageToken"] = str(start + size)
        wanted = re.sub(r"\([^)]*\)", "", query["fields"]).split(",")
        return {name: value for name, value in whole.items() if name in wanted}

    def _prefixes(self) -> list[str]:
        return sorted({name.split("/")[0] + "/" for name in self.names})


def described(name: str) -> dict[str, str]:
    """Describe an object as a listing does."""
    return {"name": name, "generation": "1", "size": "2", "timeCreated": "2025-11-12T18:00:00Z"}


class Handler(BaseHTTPRequestHandler):
    """Answers with the pages of its server."""

    server: Pages

    def do_GET(self) -> None:
        """Return one page."""
        self._answer(self.server.page(self._query()))

    def do_POST(self) -> None:
        """Take an upload, whatever it holds."""
        self.server.uploaded.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self._query())
        self._answer(described("x.json"))

    def _query(self) -> dict[str, str]:
        asked = parse_qs(urlsplit(self.path).query)
        return {name: value[0] for name, value in asked.items()}

    def _answer(self, document: Mapping[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the test's output clean."""


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Serve 2,500 objects, each in a folder of its own."""
    server = Pages([f"f{number:04}/x.json" for number in range(2500)])
    with serving(server):
        yield server


@pytest.fixture
def storage(pages: Pages) -> GoogleStorage:
    """Return the Google implementation on that server."""
    return GoogleStorage("nba-props-platform", f"http://127.0.0.1:{pages.server_port}")


def test_ft1_a_listing_goes_on_to_its_last_page(storage: GoogleStorage, pages: Pages) -> None:
    """All 2,500 objects are listed, in three requests."""
    assert [found.name for found in storage.list(BUCKET, "")] == pages.names
    assert [query.get("pageToken") for query in pages.asked] == [None, "1000", "2000"]


def test_ft1_folders_are_listed_to_the_last_page(storage: GoogleStorage, pages: Pages) -> None:
    """All 2,500 folders are listed, in three requests."""
    assert storage.folders(BUCKET) == [name.removesuffix("x.json") for name in pages.names]
    assert [query.get("pageToken") for query in pages.asked] == [None, "1000", "2000"]


def test_a_listing_with_a_limit_reads_no_further_page(storage: GoogleStorage, pages: Pages) -> None:
    """The round of a sweep costs one request, however large the bucket is."""
    found = list(storage.list(BUCKET, "", limit=PAGE_ENTRIES_MAX))
    assert len(found) == PAGE_ENTRIES_MAX
    assert len(pages.asked) == 1


def test_a_listing_is_bounded_by_the_server(storage: GoogleStorage, pages: Pages) -> None:
    """Prefix, first and last name and number are asked for, so that no more is sent and paid."""
    list(storage.list(BUCKET, "f", start="f0010", end="f0020", limit=7))
    (query,) = pages.asked
    bounds = (query["prefix"], query["startOffset"], query["endOffset"], query["maxResults"])
    assert bounds == ("f", "f0010", "f0020", "7")


def test_a_listing_brings_all_that_an_object_is_described_by(
    storage: GoogleStorage, pages: Pages
) -> None:
    """What is not asked for is not in the answer, and would read as absent."""
    list(storage.list(BUCKET, "", limit=1))
    held = re.search(r"items\(([^)]*)\)", pages.asked[0]["fields"])
    assert held is not None
    assert set(held[1].split(",")) == {
        *("name", "generation", "size", "contentType", "metadata", "timeCreated", "customTime")
    }


def test_x4_every_write_has_its_precondition(storage: GoogleStorage, pages: Pages) -> None:
    """A create is refused where an object is; a replacement where it is of another generation."""
    storage.create(BUCKET, "x.json", b"{}")
    storage.replace(BUCKET, "x.json", b"{}", generation=7)
    assert [query["ifGenerationMatch"] for query in pages.asked] == ["0", "7"]
    assert all(b"content-type: application/json\r\n\r\n{}" in body for body in pages.uploaded)


CALLS: Mapping[str, Callable[[GoogleStorage], object]] = {
    "Blob.upload_from_string": lambda storage: storage.create(BUCKET, "x.json", b"{}"),
    "Blob.download_to_file": lambda storage: storage.read(BUCKET, "x.json"),
    "Blob.reload": lambda storage: storage.stat(BUCKET, "x.json"),
    "Client.list_blobs": lambda storage: [*storage.list(BUCKET, "x")],
    "Client.list_blobs of folders": lambda storage: storage.folders(BUCKET),
}


@pytest.mark.parametrize("method", CALLS)
def test_fp10_every_call_is_tried_again_within_its_time(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """A minute in all, of which one call that hangs takes a third; the library's own are longer."""
    given: list[Mapping[str, Any]] = []

    def called(*_: object, **options: Any) -> None:
        given.append(options)
        raise KeyboardInterrupt

    monkeypatch.setattr(f"google.cloud.storage.{method.split(maxsplit=1)[0]}", called)
    with pytest.raises(KeyboardInterrupt):
        CALLS[method](GoogleStorage("nba-props-platform", "http://127.0.0.1:9"))
    ((timeout, seconds),) = ((options["timeout"], options["retry"].timeout) for options in given)
    assert (timeout, seconds) == (20, 60)


def test_an_upload_carries_what_the_object_is_described_by(
    storage: GoogleStorage, pages: Pages
) -> None:
    """Its labels and the instant of its run go with its bytes, in one request."""
    when = datetime(2025, 11, 12, 13, 30, tzinfo=timezone(timedelta(hours=-5)))
    made = {"task_id": "t"}
    storage.create(BUCKET, "a/b.pdf", b"%PDF", content_type="x/y", metadata=made, custom_time=when)
    (body,) = pages.uploaded
    (described,) = re.findall(rb"\{.*\}", body)
    assert json.loads(described) == {
        "name": "a/b.pdf",
        "metadata": {"task_id": "t"},
        "crc32c": "WKVk2A==",
        "customTime": "2025-11-12T18:30:00.000000Z",
    }
    assert body.count(b"content-type: x/y\r\n\r\n%PDF\r\n") == 1
