"""The store: records, decisions, blobs and people in one database, SQLite or PostgreSQL."""
