"""Measures how many remote calls follow one another, with a logical clock for each delivery.

Each call moves the clock on. Work that is submitted to the runtime's threads begins at the
submitter's instant, and who waits for its result goes on at the later of the two instants, so that
calls at once count as one. A message takes its publisher's instant along to the function that it
starts. A job of BigQuery is one call, however often it is looked at, and so is a listing, whatever
its pages.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from common.cloud.ports import StoredObject
from common.runtime import THREADS_MAX, Runtime
from local.bench.calls.path import ONE_EACH, Path, longer
from local.fake_sources.answers import Answer
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory_publisher import Published
from local.simulator.transport import Delivery
from local.simulator.world import World

FINALIZED = "scraped-objects"
"""The topic of a bucket's own messages, on which no function publishes."""


@dataclass(frozen=True)
class Effect:
    """What a delivery did, and the way from its trigger to there.

    Attributes:
        trigger: the message that began it all, such as a tick.
        function: the function that did it.
        begun: where the function began.
        path: where the effect was there.
        done: a written row, a message or a stored object; None for the function's answer.
    """

    trigger: str
    function: str
    begun: Path
    path: Path
    done: Mapping[str, Any] | Published | StoredObject | None


class Meter:
    """Follows everything that happens in a world from now on.

    Args:
        world: its functions are given metered ports.
        weights: what each kind weighs; any that is missing weighs nothing.
        cold: whether each delivery meets an instance that has just started.

    Attributes:
        effects: what was done, in the order in which the world did it.
    """

    def __init__(
        self, world: World, weights: Mapping[str, float] = ONE_EACH, *, cold: bool = False
    ) -> None:
        self.effects: list[Effect] = []
        self.path = Path()
        self._begun: tuple[str, str, Path] | None = None
        self._weights, self._cold = weights, cold
        self._world, self._instances = world, dict[str, Runtime]()
        self._starts: dict[str, tuple[str, Path]] = {}
        self._threads = MeteredThreads(self)
        self._attach(world)

    def _attach(self, world: World) -> None:
        ask = world.ask

        def request(path: str, params: Mapping[str, str]) -> Answer:
            self.step("source")
            return ask(path, params)

        world.ask, world.around = request, self._deliver
        world.publisher.listeners.append(self._published)
        world.storage.listeners.append(self._did)
        metered: dict[str, Any] = {
            "storage": intercepted(world.runtime.storage, self._storage),
            "warehouse": intercepted(world.runtime.warehouse, self._warehouse),
            "publisher": intercepted(world.runtime.publisher, self._publisher),
            "threads": self._threads,
        }
        world.runtime = self._fresh = world.runtime.but(**metered)

    def step(self, kind: str) -> None:
        """Go on by one call."""
        self.path = self.path.then(kind, self._weights.get(kind, 0))

    def start_of(self, delivery: Delivery) -> float:
        """Return the instant at which a delivery's message was sent."""
        return self._starts[delivery.message.message_id][1].length

    def _deliver(self, delivery: Delivery, do: Callable[[], int]) -> int:
        """Deliver to an instance of the function, from the instant of the message on."""
        message = delivery.message
        trigger, self.path = self._starts[message.message_id]
        self.step("finalize" if message.topic == FINALIZED else "push")
        function = delivery.function
        if self._cold:
            self.step(f"start {function}")
        if self._cold or function not in self._instances:
            self._instances[function] = self._fresh.but()
        self.step(f"run {function}")
        self._threads.all_free(self.path)
        self._world.runtime = self._instances[function]
        self._begun = (trigger, function, self.path)
        try:
            return do()
        finally:
            self._did(None)
            self._begun = None

    def _published(self, message: Published) -> None:
        """Remember when a message was sent; what no function sends begins something."""
        if self._begun is None:
            self._starts[message.message_id] = (message.message_id, Path())
            return
        self._starts[message.message_id] = (self._begun[0], self.path)
        self._did(message)

    def _did(self, done: Mapping[str, Any] | Published | StoredObject | None) -> None:
        if self._begun is not None:
            self.effects.append(Effect(*self._begun, self.path, done))

    def _storage(self, _: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        self.step("storage")
        return do()

    def _warehouse(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        if call.name != "append":
            self.step("query")
            return do()
        if call.named.get("look_first"):
            self.step("query")
        self.step("insert")
        found = do()
        for row in call.args[1]:
            self._did({**row, "table": call.subject})
        return found

    def _publisher(self, _: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        self.step("publish")
        return do()


class MeteredThreads(Executor):
    """Runs what is submitted at once, as if one of so many threads did it beside the submitter."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.all_free(Path())

    def all_free(self, path: Path) -> None:
        """Let all threads be free from an instant on: an instance serves one delivery at a time."""
        self._free = [path] * THREADS_MAX

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "Future[Any]":  # noqa: ANN401 - any work
        """Run work as soon as a thread is free; who waits for it goes on where it ended."""
        submitted, meter = self._meter.path, self._meter
        self._free.sort(key=lambda path: path.length)
        meter.path = longer(submitted, self._free.pop(0))
        done = _Waited(meter)
        try:
            done.set_result(work(*args, **named))
        except Exception as error:  # noqa: BLE001 - the one who waits gets it
            done.set_exception(error)
        done.ended, meter.path = meter.path, submitted
        self._free.append(done.ended)
        return done


class _Waited(Future[Any]):
    """A result that was there when its work ended, in logical time."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter
        self.ended = Path()

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - any result
        self._meter.path = longer(self._meter.path, self.ended)
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._meter.path = longer(self._meter.path, self.ended)
        return super().exception(timeout)


def settle(world: World, meter: Meter) -> None:
    """Deliver everything, what is due together in the order of the logical clock."""
    while world.queue:
        world.clock.move(world.queue[0].due)
        due = [each for each in world.queue if each.due <= world.clock.now()]
        first = min(due, key=lambda each: (meter.start_of(each), each.number))
        world.queue.remove(first)
        world.deliver(first)
