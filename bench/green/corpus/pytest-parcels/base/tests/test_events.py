import pytest

from parcels.events import BadFeed, current, read_feed


def test_in_the_order_of_time(feed):
    assert [event.place for event in read_feed(feed)] == ["Gera", "Leipzig", ""]


def test_the_last_one_counts(feed):
    assert current(read_feed(feed)) == "out for delivery"
    assert current([]) == "announced"


def test_unknown_code():
    with pytest.raises(BadFeed, match="unknown code ZZ"):
        read_feed('{"events": [{"at": "2025-03-05T07:40:00+00:00", "code": "ZZ"}]}')


@pytest.mark.parametrize("text", ["", "[", "{}"])
def test_not_a_feed(text):
    with pytest.raises(BadFeed, match="not a feed"):
        read_feed(text)
