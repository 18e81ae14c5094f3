from decimal import Decimal

from billing.money import show, to_cents


def test_halves_go_up():
    assert to_cents("2.675") == Decimal("2.68")
    assert to_cents("0.005") == Decimal("0.01")


def test_show():
    assert show("7") == "7.00 EUR"
    assert show("7", currency="CHF") == "7.00 CHF"
