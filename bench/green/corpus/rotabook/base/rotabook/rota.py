import csv
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Shift:
    start: int
    end: int
    person: str


def load_rota(path):
    """The shifts of a CSV file with the columns person, start and end, in whole hours of the week."""
    shifts = []
    seen = set()
    with open(path, newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            shift = Shift(int(row["start"]), int(row["end"]), row["person"].strip())
            if shift.end <= shift.start:
                raise ValueError(f"line {number}: ends before it begins")
            duplicate = (shift.start, shift.person)
            if duplicate in seen:
                raise ValueError(f"line {number}: duplicate shift of {shift.person}")
            seen.add(duplicate)
            shifts.append(shift)
    return shifts


def shifts_of(person, shifts):
    """The shifts of a person, the earliest first."""
    return sorted(shift for shift in shifts if shift.person == person)
