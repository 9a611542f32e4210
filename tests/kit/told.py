"""Tells what a world does, a line a fact: deliveries, calls of ports, requests, log lines, answers.

Every argument of every call is a fact: a field of a row, an attribute of a message, a label of an
object, a column that is read. So one story pins what hundreds of assertions would.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from datetime import date
from typing import Any

from local.fake_sources.answers import Answer
from local.simulator.ports.intercepted import Call, Do
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import tapped

LONG = ("records", "inputs")
"""What has tests of its own (parsers, recorded decisions)."""
LINE_NUMBER = re.compile(r"(?<=[a-z_>]):[0-9]+(?= <|\")")
"""In what a log line says of where an error came from."""
CALL_SECONDS = 0.01
"""How long a call takes, so that each time in a row or object tells when it was taken."""
PLACED = ("create", "replace", "read", "stat", "list", "folders")
BUCKETS = {"nba-orchestration-state": "state", "nba-scraped-data": "data"}


class Story:
    """What was told so far; `lines` is empty until a world is followed."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._last: list[str] = []

    def say(self, depth: int, line: str) -> None:
        """Tell one fact."""
        self.lines.append(f"{'  ' * depth}{line}")

    def facts(self, depth: int, value: object, name: str = "") -> None:
        """Tell each fact of a nested value, under the names that lead to it."""
        if isinstance(value, Mapping) and value:
            for key, part in value.items():
                self.facts(depth, part, f"{name}.{key}" if name else str(key))
        elif _has_parts(value) and name.rpartition(".")[2] not in LONG:
            for number, part in enumerate(value):
                self.facts(depth, part, f"{name}[{number}]")
        else:
            self.say(depth, f"{name}: {_text(name, value)}")

    def call(self, call: Call, do: Do) -> Any:
        """Carry a call of a port out and tell it with every argument, and what it raised."""
        before = len(self.lines)
        try:
            self._tell(call)
            return do()
        except Exception as error:
            self.say(2, f"raises {type(error).__name__}")
            raise
        finally:
            if self.lines[before:] == self._last:
                del self.lines[before:]
                self.say(2, "and again")
            elif self.lines[before:] != ["    and again"]:
                self._last = self.lines[before:]

    def _tell(self, call: Call) -> None:
        bucket, *rest = call.args
        where = [BUCKETS.get(bucket, bucket), *rest[:1]] if call.name in PLACED else [bucket]
        self.say(1, " ".join([call.name, *map(str, where)]))
        for number, value in enumerate(call.args[len(where) :]):
            self.facts(2, _document(value), "" if isinstance(value, bytes) else f"#{number}")
        given = {name: value for name, value in call.named.items() if value is not None}
        if given:
            self.facts(2, given)

    def around(self, delivery: Delivery, handle: Any) -> int:
        """Handle a delivery and tell where it came from, what was logged and answered."""
        message = delivery.message
        self.say(0, "")
        self.say(0, f"{delivery.function} < {message.topic} {_text('', message.attributes)}")
        status: int = handle()
        return status


@contextmanager
def followed(world: World, story: Story, *functions: str) -> Iterator[None]:
    """Tell what a world does inside the block; of some functions alone, where any is named."""
    asked, around = world.ask, world.around

    def ask(path: str, params: Mapping[str, str]) -> Answer:
        story.say(1, f"GET {path} {_text('', dict(params))}")
        return asked(path, params)

    def deliver(delivery: Delivery, handle: Any) -> int:
        before = len(story.lines)
        with redirect_stderr(io.StringIO()) as logged:
            status = around(delivery, lambda: story.around(delivery, handle))
        told: dict[str, object] = {}
        for line in logged.getvalue().splitlines():
            told = json.loads(LINE_NUMBER.sub("", line))
            told.pop("logging.googleapis.com/labels", None)  # held by tests/common/test_logs.py
            if "stack_trace" in told:
                told["stack_trace"] = f"… {str(told['stack_trace']).splitlines()[-1]}"
            story.say(1, f"log {told.pop('severity')} {told.pop('message')}")
            # Of a library's error the first line: the others name its version.
            shown = {key: str(value).partition("\n")[0] for key, value in told.items()}
            story.facts(2, shown)
        answer = json.loads(world.answers[-1][2])
        story.say(1, f"answer {status} with {', '.join(answer)}")
        new = {name: value for name, value in answer.items() if told.get(name) != value}
        if new:
            story.facts(2, new)
        if functions and delivery.function not in functions:
            del story.lines[before:]
        return status

    def slowly(call: Call, do: Do) -> Any:
        world.clock.sleep(CALL_SECONDS)
        return story.call(call, do)

    world.ask, world.around = ask, deliver
    with tapped(world, slowly):
        yield
    world.ask, world.around = asked, around


def _document(value: object) -> object:
    """What bytes hold, where they are JSON; else how many they are."""
    if not isinstance(value, bytes):
        return value
    try:
        found = json.loads(value)
    except ValueError:
        return {"bytes": len(value)}
    return found if isinstance(found, dict) else {"content": found}


def _has_parts(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(
        isinstance(one, Mapping | tuple) for one in value
    )


def _text(name: str, value: object) -> str:
    last = name.rpartition(".")[2]
    if last == "records" and isinstance(value, list):
        return f"{len(value)} of them"
    if last == "inputs":
        return "(see test_recording.py)"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return " ".join(f"{key}={part}" for key, part in value.items()) or "{}"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(part) for part in value) or "none"
    return str(value)
