"""A world stopped just before a function's event, and ports that break at a chosen write."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from itertools import count
from typing import Any

from google.api_core.exceptions import ServiceUnavailable

from common.cloud.ports import Row
from common.cloud.tables import table
from common.settings import ROOT
from local.fake_sources.slate import Slate, load
from local.simulator.memory import MemoryWarehouse
from local.simulator.world import ROUTES, Delivery, World

FUNCTIONS = tuple(ROUTES)
DAY = date(2025, 11, 12)
NOON = datetime(2025, 11, 12, 17, 45, tzinfo=UTC)
"""12:45 ET, when the schedule refresh is due; the next controller slot is 13:00 ET."""
SLOT = NOON + timedelta(minutes=15)
SWEEP = SLOT + timedelta(minutes=30)
LOST_UPLOAD = "uploads/2025-11-12/by-hand.json"
KICKS = {
    "schedule_locker": "tick-schedule-locker",
    "cleanup_processor": "tick-cleanup-processor",
}
FEW = ("betting_lines", "injury_discovery", "post_game_window_1")
"""Two workflows that run in the slot, one of them in two steps, and one that does not."""
LAST_TASK = "execution_tracker of the last task"
EVENTS = (*FUNCTIONS, LAST_TASK)
"""One event for each function, and the one that ends an execution."""
WRITES = frozenset({"create", "replace", "append", "publish"})
PORTS = ("storage", "warehouse", "publisher")
Do = Callable[[], Any]


@dataclass(frozen=True)
class Answer:
    """What a function answered over HTTP."""

    status: int
    body: dict[str, Any]


Call = Callable[..., Answer]
"""Posts to a function: its name, a body (bytes, or what JSON holds), headers."""


@lru_cache(maxsize=1)
def slate() -> Slate:
    """The real games of 11-13 November 2025."""
    return load(ROOT / "config" / "slates" / "2025-11.json")


class ForgetfulWarehouse(MemoryWarehouse):
    """Takes one job key many times, as bqemulator does: claims alone must keep rows single."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)

    def append(
        self, table_name: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append under a job key that was never used."""
        fresh = f"{job_key} {next(self._numbers)}"
        super().append(table_name, rows, job_key=fresh, look_first=look_first)


def new_world(warehouse: type[MemoryWarehouse] = MemoryWarehouse) -> World:
    """A world at 12:45 ET on the day, its schedule stored and logged."""
    world = World(slate(), NOON)
    world.warehouse = world.runtime.__dict__["warehouse"] = warehouse()
    assert world.runtime.season  # built on the storage itself, before anything is put around it
    flows = world.runtime.workflows
    world.runtime.__dict__["workflows"] = {name: flows[name] for name in FEW}
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    world.publisher.publish("scraper-requests", request, {})
    world.settle()
    return world


def before(world: World, event: str) -> Delivery:
    """Bring the chain on until an event of `EVENTS` is due; returns its delivery, unqueued."""
    if event == "cleanup_processor":
        lose_two(world)
    tick(world, KICKS.get(event, "tick-master-controller"))
    if event == LAST_TASK:
        return run_to(world, lambda delivery: _ends(world, delivery))
    return run_to(world, lambda delivery: delivery.function == event)


def rest(world: World, event: str) -> None:
    """Let the chain come to rest; after a sweep also the two that follow it."""
    world.settle()
    if event == "cleanup_processor":
        for number in (1, 2):
            tick(world, "tick-cleanup-processor", SWEEP + number * timedelta(minutes=15))
            world.settle()


def tick(world: World, topic: str, due: datetime | None = None, *, force: bool = False) -> None:
    """Publish a scheduler's tick at its instant."""
    due = due or (SWEEP if "cleanup" in topic else SLOT)
    body = {"schema": "tick", "version": 1, "scheduled_time": due.isoformat(), "force": force}
    world.clock.move(due)
    world.publisher.publish(topic, body, {})


def run_to(world: World, wanted: Callable[[Delivery], bool]) -> Delivery:
    """Deliver what is due until the next delivery is a wanted one; take that one."""
    while not wanted(world.queue[0]):
        world.deliver(pop(world))
    return pop(world)


def _ends(world: World, delivery: Delivery) -> bool:
    """Whether a delivery is the one that all of an execution waits for."""
    labels = delivery.message.body.get("metadata", {})
    if delivery.function != "execution_tracker" or labels.get("step") != "1":
        return False
    prefix = f"executions/{labels['execution_id']}/steps/1/results/"
    return len(list(world.storage.list(world.runtime.settings.state_bucket, prefix))) == 1


def pop(world: World) -> Delivery:
    """Take the first delivery off the queue, moving the clock to it."""
    world.queue.sort()
    delivery = world.queue.pop(0)
    world.clock.move(delivery.due)
    return delivery


def lose_two(world: World) -> None:
    """Lose a finalize event and a decision's message, for the sweep to find."""
    world.storage.on_finalize = None
    world.storage.create(world.runtime.settings.data_bucket, LOST_UPLOAD, b"{}")
    world.storage.on_finalize = world._finalized
    tick(world, "tick-master-controller")
    run_to(world, lambda delivery: delivery.function == "workflow_executor")
    world.settle()


class Crash(BaseException):
    """The process is gone: nothing catches it, nothing is answered."""


@dataclass
class Break:
    """Passes writes through; at number `at` does something else, and notes what it was.

    Attributes:
        at: which write, from 1; 0 is none.
        act: what to do there, given the write.
        seen: the writes so far, by name.
    """

    at: int = 0
    act: Callable[["Break", Do], Any] = lambda _, do: do()
    seen: list[str] = field(default_factory=list)
    dead: bool = False

    def write(self, label: str, do: Do) -> Any:
        """Do one write, or what is laid down for it."""
        self.alive()
        self.seen.append(label)
        return self.act(self, do) if len(self.seen) == self.at else do()

    def alive(self) -> None:
        """A dead process asks and writes nothing more."""
        if self.dead:
            raise Crash

    def die(self) -> None:
        """Die here."""
        self.dead = True
        raise Crash


def die_before(breaking: Break, do: Do) -> None:
    """The process dies before the write."""
    del do
    breaking.die()


def die_after(breaking: Break, do: Do) -> None:
    """The process dies after the write."""
    do()
    breaking.die()


def fail_before(breaking: Break, do: Do) -> None:
    """The service is not there."""
    del breaking, do
    raise ServiceUnavailable("not done")


def fail_after(breaking: Break, do: Do) -> None:
    """The write is done, but its answer is lost."""
    del breaking
    do()
    raise ServiceUnavailable("done, and nobody knows")


def write_twice(breaking: Break, do: Do) -> Any:
    """The answer is lost and the client library writes again by itself."""
    del breaking
    do()
    return do()


class Tap:
    """A port whose calls go through a `Break`."""

    def __init__(self, inner: object, breaking: Break) -> None:
        self._inner, self._breaking = inner, breaking

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in WRITES:
            self._breaking.alive()
            return method
        return partial(self._write, name, method)

    def _write(self, name: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        what = args[1] if name in {"create", "replace"} else args[0]
        return self._breaking.write(f"{name} {what}", partial(method, *args, **kwargs))


@contextmanager
def tapped(world: World, breaking: Break) -> Iterator[None]:
    """Route the runtime's ports through a `Break` for a while."""
    held = {name: world.runtime.__dict__[name] for name in PORTS}
    world.runtime.__dict__.update({name: Tap(port, breaking) for name, port in held.items()})
    try:
        yield
    finally:
        world.runtime.__dict__.update(held)


def deliver_through(world: World, delivery: Delivery, breaking: Break) -> int:
    """Deliver with breaking ports; a process that dies answers nothing (0), and Pub/Sub retries."""
    with tapped(world, breaking):
        try:
            return world.deliver(delivery)
        except Crash:
            world._again(delivery)
            return 0


# What a later try may write differently: times, what derives from them, and generations.
_LOOSE = {
    "workflow_decisions": {"reason", "inputs", "next_check"},
    "cleanup_operations": {
        "status",
        "error_message",
        "duration_seconds",
        "files_checked",
        "missing_files_found",
        "republished_count",
        "republished",
    },
    "scraper_execution_log": {
        "execution_id",
        "gcs_path",
        "object_generation",
        "object_bytes",
        "duration_seconds",
    },
    "workflow_executions": {"duration_seconds", "scraper_execution_ids"},
}


def tables(world: World) -> dict[str, list[str]]:
    """The five tables without times, in an order of their own, for comparison."""
    return {name: sorted(map(partial(_timeless, name), rows)) for name, rows in world.rows.items()}


def _timeless(name: str, row: Mapping[str, Any]) -> str:
    loose = _LOOSE.get(name, set())
    kept = {
        column: value
        for column, value in row.items()
        if column not in loose and (column == "slot" or not isinstance(value, datetime))
    }
    return repr(kept)


def faults(world: World) -> list[str]:
    """What is wrong in a world at rest, whatever its history; empty when it is sound."""
    found = [f"{name}: {key} twice" for name in world.rows for key in _repeated(world, name)]
    found += [f"dead letter: {m.body}" for m in world.publisher.published if m.topic[0] == "d"]
    ended = {row["decision_id"] for row in world.rows["workflow_executions"]}
    found += [
        f"RUN without an end: {row['workflow_name']} {row['slot']}"
        for row in world.rows["workflow_decisions"]
        if row["action"] == "RUN" and row["decision_id"] not in ended
    ]
    return [*found, *_unlinked(world), *_unlogged(world)]


def _repeated(world: World, name: str) -> list[str]:
    seen = Counter(row[table(name).id_column] for row in world.rows[name])
    return [key for key, number in seen.items() if number > 1]


def _unlinked(world: World) -> Iterator[str]:
    """Executions whose log ids are not exactly the logged ones (design, section 4)."""
    for row in world.rows["workflow_executions"]:
        logged = sorted(
            log["execution_id"]
            for log in world.rows["scraper_execution_log"]
            if log["workflow_execution_id"] == row["execution_id"]
        )
        if logged != row["scraper_execution_ids"] or len(logged) != row["scrapers_triggered"]:
            yield f"{row['workflow_name']}: lists {row['scraper_execution_ids']}, logged {logged}"


def _unlogged(world: World) -> Iterator[str]:
    logged = {row["gcs_path"] for row in world.rows["scraper_execution_log"]}
    bucket = world.runtime.settings.data_bucket
    for stored in world.storage.list(bucket, ""):
        if f"gs://{bucket}/{stored.name}" not in logged:
            yield f"not logged: {stored.name}"


@lru_cache
def undisturbed(event: str) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """The tables of a run without trouble, and the writes that the event's function makes."""
    world = new_world()
    watched = Break()
    assert deliver_through(world, before(world, event), watched) == 200
    rest(world, event)
    assert faults(world) == []
    return tables(world), tuple(watched.seen)


def forget(world: World, bucket: str, prefix: str) -> None:
    """Delete objects, as somebody with the right to might."""
    held = world.storage._held[bucket]
    for name in [name for name in held if name.startswith(prefix)]:
        del held[name]
        world.storage._index[bucket].remove(name)
