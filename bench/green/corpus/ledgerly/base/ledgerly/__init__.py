from .entry import Entry
from .ledger import Ledger, Unbalanced

__all__ = ["Entry", "Ledger", "Unbalanced"]
