from datetime import timedelta

from .expr import CronError

HORIZON = timedelta(days=5 * 366)


def _day_matches(expr, day):
    dow = day.isoweekday() % 7
    return day.month in expr.month and day.day in expr.dom and dow in expr.dow


def next_after(expr, start):
    """First matching minute strictly after start."""
    moment = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
    end = start + HORIZON
    while moment <= end:
        if not _day_matches(expr, moment):
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        elif moment.hour not in expr.hour:
            moment = moment.replace(minute=0) + timedelta(hours=1)
        elif moment.minute not in expr.minute:
            moment += timedelta(minutes=1)
        else:
            return moment
    raise CronError("never runs")
