"""Invoices and bank statements."""

__version__ = "0.8.2"
