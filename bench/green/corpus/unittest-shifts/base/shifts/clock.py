def minutes(text):
    """Minutes since midnight of a time such as 07:45."""
    hours, _, rest = text.partition(":")
    if not (hours.isdigit() and rest.isdigit()) or int(hours) > 23 or int(rest) > 59:
        raise ValueError(f"{text!r} is no time")
    return int(hours) * 60 + int(rest)


def hours(amount):
    return f"{amount // 60}:{amount % 60:02}"
