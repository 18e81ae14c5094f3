import pytest

from parcels.client import CarrierError, NotFound


def test_number_is_written_as_the_carrier_wants_it(carrier, feed):
    carrier.answer(200, feed)
    carrier.client().track("jd 0001")
    assert carrier.asked == ["/v1/parcels/JD0001"]


def test_answers_are_kept_for_a_while(carrier, feed):
    carrier.answer(200, feed)
    carrier.answer(200, feed)
    client = carrier.client()
    client.track("JD0001")
    carrier.now += 299
    client.track("JD0001")
    assert len(carrier.asked) == 1
    carrier.now += 1
    client.track("JD0001")
    assert len(carrier.asked) == 2


def test_errors_of_the_server_are_tried_again(carrier, feed):
    carrier.answer(503)
    carrier.answer(500)
    carrier.answer(200, feed)
    assert len(carrier.client().track("JD0001")) == 3
    assert carrier.slept == [2, 4]


def test_gives_up(carrier):
    for _ in range(3):
        carrier.answer(503)
    with pytest.raises(CarrierError, match="503 after 3 attempts"):
        carrier.client().track("JD0001")


def test_unknown_parcel_is_not_tried_again(carrier):
    carrier.answer(404)
    with pytest.raises(NotFound):
        carrier.client().track("JD0001")
    assert carrier.slept == []
