from decimal import Decimal

import pytest

from ledgerkit.money import parse_amount, round_cents, split_evenly


def test_round_half_goes_to_even():
    assert round_cents(Decimal("2.345")) == Decimal("2.34")


def test_round_half_goes_to_even_up():
    assert round_cents(Decimal("2.355")) == Decimal("2.36")


def test_round_negative_half():
    assert round_cents(Decimal("-0.125")) == Decimal("-0.12")


def test_parse_plain():
    assert parse_amount("12") == Decimal("12.00")


def test_parse_thousands():
    assert parse_amount("1,234.56") == Decimal("1234.56")


def test_parse_negative():
    assert parse_amount(" -3.5 ") == Decimal("-3.50")


def test_parse_rejects_words():
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount("twelve")


def test_parse_rejects_empty():
    with pytest.raises(ValueError):
        parse_amount("")


def test_split_keeps_the_sum():
    parts = split_evenly(Decimal("10.00"), 3)
    assert parts == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert sum(parts) == Decimal("10.00")
