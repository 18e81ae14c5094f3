import sqlite3

SCHEMA = """
create table if not exists note (
    id integer primary key,
    title text not null,
    body text not null,
    archived integer not null default 0
)
"""


class Store:
    def __init__(self, path=":memory:"):
        self._db = sqlite3.connect(path)
        self._db.execute(SCHEMA)

    def add(self, title, body=""):
        if not title.strip():
            raise ValueError("a note needs a title")
        with self._db:
            cursor = self._db.execute("insert into note (title, body) values (?, ?)", (title, body))
        return cursor.lastrowid

    def get(self, note_id):
        row = self._db.execute("select id, title, body from note where id = ?", (note_id,)).fetchone()
        if row is None:
            raise KeyError(note_id)
        return row

    def titles(self):
        return [t for (t,) in self._db.execute("select title from note where archived = 0 order by id")]

    def archive(self, note_id):
        self.get(note_id)
        with self._db:
            self._db.execute("update note set archived = 1 where id = ?", (note_id,))

    def all(self):
        return list(self._db.execute("select id, title, body from note order by id"))
