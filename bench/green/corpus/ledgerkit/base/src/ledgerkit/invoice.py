"""Invoices with lines and VAT."""
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from . import dates
from .money import round_cents


@dataclass
class Line:
    """One position of an invoice; `vat` is a percentage."""

    text: str
    quantity: Decimal
    price: Decimal
    vat: Decimal = Decimal(19)

    def net(self):
        """Quantity times price."""
        return round_cents(self.quantity * self.price)


@dataclass
class Invoice:
    """A numbered invoice."""

    number: str
    issued: date
    lines: list = field(default_factory=list)
    terms: int = 14

    def net(self):
        """Sum of the lines without VAT."""
        return sum((line.net() for line in self.lines), Decimal("0.00"))

    def vat(self):
        """The VAT of all lines."""
        return round_cents(sum((line.net() * line.vat / 100 for line in self.lines), Decimal(0)))

    def total(self):
        """What the customer pays."""
        return self.net() + self.vat()

    def is_overdue(self):
        """Whether the due day has passed."""
        return dates.today() > dates.due_date(self.issued, self.terms)
