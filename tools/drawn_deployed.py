"""Mistakes of 26 November 2026 in what is deployed that lived in the tests near the code.

They were drawn by reading, module by module; some that stand for their kind. Each is noticed now.
"""

from tools.mistake import Mistake

SOURCES, HANDLERS = "tests/common/sources", "tests/common/handlers"

DRAWN_DEPLOYED = (
    Mistake(
        "drawn: candidate names are asked for at once where there are threads",
        "common/sources/asking.py",
        'options.threads and question.scraper.takes == "all" and len(question.calls) > 1',
        "options.threads and len(question.calls) > 1",
        (f"{SOURCES}/test_asking.py",),
    ),
    Mistake(
        "drawn: no credit is kept back",
        "common/sources/guard.py",
        "reserve=self.settings.odds_api_reserve",
        "reserve=0",
        (f"{SOURCES}/test_guard.py",),
    ),
    Mistake(
        "drawn: all sources share the first one's proxy",
        "common/sources/client.py",
        "if proxy not in self._opened:",
        "if not self._opened:",
        (f"{SOURCES}/test_routes.py",),
    ),
    Mistake(
        "drawn: a key of a file is hidden in no text",
        "common/sources/keys.py",
        "    learn([key])\n",
        "",
        (f"{SOURCES}/test_keys.py",),
    ),
    Mistake(
        "drawn: the page that a scoreboard leads to is asked for whatever its host's circuit is",
        "common/sources/scrape.py",
        "choose(calls), asked)",
        "choose(question.calls), asked)",
        (f"{SOURCES}/test_scrape_answers.py",),
    ),
    Mistake(
        "drawn: of two steps that nothing lacks for the second ends the run",
        "common/executions/execution.py",
        "for following in range(number + 1, len(self.manifest.steps)):",
        "for following in range(number + 1, min(number + 2, len(self.manifest.steps))):",
        ("tests/common/executions/test_execution.py",),
    ),
    Mistake(
        "drawn: what the second alternative brought is lacking",
        "common/executions/alternatives.py",
        "if result.scraper in step.instead_of]",
        "if result.scraper == step.instead_of[0]]",
        ("tests/common/executions/test_alternatives.py",),
    ),
    Mistake(
        "drawn: an object that was overwritten counts as logged",
        "common/healing/objects.py",
        "if (_path(stored), stored.generation) not in logged",
        "if _path(stored) not in {path for path, _ in logged}",
        ("tests/common/healing/test_objects.py",),
    ),
    Mistake(
        "drawn: a late tick's sweep is as deep as its hour, not its slot",
        "common/handlers/cleanup_processor.py",
        "deep=_ends_an_hour(runtime.cron(TICKS), slot)",
        "deep=_ends_an_hour(runtime.cron(TICKS), now)",
        (f"{HANDLERS}/test_cleanup_processor.py",),
    ),
    Mistake(
        "drawn: a log that cannot be read keeps a sweep from the runs",
        "common/handlers/cleanup_processor.py",
        "heal_each((objects, runs), lambda heal: heal())",
        "objects(), runs()",
        (f"{HANDLERS}/test_cleanup_processor.py",),
    ),
    Mistake(
        "drawn: a tracker that takes over writes the row again",
        "common/handlers/execution_tracker.py",
        "look_first=claim.takeover",
        "look_first=False",
        (f"{HANDLERS}/test_once.py",),
    ),
    Mistake(
        "drawn: a planned run is of the date of its games",
        "common/handlers/schedule_locker.py",
        '"date": eastern_date(run.slot)',
        '"date": run.decision.target_date',
        ("tests/functions/test_schedule_locker.py",),
    ),
    Mistake(
        "drawn: a page shows the text of a foreign error",
        "common/handlers/console.py",
        "shown(error, ErrorPage.CHARACTERS_MAX) if ours else type(error).__name__",
        "shown(error, ErrorPage.CHARACTERS_MAX)",
        (f"{HANDLERS}/test_console.py",),
    ),
    Mistake(
        "drawn: an unnumbered delivery that fails is an incident at once",
        "common/entry/respond.py",
        "(event.delivery_attempt or 1) < quiet",
        "(event.delivery_attempt or quiet) < quiet",
        ("tests/common/entry/test_incidents.py",),
    ),
    Mistake(
        "drawn: a push whose data is no base64 text is refused as ours",
        "common/messages/envelope.py",
        "except (binascii.Error, ValueError) as error:",
        "except binascii.Error as error:",
        (
            "tests/common/messages/test_envelope.py",
            "tests/common/messages/test_envelope_refused.py",
        ),
    ),
    Mistake(
        "drawn: any board makes an old schedule trustworthy",
        "common/calendar/season.py",
        "and eastern_date(now) not in self.boards",
        "and not self.boards",
        ("tests/common/calendar/test_season.py",),
    ),
    Mistake(
        "drawn: a game that was put off is final by the other owner's word",
        "common/calendar/owners.py",
        "listing.status == FINAL and not game.postponed:",
        "listing.status == FINAL:",
        ("tests/common/calendar/test_owners.py",),
    ),
    Mistake(
        "drawn: a process does not hide what libraries log",
        "common/runtime.py",
        "        redact_libraries()\n",
        "",
        ("tests/common/test_runtime.py",),
    ),
)
