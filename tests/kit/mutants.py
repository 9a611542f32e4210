"""Mutants of a source's answers, and what a scraper makes of each.

`python -m tests.kit.mutants` prints the report: mutants tried, read, warned of, refused and silent.
"""

import copy
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from common.errors import OrchestrationError
from common.scrapers import REGISTRY, get
from common.scrapers.expectations import hold
from common.scrapers.model import Parsed, Target
from tests.kit.samples import bodies, target

Path = tuple[str | int, ...]
Verdict = Literal["read", "warned", "refused", "silent"]
ITEMS = (0, 1, -1)
"""Which items of a list are changed; the others have the same form."""
OTHERS = (None, "x", 7, 1.5, True, [], {})
"""What a value is replaced by, where it differs."""


@dataclass(frozen=True)
class Mutant:
    """One change of an answer.

    Attributes:
        kind: `drop`, `empty`, `duplicate`, `reorder` or `replace`.
        path: what is changed.
        number: which of the answers it is in.
        change: changes the holder of the path's last step.
    """

    kind: str
    path: Path
    number: int
    change: Callable[[Any], object]

    @property
    def lacks_items(self) -> bool:
        """Whether items of a list are gone: another answer, which may have another count."""
        return self.kind == "empty" or (self.kind == "drop" and isinstance(self.path[-1], int))

    def of(self, answers: Sequence[bytes]) -> list[bytes]:
        """Return the answers with the change made."""
        document = json.loads(answers[self.number])
        self.change(_at(document, self.path[:-1]))
        changed = [*answers]
        changed[self.number] = json.dumps(document).encode()
        return changed


def mutants(answers: list[bytes]) -> Iterator[Mutant]:
    """Yield every mutant of some JSON answers."""
    for number, answer in enumerate(answers):
        document = json.loads(answer)
        for path in _paths(document):
            for kind, change in _changes(_at(document, path), path[-1]):
                yield Mutant(kind, path, number, change)


def judge(right: Parsed, name: str, asked: Target, changed: list[bytes], mutant: Mutant) -> Verdict:
    """Return what a scraper makes of a mutant; another count without a word is silent.

    Any error but ours goes through: a scraper must refuse an answer by name.
    """
    try:
        found = read(name, asked, changed)
    except OrchestrationError:
        return "refused"
    if found.warnings != right.warnings:
        return "warned"
    return "read" if found.count == right.count or mutant.lacks_items else "silent"


def judged(
    name: str, asked: Target, answers: list[bytes], most: int | None = None
) -> list[tuple[Verdict, Mutant]]:
    """Judge the mutants of answers, or some of them."""
    tried = list(mutants(answers))
    if most and len(tried) > most:
        tried = random.Random(0).sample(tried, most)
    right = read(name, asked, answers)
    return [(judge(right, name, asked, each.of(answers), each), each) for each in tried]


def read(name: str, asked: Target, answers: list[bytes]) -> Parsed:
    """Return what a scraper reads, held against what was asked."""
    parsed = get(name).parse(answers, asked)
    hold(get(name).expects, asked, parsed)
    return parsed


def _paths(value: object, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        steps: list[str | int] = list(value)
    elif isinstance(value, list):
        steps = sorted({range(len(value))[i] for i in ITEMS if -len(value) <= i < len(value)})
    else:
        return
    for step in steps:
        yield (*path, step)
        yield from _paths(value[step], (*path, step))  # type: ignore[index]  # both have items


def _changes(value: object, step: str | int) -> Iterator[tuple[str, Callable[[Any], object]]]:
    yield "drop", lambda holder: holder.pop(step)
    for other in OTHERS:
        if other != value or type(other) is not type(value):
            kind = "empty" if isinstance(value, list) and other == [] else "replace"
            yield kind, lambda holder, other=other: holder.__setitem__(step, copy.copy(other))
    if isinstance(step, int):
        yield "duplicate", lambda holder: holder.append(copy.deepcopy(holder[step]))
    if isinstance(value, list) and len(value) > 1:
        yield "reorder", lambda holder: holder[step].reverse()


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def names() -> list[str]:
    """Return the scrapers whose samples are JSON."""
    return [name for name in REGISTRY if all(each[:1] in b"{[" for each in bodies(name))]


def _print(name: str, counts: Counter[str]) -> None:
    words = (f"{word} {counts[word]:5}" for word in get_args(Verdict))
    sys.stdout.write(f"{name:28} {'  '.join(words)}\n")


if __name__ == "__main__":
    total: Counter[str] = Counter()
    for each in names():
        counts = Counter(verdict for verdict, _ in judged(each, target(each), bodies(each)))
        total += counts
        _print(each, counts)
    _print("total", total)
