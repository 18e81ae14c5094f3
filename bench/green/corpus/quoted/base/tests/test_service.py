import pytest

from quoted import service


@pytest.mark.parametrize("postcode, kg, price", [
    ("AB10 1XG", 1.0, 660),
    ("AB10 1XG", 1.2, 740),
    ("LO1 2AB", 0.1, 410),
    ("br9 9zz", 2.5, 650),
    ("LO1 2AB", 2.51, 710),
])
def test_quote(postcode, kg, price):
    assert service.quote(postcode, kg)["price"] == price


def test_zone():
    assert service.zone_of("AB10") == "north"


def test_unknown_zone():
    with pytest.raises(service.UnknownZone):
        service.zone_of("ZZ1")
