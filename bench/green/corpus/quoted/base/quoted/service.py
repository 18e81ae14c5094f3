import json
import math
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


class UnknownZone(Exception):
    pass


def _load(name):
    with open(DATA / name, encoding="utf-8") as f:
        return json.load(f)


def zone_of(postcode):
    zones = _load("zones.json")
    try:
        return zones[postcode[:2].upper()]
    except KeyError:
        raise UnknownZone(postcode) from None


def quote(postcode, weight_kg):
    zone = zone_of(postcode)
    halves = math.floor(weight_kg * 2)
    tariff = _load("tariff.json")[zone]
    return {"zone": zone, "price": tariff["base"] + halves * tariff["per_half_kg"]}
