import csv


def read_passengers(path):
    """Passengers of a file of the harbour office: name and cabin."""
    with open(path, encoding="utf-8", newline="") as file:
        return [
            {"name": row[0].strip(), "cabin": row[1].strip()}
            for row in csv.reader(file, delimiter=";")
            if row
        ]
