"""Invents players and referees; no real person is named."""

from typing import NamedTuple

from local.fake_sources.teams import team

_FIRST = ("Aaron", "Bruno", "Cedric", "Dario", "Emil")
_REFEREES = ("Ada Whistle", "Ben Whistle", "Cleo Whistle", "Dan Whistle", "Eva Whistle")


class Person(NamedTuple):
    """A player; the one of rank 0 scores most."""

    person_id: int
    first: str
    last: str
    rank: int

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


def roster(tricode: str) -> tuple[Person, ...]:
    """Invent a team's five players, named after it."""
    side = team(tricode)
    first_id = 9_000_000 + side.team_id % 1000 * 10
    last = side.name.replace(" ", "") or tricode
    return tuple(Person(first_id + rank, first, last, rank) for rank, first in enumerate(_FIRST))


def referees(game_id: str) -> tuple[tuple[int, str], ...]:
    """Choose a game's three referees, each an id and a name."""
    start = int(game_id) % len(_REFEREES)
    numbers = [(start + step) % len(_REFEREES) for step in range(3)]
    return tuple((9_900_000 + number, _REFEREES[number]) for number in numbers)
