"""A very small in-process work queue for statement mailings."""
import threading


class MailQueue:
    def __init__(self, send):
        self._send = send
        self._jobs = []
        self._lock = threading.Lock()
        self.sent = 0

    def put(self, job):
        with self._lock:
            self._jobs.append(job)

    def drain(self, workers=4):
        threads = [threading.Thread(target=self._work) for _ in range(workers)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return self.sent

    def _work(self):
        while True:
            with self._lock:
                if not self._jobs:
                    return
                job = self._jobs.pop(0)
            self._send(job)
            with self._lock:
                self.sent += 1
