from .invoice import Invoice, Line, Payment
from .money import format_money, parse_amount, round_money
from .render import render_text

__all__ = ["Invoice", "Line", "Payment", "format_money", "parse_amount", "round_money", "render_text"]
