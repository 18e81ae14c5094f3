"""House style: short lines, no bare except, no print in the library, docstrings on public functions.

A line that ends in ``# style: ignore`` is not reported.
"""
import ast
import sys
import tomllib
from pathlib import Path


def settings():
    data = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    return data.get("tool", {}).get("ledger-style", {})


def findings(path, max_line):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if len(line) > max_line:
            yield number, f"line longer than {max_line}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node.lineno, "bare except"
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            yield node.lineno, "print in library code"
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield node.lineno, f"{node.name} has no docstring"


def main(roots):
    conf = settings()
    bad = 0
    for root in roots:
        for path in sorted(Path(root).rglob("*.py")):
            if path.as_posix() in conf.get("exclude", []):
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            for number, message in findings(path, conf.get("max_line", 100)):
                if lines[number - 1].rstrip().endswith("# style: ignore"):
                    continue
                print(f"{path}:{number}: {message}")
                bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
