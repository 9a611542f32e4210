"""One contract for the storage port, held by the memory and the Google implementation."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from google.api_core.exceptions import Forbidden, NotFound
from google.cloud.storage import Blob

from common.clock import SystemClock
from common.cloud.ports import Storage, StoredObject
from common.cloud.storage import GoogleStorage, make_client
from common.errors import BadInputError, ConfigError, ConflictError, TransientError
from local.simulator.ports.memory import MemoryStorage
from local.stack.gcs import StorageServer, create_buckets, start_gcs
from tests.kit.fake_gcs import start_fake_gcs

BUCKET = "nba-scraped-data"
PROJECT = "nba-props-platform"
_NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    """Start one server of ours for the module."""
    running = start_gcs(PROJECT, tmp_path_factory.mktemp("gcs") / "gcs.log")
    create_buckets(running.endpoint, PROJECT, [BUCKET])
    yield running
    running.stop()


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageServer]:
    """Start somebody else's server for the module, as ours may repeat what we believe."""
    running = start_fake_gcs(tmp_path_factory.mktemp("gcs") / "fake.log")
    create_buckets(running.endpoint, PROJECT, [BUCKET])
    yield running
    running.stop()


@pytest.fixture(
    params=[
        "memory",
        *(pytest.param(one, marks=pytest.mark.stack) for one in ("server", "another")),
    ]
)
def storage(request: pytest.FixtureRequest) -> Storage:
    """Return the memory, and Google's client on either server."""
    if request.param == "memory":
        return MemoryStorage(SystemClock(), [BUCKET])
    return GoogleStorage(PROJECT, request.getfixturevalue(request.param).endpoint)


@pytest.fixture
def folder() -> str:
    """Return a prefix of this test alone, because the server is shared."""
    return f"test-{next(_NUMBERS)}/"


def test_a_created_object_reads_back_whole(storage: Storage, folder: str) -> None:
    """Bytes and generation come back from read; type, metadata and times from stat and list."""
    when = datetime(2025, 11, 12, 13, 30, 45, tzinfo=timezone(timedelta(hours=-5)))
    made = storage.create(
        BUCKET,
        folder + "133045.json",
        b'{"a": 1}',
        metadata={"task_id": "t-1"},
        custom_time=when,
    )
    assert made.generation > 0
    assert (made.size, made.content_type) == (8, "application/json")
    assert made.metadata == {"task_id": "t-1"}
    assert made.custom_time == when
    assert made.custom_time.tzinfo == UTC
    assert made.created is not None
    assert made.created.tzinfo == UTC
    assert storage.read(BUCKET, made.name) == (b'{"a": 1}', made.generation)
    assert storage.stat(BUCKET, made.name) == made
    assert list(storage.list(BUCKET, folder)) == [made]


def test_an_empty_object_without_extras(storage: Storage, folder: str) -> None:
    """An object may have no bytes, no metadata and no custom time, and keeps its content type."""
    made = storage.create(BUCKET, folder + "empty.pdf", b"", content_type="application/pdf")
    assert (made.size, made.metadata, made.custom_time) == (0, {}, None)
    assert storage.read(BUCKET, made.name) == (b"", made.generation)
    assert made.content_type == "application/pdf"


def test_x4_create_is_the_lock(storage: Storage, folder: str) -> None:
    """Of two creates of one name the second fails and changes nothing."""
    storage.create(BUCKET, folder + "claim", b"first")
    with pytest.raises(ConflictError, match="claim"):
        storage.create(BUCKET, folder + "claim", b"second")
    held = storage.read(BUCKET, folder + "claim")
    assert held is not None
    assert held[0] == b"first"


def test_replace_is_compare_and_set(storage: Storage, folder: str) -> None:
    """Only the holder of the current generation overwrites; the generation then moves on."""
    first = storage.create(BUCKET, folder + "claim", b"1")
    second = storage.replace(BUCKET, first.name, b"22", generation=first.generation)
    assert second.generation > first.generation
    assert second.size == 2
    with pytest.raises(ConflictError):
        storage.replace(BUCKET, first.name, b"3", generation=first.generation)
    assert storage.read(BUCKET, first.name) == (b"22", second.generation)


def test_replace_of_a_missing_object_conflicts(storage: Storage, folder: str) -> None:
    """An object that does not exist cannot be replaced."""
    with pytest.raises(ConflictError):
        storage.replace(BUCKET, folder + "none", b"x", generation=7)


def test_a_missing_object_is_none(storage: Storage, folder: str) -> None:
    """Read and stat answer None; a listing is empty."""
    assert storage.read(BUCKET, folder + "none") is None
    assert storage.stat(BUCKET, folder + "none") is None
    assert list(storage.list(BUCKET, folder)) == []
    assert list(storage.folders(BUCKET, folder)) == []


def test_a_missing_bucket_is_a_configuration_error(storage: Storage) -> None:
    """A write or a listing names the bucket that does not exist."""
    with pytest.raises(ConfigError, match="'nba-none'"):
        storage.create("nba-none", "x", b"")
    with pytest.raises(ConfigError, match="'nba-none'"):
        list(storage.list("nba-none", ""))
    with pytest.raises(ConfigError, match="'nba-none'"):
        storage.folders("nba-none")


def test_too_large_an_object_is_not_read(storage: Storage, folder: str) -> None:
    """An object of exactly the limit is read; a larger one is refused with its name and limit."""
    storage.create(BUCKET, folder + "big", b"12345")
    assert storage.read(BUCKET, folder + "big", max_bytes=5) is not None
    with pytest.raises(BadInputError, match=r"big has more than 4 bytes, the limit"):
        storage.read(BUCKET, folder + "big", max_bytes=4)


def test_a_listing_is_in_name_order_within_its_bounds(storage: Storage, folder: str) -> None:
    """Prefix, start (inclusive) and end (exclusive) bound it; order is by name, not by time."""
    for name in ("b/2", "a/1", "b/10", "b/1", "b/ä", "c/1"):
        storage.create(BUCKET, folder + name, b"")

    def names(prefix: str, limit: int | None = None, **bounds: str) -> list[str]:
        ends = {key: folder + value for key, value in bounds.items()}
        found = storage.list(BUCKET, folder + prefix, limit=limit, **ends)
        return [item.name.removeprefix(folder) for item in found]

    assert names("") == ["a/1", "b/1", "b/10", "b/2", "b/ä", "c/1"]
    assert names("b/") == ["b/1", "b/10", "b/2", "b/ä"]
    assert names("b/1") == ["b/1", "b/10"]
    assert names("b/", start="b/10", end="b/ä") == ["b/10", "b/2"]
    assert names("", start="b/2") == ["b/2", "b/ä", "c/1"]
    assert names("", end="b/1") == ["a/1"]
    assert names("", limit=3) == ["a/1", "b/1", "b/10"]
    assert names("b/", limit=2, start="b/10") == ["b/10", "b/2"]
    assert names("b/", limit=2, end="b/10") == ["b/1"]


def test_folders_are_the_next_segments(storage: Storage, folder: str) -> None:
    """Each segment below the prefix is listed once with its slash; plain objects are not listed."""
    for name in ("odds/2025-11-12/1.json", "odds/2025-11-12/2.json", "odds/2025-11-13/1", "x"):
        storage.create(BUCKET, folder + name, b"")
    assert list(storage.folders(BUCKET, folder)) == ["odds/"]
    assert list(storage.folders(BUCKET, folder + "odds/")) == ["2025-11-12/", "2025-11-13/"]


@pytest.mark.stack
def test_an_object_overwritten_while_its_connection_breaks_is_read_again(
    server: StorageServer, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No bytes of two generations are mixed; endless change is transient."""
    storage = GoogleStorage(PROJECT, server.endpoint)
    made = storage.create(BUCKET, folder + "x", b"old")
    download = Blob.download_to_file
    gone = iter([True, False])

    def break_once(blob: Blob, body: BytesIO, **options: Any) -> None:
        if not next(gone):
            download(blob, body, **options)
            return
        body.write(b"ol")
        storage.replace(BUCKET, made.name, b"new", generation=made.generation)
        raise NotFound("No such object: the rest of the first generation")

    monkeypatch.setattr(Blob, "download_to_file", break_once)
    held, current = storage.read(BUCKET, made.name), storage.stat(BUCKET, made.name)
    assert current is not None
    assert held == (b"new", current.generation)

    gone = iter([True] * 9)
    monkeypatch.setattr(storage, "replace", lambda *_, **__: None)
    with pytest.raises(TransientError, match="changed while it was read"):
        storage.read(BUCKET, made.name)


@pytest.mark.stack
def test_an_object_that_is_stored_compressed_is_read_as_it_is_stored(
    server: StorageServer, folder: str
) -> None:
    """A few kilobytes may hold many megabytes; and it must not fail whatever reads beside it."""
    body = gzip.compress(b"0" * 1_000_000)
    blob = make_client(PROJECT, server.endpoint).bucket(BUCKET).blob(folder + "x")
    blob.content_encoding = "gzip"
    blob.upload_from_string(body)
    storage = GoogleStorage(PROJECT, server.endpoint)
    assert storage.read(BUCKET, blob.name, max_bytes=len(body)) == (body, blob.generation)


def test_a_missing_bucket_differs_from_a_missing_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """GCS answers both with 404, and the text of the answer distinguishes them."""
    storage = GoogleStorage(PROJECT, "http://127.0.0.1:9")

    def no_bucket(*_: Any, **__: Any) -> None:
        raise NotFound("GET https://...: The specified bucket does not exist.")

    monkeypatch.setattr(Blob, "reload", no_bucket)
    monkeypatch.setattr(Blob, "download_to_file", no_bucket)
    for look in (storage.stat, storage.read):
        with pytest.raises(ConfigError, match="'nba-none'"):
            look("nba-none", "x")


@pytest.mark.parametrize(("there", "raised"), [(True, ConflictError), (False, Forbidden)])
def test_a_forbidden_create_is_a_conflict_where_an_object_is(
    monkeypatch: pytest.MonkeyPatch, *, there: bool, raised: type[Exception]
) -> None:
    """A 403 is a conflict when the object exists: GCS may check the right to overwrite first."""
    storage = GoogleStorage(PROJECT, "http://127.0.0.1:9")

    def forbid(*_: Any, **__: Any) -> None:
        raise Forbidden("... does not have storage.objects.delete access to the object.")

    def look(*_: Any, **__: Any) -> None:
        if not there:
            raise NotFound("No such object")

    monkeypatch.setattr(Blob, "upload_from_string", forbid)
    monkeypatch.setattr(Blob, "reload", look)
    said = f"^gs://{BUCKET}/x is not at generation 0$" if there else "403"
    with pytest.raises(raised, match=said):
        storage.create(BUCKET, "x", b"")
    with pytest.raises(Forbidden):
        storage.replace(BUCKET, "x", b"", generation=1)


@pytest.mark.stack
def test_a_missing_object_is_told_from_a_forbidden_one(
    server: StorageServer, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GCS may answer 403 for an absent name where the right to list depends on the prefix."""
    storage = GoogleStorage(PROJECT, server.endpoint)
    storage.create(BUCKET, f"{folder}ab", b"")

    def forbid(*_: Any, **__: Any) -> None:
        raise Forbidden("... does not have storage.objects.get access to the object (or ...).")

    monkeypatch.setattr(Blob, "reload", forbid)
    monkeypatch.setattr(Blob, "download_to_file", forbid)
    for absent in ("a", "abc", "b"):
        assert storage.stat(BUCKET, folder + absent) is None
        assert storage.read(BUCKET, folder + absent) is None
    for look in (storage.stat, storage.read):
        with pytest.raises(Forbidden):
            look(BUCKET, f"{folder}ab")


OURS = {"task_id": "t"}


@pytest.mark.parametrize(
    ("hours", "labels", "wanted"),
    [(-1, OURS, -1), (1, OURS, 0), (-1, {}, 0), (-1, {"note": "an uploader's"}, 0)],
)
def test_fr7_a_custom_time_dates_only_our_own_runs_and_never_after_the_creation(
    hours: int, labels: dict[str, str], wanted: int
) -> None:
    """An uploader may set any customTime: the object's creation bounds it."""
    hour, noon = timedelta(hours=1), datetime(2025, 11, 12, 17, tzinfo=UTC)
    stored = StoredObject(
        BUCKET, "a", 1, metadata=labels, created=noon, custom_time=noon + hours * hour
    )
    assert stored.run_at == noon + wanted * hour
    unknown = replace(stored, created=None)
    assert unknown.run_at == (stored.custom_time if labels == OURS else None)
