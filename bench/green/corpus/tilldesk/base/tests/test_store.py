from tilldesk import store
from tilldesk.cart import Cart


def test_round_trip(tmp_path):
    cart = Cart()
    cart.add("coffee", 350, 2)
    store.save(cart, tmp_path / "cart.json")
    assert store.load(tmp_path / "cart.json") == cart
