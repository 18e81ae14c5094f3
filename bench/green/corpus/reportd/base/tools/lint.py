"""Small linter: bare except, print() and eval() in reportd/."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
RULES = {
    "bare-except": re.compile(r"^\s*except\s*:"),
    "print": re.compile(r"\bprint\("),
    "eval": re.compile(r"\beval\("),
}


def findings():
    for file in sorted((ROOT / "reportd").rglob("*.py")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for rule, pattern in RULES.items():
                if pattern.search(line):
                    yield f"{file.relative_to(ROOT)}:{rule}", number, line.strip()


def main():
    known = set((ROOT / "tools/lint-baseline.txt").read_text().split())
    found = list(findings())
    bad = [f for f in found if f[0] not in known]
    for key, number, line in bad:
        print(f"{key} line {number}: {line}")
    stale = known - {f[0] for f in found}
    for key in sorted(stale):
        print(f"{key}: in the baseline but no longer there")
    return 1 if bad or stale else 0


if __name__ == "__main__":
    sys.exit(main())
