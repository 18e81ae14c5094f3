import csv

from tilldesk.money import parse_amount


def load(path):
    """Prices in cents by name, from a CSV file with the columns name and price."""
    prices = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            prices[row["name"]] = parse_amount(row["price"])
    return prices
