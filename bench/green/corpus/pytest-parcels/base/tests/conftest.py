from pathlib import Path

import pytest

from parcels.client import Client

DATA = Path(__file__).parent / "data"


class FakeCarrier:
    """Gives the answers one after the other, and keeps what it was asked."""

    def __init__(self):
        self.answers = []
        self.asked = []
        self.slept = []
        self.now = 1000.0

    def answer(self, status, body="", headers=None):
        self.answers.append((status, headers or {}, body))

    def __call__(self, path):
        self.asked.append(path)
        return self.answers.pop(0)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def client(self, **options):
        return Client(self, clock=lambda: self.now, sleep=self.sleep, **options)


@pytest.fixture
def carrier():
    return FakeCarrier()


@pytest.fixture
def feed():
    return (DATA / "jd0001.json").read_text()
