import time

from parcels.events import read_feed


class CarrierError(Exception):
    pass


class NotFound(CarrierError):
    pass


class Client:
    """The transport takes a path and returns (status, headers, body)."""

    def __init__(self, transport, clock=time.monotonic, sleep=time.sleep, ttl=300, attempts=3):
        self.transport = transport
        self.clock = clock
        self.sleep = sleep
        self.ttl = ttl
        self.attempts = attempts
        self._kept = {}

    def track(self, number):
        number = number.replace(" ", "").upper()
        at, events = self._kept.get(number, (None, None))
        if at is not None and self.clock() - at < self.ttl:
            return events
        events = read_feed(self._get(f"/v1/parcels/{number}"))
        self._kept[number] = (self.clock(), events)
        return events

    def _get(self, path):
        for attempt in range(1, self.attempts + 1):
            status, _, body = self.transport(path)
            if status == 200:
                return body
            if status == 404:
                raise NotFound(path)
            if status < 500:
                raise CarrierError(f"{path}: {status}")
            if attempt < self.attempts:
                self.sleep(2**attempt)
        raise CarrierError(f"{path}: {status} after {self.attempts} attempts")
