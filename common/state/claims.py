"""Claims: who is doing a piece of work, and whether it is done (rule R6).

A claim is a lease object, created if absent; done is a second object. Two names, because GCS
allows about one write a second to one name.
https://cloud.google.com/storage/quotas#objects

| Found | Answer |
| --- | --- |
| nothing | ours |
| done | no-op: acknowledge |
| a live lease of another delivery | ClaimBusyError: 503, the redelivery finds it done |
| an expired lease, or one that cannot be read | ours, as a takeover: look before writing |
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from common.cloud.ports import StoredObject
from common.errors import ClaimBusyError, ConflictError
from common.logs import log
from common.messages.models import Instant
from common.runtime import Runtime
from common.state.reading import read_as

_LONG_OVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Claim:
    """A piece of work that is ours.

    Attributes:
        key: function and work, the name below `claims/`.
        owner: the delivery that holds it.
        started: when the work was first claimed by anyone, aware UTC.
        takeover: another delivery may have done part of it.
        generation: of the lease object.
    """

    key: str
    owner: str
    started: datetime
    takeover: bool
    generation: int

    @property
    def name(self) -> str:
        """Name of the lease object."""
        return _lease_name(self.key)


class _Lease(BaseModel):
    """What a lease object holds; fields of another release are passed over."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    owner: str
    started: Instant
    expires: Instant


@contextmanager
def claimed(runtime: Runtime, key: str) -> Iterator[Claim | None]:
    """Hold a claim while working; marks it done on return, frees it on an error.

    Args:
        runtime: storage, clock and settings.
        key: names the work, such as `scraper_runner/<task id>`.

    Yields:
        The claim, or None when the work is done already.

    Raises:
        ClaimBusyError: another delivery is at it.
    """
    claim = _take(runtime, key)
    if claim is None:
        yield None
        return
    try:
        yield claim
    except BaseException:
        _free(runtime, claim)
        raise
    _mark_done(runtime, claim)


def is_done(runtime: Runtime, key: str) -> bool:
    """Whether a piece of work is marked done."""
    return done_at(runtime, key) is not None


def done_at(runtime: Runtime, key: str) -> datetime | None:
    """When a piece of work was marked done; None when it is not."""
    stored = runtime.storage.stat(runtime.settings.state_bucket, _done_name(key))
    return stored.created if stored else None


def started(runtime: Runtime, key: str) -> datetime | None:
    """When a piece of work was first claimed; None when it never was."""
    lease, _ = _read(runtime, key)
    return lease.started if lease else None


def _take(runtime: Runtime, key: str) -> Claim | None:
    now = runtime.clock.now()
    owner = runtime.new_owner()
    fresh = Claim(key, owner, now, takeover=False, generation=0)
    try:
        lease = runtime.storage.create(
            runtime.settings.state_bucket, fresh.name, _body(fresh, _expiry(runtime, now))
        )
    except ConflictError:
        return _take_over(runtime, fresh)
    return Claim(key, owner, now, takeover=False, generation=lease.generation)


def _take_over(runtime: Runtime, fresh: Claim) -> Claim | None:
    if is_done(runtime, fresh.key):
        return None
    held, generation = _read(runtime, fresh.key)
    if held is None:
        raise ClaimBusyError(f"claim {fresh.key}: its lease vanished; deliver again")
    if held.owner != fresh.owner and held.expires > fresh.started:
        until = held.expires.isoformat()
        raise ClaimBusyError(f"claim {fresh.key}: held until {until}; deliver again")
    claim = Claim(fresh.key, fresh.owner, held.started, takeover=True, generation=generation)
    return _replace(runtime, claim, _expiry(runtime, fresh.started))


def _read(runtime: Runtime, key: str) -> tuple[_Lease | None, int]:
    """A lease and its generation; one that cannot be read is over, and began when written."""
    bucket, now = runtime.settings.state_bucket, runtime.clock.now()
    lease, stored = read_as(runtime, bucket, _lease_name(key), _Lease.model_validate_json)
    if stored is None:
        return None, 0
    # Never later than now: the local stack's storage runs ahead of the virtual clock.
    began = min(stored.created or now, now)
    return lease or _Lease(owner="", started=began, expires=_LONG_OVER), stored.generation


def _replace(runtime: Runtime, claim: Claim, expires: datetime) -> Claim:
    try:
        lease: StoredObject = runtime.storage.replace(
            runtime.settings.state_bucket,
            claim.name,
            _body(claim, expires),
            generation=claim.generation,
        )
    except ConflictError as error:
        raise ClaimBusyError(f"claim {claim.key}: taken over by another; deliver again") from error
    return Claim(claim.key, claim.owner, claim.started, claim.takeover, lease.generation)


def _free(runtime: Runtime, claim: Claim) -> None:
    """Let the next delivery take over at once; when this fails the lease runs out by itself."""
    try:
        _replace(runtime, claim, runtime.clock.now())
    except Exception as error:  # noqa: BLE001 - the error that brought us here matters more
        log("WARNING", "A claim could not be freed", error_class=type(error).__name__)


def _mark_done(runtime: Runtime, claim: Claim) -> None:
    body = json.dumps({"owner": claim.owner, "done": runtime.clock.now().isoformat()})
    try:
        runtime.storage.create(runtime.settings.state_bucket, _done_name(claim.key), body.encode())
    except ConflictError:
        log("WARNING", "A claim was marked done twice", function=claim.key.split("/", 1)[0])


def _lease_name(key: str) -> str:
    return f"claims/{key}/lease"


def _done_name(key: str) -> str:
    return f"claims/{key}/done"


def _expiry(runtime: Runtime, now: datetime) -> datetime:
    return now + timedelta(seconds=runtime.settings.lease_seconds)


def _body(claim: Claim, expires: datetime) -> bytes:
    return json.dumps(
        {
            "owner": claim.owner,
            "started": claim.started.isoformat(),
            "expires": expires.isoformat(),
        }
    ).encode()
