import json
from pathlib import Path

import pytest

from feeds.client import FeedClient


class FakeResponse:
    def __init__(self, status_code, payload=None):
        self.status_code = status_code
        self.payload = payload

    def json(self):
        return self.payload


class FakeSession:
    def __init__(self, *responses):
        self.responses = list(responses)
        self.calls = []

    def get(self, url, timeout):
        self.calls.append((url, timeout))
        return self.responses.pop(0)


@pytest.fixture
def payload():
    return json.loads((Path(__file__).parent / "data" / "feed.json").read_text())


@pytest.fixture
def make_client():
    def make(*responses, **options):
        naps = []
        client = FeedClient(FakeSession(*responses), sleep=naps.append, **options)
        client.naps = naps
        return client

    return make
