"""The buckets and objects of the storage server, and the preconditions of requests for them.

Kept is what the JSON API shows: https://cloud.google.com/storage/docs/json_api/v1/objects#resource
"""

import base64
import hashlib
import re
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
_BYTES = "application/octet-stream"
"""The type of an object of which none is stated."""
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

    def create_bucket(self, name: Any) -> Resource:  # noqa: ANN401 - JSON
        """Create a bucket.

        Raises:
            RefusalError: it exists, or its name is empty or no text.
        """
        if not _is_text(name) or not name:
            raise refusals.invalid_value("name", name)
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
            if condition in query and number(query, condition) != _current(held, field):
                raise refusals.condition_not_met()
        return held

    def find(self, bucket: str, name: str, query: Query) -> Held:
        """Return an object, which there is in one generation only.

        Raises:
            RefusalError: it does not exist, or not in that generation, or a condition fails.
        """
        held = self.bucket(bucket).objects.get(name)
        wanted = number(query, "generation") if "generation" in query else None
        if held is None or wanted not in (None, _current(held, "generation")):
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
        check_stated(given)
        before = self.check(bucket, name, query)
        if text := refusal_of(name, _without_null(given.get("metadata") or {})):
            raise refusals.invalid(text)
        made = self._described(bucket, name, data, given)
        for checksum in ("crc32c", "md5Hash"):
            if (given.get(checksum) or made[checksum]) != made[checksum]:
                raise refusals.invalid(f"Provided {checksum} does not match the calculated one.")
        self.bucket(bucket).put(Held(data, made))
        self._finalized(made, before.resource if before else None)
        return made

    def patch(self, bucket: str, name: str, given: Mapping[str, Any], query: Query) -> Resource:
        """Change what is said of an object, and not its bytes; null takes a value away.

        Raises:
            RefusalError: as for `find`, or the metadata are refused.
        """
        check_stated(given)
        held = self.find(bucket, name, query)
        known = held.resource
        cleared = given.get("metadata", {}) is None
        metadata = {} if cleared else {**known.get("metadata", {}), **given.get("metadata", {})}
        if text := refusal_of(name, kept := _without_null(metadata)):
            raise refusals.invalid(text)
        stated = {field: given[field] for field in ("contentType", *_GIVEN) if field in given}
        made = {
            **_without_null({**known, **stated, "metadata": kept or None}),
            "contentType": stated.get("contentType", known["contentType"]) or _BYTES,
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
        stated = {field: given[field] for field in _GIVEN if given.get(field)}
        if metadata := _without_null(given.get("metadata") or {}):
            stated["metadata"] = metadata
        return {
            "kind": "storage#object",
            "id": f"{bucket}/{name}/{self._generation}",
            "name": name,
            "bucket": bucket,
            "generation": str(self._generation),
            "metageneration": "1",
            "contentType": given.get("contentType") or _BYTES,
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


def number(query: Query, name: str) -> int:
    """Return the number that a parameter holds.

    Raises:
        RefusalError: it is no number of up to 18 digits.
    """
    if not re.fullmatch(r"\d{1,18}", query[name], re.ASCII):
        raise refusals.invalid_value(name, query[name])
    return int(query[name])


def check_stated(given: Mapping[str, Any]) -> None:
    """Refuse what a writer may not state of an object; null counts as absent.

    Raises:
        RefusalError: a value is of another type, or no header could carry it.
    """
    for field in ("name", "contentType", "crc32c", "md5Hash", *_GIVEN):
        if (value := given.get(field)) is not None and not _is_text(value):
            raise refusals.invalid_value(field, value)
    metadata = given.get("metadata")
    if not isinstance(metadata, dict | None):
        raise refusals.invalid_value("metadata", metadata)
    for name, value in (metadata or {}).items():
        if not _is_text(name) or not (value is None or _is_text(value)):
            raise refusals.invalid_value(f"metadata.{name}", value)


def _is_text(value: object) -> bool:
    """Return whether a value is a text that UTF-8 and a header can carry."""
    return isinstance(value, str) and not re.search(r"[\r\n\ud800-\udfff]", value)


def _current(held: Held | None, field: str) -> int:
    return int(held.resource[field]) if held else 0


def _without_null(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
