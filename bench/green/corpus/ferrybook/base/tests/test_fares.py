from ferrybook.fares import fare_for, ticket


def test_ticket():
    assert ticket(13) == 1200
    assert ticket(14) == 2400


def test_two_adults(make_booking):
    assert fare_for(make_booking()) == 5800


def test_family(make_booking):
    assert fare_for(make_booking(ages=[38, 39, 11])) == 7000


def test_return_trip(make_booking):
    assert fare_for(make_booking(ages=[30], bikes=0, return_trip=True)) == 4560
