import json
from pathlib import Path

import pytest

from parcelpost import quote

EXAMPLES = json.loads((Path(__file__).parents[3] / "contracts" / "quotes.json").read_text())


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example):
    assert quote(example["request"]) == example["response"]
