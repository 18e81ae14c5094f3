import asyncio

from shifts.clock import minutes


def duration(start, end, pause=0):
    """How many minutes are worked."""
    return minutes(end) - minutes(start) - pause


class Roster:
    def __init__(self, fetch):
        self.fetch = fetch
        self.people = {}

    async def load(self, names):
        found = await asyncio.gather(*(self.fetch(name) for name in names))
        self.people = dict(zip(names, found))

    def worked(self, name):
        return sum(duration(*shift) for shift in self.people[name])
