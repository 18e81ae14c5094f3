import csv
from datetime import date
from decimal import Decimal, InvalidOperation

from billing.invoice import Invoice, Line


class BadRow(ValueError):
    def __init__(self, row, reason):
        super().__init__(f"row {row}: {reason}")
        self.row = row
        self.reason = reason


def read_invoices(path):
    found = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row, cells in enumerate(csv.DictReader(file), start=2):
            number = cells["number"]
            if number not in found:
                issued = date.fromisoformat(cells["issued"])
                found[number] = Invoice(number, cells["customer"], cells["country"], issued)
            try:
                price = Decimal(cells["price"])
            except InvalidOperation:
                raise BadRow(row, f"price {cells['price']!r} is no number") from None
            found[number].lines.append(Line(cells["text"], int(cells["quantity"]), price))
    return list(found.values())
