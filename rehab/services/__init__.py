"""Use cases. The first argument is a Session; they write rows and outbox rows, and never commit,
send, or read the clock. Everything else is keyword-only."""
