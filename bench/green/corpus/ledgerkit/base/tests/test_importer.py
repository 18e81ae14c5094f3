from datetime import date
from decimal import Decimal

import pytest

from ledgerkit.importer import Entry, ImportFormatError, Ledger, read_entries


def test_reads_rows(statement):
    path = statement("2024-02-01;Baker;-3.20;", "2024-02-02;Customer A;1,190.00;INV 7")
    assert read_entries(path) == [
        Entry(date(2024, 2, 1), "Baker", Decimal("-3.20")),
        Entry(date(2024, 2, 2), "Customer A", Decimal("1190.00"), "INV 7"),
    ]


def test_bad_amount_names_the_line(statement):
    path = statement("2024-02-01;Baker;-3.20;", "2024-02-02;Baker;free;")
    with pytest.raises(ImportFormatError, match="line 3: not an amount"):
        read_entries(path)


def test_balance(statement):
    ledger = Ledger()
    assert ledger.add(read_entries(statement("2024-02-01;Baker;-3.20;", "2024-02-02;A;10;"))) == 2
    assert ledger.balance() == Decimal("6.80")
