"""Reading bank statements."""
import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import parse_amount


class ImportFormatError(ValueError):
    """A row cannot be read."""


@dataclass(frozen=True)
class Entry:
    """One row of a statement."""

    day: date
    payee: str
    amount: Decimal
    reference: str = ""


def read_entries(path):
    """All entries of a CSV file with the columns date, payee, amount, reference."""
    entries = []
    with open(path, newline="", encoding="utf-8") as stream:
        for number, row in enumerate(csv.DictReader(stream, delimiter=";"), 2):
            try:
                entries.append(
                    Entry(
                        date.fromisoformat(row["date"]),
                        row["payee"].strip(),
                        parse_amount(row["amount"]),
                        row.get("reference") or "",
                    )
                )
            except (KeyError, ValueError) as error:
                raise ImportFormatError(f"line {number}: {error}") from error
    return entries


class Ledger:
    """Entries of one account in the order they came in."""

    def __init__(self):
        self.entries = []

    def add(self, entries):
        """Append entries; returns how many."""
        entries = list(entries)
        self.entries.extend(entries)
        return len(entries)

    def balance(self):
        """Sum of all entries."""
        return sum((entry.amount for entry in self.entries), Decimal("0.00"))
