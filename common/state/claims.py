"""Claims: which delivery does a piece of work, and whether it is done (rule R6).

A claim is a lease object, created if absent; `done` is a second object, because GCS allows about
one write a second to one name. https://cloud.google.com/storage/quotas#objects

| Found | What the caller gets |
| --- | --- |
| nothing | the claim |
| done | None: the work is a no-op, acknowledge |
| a live lease of another delivery | ClaimBusyError: 503, the redelivery finds it done |
| an expired lease, or one that cannot be read | the claim as a takeover: look before writing |
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from common.errors import ClaimBusyError, ConflictError
from common.logs import log
from common.messages.models import Instant
from common.state import names
from common.state.store import StateStore

_EXPIRED = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Claim:
    """A piece of work that is ours.

    Attributes:
        key: function and work, the name below `claims/`.
        owner: the delivery that holds it.
        started: when any delivery first claimed the work, aware UTC.
        takeover: another delivery may have done part of it.
        generation: of the lease object.
    """

    key: str
    owner: str
    started: datetime
    takeover: bool
    generation: int


class _Lease(BaseModel):
    """The content of a lease object; fields of another release are ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    owner: str
    started: Instant
    expires: Instant


@contextmanager
def claimed(state: StateStore, key: str) -> Iterator[Claim | None]:
    """Hold a claim while working; mark it done on return, free it on an error.

    Args:
        state: where claims are kept.
        key: names the work, such as `scraper_runner/<task id>`; see `state/names.py`.

    Yields:
        The claim, or None when the work is done already.

    Raises:
        ClaimBusyError: another delivery is at it.
    """
    claim = _take(state, key)
    if claim is None:
        yield None
        return
    try:
        yield claim
    except BaseException:
        _free(state, claim)
        raise
    _mark_done(state, claim)


def is_done(state: StateStore, key: str) -> bool:
    """Whether a piece of work is marked done."""
    return done_at(state, key) is not None


def done_at(state: StateStore, key: str) -> datetime | None:
    """When a piece of work was marked done; None when it is not."""
    stored = state.stat(names.done(key))
    return stored.created if stored else None


def _take(state: StateStore, key: str) -> Claim | None:
    now = state.clock.now()
    fresh = Claim(key, state.new_owner(), now, takeover=False, generation=0)
    try:
        return _write(state, fresh, now + state.lease)
    except ConflictError:
        return _take_over(state, fresh)


def _take_over(state: StateStore, fresh: Claim) -> Claim | None:
    if is_done(state, fresh.key):
        return None
    held, generation = _read(state, fresh.key)
    if held is None:
        raise ClaimBusyError(f"claim {fresh.key}: its lease vanished; deliver again")
    if held.owner != fresh.owner and held.expires > fresh.started:
        until = held.expires.isoformat()
        raise ClaimBusyError(f"claim {fresh.key}: held until {until}; deliver again")
    claim = Claim(fresh.key, fresh.owner, held.started, takeover=True, generation=generation)
    return _replace(state, claim, fresh.started + state.lease)


def _read(state: StateStore, key: str) -> tuple[_Lease | None, int]:
    """A lease and its generation; one that cannot be read has expired, and began when written."""
    lease, generation = state.read_as(names.lease(key), _Lease.model_validate_json)
    if lease or not generation:
        return lease, generation
    now, stored = state.clock.now(), state.stat(names.lease(key))
    # Never later than now: the local stack's storage runs ahead of the virtual clock.
    began = min((stored and stored.created) or now, now)
    return _Lease(owner="", started=began, expires=_EXPIRED), generation


def _replace(state: StateStore, claim: Claim, expires: datetime) -> Claim:
    try:
        return _write(state, claim, expires)
    except ConflictError as error:
        raise ClaimBusyError(f"claim {claim.key}: taken over by another; deliver again") from error


def _write(state: StateStore, claim: Claim, expires: datetime) -> Claim:
    """Create the lease (generation 0), or replace it if it is still at the claim's generation."""
    lease = _Lease(owner=claim.owner, started=claim.started, expires=expires)
    storage, name, body = state.storage, names.lease(claim.key), lease.model_dump_json().encode()
    if claim.generation:
        stored = storage.replace(state.bucket, name, body, generation=claim.generation)
    else:
        stored = storage.create(state.bucket, name, body)
    return replace(claim, generation=stored.generation)


def _free(state: StateStore, claim: Claim) -> None:
    """Let the next delivery take over at once; when this fails the lease runs out by itself."""
    try:
        _replace(state, claim, state.clock.now())
    except Exception as error:  # noqa: BLE001 - the error that brought us here matters more
        log(
            "WARNING",
            "A claim could not be freed; the next delivery waits until its lease runs out",
            claim=claim.key,
            error_class=type(error).__name__,
            error=error,
        )


def _mark_done(state: StateStore, claim: Claim) -> None:
    content = {"owner": claim.owner, "done": state.clock.now().isoformat()}
    if not state.swap(names.done(claim.key), content, 0):
        log(
            "WARNING",
            "Two deliveries did the same work; both effects are the same, nothing more happens",
            claim=claim.key,
        )
