import csv
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Row:
    name: str
    quantity: int
    price: Decimal

    @property
    def total(self):
        return self.quantity * self.price


def read_rows(path):
    """The rows of a CSV file with the columns name, quantity and price."""
    with open(path, newline="", encoding="utf-8") as file:
        return [Row(row["name"], int(row["quantity"]), Decimal(row["price"])) for row in csv.DictReader(file)]
