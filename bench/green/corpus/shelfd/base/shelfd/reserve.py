"""Baskets that hold stock."""


class OutOfStock(Exception):
    """Not enough left for a basket."""


def reserve(store, basket, wanted):
    """Hold `wanted` ({sku: quantity}) for a basket, all of it or nothing."""
    done = []
    try:
        for sku, quantity in wanted.items():
            if store.available(sku) < quantity:
                raise OutOfStock(sku)
            cursor = store.db.execute(
                "insert into reservation(basket, sku, quantity) values(?, ?, ?)", (basket, sku, quantity)
            )
            done.append(cursor.lastrowid)
    except OutOfStock:
        for row in done:
            store.db.execute("delete from reservation where id = ?", (row,))
        raise


def release(store, basket):
    """Give everything of a basket back; returns the number of rows."""
    return store.db.execute("delete from reservation where basket = ?", (basket,)).rowcount
