from dataclasses import dataclass
from decimal import Decimal

from .money import to_cents
from .parcel import Parcel
from .zones import zone_of

BASE = {1: Decimal("4.10"), 2: Decimal("7.35"), 3: Decimal("9.80"), 4: Decimal("14.25")}
PER_KG = {1: Decimal("0.55"), 2: Decimal("1.15"), 3: Decimal("1.45"), 4: Decimal("3.05")}


@dataclass(frozen=True)
class Quote:
    net: Decimal
    zone: int


def quote(parcel: Parcel, dest: str) -> Quote:
    zone = zone_of(dest)
    kilos = Decimal(parcel.billable_g()) / 1000
    return Quote(net=to_cents(BASE[zone] + PER_KG[zone] * kilos), zone=zone)
