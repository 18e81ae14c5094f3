from tarifa import Parcel


def test_real_weight_wins():
    assert Parcel(3000, 10, 10, 10).billable_g() == 3000


def test_volumetric_weight_wins():
    assert Parcel(500, 40, 30, 20).billable_g() == 4800
