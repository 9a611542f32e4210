"""Workflows right beside a limit are accepted, and the checks follow cron, jobs and switches."""

from pathlib import Path

import pytest

from common.calendar.slots import parse_cron
from common.configuration.checks import check, defects, load_checked
from common.configuration.tick_grid import Ticks
from common.configuration.topology import Job
from common.configuration.window_checks import window_defects
from common.configuration.workflows import parse_source
from common.eastern import parse_clock as time_of
from common.errors import ConfigError
from tests.kit.workflow_edits import (
    EVENTS,
    NO_PLAYERS,
    PROPS,
    SHIPPED,
    TEXT,
    TOPOLOGY,
    WINDOW_2,
    edited,
    refusal,
    ticking,
)

OWNED = (
    "scrapers: [nbac_player_list, nbac_roster, nbac_standings], alternatives: "
    "{nbac_player_list: [espn_roster], nbac_roster: [espn_roster], nbac_standings: [espn_roster]}"
)
"""Three scrapers with one alternative."""


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


@pytest.mark.parametrize(("steps", "refused"), [(8, False), (9, True)])
def test_an_execution_has_up_to_sixteen_steps(steps: int, *, refused: bool) -> None:
    """Those of the alternatives are counted: eight steps, each with one, are the most."""
    each = "{scrapers: [a], alternatives: {a: [b]}}"
    window = f"{WINDOW_2}\n    games_of: today\n    steps: "
    text = edited((f"{window}*post_game", f"{window}[{', '.join([each] * steps)}]"))
    found = [said for _, said in defects(parse_source(text, "mine.yaml").file, TOPOLOGY)]
    assert any(f"would have {2 * steps} steps" in said for said in found) is refused


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            "{scrapers: [ax]}, {scrapers: [bx], alternatives: {ax: [cx]}}",
            "ax is no scraper of this step; known are bx",
        ),
        (
            "{scrapers: [ax]}, {scrapers: [bx], again_hours: {ax: 9}}",
            "ax is no scraper of this step; known are bx",
        ),
        (
            "{scrapers: [axe]}, {scrapers: [ax1]}, {scrapers: [ax2], alternatives: {axe1: [cx]}}",
            "axe1 is no scraper of this step; known are ax2",
        ),
        (f"{{{OWNED}}}", "espn_roster stands in for nbac_player_list already; name another"),
        (f"{{{OWNED}}}", "espn_roster stands in for nbac_roster already; name another"),
        (
            "{scrapers: [ax], events_from: oddsa_events}, {scrapers: [oddsa_events]}",
            "'oddsa_events' is in the later step 1; move that step before this one",
        ),
        (
            "{scrapers: [ax, oddsa_events], events_from: oddsa_events}",
            "'oddsa_events' is in this same step, a cycle; put it into a step before",
        ),
    ],
)
def test_what_is_of_another_step_is_not_of_this_one(steps: str, said: str) -> None:
    """Each step is asked alone; of several others the first is named."""
    window = f"{WINDOW_2}\n    games_of: today\n    steps: "
    text = edited((f"{window}*post_game", f"{window}[{steps}]"))
    found = [each for _, each in defects(parse_source(text, "mine.yaml").file, TOPOLOGY)]
    assert [each for each in found if each.startswith(said)], found


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
        ("morning_operations", "0 1,5,20 * * *", 'write a band around one, such as "05:00"'),
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


@pytest.mark.parametrize(
    ("hours", "refused"),
    [("2.5", False), ("2.01", True), ("1.99", True), ("2.0001", True), ("2.000001", False)],
)
def test_a_period_is_a_multiple_of_the_ticks_to_a_thousandth_of_a_minute(
    hours: str, *, refused: bool
) -> None:
    """What a division leaves behind the third digit is none of the file's mistakes."""
    half_hours = ticking("*/30 6-23 * * *")
    edits = (("every_hours: 2", f"every_hours: {hours}"), ('at: "23:00"', 'at: "22:45"'))
    assert ("is no multiple" in refusal(*edits, topology=half_hours)) is refused


def test_the_first_defect_of_a_file_is_the_one_to_mend_first() -> None:
    """A workflow's scrapers come first, then its alternatives, steps and windows, then the rest."""
    lines = PROPS.replace("oddsa_game_lines", "no_lines").replace(": oddsa_events", ": bp_events")
    lines += "        alternatives: {oddsa_player_props: [no_props]}\n"
    text = edited((PROPS, lines), ("every_hours: 2", "every_hours: 2.5"))
    found = [place for place, _ in defects(parse_source(text, "mine.yaml").file, TOPOLOGY)]
    assert [place[2:] for place in found if "betting_lines" in place] == [
        ("steps", 1, "scrapers", 1),
        ("steps", 1, "alternatives", "oddsa_player_props", 0),
        ("steps", 1, "events_from"),
        ("every_hours",),
    ]
    assert found[-1] == ("disabled_scrapers",)


@pytest.mark.parametrize("field", ["alternatives", "again_hours"])
def test_of_several_names_the_first_in_the_file_is_refused_first(field: str) -> None:
    """What is wrong with a file is said alike each time."""
    names = ["dx", "bx", "ex", "ax", "cx", "fx"]
    held = ", ".join(f"{name}: {'[gx]' if field == 'alternatives' else 9}" for name in names)
    window = f"{WINDOW_2}\n    games_of: today\n    steps: "
    steps = f"[{{scrapers: [nbac_boxscore], {field}: {{{held}}}}}]"
    text = edited((f"{window}*post_game", f"{window}{steps}"))
    found = defects(parse_source(text, "mine.yaml").file, TOPOLOGY)
    assert [place[-1] for place, said in found if "no scraper of this step" in said] == names


def test_s9_a_scraper_may_be_disabled_with_a_reason() -> None:
    """A scraper without a workflow is accepted if it is disabled or has its own job."""
    named = ("workflows:\n", "disabled_scrapers: {nbac_player_list: once a year}\nworkflows:\n")
    assert refusal(NO_PLAYERS, named) == ""
    message: dict[str, str | int] = {"scraper": "nbac_player_list"}
    job = Job(name="players", cron="0 4 * * *", topic="scraper-requests", message=message)
    jobs = (*TOPOLOGY.jobs, job)
    assert refusal(NO_PLAYERS, topology=TOPOLOGY.model_copy(update={"jobs": jobs})) == ""


def test_d8_a_disabled_scraper_that_a_job_asks_for() -> None:
    """A scraper that a scheduler job asks for cannot be disabled in the workflow file."""
    flows = TEXT[TEXT.index("  injury_discovery:") : TEXT.index("  post_game_window_1:")]
    rest = "nbac_gamebook_pdf nbac_play_by_play nbac_player_boxscore nbac_player_list"
    rest += " nbac_team_boxscore oddsa_events oddsa_game_lines oddsa_player_props"
    off = "".join(f"  {name}: switched off\n" for name in [*rest.split(), "nbac_schedule_api"])
    text = f"version: 1\ndisabled_scrapers:\n{off}workflows:\n{flows}"
    with pytest.raises(ConfigError, match=r"nbac_schedule_api: a job of config/topology\.yaml"):
        check(parse_source(text, "mine.yaml"), TOPOLOGY)


def test_a_disabled_workflow_is_not_checked(tmp_path: Path) -> None:
    """A disabled workflow is not checked, nor loaded; a scraper of it alone has no trigger."""
    path = tmp_path / "mine.yaml"
    path.write_text(edited(('at: "23:00"', 'enabled: false\n    at: "04:00"')))
    every = [*load_checked(SHIPPED, TOPOLOGY)]
    assert [*load_checked(path, TOPOLOGY)] == [x for x in every if x != "post_game_window_2"]
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


def test_d8_a_disabled_alternative_is_refused() -> None:
    """The alternative is named, with the reason why it is off."""
    off = "disabled_scrapers: {espn_roster: switched off}\nworkflows:\n"
    said = "nbac_player_list.0: espn_roster is disabled (switched off); take it out of one of the"
    assert said in refusal(("workflows:\n", off))


def test_a_later_step_that_waits_for_another_one_is_no_cycle() -> None:
    """A cycle is told of only where each of two steps waits for the other."""
    later = EVENTS + "        events_from: nbac_player_list\n"
    said = "'oddsa_events' is in the later step 1; move that step before this one"
    assert said in refusal((EVENTS + PROPS, PROPS + later))
