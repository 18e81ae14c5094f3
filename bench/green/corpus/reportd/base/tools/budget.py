"""Fails when a report needs more queries on the sample data than it may."""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from reportd import reports  # noqa: E402
from reportd.db import Db  # noqa: E402


def sample():
    db = Db()
    for i in range(110):
        db.add(f"c{i % 11:02}", i, f"2024-05-{i % 28 + 1:02}")
    return db


def main():
    failed = False
    for name, limit in json.loads((HERE / "budgets.json").read_text()).items():
        db = sample()
        getattr(reports, name)(db)
        print(f"{name}: {db.queries} of {limit}")
        failed |= db.queries > limit
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
