from pathlib import Path

import pytest

from tilldesk import pricelist

PRICES = Path(__file__).parent / "prices.csv"


def test_load():
    assert pricelist.load(PRICES) == {"coffee": 350, "bun": 120, "cake": 480}


def test_junk(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("name,price\ncoffee,cheap\n")
    with pytest.raises(ValueError, match="cheap"):
        pricelist.load(path)
