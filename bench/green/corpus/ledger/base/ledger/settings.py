"""Everything that can be configured, in one place."""

PAGE_SIZE = 50
STATEMENT_FOOTER = "Thank you for your business."
