from ledger.invoice import Invoice, Line
from ledger.money import Money


def test_net(small_invoice):
    assert small_invoice.net() == Money("7.54")


def test_vat(small_invoice):
    assert small_invoice.vat() == Money("1.43")


def test_gross(small_invoice):
    assert small_invoice.gross() == Money("8.97")


def test_gross_many_lines():
    inv = Invoice("ACME", [Line("call", Money("0.03"), 1) for _ in range(10)])
    assert inv.gross() == Money("0.40")
