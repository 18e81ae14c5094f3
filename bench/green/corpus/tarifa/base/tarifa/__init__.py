from .quote import Quote, quote
from .parcel import Parcel

__all__ = ["Quote", "quote", "Parcel"]
