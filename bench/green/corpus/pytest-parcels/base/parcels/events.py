import json
from dataclasses import dataclass
from datetime import datetime

STATUSES = {
    "PU": "collected",
    "IT": "in transit",
    "OD": "out for delivery",
    "DL": "delivered",
    "EX": "exception",
}


class BadFeed(ValueError):
    """The carrier sent what cannot be read."""


@dataclass(frozen=True)
class Event:
    at: datetime
    status: str
    place: str = ""


def read_feed(text):
    try:
        items = json.loads(text)["events"]
    except (ValueError, KeyError) as error:
        raise BadFeed(f"not a feed: {error}") from error
    return sorted((_event(item) for item in items), key=lambda event: event.at)


def _event(item):
    code = item["code"]
    if code not in STATUSES:
        raise BadFeed(f"unknown code {code}")
    return Event(datetime.fromisoformat(item["at"]), STATUSES[code], item.get("place", ""))


def current(events):
    return events[-1].status if events else "announced"
