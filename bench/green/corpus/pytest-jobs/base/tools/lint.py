import json
import sys
from pathlib import Path

RULES = json.loads(Path("lint.json").read_text())


def problems():
    for path in sorted(Path("packages").rglob("*.py")):
        if str(path) in RULES["exclude"]:
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if "lint: allow" in line:
                continue
            if len(line) > RULES["max-line"]:
                yield f"{path}:{number}: longer than {RULES['max-line']}"
            for word in RULES["forbidden"]:
                if word in line:
                    yield f"{path}:{number}: {word}"


found = list(problems())
sys.stdout.writelines(f"{each}\n" for each in found)
sys.exit(1 if found else 0)
