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
    Mistake(
        "drawn: a knockout's place with one team stays beside its listing",
        "common/calendar/owners.py",
        "UNKNOWN_TEAM in (game.away, game.home)",
        "UNKNOWN_TEAM == game.away",
        ("tests/common/calendar/test_owners.py",),
    ),
    Mistake(
        "drawn: what the other owner alone has put off differs in time as well",
        "common/calendar/owners.py",
        "if not (game.postponed or listing.postponed):",
        "if not game.postponed:",
        ("tests/common/calendar/test_owners.py",),
    ),
    Mistake(
        "drawn: points are agreed on by side, not by team",
        "common/calendar/owners.py",
        "game.score == listing.score_of(game)",
        "game.score == listing.score",
        ("tests/common/calendar/test_owners.py",),
    ),
    Mistake(
        "drawn: late in the evening a scoreboard is of tomorrow",
        "common/calendar/season.py",
        "eastern_date(now) not in self.boards",
        "now.date() not in self.boards",
        ("tests/common/calendar/test_season.py",),
    ),
    Mistake(
        "drawn: a text that begins like a known one is known",
        "common/calendar/playing.py",
        "_PLAYED.fullmatch(text)",
        "_PLAYED.match(text)",
        ("tests/common/calendar/test_answers_of_schedules.py",),
    ),
    Mistake(
        "drawn: of the successes 200 alone is one",
        "common/incidents/webhook.py",
        "answer.is_success",
        "answer.status_code == 200",
        ("tests/common/incidents/test_webhook.py",),
    ),
    Mistake(
        "drawn: a webhook may take its time",
        "common/incidents/webhook.py",
        "timeout=POST_SECONDS_MAX, ",
        "",
        ("tests/common/incidents/test_webhook.py",),
    ),
    Mistake(
        "drawn: a deployment that does not tell reads all the same",
        "common/incidents/tell.py",
        "if runtime.settings.tell_incidents:",
        "if True:",
        ("tests/common/incidents/test_tell.py",),
    ),
    Mistake(
        "drawn: any decision about a date shows that the system was up",
        "common/look/coverage.py",
        "if was_decided(self.decisions, self.day):",
        "if self.decisions:",
        ("tests/common/look/test_states.py",),
    ),
    Mistake(
        "drawn: a forced decision's flips expire",
        "common/look/why.py",
        "flips(name, flow, situation, made, forced=forced))",
        "flips(name, flow, situation, made))",
        ("tests/common/look/test_why.py",),
    ),
    Mistake(
        "drawn: a task has reported when another one has",
        "common/look/run_life.py",
        "task in reported)",
        "bool(reported))",
        ("tests/common/look/test_run_life.py",),
    ),
    Mistake(
        "drawn: a run is drawn when it was decided",
        "common/pages/lanes.py",
        "run.began or min(",
        "min(",
        ("tests/common/pages/test_lanes.py",),
    ),
    Mistake(
        "drawn: a letter of an unknown subscription hides all others",
        "local/operate/letters.py",
        'next(named, "")',
        "next(named)",
        ("tests/local/operate/test_letters.py",),
    ),
    Mistake(
        "drawn: what is sent again is not marked so",
        "local/operate/subscription.py",
        "again.body, again.attributes)",
        "again.body, letter.attributes)",
        ("tests/local/operate/test_subscription.py",),
    ),
    Mistake(
        "drawn: links without rows are compared by ids that differ anyway",
        "local/records/compare.py",
        'tasks.get(each, "no row")',
        "tasks.get(each, each)",
        ("tests/local/records/test_compare.py",),
    ),
)
