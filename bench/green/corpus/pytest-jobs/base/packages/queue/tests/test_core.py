import asyncio
import json
import time
from pathlib import Path

import pytest

from jobqueue.core import Queue

JOBS = json.loads((Path(__file__).parent / "jobs.json").read_text())


def test_higher_priority_first(handlers):
    queue = Queue(handlers, workers=1)
    for job in JOBS:
        queue.push("echo", job["payload"], job["priority"])
    done = asyncio.run(queue.run())
    assert [result for _, result in done] == ["urgent", "normal", "later"]


def test_unknown_job(handlers):
    with pytest.raises(KeyError, match="no handler for 'mail'"):
        Queue(handlers).push("mail")


def test_a_flaky_job_is_tried_again(handlers):
    queue = Queue(handlers)
    queue.push("flaky")
    assert asyncio.run(queue.run()) == [("flaky", "at last")]
    assert queue.failed == []


def test_pauses_between_attempts(handlers):
    queue = Queue(handlers)
    queue.push("broken")
    started = time.monotonic()
    asyncio.run(queue.run())
    assert 0.25 < time.monotonic() - started < 5
    assert [name for name, _ in queue.failed] == ["broken"]
