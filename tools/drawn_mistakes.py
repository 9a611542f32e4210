"""Mistakes that were drawn by hand on 26 November 2026 and that no test near the code noticed then.

Twenty of sixty, all outside the core; docs/mutation.md has the whole count. Each is noticed now.
"""

from tools.mistake import Mistake

DRAWN = (
    Mistake(
        "drawn: batches of the slot an hour before are not seen",
        "common/state/decided.py",
        "NEAR = timedelta(hours=2)",
        "NEAR = timedelta(minutes=2)",
        ("tests/common/state/test_decided.py",),
    ),
    Mistake(
        "drawn: an incident of the afternoon is silent when the morning had one",
        "common/state/names.py",
        "{instant.astimezone(UTC):%Y-%m-%dT%H}-{error_class}",
        "{instant.astimezone(UTC):%Y-%m-%dT%I}-{error_class}",
        ("tests/common/state/test_names.py",),
    ),
    Mistake(
        "drawn: a step that is blocked altogether is not stored: its run counts as completed",
        "common/executions/execution.py",
        "if self.manifest.steps[number].instead_of and not tasks.requests:",
        "if not tasks.requests:",
        ("tests/common/executions/test_execution.py",),
    ),
    Mistake(
        "drawn: the row of a given up run lacks its last step's results",
        "common/executions/execution.py",
        "results = [*self._results_up_to(len(self.manifest.steps) - 1)]",
        "results = [*self._results_up_to(len(self.manifest.steps) - 2)]",
        ("tests/common/executions/test_execution.py",),
    ),
    Mistake(
        "drawn: a day without events fails as blocked",
        "common/executions/outputs.py",
        'if result is None or result.status == "FAILED":\n        return None\n    events',
        'if result is None or result.outcome != "SUCCESS":\n        return None\n    events',
        ("tests/common/executions/test_outputs.py",),
    ),
    Mistake(
        "drawn: a delivery that outlived its lease does not look whether another has written",
        "common/handlers/scraper_runner.py",
        "shared = claim.takeover or runtime.clock.now() > lease_ends",
        "shared = claim.takeover",
        ("tests/functions/test_scraper_runner.py",),
    ),
    Mistake(
        "drawn: the summer is never idle: three reads a tick",
        "common/handlers/situation_reader.py",
        "return not any(abs(listed - day) <= IDLE for listed in season.calendar)",
        "return not any(listed - day <= IDLE for listed in season.calendar)",
        ("tests/common/handlers/test_situation_reader.py",),
    ),
    Mistake(
        "drawn: a forced tick of the calendar's last minutes fails for ever, unrefused",
        "common/handlers/tick_slot.py",
        "if INSTANT_MIN <= slot < INSTANT_END:",
        "if INSTANT_MIN <= slot <= INSTANT_END:",
        ("tests/common/handlers/test_tick_slot.py",),
    ),
    Mistake(
        "drawn: objects of the last date of the span are not looked for",
        "common/healing/objects.py",
        'end=f"{folder}{last}~")',
        'end=f"{folder}{last}")',
        ("tests/common/healing/test_objects.py",),
    ),
    Mistake(
        "drawn: a letter with a hidden attribute can be replayed",
        "common/entry/dead_letters.py",
        "is_whole = (original, attributes) == (event.raw, event.attributes)",
        "is_whole = original == event.raw",
        ("tests/common/entry/test_dead_letters.py",),
    ),
    Mistake(
        "drawn: spent credits are taken for a block",
        "common/sources/answers.py",
        "(usage is not None and usage.remaining <= 0)",
        "(usage is not None and usage.remaining < 0)",
        ("tests/common/sources/test_answers.py",),
    ),
    Mistake(
        "drawn: each further round of calls has the whole time again",
        "common/sources/guard.py",
        "deadline = self.began + timedelta(seconds=self.settings.scrape_seconds)",
        "deadline = self.state.clock.now() + timedelta(seconds=self.settings.scrape_seconds)",
        ("tests/common/sources/test_guard.py",),
    ),
    Mistake(
        "drawn: a publish over quota is not tried again",
        "common/cloud/publisher.py",
        "            exceptions.ResourceExhausted,\n",
        "",
        ("tests/common/cloud/test_publisher.py",),
    ),
    Mistake(
        "drawn: a cancelled game counts as scheduled",
        "common/scrapers/espn/listing.py",
        'NOT_PLAYED = ("STATUS_POSTPONED", "STATUS_CANCELED", ',
        'NOT_PLAYED = ("STATUS_POSTPONED", ',
        ("tests/common/scrapers/espn/test_listing.py",),
    ),
    Mistake(
        "drawn: a PDF that is cut off behind an earlier end mark is stored as whole",
        "common/scrapers/gamebook.py",
        'if b"%%EOF" not in body[-TRAILER_BYTES_MAX:]:',
        'if b"%%EOF" not in body:',
        ("tests/common/scrapers/test_parsers.py",),
    ),
    Mistake(
        "drawn: the password of a source's own URL is shown in logs",
        "common/source_settings.py",
        "for route in (self.url, *self.routes):",
        "for route in self.routes:",
        ("tests/common/test_settings.py",),
    ),
    Mistake(
        "drawn: a workflow of exactly 16 steps is refused",
        "common/configuration/checks.py",
        "if len(flow.steps) + rounds > STEPS_MAX:",
        "if len(flow.steps) + rounds >= STEPS_MAX:",
        ("tests/common/configuration/test_check_limits.py",),
    ),
    Mistake(
        "drawn: the further alternatives of a scraper that is off are lost",
        "common/configuration/left_out.py",
        "lines[first] = tuple(dict.fromkeys((*lines.get(first, ()), *others)))",
        "lines[first] = tuple(dict.fromkeys(others))",
        ("tests/common/configuration/test_left_out.py",),
    ),
    Mistake(
        "drawn: an attribute of exactly 1024 characters is refused",
        "common/messages/envelope.py",
        "or len(text) > characters_max:",
        "or len(text) >= characters_max:",
        ("tests/common/messages/test_envelope.py",),
    ),
    Mistake(
        "drawn: a decision of the first slots cannot be written: its date precedes",
        "common/messages/models.py",
        "Day = Annotated[date, Field(ge=_DAY_MIN - timedelta(days=7), lt=_DAY_END)]",
        "Day = Annotated[date, Field(ge=_DAY_MIN, lt=_DAY_END)]",
        ("tests/common/messages/test_models.py",),
    ),
)
