import logging
import time

from feeds.errors import FeedError

log = logging.getLogger(__name__)


class FeedClient:
    def __init__(self, session, attempts=3, sleep=time.sleep):
        self.session = session
        self.attempts = attempts
        self.sleep = sleep

    def fetch(self, url):
        for attempt in range(1, self.attempts + 1):
            response = self.session.get(url, timeout=10)
            if response.status_code == 200:
                return response.json()
            if response.status_code < 500:
                raise FeedError(f"{url}: {response.status_code}")
            log.warning("attempt %d failed", attempt)
            self.sleep(attempt)
        raise FeedError(f"{url}: gave up after {self.attempts} attempts")
