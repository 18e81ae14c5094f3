import json
from datetime import datetime

import pytest

from parcels.eta import eta
from tests.conftest import DATA

CASES = json.loads((DATA / "eta.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['service']}-{case['shipped']}")
def test_eta(case):
    day = eta(case["service"], datetime.fromisoformat(case["shipped"]))
    assert day.isoformat() == case["eta"]


def test_no_such_service():
    with pytest.raises(ValueError, match="no such service: drone"):
        eta("drone", datetime(2025, 3, 4))
