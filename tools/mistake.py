"""A mistake that is declared as a change of a text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A change of one file.

    Attributes:
        name: what is wrong with it, beginning with its id where it has one.
        file: its path.
        old: a text that stands there once.
        new: what is put in its place.
        tests: the tests near it; one of them must fail.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
