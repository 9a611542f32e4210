"""The buckets and objects of the storage server, and the preconditions of requests for them.

Kept is what the JSON API shows: https://cloud.google.com/storage/docs/json_api/v1/objects#resource
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import google_crc32c

from common.clock import Clock
from local.simulator.ports.memory_index import Names
from local.simulator.ports.object_limits import refusal_of
from local.stack.storage_server import refusals

Resource = dict[str, Any]
Query = Mapping[str, str]
_GIVEN = ("contentEncoding", "contentDisposition", "contentLanguage", "cacheControl", "customTime")
"""What a writer may state besides content type and metadata."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CONDITIONS = {"ifGenerationMatch": "generation", "ifMetagenerationMatch": "metageneration"}


@dataclass(frozen=True, slots=True)
class Held:
    """An object: its bytes and its description."""

    data: bytes
    resource: Resource


class Bucket:
    """The objects of one bucket, by name and in the order of names."""

    def __init__(self) -> None:
        self.objects: dict[str, Held] = {}
        self.names: Names[Held] = Names()

    def put(self, held: Held) -> None:
        """Hold an object in the place of one with its name."""
        name = held.resource["name"]
        self.objects[name] = held
        self.names.put(name, held)

    def remove(self, name: str) -> None:
        """Remove an object."""
        del self.objects[name]
        self.names.remove(name)


class Objects:
    """All buckets, on one clock.

    Args:
        clock: gives objects their times, and their generations.
        finalized: is called with each object that was written, and the one before it.
    """

    def __init__(
        self, clock: Clock, finalized: Callable[[Resource, Resource | None], None]
    ) -> None:
        self._clock = clock
        self._finalized = finalized
        self._buckets: dict[str, Bucket] = {}
        self._generation = 0

    def create_bucket(self, name: str) -> Resource:
        """Create a bucket.

        Raises:
            RefusalError: it exists.
        """
        if name in self._buckets:
            text = (
                "Your previous request to create the named bucket succeeded and you already own it."
            )
            raise refusals.RefusalError(HTTPStatus.CONFLICT, "conflict", text)
        self._buckets[name] = Bucket()
        return bucket_resource(name)

    def buckets(self) -> list[Resource]:
        """List the buckets in the order of their names."""
        return [bucket_resource(name) for name in sorted(self._buckets)]

    def bucket(self, name: str) -> Bucket:
        """Return a bucket.

        Raises:
            RefusalError: it does not exist.
        """
        if name not in self._buckets:
            raise refusals.no_bucket()
        return self._buckets[name]

    def check(self, bucket: str, name: str, query: Query) -> Held | None:
        """Return the object that a write meets, if its preconditions hold.

        Raises:
            RefusalError: one does not hold, or the bucket does not exist.
        """
        held = self.bucket(bucket).objects.get(name)
        for condition, field in _CONDITIONS.items():
            if condition in query and _number(query, condition) != _current(held, field):
                raise refusals.condition_not_met()
        return held

    def find(self, bucket: str, name: str, query: Query) -> Held:
        """Return an object, which there is in one generation only.

        Raises:
            RefusalError: it does not exist, or not as the request wants it.
        """
        held = self.bucket(bucket).objects.get(name)
        if held is None or (
            "generation" in query and _number(query, "generation") != _current(held, "generation")
        ):
            raise refusals.no_object(bucket, name)
        self.check(bucket, name, query)
        return held

    def write(
        self, bucket: str, name: str, data: bytes, given: Mapping[str, Any], query: Query
    ) -> Resource:
        """Write an object, whatever is there, if the preconditions hold.

        Args:
            bucket: takes it.
            name: of the object.
            data: its bytes.
            given: what the writer states of it, as the API's resource.
            query: holds the preconditions.

        Raises:
            RefusalError: a precondition does not hold, the bucket does not exist, the name or the
                metadata are refused, or the bytes differ from a checksum that is given.
        """
        before = self.check(bucket, name, query)
        if text := refusal_of(name, given.get("metadata") or {}):
            raise refusals.invalid(text)
        made = self._described(bucket, name, data, given)
        for checksum in ("crc32c", "md5Hash"):
            if given.get(checksum, made[checksum]) != made[checksum]:
                raise refusals.invalid(f"Provided {checksum} does not match the calculated one.")
        self.bucket(bucket).put(Held(data, made))
        self._finalized(made, before.resource if before else None)
        return made

    def patch(self, bucket: str, name: str, given: Mapping[str, Any], query: Query) -> Resource:
        """Change what is said of an object, and not its bytes; null takes a value away.

        Raises:
            RefusalError: as for `find`, or the metadata are refused.
        """
        held = self.find(bucket, name, query)
        known = held.resource
        metadata = {**known.get("metadata", {}), **(given.get("metadata") or {})}
        if text := refusal_of(name, kept := _without_null(metadata)):
            raise refusals.invalid(text)
        stated = {field: given[field] for field in ("contentType", *_GIVEN) if field in given}
        made = {
            **_without_null({**known, **stated, "metadata": kept or None}),
            "metageneration": str(int(known["metageneration"]) + 1),
            "updated": _stamp(self._clock.now()),
        }
        self.bucket(bucket).put(Held(held.data, made))
        return made

    def delete(self, bucket: str, name: str, query: Query) -> None:
        """Delete an object.

        Raises:
            RefusalError: as for `find`.
        """
        self.find(bucket, name, query)
        self.bucket(bucket).remove(name)

    def _described(self, bucket: str, name: str, data: bytes, given: Mapping[str, Any]) -> Resource:
        now = self._clock.now()
        self._generation = max(self._generation + 1, (now - _EPOCH) // timedelta(microseconds=1))
        stated = {field: given[field] for field in (*_GIVEN, "metadata") if given.get(field)}
        return {
            "kind": "storage#object",
            "id": f"{bucket}/{name}/{self._generation}",
            "name": name,
            "bucket": bucket,
            "generation": str(self._generation),
            "metageneration": "1",
            "contentType": given.get("contentType") or "application/octet-stream",
            "storageClass": "STANDARD",
            "size": str(len(data)),
            "md5Hash": base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode(),
            "crc32c": base64.b64encode(google_crc32c.value(data).to_bytes(4)).decode(),
            "etag": base64.b64encode(str(self._generation).encode()).decode(),
            "timeCreated": _stamp(now),
            "updated": _stamp(now),
            **stated,
        }


def bucket_resource(name: str) -> Resource:
    """Describe a bucket."""
    return {"kind": "storage#bucket", "id": name, "name": name, "location": "US"}


def _number(query: Query, name: str) -> int:
    try:
        return int(query[name])
    except ValueError as error:
        raise refusals.invalid(f"Invalid value for {name}: {query[name]!r}") from error


def _current(held: Held | None, field: str) -> int:
    return int(held.resource[field]) if held else 0


def _without_null(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
