from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from billing.money import to_cents

VAT = {"DE": Decimal("0.19"), "FR": Decimal("0.20"), "CH": Decimal("0.081")}


@dataclass
class Line:
    text: str
    quantity: int
    price: Decimal

    @property
    def net(self):
        return self.quantity * self.price


@dataclass
class Invoice:
    number: str
    customer: str
    country: str
    issued: date
    lines: list = field(default_factory=list)

    def net(self):
        return sum((line.net for line in self.lines), Decimal(0))

    def vat(self):
        return to_cents(self.net() * VAT[self.country])

    def gross(self):
        return self.net() + self.vat()

    def due(self, days=14):
        return self.issued + timedelta(days=days)

    def is_overdue(self, today):
        return today > self.due()
