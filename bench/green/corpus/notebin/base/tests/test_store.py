import sqlite3

import pytest

from notebin.store import Store


def test_add_and_get():
    store = Store()
    note_id = store.add("Milk", "two litres")
    assert store.get(note_id) == (note_id, "Milk", "two litres")


def test_title_required():
    with pytest.raises(ValueError):
        Store().add("  ")


def test_missing_note():
    with pytest.raises(KeyError):
        Store().get(7)


def test_archived_notes_are_not_listed():
    store = Store()
    store.add("a")
    store.archive(store.add("b"))
    assert store.titles() == ["a"]
    assert len(store.all()) == 2


def test_is_a_plain_sqlite_file(tmp_path):
    Store(tmp_path / "x.db").add("a")
    assert sqlite3.connect(tmp_path / "x.db").execute("select count(*) from note").fetchone() == (1,)
