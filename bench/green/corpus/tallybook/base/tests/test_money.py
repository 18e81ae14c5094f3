from decimal import Decimal

import pytest

from tallybook import format_money, parse_amount, round_money


def test_parse_point():
    assert parse_amount("12.50") == Decimal("12.50")


def test_parse_comma():
    assert parse_amount("12,50") == Decimal("12.50")


def test_parse_spaces():
    assert parse_amount("  7 ") == Decimal("7")


def test_parse_int():
    assert parse_amount(3) == Decimal("3")


def test_parse_word():
    with pytest.raises(ValueError):
        parse_amount("twelve")


def test_parse_none():
    with pytest.raises(ValueError):
        parse_amount(None)


def test_round_up():
    assert round_money(Decimal("0.125")) == Decimal("0.13")


def test_round_down():
    assert round_money(Decimal("0.124")) == Decimal("0.12")


def test_format():
    assert format_money(Decimal("3")) == "3.00 EUR"
    assert format_money(Decimal("1234.5"), "CHF") == "1234.50 CHF"
