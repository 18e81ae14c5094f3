import warnings
from decimal import Decimal

CENT = Decimal("0.01")


def sum_rows(rows):
    """Deprecated: use total, which rounds."""
    warnings.warn("sum_rows is deprecated, use total", DeprecationWarning, stacklevel=2)
    return sum((row.total for row in rows), Decimal(0))


def cents(amount):
    """Rounded to two places."""
    return Decimal(amount).quantize(CENT)


def total(rows):
    return cents(sum((row.total for row in rows), Decimal(0)))
