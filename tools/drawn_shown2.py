"""Mistakes of the evening of 26 November 2026 in the rooms that look, judge again, tell and show.

Each lived in the tests near the code, stands for a kind, and is noticed now.
"""

from tools.mistake import Mistake

REVIEW = "tests/common/review"
FACTS = (f"{REVIEW}/test_flip_facts.py",)

DRAWN_SHOWN2 = (
    Mistake(
        "drawn: an ABORT in the place of a SKIP is another decision",
        "common/review/flip.py",
        '(again.action == "RUN") != (made.action == "RUN")',
        "again.action != made.action",
        FACTS,
    ),
    Mistake(
        "drawn: a forced decision is judged again as a plain one",
        "common/review/flip.py",
        "again = decide(name, flow, change.situation, forced=forced)",
        "again = decide(name, flow, change.situation)",
        FACTS,
    ),
    Mistake(
        "drawn: the slot that was decided is one that it might have been",
        "common/review/flip.py",
        "if slot != situation.slot and",
        "if",
        FACTS,
    ),
    Mistake(
        "drawn: a tick on time is one in a later slot",
        "common/review/flip.py",
        "replace(situation, now=situation.slot))",
        "replace(situation, slot=situation.now))",
        FACTS,
    ),
    Mistake(
        "drawn: what was not found came late all the same",
        "common/review/flip.py",
        "tries._replace(succeeded=None, late=None)",
        "tries._replace(succeeded=None)",
        FACTS,
    ),
    Mistake(
        "drawn: one attempt less is none at all",
        "common/review/flip.py",
        "charged=tries.charged - 1",
        "charged=0",
        FACTS,
    ),
    Mistake(
        "drawn: only the first game of a RUN is to bring something",
        "common/review/flip.py",
        "for game in made.targets for name",
        "for game in made.targets[:1] for name",
        FACTS,
    ),
    Mistake(
        "drawn: the results of a RUN are of today",
        "common/review/flip.py",
        "day, found = made.target_date,",
        "day, found = situation.day,",
        FACTS,
    ),
    Mistake(
        "drawn: all of a date's games turn with a group of them",
        "common/review/flip.py",
        "_turned(situation, day, odd), len(odd))",
        "_turned(situation, day, games), len(odd))",
        FACTS,
    ),
    Mistake(
        "drawn: a late decision is explained as one of its hour",
        "common/review/explain.py",
        'slot = f"{eastern(situation.slot):',
        'slot = f"{eastern(situation.now):',
        (f"{REVIEW}/test_explain.py",),
    ),
    Mistake(
        "drawn: only the first date's games are found by their numbers",
        "common/review/stored_inputs.py",
        "for games in days.values() for game in games]",
        "for games in [*days.values()][:1] for game in games]",
        (f"{REVIEW}/test_stored_inputs.py",),
    ),
)
