"""Injury reports as the league draws them: words apart, hyphens at their ends, a masthead."""

from datetime import date, datetime, timedelta

import pytest
from fpdf import FPDF

from common.eastern import EASTERN
from common.scrapers import get
from common.scrapers.injury_report import KEYS, LAST_HOURLY, NOT_SUBMITTED, file_name
from common.scrapers.model import ContractError, Parsed, Target
from local.fake_sources.pdfs import COLUMNS, LINE, TOP

DAY = date(2025, 11, 1)
MASTHEAD = "Injury Report: 11/01/25 05:30 PM"
WHO = ("11/01/2025", "08:00 (ET)", "AAA@BBB", "Alpha- Omega Town")


def report(
    *rows: tuple[str, str, str],
    masthead: str = MASTHEAD,
    who: tuple[str, ...] = WHO,
    heading: tuple[str, ...] = tuple(name for _, name in COLUMNS),
    left: float = 0,
) -> bytes:
    """Return a report of one team's players: name, status and reason, drawn word by word.

    The cells of the first column may stand to the left of their heading.
    """
    pdf = FPDF(orientation="landscape", unit="pt", format="A4")
    pdf.set_creation_date(datetime(2025, 11, 1, tzinfo=EASTERN))
    pdf.add_page()
    pdf.set_font("Helvetica", size=8)
    lines = [("Page 1 of 1",) if not masthead else (masthead,), heading]
    lines += [(*(who if number == 0 else ("",) * 4), *row) for number, row in enumerate(rows)]
    for place, line in enumerate(lines):
        for (x, _), text in zip(COLUMNS, line, strict=False):
            at = (
                289.0
                if place == 0
                else float(x) - (left if place > 1 and x == COLUMNS[0][0] else 0)
            )
            for word in text.split():
                pdf.text(at, 62 if place == 0 else TOP + place * LINE, word)
                at += pdf.get_string_width(word + " ")
    return bytes(pdf.output())


def read(body: bytes, day: date = DAY) -> Parsed:
    """Return what the scraper reads for a date."""
    name = "nbac_injury_report"
    return get(name).parse([body], Target(name, day, "2025-26"))


def test_fs03_hyphens_over_two_words_are_mended_in_every_column() -> None:
    """A word that is drawn in two parts is one word again; a dash between words stays."""
    rows = read(
        report(
            ("First- Second, Dorian", "Out", "Injury/Illness - Left Ankle; Sprain"),
            ("Plain, Robert", "Out", "G League - Two- Way"),
            ("North- South III, Jo- Ann", "Questionable", "Not With Team"),
        )
    ).records
    assert [row["player"] for row in rows] == [
        "First-Second, Dorian",
        "Plain, Robert",
        "North-South III, Jo-Ann",
    ]
    assert [row["reason"] for row in rows] == [
        "Injury/Illness - Left Ankle; Sprain",
        "G League - Two-Way",
        "Not With Team",
    ]
    assert {row["team"] for row in rows} == {"Alpha-Omega Town"}


def test_fs12_a_report_of_another_day_breaks_the_contract() -> None:
    """The error names the date of the masthead and the one that was asked for."""
    body = report(("Plain, Robert", "Out", "Rest"))
    assert read(body).count == 1
    with pytest.raises(ContractError, match="2025-11-01, asked was 2025-12-01"):
        read(body, date(2025, 12, 1))


@pytest.mark.parametrize("masthead", ["", f"The last {MASTHEAD}", "Injury Report: 11/01/2"])
def test_fs12_a_report_without_its_date_breaks_the_contract(masthead: str) -> None:
    """A report that cannot be held against the date is not stored under it."""
    with pytest.raises(ContractError, match=r"^nbac_injury_report: no line gives the report's"):
        read(report(("Plain, Robert", "Out", "Rest"), masthead=masthead))


def test_s8_the_last_hourly_report_is_named_by_its_hour() -> None:
    """The report of 08:30 on 22 December 2025 has the old name, the next one the new."""
    quarter = timedelta(minutes=15)
    assert file_name(LAST_HOURLY) == "Injury-Report_2025-12-22_08AM.pdf"
    assert file_name(LAST_HOURLY + quarter) == "Injury-Report_2025-12-22_08_45AM.pdf"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 11, 1), "Injury-Report_2025-10-31_05PM.pdf"),
        (date(2025, 12, 24), "Injury-Report_2025-12-23_05_30PM.pdf"),
    ],
)
def test_fs16_the_report_that_must_exist_is_that_of_the_evening_before(
    day: date, name: str
) -> None:
    """That of half past five has a name in either form."""
    canary = get("nbac_injury_report").canary
    assert canary is not None
    call = canary(Target("nbac_injury_report", day, "2025-26"))
    assert (call.path, call.label) == (f"/referee/injury/{name}", name)


@pytest.mark.parametrize(
    ("who", "row", "said"),
    [
        ({0: "11/1/2025"}, ("Plain, Robert", "Out", "Rest"), "game_date is '11/1/2025'"),
        ({2: "AA@BBB"}, ("Plain, Robert", "Out", "Rest"), "matchup is 'AA@BBB'"),
        ({2: "AAA@BB"}, ("Plain, Robert", "Out", "Rest"), "matchup is 'AAA@BB'"),
        ({2: "AAA@BBBB"}, ("Plain, Robert", "Out", "Rest"), "matchup is 'AAA@BBBB'"),
        ({0: "11/01/20255"}, ("Plain, Robert", "Out", "Rest"), "game_date is '11/01/20255'"),
        ({0: ""}, ("Plain, Robert", "Out", "Rest"), "game_date is None"),
        ({2: ""}, ("Plain, Robert", "Out", "Rest"), "matchup is None"),
        ({3: ""}, ("Plain, Robert", "Out", "Rest"), "team is missing"),
        ({}, ("", "Out", "Rest"), "player is missing"),
        ({}, ("", "", "Rest"), "player is missing"),
        ({}, ("Plain, Robert", "Suspended", "Rest"), "status is 'Suspended'"),
        ({}, ("Plain, Robert", "", "Rest"), "status is None"),
    ],
)
def test_a_row_that_was_read_in_wrong_columns_breaks_the_contract(
    who: dict[int, str], row: tuple[str, str, str], said: str
) -> None:
    """Each column has a form or words of its own; a team alone may have no player yet."""
    assert read(report(("", "", NOT_SUBMITTED))).count == 1
    changed = tuple(who.get(place, text) for place, text in enumerate(WHO))
    given = zip(KEYS, (*changed, *row), strict=True)
    shown = {key: text.replace("- ", "-") for key, text in given if text}
    with pytest.raises(ContractError) as caught:
        read(report(row, who=changed))
    assert str(caught.value) == f"nbac_injury_report: {said} in {shown}"


def test_a_table_without_its_heading_breaks_the_contract() -> None:
    """Nobody knows where its columns begin, not even those of its first row."""
    with pytest.raises(ContractError, match="heading is missing before '11/01/2025 08:00"):
        read(report(("Plain, Robert", "Out", "Rest"), heading=("",)))


def test_a_cell_left_of_the_first_heading_is_of_the_first_column() -> None:
    """There is no column before it."""
    row = ("Plain, Robert", "Out", "Rest")
    assert read(report(row, left=9)).records == read(report(row)).records


def test_every_row_of_a_report_is_checked() -> None:
    """A wrong one after a right one breaks the contract too."""
    right, wrong = ("Plain, Robert", "Out", "Rest"), ("Other, Ann", "Suspended", "Rest")
    with pytest.raises(ContractError, match="status is 'Suspended'"):
        read(report(right, wrong))
