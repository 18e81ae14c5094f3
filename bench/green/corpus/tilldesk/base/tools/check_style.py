"""Checks our house rules: python3 -m tools.check_style FOLDER"""
import ast
import sys
from pathlib import Path

MAX_LINE = 100


def check(text):
    """Findings as (line, message)."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > MAX_LINE:
            found.append((number, "line is too long"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "print":
                found.append((node.lineno, "print() in library code"))
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append((node.lineno, "bare except"))
    return sorted(found)


def main(folder):
    status = 0
    for path in sorted(Path(folder).rglob("*.py")):
        for line, message in check(path.read_text(encoding="utf-8")):
            sys.stderr.write(f"{path}:{line}: {message}\n")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
