"""Dates of invoices and schedules."""
from datetime import date, timedelta


def today():
    """The current day."""
    return date.today()


def due_date(issued, days):
    """The day an invoice is due; a weekend moves on to Monday."""
    due = issued + timedelta(days=days)
    while due.weekday() >= 5:
        due += timedelta(days=1)
    return due


def add_months(day, months):
    """The same day some months later."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return date(year, month, min(day.day, 28))


def schedule(first, count):
    """The days of a monthly schedule."""
    return [add_months(first, i) for i in range(count)]
