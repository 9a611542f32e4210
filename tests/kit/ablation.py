"""Takes safeguards out, one at a time: what is found then, and after how many schedules.

`python -m tests.kit.ablation` writes the table of docs/simulator.md.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from common.messages.labels import read_labels
from common.state import claims
from common.state.claims import Claim
from common.state.store import StateStore
from local.simulator.explorer.explore import Failure, every_schedule, first_failure
from local.simulator.explorer.scenes import SCENES
from local.simulator.ports.memory import MemoryWarehouse

Taken = Callable[[], AbstractContextManager[Any]]
BUDGET = 600
"""How many schedules of a scene may be tried until the damage is found."""


@dataclass(frozen=True)
class Safeguard:
    """A safeguard, how it is taken out, and the scene in which it is missed."""

    what: str
    scene: str
    taken: Taken


@contextmanager
def _no_claims() -> Iterator[None]:
    """Let everybody have every claim."""

    def take(state: StateStore, key: str) -> Claim:
        return Claim(key, state.new_owner(), state.clock.now(), takeover=False, generation=0)

    with (
        patch.object(claims, "_take", take),
        patch.object(claims, "_free", lambda *_: None),
        patch.object(claims, "_mark_done", lambda *_: None),
        _no_job_ids(),
    ):
        yield


@contextmanager
def _no_job_ids() -> Iterator[None]:
    """Let the warehouse take a job id as often as it comes."""
    append = MemoryWarehouse.append

    def forgetful(
        self: MemoryWarehouse, *args: Any, job_key: str, look_first: bool = False
    ) -> None:
        self._jobs.clear()
        append(self, *args, job_key=job_key, look_first=look_first)

    with patch.object(MemoryWarehouse, "append", forgetful):
        yield


@contextmanager
def _no_look_first() -> Iterator[None]:
    """Let a takeover write without looking, where job ids do not help either."""
    append = MemoryWarehouse.append

    def blind(self: MemoryWarehouse, *args: Any, job_key: str, look_first: bool = False) -> None:
        del look_first
        self._jobs.clear()
        append(self, *args, job_key=job_key, look_first=False)

    with patch.object(MemoryWarehouse, "append", blind):
        yield


def _believed(_state: StateStore, _threads: Any, found: Any) -> Any:
    return read_labels(found.metadata, found.name)


@contextmanager
def _metadata_believed() -> Iterator[None]:
    with (
        patch("common.handlers.scraper_logger.own_labels", _believed),
        patch("common.handlers.execution_tracker.own_labels", _believed),
    ):
        yield


@contextmanager
def _decided_anew() -> Iterator[None]:
    """Let a redelivered tick go on with what it decides itself, not with what is stored."""
    write_once = StateStore.write_once

    def own(self: StateStore, name: str, content: Mapping[str, Any], **named: Any) -> Any:
        held = write_once(self, name, content, **named)
        return content if name.startswith("decided/") else held

    with patch.object(StateStore, "write_once", own):
        yield


def _without(target: str, replacement: Callable[..., Any]) -> Taken:
    return lambda: patch(target, replacement)


CONTROLLER = "common.handlers.master_controller"
SAFEGUARDS = (
    Safeguard("a claim", "scraper_logger-twice", _no_claims),
    Safeguard("a look before a takeover writes", "scraper_logger-twice", _no_look_first),
    Safeguard("the noted name and its secret", "forger-beside-the-task", _metadata_believed),
    Safeguard("the first version counts", "rewrite-beside-the-tracker", _metadata_believed),
    Safeguard(
        "the mark of a run that is given up",
        "lost-beside-late-decision",
        _without("common.handlers.workflow_executor.is_given_up", lambda *_: False),
    ),
    Safeguard("the stored batch", "controller-held-up", _decided_anew),
    Safeguard(
        "a batch is published as it is stored",
        "controller-held-up",
        _without(f"{CONTROLLER}._final", lambda _runtime, _key, batch: batch),
    ),
    Safeguard(
        "stored RUNs are under way (forced)",
        "forced-beside-plain",
        _without(f"{CONTROLLER}.near_batches", lambda *_: []),
    ),
    Safeguard(
        "stored RUNs are under way (next slot)",
        "neighbouring-slots",
        _without(f"{CONTROLLER}.near_batches", lambda *_: []),
    ),
    Safeguard(
        "discovery waits for its run",
        "discovery-beside-its-run",
        _without("common.decisions.kinds.discovery._waiting", lambda *_: None),
    ),
    Safeguard(
        "what a run waits for is sent again",
        "lost-message",
        _without("common.handlers.cleanup_processor.heal_runs", lambda *_, **__: None),
    ),
    Safeguard(
        "events of unlogged objects are sent again",
        "two-sweeps",
        _without("common.handlers.cleanup_processor.heal_objects", lambda *_, **__: None),
    ),
)


def missed(safeguard: Safeguard, budget: int = BUDGET) -> tuple[Failure | None, int]:
    """Return the smallest schedule that fails without a safeguard, and how many were tried."""
    scene = SCENES[safeguard.scene]
    schedules = [*every_schedule(scene)][:budget]
    with safeguard.taken():
        return first_failure(scene, schedules)


def table() -> Iterator[str]:
    """Yield the rows of docs/simulator.md: safeguard, scene, smallest schedule, schedules tried."""
    for each in SAFEGUARDS:
        failure, tried = missed(each)
        schedule = f"`{failure.schedule}`" if failure else "nothing"
        yield f"| {each.what} | `{each.scene}` | {schedule} | {tried} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table())
