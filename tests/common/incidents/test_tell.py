"""Sweeps tell of incidents once, whatever restarts, meets or fails meanwhile."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.cloud.ports import Row
from common.errors import ConflictError
from common.incidents.incident import read_incident
from common.incidents.tell import FAILED, SEEN_BACK, Telling, tell
from common.incidents.told import HELD_FOR, Ledger, Told, read_ledger, write_ledger
from common.incidents.webhook import TRIES
from common.settings import Settings, read_settings
from common.state import names
from local.simulator.ports.intercepted import Call, Do
from local.simulator.world import World
from tests.kit.breaks import failing, tapped
from tests.kit.incidents import incident_row
from tests.kit.receiver import receiving
from tests.kit.sweeps import SWEEP_INTERVAL, sweep
from tests.kit.world import SWEEP

OPENED = SWEEP - timedelta(minutes=5)


def row(closed: datetime | None = None, key: str = "betting_lines") -> Row:
    """Return a row of the view."""
    return incident_row("execution", key, OPENED, closed)


def settings(world: World, **more: object) -> Settings:
    """Return the settings of a world's functions with others."""
    held = world.runtime.settings
    return read_settings({}).model_validate({**held.model_dump(), **more})


def show(world: World, *rows: Row) -> None:
    """Let the view show some rows from now on."""
    world.warehouse.views["incidents"] = [*rows]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines about incidents that were logged since the last look."""
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [
        line for line in logged if "INCIDENT" in line.get("code", "") or line.get("code") == FAILED
    ]


def test_an_incident_is_told_when_it_opens_and_when_it_is_over(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line each, with what the policy takes as labels; the sweeps' rows name both."""
    assert sweep(world, -1)["told"] == []
    show(world, row())
    assert sweep(world, 0)["told"] == ["log: INCIDENT_OPENED execution betting_lines"]
    assert sweep(world, 1)["told"] == []
    show(world, row(SWEEP + SWEEP_INTERVAL))
    assert sweep(world, 2)["told"] == ["log: INCIDENT_CLOSED execution betting_lines"]
    assert sweep(world, 3)["told"] == []
    opened, closed = lines(capsys)
    assert {
        name: opened[name] for name in ("severity", "code", "rule", "incident_key", "change")
    } == {
        "severity": "ERROR",
        "code": "INCIDENT_OPENED",
        "rule": "execution",
        "incident_key": "betting_lines",
        "change": "OPENED",
    }
    assert opened["opened"] == OPENED.isoformat()
    assert "BLOCKED: oddsa_events" in opened["message"]
    assert (closed["severity"], closed["code"]) == ("INFO", "INCIDENT_CLOSED")


def test_an_idle_sweep_writes_nothing_about_incidents(world: World) -> None:
    """It reads what was told, and that is all; the first look alone writes when it was."""
    sweep(world, 0)
    _, generation = read_ledger(world.runtime.state)
    sweep(world, 1)
    show(world, row())
    assert read_ledger(world.runtime.state)[1] == generation
    sweep(world, 2)
    assert read_ledger(world.runtime.state)[1] > generation


def test_a_view_that_cannot_be_read_spoils_no_sweep(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row is there, a line says why nobody was told, and the next sweep tells."""
    show(world, row())
    with tapped(world, failing(ServiceUnavailable("BigQuery is away"), "view"), "warehouse"):
        held = sweep(world, 0)
    assert (held["status"], held["told"]) == ("OK", [])
    (line,) = lines(capsys)
    assert {name: line[name] for name in ("severity", "code", "item", "error_class", "error")} == {
        "severity": "ERROR",
        "code": FAILED,
        "item": "all roads",
        "error_class": "ServiceUnavailable",
        "error": "503 BigQuery is away",
    }
    assert sweep(world, 1)["told"] == ["log: INCIDENT_OPENED execution betting_lines"]


@pytest.mark.parametrize("change", [{"level": "FATAL"}, {"opened": None}, {"rule": None}])
def test_a_view_of_another_form_spoils_no_sweep(world: World, change: dict[str, Any]) -> None:
    """Nothing is told, and the sweep's row is there."""
    show(world, {**row(), **change})
    held = sweep(world, 0)
    assert (held["status"], held["told"]) == ("OK", [])


def test_of_two_sweeps_at_once_one_tells(world: World) -> None:
    """Both have read that nothing was told; the object has changed under the second one."""
    runtime, seen = world.runtime, [read_incident(row())]
    now = runtime.clock.now()
    ledger, generation = read_ledger(runtime.state)
    assert tell(runtime, now, seen, ledger, generation)
    assert tell(runtime, now, seen, ledger, generation) == []


def test_a_sweep_that_sends_holds_the_others(world: World) -> None:
    """One that comes while another sends leaves it to that; it goes on when the hold is over."""
    runtime, seen = world.runtime, [read_incident(row())]
    now = runtime.clock.now()
    assert write_ledger(runtime.state, Ledger(held_until=now + HELD_FOR), 0)
    assert tell(runtime, now, seen, *read_ledger(runtime.state)) == []
    assert tell(runtime, now + HELD_FOR, seen, *read_ledger(runtime.state))


@pytest.mark.parametrize(("later", "lines"), [(timedelta(), 0), (HELD_FOR, 1)])
def test_a_look_is_of_the_instant_of_its_sweep(world: World, later: timedelta, lines: int) -> None:
    """Whatever the clock says by then, that instant is held against the hold."""
    now, state = world.runtime.clock.now(), world.runtime.state
    assert write_ledger(state, Ledger(held_until=now + HELD_FOR), 0)
    show(world, row())
    assert len(Telling(world.runtime, now + later).tell()) == lines


def test_a_sweep_that_dies_after_sending_is_repeated_once(world: World) -> None:
    """The note is lost, so the sweep after the hold sends the same again, and then nobody."""
    writes = []

    def dies(call: Call, do: Do) -> Any:
        if call.subject == names.TOLD and call.writes:
            writes.append(call)
            if len(writes) == 2:
                raise ConnectionError("the process is gone")
        return do()

    show(world, row())
    with tapped(world, dies, "storage"):
        assert sweep(world, 0)["told"] == []
    assert [len(sweep(world, number)["told"]) for number in (1, 2)] == [1, 0]


def test_a_note_that_is_overwritten_is_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody else has written while a sweep held it: what was sent may be sent once more."""
    writes = []

    def meets(call: Call, do: Do) -> Any:
        if call.subject == names.TOLD and call.writes:
            writes.append(call)
            if len(writes) == 2:
                raise ConflictError("another was first")
        return do()

    show(world, row())
    with tapped(world, meets, "storage"):
        assert sweep(world, 0)["told"] == []
    opened, failed = lines(capsys)
    assert (opened["code"], failed["code"]) == ("INCIDENT_OPENED", FAILED)
    assert failed["error"] == "what was told was overwritten; it may be told once more"


def test_one_road_s_trouble_is_not_the_other_s(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The webhook is down for two sweeps: the log tells once, the webhook when it is back."""
    show(world, row())
    with receiving() as receiver:
        world.runtime.settings = settings(world, webhook=receiver.url)
        receiver.answers += [(503, {})] * 2 * TRIES
        assert sweep(world, 0)["told"] == ["log: INCIDENT_OPENED execution betting_lines"]
        assert sweep(world, 1)["told"] == []
        assert sweep(world, 2)["told"] == ["webhook: INCIDENT_OPENED execution betting_lines"]
        assert sweep(world, 3)["told"] == []
    assert [body["code"] for body in receiver.posted] == ["INCIDENT_OPENED"] * (2 * TRIES + 1)
    logged = lines(capsys)
    assert [line["code"] for line in logged] == ["INCIDENT_OPENED", FAILED, FAILED]
    assert {line.get("item") for line in logged} == {None, "webhook"}


def test_no_notice_overtakes_one_that_could_not_be_sent(world: World) -> None:
    """The webhook refuses the first of two: the second one waits, and both come in order."""
    show(world, row(), row(key="injury_discovery"))
    with receiving() as receiver:
        world.runtime.settings = settings(world, webhook=receiver.url)
        receiver.answers += [(503, {})] * TRIES
        sweep(world, 0)
        assert len(receiver.posted) == TRIES
        sweep(world, 1)
    ids = [body["id"] for body in receiver.posted]
    assert len(set(ids[: TRIES + 1])) == 1
    assert len(ids) == TRIES + 2
    assert ids[-1] != ids[0]


def test_what_is_over_is_told_in_the_order_in_which_it_was_told(world: World) -> None:
    """One that was told first is the first to be over, whichever began before."""
    late, early = row(key="a"), {**row(key="b"), "opened": OPENED - timedelta(hours=1)}
    over = SWEEP + timedelta(minutes=20)
    for number, rows in enumerate(([late], [late, early])):
        show(world, *rows)
        sweep(world, number)
    show(world, {**early, "closed": over}, {**late, "closed": over})
    assert [line[-1] for line in sweep(world, 2)["told"]] == ["a", "b"]


def test_a_road_that_is_added_begins_with_what_is_open(world: World) -> None:
    """It tells nothing of what was over before; the log has told of what is open."""
    show(world, row(), row(SWEEP - timedelta(minutes=1), key="injury_discovery"))
    sweep(world, 0)
    with receiving() as receiver:
        world.runtime.settings = settings(world, webhook=receiver.url)
        assert sweep(world, 1)["told"] == ["webhook: INCIDENT_OPENED execution betting_lines"]
    assert len(receiver.posted) == 1


def test_a_spoilt_note_tells_again_what_is_open(world: World) -> None:
    """Better twice than never."""
    show(world, row())
    sweep(world, 0)
    state = world.runtime.state
    world.storage.replace(state.bucket, names.TOLD, b"[]", generation=read_ledger(state)[1])
    assert sweep(world, 1)["told"] == ["log: INCIDENT_OPENED execution betting_lines"]


def test_a_deployment_that_does_not_tell_reads_nothing(world: World) -> None:
    """A replayed day's emulator would take a second for each sweep."""
    world.runtime.settings = settings(world, tell_incidents=False)
    show(world, row())
    asked: list[Call] = []

    def sees(call: Call, do: Do) -> Any:
        asked.append(call)
        return do()

    with tapped(world, sees, "warehouse", "storage"):
        assert Telling(world.runtime, SWEEP).tell() == []
    assert asked == []
    assert read_ledger(world.runtime.state)[1] == 0


@pytest.mark.parametrize(("late", "lines"), [(timedelta(), 1), (timedelta(seconds=1), 0)])
def test_an_end_of_eight_days_ago_is_still_told(world: World, late: timedelta, lines: int) -> None:
    """No older one: sweeps are never so late, and what was told of it is forgotten."""
    now = world.runtime.clock.now()
    state = world.runtime.state
    since = Told(since=now - 2 * SEEN_BACK)
    assert write_ledger(state, Ledger(roads={"log": since}), 0)
    over = now - SEEN_BACK - late
    show(world, {**row(over), "opened": over - timedelta(days=1)})
    assert len(Telling(world.runtime, now).tell()) == lines


def test_a_road_that_is_taken_away_is_remembered(world: World) -> None:
    """What it has told is not told again when it comes back."""
    now, state = world.runtime.clock.now(), world.runtime.state
    held = Told(since=now, digest=now.date())
    assert write_ledger(state, Ledger(roads={"webhook": held}), 0)
    assert Telling(world.runtime, now).tell() == []
    assert read_ledger(state)[0].roads == {"webhook": held, "log": Told(since=now)}
    show(world, row())
    assert len(Telling(world.runtime, now).tell()) == 1
    assert read_ledger(state)[0].roads["webhook"] == held


def test_a_sweep_that_dies_while_it_sends_loses_nothing(world: World) -> None:
    """Its hold keeps what was told before, by every road."""
    now, state = world.runtime.clock.now(), world.runtime.state
    held = Told(since=now - timedelta(days=1), digest=now.date())
    told = Ledger(roads={"log": held, "webhook": held})  # of a webhook that was taken away
    assert write_ledger(state, told, 0)
    seen = []

    def sees(call: Call, do: Do) -> Any:
        if call.subject == names.TOLD and call.writes:
            seen.append(Ledger.model_validate_json(call.args[2]))
        return do()

    show(world, row())
    with tapped(world, sees, "storage"):
        Telling(world.runtime, now).tell()
    hold, noted = seen
    assert (hold.held_until, hold.roads) == (now + HELD_FOR, told.roads)
    assert noted.held_until is None
    assert noted.roads["log"].digest == now.date()
    assert [*noted.roads["log"].known] == ["execution betting_lines"]
