"""`python -m local dlq list` and `show`: dead letters are looked at without loss."""

import json

import pytest
from click.testing import CliRunner

from local.commands.cli import main, run
from tests.local.commands.operate.conftest import NOON, PROJECT, Bench

TICK = "tick-master-controller"
DECISION = {"schema": "workflow-decision", "version": 1, "action": "RUN"}


def test_listing_shows_both_kinds_and_consumes_neither(bench: Bench) -> None:
    """Both kinds are listed with their errors, and listed again the second time."""
    bench.dead_letter("scraper_runner", '{"scraper": "nope"}')
    bench.give_up(TICK, b'{"schema": "tick", "version": 1}')
    found = bench.listed()
    assert [(one["function"], one["error_class"]) for one in found] == [
        ("scraper_runner", "BadInputError"),
        ("master_controller", "DeliveriesExhausted"),
    ]
    assert found[0]["error"] == "field: wrong"
    assert "gave up after 5 deliveries" in found[1]["error"]
    assert bench.listed() == found


def test_the_table_names_each_letter(bench: Bench) -> None:
    """The table shows function, error class and time of each letter."""
    bench.dead_letter("scraper_runner", "{}")
    done = bench.run("list")
    assert done.exit_code == 0
    for text in ("scraper_runner", "BadInputError", "2025-11-12 17:00:00", "1 dead letter"):
        assert text in done.stdout


def failed(instant: str) -> bytes:
    """Return a letter about a tick of noon, which was given up at an instant."""
    whole = {"schema": "dead-letter", "error_class": "E", "error": "e", "attributes": {}}
    times = {"failed_at": instant, "publish_time": NOON.isoformat()}
    letter = {**whole, **times, "function": "schedule_locker", "message_id": "7", "original": "{}"}
    return json.dumps(letter).encode()


def test_times_are_in_utc_and_those_of_the_original(bench: Bench) -> None:
    """The table has when a message failed; a replay says of when the message is."""
    bench.publish("dead-letters", failed("2025-11-12T19:30:00+01:00"))
    assert "2025-11-12 18:30:00" in bench.run("list").stdout
    said = f"to tick-schedule-locker, of {NOON.isoformat()}\n"
    assert said in bench.run("replay", "--all").stdout


def test_that_there_may_be_more_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many letters as one command looks at are not known to be all."""
    for _ in range(2):
        bench.dead_letter("scraper_runner", "{}")
    monkeypatch.setattr("local.commands.operate.dlq.LETTERS_MAX", 2)
    assert bench.run("replay", "--all").stdout.endswith(
        "; 2 were looked at; run it again for more\n"
    )


def test_that_there_may_be_more_of_a_function_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its letters are among those that were looked at, and more may stand behind them."""
    for function in ("scraper_runner", "scraper_logger"):
        bench.dead_letter(function, "{}")
    monkeypatch.setattr("local.commands.operate.dlq.LETTERS_MAX", 2)
    said = bench.run("replay", "--function", "scraper_runner").stdout
    assert said.endswith("; 2 were looked at; run it again for more\n")


def test_a_hostile_letter_cannot_move_the_cursor(bench: Bench) -> None:
    """Escape sequences, markup and line breaks in a letter are shown as text."""
    bench.dead_letter("\x1b[31m[red]x\n", "{}")
    done = bench.run("list")
    assert "\x1b[31m" not in done.stdout
    assert " [31m[red]x " in done.stdout


def test_show_prints_the_whole_letter(bench: Bench) -> None:
    """`show` prints original, attributes and times; a JSON original is printed as JSON."""
    bench.dead_letter("scraper_runner", '{"scraper": "nope"}', origin="a test")
    (listed,) = bench.listed()
    done = bench.run("show", listed["id"])
    shown = json.loads(done.stdout)
    assert shown["original"] == {"scraper": "nope"}
    assert shown["attributes"] == {"origin": "a test"}
    assert (shown["published"], shown["message_id"]) == (NOON.isoformat(), "7")


def test_r7_a_bomb_is_listed_with_its_function_and_error(bench: Bench) -> None:
    """An original with very many JSON values does not make its letter unreadable."""
    bench.dead_letter("schedule_locker", '{"a":[' + "[]," * 80_000 + "[]]}")
    (letter,) = bench.listed()
    assert (letter["function"], letter["error"]) == ("schedule_locker", "field: wrong")


def test_many_large_letters_are_listed(bench: Bench) -> None:
    """Letters of together more than the 4 MiB of gRPC's default limit are listed."""
    for _ in range(18):
        bench.dead_letter("schedule_locker", "x" * 300_000)
    assert len(bench.listed()) == 18


@pytest.mark.parametrize("original", ['{"version":NaN}', '{"version":1,"version":2}'])
def test_an_original_that_is_no_json_is_shown_as_it_came(bench: Bench, original: str) -> None:
    """An original that is not valid JSON is printed as a string, unchanged."""
    bench.dead_letter("schedule_locker", original)
    done = bench.run("show", bench.listed()[0]["id"])
    assert json.loads(done.stdout)["original"] == original


def test_the_oldest_letter_stands_first(bench: Bench) -> None:
    """In whichever order they came; `--limit` leaves the newest out, and a replay begins there."""
    one, two, three = (f"2025-11-12T17:0{minutes}:00+00:00" for minutes in (1, 2, 3))
    for instant in (two, one, three):
        bench.publish("dead-letters", failed(instant))
    found = bench.listed()
    assert [letter["failed_at"] for letter in found] == [one, two, three]
    assert json.loads(bench.run("list", "--json", "--limit", "2").stdout) == found[:2]
    *said, _ = bench.run("replay", "--all").stdout.splitlines()
    assert [line.split()[1] for line in said] == [letter["id"] for letter in found]


def test_letters_are_filtered_before_they_are_counted(bench: Bench) -> None:
    """`--limit 1` of a function finds its letter behind older ones of others (FU5)."""
    for _ in range(3):
        bench.dead_letter("schedule_locker", "{}")
    bench.dead_letter("scraper_runner", "{}")
    done = bench.run("list", "--json", "--function", "scraper_runner", "--limit", "1")
    assert [one["function"] for one in json.loads(done.stdout)] == ["scraper_runner"]


@pytest.mark.parametrize("spelling", ["scraper_runner", "scraper-runner"])
def test_a_function_is_known_in_both_spellings(bench: Bench, spelling: str) -> None:
    """Google Cloud's spelling of a function finds its letters as ours does (FU5)."""
    bench.dead_letter("scraper_runner", "{}")
    done = bench.run("list", "--json", "--function", spelling)
    assert len(json.loads(done.stdout)) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["drop", "nope"], "no dead letter 'nope' waits"),
        (["list", "--function", "runner"], "'runner' is no function; known are schedule_locker"),
        (["show", "nope"], "no dead letter 'nope' waits"),
        (["replay", "nope"], "no dead letter 'nope' waits"),
        (["replay"], "give one of ID, --function NAME or --all"),
        (["replay", "7", "--all"], "give one of ID, --function NAME or --all"),
    ],
    ids=str,
)
def test_a_mistake_is_refused(bench: Bench, arguments: list[str], expected: str) -> None:
    """An unknown letter or an ambiguous choice is refused with what to give."""
    done = bench.run(*arguments)
    assert done.exit_code == 2
    assert expected in done.output


def test_an_error_is_one_line_and_exit_status_2(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown letter is one line on standard error with exit status 2."""
    monkeypatch.setattr("sys.argv", ["local", "dlq", "--project", PROJECT, "show", "nope"])
    with pytest.raises(SystemExit) as ended:
        run()
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (2, "")
    assert written.err.startswith("error: no dead letter 'nope' waits")
    assert written.err.count("\n") == 1


def test_a_project_without_the_subscription_is_refused(bench: Bench) -> None:
    """The error names the missing subscription."""
    bench.broker.delete_subscription(f"projects/{PROJECT}/subscriptions/dead-letters--kept")
    done = bench.run("list")
    assert done.exit_code == 2
    assert "subscriptions/dead-letters--kept" in done.output


def test_without_a_stack_or_a_project_the_error_names_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a kept stack the error names `up` and `--project`."""
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: None)
    done = CliRunner().invoke(main, ["dlq", "list"])
    assert isinstance(done.exception, SystemExit)
    assert "python -m local up; or name a Google Cloud project with --project" in done.output
