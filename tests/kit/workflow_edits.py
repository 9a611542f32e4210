"""The shipped workflow file with some text replaced, and what its checks refuse."""

from common.configuration.checks import check
from common.configuration.topology import Topology, load_topology
from common.configuration.workflows import parse_source
from common.errors import ConfigError
from common.settings import Settings

SHIPPED = Settings().workflows_file
TOPOLOGY = load_topology(Settings().topology_file)
TEXT = SHIPPED.read_text()
EVENTS = "      - scrapers: [oddsa_events]\n"
PROPS = (
    "      - scrapers: [oddsa_player_props, oddsa_game_lines]\n        events_from: oddsa_events\n"
)
_STAND_INS = "{nbac_schedule_api: [espn_scoreboard], nbac_player_list: [espn_roster]}"
NO_PLAYERS = (f", nbac_player_list]\n        alternatives: {_STAND_INS}", ", espn_roster]")
"""Takes away what triggers one scraper."""
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
