def parse_span(text):
    """Minutes of a span such as '08:00-16:30'; one that ends before it begins goes past midnight."""
    start, _, end = text.partition("-")
    minutes = _minutes(end) - _minutes(start)
    return minutes if minutes > 0 else minutes + 24 * 60


def _minutes(text):
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise ValueError(f"not a time: {text!r}")
    return int(hour) * 60 + int(minute)


def total_hours(spans):
    return sum(parse_span(span) for span in spans) / 60
