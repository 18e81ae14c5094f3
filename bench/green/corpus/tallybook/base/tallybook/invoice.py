from dataclasses import dataclass, field
from decimal import Decimal

from .money import parse_amount, round_money
from .tax import tax_total


class Line:
    def __init__(self, text, quantity, price, rate="19"):
        if quantity <= 0:
            raise ValueError("quantity must be positive")
        self.text = text
        self.quantity = quantity
        self.price = parse_amount(price)
        self.rate = parse_amount(rate)

    @property
    def net(self) -> Decimal:
        return self.quantity * self.price


@dataclass
class Payment:
    date: str
    amount: Decimal


@dataclass
class Invoice:
    number: str
    lines: list
    payments: list = field(default_factory=list)
    payee_iban: str | None = None

    @property
    def net(self) -> Decimal:
        return round_money(sum((line.net for line in self.lines), Decimal(0)))

    @property
    def tax(self) -> Decimal:
        return tax_total(self.lines)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax
