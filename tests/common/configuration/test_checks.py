"""Workflows with a valid form that cannot work are refused with the line to change."""

from pathlib import Path

import pytest

from common.configuration.checks import check, load_checked
from common.configuration.workflows import parse_source
from common.errors import ConfigError
from common.scrapers import REGISTRY
from tests.kit.counted import calls
from tests.kit.workflow_edits import (
    EVENTS,
    NO_PLAYERS,
    PROPS,
    SHIPPED,
    TEXT,
    TOPOLOGY,
    WINDOW_2,
    edited,
    line_of,
    refusal,
)


def test_the_shipped_file_works() -> None:
    """The shipped file is accepted and loaded in its order."""
    assert list(load_checked(SHIPPED, TOPOLOGY))[:2] == ["morning_operations", "betting_lines"]


def test_a_file_that_cannot_work_is_not_loaded(tmp_path: Path) -> None:
    """Loading checks the file, so no function starts with a workflow that never runs."""
    path = tmp_path / "mine.yaml"
    path.write_text(edited(('at: "23:00"', 'at: "04:00"')))
    with pytest.raises(ConfigError, match=r"mine\.yaml:\d+: .*no tick falls into 04:00"):
        load_checked(path, TOPOLOGY)


def test_checking_costs_a_cold_start_little() -> None:
    """Reading and checking call some 9,700 functions (10 ms), twice as many at most."""
    assert calls(lambda: check(parse_source(TEXT, "mine.yaml"), TOPOLOGY)) < 20_000


def test_s9_a_scraper_that_is_off_needs_no_workflow_and_may_have_one() -> None:
    """Its own reason suffices, so that the file need not list it; a step switches it on."""
    assert REGISTRY["nbac_standings"].off
    assert "nbac_standings" not in TEXT
    check(parse_source(TEXT, "mine.yaml"), TOPOLOGY)
    named = TEXT.replace("[nbac_injury_report]", "[nbac_injury_report, nbac_standings]")
    assert named != TEXT
    check(parse_source(named, "mine.yaml"), TOPOLOGY)


LATER = """
      - scrapers: [nbac_schedule_api]
      - scrapers: [nbac_boxscore]
        games: final
        fresh_by: final + 10 h
"""
CASES = {
    "t2 a window before the first tick": (
        ('start: "06:00"\n    end: "10:00"', 'start: "01:00"\n    end: "04:00"'),
        'start: "01:00"',
        "morning_operations.start: no tick falls into 01:00-04:00",
        'such as "06:00"',
    ),
    "t2 a post-game window at 04:00": (
        ('at: "23:00"', 'at: "04:00"'),
        'at: "04:00"',
        "post_game_window_2.at: no tick falls into 04:00 ±30 min",
        'at: "06:00"',
    ),
    "t14 an edge on a tick": (
        (WINDOW_2, 'at: "23:30"\n    tolerance_minutes:  30'),
        "tolerance_minutes:  30",
        "post_game_window_2.tolerance_minutes: the tick at 23:00 is within 2 min",
        "write tolerance_minutes: 33",
    ),
    "t14 an edge two minutes from a tick": (
        (WINDOW_2, 'at: "23:00"\n    tolerance_minutes: 58'),
        "tolerance_minutes: 58",
        "the tick at 22:00 is within 2 min of the edge",
        "write tolerance_minutes: 57",
    ),
    "a band that ends before it starts": (
        ('start: "06:00"\n    end: "10:00"', 'start: "10:00"\n    end: "06:00"'),
        'end: "06:00"',
        "morning_operations.end: 06:00 is not after start (10:00)",
        'write for example "11:00"',
    ),
    "an unknown scraper": (
        ("[nbac_injury_report]", "[nbac_injury_repart]"),
        "[nbac_injury_repart]",
        "injury_discovery.steps.0.scrapers.0: unknown scraper 'nbac_injury_repart'",
        "did you mean 'nbac_injury_report'?",
    ),
    "s9 an untriggered scraper": (
        NO_PLAYERS,
        "version: 1",
        "disabled_scrapers: nothing triggers nbac_player_list",
        "'nbac_player_list: <reason>'",
    ),
    "d8 a disabled scraper that a workflow still needs": (
        ("workflows:\n", "disabled_scrapers: {nbac_player_list: switched off}\nworkflows:\n"),
        "[nbac_schedule_api, nbac_player_list",
        "nbac_player_list is disabled (switched off)",
        "out of disabled_scrapers",
    ),
    "a disabled scraper that is none": (
        ("workflows:\n", "disabled_scrapers:\n  nope: gone\n  even: gone\nworkflows:\n"),
        "nope: gone",
        "disabled_scrapers.nope: unknown scraper",
        "known are",
    ),
    "a step that waits for itself": (
        ("events_from: oddsa_events", "events_from: oddsa_player_props"),
        "events_from: oddsa_player_props",
        "steps.1.events_from: 'oddsa_player_props' is in this same step, a cycle",
        "put it into a step before",
    ),
    "a step that waits for a later one": (
        (EVENTS + PROPS, PROPS + EVENTS + "        events_from: oddsa_game_lines\n"),
        "events_from: oddsa_events",
        "'oddsa_events' is in the later step 1, a cycle",
        "move that step before this one",
    ),
    "a step that waits for what no step has": (
        ("events_from: oddsa_events", "events_from: nbac_player_list"),
        "events_from: nbac_player_list",
        "'nbac_player_list' is in no earlier step",
        "put it into one",
    ),
    "a scraper by event without events": (
        ("        events_from: oddsa_events\n", ""),
        "- scrapers: [oddsa_player_props",
        "oddsa_player_props goes by event",
        "write events_from: oddsa_events",
    ),
    "final games without a refresh": (
        ("events_from: oddsa_events", "games: final\n        events_from: oddsa_events"),
        "games: final",
        "betting_lines.steps.1.games: 'final' reads the schedule",
        "put nbac_schedule_api into one",
    ),
    "a per-game scraper without games": (
        ("[nbac_injury_report]", "[nbac_injury_report, nbac_play_by_play]"),
        "steps:\n      - scrapers: [nbac_injury_report, nbac_play",
        "nbac_play_by_play runs once a finished game, and a discovery has none",
        "post_game or catch_up",
    ),
    "a scraper twice": (
        ("[oddsa_events]", "[oddsa_events, oddsa_game_lines]"),
        "[oddsa_player_props, oddsa_game_lines]",
        "oddsa_game_lines is in these steps already",
        "name it once",
    ),
    "d11 a frequency between two ticks": (
        ("every_hours: 2", "every_hours: 1.5"),
        "every_hours: 1.5",
        "betting_lines.every_hours: 1.5 h is no multiple of the ticks' 60 min",
        "write 1 or 2",
    ),
    "d11 a discovery's frequency between two ticks": (
        ("every_hours: 1\n", "every_hours: 1.5\n"),
        "every_hours: 1.5",
        "injury_discovery.every_hours: 1.5 h is no multiple",
        "write 1 or 2",
    ),
    "a band without length": (
        ('start: "06:00"\n    end: "10:00"', 'start: "06:00"\n    end:  "06:00"'),
        'end:  "06:00"',
        "morning_operations.end: 06:00 is not after start (06:00)",
        'write for example "07:00"',
    ),
    "a lead time a little too short": (
        ("lead_hours: 6", "lead_hours: 1.49"),
        "lead_hours: 1.49",
        "no tick may come between 1.49 h and 30 min before a tip-off",
        "write at least 1.5",
    ),
    "attempts that their frequency leaves no room for": (
        ("every_hours: 1\n    attempts: 8", "every_hours: 3\n    attempts: 8"),
        "attempts: 8",
        "injury_discovery.attempts: 8 do not fit 11:00-20:00 every 3 h",
        "write at most 4",
    ),
    "a lead time that may hold no tick": (
        ("lead_hours: 6", "lead_hours: 1"),
        "lead_hours: 1",
        "no tick may come between 1 h and 30 min before a tip-off",
        "write at least 1.5",
    ),
    "attempts that do not fit the band": (
        ("attempts: 8", "attempts: 11"),
        "attempts: 11",
        "injury_discovery.attempts: 11 do not fit 11:00-20:00",
        "write at most 10",
    ),
    "d17 attempts that are spent before anything is published": (
        ("attempts: 8", "attempts: 2"),
        "attempts: 2",
        "all 2 are spent before it is published (13:30)",
        "write at least 4",
    ),
    "a publication after the last attempt": (
        ('published: "13:30"', 'published: "21:00"'),
        'published: "21:00"',
        "21:00 is after the band's last attempt (20:00)",
        "end the band later",
    ),
    "a catch-up after the last tick": (
        ('after: "07:00"', 'after: "23:30"'),
        'after: "23:30"',
        "late_game_catch_up.after: no tick comes after 23:30",
        'write "23:00" or earlier',
    ),
    "two discoveries with one budget": (
        ("[nbac_referee_assignments]", "[nbac_injury_report]"),
        'start: "09:00"',
        "spends attempts on nbac_injury_report in 11:00-14:00 as workflows.injury_discovery does",
        "keep their times apart",
    ),
    "two windows over one tick": (
        (WINDOW_2, 'at: "20:30"\n    tolerance_minutes: 40'),
        'at: "20:30"',
        "of the same games at 20:00 as workflows.post_game_window_1 does",
        "keep their times apart",
    ),
    "a catch-up that is over before it begins": (
        ("span_hours: 72", "span_hours: 30.5"),
        "span_hours: 30.5",
        "30.5 h from an early game's end do not reach the next day's 07:00",
        "write at least 31",
    ),
    "an alternative of a scraper that the step does not have": (
        ("nbac_player_list: [espn_roster]}", "nbac_player_lists: [espn_roster]}"),
        "nbac_player_lists:",
        "alternatives.nbac_player_lists: nbac_player_lists is no scraper of this step",
        "did you mean 'nbac_player_list'?",
    ),
    "an unknown alternative": (
        ("nbac_player_list: [espn_roster]}", "nbac_player_list: [espn_rooster]}"),
        "[espn_rooster]",
        "alternatives.nbac_player_list.0: unknown scraper 'espn_rooster'",
        "did you mean 'espn_roster'?",
    ),
    "an alternative to itself": (
        ("nbac_player_list: [espn_roster]}", "nbac_player_list: [nbac_player_list]}"),
        "[nbac_player_list]}",
        "nbac_player_list is asked already",
        "name another owner's scraper",
    ),
    "an alternative that is named twice": (
        ("nbac_player_list: [espn_roster]}", "nbac_player_list: [espn_roster, espn_roster]}"),
        "[espn_roster, espn_roster]}",
        "alternatives.nbac_player_list.0: espn_roster is asked already",
        "name another owner's scraper, once",
    ),
    "an alternative of another step": (
        (
            "nbac_player_list: [espn_roster]}\n",
            "nbac_player_list: [espn_roster]}\n      - scrapers: [espn_roster]\n",
        ),
        "nbac_player_list: [espn_roster]}",
        "alternatives.nbac_player_list.0: espn_roster is in another step of its own",
        "take it out of one of the two",
    ),
    "an alternative that collects something else": (
        ("nbac_player_list: [espn_roster]}", "nbac_player_list: [espn_boxscore]}"),
        "[espn_boxscore]}\n",
        "espn_boxscore collects a game and nbac_player_list a date",
        "name one that collects the same",
    ),
    "an alternative to two scrapers": (
        ("nbac_player_list: [espn_roster]}", "nbac_player_list: [espn_scoreboard]}"),
        "nbac_player_list: [espn_scoreboard]}",
        "espn_scoreboard stands in for nbac_player_list already",
        "name another one here",
    ),
    "an alternative by event": (
        (EVENTS, EVENTS + "        alternatives: {oddsa_events: [oddsa_player_props]}\n"),
        "[oddsa_player_props]}",
        "goes by event, which an alternative cannot",
        "take it out",
    ),
    "an alternative to a scraper by event": (
        (PROPS, PROPS + "        alternatives: {oddsa_player_props: [bp_events]}\n"),
        "[bp_events]}",
        "bp_events or oddsa_player_props goes by event, which an alternative cannot",
        "take it out",
    ),
    "a second alternative that is another scraper's": (
        (
            "nbac_player_list: [espn_roster]}",
            "nbac_player_list: [nbac_roster, espn_scoreboard]}",
        ),
        "{nbac_schedule_api: [espn_scoreboard]",
        "alternatives.nbac_schedule_api.0: espn_scoreboard stands in for nbac_player_list already",
        "name another one here",
    ),
    "more steps than an execution has": (
        (
            "      - scrapers: [nbac_injury_report]",
            "      - scrapers: [nbac_injury_report, nbac_standings, nbac_roster, bp_events]\n"
            "        alternatives:\n"
            + "".join(
                f"          {name}: [espn_roster, espn_scoreboard, nbac_scoreboard, oddsa_events]\n"
                for name in ("nbac_injury_report", "nbac_standings", "nbac_roster", "bp_events")
            ),
        ),
        "steps:\n      - scrapers: [nbac_injury_report, ",
        "an execution would have 17 steps",
        "take some out",
    ),
    "a whole date that is to be collected again": (
        ("again_hours: {nbac_boxscore: 2.5}", "again_hours: {nbac_player_boxscore: 2.5}"),
        "{nbac_player_boxscore: 2.5}",
        "nbac_player_boxscore collects a whole date, which has no end",
        "take it out",
    ),
    "a limit of a form that is none": (
        ("fresh_by: final + 9 h", "fresh_by: soon"),
        "fresh_by: soon",
        "fresh_by: is neither `tip-off - N min` nor `final + N h` (got 'soon')",
        "write for example tip-off - 60 min",
    ),
    "a limit in a workflow without games": (
        ("[nbac_injury_report]", "[nbac_injury_report]\n        fresh_by: final + 1 h"),
        "fresh_by: final + 1 h",
        "injury_discovery.steps.0.fresh_by: a discovery collects no games",
        "take it out",
    ),
    "a limit of lines that counts from the end": (
        ("fresh_by: tip-off - 60 min", "fresh_by: final + 1 h"),
        "fresh_by: final + 1 h",
        "betting_lines.steps.1.fresh_by: a pre_game counts from tip-off",
        "write for example tip-off - 60 min",
    ),
    "a limit before anything is asked for": (
        ("fresh_by: tip-off - 60 min", "fresh_by: tip-off - 6 h"),
        "fresh_by: tip-off - 6 h",
        "nothing is asked for earlier than lead_hours (6 h) before a tip-off",
        "write a shorter time",
    ),
    "two limits of one scraper": (
        ("span_hours: 72\n    steps: *post_game", f"span_hours: 72\n    steps:\n{LATER}"),
        "fresh_by: final + 10 h",
        "nbac_boxscore has another fresh_by in workflows.post_game_window_",
        "write the same in both",
    ),
    "a catch-up in a window of its night": (
        ('after: "07:00"', 'after: "06:00"'),
        'after: "06:00"',
        "of the same games at 06:00 as workflows.post_game_window_3 does",
        "keep their times apart",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_work_is_refused(name: str) -> None:
    """The refusal names file, line and field, and what to write instead."""
    edit, at_fault, said, instead = CASES[name]
    text = refusal(edit)
    assert text.startswith(f"mine.yaml:{line_of(edited(edit), at_fault)}: ")
    assert said in text
    assert instead in text
    assert "\n" not in text


def test_lines_are_found_through_aliases() -> None:
    """A defect in an anchored list is reported on the line of the list."""
    text = refusal(("nbac_gamebook_pdf]", "nbac_gamebook]"))
    assert text.startswith(f"mine.yaml:{line_of(TEXT, 'nbac_gamebook_pdf]')}: ")


def test_what_a_step_needs_may_lie_several_steps_before_it() -> None:
    """What any earlier step fetched is there, not only that of the last one."""
    between = "      - scrapers: [nbac_standings]\n"
    named = edited((EVENTS, EVENTS + between))
    check(parse_source(named, "mine.yaml"), TOPOLOGY)
