"""`python -m local backfill` prints its plan, carries it out, and then has nothing to do."""

import json
from datetime import date, time, timedelta

import pytest

from common.eastern import at
from local.commands.operate.backfill import Told
from local.operate.asking import Question
from local.operate.backfill import Filled, Plan
from tests.kit.operated import day_gone_wrong, gone_wrong, mend, run
from tests.kit.world import DAY, new_world

DATES = ("--from", "2025-11-12", "--to", "2025-11-12")


def test_fu12_dry_run_then_run_then_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of the dry run is taken, each row is a line, and a second run asks for nothing."""
    world = day_gone_wrong(at(date(2025, 11, 13), time(0, 5)))
    mend(world)
    world.clock.move(world.clock.now() + timedelta(minutes=40))
    sent = len(world.publisher.published)
    planned = run(world, monkeypatch, "backfill", *DATES, "--dry-run").stdout
    assert planned.startswith("ask for nbac_play_by_play of MIL@CHA of 2025-11-12\n")
    assert "\nleave   nbac_referee_assignments shows the present only" in planned
    assert len(world.publisher.published) == sent
    digest = planned.splitlines()[-1].removeprefix("18 scrapes, digest ")
    done = run(world, monkeypatch, "backfill", *DATES, "--digest", digest)
    assert done.exit_code == 0
    assert done.stdout.startswith("1/18 SUCCESS   nbac_play_by_play of MIL@CHA of 2025-11-12 → gs:")
    assert done.stdout.endswith("\n18 asked for, 18 found\n")
    again = run(world, monkeypatch, "backfill", *DATES)
    assert again.stdout.endswith("\nnothing to ask for\n")


def test_another_digest_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has changed since the plan was looked at is not asked for."""
    world = gone_wrong()
    sent = len(world.publisher.published)
    done = run(world, monkeypatch, "backfill", *DATES, "--digest", "12345678")
    assert (done.exit_code, len(world.publisher.published)) == (2, sent)
    assert done.stderr == (
        "error: the facts have changed since digest 12345678: it is 4ad0d1b6 now, for 18 scrapes; "
        "look at the plan again with --dry-run\n"
    )


def test_what_is_still_missing_is_exit_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """The errors are there, and how many are missing; as JSON, one object a line."""
    world = day_gone_wrong(at(date(2025, 11, 13), time(0, 5)))
    done = run(world, monkeypatch, "backfill", *DATES, "--json")
    assert done.exit_code == 1
    assert {json.loads(line)["outcome"] for line in done.stdout.splitlines()} == {"FAILED"}
    assert "18 asked for, 0 found, 18 still missing\n" in done.stderr


def test_a_scraper_that_stands_in_is_expected_once_it_is_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No line's number is above what is expected by then, and the last one's is all of it."""
    first, second, alone = (Question(name, DAY) for name in ("one", "two", "three"))
    told = Told(Plan(((first, second), (alone,)), ()), as_json=False)
    for question, outcome in ((first, "FAILED"), (alone, "FAILED"), (second, "SUCCESS")):
        told(question, {"outcome": outcome, "error_message": None, "gcs_path": "gs://b/x"})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1/3", "2/3", "3/3"]


def test_what_has_no_answer_yet_is_exit_status_1_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes the requests: each is named, and a script sees that nothing is filled."""
    world = day_gone_wrong(at(date(2025, 11, 13), time(0, 5)))
    world.transport.lose(lambda delivery: delivery.function == "scraper_runner")
    done = run(world, monkeypatch, "backfill", *DATES, "--wait", "5")
    assert done.exit_code == 1
    assert "no answer yet: nbac_play_by_play of MIL@CHA of 2025-11-12" in done.stdout
    assert "18 asked for, 0 found\n" in done.stdout
    as_json = run(world, monkeypatch, "backfill", *DATES, "--wait", "5", "--json")
    assert (as_json.exit_code, as_json.stdout) == (1, "")
    assert "no answer yet: nbac_play_by_play of MIL@CHA of 2025-11-12" in as_json.stderr


def test_a_plan_names_who_can_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they are asked."""
    gap = tuple(Question(name, DAY) for name in ("one", "two", "three"))
    monkeypatch.setattr("local.operate.backfill.plan_of", lambda *_: Plan((gap,), ("why",)))
    asked = ("backfill", *DATES, "--dry-run")
    digest = Plan((gap,), ()).digest
    assert run(new_world(), monkeypatch, *asked).stdout.splitlines() == [
        "ask for one of 2025-11-12; where it fails, two, then three",
        "leave   why",
        f"1 scrapes, digest {digest}",
    ]
    assert json.loads(run(new_world(), monkeypatch, *asked, "--json").stdout) == {
        "digest": digest,
        "scrapes": [
            {
                "scraper": "one",
                "date": "2025-11-12",
                "game_id": None,
                "alternatives": ["two", "three"],
            }
        ],
        "left": ["why"],
    }


def test_a_gap_counts_once_however_many_can_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the refusal of a digest, and in the totals at the end."""
    first, second, alone = (Question(name, DAY) for name in ("one", "two", "three"))
    plan = Plan(((first, second), (alone,)), ("why",))
    monkeypatch.setattr("local.operate.backfill.plan_of", lambda *_: plan)
    came = Filled(1, (alone,), ())
    monkeypatch.setattr("local.operate.backfill.fill", lambda *_, **__: came)
    refused = run(new_world(), monkeypatch, "backfill", *DATES, "--digest", "12345678")
    assert f"it is {plan.digest} now, for 2 scrapes; " in refused.stderr
    done = run(new_world(), monkeypatch, "backfill", *DATES)
    assert done.stdout == "left: why\n2 asked for, 1 found, 1 still missing\n"


def test_the_plan_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digest, scrapes and what is left."""
    plan = json.loads(
        run(gone_wrong(), monkeypatch, "backfill", *DATES, "--dry-run", "--json").stdout
    )
    assert len(plan["digest"]) == 8
    assert plan["scrapes"][0] == {
        "scraper": "nbac_play_by_play",
        "date": "2025-11-12",
        "game_id": "0022500213",
        "alternatives": [],
    }
    assert len(plan["left"]) == 1
