from dataclasses import dataclass
from datetime import datetime, timezone


@dataclass(frozen=True)
class Entry:
    title: str
    link: str
    published: datetime


def parse_date(text):
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc)


def parse_entries(payload):
    return [
        Entry(item["title"], item["link"], parse_date(item["date"]))
        for item in payload["items"]
    ]


def newest(entries, limit=10):
    return sorted(entries, key=lambda entry: entry.published, reverse=True)[:limit]


def dedupe(entries):
    seen = []
    for entry in entries:
        if entry.link not in [other.link for other in seen]:
            seen.append(entry)
    return seen
