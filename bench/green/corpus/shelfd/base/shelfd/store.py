"""Items and their stock."""
import sqlite3

SCHEMA = """
create table if not exists item(sku text primary key, name text not null, price integer not null);
create table if not exists movement(id integer primary key, sku text not null, quantity integer not null);
create table if not exists reservation(id integer primary key, basket text not null, sku text not null,
    quantity integer not null);
"""


class UnknownItem(KeyError):
    """There is no such SKU."""


class Store:
    """One database file; use one Store per thread."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None, timeout=5)
        self.db.executescript(SCHEMA)

    def close(self):
        self.db.close()

    def add_item(self, sku, name, price):
        self.db.execute("insert into item values(?, ?, ?)", (sku, name, price))

    def items(self):
        return self.db.execute("select sku, name, price from item order by sku").fetchall()

    def move(self, sku, quantity):
        """Book goods in (positive) or out (negative)."""
        if not self.db.execute("select 1 from item where sku = ?", (sku,)).fetchone():
            raise UnknownItem(sku)
        self.db.execute("insert into movement(sku, quantity) values(?, ?)", (sku, quantity))

    def on_hand(self, sku):
        row = self.db.execute("select coalesce(sum(quantity), 0) from movement where sku = ?", (sku,))
        return row.fetchone()[0]

    def sold(self, sku):
        row = self.db.execute(
            "select coalesce(-sum(quantity), 0) from movement where sku = ? and quantity < 0", (sku,)
        )
        return row.fetchone()[0]

    def reserved(self, sku):
        row = self.db.execute("select coalesce(sum(quantity), 0) from reservation where sku = ?", (sku,))
        return row.fetchone()[0]

    def available(self, sku):
        return self.on_hand(sku) - self.reserved(sku)
