"""`python -m local page` writes a date as one file."""

from pathlib import Path

import pytest

from tests.kit.operated import gone_wrong, run


def test_the_page_is_written_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Folders on the way are made, and the command says where the page lies."""
    out = tmp_path / "pages" / "day.html"
    done = run(gone_wrong(), monkeypatch, "page", "2025-11-12", "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, f"2025-11-12 written to {out}\n")
    assert out.read_text().startswith("<!doctype html>")
    assert "MIL@CHA" in out.read_text()
    assert 'href="/' not in out.read_text()
    assert run(gone_wrong(), monkeypatch, "page", "2025-11-12", "--out", str(out)).exit_code == 0
