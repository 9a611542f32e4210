"""A decision is explained by the rules that were asked, with the facts that each saw."""

from datetime import date, time, timedelta

import pytest

from common.decisions.history import Run
from common.decisions.situation import Decision, Rule
from common.messages.models import GameTarget
from common.review.explain import ITEMS_MAX, explain, shown
from tests.kit.situations import DAY, et, game, situation

TARGET = GameTarget(game_id="0022500001", away="MIL", home="CHA", scrapers=("a", "b"))
RULES = (Rule("one", held=False, facts={"now": et("2025-11-12 13:00"), "x": ()}),)
RULES += (Rule("longer", held=True, facts={}),)


def explained(made: Decision, rules: tuple[Rule, ...] = RULES) -> list[str]:
    """Return the lines about a decision at 13:00."""
    return [*explain("w", made, situation("2025-11-12 13:00"), rules)]


def test_a_run_is_explained_with_its_games() -> None:
    """The date is the one that it is about; the rule that held is the last one."""
    yesterday = date(2025, 11, 11)
    bare = TARGET.model_copy(update={"scrapers": ()})
    made = Decision("RUN", "READY", "Why", yesterday, scrapers=("a", "b"), targets=(TARGET, bare))
    assert explained(made) == [
        "w: RUN READY at 2025-11-12 13:00 ET, about 2025-11-11",
        "  Why",
        "    no  one     now 13:00, x none",
        "    yes longer",
        "    run a, b",
        "        MIL@CHA (0022500001): a, b",
        "        MIL@CHA (0022500001): only what is collected for the whole date",
        "",
    ]


def test_another_one_says_when_it_is_looked_at_again() -> None:
    """In Eastern time, at night too; what would have run is no line of it."""
    again = et("2025-11-13 00:30")
    made = Decision("SKIP", "EARLY", "Why", DAY, next_check=again, scrapers=("a",))
    assert explained(made, ()) == [
        "w: SKIP EARLY at 2025-11-12 13:00 ET, about 2025-11-12",
        "  Why; next check 2025-11-13 00:30",
        "",
    ]


def test_a_late_decision_is_one_at_its_slot() -> None:
    """However late its tick came."""
    late = situation("2025-11-12 13:00", now=et("2025-11-12 13:40"))
    (line, *_) = explain("w", Decision("SKIP", "EARLY", "Why", DAY), late, ())
    assert line == "w: SKIP EARLY at 2025-11-12 13:00 ET, about 2025-11-12"


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (None, "none"),
        ("", "none"),
        ((), "none"),
        ([], "none"),
        (0, "0"),
        (False, "False"),
        ("a", "a"),
        (et("2025-11-12 19:30"), "19:30"),
        (time(9, 5), "09:05"),
        (DAY, "2025-11-12"),
        (timedelta(minutes=90), "1.5h"),
        (game(), "MIL@CHA"),
        (TARGET, "MIL@CHA"),
        (Run("w", et("2025-11-12 19:30"), DAY), "of 19:30"),
        ((game(), None), "MIL@CHA, none"),
        ([0] * ITEMS_MAX, "0, 0, 0, 0"),
        ([0] * (ITEMS_MAX + 1), "0, 0, 0, 0 … (5)"),
    ],
    ids=str,
)
def test_a_fact_is_shown_as_a_person_reads_it(fact: object, text: str) -> None:
    """Each kind of fact has its form, and long lists are cut."""
    assert shown(fact) == text
