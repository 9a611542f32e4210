"""Workflows with a valid form that cannot work are refused with the line to change."""

import time
from pathlib import Path

import pytest

from common.calendar.slots import parse_cron
from common.configuration.checks import check, load_checked
from common.configuration.tick_grid import Ticks
from common.configuration.topology import Job, Topology, load_topology
from common.configuration.window_checks import window_defects
from common.configuration.workflows import parse_source
from common.eastern import parse_clock as time_of
from common.errors import ConfigError
from common.settings import Settings

SHIPPED = Settings().workflows_file
TOPOLOGY = load_topology(Settings().topology_file)
TEXT = SHIPPED.read_text()
EVENTS = "      - scrapers: [oddsa_events]\n"
PROPS = (
    "      - scrapers: [oddsa_player_props, oddsa_game_lines]\n        events_from: oddsa_events\n"
)
WINDOW_2 = 'at: "23:00"\n    tolerance_minutes: 30'


def edited(*edits: tuple[str, str]) -> str:
    """Return the shipped file with the first occurrence of each text replaced."""
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def refusal(*edits: tuple[str, str], topology: Topology = TOPOLOGY) -> str:
    """Return the error for an edit of the shipped file, or an empty text if it is accepted."""
    try:
        check(parse_source(edited(*edits), "mine.yaml"), topology)
    except ConfigError as error:
        return str(error)
    return ""


def line_of(text: str, part: str) -> int:
    """Return the line of the first occurrence of a part."""
    return text[: text.index(part)].count("\n") + 1


def ticking(cron: str) -> Topology:
    """Return the shipped topology with another cron of the controller."""
    jobs = tuple(
        job.model_copy(update={"cron": cron}) if job.topic == "tick-master-controller" else job
        for job in TOPOLOGY.jobs
    )
    return TOPOLOGY.model_copy(update={"jobs": jobs})


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
    """Reading and checking take under 30 ms, in the best of five runs on a shared machine."""
    spent = []
    for _ in range(5):
        began = time.perf_counter()
        check(parse_source(TEXT, "mine.yaml"), TOPOLOGY)
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.03


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
        ("[nbac_schedule_api, nbac_player_list]", "[nbac_schedule_api]"),
        "version: 1",
        "disabled_scrapers: nothing triggers nbac_player_list",
        "'nbac_player_list: <reason>'",
    ),
    "d8 a disabled scraper that a workflow still needs": (
        ("workflows:\n", "disabled_scrapers: {nbac_player_list: switched off}\nworkflows:\n"),
        "[nbac_schedule_api, nbac_player_list]",
        "nbac_player_list is disabled (switched off)",
        "out of disabled_scrapers",
    ),
    "a disabled scraper that is none": (
        ("workflows:\n", "disabled_scrapers:\n  nope: gone\nworkflows:\n"),
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


@pytest.mark.parametrize(
    "edit",
    [
        (WINDOW_2, 'at: "23:00"\n    tolerance_minutes: 57'),
        (WINDOW_2, 'at: "23:30"\n    tolerance_minutes: 33'),
        (WINDOW_2, 'at: "22:03"\n    tolerance_minutes: 6'),
        ('at: "23:00"', 'at: "22:15"'),
        ("attempts: 8", "attempts: 10"),
        ("attempts: 8", "attempts: 4"),
        ("lead_hours: 6", "lead_hours: 1.5"),
        ("every_hours: 2", "every_hours: 3"),
        ('start: "08:00"\n    end: "23:00"', 'start: "12:00"\n    end: "12:30"'),
        ('end: "14:00"\n    published', 'end: "10:30"\n    published'),
        ("span_hours: 72", "span_hours: 31"),
    ],
    ids=lambda edit: edit[1].replace("\n    ", ", "),
)
def test_what_can_work_is_not_refused(edit: tuple[str, str]) -> None:
    """A file with a value right beside a limit is accepted."""
    edits = [edit]
    if "10:30" in edit[1]:
        edits.append(("attempts: 6", "attempts: 2"))
    assert refusal(*edits) == ""


def test_d17_a_publication_on_a_tick_is_found_by_that_tick() -> None:
    """A publication at 13:00 needs the third attempt from 11:00 on, the one at 13:00."""
    published = ('published: "13:30"', 'published: "13:00"')
    assert refusal(published, ("attempts: 8", "attempts: 3")) == ""
    assert "write at least 3" in refusal(published, ("attempts: 8", "attempts: 2"))


@pytest.mark.parametrize(
    "steps",
    [
        "[{scrapers: [nbac_schedule_api]}, {scrapers: [nbac_player_boxscore], games: final}]",
        "[{scrapers: [nbac_play_by_play]}]",
    ],
)
def test_a_workflow_of_games_needs_only_one_of_both(steps: str) -> None:
    """A post-game window needs a whole-date scraper for final games, or a per-game scraper."""
    window = f"{WINDOW_2}\n    games_of: today\n    steps: "
    assert refusal((f"{window}*post_game", f"{window}{steps}")) == ""


def test_a_band_without_a_tick_is_one_defect() -> None:
    """A band without a tick has no second defect; a window far from every tick gets a time."""
    noon = Ticks(parse_cron("0 12 * * *"))
    flows = load_checked(SHIPPED, TOPOLOGY)
    early = flows["injury_discovery"].model_copy(
        update={"end": time_of("11:30"), "every_hours": 24}
    )
    assert [place for place, _ in window_defects(early, noon)] == [("start",)]
    far = flows["post_game_window_2"].model_copy(update={"at": time_of("14:58")})
    ((_, text),) = window_defects(far, noon)
    assert text.endswith('(they come at 12:00); write at: "12:00"')


def test_advice_works() -> None:
    """The tolerance that a refusal proposes is accepted."""
    assert "write tolerance_minutes: 33" in refusal(('at: "23:00"', 'at: "23:30"'))
    assert refusal((WINDOW_2, 'at: "23:30"\n    tolerance_minutes: 33')) == ""


def test_t14_a_window_over_midnight_with_ticks_on_both_edges() -> None:
    """A window of 23:30 ±30 min is refused if ticks fall on both of its edges."""
    assert "the tick at 00:00" in refusal(
        ('at: "23:00"', 'at: "23:30"'), topology=ticking("0 * * * *")
    )


@pytest.mark.parametrize(
    ("name", "cron", "said"),
    [
        ("post_game_window_2", "0 6-23/2 * * *", "no tick falls into 23:00 ±30 min"),
        ("post_game_window_1", "30 6-23 * * *", "the tick at 19:30 is within 2 min of the edge"),
        ("morning_operations", "0 12 * * *", "no tick falls into 06:00-10:00 (they come at 12:00)"),
        ("betting_lines", "0 6-23/3 * * *", "2 h is no multiple of the ticks' 180 min; write 3"),
        ("late_game_catch_up", "30 3,6 * * *", 'no tick comes after 07:00; write "06:30"'),
    ],
)
def test_t2_another_cron_is_checked_as_well(name: str, cron: str, said: str) -> None:
    """A window is checked against the cron of the topology."""
    flow = load_checked(SHIPPED, TOPOLOGY)[name]
    defects = [text for _, text in window_defects(flow, Ticks(parse_cron(cron)))]
    assert any(said in text for text in defects), defects


def test_quarter_hours_allow_quarter_hours() -> None:
    """With a tick every 15 minutes `every_hours` may be a quarter of an hour."""
    edits = (("every_hours: 2", "every_hours: 0.25"), (WINDOW_2, WINDOW_2.replace("30", "25")))
    said = refusal(*edits, topology=ticking("*/15 6-23 * * *"))
    assert "every_hours" not in said


def test_s9_a_scraper_may_be_disabled_with_a_reason() -> None:
    """A scraper without a workflow is accepted if it is disabled or has its own job."""
    edit = ("[nbac_schedule_api, nbac_player_list]", "[nbac_schedule_api]")
    named = ("workflows:\n", "disabled_scrapers: {nbac_player_list: once a year}\nworkflows:\n")
    assert refusal(edit, named) == ""
    message: dict[str, str | int] = {"scraper": "nbac_player_list"}
    job = Job(name="players", cron="0 4 * * *", topic="scraper-requests", message=message)
    assert refusal(edit, topology=TOPOLOGY.model_copy(update={"jobs": (*TOPOLOGY.jobs, job)})) == ""


def test_d8_a_disabled_scraper_that_a_job_asks_for() -> None:
    """A scraper that a scheduler job asks for cannot be disabled in the workflow file."""
    flows = TEXT[TEXT.index("  injury_discovery:") : TEXT.index("  post_game_window_1:")]
    rest = "nbac_gamebook_pdf nbac_play_by_play nbac_player_boxscore nbac_player_list"
    rest += " nbac_team_boxscore oddsa_events oddsa_game_lines oddsa_player_props"
    off = "".join(f"  {name}: switched off\n" for name in [*rest.split(), "nbac_schedule_api"])
    text = f"version: 1\ndisabled_scrapers:\n{off}workflows:\n{flows}"
    with pytest.raises(ConfigError, match=r"nbac_schedule_api: a job of config/topology\.yaml"):
        check(parse_source(text, "mine.yaml"), TOPOLOGY)


def test_a_disabled_workflow_is_not_checked() -> None:
    """A disabled workflow is not checked; a scraper that only it names has no trigger."""
    half = ('at: "23:00"', 'enabled: false\n    at: "04:00"')
    assert refusal(half) == ""
    assert "nothing triggers nbac_injury_report" in refusal(
        ("kind: discovery\n", "kind: discovery\n    enabled: false\n")
    )


def test_a_workflow_that_collects_nothing() -> None:
    """A post-game window without any scraper of finished games is refused."""
    edit = (WINDOW_2 + "\n    games_of: today\n    steps: *post_game", "")
    shortened = (
        f"{WINDOW_2}\n    games_of: today\n    steps: [{{scrapers: [nbac_player_list]}}]",
        "",
    )
    assert "collect nothing of a game" in refusal((edit[0], shortened[0]))


def test_one_file_is_enough_to_add_a_workflow() -> None:
    """A new workflow needs only a block in the workflow file."""
    block = TEXT[TEXT.index("  post_game_window_2:") : TEXT.index("  post_game_window_3:")]
    new = block.replace("window_2", "window_4").replace("23:00", "17:00")
    source = parse_source(edited(("  late_game_catch_up:", new + "  late_game_catch_up:")), "m")
    check(source, TOPOLOGY)
    assert "post_game_window_4" in source.file.enabled


def test_lines_are_found_through_aliases() -> None:
    """A defect in an anchored list is reported on the line of the list."""
    text = refusal(("nbac_gamebook_pdf]", "nbac_gamebook]"))
    assert text.startswith(f"mine.yaml:{line_of(TEXT, 'nbac_gamebook_pdf]')}: ")
