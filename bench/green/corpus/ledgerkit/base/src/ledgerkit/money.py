"""Amounts: Decimals with two places."""
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

CENT = Decimal("0.01")


def round_cents(value):
    """Round to two places, halves to the even cent."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_EVEN)


def parse_amount(text):
    """Read an amount such as ``1,234.56`` or ``-12``; ValueError if it is none."""
    cleaned = text.strip().replace(",", "")
    try:
        return round_cents(Decimal(cleaned))
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None


def split_evenly(total, parts):
    """Split an amount into `parts` amounts whose sum is the total; the first get more."""
    if parts < 1:
        raise ValueError("parts must be at least 1")
    cents = int(total / CENT)
    share, rest = divmod(cents, parts)
    return [CENT * (share + (1 if i < rest else 0)) for i in range(parts)]
