"""The storage port on Google Cloud Storage.

The library retries for up to `RETRY_SECONDS_MAX`: reads and listings always, and writes too, as
each has a generation precondition. A write whose answer was lost is then sent again and may meet
its own object, so that the caller gets ConflictError for an object that it wrote itself. Callers
therefore look at the object: a claim names its owner, and a result is the same from every writer.
https://cloud.google.com/storage/docs/retry-strategy#python
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from common.cloud.access import access
from common.cloud.ports import READ_BYTES_MAX, StoredObject
from common.cloud.times import call_seconds
from common.errors import BadInputError, ConfigError, ConflictError, TransientError
from common.threads import once

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from google.api_core.exceptions import ClientError
    from google.cloud.storage import Blob, Client

RETRY_SECONDS_MAX = 60.0
READ_TRIES_MAX = 3
"""How often an object that is overwritten while it is read is read again."""
_LISTED = "name,generation,size,contentType,metadata,timeCreated,customTime"


class GoogleStorage:
    """Stores objects in GCS, or without credentials in a server at `endpoint` (`http://host:port`)."""

    def __init__(self, project: str, endpoint: str | None = None) -> None:
        self._project = project
        self._endpoint = endpoint

    @once
    def _client(self) -> "Client":
        return make_client(self._project, self._endpoint)

    @cached_property
    def _calls(self) -> dict[str, Any]:
        from google.cloud.storage.retry import DEFAULT_RETRY  # noqa: PLC0415 - cold start

        return {
            "timeout": call_seconds(RETRY_SECONDS_MAX),
            "retry": DEFAULT_RETRY.with_timeout(RETRY_SECONDS_MAX),
        }

    def create(
        self,
        bucket: str,
        name: str,
        data: bytes,
        *,
        content_type: str = "application/json",
        metadata: Mapping[str, str] | None = None,
        custom_time: datetime | None = None,
    ) -> StoredObject:
        """Write an object that must not exist yet; see the port.

        Raises:
            ConflictError: the object exists, perhaps from a write of ours whose answer was lost.
            ConfigError: the bucket does not exist.
        """
        blob = self._blob(bucket, name)
        blob.metadata = dict(metadata or {})
        if custom_time is not None:
            blob.custom_time = custom_time.astimezone(UTC)
        return self._write(blob, data, content_type, generation=0)

    def replace(self, bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
        """Overwrite an object if it is still at `generation`; see the port."""
        return self._write(self._blob(bucket, name), data, "application/json", generation)

    def _write(self, blob: "Blob", data: bytes, content_type: str, generation: int) -> StoredObject:
        from google.api_core.exceptions import (  # noqa: PLC0415 - cold start
            Forbidden,
            PreconditionFailed,
        )

        try:
            with _named_bucket(blob.bucket.name):
                blob.upload_from_string(
                    data,
                    content_type=content_type,
                    if_generation_match=generation,
                    **self._calls,
                )
        except PreconditionFailed as error:
            raise _conflict(blob, generation) from error
        except Forbidden as error:
            # No account may overwrite objects of the data bucket; where one exists, GCS may check
            # that right before the precondition.
            if generation or self._find(blob.bucket.name, blob.name) is None:
                raise
            raise _conflict(blob, generation) from error
        return self._described(blob)

    def read(
        self, bucket: str, name: str, *, max_bytes: int = READ_BYTES_MAX
    ) -> tuple[bytes, int] | None:
        """Return an object's bytes and generation, in one request; see the port.

        Where the connection breaks, the library goes on with the rest of the same generation. The
        bytes are as stored: its decoder of compressed objects fails with the urllib3 of today.

        Raises:
            BadInputError: the object is larger than `max_bytes`; no more than that was kept.
            TransientError: the object was overwritten at every try.
        """
        from google.api_core.exceptions import Forbidden, NotFound  # noqa: PLC0415 - cold start

        for _ in range(READ_TRIES_MAX):
            blob, body = self._blob(bucket, name), _Body(f"gs://{bucket}/{name}", max_bytes)
            try:
                blob.download_to_file(body, raw_download=True, **self._calls)
            except (NotFound, Forbidden) as error:
                if body.tell():  # the rest of that generation is gone
                    continue
                self._check_absent(blob, error)
                return None
            return body.getvalue(), int(blob.generation)
        raise TransientError(f"gs://{bucket}/{name} changed while it was read; try again")

    def stat(self, bucket: str, name: str) -> StoredObject | None:
        """Return an object's description without its bytes; see the port."""
        blob = self._find(bucket, name)
        return blob and self._described(blob)

    def list(
        self,
        bucket: str,
        prefix: str,
        *,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredObject]:
        """List objects below `prefix` in name order; see the port."""
        with _named_bucket(bucket):
            for blob in self._client.list_blobs(
                bucket,
                prefix=prefix,
                start_offset=start,
                end_offset=end,
                max_results=limit,
                fields=f"items({_LISTED}),nextPageToken",
                **self._calls,
            ):
                yield self._described(blob)

    def folders(self, bucket: str, prefix: str = "") -> Sequence[str]:
        """List the next path segments below `prefix`; see the port."""
        listing = self._client.list_blobs(
            bucket, prefix=prefix, delimiter="/", fields="prefixes,nextPageToken", **self._calls
        )
        found: set[str] = set()
        with _named_bucket(bucket):
            for page in listing.pages:
                found.update(page.prefixes)
        return sorted(name[len(prefix) :] for name in found)

    def _blob(self, bucket: str, name: str) -> "Blob":
        # client.bucket() makes no request; get_bucket() would make one at every call.
        return self._client.bucket(bucket).blob(name)

    def _find(self, bucket: str, name: str) -> "Blob | None":
        """Look an object up; None when it does not exist."""
        from google.api_core.exceptions import Forbidden, NotFound  # noqa: PLC0415 - cold start

        blob = self._blob(bucket, name)
        try:
            blob.reload(**self._calls)
        except (NotFound, Forbidden) as error:
            self._check_absent(blob, error)
            return None
        return blob

    def _check_absent(self, blob: "Blob", error: "ClientError") -> None:
        """Raise an error of a look at an object unless it says that there is none.

        Where the right to list depends on the prefix, GCS may answer 403 for an object that is not
        there: then a listing of its name decides, which terraform/state.tf allows.
        """
        if error.code == HTTPStatus.NOT_FOUND:
            if "bucket does not exist" in str(error):
                raise _no_bucket(blob.bucket.name) from error
            return
        # In the order of names, the name itself comes before all that it begins.
        first = next(self.list(blob.bucket.name, blob.name, limit=1), None)
        if first is not None and first.name == blob.name:
            raise error

    def _described(self, blob: "Blob") -> StoredObject:
        return StoredObject(
            bucket=blob.bucket.name,
            name=blob.name,
            generation=int(blob.generation),
            size=int(blob.size),
            content_type=blob.content_type or "",
            metadata=dict(blob.metadata or {}),
            created=blob.time_created,
            custom_time=blob.custom_time,
        )


class _Body(BytesIO):
    """Takes the bytes of an object, up to a number of them."""

    def __init__(self, path: str, max_bytes: int) -> None:
        super().__init__()
        self._path, self._max_bytes = path, max_bytes

    def write(self, part: "ReadableBuffer", /) -> int:
        """Take some more bytes.

        Raises:
            BadInputError: they are too many.
        """
        written = super().write(part)
        if self.tell() > self._max_bytes:
            raise BadInputError(f"{self._path} has more than {self._max_bytes} bytes, the limit")
        return written


def make_client(project: str, endpoint: str | None) -> "Client":
    """Build a storage client, which is anonymous where an emulator's endpoint is given."""
    from google.cloud.storage import Client  # noqa: PLC0415 - cold start

    return Client(project=project, **access(endpoint))


@contextmanager
def _named_bucket(bucket: str) -> Iterator[None]:
    """Turn a 404 into an error that names the bucket: a write or a listing cannot lack more."""
    from google.api_core.exceptions import NotFound  # noqa: PLC0415 - cold start

    try:
        yield
    except NotFound as error:
        raise _no_bucket(bucket) from error


def _conflict(blob: "Blob", generation: int) -> ConflictError:
    return ConflictError(f"gs://{blob.bucket.name}/{blob.name} is not at generation {generation}")


def _no_bucket(bucket: str) -> ConfigError:
    return ConfigError(f"bucket {bucket!r} does not exist; create it or fix its name")
