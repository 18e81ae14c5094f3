"""Functions of the 0.3 API, kept for old scripts."""
from decimal import Decimal

from .money import parse_amount


def sum_amounts(texts):
    total = Decimal("0.00")
    for text in texts:
        try:
            total += parse_amount(text)
        except:
            print("skipped", text)
    return total


def format_line(number, text, quantity, price, vat):
    return "%-10s %-40s %10s x %10s  (VAT %s %%)  = %12s" % (number, text[:40], quantity, price, vat, quantity * price)
