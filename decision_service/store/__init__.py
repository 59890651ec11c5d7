"""The service's own tables, beside those of the audit log, in one database: SQLite or PostgreSQL."""
