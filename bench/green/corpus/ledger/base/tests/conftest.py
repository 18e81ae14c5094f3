import pytest

from ledger.invoice import Invoice, Line
from ledger.money import Money


@pytest.fixture
def small_invoice():
    return Invoice("ACME", [Line("stamps", Money("0.85"), 3), Line("paper", Money("4.99"))])
