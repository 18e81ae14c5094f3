import time


class Unreachable(Exception):
    pass


class Mailer:
    """Sends by a transport that may fail, and waits longer each time."""

    def __init__(self, transport, sleep=time.sleep, attempts=3):
        self.transport = transport
        self.sleep = sleep
        self.attempts = attempts

    def send(self, address, text):
        last = None
        for attempt in range(1, self.attempts + 1):
            try:
                return self.transport(address, text)
            except ConnectionError as error:
                last = error
                if attempt < self.attempts:
                    self.sleep(2 ** attempt)
        raise Unreachable(f"{address}: gave up after {self.attempts} attempts") from last
