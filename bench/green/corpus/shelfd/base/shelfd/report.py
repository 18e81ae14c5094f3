"""The stock report."""
import json


def days_left(on_hand, sold, days):
    """Days until an item is sold out at the present pace, None if nothing was sold."""
    if sold == 0:
        return None
    return on_hand * days // sold


def stock_report(store, days=30):
    """JSON text, one object for each item, ordered by SKU."""
    rows = []
    for sku, name, price in store.items():
        on_hand = store.on_hand(sku)
        rows.append(
            {
                "sku": sku,
                "name": name,
                "on_hand": on_hand,
                "value": on_hand * price,
                "days_left": days_left(on_hand, store.sold(sku), days),
            }
        )
    return json.dumps(rows, indent=2) + "\n"
