ADULT = 2400
CHILD = 1200
BIKE = 500


def ticket(age):
    """Price of one passenger."""
    return CHILD if age < 14 else ADULT


def fare_for(booking):
    total = 0
    for age in booking["ages"]:
        total += ticket(age)
    total += BIKE * booking["bikes"]
    if booking["return_trip"]:
        total = total * 2 - total // 10
    return total
