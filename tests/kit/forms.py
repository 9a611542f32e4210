"""Compares the form of a made answer with that of a recording: paths, kinds of values, presence.

A path such as `games[].homeTeam.score` stands for every place that it leads to. A result set of
stats.nba.com is compared by the names of its columns.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = {
    dict: "object",
    list: "list",
    str: "text",
    bool: "flag",
    int: "whole number",
    float: "fraction",
    type(None): "null",
}


@dataclass(frozen=True)
class Form:
    """The form of a document.

    Attributes:
        kinds: the kinds of values at each path.
        always: the paths that every object which may have them has.
    """

    kinds: Mapping[str, frozenset[str]]
    always: frozenset[str]


def form_of(document: object) -> Form:
    """Return the form of a JSON document."""
    kinds: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    for path, value in _walk("", _by_columns(document)):
        kinds[path].add(_KINDS[type(value)])
        counts[path] += 1
        objects[path] += isinstance(value, dict)
    always = {
        path for path in kinds if path.endswith("[]") or counts[path] >= objects[_holder(path)]
    }
    return Form({path: frozenset(found) for path, found in kinds.items()}, frozenset(always))


def differences(
    made: object, recorded: object, left_out: Mapping[str, str], more: Mapping[str, str]
) -> list[str]:
    """List where a made document differs in form from a recording.

    Args:
        made: the made document.
        recorded: the recording.
        left_out: paths that the made document need not have, each with the reason; what is below
            such a path is left out with it.
        more: paths that the recording cannot show, each with the reason.

    Returns:
        A sentence for each invented path, strange kind and missing path, and for each exception
        that excuses nothing.
    """
    ours, real = form_of(made), form_of(recorded)
    return [
        *_unexcused(dict(_missing(ours, real)), left_out),
        *_unexcused(dict(_invented(ours, real)), more),
    ]


def _unexcused(found: Mapping[str, str], excused: Mapping[str, str]) -> Iterator[str]:
    """Yield the differences that no exception covers, and the exceptions that cover none."""
    for path, what in found.items():
        if not any(_is_at(path, known) for known in excused):
            yield f"{path} {what}"
    for known in excused:
        if not any(_is_at(path, known) for path in found):
            yield f"{known} needs no exception"


def _invented(ours: Form, real: Form) -> Iterator[tuple[str, str]]:
    for path, kinds in ours.kinds.items():
        if path not in real.kinds:
            yield path, "is invented"
        elif strange := kinds - real.kinds[path]:
            shown = " or ".join(sorted(real.kinds[path]))
            yield path, f"is {' or '.join(sorted(strange))}, recorded is {shown}"


def _missing(ours: Form, real: Form) -> Iterator[tuple[str, str]]:
    for path in real.kinds:
        if path not in ours.kinds:
            yield path, "is missing"
        elif path in real.always and path not in ours.always:
            yield path, "is missing from some objects"


def _is_at(path: str, known: str) -> bool:
    """Return whether a path is a known one, or below it."""
    return path == known or path.startswith((f"{known}.", f"{known}["))


def _holder(path: str) -> str:
    """Return the path of the object that has a field."""
    return path.rpartition(".")[0]


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for field, held in value.items():
            yield from _walk(f"{path}.{field}", held)
    elif isinstance(value, list):
        for held in value:
            yield from _walk(f"{path}[]", held)


def _by_columns(document: Any) -> Any:
    """Return a document with the rows of its result sets as objects."""
    if not (isinstance(document, dict) and "resultSets" in document):
        return document
    sets = {
        each["name"]: [dict(zip(each["headers"], row, strict=True)) for row in each["rowSet"]]
        for each in document["resultSets"]
    }
    return {**document, "resultSets": sets}
