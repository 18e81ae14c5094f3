import time

from ledger.queue import MailQueue


def test_all_jobs_are_sent():
    seen = []
    q = MailQueue(seen.append)
    for i in range(20):
        q.put(i)
    assert q.drain() == 20
    assert sorted(seen) == list(range(20))


def test_drain_runs_in_parallel():
    q = MailQueue(lambda job: time.sleep(0.1))
    for i in range(8):
        q.put(i)
    started = time.time()
    q.drain(workers=4)
    assert time.time() - started < 0.75
