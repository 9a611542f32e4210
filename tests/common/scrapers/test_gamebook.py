"""What is no whole PDF is not stored as one."""

import pytest

from common.scrapers.gamebook import check_pdf
from common.scrapers.model import ContractError


@pytest.mark.parametrize("before", [b" ", b"<html>", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_pdf_begins_with_its_mark(before: bytes) -> None:
    """A page that contains one is none; the error shows its beginning."""
    check_pdf(b"%PDF-1.4 %%EOF", "x")
    body = before + b"%PDF-1.4 and more %%EOF"
    with pytest.raises(ContractError) as caught:
        check_pdf(body, "x")
    assert str(caught.value) == f"x: the file starts with {body[:20]!r}, not with %PDF-"


@pytest.mark.parametrize(("after", "is_whole"), [(1024 - 5, True), (1025 - 5, False)])
def test_a_pdf_ends_within_a_kilobyte_of_its_end_mark(after: int, *, is_whole: bool) -> None:
    """The whole mark stands there; of a file that is cut off the error has the length."""
    body = b"%PDF-1.4 %%EOF" + b" " * after
    if is_whole:
        check_pdf(body, "x")
        return
    with pytest.raises(ContractError, match=f"^x: the PDF of {len(body)} bytes is cut off$"):
        check_pdf(body, "x")
