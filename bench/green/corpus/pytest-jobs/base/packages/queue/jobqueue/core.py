import asyncio
import heapq
import itertools


class Queue:
    """Runs jobs by their handlers; what fails is tried again after a pause."""

    def __init__(self, handlers, workers=2, retries=2, pause=asyncio.sleep):
        self.handlers = handlers
        self.workers = workers
        self.retries = retries
        self.pause = pause
        self.heap = []
        self.done = []
        self.failed = []
        self._count = itertools.count()

    def push(self, name, payload=None, priority=0):
        if name not in self.handlers:
            raise KeyError(f"no handler for {name!r}")
        heapq.heappush(self.heap, (-priority, -next(self._count), name, payload))

    async def run(self):
        await asyncio.gather(*(self._work() for _ in range(self.workers)))
        return self.done

    async def _work(self):
        while self.heap:
            _, _, name, payload = heapq.heappop(self.heap)
            await self._attempt(name, payload)

    async def _attempt(self, name, payload):
        last = None
        for attempt in range(self.retries + 1):
            try:
                result = await self.handlers[name](payload)
            except Exception as error:
                last = error
                if attempt < self.retries:
                    await self.pause(0.1 * 2**attempt)
            else:
                self.done.append((name, result))
                return
        self.failed.append((name, last))
