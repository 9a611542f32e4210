"""By which roads a deployment tells, and what its log line has."""

import json
from typing import Any

import pytest

from common.incidents.incident import read_incident
from common.incidents.notice import Change, Notice
from common.incidents.roads import log_notice, roads_of
from common.settings import read_settings
from tests.kit.incidents import incident_row
from tests.kit.placed import placed
from tests.kit.state import NOON


@pytest.mark.parametrize(
    ("environment", "roads"),
    [
        ({}, ["log"]),
        ({"NBA_WEBHOOK": "https://host/path"}, ["log", "webhook"]),
        ({"NBA_WEBHOOK_FILE": "/mounted/webhook"}, ["log", "webhook"]),
    ],
)
def test_a_webhook_is_a_second_road(environment: dict[str, str], roads: list[str]) -> None:
    """Where its address is set, or the file of a secret."""
    place, _ = placed(NOON)
    place.settings = read_settings(environment)
    assert [*roads_of(place)] == roads


@pytest.mark.parametrize(
    ("change", "level", "severity"),
    [
        ("OPENED", "ERROR", "ERROR"),
        ("OPENED", "WARNING", "WARNING"),
        ("OPENED", "TEST", "INFO"),
        ("DIGEST", "ERROR", "ERROR"),
        ("CLOSED", "ERROR", "INFO"),
    ],
)
def test_a_line_has_all_that_a_policy_takes_of_it(
    change: Change, level: str, severity: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As bad as its incidents, unless they are over; its labels tell two notices apart."""
    notice = Notice(change, (read_incident(incident_row("execution", "lines", NOON, level=level)),))
    log_notice(notice)
    line: dict[str, Any] = json.loads(capsys.readouterr().err)
    assert line == {
        "severity": severity,
        "message": "\n".join([notice.title, *notice.lines]),
        "code": f"INCIDENT_{change}",
        "rule": "execution",
        "incident_key": "lines",
        "change": change,
        "opened": NOON.isoformat(),
    }
