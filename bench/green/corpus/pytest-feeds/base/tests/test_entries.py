from datetime import datetime, timezone

import pytest

from feeds.entries import Entry, dedupe, newest, parse_date, parse_entries


def test_parse_entries(payload):
    entries = parse_entries(payload)
    assert [entry.title for entry in entries] == ["First", "Third", "Second"]
    assert entries[0].published == datetime(2024, 1, 1, tzinfo=timezone.utc)


def test_newest(payload):
    entries = parse_entries(payload)
    assert [entry.title for entry in newest(entries)] == ["Third", "Second", "First"]
    assert len(newest(entries, limit=2)) == 2


def test_newest_has_ten():
    entries = [Entry(str(n), str(n), parse_date("2024-01-01")) for n in range(30)]
    assert len(newest(entries)) == 10


def test_dedupe():
    when = parse_date("2024-01-01")
    a, b = Entry("A", "x", when), Entry("B", "x", when)
    assert dedupe([a, b]) == [a]


def test_parse_date_fails():
    with pytest.raises(ValueError):
        parse_date("yesterday")


class TestSettings:
    def test_timeout_of_the_environment(self, monkeypatch):
        from feeds.settings import timeout

        monkeypatch.setenv("FEEDS_TIMEOUT", "3")
        assert timeout() == 3

    def test_default_timeout(self, monkeypatch):
        from feeds.settings import timeout

        monkeypatch.delenv("FEEDS_TIMEOUT", raising=False)
        assert timeout() == 10
