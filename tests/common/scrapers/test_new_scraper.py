"""A scraper with a source of its own is one file and a line in a workflow."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from common.settings import ROOT

SCRAPER = '''"""The scraper of who opens the arenas, from a host of its own."""

from collections.abc import Sequence
from datetime import datetime

from common.scrapers.model import Call, Parsed, Scraper, Target
from common.scrapers.shape import load, need, objects
from common.scrapers.source import SourceSpec, declare

ARENAS = declare(SourceSpec("arenas", "Arenas", "https://arenas.example"))


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    day = target.target_date.isoformat()
    return [Call(ARENAS.name, "/doors", {"date": day}, day)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    answer = load(bodies[0], target.scraper)
    rows = objects(need(answer, "doors", list, target.scraper), target.scraper)
    return Parsed(rows, len(rows))


DOORS = Scraper("arena_doors", "date", _calls, _parse)
'''
SAMPLE = '{"doors": [{"arena": "Spectrum Center"}, {"arena": "Ball Arena"}]}'
STEPS = "    steps:\n"
STEP = "      - scrapers: [arena_doors]\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy the project, add the scraper's file and its sample, and name it in a step."""
    for folder in ("common", "config", "docs", "functions", "local", "tests/kit/samples"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / "common" / "scrapers" / "arena_doors.py").write_text(SCRAPER)
    (tmp_path / "tests" / "kit" / "samples" / "arena_doors.json").write_text(SAMPLE)
    workflows = tmp_path / "config" / "workflows.yaml"
    text = workflows.read_text()
    assert text.index(STEPS) < text.index("betting_lines")
    workflows.write_text(text.replace(STEPS, STEPS + STEP, 1))
    return tmp_path


def run(tree: Path, *arguments: str, status: int = 0, **environment: str) -> str:
    """Run a command of the copied project, and return what it prints."""
    command = [sys.executable, "-m", "local", *arguments]
    done = subprocess.run(
        command,
        cwd=tree,
        env={"PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def test_fu6_a_scraper_and_its_source_are_one_file(tree: Path) -> None:
    """It is collected in the morning and logged with its sample's records; nothing else changes."""
    slate = str(ROOT / "config" / "slates" / "2025-11.json")
    dates = ("--from", "2025-11-12", "--to", "2025-11-12")
    run(tree, "simulate", "--schedule", slate, *dates, "--out", str(tree / "out"))
    log = (tree / "out" / "scraper_execution_log.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, log) if row["scraper_name"] == "arena_doors"]
    first = rows[0]
    assert (first["status"], first["outcome"]) == ("SUCCESS", "SUCCESS")
    assert first["records_processed"] == 2
    assert first["gcs_path"].startswith("gs://nba-scraped-data/arena-doors/2025-11-12/")
    assert first["workflow_name"] == "morning_operations"


def test_its_source_has_settings_of_its_own(tree: Path) -> None:
    """The list shows the scraper, and a variable of its source is not refused."""
    shown = run(tree, "scrapers", NBA_ARENAS_URL="https://gateway.example")
    line = next(line for line in shown.splitlines() if "arena_doors" in line)
    assert all(text in line for text in ("arenas", "morning_operations", "ready"))


def test_check_is_content_with_it(tree: Path) -> None:
    """The new scraper is no error and no warning; that the table may list it is a note."""
    ready = {"NBA_HTTP_PROXY": "http://proxy.example:3128", "NBA_ODDS_API_KEY": "k"}
    found = json.loads(run(tree, "check", "--json", **ready))
    assert {one["level"] for one in found} == {"note"}
    named = [one["where"] for one in found if "arena" in one["text"]]
    assert named == ["docs/scrapers.md"]


def test_check_names_what_a_scraper_lacks(tree: Path) -> None:
    """Without its step it is an error, and without its sample a warning."""
    shutil.copy(ROOT / "config" / "workflows.yaml", tree / "config" / "workflows.yaml")
    (tree / "tests" / "kit" / "samples" / "arena_doors.json").unlink()
    found = json.loads(run(tree, "check", "--json", status=1))
    texts = {one["level"]: one["text"] for one in found if "arena_doors" in one["text"]}
    assert "nothing triggers arena_doors; put it into a step" in texts["error"]
    assert "arena_doors has no sample" in texts["warning"]
