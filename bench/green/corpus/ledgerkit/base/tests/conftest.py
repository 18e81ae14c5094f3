from datetime import date
from decimal import Decimal

import pytest

from ledgerkit.invoice import Invoice, Line


@pytest.fixture
def invoice():
    return Invoice(
        "2024-017",
        date(2024, 3, 1),
        [
            Line("Consulting", Decimal("1.5"), Decimal("89.90")),
            Line("Handbook", Decimal(3), Decimal("12.35"), Decimal(7)),
        ],
    )


@pytest.fixture
def statement(tmp_path):
    def write(*rows):
        path = tmp_path / "statement.csv"
        path.write_text("\n".join(["date;payee;amount;reference", *rows]) + "\n", encoding="utf-8")
        return path

    return write
