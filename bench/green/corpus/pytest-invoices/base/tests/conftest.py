from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.invoice import Invoice, Line


@pytest.fixture
def invoice():
    return Invoice(
        "2024-031",
        "Nordwind GmbH",
        "DE",
        date(2024, 3, 4),
        [Line("Consulting", 3, Decimal("120.00")), Line("Travel", 1, Decimal("89.95"))],
    )


@pytest.fixture
def data():
    return Path(__file__).parent / "data"
