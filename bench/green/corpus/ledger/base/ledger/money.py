"""Amounts are kept in Decimal and rounded only when they are charged."""
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


class Money:
    __slots__ = ("amount", "currency")

    def __init__(self, amount, currency="EUR"):
        self.amount = Decimal(str(amount))
        self.currency = currency

    def __repr__(self):
        return f"Money({self.amount} {self.currency})"

    def __eq__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount == other.amount and self.currency == other.currency

    def __hash__(self):
        return hash((self.amount, self.currency))

    def __add__(self, other):
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def times(self, factor):
        return Money(self.amount * Decimal(str(factor)), self.currency)

    def rounded(self):
        return Money(self.amount.quantize(CENT, rounding=ROUND_HALF_UP), self.currency)
