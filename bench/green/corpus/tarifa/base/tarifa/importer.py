import csv
from decimal import Decimal


def read_rates(lines):
    """Reads `zone;base;per_kg` rows and returns {zone: (base, per_kg)}."""
    rates = {}
    for row in csv.reader(lines, delimiter=";"):
        zone, base, per_kg = row
        rates[int(zone)] = (Decimal(base), Decimal(per_kg))
    return rates
