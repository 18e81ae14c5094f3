from tilldesk.money import format_amount

WIDTH = 32


def render(cart):
    """The receipt as text: a line for each article, a rule, and the total."""
    rows = []
    for line in cart.lines:
        label = f"{line.quantity} x {line.name}" if line.quantity > 1 else line.name
        rows.append(_row(label, line.total))
    rows.append("-" * WIDTH)
    rows.append(_row("TOTAL", cart.total))
    return "\n".join(rows) + "\n"


def _row(label, cents):
    amount = format_amount(cents)
    return label[: WIDTH - len(amount) - 1].ljust(WIDTH - len(amount)) + amount
