from reportly.sums import cents, total

NAME, NUMBER = 16, 10


def table(rows):
    """A line for each row, the dearest first, and the sum below."""
    lines = [_line(row.name, cents(row.total)) for row in sorted(rows, key=lambda row: -row.total)]
    lines.append("=" * (NAME + NUMBER))
    lines.append(_line("total", total(rows)))
    return "\n".join(lines) + "\n"


def _line(name, amount):
    return f"{name[:NAME]:<{NAME}}{amount:>{NUMBER}}"
