from tarifa.legacy import rate_v1


def test_rate_v1_is_a_float():
    assert rate_v1(1, "ES") == 4.65


def test_rate_v1_lower_case():
    assert rate_v1(2, "fr") == 9.65
