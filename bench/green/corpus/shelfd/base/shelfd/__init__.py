"""Stock keeping on SQLite."""
