from decimal import Decimal

import pytest

from tarifa import Parcel, quote
from tarifa.zones import UnknownDestination


def test_spain():
    assert quote(Parcel(1000), "ES").net == Decimal("4.65")


def test_germany():
    assert quote(Parcel(2500), "DE").net == Decimal("10.22")


def test_sweden():
    assert quote(Parcel(750), "SE").net == Decimal("10.88")


def test_canaries_are_zone_four():
    q = quote(Parcel(333), "IC")
    assert q.zone == 4
    assert q.net == Decimal("15.26")


def test_country_is_case_insensitive():
    assert quote(Parcel(1000), "pt") == quote(Parcel(1000), "PT")


def test_unknown_destination():
    with pytest.raises(UnknownDestination, match="XX"):
        quote(Parcel(1), "XX")
