"""The JSON of a run and of an explained decision has the slot, not the time it was made."""

from datetime import timedelta
from typing import Any, cast

from common.look.runs import Run
from common.look.why import Explained
from common.pages.documents import of_explained, of_run
from tests.kit.placed import row
from tests.kit.situations import DAY, et

SLOT = et("2025-11-12 23:00")
MADE = {
    **row("workflow_decisions", slot=SLOT, decision_time=SLOT + timedelta(minutes=90)),
    "decision_id": "d",
    "workflow_name": "f",
    "target_date": DAY,
    "forced": False,
    "action": "RUN",
    "reason_code": "C",
    "reason": "because",
    "game_ids": ["1", "2"],
}


def test_a_run_has_the_slot_that_it_was_decided_in() -> None:
    """However late that was; without a row it has no error."""
    told = of_run(Run(MADE, None))
    assert (told["slot"], told["target_date"]) == (SLOT.isoformat(), "2025-11-12")
    assert (told["decision_id"], told["workflow"], told["games"]) == ("d", "f", 2)
    assert (told["state"], told["error"]) == ("not started", None)


def test_a_decision_that_is_explained_has_the_slot_that_it_was_made_in() -> None:
    """However late it was made."""
    nothing = cast("Any", None)
    told = of_explained(Explained(MADE, nothing, nothing, (), ("it had been 22:00",)))
    assert told == {
        "decision_id": "d",
        "workflow": "f",
        "slot": SLOT.isoformat(),
        "action": "RUN",
        "reason_code": "C",
        "reason": "because",
        "rules": [],
        "flips": ["it had been 22:00"],
    }
