"""What is made of the answers of GCS, each written down as GCS gives it."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from common.cloud.storage import READ_TRIES_MAX, GoogleStorage
from common.errors import BadInputError, ConfigError, TransientError
from tests.kit.serving import serving

PROJECT, BUCKET = "nba-props-platform", "nba-scraped-data"
LISTING, OBJECT = f"/storage/v1/b/{BUCKET}/o", f"/storage/v1/b/{BUCKET}/o/a/b.json"
MEDIA = f"/download{OBJECT}"
CREATED = datetime(2025, 11, 12, 18, tzinfo=UTC)
STAMP = "%Y-%m-%dT%H:%M:%SZ"
NAMED = {"name": "a/b.json", "generation": "7", "size": "2", "timeCreated": f"{CREATED:{STAMP}}"}
Answer = tuple[int, bytes, dict[str, str]]


def said(document: object, status: int = 200) -> Answer:
    """Return a JSON answer."""
    return status, json.dumps(document).encode(), {"Content-Type": "application/json"}


class Answers(ThreadingHTTPServer):
    """Answers each path as it was told, and a listing by its prefix."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: dict[str, Answer] = {}

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers with what its server was told."""

    server: Answers

    def do_GET(self) -> None:
        """Answer a path, or a listing with what has its prefix."""
        url = urlsplit(self.path)
        path = unquote(url.path)
        status, body, headers = self.server.told.get(path, said({"error": {}}, 404))
        if path == LISTING and status == 200:
            body = self._listed(json.loads(body), parse_qs(url.query)["prefix"][0])
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    @staticmethod
    def _listed(document: dict[str, Any], prefix: str) -> bytes:
        items = [one for one in document.get("items", []) if one["name"].startswith(prefix)]
        return json.dumps({**document, "items": items}).encode()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the test's output clean."""


@pytest.fixture
def gcs() -> Iterator[Answers]:
    """Serve answers."""
    server = Answers()
    with serving(server):
        yield server


@pytest.fixture
def cloud(gcs: Answers) -> GoogleStorage:
    """Return the port, with its requests sent to the test's server."""
    return GoogleStorage(PROJECT, gcs.address)


def test_an_object_without_type_and_labels_is_described_as_such(
    cloud: GoogleStorage, gcs: Answers
) -> None:
    """Absent is empty: a foreign upload must not read as JSON of ours."""
    gcs.told[OBJECT] = said(NAMED)
    found = cloud.stat(BUCKET, "a/b.json")
    assert found is not None
    assert (found.name, found.generation, found.size) == ("a/b.json", 7, 2)
    assert (found.content_type, found.metadata, found.custom_time) == ("", {}, None)


@pytest.mark.parametrize("hours", [-1, 1])
def test_fr7_an_object_was_created_when_gcs_says_so(
    cloud: GoogleStorage, gcs: Answers, hours: int
) -> None:
    """Its customTime is the uploader's."""
    when = CREATED + timedelta(hours=hours)
    gcs.told[OBJECT] = said({**NAMED, "customTime": f"{when:{STAMP}}"})
    found = cloud.stat(BUCKET, "a/b.json")
    assert found is not None
    assert (found.created, found.custom_time) == (CREATED, when)


def test_a_compressed_object_is_read_as_it_is_stored(cloud: GoogleStorage, gcs: Answers) -> None:
    """A few kilobytes may hold many megabytes, so that the limit is of what is stored."""
    body = gzip.compress(b"0" * 100_000)
    gcs.told[MEDIA] = (200, body, {"Content-Encoding": "gzip", "X-Goog-Generation": "7"})
    assert cloud.read(BUCKET, "a/b.json", max_bytes=len(body)) == (body, 7)
    with pytest.raises(BadInputError, match=f"^gs://{BUCKET}/a/b.json has more than 1 bytes, the"):
        cloud.read(BUCKET, "a/b.json", max_bytes=1)
    with pytest.raises(BadInputError, match=f"more than {len(body) - 1} bytes"):
        cloud.read(BUCKET, "a/b.json", max_bytes=len(body) - 1)


def test_an_object_that_changes_at_each_read_is_read_three_times(
    cloud: GoogleStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of the tries counts; endless change is left to the next delivery."""
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - as the library raises it
    from google.cloud.storage import Blob  # noqa: PLC0415 - as above

    tries: list[int] = []

    def cut(blob: Blob, body: Any, **_: object) -> None:
        tries.append(body.write(b"ol"))
        if len(tries) < wanted:
            raise NotFound("the rest of that generation is gone")
        blob._set_properties({"generation": "7"})

    monkeypatch.setattr(Blob, "download_to_file", cut)
    wanted = READ_TRIES_MAX
    assert cloud.read(BUCKET, "a/b.json") == (b"ol", 7)
    tries, wanted = [], READ_TRIES_MAX + 1
    with pytest.raises(TransientError, match=f"^gs://{BUCKET}/a/b.json changed while it was read"):
        cloud.read(BUCKET, "a/b.json")
    assert len(tries) == READ_TRIES_MAX


@pytest.mark.parametrize(
    ("listed", "there"), [([], False), (["a/b.json.bak"], False), (["a/b.json"], True)]
)
def test_what_is_forbidden_is_absent_unless_a_listing_has_its_very_name(
    cloud: GoogleStorage, gcs: Answers, listed: list[str], *, there: bool
) -> None:
    """Where the right to list depends on the prefix, GCS answers 403 for what is not there."""
    gcs.told[OBJECT] = gcs.told[MEDIA] = said({"error": {"message": "no access"}}, 403)
    gcs.told[LISTING] = said({"items": [{**NAMED, "name": name} for name in listed]})
    for look in (cloud.stat, cloud.read):
        if there:
            with pytest.raises(Exception, match="403"):
                look(BUCKET, "a/b.json")
        else:
            assert look(BUCKET, "a/b.json") is None


def test_folders_are_named_from_the_prefix_on(cloud: GoogleStorage, gcs: Answers) -> None:
    """GCS gives whole names, in the order of its pages."""
    gcs.told[LISTING] = said({"prefixes": ["failed/odds/", "failed/espn/"]})
    assert cloud.folders(BUCKET, "failed/") == ["espn/", "odds/"]


def test_a_listing_of_a_missing_bucket_names_it(cloud: GoogleStorage) -> None:
    """Such a 404 is a configuration error, and never an empty listing."""
    with pytest.raises(ConfigError, match=f"'{BUCKET}'"):
        list(cloud.list(BUCKET, ""))
    with pytest.raises(ConfigError, match=f"'{BUCKET}'"):
        cloud.folders(BUCKET)
