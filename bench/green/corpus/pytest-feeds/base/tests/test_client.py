import pytest

from conftest import FakeResponse
from feeds.errors import FeedError


def test_fetch(make_client, payload):
    client = make_client(FakeResponse(200, payload))
    assert client.fetch("https://a.example") == payload
    assert client.session.calls == [("https://a.example", 10)]


def test_fetch_again_after_a_server_error(make_client):
    client = make_client(FakeResponse(503), FakeResponse(500), FakeResponse(200, {}))
    assert client.fetch("https://a.example") == {}
    assert client.naps == [1, 2]


def test_give_up(make_client):
    client = make_client(*[FakeResponse(503)] * 3)
    with pytest.raises(FeedError, match="gave up after 3"):
        client.fetch("https://a.example")
    assert len(client.session.calls) == 3


@pytest.mark.parametrize("status", [400, 401, 404])
def test_client_errors_are_final(make_client, status):
    client = make_client(FakeResponse(status))
    with pytest.raises(FeedError, match=str(status)):
        client.fetch("https://a.example")
    assert client.naps == []
