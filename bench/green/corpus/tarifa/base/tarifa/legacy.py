"""The 1.x interface. Kept for old shops."""

from .parcel import Parcel
from .quote import quote


def rate_v1(weight_kg, country):
    return float(quote(Parcel(weight_g=int(weight_kg * 1000)), country).net)
