"""Price quotes. Amounts are integer cents."""

BASE = {1: 390, 2: 540}
PER_KG = 100
DAYS = {1: 2, 2: 4}
MAX_G = 30_000


class QuoteError(ValueError):
    pass


def _started_kilos(grams):
    return -(-grams // 1000)


def quote(request):
    zone, grams = request.get("zone"), request.get("weight_g")
    service = request.get("service", "standard")
    if zone not in BASE:
        raise QuoteError(f"unknown zone: {zone}")
    if not isinstance(grams, int) or not 0 < grams <= MAX_G:
        raise QuoteError(f"bad weight: {grams}")
    if service not in ("standard", "express"):
        raise QuoteError(f"unknown service: {service}")
    price = BASE[zone] + PER_KG * _started_kilos(grams)
    days = DAYS[zone]
    if service == "express":
        price, days = price + 720, 1
    return {"service": service, "price_cents": price, "days": days}
