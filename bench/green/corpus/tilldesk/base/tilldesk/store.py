import json
from pathlib import Path

from tilldesk.cart import Cart


def save(cart, path):
    rows = [[line.name, line.price, line.quantity] for line in cart.lines]
    Path(path).write_text(json.dumps(rows), encoding="utf-8")


def load(path):
    cart = Cart()
    for name, price, quantity in json.loads(Path(path).read_text(encoding="utf-8")):
        cart.add(name, price, quantity)
    return cart
