"""What GCS is asked for: pages of listings, what they bring, and preconditions.

A page has at most 1,000 entries, and only what `fields` names is in the answer:
https://cloud.google.com/storage/docs/json_api/v1/objects/list and
https://cloud.google.com/storage/docs/json_api#partial-response
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from common.cloud.storage import GoogleStorage
from local.stack.storage_server.listings import ENTRIES_MAX
from tests.kit.serving import serving
from tests.kit.storage_api import ServedStorage

BUCKET, LARGE = "nba-scraped-data", "nba-large"
NAMES = [f"f{number:04}/x.json" for number in range(2500)]


@pytest.fixture
def served() -> Iterator[ServedStorage]:
    """Serve an empty bucket, and one of 2,500 objects, each in a folder of its own."""
    server = ServedStorage(BUCKET, LARGE)
    for name in NAMES:
        server.objects.write(LARGE, name, b"{}", {}, {})
    with serving(server):
        yield server


@pytest.fixture
def storage(served: ServedStorage) -> GoogleStorage:
    """Return the Google implementation on that server."""
    return GoogleStorage("nba-props-platform", served.address)


def test_ft1_a_listing_goes_on_to_its_last_page(
    storage: GoogleStorage, served: ServedStorage
) -> None:
    """All 2,500 objects are listed, in three requests."""
    assert [found.name for found in storage.list(LARGE, "")] == NAMES
    assert ["pageToken" in asked.query for asked in served.asked] == [False, True, True]


def test_ft1_folders_are_listed_to_the_last_page(
    storage: GoogleStorage, served: ServedStorage
) -> None:
    """All 2,500 folders are listed, in three requests."""
    assert storage.folders(LARGE) == [name.removesuffix("x.json") for name in NAMES]
    assert ["pageToken" in asked.query for asked in served.asked] == [False, True, True]


def test_a_listing_with_a_limit_reads_no_further_page(
    storage: GoogleStorage, served: ServedStorage
) -> None:
    """The round of a sweep costs one request, however large the bucket is."""
    found = list(storage.list(LARGE, "", limit=ENTRIES_MAX))
    assert len(found) == ENTRIES_MAX == 1000
    assert len(served.asked) == 1


def test_a_listing_is_bounded_by_the_server(storage: GoogleStorage, served: ServedStorage) -> None:
    """Prefix, first and last name and number are asked for, so that no more is sent and paid."""
    list(storage.list(LARGE, "f", start="f0010", end="f0020", limit=7))
    query = served.asked[0].query
    bounds = (query["prefix"], query["startOffset"], query["endOffset"], query["maxResults"])
    assert bounds == ("f", "f0010", "f0020", "7")


def test_a_listing_brings_all_that_an_object_is_described_by(
    storage: GoogleStorage, served: ServedStorage
) -> None:
    """What is not asked for is not in the answer, and would read as absent."""
    list(storage.list(BUCKET, "", limit=1))
    held = re.search(r"items\(([^)]*)\)", served.asked[0].query["fields"])
    assert held is not None
    assert set(held[1].split(",")) == {
        *("name", "generation", "size", "contentType", "metadata", "timeCreated", "customTime")
    }


def test_x4_every_write_has_its_precondition(storage: GoogleStorage, served: ServedStorage) -> None:
    """A create is refused where an object is; a replacement where it is of another generation."""
    made = storage.create(BUCKET, "x.json", b"{}")
    storage.replace(BUCKET, "x.json", b"{}", generation=made.generation)
    asked = [request.query["ifGenerationMatch"] for request in served.asked]
    assert asked == ["0", str(made.generation)]
    typed = b"content-type: application/json\r\n\r\n{}"
    assert all(typed in request.body for request in served.asked)


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
    storage: GoogleStorage, served: ServedStorage
) -> None:
    """Its labels and the instant of its run go with its bytes, in one request."""
    when = datetime(2025, 11, 12, 13, 30, tzinfo=timezone(timedelta(hours=-5)))
    made = {"task_id": "t"}
    storage.create(BUCKET, "a/b.pdf", b"%PDF", content_type="x/y", metadata=made, custom_time=when)
    body = served.asked[0].body
    (described,) = re.findall(rb"\{.*\}", body)
    assert json.loads(described) == {
        "name": "a/b.pdf",
        "metadata": {"task_id": "t"},
        "crc32c": "WKVk2A==",
        "customTime": "2025-11-12T18:30:00.000000Z",
    }
    assert body.count(b"content-type: x/y\r\n\r\n%PDF\r\n") == 1


@pytest.mark.parametrize(
    ("given", "described"),
    [
        ({"custom_time": datetime(2025, 11, 12, tzinfo=UTC)}, {"customTime"}),
        ({"metadata": {"task_id": "t"}}, {"metadata"}),
        ({}, set()),
    ],
)
def test_each_part_of_a_description_goes_without_the_other(
    storage: GoogleStorage, served: ServedStorage, given: dict[str, Any], described: set[str]
) -> None:
    """An object may have an instant and no labels, or labels alone, or neither."""
    storage.create(BUCKET, "a/b.pdf", b"%PDF", **given)
    (sent,) = re.findall(rb"\{.*\}", served.asked[0].body)
    named = {name for name, value in json.loads(sent).items() if value}
    assert named - {"name", "crc32c"} == described
