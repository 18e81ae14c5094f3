import pytest

from parcelpost import QuoteError, quote


def test_started_kilos_count():
    assert quote({"zone": 1, "weight_g": 1})["price_cents"] == 490
    assert quote({"zone": 1, "weight_g": 1001})["price_cents"] == 590


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"zone": 3, "weight_g": 1},
        {"zone": 1, "weight_g": 0},
        {"zone": 1, "weight_g": 30_001},
        {"zone": 1, "weight_g": "1"},
        {"zone": 1, "weight_g": 1, "service": "drone"},
    ],
)
def test_bad_requests(request_):
    with pytest.raises(QuoteError):
        quote(request_)
