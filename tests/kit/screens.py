"""What an operator sees of a day that went wrong, and of a weekend, as it was last looked at.

`python -m tests.kit.screens` writes `tests/kit/screens/` anew. Behind a command of the group
*Operate* stands what it has published.
"""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from functools import cache
from pathlib import Path

import pytest

from common import ids
from common.eastern import at
from local.simulator.world import World
from tests.kit.operated import day_gone_wrong, gone_wrong, mend, run
from tests.kit.shown import pages, traces
from tests.kit.weekend import SATURDAY, SUNDAY, nothing, weekend
from tests.kit.world import DAY, tick

FOLDER = Path(__file__).with_name("screens")
TOMORROW = DAY + timedelta(days=1)
WINDOW = ids.execution_id(ids.decision_id("post_game_window_2", at(DAY, time(23))))[:8]
ASKED = ("scraper-requests", "tick-master-controller")
"""Where a command publishes to; what comes of it has tests of its own."""
BEGUN = ids.execution_id(ids.decision_id("morning_operations", at(TOMORROW, time(9))))[:8]
LOOKS = (
    "status",
    f"games {DAY}",
    "why MIL@CHA --at 2025-11-12T23:59",
    "why DEN@LAC --at 2025-11-12T23:59 --json",
    "why betting_lines --at 2025-11-12T08:30",
    "why post_game_window_2 --at 2025-11-12T23:30 --json",
    "why nobody",
    f"runs --date {DAY}",
    f"runs --date {DAY} --json",
    f"run {WINDOW} --date {DAY}",
    f"run {WINDOW} --date {DAY} --json",
    "run 0 --date 2025-11-12",
    "run none --date 2025-11-12",
)
STEPS = (
    "status",
    "scrape nbac_player_list --wait 60",
    "scrape nbac_play_by_play --date 2025-11-12 --game MIL@CHA --wait 600",
    "scrape nbac_play_by_play --date 2025-11-12 --game MIL@CHA --wait 0",
    "scrape nbac_player_boxscore --date 2025-11-12 --wait 60 --json",
    "scrape nbac_boxscore --date 2025-11-12 --game BOS@LAL",
    "scrape nbac_boxscore --date 2025-11-12",
    "scrape nobody",
    "scrape oddsa_player_props",
    f"backfill --from {DAY} --to {DAY} --dry-run",
    "mend",
    f"backfill --from {DAY} --to {DAY} --wait 600 --json",
    "backfill --from 2025-11-12 --to 2025-11-11",
    "pause betting_lines --why credits --by ann",
    "pause betting_lines --by ann",
    "pause nobody --by ann",
    "force betting_lines --wait 60",
    "force 2025-11-12T13:30",
    "force post_game_window_1 --wait 60 --json",
    "resume betting_lines",
    "resume betting_lines --json",
    "dlq list",
    "dlq list --json",
    "status --json",
    "tomorrow",
    f"games {DAY}",
    "scrape nbac_play_by_play --date 2025-11-12 --game MIL@CHA --wait 60 --json",
    f"games {DAY}",
    "why MIL@CHA",
    f"backfill --from {DAY} --to {DAY} --dry-run",
    "begin",
    "status",
    "runs",
    f"run {BEGUN}",
    f"run {BEGUN} --json",
)


def _tomorrow(world: World) -> None:
    """Nothing happens until 09:00 ET of the next day."""
    world.settle()
    world.clock.move(at(TOMORROW, time(9)))


def _begin(world: World) -> None:
    """Decide the slot of 09:00, and start what it decides."""
    tick(world, "tick-master-controller", at(TOMORROW, time(9)))
    while world.queue and world.queue[0].function != "scraper_runner":
        world.deliver(world.take())


WEEKEND = (
    "status",
    "status --json",
    f"games {SATURDAY}",
    f"games {SUNDAY}",
    f"games {SUNDAY} --json",
    "games 2031-10-31",
    "why 0023100004",
    "why LAC@LAL",
    "why DAL@DEN --at 2031-11-02T13:30",
    "why CHI@CLE --at 2031-11-01T18:00",
    "why betting_lines --at 2031-11-01T14:00",
    "why betting_lines --at 2031-10-31T14:00",
    "why injury_discovery",
    "why referee_discovery",
    f"runs --date {SATURDAY}",
    f"runs --date {SUNDAY}",
    "runs --date 2031-10-31",
    "incidents",
    "incidents --all",
    "incidents --json",
    "asof --game 0023100000 --at 2031-11-01T23:00",
    "asof --game 0023100000 --at 2031-11-02T10:00:00",
    "asof --game 0023100000 --at 2031-11-02T17:00 --json",
    "asof --game 0023100005 --at 2031-11-02T17:00",
    f"backfill --from {SATURDAY} --to {SUNDAY} --dry-run",
    "trace none",
)
NOTHING = (
    "status",
    f"games {SUNDAY}",
    f"runs --date {SUNDAY}",
    "runs --json",
    "why betting_lines",
    "why LAC@LAL",
    "incidents",
    "dlq list",
)
COLOURED = ("status", f"games {DAY}", f"games {SATURDAY}", "incidents --all")
"""What has colours in a terminal, of either world."""
HAPPENS = {"mend": mend, "tomorrow": _tomorrow, "begin": _begin}
"""What happens between the commands."""


def look(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield what the commands of the group *Look* print."""
    for words in LOOKS:
        yield from _screen(gone_wrong(), patch, words)


def operate(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield what the commands of the group *Operate* print and publish, one after the other."""
    world = day_gone_wrong(at(DAY, time(23, 45)))
    bad = {"schema": "scraper-request", "version": 1, "scraper": "unheard_of"}
    world.publisher.publish("scraper-requests", bad, {"a": "b"})
    world.settle(world.clock.now())
    for words in STEPS:
        if words in HAPPENS:
            HAPPENS[words](world)
            continue
        before = len(world.publisher.published)
        yield from _screen(world, patch, words)
        for sent in world.publisher.published[before:]:
            if sent.topic in ASKED and "execution" not in sent.body:
                attributes = " ".join(f"{key}={value}" for key, value in sent.attributes.items())
                yield f"> {sent.topic} {attributes or '-'} {sent.data.decode()}"


def _weekend(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield what the commands that only look print at the end of a weekend."""
    for words in WEEKEND:
        yield from _screen(weekend(), patch, words)
    yield from ("", "where nothing has happened")
    for words in NOTHING:
        yield from _screen(nothing(), patch, words)


def _colours(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the lines that a wide terminal shows in colour, their escapes as `{31}`."""
    patch.setenv("FORCE_COLOR", "1")
    patch.setenv("COLUMNS", "300")
    for words in COLOURED:
        for world in (gone_wrong(), weekend()):
            lines = [*_screen(world, patch, words)]
            yield from lines[:2]
            yield from (_ESCAPE.sub(r"{\1}", line) for line in lines if _is_styled(line))


def _is_styled(line: str) -> bool:
    """Whether a line below the heading of a table has a style."""
    return bool(_ESCAPE.search(line)) and not line.startswith("┃")


def _screen(world: World, patch: pytest.MonkeyPatch, words: str) -> Iterator[str]:
    done = run(world, patch, *words.split())
    yield ""
    yield f"$ python -m local {words}"
    yield from (line.rstrip() for line in done.output.splitlines() if '"severity"' not in line)
    yield f"exit status {done.exit_code}"


_ESCAPE = re.compile("\x1b\\[([0-9;]*)m")
SCREENS = {"look": look, "operate": operate, "weekend": _weekend, "colours": _colours}
TOLD = {"pages": pages, "traces": traces}
"""What pages and traces tell of the weekend."""


@cache
def shown(group: str) -> list[str]:
    """Return what the commands of a group show now."""
    if group in TOLD:
        return [*TOLD[group]()]
    with pytest.MonkeyPatch.context() as patch:
        return [*SCREENS[group](patch)]


def assert_shown_as_held(group: str) -> None:
    """Compare what is shown with what was last written down."""
    held = (FOLDER / f"{group}.txt").read_text(encoding="utf-8").splitlines()
    why = "on purpose? write it anew: python -m tests.kit.screens"
    assert shown(group) == held, why


def main() -> None:
    """Write all screens down."""
    FOLDER.mkdir(exist_ok=True)
    for group in (*SCREENS, *TOLD):
        text = "\n".join([*shown(group), ""])
        (FOLDER / f"{group}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
