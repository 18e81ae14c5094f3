from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest


def test_net(invoice):
    assert invoice.net() == Decimal("449.95")


@pytest.mark.parametrize("country, vat", [("DE", "85.49"), ("FR", "89.99"), ("CH", "36.45")])
def test_vat(invoice, country, vat):
    assert replace(invoice, country=country).vat() == Decimal(vat)


def test_gross(invoice):
    assert invoice.gross() == Decimal("535.44")


def test_due(invoice):
    assert invoice.due() == date(2024, 3, 18)


def test_overdue(invoice):
    assert not invoice.is_overdue(date(2024, 3, 18))
    assert invoice.is_overdue(date(2024, 3, 19))
