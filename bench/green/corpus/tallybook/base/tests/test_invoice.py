from decimal import Decimal

import pytest

from tallybook import Invoice, Line


def test_totals(workshop):
    assert workshop.net == Decimal("1344.50")
    assert workshop.tax == Decimal("247.72")
    assert workshop.total == Decimal("1592.22")


def test_empty_invoice_is_zero():
    assert Invoice("2024-000", []).total == 0


@pytest.mark.parametrize("quantity", [0, -1])
def test_quantity_must_be_positive(quantity):
    with pytest.raises(ValueError):
        Line("x", quantity, "1")
