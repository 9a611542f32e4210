"""Pauses and resumes workflows of a deployment, without deploying it."""

import re

from common.errors import BadInputError
from common.runtime import Runtime
from common.state.pauses import TEXT_CHARACTERS_MAX, Pause, read_pauses, write_pauses

NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, line breaks, and what stands for bytes that are not UTF-8."""


def pause(place: Runtime, workflow: str, *, by: str, why: str) -> Pause:
    """Pause a workflow: from the next tick on it is skipped, with who paused it and since when.

    Args:
        place: the deployment.
        workflow: its name.
        by: who pauses it.
        why: for its rows.

    Raises:
        BadInputError: an unknown workflow, one that is paused already, or a text that no line of
            `status` can hold.
    """
    _check_known(place, workflow)
    _check_text("--by", by)
    _check_text("--why", why)
    if not by.strip():
        raise BadInputError(f"--by {by!r} names nobody; write who pauses it")
    paused, generation = read_pauses(place.state)
    if workflow in paused:
        held = paused[workflow]
        raise BadInputError(f"{workflow} was paused already, by {held.by} since {held.since}")
    made = Pause(by=by, since=place.clock.now(), why=why)
    _write(place, {**paused, workflow: made}, generation)
    return made


def resume(place: Runtime, workflow: str) -> Pause | None:
    """Let a paused workflow run again from the next tick on; return its pause, None without one.

    Raises:
        BadInputError: an unknown workflow.
    """
    paused, generation = read_pauses(place.state)
    if workflow not in paused:  # one that is not enabled any more can be resumed
        _check_known(place, workflow)
        return None
    others = {name: held for name, held in paused.items() if name != workflow}
    _write(place, others, generation)
    return paused[workflow]


def _check_known(place: Runtime, workflow: str) -> None:
    if workflow not in place.configured:
        known = ", ".join(place.configured)
        raise BadInputError(f"no workflow {workflow!r} is enabled; known are {known}")


def _check_text(option: str, text: str) -> None:
    if found := NO_TEXT.search(text):
        raise BadInputError(f"{option} holds {found[0]!r}; write plain text on one line")
    if len(text) > TEXT_CHARACTERS_MAX:
        said = f"{option} has {len(text)} characters"
        raise BadInputError(f"{said}; write at most {TEXT_CHARACTERS_MAX}")


def _write(place: Runtime, paused: dict[str, Pause], generation: int) -> None:
    if not write_pauses(place.state, paused, generation):
        raise BadInputError("somebody else paused or resumed a workflow just now; run it again")
