import pytest

from ferrybook.holds import Holds


class Clock:
    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        return self.time


def test_oldest_first():
    clock = Clock()
    holds = Holds(clock)
    holds.hold("B2", "Ole")
    clock.time += 5
    holds.hold("A1", "Anna")
    assert holds.active() == [("B2", "Ole"), ("A1", "Anna")]


def test_only_once():
    holds = Holds(Clock())
    holds.hold("B2", "Ole")
    with pytest.raises(ValueError):
        holds.hold("B2", "Anna")


def test_release():
    holds = Holds(Clock())
    holds.hold("B2", "Ole")
    holds.release("B2")
    assert holds.active() == []
