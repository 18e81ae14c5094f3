import time


class Holds:
    """Seats that are held until they are paid."""

    def __init__(self, clock=None):
        self._clock = clock
        self._held = {}

    def hold(self, seat, name):
        if seat in self._held:
            raise ValueError(f"{seat} is held already")
        self._held[seat] = {"name": name, "since": self._now()}

    def release(self, seat):
        self._held.pop(seat, None)

    def active(self):
        """Seats and who holds them, the oldest first."""
        by_age = sorted(self._held.items(), key=lambda item: item[1]["since"])
        return [(seat, each["name"]) for seat, each in by_age]

    def _now(self):
        return self._clock() if self._clock else time.time()
