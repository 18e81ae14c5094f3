from pathlib import Path

from jobreport.summary import summary

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_summary():
    done = [("mail", 1), ("echo", 2), ("mail", 3)]
    failed = [("sync", OSError("no route"))]
    assert summary(done, failed, 1.5) == (SNAPSHOTS / "summary.txt").read_text()


def test_nothing_to_do():
    assert summary([], [], 0) == "0 done, 0 failed, 0.0 s\n"
