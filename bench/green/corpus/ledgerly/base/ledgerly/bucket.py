import time


class Bucket:
    """Allows `rate` calls a second, with bursts up to `size`."""

    def __init__(self, rate, size):
        self.rate = rate
        self.size = size
        self._tokens = size
        self._last = time.monotonic()

    def take(self):
        now = time.monotonic()
        self._tokens = min(self.size, self._tokens + (now - self._last) * self.rate)
        self._last = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
