"""The store's migrations, the same on SQLite and PostgreSQL."""
