import pytest

from ledger.money import Money


def test_add():
    assert Money("1.10") + Money("2.20") == Money("3.30")


def test_add_other_currency():
    with pytest.raises(ValueError):
        Money(1) + Money(1, "USD")


@pytest.mark.parametrize("raw, expected", [
    ("1.005", "1.01"),
    ("1.004", "1.00"),
    ("2.675", "2.68"),
    ("-1.005", "-1.01"),
])
def test_rounded(raw, expected):
    assert Money(raw).rounded() == Money(expected)
