from decimal import Decimal

from ledgerkit.legacy import format_line, sum_amounts


def test_sum_skips_what_is_no_amount():
    assert sum_amounts(["1", "x", "2.50"]) == Decimal("3.50")


def test_format_line():
    line = format_line("7", "Paper", Decimal(2), Decimal("4.00"), 19)
    assert line.split() == ["7", "Paper", "2", "x", "4.00", "(VAT", "19", "%)", "=", "8.00"]
