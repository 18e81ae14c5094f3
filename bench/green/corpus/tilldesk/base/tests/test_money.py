import pytest

from tilldesk.money import format_amount, parse_amount


@pytest.mark.parametrize(
    "text, cents", [("12.50", 1250), ("7", 700), ("0.5", 50), (" 3.00 ", 300)]
)
def test_parse(text, cents):
    assert parse_amount(text) == cents


@pytest.mark.parametrize("text", ["", "abc", "1.234", "-1", "1.x"])
def test_junk(text):
    with pytest.raises(ValueError):
        parse_amount(text)


def test_format():
    assert format_amount(1250) == "12.50"
    assert format_amount(-5) == "-0.05"
