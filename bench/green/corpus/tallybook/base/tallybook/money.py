"""Decimal helpers. Nothing in here knows about invoices."""
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")


def round_money(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def parse_amount(text) -> Decimal:
    """Parse "1234.50" or "1234,50"; raise ValueError for anything else."""
    if isinstance(text, (int, Decimal)):
        return Decimal(text)
    try:
        return Decimal(text.strip().replace(",", "."))
    except (InvalidOperation, AttributeError):
        raise ValueError(f"not an amount: {text!r}") from None


def format_money(value: Decimal, currency: str = "EUR") -> str:
    return f"{round_money(value):.2f} {currency}"
