from quoted.handler import post_quotes


def test_ok():
    assert post_quotes({"postcode": "LO1 2AB", "weight_kg": 1}) == (200, {"zone": "south", "price": 470})


def test_unknown_zone():
    assert post_quotes({"postcode": "ZZ1", "weight_kg": 1}) == (404, {"error": "unknown zone"})
