WEEK = 40


def pay(hours, rate):
    """What a week of work earns."""
    return round(hours * rate, 2)
