import pytest

from tilldesk.cart import Cart


def filled():
    cart = Cart()
    cart.add("coffee", 350, 2)
    cart.add("bun", 120)
    return cart


def test_total():
    assert filled().total == 820


def test_line_totals():
    assert [line.total for line in filled().lines] == [700, 120]


def test_quantity():
    with pytest.raises(ValueError, match="positive"):
        Cart().add("bun", 120, 0)
