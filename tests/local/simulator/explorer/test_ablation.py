"""Each safeguard is missed: without it the explorer finds the damage, within a budget."""

import re

import pytest

from common.settings import ROOT
from local.simulator.explorer.explore import try_out
from local.simulator.explorer.scenes import SCENES
from tests.kit.ablation import BUDGET, SAFEGUARDS, Safeguard, missed


@pytest.mark.parametrize("safeguard", SAFEGUARDS, ids=lambda one: f"{one.what}, {one.scene}")
def test_a_safeguard_that_is_taken_out_is_missed(safeguard: Safeguard) -> None:
    """The explorer finds a schedule that fails without it, and that holds with it."""
    failure, tried = missed(safeguard)
    assert failure is not None, f"nothing in {tried} schedules"
    assert tried <= BUDGET
    assert try_out(SCENES[failure.scene], failure.schedule)[0] == []


def test_the_table_of_safeguards_is_current() -> None:
    """docs/simulator.md lists every safeguard with its scene."""
    text = (ROOT / "docs" / "simulator.md").read_text()
    listed = re.findall(r"^\| ([^|]+) \| `([a-z_-]+)` \| `[^|]+` \| \d+ \|$", text, re.MULTILINE)
    assert listed == [(one.what, one.scene) for one in SAFEGUARDS]
