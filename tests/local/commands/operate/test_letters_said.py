"""What `python -m local dlq` says of letters that lack something, or say too much."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from common.errors import BadInputError
from local.commands.cli import main
from local.commands.operate.dlq import CELL_CHARACTERS_MAX, REASON_CHARACTERS_MAX
from local.operate.letters import Letter

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
UNKNOWN = Letter("7", "", "Unreadable", "not a dead letter", NOON)


@dataclass
class Held:
    """Letters as a subscription holds them, and why none of them can be sent again."""

    letters: list[Letter] = field(default_factory=list)
    refused: str = ""

    @contextmanager
    def leased(self, _: int) -> Iterator[dict[str, Letter]]:
        """Hold all of them."""
        yield {f"lease {one.letter_id}": one for one in self.letters}

    def drop(self, lease: str, letter: Letter) -> None:
        """Throw one away."""
        assert lease == f"lease {letter.letter_id}"

    def replay(self, lease: str, letter: Letter) -> str:
        """Send one again, or refuse to."""
        self.drop(lease, letter)
        if self.refused:
            raise BadInputError(self.refused)
        return "a-topic"


def said(held: Held, *words: str) -> str:
    """Return what the command prints of these letters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local.commands.operate.dlq.connect", lambda _: held)
        return CliRunner().invoke(main, ["dlq", *words]).stdout


def test_letters_of_one_instant_are_in_the_order_of_their_ids() -> None:
    """The oldest comes first, whatever its id."""
    times = {"2": NOON, "0": NOON + timedelta(hours=1), "1": NOON, "3": NOON - timedelta(hours=1)}
    held = Held([replace(UNKNOWN, letter_id=name, failed_at=at) for name, at in times.items()])
    assert [one["id"] for one in json.loads(said(held, "list", "--json"))] == ["3", "1", "2", "0"]


def test_a_letter_of_an_unknown_function_says_so() -> None:
    """In the table, and when it is dropped."""
    held = Held([UNKNOWN])
    (row,) = (line for line in said(held, "list").splitlines() if "Unreadable" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:2] == ["7", "?"]
    assert said(held, "drop", "7") == "dropped   7  of an unknown function\n"


@pytest.mark.parametrize(("published", "of"), [(None, NOON), (NOON - timedelta(days=1),) * 2])
def test_a_replay_says_of_when_its_message_is(published: datetime | None, of: datetime) -> None:
    """Without a publish time it is of when it failed."""
    held = Held([replace(UNKNOWN, published=published)])
    assert said(held, "replay", "7") == (
        f"replayed  7  to a-topic, of {of.isoformat()}\n1 replayed, 0 stayed\n"
    )


@pytest.mark.parametrize("more", [0, 1])
def test_a_reason_is_cut_where_it_is_too_long(more: int) -> None:
    """One of just the length is whole; a line break in it is a space."""
    text = f"a\n{'x' * (REASON_CHARACTERS_MAX - 2)}"
    shown = f"a {'x' * (REASON_CHARACTERS_MAX - 3)}{'…' if more else 'x'}"
    found = said(Held([UNKNOWN], text + "x" * more), "replay", "--all")
    assert found == f"stays     7  {shown}\n0 replayed, 1 stayed\n"


@pytest.mark.parametrize("more", [0, 1])
def test_a_cell_is_cut_where_it_is_too_long(more: int) -> None:
    """One of just the length is whole."""
    text = "x" * (CELL_CHARACTERS_MAX + more)
    shown = "x" * CELL_CHARACTERS_MAX if not more else f"{'x' * (CELL_CHARACTERS_MAX - 1)}…"
    assert f" {shown} " in said(Held([replace(UNKNOWN, error=text)]), "list")
