from decimal import Decimal

from .money import round_money


def tax_of(line) -> Decimal:
    return round_money(line.net * line.rate / 100)


def tax_total(lines) -> Decimal:
    return sum((tax_of(line) for line in lines), Decimal(0))
