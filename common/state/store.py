"""The state bucket: what is remembered between two deliveries.

Objects are created once, or replaced only while they are as they were read: create-if-absent is the
lock, a generation precondition is the update. No object has many writers, because GCS allows about
one write a second to one name. https://cloud.google.com/storage/quotas#objects
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from common.errors import BadInputError, ConflictError, TransientError
from common.logs import log

if TYPE_CHECKING:  # annotations only
    from common.clock import Clock
    from common.cloud.ports import Storage, StoredObject


T = TypeVar("T")


@dataclass(frozen=True)
class StateStore:
    """The state bucket, and what claims in it need.

    Attributes:
        storage: holds the bucket.
        bucket: its name.
        clock: tells when a lease runs out.
        lease: how long a claim is held; longer than a function may run.
        new_owner: names a delivery, so that claims tell two of them apart.
    """

    storage: Storage
    bucket: str
    clock: Clock
    lease: timedelta
    new_owner: Callable[[], str]

    def write_once(
        self,
        name: str,
        content: Mapping[str, Any],
        *,
        metadata: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """Store content under a name, or return what is stored there already.

        A second writer, at once or later, goes on with what the first one decided.
        """
        body = json.dumps(content).encode()
        try:
            self.storage.create(self.bucket, name, body, metadata=metadata)
        except ConflictError:
            held = self.read_once(name)
            assert held is not None
            return held
        return content

    def write_anew(
        self, name: str, content: Mapping[str, Any], held: StoredObject | None
    ) -> Mapping[str, Any]:
        """Store content in place of what `write_once` stored and no other delivery has used.

        Args:
            name: of the object.
            content: replaces what is there.
            held: the object as it was when its content was found wrong; None where it was gone.

        Raises:
            TransientError: it was replaced meanwhile, by another delivery or by our own write
                whose answer was lost; the next delivery finds it.
        """
        if not self.swap(name, content, held.generation if held else 0):
            raise TransientError(f"{name} was written meanwhile; deliver again")
        return content

    def read_once(self, name: str) -> Mapping[str, Any] | None:
        """Return what `write_once` stored under a name; None when nothing is."""
        held = self.storage.read(self.bucket, name)
        if held is None:
            return None
        content: Mapping[str, Any] = json.loads(held[0])
        return content

    def read_as(self, name: str, take: Callable[[bytes], T]) -> tuple[T | None, int]:
        """Read an object tolerantly; see `read_object`."""
        return read_object(self.storage, self.bucket, name, take)

    def swap(self, name: str, content: Mapping[str, Any], generation: int) -> bool:
        """Write an object unless it has changed since it was seen at `generation` (0: absent).

        Returns:
            False when another instance has written it.
        """
        body = json.dumps(content).encode()
        try:
            if generation:
                self.storage.replace(self.bucket, name, body, generation=generation)
            else:
                self.storage.create(self.bucket, name, body)
        except ConflictError:
            return False
        return True

    def mark(self, name: str, instant: datetime | None = None) -> bool:
        """Create an object whose name says it all; False when it is there already.

        Args:
            name: of the object.
            instant: when what it marks happened, kept as its customTime; aware.
        """
        try:
            self.storage.create(self.bucket, name, b"{}", custom_time=instant)
        except ConflictError:
            return False
        return True

    def stat(self, name: str) -> StoredObject | None:
        """Describe an object; None when it does not exist."""
        return self.storage.stat(self.bucket, name)

    def list(self, prefix: str, *, start: str | None = None) -> Iterator[StoredObject]:
        """List the objects whose names begin so, in the order of their names."""
        return self.storage.list(self.bucket, prefix, start=start)


def read_object(
    storage: Storage, bucket: str, name: str, take: Callable[[bytes], T]
) -> tuple[T | None, int]:
    """Read an object that an operator may have spoilt, as what it should hold or as nothing.

    GCS writes an object whole or not at all, so that a crash cuts none short; but a person may
    overwrite one, and an error about it would come back at every delivery.

    Args:
        storage: holds the bucket.
        bucket: of the object.
        name: of the object.
        take: makes of the bytes what they should hold; it raises ValueError or BadInputError
            where they do not. Any other exception is a bug of ours and is not caught.

    Returns:
        What it holds, or None where that cannot be read, which one WARNING names; and its
        generation, which is 0 when there is no object.
    """
    found = storage.read(bucket, name)
    if found is None:
        return None, 0
    body, generation = found
    return unless_spoilt(lambda: take(body), bucket, name), generation


def unless_spoilt(read: Callable[[], T | None], bucket: str, name: str) -> T | None:
    """Return what a read returns; None where the object cannot be read, which a WARNING names."""
    try:
        return read()
    except (ValueError, BadInputError) as error:
        log(
            "WARNING",
            "A stored object cannot be read; it is treated as absent and its work goes on without",
            bucket=bucket,
            object=name,
            error_class=type(error).__name__,
            error=error,
        )
        return None
