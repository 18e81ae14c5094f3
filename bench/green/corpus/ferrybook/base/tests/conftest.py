import pytest


@pytest.fixture
def make_booking():
    def make(ages=(30, 41), bikes=2, return_trip=False):
        return {"ages": list(ages), "bikes": bikes, "return_trip": return_trip}

    return make
