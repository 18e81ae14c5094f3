import sqlite3


class Db:
    """Counts what is asked."""

    def __init__(self):
        self.con = sqlite3.connect(":memory:")
        self.con.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, cents INTEGER, day TEXT)")
        self.queries = 0

    def add(self, customer, cents, day):
        self.con.execute("INSERT INTO orders (customer, cents, day) VALUES (?, ?, ?)", (customer, cents, day))

    def query(self, sql, *args):
        self.queries += 1
        return self.con.execute(sql, args).fetchall()
