from decimal import Decimal

import pytest

from tarifa.importer import read_rates


def test_rows():
    assert read_rates(["1;4.10;0.55", "2;7.35;1.15"]) == {
        1: (Decimal("4.10"), Decimal("0.55")),
        2: (Decimal("7.35"), Decimal("1.15")),
    }


def test_too_few_columns():
    with pytest.raises(ValueError):
        read_rates(["1;4.10"])
