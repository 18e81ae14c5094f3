"""Contracts are changed on purpose only: their checksums are in contracts/LOCK."""
import hashlib
import sys
from pathlib import Path

DIR = Path(__file__).parents[1] / "contracts"


def main(argv):
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(DIR.glob("*.json"))
    ]
    if argv == ["--write"]:
        (DIR / "LOCK").write_text("".join(lines))
    elif (DIR / "LOCK").read_text() != "".join(lines):
        print("contracts/LOCK is not up to date", file=sys.stderr)
        return 1
    return 0


sys.exit(main(sys.argv[1:]))
