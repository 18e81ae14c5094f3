from .quotes import QuoteError, quote

__all__ = ["QuoteError", "quote"]
