"""What is no whole PDF is not stored as one."""

import pytest

from common.scrapers.gamebook import check_pdf
from common.scrapers.model import ContractError


@pytest.mark.parametrize("before", [b" ", b"<html>", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_pdf_begins_with_its_mark(before: bytes) -> None:
    """A page that contains one is none; the error shows its beginning."""
    check_pdf(b"%PDF-1.4 %%EOF", "x")
    with pytest.raises(ContractError, match=r"^x: the file starts with b'.*, not with %PDF-$"):
        check_pdf(before + b"%PDF-1.4 %%EOF", "x")
