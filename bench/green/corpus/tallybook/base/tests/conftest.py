from pathlib import Path

import pytest

from tallybook import Invoice, Line, Payment
from decimal import Decimal

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def workshop():
    """A paid-in-part invoice with two tax rates."""
    return Invoice(
        "2024-017",
        [Line("Workbench", 2, "640.00"), Line("Handbook", 3, "21.50", rate="7")],
        payments=[Payment("2024-03-02", Decimal("500.00"))],
    )


@pytest.fixture
def golden():
    def check(name, text):
        assert text == (GOLDEN / f"{name}.txt").read_text()

    return check
