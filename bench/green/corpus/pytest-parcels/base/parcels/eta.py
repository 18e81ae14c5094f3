from datetime import date, time, timedelta

SERVICE_DAYS = {"express": 1, "standard": 3, "economy": 6}
CUTOFF = time(17, 0)
HOLIDAYS = {(1, 1), (5, 1), (12, 25), (12, 26)}


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def next_workday(day: date) -> date:
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def eta(service, shipped):
    """The day of delivery; what is handed in after the cutoff leaves on the next workday."""
    if service not in SERVICE_DAYS:
        raise ValueError(f"no such service: {service}")
    day = shipped.date()
    if shipped.time() >= CUTOFF or not is_workday(day):
        day = next_workday(day)
    for _ in range(SERVICE_DAYS[service]):
        day = next_workday(day)
    return day
