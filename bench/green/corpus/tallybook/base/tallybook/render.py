from .money import format_money

WIDTH = 44


def _row(label: str, value: str) -> str:
    return f"{label:<{WIDTH - 16}}{value:>16}"


def render_text(invoice) -> str:
    out = [f"Invoice {invoice.number}", "=" * WIDTH]
    for line in invoice.lines:
        out.append(_row(f"{line.quantity} x {line.text}", format_money(line.net)))
    out.append("-" * WIDTH)
    out.append(_row("Net", format_money(invoice.net)))
    out.append(_row("Tax", format_money(invoice.tax)))
    out.append(_row("Total", format_money(invoice.total)))
    return "\n".join(out) + "\n"
